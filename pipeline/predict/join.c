/* Joins predictions: compared row by row, and averaged. */
#include "join.h"

#include "geometric.h"
#include "pipeline/base/memory.h"
#include "pipeline/base/text.h"
#include "pipeline/dataset/keys.h"
#include "pipeline/tensor/meta.h"

#include <stdlib.h>
#include <string.h>

enum { ROOM = 1024 };

/* ---- Whether they fit ---- */

static int refuse_twice(const struct join *j, int number, struct err *err)
{
    for (int i = 0; i < number; i++)
        if (strcmp(tensor_file_digest(j->each[number].file), tensor_file_digest(j->each[i].file)) ==
            0)
            return err_set(err, EX_USAGE, "%s has the same content as %s: it would count twice",
                           j->paths[number], j->paths[i]);
    return 0;
}

/* Compares what the files say of all their rows with the first's. */
static int fits(const struct join *j, int number, struct err *err)
{
    const struct predictions *a = &j->each[0], *b = &j->each[number];
    const char *path = j->paths[number], *first = j->paths[0];

    if (a->n != b->n)
        return err_set(err, EX_DATAERR,
                       "%s has %lld rows, %s has %lld: they are not of one data set", path,
                       (long long)b->n, first, (long long)a->n);
    if (a->class_count != b->class_count)
        return err_set(err, EX_DATAERR, "%s has %d classes, %s has %d", path, b->class_count, first,
                       a->class_count);
    for (int k = 0; k < a->class_count; k++)
        if (strcmp(a->classes[k], b->classes[k]))
            return err_set(err, EX_DATAERR, "%s: class %d is '%s', that of %s is '%s'", path, k,
                           b->classes[k], first, a->classes[k]);
    if (a->has_ids != b->has_ids || a->id_width != b->id_width)
        return err_set(err, EX_DATAERR, "%s and %s have not the same ids", path, first);
    if (a->has_labels != b->has_labels || a->soft_labels != b->soft_labels)
        return err_set(err, EX_DATAERR, "%s and %s have not the same labels", path, first);
    return 0;
}

/* Takes the digest of the data; without ids nothing else tells that the rows are the same. */
static int take_digest(struct join *j, int number, struct err *err)
{
    const char *digest = tensor_file_meta(j->each[number].file, "data_digest");

    if (!digest || strlen(digest) >= DIGEST_TEXT)
        return 0;
    if (!*j->data_digest)
        memcpy(j->data_digest, digest, strlen(digest) + 1);
    if (strcmp(j->data_digest, digest) == 0 || j->each[number].has_ids)
        return 0;
    return err_set(err, EX_DATAERR,
                   "%s is of other data than %s, and they have no ids that tell which rows are the "
                   "same (csvnet explain says of which data)",
                   j->paths[number], j->paths[0]);
}

static bool has_text(const json_t *list, const json_t *text)
{
    const json_t *one;
    size_t i;

    json_array_foreach(list, i, one) if (json_equal(one, text)) return true;
    return false;
}

static int take_models(struct join *j, const struct tensor_file *file, struct err *err)
{
    json_t *models, *one;
    size_t i;
    int failed = 0;

    models = tensor_file_meta(file, "models") ? tensor_file_meta_json(file, "models", err)
                                              : json_array();
    if (!models)
        return -1;
    failed |= json_array_append(j->models_of, models);
    json_array_foreach(models, i, one)
    {
        if (has_text(j->models, one))
            j->shared++;
        else
            failed |= json_array_append(j->models, one);
    }
    json_decref(models);
    return failed ? err_memory(err, "the models' digests", 0) : 0;
}

static int take_oof(struct join *j, int number, struct err *err)
{
    const struct tensor_file *file = j->each[number].file;
    json_t *options = tensor_file_meta(file, "options")
                          ? tensor_file_meta_json(file, "options", err)
                          : json_object();
    bool oof;

    if (!options)
        return -1;
    oof = json_is_true(json_object_get(options, "oof"));
    j->oof_mixed = j->oof_mixed || (number > 0 && oof != j->oof);
    j->oof = number ? j->oof && oof : oof;
    json_decref(options);
    return 0;
}

