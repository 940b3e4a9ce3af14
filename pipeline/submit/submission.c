/* Writes a submission: header, ids, labels as the CSV spelt them. */
#include "submission.h"

#include "label_style.h"
#include "picture_id.h"
#include "pipeline/base/idset.h"
#include "pipeline/csv/cell.h"
#include "pipeline/csv/put.h"
#include "pipeline/predict/by_id.h"
#include "pipeline/tensor/meta.h"
#include "sample.h"

#include <csv.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK_ROWS = 4096 };

/* ---- Header ---- */

char **submission_names(const char *text, int *count, struct err *err)
{
    const char *rest = text;
    char **names;

    *count = 1;
    for (const char *at = text; (at = strchr(at, ',')); at++)
        ++*count;
    names = calloc((size_t)*count, sizeof *names);
    for (int i = 0; names && i < *count; i++) {
        size_t size = strcspn(rest, ",");

        if (size == 0) {
            err_set(err, EX_USAGE, "the header '%s' leaves a column without a name", text);
            texts_free(names, i);
            return NULL;
        }
        names[i] = strndup(rest, size);
        if (!names[i]) {
            texts_free(names, i);
            names = NULL;
        }
        rest += size + 1;
    }
    if (!names)
        err_memory(err, "the header", 0);
    return names;
}

/* Refuses a class's own name over the probabilities of another one. */
static int refuse_renaming(const struct predictions *predictions, char *const *names,
                           struct err *err)
{
    for (int k = 0; k < predictions->class_count; k++)
        for (int other = 0; other < predictions->class_count; other++)
            if (other != k && strcmp(names[1 + k], predictions->classes[other]) == 0)
                return err_set(err, EX_USAGE,
                               "--header would call the probabilities of class '%.40s' '%.40s': "
                               "the columns stand in the classes' order; --sample FILE takes "
                               "another order from a sample submission",
                               predictions->classes[k], names[1 + k]);
    return 0;
}

static char **given_header(const struct predictions *predictions,
                           const struct submission_format *format, int columns, struct err *err)
{
    int count;
    char **names = submission_names(format->header, &count, err);

    if (!names)
        return NULL;
    if (count != columns)
        err_set(err, EX_USAGE, "the header '%s' names %d column%s where the submission has %d",
                format->header, count, plural(count), columns);
    else if (!format->probabilities || refuse_renaming(predictions, names, err) == 0)
        return names;
    texts_free(names, count);
    return NULL;
}

static char **default_header(const struct predictions *predictions, bool probabilities, int columns,
                             struct err *err)
{
    const char *id = predictions->id_column ? predictions->id_column : "ImageId";
    const char *label = isupper((unsigned char)*id) ? "Label" : "label";
    char **names = calloc((size_t)columns, sizeof *names);

    for (int i = 0; names && i < columns; i++) {
        names[i] = strdup(i == 0 ? id : probabilities ? predictions->classes[i - 1] : label);
        if (!names[i]) {
            texts_free(names, i);
            names = NULL;
        }
    }
    if (!names)
        err_memory(err, "the header", 0);
    return names;
}

char **submission_header(const struct predictions *predictions,
                         const struct submission_format *format, int *count, struct err *err)
{
    *count = format->probabilities ? 1 + predictions->class_count : 2;
    if (format->header)
        return given_header(predictions, format, *count, err);
    return default_header(predictions, format->probabilities, *count, err);
}

/* Returns the first line of the CSV; NULL: out of memory. */
static char *header_line(char *const *header, int count)
{
    char *line = NULL;
    size_t size;
    FILE *text = open_memstream(&line, &size);

    for (int i = 0; text && i < count; i++) {
        if (i > 0)
            fputc(',', text);
        if (csv_needs_quotes(header[i], strlen(header[i])))
            csv_fwrite(text, header[i], strlen(header[i]));
        else
            fputs(header[i], text);
    }
    if (!text || fclose(text)) {
        free(line);
        return NULL;
    }
    return line;
}

/* ---- Rows ---- */

/* What stands after an id. */
enum form {
    LABEL,
    PROBABILITIES, /* of all classes */
    PROBABILITY,   /* of the second of two */
};

