/* Occlusion maps and class activation maps. */
#include "why.h"

#include "metrics.h"
#include "pipeline/base/memory.h"

#include <stdlib.h>
#include <string.h>

/* ---- Occlusion ---- */

struct patches occlusion_patches(int h, int w)
{
    const int smaller = h < w ? h : w, side = smaller < 11 ? 1 : (2 * smaller + 7) / 14;
    const int step = (side + 1) / 2, first = step - side;

    return (struct patches){.side = side,
                            .step = step,
                            .first = first,
                            .down = (h - first + step - 1) / step,
                            .along = (w - first + step - 1) / step};
}

static int by_value(const void *a, const void *b)
{
    const float x = *(const float *)a, y = *(const float *)b;

    return (x > y) - (x < y);
}

/* Pictures with one patch covered each, and what covers it. */
struct covering {
    struct ensemble *ensemble;
    struct patches patches;
    int c, h, w;
    size_t pixel; /* bytes */
    char *images; /* [room][c][h][w] */
    int64_t *rows;
    float *edge; /* scratch */
    char *fill;  /* [c] pixels */
    double *sum; /* [h][w] */
    int *covers; /* [h][w] */
};

static void covering_free(struct covering *v)
{
    free(v->images);
    free(v->rows);
    free(v->edge);
    free(v->fill);
    free(v->sum);
    free(v->covers);
}

static int covering_init(struct covering *v, struct ensemble *e, struct err *err)
{
    const struct dataset_info *info = e->data;
    const size_t plane = (size_t)info->h * info->w;

    *v = (struct covering){.ensemble = e,
                           .patches = occlusion_patches(info->h, info->w),
                           .c = info->c,
                           .h = info->h,
                           .w = info->w,
                           .pixel = dtype_size(info->pixel)};
    v->images = rows_alloc(e->room, dataset_image_bytes(info), "covered pictures", err);
    if (!v->images)
        return -1;
    v->rows = calloc((size_t)e->room, sizeof *v->rows);
    v->edge = calloc(2 * ((size_t)info->h + info->w), sizeof *v->edge);
    v->fill = calloc((size_t)info->c, v->pixel);
    v->sum = calloc(plane, sizeof *v->sum);
    v->covers = calloc(plane, sizeof *v->covers);
    return v->rows && v->edge && v->fill && v->sum && v->covers
               ? 0
               : err_memory(err, "covered pictures", 0);
}

static float pixel_at(const struct covering *v, const char *picture, int c, int y, int x)
{
    const size_t at = ((size_t)c * v->h + y) * v->w + x;

    return v->pixel == 1 ? (float)((const uint8_t *)picture)[at] : ((const float *)picture)[at];
}

/* Finds each channel's median over the picture's edge. */
static void find_fill(struct covering *v, const char *picture)
{
    for (int c = 0; c < v->c; c++) {
        int count = 0;

        for (int y = 0; y < v->h; y++)
            for (int x = 0; x < v->w; x += y == 0 || y == v->h - 1 || v->w < 2 ? 1 : v->w - 1)
                v->edge[count++] = pixel_at(v, picture, c, y, x);
        qsort(v->edge, (size_t)count, sizeof *v->edge, by_value);
        if (v->pixel == 1)
            v->fill[c] = (char)(uint8_t)v->edge[(count - 1) / 2];
        else
            memcpy(v->fill + (size_t)c * v->pixel, &v->edge[(count - 1) / 2], v->pixel);
    }
}

/* The pixels that a patch covers: from y0 to y1 - 1, x0 to x1 - 1. */
struct area {
    int y0, y1, x0, x1;
};

static struct area area_of(const struct covering *v, int patch)
{
    const struct patches *p = &v->patches;
    const int y = p->first + patch / p->along * p->step, x = p->first + patch % p->along * p->step;

    return (struct area){y < 0 ? 0 : y, y + p->side < v->h ? y + p->side : v->h, x < 0 ? 0 : x,
                         x + p->side < v->w ? x + p->side : v->w};
}

