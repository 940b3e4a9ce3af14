/* Two models' predictions of the same rows: where they differ, and whether by chance. */
#include "comparison.h"

#include "by_id.h"
#include "pipeline/base/text.h"
#include "pipeline/dataset/rows.h"
#include "pipeline/files/noted.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK_ROWS = 4096 };

/* A file with the rows of it that are in memory. */
struct side {
    const char *path;
    struct predictions file;
    struct predictions_chunk chunk;
    struct by_id *by_id; /* of the second, where its data is another: rows by their ids */
};

static int side_open(struct side *side, const char *path, struct err *err)
{
    side->path = path;
    note_read(path);
    if (predictions_open(&side->file, path, NULL, "predictions", err) ||
        predictions_chunk_init(&side->chunk, &side->file, CHUNK_ROWS, err))
        return -1;
    return 0;
}

static void side_close(struct side *side)
{
    by_id_close(side->by_id);
    predictions_chunk_free(&side->chunk);
    predictions_close(&side->file);
}

/* ---- Whether they are of the same rows ---- */

static bool same_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool of_one_data(const struct predictions *a, const struct predictions *b)
{
    return same_text(tensor_file_meta(a->file, "data_digest"),
                     tensor_file_meta(b->file, "data_digest"));
}

static int check_files(const struct side side[2], struct err *err)
{
    const struct predictions *a = &side[0].file, *b = &side[1].file;

    if (a->n != b->n)
        return err_set(err, EX_DATAERR, "%s has %lld row%s, %s %lld: they are of different data",
                       side[0].path, (long long)a->n, plural(a->n), side[1].path, (long long)b->n);
    if (!of_one_data(a, b) && !(a->has_ids && b->has_ids && a->id_width == b->id_width))
        return err_set(err, EX_DATAERR,
                       "%s and %s are predictions of different data, and have no ids that tell "
                       "which rows are the same",
                       side[0].path, side[1].path);
    if (a->has_labels != b->has_labels)
        return err_set(err, EX_DATAERR, "%s has no labels, %s does: they are of different data",
                       side[a->has_labels].path, side[b->has_labels].path);
    if (a->class_count != b->class_count || a->soft_labels != b->soft_labels)
        return err_set(err, EX_DATAERR,
                       "%s and %s have different classes or labels of another type", side[0].path,
                       side[1].path);
    for (int k = 0; k < a->class_count; k++)
        if (strcmp(a->classes[k], b->classes[k]) != 0)
            return err_set(err, EX_DATAERR, "%s: class %d is '%s', in %s '%s'", side[0].path, k + 1,
                           a->classes[k], side[1].path, b->classes[k]);
    return 0;
}

static int check_rows(const struct side side[2], struct err *err)
{
    const struct predictions_chunk *a = &side[0].chunk, *b = &side[1].chunk;
    const int classes = side[0].file.class_count;
    const size_t label = (size_t)classes * (side[0].file.soft_labels ? sizeof(float) : 1);

    for (int64_t i = 0; i < a->count; i++) {
        if (!side[1].by_id && a->rows[i] != b->rows[i])
            return err_set(err, EX_DATAERR, "%s has row %lld where %s has row %lld", side[0].path,
                           (long long)a->rows[i], side[1].path, (long long)b->rows[i]);
        if (side[0].file.has_labels &&
            memcmp((const char *)a->labels + (size_t)i * label,
                   (const char *)b->labels + (size_t)i * label, label) != 0)
            return err_set(err, EX_DATAERR, "row %lld has other labels in %s than in %s",
                           (long long)a->rows[i], side[0].path, side[1].path);
    }
    return 0;
}

/* Reads the second file's rows with the ids of the first one's. */
static int take_by_id(struct side side[2], struct err *err)
{
    const struct predictions_chunk *first = &side[0].chunk;
    char id[KEY_TEXT], quoted[QUOTED_TEXT];
    int got = 1;

    side[1].chunk.count = first->count;
    for (int64_t i = 0; i < first->count && got > 0; i++) {
        got = by_id_take(side[1].by_id, first, i, &side[1].chunk, err);
        if (got == 0)
            return err_set(
                err, EX_DATAERR, "%s: no row has the id %s of %s: they are of different data",
                side[1].path,
                text_quote(quoted, id, key_text(id, first->ids, side[0].file.id_width, i)),
                side[0].path);
    }
    return got < 0 ? -1 : 0;
}

static int next_rows(struct side side[2], struct err *err)
{
    if (side[1].by_id ? take_by_id(side, err) < 0
                      : predictions_next(&side[1].file, &side[1].chunk, err) < 0)
        return -1;
    return check_rows(side, err);
}

/* ---- Counting ---- */

static void add_truth(struct comparison *c, const struct side side[2], int64_t row,
                      const int predicted[2])
{
    const int truth =
        label_class(side[0].chunk.labels, side[0].file.soft_labels, side[0].file.class_count, row);
    const bool right[2] = {predicted[0] == truth, predicted[1] == truth};

    c->both += right[0] && right[1];
    c->neither += !right[0] && !right[1];
    c->only[0] += right[0] && !right[1];
    c->only[1] += right[1] && !right[0];
}

