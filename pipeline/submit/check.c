/* Checks a submission against the ids that are expected. */
#include "check.h"

#include "label_style.h"
#include "picture_id.h"
#include "pipeline/base/idset.h"
#include "pipeline/csv/reader.h"
#include "pipeline/dataset/keys.h"
#include "pipeline/predict/metrics.h"
#include "pipeline/tensor/meta.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK_ROWS = 4096 };

struct work {
    const char *path;
    const struct submission_expected *expected;
    struct inputs *inputs;
    struct submission_check *check;
    struct csv_file file;
    struct idset seen;
    struct idset pairs;    /* of an id and its label, where labels are compared */
    const char *predicted; /* label of the id that is visited, NULL: not known */
    char **names;          /* its header */
    int columns;
    struct {
        struct idset ids, classes;
        char **names; /* NULL: any */
        int columns;
        bool two;                /* classes, of whose second a column may have probabilities */
        int zeros;               /* label_zeros() of all the sample's labels; -1: they differ */
        bool shares, fractions;  /* all of them are from 0 to 1; some are between */
        bool words;              /* none of them is a number */
        char label[QUOTED_TEXT]; /* the first of them, quoted; empty: none */
    } wanted;
    bool fractions, words; /* the same of its own labels; some of them are no numbers */
    int64_t bare;          /* labels 0 and 1 that are no classes, but may be probabilities */
};

/* ---- Faults ---- */

static void keep(struct submission_check *check, const struct err *fault)
{
    if (check->faults < SUBMISSION_FAULTS)
        check->first[check->faults] = *fault;
    check->faults++;
}

/* Adds a fault of the current row; column -1: in all of it. */
__attribute__((format(printf, 3, 4))) static void row_fault(struct work *w, int column,
                                                            const char *format, ...)
{
    char text[512];
    struct err fault;
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    csv_reader_fail(w->file.reader, column, &fault, "%s", text);
    keep(w->check, &fault);
}

/* ---- Names ---- */

static char **copy_names(const struct csv_row *row, struct err *err)
{
    char **names = calloc((size_t)row->count, sizeof *names);

    for (int i = 0; names && i < row->count; i++) {
        names[i] = strdup(csv_text(row, i));
        if (!names[i]) {
            texts_free(names, i);
            names = NULL;
        }
    }
    if (!names)
        err_memory(err, "the header", 0);
    return names;
}

/* ---- What is expected ---- */

/* Takes note of how the sample spells its labels. */
static void want_label(struct work *w, const char *label, size_t size)
{
    const int zeros = label_zeros(label, size);
    double share;

    w->wanted.shares &= label_share(label, size, &share);
    w->wanted.fractions |= label_is_fraction(label, size);
    w->wanted.words &= size && !label_decimal(label, NULL);
    if (!*w->wanted.label) {
        text_quote(w->wanted.label, label, size);
        w->wanted.zeros = zeros;
    } else if (zeros != w->wanted.zeros) {
        w->wanted.zeros = -1;
    }
}

/* One expected id; `reader` stands on its row, NULL if it comes from no CSV. */
typedef int visit_id(struct work *w, const char *id, size_t size, const struct csv_reader *reader,
                     struct err *err);

static int visit_rows(struct work *w, struct csv_reader *reader, visit_id *visit, struct err *err)
{
    struct csv_row row;
    bool any = false;
    int got = csv_reader_next(reader, &row, err);

    if (got == 0)
        return err_set(err, EX_DATAERR, "%s: empty", csv_reader_name(reader));
    if (got > 0 && label_decimal(csv_text(&row, 0), NULL))
        return csv_reader_fail(reader, -1, err, "data where the header is expected");
    if (got > 0 && !w->wanted.names) {
        w->wanted.columns = row.count;
        w->wanted.names = copy_names(&row, err);
        if (!w->wanted.names)
            return -1;
    }
    if (got > 0 && row.count == w->wanted.columns)
        csv_reader_name_columns(reader, w->wanted.names);
    while (got > 0) {
        got = csv_reader_next(reader, &row, err);
        if (got > 0 && visit(w, csv_text(&row, 0), row.fields[0].size, reader, err))
            return -1;
        if (got > 0 && row.count == 2)
            want_label(w, csv_text(&row, 1), row.fields[1].size);
        any |= got > 0;
    }
    if (got == 0 && !any)
        return err_set(err, EX_DATAERR, "%s: a header and no rows", csv_reader_name(reader));
    return got;
}

