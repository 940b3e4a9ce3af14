/* Windows of pooling layers: their words, sizes and taps. */
#include "pool_window.h"

#include <stdio.h>

int window_parse(struct layer *layer, struct words *words, struct nn_error *error)
{
    struct window *window = &layer->window;
    int found = words_size(words, MAX_WINDOW, &window->kh, &window->kw, error);

    if (found == 0)
        return words_error(words, error, "the window's size is needed: %s", layer->type->usage);
    while (found == 1) {
        if (words_accept(words, "stride"))
            found = words_int(words, 1, 64, &window->stride, error);
        else if (words_accept(words, "pad"))
            found = words_int(words, 0, MAX_WINDOW / 2, &window->pad, error);
        else
            break;
    }
    if (found == 0)
        return words_error(words, error, "a number is missing: %s", layer->type->usage);
    if (found == 1 && (2 * window->pad > window->kh || 2 * window->pad > window->kw))
        return words_error(words, error, "pad may be at most half the window");
    return found == 1 ? 0 : -1;
}

static int stride_y(const struct window *window)
{
    return window->stride ? window->stride : window->kh;
}

static int stride_x(const struct window *window)
{
    return window->stride ? window->stride : window->kw;
}

int window_setup(struct layer *layer, struct nn_error *error)
{
    const struct window *window = &layer->window;
    const int h = layer->in.h + 2 * window->pad, w = layer->in.w + 2 * window->pad;

    if (layer->in.area || h < window->kh || w < window->kw) {
        snprintf(error->text, sizeof error->text,
                 layer->in.area ? "layer %d, '%s': its input is not a picture"
                                : "layer %d, '%s': its window of %dx%d is larger than its input "
                                  "of %dx%d",
                 layer->number, layer->type->name, window->kh, window->kw, layer->in.h,
                 layer->in.w);
        return -1;
    }
    layer->out.c = layer->in.c;
    layer->out.h = (h - window->kh) / stride_y(window) + 1;
    layer->out.w = (w - window->kw) / stride_x(window) + 1;
    layer->windows_disjoint =
        window->pad == 0 && stride_y(window) == window->kh && stride_x(window) == window->kw;
    return 0;
}

void window_describe(const struct layer *layer, char *text, size_t size)
{
    const struct window *window = &layer->window;
    int used = snprintf(text, size, "%s %d", layer->type->name, window->kh);

    if (window->kw != window->kh)
        used += snprintf(text + used, size - (size_t)used, "x%d", window->kw);
    if (window->stride)
        used += snprintf(text + used, size - (size_t)used, " stride %d", window->stride);
    if (window->pad)
        snprintf(text + used, size - (size_t)used, " pad %d", window->pad);
}

/* Clips first..first+count-1 to 0..size-1. */
static void clip(int *first, int *count, int size)
{
    if (*first < 0) {
        *count += *first;
        *first = 0;
    }
    if (*first + *count > size)
        *count = size - *first;
}

struct taps window_taps(const struct node *node, int y, int x)
{
    const struct window *window = &node->layer->window;
    const int stride = stride_x(window);
    struct taps taps = {
        .y = y * stride_y(window) - window->pad,
        .x = x * stride - window->pad,
        .rows = window->kh,
        .columns = window->kw,
        .windows = 1,
        .stride = (ptrdiff_t)stride * node->in.c,
    };
    const bool whole = taps.x >= 0 && taps.x + window->kw <= node->in.w;

    if (whole) {
        const int left = (node->in.w - window->kw - taps.x) / stride + 1;

        taps.windows = left < node->out.w - x ? left : node->out.w - x;
    }
    clip(&taps.y, &taps.rows, node->in.h);
    clip(&taps.x, &taps.columns, node->in.w);
    return taps;
}

int taps_offsets(const struct taps *taps, const struct grid *grid, ptrdiff_t *offset)
{
    int count = 0;

    for (int y = 0; y < taps->rows; y++)
        for (int x = 0; x < taps->columns; x++)
            offset[count++] = y * grid->row + (ptrdiff_t)x * grid->c;
    return count;
}