struct work {
    struct output *out;
    struct predictions *predictions;
    struct submission_format format;
    enum form form;
    int second; /* the class whose probability PROBABILITY is */
    char **header;
    int columns;
    struct sample sample; /* zeroed: none */
    struct by_id *by_id;  /* where the sample's ids are the data's; else NULL */
    char **labels;        /* [classes] as they are written; NULL: not known yet */
    struct idset ids;     /* written, without a sample */
    int64_t rows;
    struct submission_summary *summary;
};

/* Returns the class that is the larger number, or the last one. */
static int second_class(const struct predictions *predictions)
{
    double number[2];

    for (int k = 0; k < 2; k++) {
        const char *class = predictions->classes[k];

        if (!cell_number((struct cell){class, strlen(class), true}, &number[k]))
            return 1;
    }
    return number[0] > number[1] ? 0 : 1;
}

static void write_second(struct work *w)
{
    w->form = PROBABILITY;
    w->second = second_class(w->predictions);
    w->summary->probability_of = w->predictions->classes[w->second];
}

static bool is_class(const struct predictions *predictions, const char *label, size_t size)
{
    for (int k = 0; k < predictions->class_count; k++) {
        const char *class = predictions->classes[k];

        if (label_key(class, strlen(class)) == label_key(label, size))
            return true;
    }
    return false;
}

/* Looks whether the sample's row has a probability where labels would be written: the first one
 * decides. */
static int look_for_probability(struct work *w, struct err *err)
{
    const struct csv_reader *reader = w->sample.file.reader;
    const struct csv_row *row = &w->sample.row;
    const struct predictions *p = w->predictions;
    char quoted[QUOTED_TEXT];

    if (w->form != LABEL || !label_is_fraction(csv_text(row, 1), row->fields[1].size) ||
        is_class(p, csv_text(row, 1), row->fields[1].size))
        return 0;
    text_quote(quoted, csv_text(row, 1), row->fields[1].size);
    if (p->class_count != 2)
        return csv_reader_fail(reader, 1, err,
                               "%s is a probability, which one column can have for two classes; "
                               "the predictions, %s, have %d",
                               quoted, tensor_file_path(p->file), p->class_count);
    if (w->rows > 0)
        return csv_reader_fail(reader, 1, err,
                               "%s is a probability where the rows before have labels; "
                               "--probabilities writes that of '%.40s' into all",
                               quoted, p->classes[second_class(p)]);
    write_second(w);
    return 0;
}

/* Takes note of a sample whose labels are no classes, as where these lack their names. */
static void doubt_label(struct work *w)
{
    const struct csv_row *row = &w->sample.row;
    const size_t size = row->fields[1].size;
    char quoted[QUOTED_TEXT];

    if (size && !is_class(w->predictions, csv_text(row, 1), size))
        snprintf(w->summary->doubt, sizeof w->summary->doubt,
                 "its first label, %s, is none of the %d classes: are labels expected to be spelt "
                 "as '%.40s' is?",
                 text_quote(quoted, csv_text(row, 1), size), w->predictions->class_count,
                 w->predictions->classes[0]);
}

/* Spells the labels as those of the sample's first row; without one as the classes are. */
static int spell_labels(struct work *w, struct err *err)
{
    const struct csv_row *row = &w->sample.row;
    const int zeros = w->sample.rows ? label_zeros(csv_text(row, 1), row->fields[1].size) : -1;
    const int classes = w->predictions->class_count;

    if (w->sample.rows)
        doubt_label(w);

    w->labels = calloc((size_t)classes, sizeof *w->labels);
    if (!w->labels)
        return err_memory(err, "the labels", 0);
    for (int k = 0; k < classes; k++) {
        w->labels[k] = label_spelt(w->predictions->classes[k], zeros);
        if (!w->labels[k])
            return err_memory(err, "the labels", 0);
    }
    return 0;
}

static int put_row(struct work *w, const char *id, size_t size, const float *probabilities,
                   struct err *err)
{
    const int classes = w->predictions->class_count, *class_at = w->sample.class_at;
    const char *label;

