/* Writes a submission: header, ids, labels as the CSV spelt them. */
#include "submission.h"

#include "pipeline/base/idset.h"
#include "pipeline/csv/reader.h"
#include "pipeline/tensor/meta.h"

#include <csv.h>
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK_ROWS = 4096 };

/* ---- Fields ---- */

static bool needs_quotes(const char *text, size_t size)
{
    return size == 0 || text[0] == ' ' || text[size - 1] == ' ' || memchr(text, ',', size) ||
           memchr(text, '"', size) || memchr(text, '\n', size) || memchr(text, '\r', size);
}

static int put_field(struct output *out, const char *text, size_t size, struct err *err)
{
    char *quoted;
    int status;

    if (!needs_quotes(text, size))
        return output_write(out, text, size, err);
    quoted = malloc(2 * size + 2); /* every byte may be a quote */
    if (!quoted)
        return err_memory(err, "a field", 2 * size + 2);
    status = output_write(out, quoted, csv_write(quoted, 2 * size + 2, text, size), err);
    free(quoted);
    return status;
}

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

static char **given_header(const char *text, int columns, struct err *err)
{
    int count;
    char **names = submission_names(text, &count, err);

    if (!names || count == columns)
        return names;
    err_set(err, EX_USAGE, "the header '%s' names %d column%s where the submission has %d", text,
            count, plural(count), columns);
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
        return given_header(format->header, *count, err);
    return default_header(predictions, format->probabilities, *count, err);
}

