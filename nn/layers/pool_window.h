#ifndef NN_WINDOW_H
#define NN_WINDOW_H

#include "layer.h"
#include "nn/base/words.h"

/* What pooling layers share: windows with a stride and padding, clipped at the picture's edges. */

enum { MAX_WINDOW = 16 };

struct window {
    int kh, kw, stride, pad; /* stride 0: the window's own size */
};

/* Reads "K [stride S] [pad P]". */
int window_parse(struct layer *layer, struct window *window, struct words *words,
                 struct nn_error *error);
/* Sets layer->out, floor division at the far edges. */
int window_setup(struct layer *layer, const struct window *window, struct nn_error *error);
void window_describe(const struct layer *layer, const struct window *window, char *text,
                     size_t size);

/* Output pixels (y, x), (y, x + 1), ... whose windows are clipped alike: one call of a kernel. */
struct taps {
    int y, x;          /* the first window's first tap within the picture */
    int rows, columns; /* of taps */
    int windows;       /* how many */
    ptrdiff_t step;    /* from window to window, in a grid's numbers */
};
struct taps window_taps(const struct window *window, const struct node *node, int y, int x);
/* Offsets of the taps from a window's first one in a grid, row by row; returns how many. */
int taps_offsets(const struct taps *taps, const struct grid *grid, ptrdiff_t *offset);

#endif