    if (w->sample.rows && look_for_probability(w, err))
        return -1;
    if (w->rows++ == 0)
        text_quote(w->summary->first_id, id, size);
    if (w->rows == w->predictions->n)
        text_quote(w->summary->last_id, id, size);
    if (csv_put_field(w->out, id, size, err))
        return -1;
    if (w->form == PROBABILITY)
        return output_printf(w->out, err, ",%.9g\n", (double)probabilities[w->second]);
    if (w->form == LABEL) {
        if (!w->labels && spell_labels(w, err))
            return -1;
        label = w->labels[metrics_largest(probabilities, classes)];
        return output_write(w->out, ",", 1, err) ||
                       csv_put_field(w->out, label, strlen(label), err) ||
                       output_write(w->out, "\n", 1, err)
                   ? -1
                   : 0;
    }
    for (int i = 0; i < classes; i++)
        if (output_printf(w->out, err, ",%.9g", (double)probabilities[class_at ? class_at[i] : i]))
            return -1;
    return output_write(w->out, "\n", 1, err);
}

/* Writes a row with the data's own id, or a counted one. */
static int put_own(struct work *w, const struct predictions_chunk *chunk, int64_t row,
                   const float *probabilities, struct err *err)
{
    char id[KEY_TEXT], quoted[QUOTED_TEXT];
    const size_t size = chunk->ids ? key_text(id, chunk->ids, w->predictions->id_width, row)
                                   : (size_t)snprintf(id, sizeof id, "%lld",
                                                      (long long)(w->format.id_start + w->rows));
    const int fresh = idset_add(&w->ids, idset_key(id, size), err);

    if (fresh == 0)
        return err_set(err, EX_DATAERR, "%s: duplicate id %s, in row %lld",
                       tensor_file_path(w->predictions->file), text_quote(quoted, id, size),
                       (long long)w->rows + 1);
    return fresh < 0 ? -1 : put_row(w, id, size, probabilities, err);
}

/* Writes a row of the sample, which has to be in the order of data without ids. */
static int put_sampled(struct work *w, const float *probabilities, struct err *err)
{
    const int got = sample_next(&w->sample, err);

    if (got == 0)
        return err_set(err, EX_DATAERR, "%s: %lld row%s where the predictions have %lld",
                       csv_reader_name(w->sample.file.reader), (long long)w->rows, plural(w->rows),
                       (long long)w->predictions->n);
    return got < 0 ? -1 : put_row(w, w->sample.id, w->sample.id_size, probabilities, err);
}

static int put_chunk(struct work *w, const struct predictions_chunk *chunk, struct err *err)
{
    if (w->by_id)
        return by_id_add(w->by_id, chunk, err);
    for (int64_t row = 0; row < chunk->count; row++) {
        const float *probabilities = chunk->probabilities + row * w->predictions->class_count;

        if (w->sample.header ? put_sampled(w, probabilities, err)
                             : put_own(w, chunk, row, probabilities, err))
            return -1;
    }
    return 0;
}

static int sample_ends(struct work *w, struct err *err)
{
    const int got = sample_next(&w->sample, err);

    if (got > 0)
        return csv_reader_fail(w->sample.file.reader, -1, err,
                               "one row more than the predictions, which have %lld",
                               (long long)w->rows);
    return got;
}

/* ---- Rows by the sample's ids ---- */

/* Finds the id of the predictions that differs from the sample's only by the ending of a picture's
 * name. Returns its size; 0: there is none. *count: how many there are. */
static size_t find_ending(const struct work *w, char found[PICTURE_ID], int *count)
{
    const struct sample *s = &w->sample;
    char id[PICTURE_ID];
    size_t size, found_size = 0;

    *count = 0;
    for (int i = 0; (size = picture_id_with(s->id, s->id_size, i, id)) > 0; i++) {
        if (!by_id_has(w->by_id, id, size))
            continue;
        memcpy(found, id, size);
        found_size = size;
        ++*count;
    }
    return found_size;
}

/* Fills the probabilities of the sample's row. */
static int find_sampled(struct work *w, float *probabilities, struct err *err)
{
    const struct csv_reader *reader = w->sample.file.reader;
    const char *path = tensor_file_path(w->predictions->file);
    char quoted[QUOTED_TEXT], ending[QUOTED_TEXT], other[PICTURE_ID];
    size_t size;
    int count,
        got = by_id_find(w->by_id, reader, w->sample.id, w->sample.id_size, probabilities, err);

    if (got)
        return got;
    text_quote(quoted, w->sample.id, w->sample.id_size);
    size = find_ending(w, other, &count);
    text_quote(ending, other, size);
    if (count == 0)
        return csv_reader_fail(reader, 0, err, "id %s is none of the %lld of the predictions, %s",
                               quoted, (long long)w->predictions->n, path);
    if (count > 1)
        return csv_reader_fail(reader, 0, err, "id %s could be %s or another one of %s", quoted,
                               ending, path);
    if (w->summary->endings++ == 0)
        snprintf(w->summary->ending, sizeof w->summary->ending, "%s is %s", quoted, ending);
    return by_id_find(w->by_id, reader, other, size, probabilities, err);
}