static int visit_csv(struct work *w, const char *path, visit_id *visit, struct err *err)
{
    struct csv_file file;
    int status;

    if (csv_file_open(&file, path, w->inputs, "sample", err))
        return -1;
    status = visit_rows(w, file.reader, visit, err);
    csv_file_close(&file);
    return status;
}

static int visit_number(struct work *w, int64_t number, visit_id *visit, struct err *err)
{
    char id[24];
    int size = snprintf(id, sizeof id, "%lld", (long long)number);

    return visit(w, id, (size_t)size, NULL, err);
}

static int visit_key(struct work *w, const struct predictions *predictions,
                     const struct predictions_chunk *chunk, int64_t row, visit_id *visit,
                     struct err *err)
{
    char id[KEY_TEXT];
    const size_t size = key_text(id, chunk->ids, predictions->id_width, row);

    return visit(w, id, size, NULL, err);
}

/* Expects header and classes as the predictions have them; probabilities if the file has their
 * columns. */
static int want_predictions(struct work *w, const struct predictions *predictions, struct err *err)
{
    const struct submission_format format = {.probabilities =
                                                 w->columns == 1 + predictions->class_count};

    if (!w->wanted.names)
        w->wanted.names = submission_header(predictions, &format, &w->wanted.columns, err);
    if (!w->wanted.names)
        return -1;
    for (int k = 0; k < predictions->class_count; k++) {
        const char *class = predictions->classes[k];

        if (idset_add(&w->wanted.classes, label_key(class, strlen(class)), err) < 0)
            return -1;
    }
    w->wanted.two = predictions->class_count == 2;
    return 0;
}

/* Expects the predictions' classes besides what a sample says. */
static int want_classes(struct work *w, struct err *err)
{
    struct predictions predictions = {0};
    const int status =
        predictions_open(&predictions, w->expected->predictions, w->inputs, "predictions", err) ||
                want_predictions(w, &predictions, err)
            ? -1
            : 0;

    predictions_close(&predictions);
    return status;
}

/* Visits the sample's next row, whose id is that of the next row of data without ids. */
static int visit_sampled(struct work *w, const struct csv_file *sample, visit_id *visit,
                         struct err *err)
{
    struct csv_row row;
    const int got = csv_reader_next(sample->reader, &row, err);

    if (got == 0)
        w->check->changed++; /* a row that the sample lacks */
    return got <= 0 ? got : visit(w, csv_text(&row, 0), row.fields[0].size, sample->reader, err);
}

static int visit_predictions(struct work *w, visit_id *visit, struct err *err)
{
    const char *ids = w->expected->sample;
    struct predictions predictions = {0};
    struct predictions_chunk chunk = {0};
    struct csv_file sample = {0};
    struct csv_row header;
    int64_t number = w->expected->id_start;
    int got = -1;

    if (predictions_open(&predictions, w->expected->predictions, w->inputs, "predictions", err) ||
        (w->wanted.classes.count == 0 && want_predictions(w, &predictions, err)) ||
        predictions_chunk_init(&chunk, &predictions, CHUNK_ROWS, err))
        goto out;
    if (ids && !predictions.has_ids &&
        (csv_file_open(&sample, ids, NULL, "", err) ||
         csv_reader_next(sample.reader, &header, err) < 0))
        goto out;
    while ((got = predictions_next(&predictions, &chunk, err)) > 0)
        for (int64_t row = 0; row < chunk.count; row++, number++) {
            w->predicted = predictions.classes[metrics_largest(
                chunk.probabilities + row * predictions.class_count, predictions.class_count)];
            if (chunk.ids       ? visit_key(w, &predictions, &chunk, row, visit, err)
                : sample.reader ? visit_sampled(w, &sample, visit, err)
                                : visit_number(w, number, visit, err)) {
                got = -1;
                goto out;
            }
        }
out:
    w->predicted = NULL;
    csv_file_close(&sample);
    predictions_chunk_free(&chunk);
    predictions_close(&predictions);
    return got;
}