static void cover(const struct covering *v, char *picture, int patch)
{
    const struct area a = area_of(v, patch);

    for (int c = 0; c < v->c; c++)
        for (int y = a.y0; y < a.y1; y++)
            for (int x = a.x0; x < a.x1; x++)
                memcpy(picture + (((size_t)c * v->h + y) * v->w + x) * v->pixel,
                       v->fill + (size_t)c * v->pixel, v->pixel);
}

static void count_patch(struct covering *v, int patch, double fall)
{
    const struct area a = area_of(v, patch);

    for (int y = a.y0; y < a.y1; y++)
        for (int x = a.x0; x < a.x1; x++) {
            v->sum[y * v->w + x] += fall;
            v->covers[y * v->w + x]++;
        }
}

static int occlusion_map(struct covering *v, const char *picture, int64_t row, int class,
                         double probability, float *map, struct err *err)
{
    struct ensemble *e = v->ensemble;
    const size_t bytes = dataset_image_bytes(e->data);
    const int plane = v->h * v->w, patches = v->patches.down * v->patches.along;

    memset(v->sum, 0, (size_t)plane * sizeof *v->sum);
    memset(v->covers, 0, (size_t)plane * sizeof *v->covers);
    find_fill(v, picture);
    for (int first = 0; first < patches; first += (int)e->room) {
        const int count = patches - first < e->room ? patches - first : (int)e->room;
        const struct dataset_chunk chunk = {.count = count, .rows = v->rows, .images = v->images};

        for (int i = 0; i < count; i++) {
            v->rows[i] = row;
            memcpy(v->images + (size_t)i * bytes, picture, bytes);
            cover(v, v->images + (size_t)i * bytes, first + i);
        }
        if (ensemble_predict(e, &chunk, err))
            return -1;
        for (int i = 0; i < count; i++)
            count_patch(v, first + i, probability - (double)e->mean[i * e->classes + class]);
    }
    for (int i = 0; i < plane; i++)
        map[i] = (float)(v->sum[i] / v->covers[i]);
    return 0;
}

/* ---- Class activation ---- */

/* What a model's maps are made of. */
struct activating {
    struct nn_predictor *predictor;
    struct nn_shape shape; /* before the pooling */
    float *weights;        /* [classes][shape.c]; NULL: each class has a channel */
    float *values;         /* [c][h][w] */
    float *ignored;        /* [classes] */
};

static void activating_free(struct activating *a)
{
    free(a->weights);
    free(a->values);
    free(a->ignored);
}

/* Reads the output layer's weights, where it comes after the pooling. */
static int read_weights(struct activating *a, const struct model *model, int pooled)
{
    const int output = nn_network_output_layer(model->net);

    if (pooled > output)
        return 0;
    for (int i = 0; i < nn_network_tensors(model->net); i++) {
        const struct nn_tensor tensor = nn_network_tensor(model->net, i);

        if (tensor.layer != output || tensor.ndim != 2)
            continue;
        a->weights = calloc((size_t)tensor.size, sizeof *a->weights);
        if (!a->weights)
            return -1;
        nn_weights_export(model->weights, i, a->weights);
    }
    return a->weights ? 0 : -1;
}

/* Leaves predictor NULL where a model has no such map, or one of a picture that it slants, moves or
 * stretches first. */
static int activating_init(struct activating *a, struct ensemble *e, int m, struct err *err)
{
    const struct model *model = &e->models[m];
    const int pooled = nn_network_pooled_layer(model->net);

    if (pooled < 0 || view_any(&model->view))
        return 0;
    if (nn_predictor_tap(e->predictors[m], pooled, &a->shape))
        return err_memory(err, "class activation maps", 0);
    a->predictor = e->predictors[m];
    a->values = calloc((size_t)a->shape.c * a->shape.h * a->shape.w, sizeof *a->values);
    a->ignored = calloc((size_t)e->classes, sizeof *a->ignored);
    return a->values && a->ignored && read_weights(a, model, pooled) == 0
               ? 0
               : err_memory(err, "class activation maps", 0);
}

/* Adds `weight` times a model's map. */
static void add_activation(const struct activating *a, const struct nn_data *data, double weight,
                           int class, double *map)
{
    const int plane = a->shape.h * a->shape.w;

    nn_predict_tapped(a->predictor, data, a->ignored, a->values);
    for (int i = 0; i < plane; i++) {
        double sum = a->weights ? 0 : (double)a->values[(size_t) class * plane + i];

        for (int c = 0; c < a->shape.c && a->weights; c++)
            sum += (double)a->weights[class * a->shape.c + c] *
                   (double)a->values[(size_t)c * plane + i];
        map[i] += weight * sum / plane;
    }
}