static void add_chunk(struct comparison *c, const struct side side[2])
{
    const int classes = side[0].file.class_count;

    for (int s = 0; c->labelled && s < 2; s++)
        metrics_add(&c->each[s], side[s].chunk.probabilities, side[s].chunk.labels,
                    side[s].file.soft_labels, NULL, side[s].chunk.count);
    for (int64_t i = 0; i < side[0].chunk.count; i++) {
        int predicted[2];

        for (int s = 0; s < 2; s++)
            predicted[s] = metrics_largest(side[s].chunk.probabilities + i * classes, classes);
        c->rows++;
        metrics_count(&c->against, predicted[0], predicted[1], NAN);
        if (c->labelled)
            add_truth(c, side, i, predicted);
    }
}

/* Keeps the classes, which the file is closed with. */
static int keep_classes(struct comparison *c, const struct predictions *of, struct err *err)
{
    c->classes = calloc((size_t)of->class_count, sizeof *c->classes);
    c->names = calloc((size_t)of->class_count, sizeof *c->names);
    for (int k = 0; c->classes && c->names && k < of->class_count; k++) {
        c->classes[k] = strdup(of->classes[k]);
        c->names[k] = strdup(of->class_names[k]);
        if (!c->classes[k] || !c->names[k])
            return err_memory(err, "the classes", 0);
    }
    return c->classes && c->names ? 0 : err_memory(err, "the classes", 0);
}

static int compare(struct comparison *c, struct side side[2], struct err *err)
{
    int got;

    c->labelled = side[0].file.has_labels;
    c->by_id = !of_one_data(&side[0].file, &side[1].file);
    if (c->by_id && by_id_read(&side[1].by_id, &side[1].file, &side[1].chunk, "-", err))
        return -1;
    if (metrics_init(&c->against, side[0].file.class_count, err) ||
        keep_classes(c, &side[0].file, err))
        return -1;
    for (int s = 0; s < 2; s++) {
        c->trial[s] = side[s].file.trial;
        c->relation[s] = relation_of_predictions(side[s].file.file);
        if (c->labelled && (metrics_init(&c->each[s], side[s].file.class_count, err) ||
                            metrics_measure_auc(&c->each[s], side[s].file.n, 1, err)))
            return -1;
    }
    while ((got = predictions_next(&side[0].file, &side[0].chunk, err)) > 0) {
        if (next_rows(side, err))
            return -1;
        add_chunk(c, side);
    }
    return got;
}

int comparison_make(struct comparison *c, char *const paths[2], struct err *err)
{
    struct side side[2] = {{0}, {0}};
    int result = -1;

    *c = (struct comparison){0};
    if (side_open(&side[0], paths[0], err) == 0 && side_open(&side[1], paths[1], err) == 0 &&
        check_files(side, err) == 0)
        result = compare(c, side, err);
    side_close(&side[0]);
    side_close(&side[1]);
    return result;
}

void comparison_free(struct comparison *c)
{
    metrics_free(&c->each[0]);
    metrics_free(&c->each[1]);
    for (int k = 0; k < c->against.classes; k++) {
        if (c->classes)
            free(c->classes[k]);
        if (c->names)
            free(c->names[k]);
    }
    free(c->classes);
    free(c->names);
    metrics_free(&c->against);
}

/* ---- Statistics ---- */

double comparison_difference(const struct comparison *c)
{
    return ((double)c->only[0] - (double)c->only[1]) / (double)c->rows;
}

double comparison_error(const struct comparison *c)
{
    const double n = (double)c->rows, difference = (double)c->only[0] - (double)c->only[1];
    const double either = (double)c->only[0] + (double)c->only[1];

    return sqrt(either - difference * difference / n) / n;
}

struct interval comparison_interval(const struct comparison *c)
{
    const double n = (double)c->rows + 2;
    const double first = ((double)c->only[0] + 1) / n, second = ((double)c->only[1] + 1) / n;
    const double difference = first - second;
    const double half = Z_95 * sqrt((first + second - difference * difference) / n);

    return (struct interval){fmax(difference - half, -1), fmin(difference + half, 1)};
}

bool comparison_is_extreme(const struct comparison *c)
{
    return c->only[0] + c->only[1] < 10;
}

/* Computes twice the sum over i <= k of the binomial probabilities of i of n, from the largest one
 * down: each is i / (n - i + 1) of the one before. */
double mcnemar_p(int64_t b, int64_t c)
{
    const int64_t n = b + c, k = b < c ? b : c;
    double term = exp(lgamma((double)n + 1) - lgamma((double)k + 1) - lgamma((double)(n - k) + 1) -
                      (double)n * log(2));
    double sum = 0;

    for (int64_t i = k; i >= 0 && term > 0; i--) {
        sum += term;
        term *= (double)i / (double)(n - i + 1);
    }
    return b == c ? 1 : fmin(1, 2 * sum);
}

int comparison_trained_side(const struct comparison *c)
{
    const enum relation_kind kinds[] = {relation_kind(&c->relation[0]),
                                        relation_kind(&c->relation[1])};
    bool trained[2];

    for (int s = 0; s < 2; s++)
        trained[s] = *relation_mark(kinds[s]) == '!';
    if (kinds[0] == kinds[1] || !(trained[0] || trained[1]))
        return -1;
    return trained[1] && (!trained[0] || kinds[1] > kinds[0]);
}
