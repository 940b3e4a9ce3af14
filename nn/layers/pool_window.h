#ifndef NN_WINDOW_H
#define NN_WINDOW_H

#include "layer.h"
#include "nn/base/words.h"

/* What pooling layers share: windows with a stride and padding, clipped at the picture's edges. */

enum { MAX_WINDOW = 16 };

/* Functions of struct layer_type. Reads "K [stride S] [pad P]" to layer->window. */
int window_parse(struct layer *layer, struct words *words, struct nn_error *error);
/* Sets layer->out, by floor division, and layer->windows_disjoint. */
int window_setup(struct layer *layer, struct nn_error *error);
void window_describe(const struct layer *layer, char *text, size_t size);

/* Neighbouring windows (y, x), (y, x + 1), ... that are clipped alike: one call of a kernel. */
struct taps {
    int y, x;          /* pixel of the first window's first tap that is not padding */
    int rows, columns; /* of each window's taps that are not padding */
    int windows;
    ptrdiff_t stride; /* from window to window, in a grid's numbers */
};
struct taps window_taps(const struct node *node, int y, int x);
/* Sets the taps' offsets from a window's first one in a grid, row by row; returns how many. */
int taps_offsets(const struct taps *taps, const struct grid *grid, ptrdiff_t *offset);

#endif
