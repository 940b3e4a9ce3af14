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
static int number_of(struct join *v, const struct csv_reader *reader, const char *text, size_t size,
                     struct err *err)
{
    const uint64_t key = label_key(text, size);
    struct label *grown;

    for (int i = 0; i < v->list_count; i++)
        if (v->list[i].key == key)
            return i;
    if (v->list_count == LABELS_MOST)
        return csv_reader_fail(reader, 1, err, "more than %d different labels: nothing to vote on",
                               LABELS_MOST);
    grown = realloc(v->list, ((size_t)v->list_count + 1) * sizeof *grown);
    if (!grown)
        return err_memory(err, "labels", 0);
    v->list = grown;
    grown[v->list_count] = (struct label){key, strdup(text)};
    if (!grown[v->list_count].text)
        return err_memory(err, "labels", 0);
    return v->list_count++;
}

static int take_label(struct join *v, const struct sample *s, int32_t *label, struct err *err)
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
    *label = number_of(v, s->file.reader, text, size, err);
    return *label < 0 ? -1 : 0;
}

/* ---- Probabilities ---- */

/* Adds the row's to those of the same id, which are row `number`. */
static int take_probabilities(struct join *v, const struct sample *s, int64_t number,
                              struct err *err)
{
    double *sums = v->sums + number * (v->columns - 1), share;
    char quoted[QUOTED_TEXT];

    for (int k = 1; k < v->columns; k++) {
        const char *text = csv_text(&s->row, k);
        const size_t size = s->row.fields[k].size;

        if (!label_share(text, size, &share))
            return csv_reader_fail(s->file.reader, k, err,
                                   "%s is no number from 0 to 1, as probabilities are; --vote joins "
                                   "labels",
                                   text_quote(quoted, text, size));
        sums[k - 1] += share;
    }
    return 0;
}

/* Takes what file `file` has for row `number`. */
static int take(struct join *v, const struct sample *s, int file, int64_t number, struct err *err)
{
    return v->kind == JOIN_MEAN ? take_probabilities(v, s, number, err)
                                : take_label(v, s, &v->labels[file * v->row_count + number], err);
}

/* ---- The first file ---- */

/* Makes room for another row of the first file. */
static int make_room(struct join *v, struct err *err)
{
    const int64_t room = v->room ? 2 * v->room : 1024;
    const size_t each =
        v->kind == JOIN_MEAN ? (size_t)(v->columns - 1) * sizeof *v->sums : sizeof *v->labels;
    struct row *rows;
    void *values;

    if (v->row_count < v->room)
        return 0;
    rows = realloc(v->rows, (size_t)room * sizeof *rows);
    if (!rows)
        return err_memory(err, "ids", (size_t)room * sizeof *rows);
    v->rows = rows;
    values = realloc(v->kind == JOIN_MEAN ? (void *)v->sums : v->labels, (size_t)room * each);
    if (!values)
        return err_memory(err, "what they have", (size_t)room * each);
    if (v->kind == JOIN_MEAN)
        v->sums = values;
    else
        v->labels = values;
    v->room = room;
    return 0;
}

static int add_row(struct join *v, const struct sample *s, struct err *err)
{
    const int64_t number = v->row_count;

    if (make_room(v, err))
        return -1;
    v->rows[number] = (struct row){idset_key(s->id, s->id_size), number, v->ids.size, 0};
    strbuf_add(&v->ids, s->id, s->id_size + 1);
    if (v->ids.failed)
        return err_memory(err, "ids", 0);
    for (int k = 0; v->kind == JOIN_MEAN && k + 1 < v->columns; k++)
        v->sums[number * (v->columns - 1) + k] = 0;
    v->row_count++;
    return take(v, s, 0, number, err);
}

static int by_key(const void *a, const void *b)
{
    const struct row *x = a, *y = b;

    return (x->key > y->key) - (x->key < y->key);
}