/* The first line of the CSV; NULL: out of memory. */
static char *header_line(char *const *header, int count)
{
    char *line = NULL;
    size_t size;
    FILE *text = open_memstream(&line, &size);

    for (int i = 0; text && i < count; i++) {
        if (i > 0)
            fputc(',', text);
        if (needs_quotes(header[i], strlen(header[i])))
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

struct work {
    struct output *out;
    struct predictions *predictions;
    const struct submission_format *format;
    char **header;
    int columns;
    struct csv_file sample; /* closed: none */
    struct idset ids;
    int64_t rows;
    const char *id; /* of the row being written */
    size_t id_size;
    char number[24];
};

/* The sample's first line against what would stand there without it: a name that neither the user
 * nor a class prescribes is spelt as the sample has it. */
static int sample_header(struct work *w, struct err *err)
{
    struct csv_reader *sample = w->sample.reader;
    struct csv_row row;
    char is[QUOTED_TEXT], wanted[QUOTED_TEXT];
    int got = csv_reader_next(sample, &row, err);

    if (got < 0)
        return -1;
    if (got == 0)
        return err_set(err, EX_DATAERR, "%s: empty", csv_reader_name(sample));
    if (row.count != w->columns)
        return csv_reader_fail(sample, -1, err, "%d column%s where the submission has %d",
                               row.count, plural(row.count), w->columns);
    for (int i = 0; i < w->columns; i++) {
        const char *name = csv_text(&row, i);
        bool ours = w->format->header || (i > 0 && w->format->probabilities);

        if (strcmp(w->header[i], name) == 0)
            continue;
        if (!text_is_clean(name, row.fields[i].size))
            return csv_reader_fail(sample, i, err, "named %s, which is not plain UTF-8 text",
                                   text_quote(is, name, row.fields[i].size));
        if (ours)
            return csv_reader_fail(sample, i, err, "named %s where the submission has %s",
                                   text_quote(is, name, row.fields[i].size),
                                   text_quote(wanted, w->header[i], strlen(w->header[i])));
        free(w->header[i]);
        w->header[i] = strdup(name);
        if (!w->header[i])
            return err_memory(err, "the header", 0);
    }
    csv_reader_name_columns(sample, w->header);
    return 0;
}

/* The id of the sample's next row; the data's own, if it has one, has to be the same number. */
static int sample_id(struct work *w, const int64_t *own, struct err *err)
{
    struct csv_reader *sample = w->sample.reader;
    struct csv_row row;
    char is[QUOTED_TEXT], *end;
    int got = csv_reader_next(sample, &row, err);

    if (got < 0)
        return -1;
    if (got == 0)
        return err_set(err, EX_DATAERR, "%s: %lld row%s where the predictions have %lld",
                       csv_reader_name(sample), (long long)w->rows, plural(w->rows),
                       (long long)w->predictions->n);
    w->id = csv_text(&row, 0);
    w->id_size = row.fields[0].size;
    if (w->id_size == 0)
        return csv_reader_fail(sample, 0, err, "empty where an id is expected");
    if (!text_is_clean(w->id, w->id_size))
        return csv_reader_fail(sample, 0, err, "id %s is not plain UTF-8 text",
                               text_quote(is, w->id, w->id_size));
    errno = 0;
    if (own && (strtoll(w->id, &end, 10) != *own || *end || errno))
        return csv_reader_fail(sample, 0, err, "id %s where the predictions have %lld",
                               text_quote(is, w->id, w->id_size), (long long)*own);
    return 0;
}

/* Finds the next row's id, own or not, and that it is a new one. */
static int next_id(struct work *w, const int64_t *own, struct err *err)
{
    char id[QUOTED_TEXT];
    int fresh;

    if (w->sample.reader) {
        if (sample_id(w, own, err))
            return -1;
    } else {
        long long number = own ? *own : w->format->id_start + w->rows;

        w->id_size = (size_t)snprintf(w->number, sizeof w->number, "%lld", number);
        w->id = w->number;
    }
    w->rows++;
    fresh = idset_add(&w->ids, idset_key(w->id, w->id_size), err);
    if (fresh == 0 && w->sample.reader)
        return csv_reader_fail(w->sample.reader, 0, err, "duplicate id %s",
                               text_quote(id, w->id, w->id_size));
    if (fresh == 0)
        return err_set(err, EX_DATAERR, "%s: duplicate id %s, in row %lld",
                       tensor_file_path(w->predictions->file), w->id, (long long)w->rows);
    return fresh < 0 ? -1 : 0;
}

static int put_row(struct work *w, const float *probabilities, struct err *err)
{
    int classes = w->predictions->class_count;
    const char *label = w->predictions->classes[metrics_largest(probabilities, classes)];

    if (put_field(w->out, w->id, w->id_size, err))
        return -1;
    if (!w->format->probabilities)
        return output_write(w->out, ",", 1, err) || put_field(w->out, label, strlen(label), err) ||
                       output_write(w->out, "\n", 1, err)
                   ? -1
                   : 0;
    for (int k = 0; k < classes; k++)
        if (output_printf(w->out, err, ",%.9g", (double)probabilities[k]))
            return -1;
    return output_write(w->out, "\n", 1, err);
}

static int put_chunk(struct work *w, const struct predictions_chunk *chunk,
                     struct submission_summary *summary, struct err *err)
{
    for (int64_t row = 0; row < chunk->count; row++) {
        if (next_id(w, chunk->ids ? &chunk->ids[row] : NULL, err) ||
            put_row(w, chunk->probabilities + row * w->predictions->class_count, err))
            return -1;
        if (w->rows == 1)
            text_quote(summary->first_id, w->id, w->id_size);
        if (w->rows == w->predictions->n)
            text_quote(summary->last_id, w->id, w->id_size);
    }
    return 0;
}

static int sample_ends(struct work *w, struct err *err)
{
    struct csv_row row;
    int got = csv_reader_next(w->sample.reader, &row, err);

    if (got > 0)
        return csv_reader_fail(w->sample.reader, -1, err,
                               "one row more than the predictions, which have %lld",
                               (long long)w->rows);
    return got;
}

static int put_all(struct work *w, struct metrics *score, struct submission_summary *summary,
                   struct err *err)
{
    struct predictions_chunk chunk = {0};
    int got = -1;

    if (predictions_chunk_init(&chunk, w->predictions, CHUNK_ROWS, err))
        goto out;
    while ((got = predictions_next(w->predictions, &chunk, err)) > 0) {
        if (put_chunk(w, &chunk, summary, err)) {
            got = -1;
            break;
        }
        if (score && chunk.labels)
            metrics_add(score, chunk.probabilities, chunk.labels, w->predictions->soft_labels, NULL,
                        chunk.count);
    }
    if (got == 0 && w->sample.reader)
        got = sample_ends(w, err);
out:
    predictions_chunk_free(&chunk);
    return got;
}

int submission_write(struct output *out, struct predictions *predictions,
                     const struct submission_format *format, const char *sample,
                     struct inputs *inputs, struct metrics *score,
                     struct submission_summary *summary, struct err *err)
{
    struct work w = {.out = out, .predictions = predictions, .format = format};
    int status = -1;

    memset(summary, 0, sizeof *summary);
    if (predictions->has_ids && format->id_start != 1) {
        err_set(err, EX_USAGE, "%s has the data's own ids: leave out --id-start",
                tensor_file_path(predictions->file));
        goto out;
    }
    w.header = submission_header(predictions, format, &w.columns, err);
    if (!w.header)
        goto out;
    if (sample &&
        (csv_file_open(&w.sample, sample, inputs, "sample", err) || sample_header(&w, err)))
        goto out;
    summary->header = header_line(w.header, w.columns);
    if (!summary->header) {
        err_memory(err, "the header", 0);
        goto out;
    }
    if (output_printf(out, err, "%s\n", summary->header))
        goto out;
    status = put_all(&w, score, summary, err);
    summary->rows = w.rows;
out:
    csv_file_close(&w.sample);
    idset_free(&w.ids);
    texts_free(w.header, w.columns);
    return status;
}

void submission_summary_free(struct submission_summary *summary)
{
    free(summary->header);
    summary->header = NULL;
}