/* Writes all of the sample's rows, each with the probabilities of its id. */
static int put_by_id(struct work *w, struct err *err)
{
    const char *path = tensor_file_path(w->predictions->file);
    struct sample *sample = &w->sample;
    float *probabilities = calloc((size_t)w->predictions->class_count, sizeof *probabilities);
    char quoted[QUOTED_TEXT], id[KEY_TEXT];
    int64_t left, row;
    int got = probabilities ? by_id_sort(w->by_id, err) : err_memory(err, "a row", 0);

    while (got >= 0 && (got = sample_next(sample, err)) > 0) {
        got = find_sampled(w, probabilities, err);
        if (got > 0)
            got = put_row(w, sample->id, sample->id_size, probabilities, err);
    }
    free(probabilities);
    left = got < 0 ? -1 : by_id_left(w->by_id, &row, id, err);
    if (left > 0)
        return err_set(err, EX_DATAERR, "%s: no row for id %s, which is row %lld of %s (%lld such)",
                       csv_reader_name(sample->file.reader), text_quote(quoted, id, strlen(id)),
                       (long long)row, path, (long long)left);
    return left < 0 ? -1 : 0;
}

static int put_all(struct work *w, struct metrics *score, struct err *err)
{
    struct predictions_chunk chunk = {0};
    int got = predictions_chunk_init(&chunk, w->predictions, CHUNK_ROWS, err);

    while (got >= 0 && (got = predictions_next(w->predictions, &chunk, err)) > 0) {
        got = put_chunk(w, &chunk, err);
        if (got == 0 && score && chunk.labels)
            metrics_add(score, chunk.probabilities, chunk.labels, w->predictions->soft_labels, NULL,
                        chunk.count);
    }
    if (got == 0 && w->by_id)
        got = put_by_id(w, err);
    else if (got == 0 && w->sample.header)
        got = sample_ends(w, err);
    predictions_chunk_free(&chunk);
    return got;
}

int submission_write(struct output *out, struct predictions *predictions,
                     const struct submission_format *format, const char *sample,
                     struct inputs *inputs, struct metrics *score,
                     struct submission_summary *summary, struct err *err)
{
    struct work w = {.out = out,
                     .predictions = predictions,
                     .format = *format,
                     .form = format->probabilities ? PROBABILITIES : LABEL,
                     .summary = summary};
    int status = -1;

    memset(summary, 0, sizeof *summary);
    if (predictions->has_ids && format->id_start != 1) {
        err_set(err, EX_USAGE, "%s has the data's own ids: leave out --id-start",
                tensor_file_path(predictions->file));
        goto out;
    }
    if (sample && sample_open(&w.sample, sample, inputs, err))
        goto out;
    if (format->probabilities && w.sample.columns == 2 && predictions->class_count == 2) {
        write_second(&w);
        w.format.probabilities = false;
    }
    w.header = submission_header(predictions, &w.format, &w.columns, err);
    if (!w.header)
        goto out;
    if (sample && sample_match(&w.sample, predictions, &w.format, w.header, w.columns, err))
        goto out;
    if (sample && predictions->has_ids && by_id_open(&w.by_id, predictions, output_path(out), err))
        goto out;
    summary->trusted = sample && !predictions->has_ids;
    summary->header = header_line(sample ? w.sample.header : w.header, w.columns);
    if (!summary->header) {
        err_memory(err, "the header", 0);
        goto out;
    }
    if (output_printf(out, err, "%s\n", summary->header))
        goto out;
    status = put_all(&w, score, err);
    summary->rows = w.rows;
out:
    sample_close(&w.sample);
    by_id_close(w.by_id);
    idset_free(&w.ids);
    texts_free(w.labels, predictions->class_count);
    texts_free(w.header, w.columns);
    return status;
}

void submission_summary_free(struct submission_summary *summary)
{
    free(summary->header);
    summary->header = NULL;
}