static int visit_wanted(struct work *w, visit_id *visit, struct err *err)
{
    const struct submission_expected *e = w->expected;

    if (e->sample)
        return visit_csv(w, e->sample, visit, err);
    if (e->predictions)
        return visit_predictions(w, visit, err);
    for (int64_t row = 0; row < e->rows; row++)
        if (visit_number(w, e->id_start + row, visit, err))
            return -1;
    return 0;
}

static int want_id(struct work *w, const char *id, size_t size, const struct csv_reader *reader,
                   struct err *err)
{
    char quoted[QUOTED_TEXT];
    int fresh = idset_add(&w->wanted.ids, idset_key(id, size), err);

    if (fresh == 0 && reader)
        return csv_reader_fail(reader, 0, err, "duplicate id %s", text_quote(quoted, id, size));
    if (fresh == 0)
        return err_set(err, EX_DATAERR, "%s: duplicate id %s", w->expected->predictions, id);
    return fresh < 0 ? -1 : 0;
}

static int find_missing(struct work *w, const char *id, size_t size,
                        const struct csv_reader *reader, struct err *err)
{
    char quoted[QUOTED_TEXT], place[512] = "";
    struct err fault;

    (void)err;
    if (idset_has(&w->seen, idset_key(id, size)))
        return 0;
    if (reader)
        snprintf(place, sizeof place, ", which %s has on line %lld", csv_reader_name(reader),
                 (long long)csv_reader_line(reader));
    err_set(&fault, EX_DATAERR, "%s: no row for id %s%s", w->path, text_quote(quoted, id, size),
            place);
    keep(w->check, &fault);
    return 0;
}

/* Returns the key of an id with its label; pictures' endings aside, which a sample may lack. */
static uint64_t pair_key(const char *id, size_t size, uint64_t label)
{
    return idset_key(id, picture_id_stem(id, size)) * 0x9e3779b97f4a7c15u ^ label;
}

static int find_changed(struct work *w, const char *id, size_t size,
                        const struct csv_reader *reader, struct err *err)
{
    const uint64_t label = label_key(w->predicted, strlen(w->predicted));

    (void)reader;
    (void)err;
    w->check->changed += !idset_has(&w->pairs, pair_key(id, size, label));
    return 0;
}

/* ---- What is there ---- */

/* Says which id, that differs by the ending of a picture's name alone, is expected; "": none. */
static const char *other_ending(const struct work *w, const char *id, size_t size,
                                char text[QUOTED_TEXT + 80])
{
    char other[PICTURE_ID], quoted[QUOTED_TEXT];
    size_t with;

    *text = 0;
    for (int i = 0; !*text && (with = picture_id_with(id, size, i, other)) > 0; i++)
        if (idset_has(&w->wanted.ids, idset_key(other, with)))
            snprintf(text, QUOTED_TEXT + 80, ", as %s is%s", text_quote(quoted, other, with),
                     w->expected->sample ? "" : " (--sample FILE says how ids are spelt)");
    return text;
}

static void check_id(struct work *w, const char *id, size_t size, int fresh)
{
    char quoted[QUOTED_TEXT], other[QUOTED_TEXT + 80];

    text_quote(quoted, id, size);
    if (size == 0)
        row_fault(w, 0, "an empty id");
    else if (!text_is_clean(id, size))
        row_fault(w, 0, "id %s is not plain UTF-8 text", quoted);
    else if (fresh == 0)
        row_fault(w, 0, "duplicate id %s", quoted);
    else if (w->wanted.ids.count && !idset_has(&w->wanted.ids, idset_key(id, size)))
        row_fault(w, 0, "id %s is not one of the %lld expected%s", quoted,
                  (long long)w->wanted.ids.count, other_ending(w, id, size, other));
}