/* ---- Opening ---- */

static int make_lists(struct join *j, struct err *err)
{
    const size_t count = (size_t)j->count;

    j->each = calloc(count, sizeof *j->each);
    j->chunks = calloc(count, sizeof *j->chunks);
    j->by_id = calloc(count, sizeof *j->by_id);
    j->weights = calloc(count, sizeof *j->weights);
    j->relations = calloc(count, sizeof *j->relations);
    j->models = json_array();
    j->models_of = json_array();
    if (!j->each || !j->chunks || !j->by_id || !j->weights || !j->relations || !j->models ||
        !j->models_of)
        return err_memory(err, "the predictions", 0);
    return 0;
}

static void describe(struct join *j)
{
    const struct predictions *p = &j->each[0];

    j->classes = p->class_count;
    j->info = (struct dataset_info){.has_ids = p->has_ids,
                                    .id_width = p->id_width,
                                    .id_column = p->id_column,
                                    .has_labels = p->has_labels,
                                    .soft_labels = p->soft_labels,
                                    .class_count = p->class_count,
                                    .classes = p->classes,
                                    .class_names = p->class_names};
}

static int open_all(struct join *j, struct inputs *inputs, struct err *err)
{
    for (int i = 0; i < j->count; i++)
        if (predictions_open(&j->each[i], j->paths[i], inputs, "predictions", err) ||
            refuse_twice(j, i, err) || (i && fits(j, i, err)) || take_digest(j, i, err) ||
            take_models(j, j->each[i].file, err) || take_oof(j, i, err) ||
            predictions_chunk_init(&j->chunks[i], &j->each[i], ROOM, err))
            return -1;
    return 0;
}

int join_open(struct join *j, char *const *paths, int count, const char *output,
              struct inputs *inputs, struct err *err)
{
    *j = (struct join){.paths = paths, .count = count, .output = output};
    if (make_lists(j, err) || open_all(j, inputs, err))
        return -1;
    describe(j);
    j->sum = rows_alloc(ROOM, (size_t)j->classes * sizeof *j->sum, "probabilities", err);
    j->mean = j->sum ? rows_alloc(ROOM, (size_t)j->classes * sizeof *j->mean, "probabilities", err)
                     : NULL;
    return j->mean ? 0 : -1;
}

void join_weigh(struct join *j, const double *weights)
{
    bool first = true;
    int of_some = 0; /* some of the rows, and not all, were trained on */

    for (int i = 0; i < j->count; i++) {
        const struct relation here = relation_of_predictions(j->each[i].file);
        const int worse = (int)relation_kind(&here) - (int)relation_kind(&j->relation);

        j->relations[i] = here;
        j->weights[i] = weights ? weights[i] : 1;
        if (!(j->weights[i] > 0))
            continue;
        of_some += here.trained > 0 && here.trained < here.rows;
        if (first || worse > 0 || (worse == 0 && here.trained > j->relation.trained))
            j->relation = here;
        first = false;
    }
    j->relation.at_least |= of_some > 1 && j->relation.trained < j->relation.rows;
}

/* ---- Rows ---- */

static int64_t first_other(const void *a, const void *b, size_t bytes, int64_t count)
{
    for (int64_t i = 0; a && i < count; i++)
        if (memcmp((const char *)a + (size_t)i * bytes, (const char *)b + (size_t)i * bytes, bytes))
            return i;
    return -1;
}

static bool same_ids(const struct join *j, int number)
{
    const struct predictions_chunk *a = &j->chunks[0], *b = &j->chunks[number];

    return first_other(a->ids, b->ids, key_bytes(j->info.id_width), a->count) < 0;
}

/* Has the rows of a file in another order: by what is open, for a pipe cannot be opened again. */
static int index_rows(struct join *j, int number, struct err *err)
{
    return by_id_read(&j->by_id[number], &j->each[number], &j->chunks[number], j->output, err);
}

