/* Submissions as ballots: read by id, counted, and written in the first one's form. */
#include "vote.h"

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

struct vote {
    char *const *paths;
    int count;
    char **header;     /* of the first file */
    struct strbuf ids; /* texts, each with its NUL */
    struct row *rows;  /* [row_count] in the first file's order, then sorted by key */
    int64_t row_count, room;
    int32_t *labels; /* [count][row_count] by row number */
    struct label *list;
    int list_count;
    int *votes; /* [list_count] of one row */
};

/* ---- Labels ---- */

/* Returns the number of a label; new ones get the next. -1: out of memory, or too many. */
static int number_of(struct vote *v, const struct csv_reader *reader, const char *text, size_t size,
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

static int take_label(struct vote *v, const struct sample *s, int32_t *label, struct err *err)
{
    const struct csv_row *row = &s->row;
    const char *text = csv_text(row, 1);
    const size_t size = row->fields[1].size;
    char quoted[QUOTED_TEXT];

    if (size == 0)
        return csv_reader_fail(s->file.reader, 1, err, "empty where a label is expected");
    if (label_is_fraction(text, size))
        return csv_reader_fail(s->file.reader, 1, err,
                               "%s is a probability, not a label to vote for; csvnet predict joins "
                               "predictions by their mean",
                               text_quote(quoted, text, size));
    *label = number_of(v, s->file.reader, text, size, err);
    return *label < 0 ? -1 : 0;
}

/* ---- The first file ---- */

static int make_room(struct vote *v, struct err *err)
{
    const int64_t room = v->room ? 2 * v->room : 1024;
    struct row *rows;
    int32_t *labels;

    if (v->row_count < v->room)
        return 0;
    rows = realloc(v->rows, (size_t)room * sizeof *rows);
    if (!rows)
        return err_memory(err, "ids", (size_t)room * sizeof *rows);
    v->rows = rows;
    labels = realloc(v->labels, (size_t)room * sizeof *labels);
    if (!labels)
        return err_memory(err, "labels", (size_t)room * sizeof *labels);
    v->labels = labels;
    v->room = room;
    return 0;
}

static int add_row(struct vote *v, const struct sample *s, int32_t label, struct err *err)
{
    if (make_room(v, err))
        return -1;
    v->rows[v->row_count] =
        (struct row){idset_key(s->id, s->id_size), v->row_count, v->ids.size, 0};
    v->labels[v->row_count++] = label;
    strbuf_add(&v->ids, s->id, s->id_size + 1);
    return v->ids.failed ? err_memory(err, "ids", 0) : 0;
}

static int by_key(const void *a, const void *b)
{
    const struct row *x = a, *y = b;

    return (x->key > y->key) - (x->key < y->key);
}

static int check_columns(const struct sample *s, struct err *err)
{
    if (s->columns == 2)
        return 0;
    return csv_reader_fail(s->file.reader, -1, err,
                           "%d columns, where an id and a label are voted on; csvnet predict joins "
                           "predictions by their mean",
                           s->columns);
}

static int read_first(struct vote *v, struct sample *s, struct err *err)
{
    int32_t label;
    int got;

    if (check_columns(s, err))
        return -1;
    v->header = s->header;
    s->header = NULL;
    s->columns = 0;
    csv_reader_name_columns(s->file.reader, v->header);
    while ((got = sample_next(s, err)) > 0)
        if (take_label(v, s, &label, err) || add_row(v, s, label, err))
            return -1;
    if (got == 0 && v->row_count == 0)
        return err_set(err, EX_DATAERR, "%s: no rows", v->paths[0]);
    return got;
}

/* ---- The others ---- */

static int check_header(const struct vote *v, const struct sample *s, struct err *err)
{
    char is[QUOTED_TEXT], wanted[QUOTED_TEXT];

    if (check_columns(s, err))
        return -1;
    for (int i = 0; i < 2; i++)
        if (strcmp(s->header[i], v->header[i]))
            return csv_reader_fail(s->file.reader, i, err, "named %s where %s has %s",
                                   text_quote(is, s->header[i], strlen(s->header[i])), v->paths[0],
                                   text_quote(wanted, v->header[i], strlen(v->header[i])));
    return 0;
}

static int refuse_missing(const struct vote *v, int file, struct err *err)
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

static int read_other(struct vote *v, struct sample *s, int file, struct err *err)
{
    int32_t *labels = v->labels + (int64_t)file * v->row_count;
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
        if (take_label(v, s, &labels[row->number], err))
            return -1;
    }
    return got ? got : refuse_missing(v, file, err);
}

/* Makes room for the others' labels, and for finding rows. */
static int begin_others(struct vote *v, struct err *err)
{
    const size_t bytes = (size_t)v->row_count * (size_t)v->count * sizeof *v->labels;
    int32_t *labels = realloc(v->labels, bytes);

    if (!labels)
        return err_memory(err, "labels", bytes);
    v->labels = labels;
    qsort(v->rows, (size_t)v->row_count, sizeof *v->rows, by_key);
    return 0;
}

static int read_file(struct vote *v, int file, struct inputs *inputs, struct err *err)
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
static int count_row(struct vote *v, int64_t row, struct vote_summary *summary)
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
    summary->rows++;
    summary->agreed += most == v->count;
    summary->tied += equals > 1;
    return best;
}

static int put_pair(struct output *out, const char *a, const char *b, struct err *err)
{
    return csv_put_field(out, a, strlen(a), err) || output_write(out, ",", 1, err) ||
                   csv_put_field(out, b, strlen(b), err) || output_write(out, "\n", 1, err)
               ? -1
               : 0;
}

static int write_rows(struct output *out, struct vote *v, struct vote_summary *summary,
                      struct err *err)
{
    const char *id = strbuf_text(&v->ids);

    v->votes = calloc((size_t)v->list_count, sizeof *v->votes);
    if (!v->votes)
        return err_memory(err, "votes", 0);
    if (put_pair(out, v->header[0], v->header[1], err))
        return -1;
    for (int64_t row = 0; row < v->row_count; row++, id += strlen(id) + 1)
        if (put_pair(out, id, v->list[count_row(v, row, summary)].text, err))
            return -1;
    return 0;
}

int submission_vote(struct output *out, char *const *paths, int count, struct inputs *inputs,
                    struct vote_summary *summary, struct err *err)
{
    struct vote v = {.paths = paths, .count = count};
    int result = 0;

    *summary = (struct vote_summary){0};
    for (int file = 0; file < count && result == 0; file++)
        result = read_file(&v, file, inputs, err);
    if (result == 0)
        result = write_rows(out, &v, summary, err);
    for (int i = 0; i < v.list_count; i++)
        free(v.list[i].text);
    free(v.list);
    texts_free(v.header, v.header ? 2 : 0);
    strbuf_free(&v.ids);
    free(v.rows);
    free(v.labels);
    free(v.votes);
    return result;
}
