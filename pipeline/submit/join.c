/* Submissions joined: read by id, their labels voted on or their probabilities added up, and
 * written in the first one's form. */
#include "join.h"

#include "label_style.h"
#include "pipeline/base/strbuf.h"
#include "pipeline/base/text.h"
#include "pipeline/csv/put.h"
#include "pipeline/tensor/meta.h"
#include "sample.h"

#include <stdlib.h>
#include <string.h>

enum { LABELS_MOST = 4096 }; /* with more different ones they are no labels of classes */

struct label {
    uint64_t key;
    char *text; /* as it was first spelt */
};

struct row {
    uint64_t key; /* of the id */
    int64_t number;
    size_t id; /* where its text begins in ids */
    int file;  /* the last file that had it */
};

struct join {
    enum join_kind kind;
    char *const *paths;
    int count;
    char **header; /* [columns] of the first file */
    int columns;
    int *place;        /* [columns] of the file being read: where the first file has each */
    struct strbuf ids; /* texts, each with its NUL */
    struct row *rows;  /* [row_count] in the first file's order, then sorted by key */
    int64_t row_count, room;
    double *sums;    /* [row_count][columns - 1] by row number; of labels none */
    int32_t *labels; /* [count][row_count] by row number */
    struct label *list;
    int list_count;
    int *votes; /* [list_count] of one row */
};

/* ---- Labels ---- */

/* Returns the number of a label; new ones get the next. -1: out of memory, or too many. */
static int number_of(struct join *j, const struct csv_reader *reader, const char *text, size_t size,
                     struct err *err)
{
    const uint64_t key = label_key(text, size);
    struct label *grown;

    for (int i = 0; i < j->list_count; i++)
        if (j->list[i].key == key)
            return i;
    if (j->list_count == LABELS_MOST)
        return csv_reader_fail(reader, 1, err, "more than %d different labels: nothing to vote on",
                               LABELS_MOST);
    grown = realloc(j->list, ((size_t)j->list_count + 1) * sizeof *grown);
    if (!grown)
        return err_memory(err, "labels", 0);
    j->list = grown;
    grown[j->list_count] = (struct label){key, strdup(text)};
    if (!grown[j->list_count].text)
        return err_memory(err, "labels", 0);
    return j->list_count++;
}

static int take_label(struct join *j, const struct sample *s, int32_t *label, struct err *err)
{
    const struct csv_row *row = &s->row;
    const char *text = csv_text(row, 1);
    const size_t size = row->fields[1].size;
    char quoted[QUOTED_TEXT];

    if (size == 0)
        return csv_reader_fail(s->file.reader, 1, err, "empty where a label is expected");
    if (label_is_fraction(text, size))
        return csv_reader_fail(s->file.reader, 1, err,
                               "%s is a probability, not a label to vote for: --mean joins these",
                               text_quote(quoted, text, size));
    *label = number_of(j, s->file.reader, text, size, err);
    return *label < 0 ? -1 : 0;
}

/* ---- Probabilities ---- */

/* Adds the row's to those of the same id, which are row `number`. */
static int take_probabilities(struct join *j, const struct sample *s, int64_t number,
                              struct err *err)
{
    double *sums = j->sums + number * (j->columns - 1), share;
    char quoted[QUOTED_TEXT];

    for (int k = 1; k < j->columns; k++) {
        const char *text = csv_text(&s->row, k);
        const size_t size = s->row.fields[k].size;

        if (!label_share(text, size, &share))
            return csv_reader_fail(s->file.reader, k, err,
                                   "%s is no number from 0 to 1, as probabilities are; --vote joins "
                                   "labels",
                                   text_quote(quoted, text, size));
        sums[j->place[k] - 1] += share;
    }
    return 0;
}

/* Takes what file `file` has for row `number`. */
static int take(struct join *j, const struct sample *s, int file, int64_t number, struct err *err)
{
    return j->kind == JOIN_MEAN ? take_probabilities(j, s, number, err)
                                : take_label(j, s, &j->labels[file * j->row_count + number], err);
}

/* ---- The first file ---- */

/* Makes room for another row of the first file. */
static int make_room(struct join *j, struct err *err)
{
    const int64_t room = j->room ? 2 * j->room : 1024;
    const size_t each =
        j->kind == JOIN_MEAN ? (size_t)(j->columns - 1) * sizeof *j->sums : sizeof *j->labels;
    struct row *rows;
    void *values;

    if (j->row_count < j->room)
        return 0;
    rows = realloc(j->rows, (size_t)room * sizeof *rows);
    if (!rows)
        return err_memory(err, "ids", (size_t)room * sizeof *rows);
    j->rows = rows;
    values = realloc(j->kind == JOIN_MEAN ? (void *)j->sums : j->labels, (size_t)room * each);
    if (!values)
        return err_memory(err, "what they have", (size_t)room * each);
    if (j->kind == JOIN_MEAN)
        j->sums = values;
    else
        j->labels = values;
    j->room = room;
    return 0;
}