static bool wants_probabilities(const struct work *w)
{
    return w->wanted.shares && w->wanted.fractions;
}

/* Takes a class, or for two classes a probability. */
static bool is_class(struct work *w, const char *label, size_t size)
{
    double share;

    if (w->wanted.classes.count == 0 || idset_has(&w->wanted.classes, label_key(label, size)))
        return true;
    if (!w->wanted.two || !label_share(label, size, &share))
        return false;
    w->bare += share == 0 || share == 1;
    return true;
}

static void check_label(struct work *w, const char *label, size_t size)
{
    char quoted[QUOTED_TEXT];

    w->fractions |= label_is_fraction(label, size);
    w->words |= !label_decimal(label, NULL);
    text_quote(quoted, label, size);
    if (size == 0)
        row_fault(w, 1, "an empty label");
    else if (!text_is_clean(label, size))
        row_fault(w, 1, "label %s is not plain UTF-8 text", quoted);
    else if (wants_probabilities(w) && !label_decimal(label, NULL))
        row_fault(w, 1, "%s is no number as all of the sample's are, such as %s", quoted,
                  w->wanted.label);
    else if (!is_class(w, label, size))
        row_fault(w, 1, "label %s is none of the %lld classes", quoted,
                  (long long)w->wanted.classes.count);
    else if (*w->wanted.label && w->wanted.zeros >= 0 &&
             label_zeros(label, size) != w->wanted.zeros)
        row_fault(w, 1, "label %s is no whole number spelt as the sample's labels are, such as %s",
                  quoted, w->wanted.label);
}

static void check_probability(struct work *w, int column, const char *text, size_t size)
{
    char quoted[QUOTED_TEXT];

    if (!label_decimal(text, NULL))
        row_fault(w, column, "%s is not a number", text_quote(quoted, text, size));
}

static int check_row(struct work *w, const struct csv_row *row, struct err *err)
{
    const char *id = csv_text(row, 0);
    size_t size = row->fields[0].size;
    int fresh = size ? idset_add(&w->seen, idset_key(id, size), err) : 0;

    if (fresh < 0)
        return -1;
    w->check->rows++;
    check_id(w, id, size, fresh);
    if (row->count == 2)
        check_label(w, csv_text(row, 1), row->fields[1].size);
    if (row->count == 2 && w->expected->labels &&
        idset_add(&w->pairs, pair_key(id, size, label_key(csv_text(row, 1), row->fields[1].size)),
                  err) < 0)
        return -1;
    for (int i = 1; row->count > 2 && i < row->count; i++)
        check_probability(w, i, csv_text(row, i), row->fields[i].size);
    return 0;
}

static void check_names(struct work *w, const struct csv_row *row)
{
    char is[QUOTED_TEXT], wanted[QUOTED_TEXT];

    if (row->count < 2)
        row_fault(w, -1, "one column; a submission has ids and labels, with a comma between");
    if (w->wanted.names && w->wanted.columns != row->count) {
        row_fault(w, -1, "%d column%s where %d are expected", row->count, plural(row->count),
                  w->wanted.columns);
        return;
    }
    for (int i = 0; i < row->count; i++) {
        const char *name = csv_text(row, i);

        text_quote(is, name, row->fields[i].size);
        if (!text_is_clean(name, row->fields[i].size))
            row_fault(w, i, "the name %s is not plain UTF-8 text", is);
        else if (w->wanted.names && strcmp(name, w->wanted.names[i]) != 0)
            row_fault(w, i, "named %s where %s is expected", is,
                      text_quote(wanted, w->wanted.names[i], strlen(w->wanted.names[i])));
        else if (i == 0 && *name == '#')
            row_fault(w, i,
                      "the name %s begins with the # of numpy.savetxt, whose comments='' "
                      "leaves it out",
                      is);
    }
}

