/* Test-time augmentation: probabilities as the mean over a picture and other views of it. */
#include "tta.h"

#include "metrics.h"
#include "pipeline/base/memory.h"
#include "pipeline/dataset/rows.h"

#include <stdlib.h>
#include <string.h>

const char *const tta_words[] = {
    "none", [TTA_SHIFTS] = "shifts", [TTA_MIRROR] = "mirror", [TTA_BOTH] = "shifts,mirror", NULL};

static int within(int place, int count)
{
    return place < 0 ? 0 : place >= count ? count - 1 : place;
}

void view_image(const struct dataset_info *info, const void *from, bool mirror, int x, int y,
                void *to)
{
    const int w = info->w, h = info->h;
    const size_t size = info->pixel == DTYPE_U8 ? 1 : sizeof(float);
    char *next = to;

    for (int row = 0; row < info->c * h; row++) {
        const int plane = row / h * h;
        const char *source =
            (const char *)from + (size_t)((plane + within(row - plane - y, h)) * w) * size;

        for (int column = 0; column < w; column++, next += size) {
            const int old = within(column - x, w);

            memcpy(next, source + (size_t)(mirror ? w - 1 - old : old) * size, size);
        }
    }
}

int tta_init(struct tta *tta, struct ensemble *ensemble, enum tta_views views, double below,
             struct err *err)
{
    const struct ensemble *e = ensemble;

    *tta = (struct tta){.ensemble = ensemble, .views = views, .below = below};
    tta->images = rows_alloc(e->room, dataset_image_bytes(e->data), "views of pictures", err);
    if (tta->images)
        tta->unsure = rows_alloc(e->room, sizeof *tta->unsure, "unsure rows", err);
    if (tta->unsure)
        tta->again =
            rows_alloc(e->room, (size_t)e->classes * sizeof *tta->again, "probabilities", err);
    return tta->again ? 0 : -1;
}

void tta_free(struct tta *tta)
{
    free(tta->images);
    free(tta->unsure);
    free(tta->again);
    *tta = (struct tta){0};
}

static bool is_unsure(const struct tta *tta, int64_t place)
{
    const struct ensemble *e = tta->ensemble;
    const float *mean = e->mean + place * e->classes;

    return (double)mean[metrics_largest(mean, e->classes)] < tta->below;
}

/* Adds to sum[n][classes] the probabilities by model m of such a view of the n unsure rows. */
static int add_view(struct tta *tta, int m, const struct dataset_chunk *chunk, int64_t n,
                    bool mirror, const int shift[2], struct err *err)
{
    struct ensemble *e = tta->ensemble;
    const size_t size = dataset_image_bytes(e->data);
    const char *images = ensemble_images(e, m, chunk);

    for (int64_t i = 0; i < n; i++)
        view_image(e->data, images + (size_t)tta->unsure[i] * size, mirror, shift[0], shift[1],
                   (char *)tta->images + (size_t)i * size);
    if (ensemble_predict_with(e, m, tta->images, n, NULL, chunk, tta->unsure, tta->again, err))
        return -1;
    for (int64_t i = 0; i < n * e->classes; i++)
        e->sum[i] += (double)tta->again[i];
    return 0;
}

/* Replaces the probabilities by model m of unsure rows by their mean with those of the views. */
static int view_with(struct tta *tta, int m, const struct dataset_chunk *chunk, struct err *err)
{
    static const int shifts[][2] = {{0, 0}, {-1, 0}, {1, 0}, {0, -1}, {0, 1}};
    enum { SHIFTS = sizeof shifts / sizeof *shifts };
    const int mirrors = tta->views & TTA_MIRROR ? 2 : 1;
    const int places = tta->views & TTA_SHIFTS ? SHIFTS : 1;
    struct ensemble *e = tta->ensemble;
    int64_t n = 0;

    for (int64_t row = 0; row < e->rows_count[m]; row++)
        if (is_unsure(tta, ensemble_place(e, m, row))) {
            for (int k = 0; k < e->classes; k++)
                e->sum[n * e->classes + k] = (double)e->each[m][row * e->classes + k];
            tta->unsure[n++] = ensemble_place(e, m, row);
        }
    for (int v = 1; n > 0 && v < mirrors * places; v++)
        if (add_view(tta, m, chunk, n, v >= places, shifts[v % places], err))
            return -1;
    n = 0;
    for (int64_t row = 0; row < e->rows_count[m]; row++)
        if (is_unsure(tta, ensemble_place(e, m, row))) {
            for (int k = 0; k < e->classes; k++)
                e->each[m][row * e->classes + k] =
                    (float)(e->sum[n * e->classes + k] / (mirrors * places));
            n++;
        }
    return 0;
}

int tta_predict(struct tta *tta, const struct dataset_chunk *chunk, struct err *err)
{
    struct ensemble *e = tta->ensemble;

    for (int64_t i = 0; i < chunk->count; i++)
        tta->again_rows += is_unsure(tta, i);
    for (int m = 0; m < e->count; m++)
        if (view_with(tta, m, chunk, err))
            return -1;
    ensemble_take_mean(e, chunk->count);
    return 0;
}
