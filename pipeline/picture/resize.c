/* Resizes pictures row by row: area means and bilinear, exact in whole numbers. */
#include "resize.h"

#include "sample.h"

#include <stdlib.h>
#include <string.h>

/* ---- Weights ---- */

/* Shrinks an axis. In units of 1/to pixels of the source, pixel i of the result covers [i * from,
 * (i + 1) * from), and pixel j of the source [j * to, (j + 1) * to). */
static void shrink(struct resize_axis *a)
{
    const int64_t from = a->from, to = a->to;
    size_t used = 0;

    a->total = (uint32_t)from;
    for (int64_t i = 0; i < to; i++) {
        const int64_t begin = i * from, end = begin + from;
        const int64_t first = begin / to, last = (end - 1) / to;

        a->taps[i] = (struct resize_tap){(int)first, (int)(last - first + 1), used};
        for (int64_t j = first; j <= last; j++) {
            const int64_t left = j * to > begin ? j * to : begin;
            const int64_t right = (j + 1) * to < end ? (j + 1) * to : end;

            a->weights[used++] = (uint32_t)(right - left);
        }
    }
}

/* Grows an axis. The centre of pixel i of the result lies at (i + 1/2) * from / to - 1/2 among the
 * source's centres, which is place / total. */
static void grow(struct resize_axis *a)
{
    const int64_t from = a->from, to = a->to, total = 2 * to;

    a->total = (uint32_t)total;
    for (int64_t i = 0; i < to; i++) {
        const int64_t place = (2 * i + 1) * from - to;
        const int64_t first = place < 0 ? 0 : place / total, part = place < 0 ? 0 : place % total;
        const int count = part > 0 && first + 1 < from ? 2 : 1;
        uint32_t *weights = a->weights + 2 * i;

        a->taps[i] = (struct resize_tap){(int)first, count, (size_t)(2 * i)};
        weights[0] = (uint32_t)(count == 2 ? total - part : total);
        weights[1] = (uint32_t)part;
    }
}

static int axis_begin(struct resize_axis *a, int from, int to, struct err *err)
{
    const size_t most = to < from ? (size_t)from + (size_t)to : 2 * (size_t)to;

    if (a->taps && a->from == from && a->to == to)
        return 0;
    free(a->taps);
    free(a->weights);
    *a = (struct resize_axis){.from = from,
                              .to = to,
                              .taps = malloc((size_t)to * sizeof *a->taps),
                              .weights = malloc(most * sizeof *a->weights)};
    if (!a->taps || !a->weights) {
        free(a->taps);
        free(a->weights);
        *a = (struct resize_axis){0};
        return err_memory(err, "resizing a picture", most * sizeof *a->weights);
    }
    if (to < from)
        shrink(a);
    else
        grow(a);
    return 0;
}

/* ---- Rows ---- */

static int make_room(struct resize *r, size_t room, struct err *err)
{
    if (room <= r->room)
        return 0;
    free(r->rows[0]);
    free(r->rows[1]);
    free(r->sums);
    r->rows[0] = malloc(room * sizeof *r->rows[0]);
    r->rows[1] = malloc(room * sizeof *r->rows[1]);
    r->sums = malloc(room * sizeof *r->sums);
    r->room = r->rows[0] && r->rows[1] && r->sums ? room : 0;
    return r->room ? 0 : err_memory(err, "resizing a picture", room * sizeof *r->sums);
}

int resize_begin(struct resize *r, int w, int h, int channels, int new_w, int new_h, void *planes,
                 struct err *err)
{
    r->channels = channels;
    r->planes = planes;
    r->row = r->done = 0;
    if (axis_begin(&r->x, w, new_w, err) || axis_begin(&r->y, h, new_h, err) ||
        make_room(r, (size_t)new_w * (size_t)channels, err))
        return -1;
    memset(r->sums, 0, (size_t)new_w * (size_t)channels * sizeof *r->sums);
    r->next = 0;
    return 0;
}

static inline void along_x(const struct resize *r, const void *pixels, uint32_t *to, bool wide)
{
    const size_t channels = (size_t)r->channels;

    for (int i = 0; i < r->x.to; i++) {
        const struct resize_tap *tap = &r->x.taps[i];
        const uint32_t *weights = r->x.weights + tap->weights;
        const size_t from = (size_t)tap->first * channels;

        for (size_t c = 0; c < channels; c++) {
            uint32_t sum = 0; /* below 2^32: at most 65535 * total, and total <= 65500 */

            for (size_t j = 0; j < (size_t)tap->count; j++)
                sum += weights[j] * sample_at(pixels, from + j * channels + c, wide);
            *to++ = sum;
        }
    }
}

static void resize_along_x(const struct resize *r, const void *pixels, uint32_t *to)
{
    if (r->wide)
        along_x(r, pixels, to, true);
    else
        along_x(r, pixels, to, false);
}

/* Finishes the next row of the result. */
static void put_row(struct resize *r)
{
    const size_t plane = (size_t)r->x.to * (size_t)r->y.to;
    const uint64_t total = (uint64_t)r->x.total * r->y.total;
    const size_t at = (size_t)r->done * (size_t)r->x.to;
    uint64_t *sum = r->sums;

    for (int i = 0; i < r->x.to; i++)
        for (int c = 0; c < r->channels; c++, sum++) {
            sample_put(r->planes, at + (size_t)c * plane + (size_t)i,
                       (unsigned)((2 * *sum + total) / (2 * total)), r->wide);
            *sum = 0;
        }
    r->done++;
    if (r->done < r->y.to)
        r->next = r->y.taps[r->done].first;
}

static void add_row(struct resize *r, uint32_t weight, const uint32_t *row)
{
    const size_t count = (size_t)r->x.to * (size_t)r->channels;

    for (size_t i = 0; i < count; i++)
        r->sums[i] += (uint64_t)weight * row[i];
}

/* Copies a row apart into planes where nothing is resized. */
static inline void copy(const struct resize *r, const void *pixels, bool wide)
{
    const size_t w = (size_t)r->x.to, plane = w * (size_t)r->y.to, at = (size_t)r->row * w;

    if (r->channels == 1)
        memcpy((char *)r->planes + (at << wide), pixels, w << wide);
    else
        for (size_t i = 0; i < w; i++)
            for (size_t c = 0; c < 3; c++)
                sample_put(r->planes, c * plane + at + i, sample_at(pixels, 3 * i + c, wide), wide);
}

static void copy_row(struct resize *r, const void *pixels)
{
    if (r->wide)
        copy(r, pixels, true);
    else
        copy(r, pixels, false);
    r->row++;
}

void resize_row(struct resize *r, const void *pixels)
{
    uint32_t *row = r->rows[r->row % 2];

    if (r->x.from == r->x.to && r->y.from == r->y.to) {
        copy_row(r, pixels);
        return;
    }
    resize_along_x(r, pixels, row);
    while (r->done < r->y.to) {
        const struct resize_tap *tap = &r->y.taps[r->done];
        const int last = tap->first + tap->count - 1;

        for (; r->next <= last && r->next <= r->row; r->next++)
            add_row(r, r->y.weights[tap->weights + (size_t)(r->next - tap->first)],
                    r->rows[r->next % 2]);
        if (r->next <= last)
            break;
        put_row(r);
    }
    r->row++;
}

void resize_free(struct resize *r)
{
    free(r->x.taps);
    free(r->x.weights);
    free(r->y.taps);
    free(r->y.weights);
    free(r->rows[0]);
    free(r->rows[1]);
    free(r->sums);
    *r = (struct resize){0};
}