static int check_columns(const struct join *v, const struct sample *s, struct err *err)
{
    if (v->kind == JOIN_VOTE && s->columns != 2)
        return csv_reader_fail(s->file.reader, -1, err,
                               "%d columns, where an id and a label are voted on: --mean joins "
                               "probabilities",
                               s->columns);
    if (v->header && s->columns != v->columns)
        return csv_reader_fail(s->file.reader, -1, err, "%d column%s, where %s has %d", s->columns,
                               s->columns == 1 ? "" : "s", v->paths[0], v->columns);
    if (s->columns == 1)
        return csv_reader_fail(s->file.reader, -1, err,
                               "no column of probabilities: one column is all");
    return 0;
}

static int read_first(struct join *v, struct sample *s, struct err *err)
{
    int got;

    if (check_columns(v, s, err))
        return -1;
    v->header = s->header;
    v->columns = s->columns;
    s->header = NULL;
    s->columns = 0;
    csv_reader_name_columns(s->file.reader, v->header);
    while ((got = sample_next(s, err)) > 0)
        if (add_row(v, s, err))
            return -1;
    if (got == 0 && v->row_count == 0)
        return err_set(err, EX_DATAERR, "%s: no rows", v->paths[0]);
    return got;
}

/* ---- The others ---- */

static int check_header(const struct join *v, const struct sample *s, struct err *err)
{
    char is[QUOTED_TEXT], wanted[QUOTED_TEXT];

    if (check_columns(v, s, err))
        return -1;
    for (int i = 0; i < v->columns; i++)
        if (strcmp(s->header[i], v->header[i]))
            return csv_reader_fail(s->file.reader, i, err, "named %s where %s has %s",
                                   text_quote(is, s->header[i], strlen(s->header[i])), v->paths[0],
                                   text_quote(wanted, v->header[i], strlen(v->header[i])));
    return 0;
}

static int refuse_missing(const struct join *v, int file, struct err *err)
{
    const struct row *first = NULL;
    int64_t count = 0;
    char quoted[QUOTED_TEXT];

    for (int64_t i = 0; i < v->row_count; i++)
        if (v->rows[i].file != file) {
            count++;
            first = !first || v->rows[i].number < first->number ? &v->rows[i] : first;
        }
    if (count == 0)
        return 0;
    return err_set(err, EX_DATAERR, "%s: %lld of the ids of %s %s missing, the first is %s",
                   v->paths[file], (long long)count, v->paths[0], count > 1 ? "are" : "is",
                   text_quote(quoted, v->ids.text + first->id, strlen(v->ids.text + first->id)));
}

static int read_other(struct join *v, struct sample *s, int file, struct err *err)
{
    char quoted[QUOTED_TEXT];
    int got;

    if (check_header(v, s, err))
        return -1;
    csv_reader_name_columns(s->file.reader, v->header);
    while ((got = sample_next(s, err)) > 0) {
        const struct row key = {.key = idset_key(s->id, s->id_size)};
        struct row *row = bsearch(&key, v->rows, (size_t)v->row_count, sizeof *row, by_key);

        if (!row)
            return csv_reader_fail(s->file.reader, 0, err, "id %s is not in %s",
                                   text_quote(quoted, s->id, s->id_size), v->paths[0]);
        row->file = file;
        if (take(v, s, file, row->number, err))
            return -1;
    }
    return got ? got : refuse_missing(v, file, err);
}

/* Makes room for the others' labels, and for finding rows. */
static int begin_others(struct join *v, struct err *err)
{
    const size_t bytes = (size_t)v->row_count * (size_t)v->count * sizeof *v->labels;

    if (v->kind == JOIN_VOTE) {
        int32_t *labels = realloc(v->labels, bytes);

        if (!labels)
            return err_memory(err, "labels", bytes);
        v->labels = labels;
    }
    qsort(v->rows, (size_t)v->row_count, sizeof *v->rows, by_key);
    return 0;
}