/* Takes the rows that have the first file's ids. */
static int take_by_id(struct join *j, int number, struct err *err)
{
    const struct predictions_chunk *first = &j->chunks[0];
    struct predictions_chunk *chunk = &j->chunks[number];
    char id[KEY_TEXT], quoted[QUOTED_TEXT];
    int got = 1;

    chunk->count = first->count;
    for (int64_t i = 0; i < first->count && got > 0; i++) {
        got = by_id_take(j->by_id[number], first, i, chunk, err);
        if (got == 0)
            return err_set(err, EX_DATAERR,
                           "%s: no row has the id %s of %s, row %lld: they are not of one data set",
                           j->paths[number],
                           text_quote(quoted, id, key_text(id, first->ids, j->info.id_width, i)),
                           j->paths[0], (long long)first->rows[i]);
    }
    return got < 0 ? -1 : 0;
}

/* Compares what is left to compare once the ids are the same, or there are none. */
static int same_rows(const struct join *j, int number, struct err *err)
{
    const struct predictions_chunk *a = &j->chunks[0], *b = &j->chunks[number];
    const size_t label = (size_t)j->classes * (j->info.soft_labels ? sizeof(float) : 1);
    const char *what = "row number";
    int64_t at = a->ids ? -1 : first_other(a->rows, b->rows, sizeof *a->rows, a->count);

    if (at < 0) {
        what = "label";
        at = first_other(a->labels, b->labels, label, a->count);
    }
    return at < 0 ? 0
                  : err_set(err, EX_DATAERR,
                            "%s: row %lld has another %s than in %s: they are not of one data set",
                            j->paths[number], (long long)b->rows[at], what, j->paths[0]);
}

static double weighed(const struct join *j, double p)
{
    return j->geometric ? geometric_log(p) : p;
}

static void take_mean(struct join *j)
{
    const int64_t count = j->rows.count * j->classes;
    double weight = 0;

    memset(j->sum, 0, (size_t)count * sizeof *j->sum);
    for (int m = 0; m < j->count; m++) {
        weight += j->weights[m];
        for (int64_t i = 0; i < count; i++)
            j->sum[i] += j->weights[m] * weighed(j, (double)j->chunks[m].probabilities[i]);
    }
    for (int64_t i = 0; i < count; i++)
        j->sum[i] /= weight;
    for (int64_t row = 0; row < j->rows.count && j->geometric; row++)
        geometric_normalize(j->sum + row * j->classes, j->classes);
    for (int64_t i = 0; i < count; i++)
        j->mean[i] = (float)j->sum[i];
}

/* Reads the rows of another file that belong to those of the first. */
static int next_rows(struct join *j, int number, struct err *err)
{
    if (!j->by_id[number]) {
        if (predictions_next(&j->each[number], &j->chunks[number], err) < 0 ||
            (!same_ids(j, number) && index_rows(j, number, err)))
            return -1;
    }
    return (j->by_id[number] && take_by_id(j, number, err)) || same_rows(j, number, err) ? -1 : 0;
}

int join_next(struct join *j, struct err *err)
{
    const int got = predictions_next(&j->each[0], &j->chunks[0], err);

    for (int i = 1; i < j->count && got > 0; i++)
        if (next_rows(j, i, err))
            return -1;
    if (got <= 0)
        return got;
    j->rows = (struct dataset_chunk){.count = j->chunks[0].count,
                                     .rows = j->chunks[0].rows,
                                     .ids = j->chunks[0].ids,
                                     .labels = j->chunks[0].labels};
    take_mean(j);
    return 1;
}

void join_close(struct join *j)
{
    for (int i = 0; i < j->count; i++) {
        if (j->by_id)
            by_id_close(j->by_id[i]);
        if (j->chunks)
            predictions_chunk_free(&j->chunks[i]);
        if (j->each)
            predictions_close(&j->each[i]);
    }
    free(j->each);
    free(j->chunks);
    free(j->by_id);
    free(j->weights);
    free(j->relations);
    free(j->sum);
    free(j->mean);
    json_decref(j->models);
    json_decref(j->models_of);
    *j = (struct join){.paths = NULL};
}