/* Returns a model that has a weight, if all of these have maps of one size; NULL: they have not. */
static const struct activating *common_map(const struct activating *all, const struct ensemble *e)
{
    const struct activating *first = NULL;

    for (int m = 0; m < e->count; m++) {
        if (!(e->weights[m] > 0))
            continue;
        first = first ? first : &all[m];
        if (!all[m].predictor || all[m].shape.h != first->shape.h ||
            all[m].shape.w != first->shape.w)
            return NULL;
    }
    return first;
}

/* Makes the mean of the models' maps, by their weights. */
static int activation_map(const struct activating *all, const struct ensemble *e,
                          const char *picture, struct why *why, struct err *err)
{
    const struct activating *first = common_map(all, e);
    const bool bytes = e->data->pixel == DTYPE_U8;
    const struct nn_data data = {.n = 1,
                                 .u8 = bytes ? (const uint8_t *)picture : NULL,
                                 .f32 = bytes ? NULL : (const float *)picture};
    double *map, weights = 0;
    int plane;

    if (!first)
        return 0;
    plane = first->shape.h * first->shape.w;
    map = calloc((size_t)plane, sizeof *map);
    why->activation = calloc((size_t)plane, sizeof *why->activation);
    if (!map || !why->activation) {
        free(map);
        return err_memory(err, "a class activation map", 0);
    }
    why->activation_h = first->shape.h;
    why->activation_w = first->shape.w;
    for (int m = 0; m < e->count; m++)
        if (e->weights[m] > 0) {
            add_activation(&all[m], &data, e->weights[m], why->class, map);
            weights += e->weights[m];
        }
    for (int i = 0; i < plane; i++)
        why->activation[i] = (float)(map[i] / weights);
    free(map);
    return 0;
}

/* ---- Both ---- */

static int explain_row(struct covering *v, const struct activating *all,
                       const struct dataset_chunk *rows, int64_t i, int class, struct why *why,
                       struct err *err)
{
    struct ensemble *e = v->ensemble;
    const char *picture = (const char *)rows->images + (size_t)i * dataset_image_bytes(e->data);
    const struct dataset_chunk one = {
        .count = 1, .rows = rows->rows + i, .images = (void *)picture};

    why->occlusion = calloc((size_t)v->h * v->w, sizeof *why->occlusion);
    if (!why->occlusion)
        return err_memory(err, "an occlusion map", 0);
    if (ensemble_predict(e, &one, err))
        return -1;
    why->class = class < 0 ? metrics_largest(e->mean, e->classes) : class;
    if (occlusion_map(v, picture, rows->rows[i], why->class, (double)e->mean[why->class],
                      why->occlusion, err))
        return -1;
    return activation_map(all, e, picture, why, err);
}

int why_maps(struct ensemble *e, const struct dataset_chunk *rows, const int *classes,
             struct why *maps, void (*progress)(int64_t rows), struct err *err)
{
    struct covering covering = {.rows = NULL};
    struct activating *all = calloc((size_t)e->count, sizeof *all);
    int result = all ? 0 : err_memory(err, "class activation maps", 0);

    memset(maps, 0, (size_t)rows->count * sizeof *maps);
    if (result == 0)
        result = covering_init(&covering, e, err);
    for (int m = 0; m < e->count && result == 0; m++)
        result = activating_init(&all[m], e, m, err);
    for (int64_t i = 0; i < rows->count && result == 0; i++) {
        result = explain_row(&covering, all, rows, i, classes ? classes[i] : -1, &maps[i], err);
        progress(i + 1);
    }
    covering_free(&covering);
    for (int m = 0; all && m < e->count; m++)
        activating_free(&all[m]);
    free(all);
    return result;
}

void why_free(struct why *maps, int64_t count)
{
    for (int64_t i = 0; i < count && maps; i++) {
        free(maps[i].occlusion);
        free(maps[i].activation);
    }
}