static int read_file(struct join *v, int file, struct inputs *inputs, struct err *err)
{
    const int number = inputs_count(inputs);
    struct sample sample = {0};
    int result = sample_open(&sample, v->paths[file], inputs, err);

    if (result == 0)
        result = file ? read_other(v, &sample, file, err) : read_first(v, &sample, err);
    sample_close(&sample);
    if (result == 0 && file == 0)
        result = begin_others(v, err);
    for (int i = 0; i < file && result == 0; i++)
        if (strcmp(inputs_digest(inputs, number), inputs_digest(inputs, number - file + i)) == 0)
            result = err_set(err, EX_USAGE, "%s has the same bytes as %s: it would count twice",
                             v->paths[file], v->paths[i]);
    return result;
}

/* ---- Counting ---- */

/* Returns the label of row `row`. */
static int count_row(struct join *v, int64_t row, struct join_summary *summary)
{
    int most = 0, best = -1, equals = 0;

    memset(v->votes, 0, (size_t)v->list_count * sizeof *v->votes);
    for (int file = 0; file < v->count; file++) {
        const int votes = ++v->votes[v->labels[file * v->row_count + row]];

        most = votes > most ? votes : most;
    }
    for (int i = 0; i < v->list_count; i++)
        equals += v->votes[i] == most;
    for (int file = 0; file < v->count && best < 0; file++)
        if (v->votes[v->labels[file * v->row_count + row]] == most)
            best = v->labels[file * v->row_count + row];
    summary->agreed += most == v->count;
    summary->tied += equals > 1;
    return best;
}

/* ---- The joined submission ---- */

static int put_header(struct output *out, const struct join *v, struct err *err)
{
    for (int i = 0; i < v->columns; i++)
        if ((i && output_write(out, ",", 1, err)) ||
            csv_put_field(out, v->header[i], strlen(v->header[i]), err))
            return -1;
    return output_write(out, "\n", 1, err);
}

static int put_label(struct output *out, struct join *v, int64_t row, struct join_summary *summary,
                     struct err *err)
{
    const char *label = v->list[count_row(v, row, summary)].text;

    return output_write(out, ",", 1, err) || csv_put_field(out, label, strlen(label), err) ? -1 : 0;
}

static int put_means(struct output *out, const struct join *v, int64_t row, struct err *err)
{
    const double *sums = v->sums + row * (v->columns - 1);

    for (int k = 0; k + 1 < v->columns; k++)
        if (output_printf(out, err, ",%.9g", sums[k] / v->count))
            return -1;
    return 0;
}

static int write_rows(struct output *out, struct join *v, struct join_summary *summary,
                      struct err *err)
{
    const char *id = strbuf_text(&v->ids);

    v->votes = calloc((size_t)v->list_count + 1, sizeof *v->votes);
    if (!v->votes)
        return err_memory(err, "votes", 0);
    if (put_header(out, v, err))
        return -1;
    for (int64_t row = 0; row < v->row_count; row++, id += strlen(id) + 1)
        if (csv_put_field(out, id, strlen(id), err) ||
            (v->kind == JOIN_MEAN ? put_means(out, v, row, err)
                                  : put_label(out, v, row, summary, err)) ||
            output_write(out, "\n", 1, err))
            return -1;
    summary->rows = v->row_count;
    return 0;
}

int submission_join(struct output *out, enum join_kind kind, char *const *paths, int count,
                    struct inputs *inputs, struct join_summary *summary, struct err *err)
{
    struct join v = {.kind = kind, .paths = paths, .count = count};
    int result = 0;

    *summary = (struct join_summary){0};
    for (int file = 0; file < count && result == 0; file++)
        result = read_file(&v, file, inputs, err);
    if (result == 0)
        result = write_rows(out, &v, summary, err);
    for (int i = 0; i < v.list_count; i++)
        free(v.list[i].text);
    free(v.list);
    texts_free(v.header, v.columns);
    strbuf_free(&v.ids);
    free(v.rows);
    free(v.sums);
    free(v.labels);
    free(v.votes);
    return result;
}