/* Checks the first row: a header, or data where one is missing. */
static int check_first(struct work *w, const struct csv_row *row, struct err *err)
{
    if (label_decimal(csv_text(row, 0), NULL)) {
        row_fault(w, -1, "data where the header is expected");
        return check_row(w, row, err);
    }
    check_names(w, row);
    w->names = copy_names(row, err);
    if (!w->names)
        return -1;
    csv_reader_name_columns(w->file.reader, w->names);
    return 0;
}

/* Reads the next row: 1 a row, 0 the end, -1 error. Broken CSV is a fault, after which nothing more
 * can be read. */
static int next_row(struct work *w, struct csv_row *row, struct err *err)
{
    struct err error;
    int got = csv_reader_next(w->file.reader, row, &error);

    if (got >= 0)
        return got;
    if (error.status == EX_DATAERR) {
        keep(w->check, &error);
        w->check->whole = false;
        return 0;
    }
    *err = error;
    return -1;
}

/* Takes note of labels of another kind than the sample has. */
static void doubt_labels(struct work *w)
{
    const char *found = wants_probabilities(w) && !w->fractions ? "whole numbers"
                        : w->wanted.words && !w->words          ? "numbers"
                                                                : NULL;

    if (found && *w->wanted.label && w->columns == 2 && w->check->rows > 0)
        snprintf(w->check->doubt, sizeof w->check->doubt, "%s: %s alone where %s has %s", w->path,
                 found, w->expected->sample, w->wanted.label);
}

/* Finds labels that are probabilities only if all of them are. */
static void check_kinds(struct work *w)
{
    struct err fault;

    if (!w->wanted.two || (w->fractions ? !w->words : w->bare == 0))
        return;
    err_set(
        &fault, EX_DATAERR,
        w->fractions
            ? "%s: labels and probabilities in one column"
            : "%s: labels 0 and 1 are none of the 2 classes, and probabilities only with others "
              "between",
        w->path);
    keep(w->check, &fault);
}

static int check_all(struct work *w, struct err *err)
{
    struct csv_row row;
    int got = next_row(w, &row, err);
    struct err fault;

    if (got == 0 && w->check->whole) {
        err_set(&fault, EX_DATAERR, "%s: empty", w->path);
        keep(w->check, &fault);
    }
    if (got <= 0)
        return got;
    w->columns = w->check->columns = row.count;
    if (visit_wanted(w, want_id, err) ||
        (w->expected->sample && w->expected->predictions && want_classes(w, err)) ||
        check_first(w, &row, err))
        return -1;
    while ((got = next_row(w, &row, err)) > 0)
        if (check_row(w, &row, err))
            return -1;
    if (got == 0 && w->check->whole && w->check->rows == 0) {
        err_set(&fault, EX_DATAERR, "%s: a header and no rows", w->path);
        keep(w->check, &fault);
    }
    check_kinds(w);
    doubt_labels(w);
    if (got == 0 && w->check->whole)
        got = visit_wanted(w, find_missing, err);
    if (got == 0 && w->check->faults == 0 && w->expected->labels && w->columns == 2 &&
        !w->fractions) {
        w->check->changed = 0;
        got = visit_predictions(w, find_changed, err);
    }
    return got;
}

int submission_check(const char *path, const struct submission_expected *expected,
                     struct inputs *inputs, struct submission_check *check, struct err *err)
{
    struct work w = {.path = path,
                     .expected = expected,
                     .inputs = inputs,
                     .check = check,
                     .wanted = {.shares = true, .words = true}};
    int status = -1;

    memset(check, 0, sizeof *check);
    check->whole = true;
    check->changed = -1;
    if (expected->header) {
        w.wanted.names = submission_names(expected->header, &w.wanted.columns, err);
        if (!w.wanted.names)
            goto out;
    }
    if (csv_file_open(&w.file, path, inputs, "submission", err))
        goto out;
    status = check_all(&w, err);
    check->expected_rows = w.wanted.ids.count;
out:
    csv_file_close(&w.file);
    texts_free(w.names, w.columns);
    texts_free(w.wanted.names, w.wanted.columns);
    idset_free(&w.seen);
    idset_free(&w.pairs);
    idset_free(&w.wanted.ids);
    idset_free(&w.wanted.classes);
    return status;
}