static int add_row(struct join *j, const struct sample *s, struct err *err)
{
    const int64_t number = j->row_count;

    if (make_room(j, err))
        return -1;
    j->rows[number] = (struct row){idset_key(s->id, s->id_size), number, j->ids.size, 0};
    strbuf_add(&j->ids, s->id, s->id_size + 1);
    if (j->ids.failed)
        return err_memory(err, "ids", 0);
    for (int k = 0; j->kind == JOIN_MEAN && k + 1 < j->columns; k++)
        j->sums[number * (j->columns - 1) + k] = 0;
    j->row_count++;
    return take(j, s, 0, number, err);
}

static int by_key(const void *a, const void *b)
{
    const struct row *x = a, *y = b;

    return (x->key > y->key) - (x->key < y->key);
}

static int check_columns(const struct join *j, const struct sample *s, struct err *err)
{
    if (j->kind == JOIN_VOTE && s->columns != 2)
        return csv_reader_fail(s->file.reader, -1, err,
                               "%d columns, where an id and a label are voted on: --mean joins "
                               "probabilities",
                               s->columns);
    if (j->header && s->columns != j->columns)
        return csv_reader_fail(s->file.reader, -1, err, "%d column%s, where %s has %d", s->columns,
                               s->columns == 1 ? "" : "s", j->paths[0], j->columns);
    if (s->columns == 1)
        return csv_reader_fail(s->file.reader, -1, err,
                               "no column of probabilities: one column is all");
    return 0;
}

static int read_first(struct join *j, struct sample *s, struct err *err)
{
    int got;

    if (check_columns(j, s, err))
        return -1;
    j->header = s->header;
    j->columns = s->columns;
    s->header = NULL;
    s->columns = 0;
    j->place = malloc((size_t)j->columns * sizeof *j->place);
    if (!j->place)
        return err_memory(err, "columns", 0);
    for (int i = 0; i < j->columns; i++)
        j->place[i] = i;
    csv_reader_name_columns(s->file.reader, j->header);
    while ((got = sample_next(s, err)) > 0)
        if (add_row(j, s, err))
            return -1;
    if (got == 0 && j->row_count == 0)
        return err_set(err, EX_DATAERR, "%s: no rows", j->paths[0]);
    return got;
}

/* ---- The others ---- */

/* Finds the place of the file's column i in the first file; of several of one name the first that
 * is not taken. -1: it has no such column. */
static int find_place(const struct join *j, const char *name, int i)
{
    for (int to = i ? 1 : 0; to < (i ? j->columns : 1); to++) {
        bool taken = false;

        for (int k = 0; k < i; k++)
            taken |= j->place[k] == to;
        if (!taken && strcmp(name, j->header[to]) == 0)
            return to;
    }
    return -1;
}

/* Requires the first file's columns: the id first, those of probabilities in any order. */
static int check_header(const struct join *j, const struct sample *s, struct err *err)
{
    char is[QUOTED_TEXT], wanted[QUOTED_TEXT];

    if (check_columns(j, s, err))
        return -1;
    for (int i = 0; i < j->columns; i++)
        if ((j->place[i] = find_place(j, s->header[i], i)) < 0)
            return csv_reader_fail(s->file.reader, i, err, "named %s where %s has %s",
                                   text_quote(is, s->header[i], strlen(s->header[i])), j->paths[0],
                                   text_quote(wanted, j->header[i], strlen(j->header[i])));
    return 0;
}

static int refuse_missing(const struct join *j, int file, struct err *err)
{
    const struct row *first = NULL;
    int64_t count = 0;
    char quoted[QUOTED_TEXT];

    for (int64_t i = 0; i < j->row_count; i++)
        if (j->rows[i].file != file) {
            count++;
            first = !first || j->rows[i].number < first->number ? &j->rows[i] : first;
        }
    if (count == 0)
        return 0;
    return err_set(err, EX_DATAERR, "%s: %lld of the ids of %s %s missing, the first is %s",
                   j->paths[file], (long long)count, j->paths[0], count > 1 ? "are" : "is",
                   text_quote(quoted, j->ids.text + first->id, strlen(j->ids.text + first->id)));
}

static int read_other(struct join *j, struct sample *s, int file, struct err *err)
{
    char quoted[QUOTED_TEXT];
    int got;

    if (check_header(j, s, err))
        return -1;
    csv_reader_name_columns(s->file.reader, s->header);
    while ((got = sample_next(s, err)) > 0) {
        const struct row key = {.key = idset_key(s->id, s->id_size)};
        struct row *row = bsearch(&key, j->rows, (size_t)j->row_count, sizeof *row, by_key);

        if (!row)
            return csv_reader_fail(s->file.reader, 0, err, "id %s is not in %s",
                                   text_quote(quoted, s->id, s->id_size), j->paths[0]);
        row->file = file;
        if (take(j, s, file, row->number, err))
            return -1;
    }
    return got ? got : refuse_missing(j, file, err);
}

