/* Ranges of a network's values, and what bytes cost. */
#include "calibrate.h"

#include "pipeline/base/memory.h"
#include "pipeline/base/workers.h"
#include "run.h"

#include <stdlib.h>

enum { LOOKED = 1000 }; /* rows whose values are looked at, evenly over the data */

/* A thread's share of a chunk. */
struct share {
    struct job job;
    const struct calibration *of;
    const struct dataset_chunk *chunk;
    int64_t first, begin, end; /* row number of the chunk's first row; rows of the chunk */
    int64_t rows;              /* of the data */
    struct run run;
    struct int8_range *ranges; /* [steps + 1] seen; NULL: run in bytes, into */
    float *probabilities;      /* [rows of the chunk][classes] */
};

struct pass {
    struct workers *workers;
    struct share *shares;
    int count;
};

static const void *picture(const struct share *s, int64_t row)
{
    return (const char *)s->chunk->images +
           (size_t)row * dataset_image_bytes(s->of->ensemble->data);
}

/* ---- A share ---- */

static void see(struct share *s)
{
    const struct run *run = &s->run;

    for (int i = -1; i < run->plain->count; i++) {
        const struct nn_shape shape =
            i < 0 ? nn_network_input(run->model->net) : run->plain->steps[i].out;
        const float *values = run->values + run->at[i + 1];
        struct int8_range *range = &s->ranges[i + 1];

        for (int64_t k = 0; k < shape_size(shape); k++) {
            range->low = values[k] < range->low ? values[k] : range->low;
            range->high = values[k] > range->high ? values[k] : range->high;
        }
    }
}

static void run_share(void *data)
{
    struct share *s = data;
    const int classes = s->of->ensemble->classes;

    for (int64_t i = s->begin; i < s->end; i++) {
        const int64_t row = s->first + i;

        if (!s->ranges)
            run_bytes(&s->run, &s->of->bytes, picture(s, i), s->probabilities + i * classes);
        else if (s->rows <= LOOKED || (row + 1) * LOOKED / s->rows > row * LOOKED / s->rows) {
            run_floats(&s->run, picture(s, i));
            see(s);
        }
    }
}

/* ---- A pass ---- */

static int pass_open(struct pass *pass, const struct calibration *c, bool bytes, float *into,
                     struct err *err)
{
    if (workers_start(&pass->workers, c->threads, err))
        return -1;
    pass->count = workers_threads(pass->workers);
    pass->shares = calloc((size_t)pass->count, sizeof *pass->shares);
    if (!pass->shares)
        return err_memory(err, "threads", 0);
    for (int t = 0; t < pass->count; t++) {
        struct share *s = &pass->shares[t];

        *s = (struct share){.job = {.run = run_share, .data = s}, .of = c, .probabilities = into};
        if (run_init(&s->run, &c->ensemble->models[0], c->ensemble->data->pixel, c->plain, bytes,
                     err))
            return -1;
        s->ranges = bytes ? NULL : calloc((size_t)c->plain->count + 1, sizeof *s->ranges);
        if (!bytes && !s->ranges)
            return err_memory(err, "ranges", 0);
    }
    return 0;
}

static void pass_close(struct pass *pass)
{
    for (int t = 0; pass->shares && t < pass->count; t++) {
        run_free(&pass->shares[t].run);
        free(pass->shares[t].ranges);
    }
    free(pass->shares);
    workers_stop(pass->workers);
}

static void pass_run(struct pass *pass, const struct dataset_chunk *chunk, int64_t first,
                     int64_t rows)
{
    for (int t = 0; t < pass->count; t++) {
        struct share *s = &pass->shares[t];

        s->chunk = chunk;
        s->first = first;
        s->rows = rows;
        s->begin = chunk->count * t / pass->count;
        s->end = chunk->count * (t + 1) / pass->count;
        s->job.done = false;
        workers_submit(pass->workers, &s->job);
    }
    for (int t = 0; t < pass->count; t++)
        workers_wait(pass->workers, &pass->shares[t].job);
}

/* ---- Both passes ---- */

static int take_ranges(struct calibration *c, const struct pass *pass, struct err *err)
{
    struct int8_range *all = pass->shares[0].ranges;

    for (int t = 1; t < pass->count; t++)
        for (int i = 0; i <= c->plain->count; i++) {
            const struct int8_range *one = &pass->shares[t].ranges[i];

            all[i].low = one->low < all[i].low ? one->low : all[i].low;
            all[i].high = one->high > all[i].high ? one->high : all[i].high;
        }
    return int8_make(&c->bytes, &c->ensemble->models[0], c->ensemble->data->pixel, c->plain, all,
                     err);
}

static void compare(struct calibration *c, const struct dataset_chunk *chunk, const float *bytes)
{
    const struct ensemble *e = c->ensemble;

    c->rows += chunk->count;
    for (int64_t i = 0; i < chunk->count; i++)
        c->alike += metrics_largest(bytes + i * e->classes, e->classes) ==
                    metrics_largest(e->mean + i * e->classes, e->classes);
    if (!chunk->labels)
        return;
    metrics_add(&c->floats, e->mean, chunk->labels, e->data->soft_labels, NULL, chunk->count);
    metrics_add(&c->scored, bytes, chunk->labels, e->data->soft_labels, NULL, chunk->count);
}

/* Reads all rows, for the ranges, or to compare. */
static int read_all(struct calibration *c, struct ensemble *ensemble, bool bytes,
                    void (*progress)(const char *what, int64_t rows, int64_t done), struct err *err)
{
    const size_t each = (size_t)ensemble->classes * sizeof(float);
    float *into = rows_alloc(ensemble->room, each, "probabilities", err);
    struct dataset dataset = {0};
    struct dataset_chunk chunk = {0};
    struct relations relations = {0};
    struct pass pass = {0};
    int64_t done = 0;
    int got = 0, result = -1;

    if (!into || dataset_open(&dataset, c->path, NULL, "data", err) ||
        dataset_chunk_init(&chunk, &dataset, ensemble->room, err) ||
        pass_open(&pass, c, bytes, into, err) ||
        (bytes && relations_init(&relations, ensemble, tensor_file_digest(dataset.file), err)))
        goto out;
    while ((got = dataset_next(&dataset, &chunk, err)) > 0) {
        pass_run(&pass, &chunk, done, dataset.n);
        if (bytes) {
            if (ensemble_predict(ensemble, &chunk, err))
                goto out;
            compare(c, &chunk, into);
            relations_add(&relations, &chunk);
        }
        done += chunk.count;
        progress(bytes ? "comparing" : "looking at values", dataset.n, done);
    }
    result = got < 0 ? -1 : bytes ? 0 : take_ranges(c, &pass, err);
    if (result == 0 && bytes) {
        relations_settle(&relations);
        c->relation = relations.each[0];
    }
out:
    relations_free(&relations);
    pass_close(&pass);
    dataset_chunk_free(&chunk);
    dataset_close(&dataset);
    free(into);
    return result;
}

int calibrate(struct calibration *c, struct ensemble *ensemble,
              void (*progress)(const char *what, int64_t rows, int64_t done), struct err *err)
{
    c->ensemble = ensemble;
    if (ensemble->data->has_labels && (metrics_init(&c->floats, ensemble->classes, err) ||
                                       metrics_init(&c->scored, ensemble->classes, err)))
        return -1;
    if (read_all(c, ensemble, false, progress, err))
        return -1;
    return read_all(c, ensemble, true, progress, err);
}

void calibration_free(struct calibration *c)
{
    int8_free(&c->bytes);
    metrics_free(&c->floats);
    metrics_free(&c->scored);
}