/* Makes room for the others' labels, and for finding rows. */
static int begin_others(struct join *j, struct err *err)
{
    const size_t bytes = (size_t)j->row_count * (size_t)j->count * sizeof *j->labels;

    if (j->kind == JOIN_VOTE) {
        int32_t *labels = realloc(j->labels, bytes);

        if (!labels)
            return err_memory(err, "labels", bytes);
        j->labels = labels;
    }
    qsort(j->rows, (size_t)j->row_count, sizeof *j->rows, by_key);
    return 0;
}

static int read_file(struct join *j, int file, struct inputs *inputs, struct err *err)
{
    const int number = inputs_count(inputs);
    struct sample sample = {0};
    int result = sample_open(&sample, j->paths[file], inputs, err);

    if (result == 0)
        result = file ? read_other(j, &sample, file, err) : read_first(j, &sample, err);
    sample_close(&sample);
    if (result == 0 && file == 0)
        result = begin_others(j, err);
    for (int i = 0; i < file && result == 0; i++)
        if (strcmp(inputs_digest(inputs, number), inputs_digest(inputs, number - file + i)) == 0)
            result = err_set(err, EX_USAGE, "%s has the same bytes as %s: it would count twice",
                             j->paths[file], j->paths[i]);
    return result;
}

/* ---- Counting ---- */

/* Returns the label of row `row`. */
static int count_row(struct join *j, int64_t row, struct join_summary *summary)
{
    int most = 0, best = -1, equals = 0;

    memset(j->votes, 0, (size_t)j->list_count * sizeof *j->votes);
    for (int file = 0; file < j->count; file++) {
        const int votes = ++j->votes[j->labels[file * j->row_count + row]];

        most = votes > most ? votes : most;
    }
    for (int i = 0; i < j->list_count; i++)
        equals += j->votes[i] == most;
    for (int file = 0; file < j->count && best < 0; file++)
        if (j->votes[j->labels[file * j->row_count + row]] == most)
            best = j->labels[file * j->row_count + row];
    summary->agreed += most == j->count;
    summary->tied += equals > 1;
    return best;
}

/* ---- The joined submission ---- */

static int put_header(struct output *out, const struct join *j, struct err *err)
{
    for (int i = 0; i < j->columns; i++)
        if ((i && output_write(out, ",", 1, err)) ||
            csv_put_field(out, j->header[i], strlen(j->header[i]), err))
            return -1;
    return output_write(out, "\n", 1, err);
}

static int put_label(struct output *out, struct join *j, int64_t row, struct join_summary *summary,
                     struct err *err)
{
    const char *label = j->list[count_row(j, row, summary)].text;

    return output_write(out, ",", 1, err) || csv_put_field(out, label, strlen(label), err) ? -1 : 0;
}

static int put_means(struct output *out, const struct join *j, int64_t row, struct err *err)
{
    const double *sums = j->sums + row * (j->columns - 1);

    for (int k = 0; k + 1 < j->columns; k++)
        if (output_printf(out, err, ",%.9g", sums[k] / j->count))
            return -1;
    return 0;
}

static int write_rows(struct output *out, struct join *j, struct join_summary *summary,
                      struct err *err)
{
    const char *id = strbuf_text(&j->ids);

    j->votes = calloc((size_t)j->list_count + 1, sizeof *j->votes);
    if (!j->votes)
        return err_memory(err, "votes", 0);
    if (put_header(out, j, err))
        return -1;
    for (int64_t row = 0; row < j->row_count; row++, id += strlen(id) + 1)
        if (csv_put_field(out, id, strlen(id), err) ||
            (j->kind == JOIN_MEAN ? put_means(out, j, row, err)
                                  : put_label(out, j, row, summary, err)) ||
            output_write(out, "\n", 1, err))
            return -1;
    summary->rows = j->row_count;
    return 0;
}

int submission_join(struct output *out, enum join_kind kind, char *const *paths, int count,
                    struct inputs *inputs, struct join_summary *summary, struct err *err)
{
    struct join j = {.kind = kind, .paths = paths, .count = count};
    int result = 0;

    *summary = (struct join_summary){0};
    for (int file = 0; file < count && result == 0; file++)
        result = read_file(&j, file, inputs, err);
    if (result == 0)
        result = write_rows(out, &j, summary, err);
    for (int i = 0; i < j.list_count; i++)
        free(j.list[i].text);
    free(j.list);
    texts_free(j.header, j.columns);
    free(j.place);
    strbuf_free(&j.ids);
    free(j.rows);
    free(j.sums);
    free(j.labels);
    free(j.votes);
    return result;
}
