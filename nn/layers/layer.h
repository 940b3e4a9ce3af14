#ifndef NN_LAYER_H
#define NN_LAYER_H

#include "nn/kernels/kernels.h"
#include "nn/nn.h"

#include <string.h>

/* What a layer is to the rest of nn/. A layer type is one file, layer_NAME.c, with one table of
 * functions (the convolution's are in conv2d_*.c), and one line in layer_list.c; nothing else
 * compares types. */

enum {
    SHARD = 8, /* pictures that are worked on together; a constant, so that sums per shard do not
                  depend on the number of threads */
    MAX_LAYER_TENSORS = 4
};

/* Activations of one layer are [picture][y][x][channel] with a border of zeros, written once when
 * the memory is made: who writes a grid writes its interior only. */
struct grid {
    real *at; /* picture 0, y 0, x 0, channel 0: inside the border */
    int c, h, w;
    ptrdiff_t row, picture; /* from row to row, from picture to picture */
};

static inline real *grid_row(const struct grid *grid, int picture, int y)
{
    return grid->at + picture * grid->picture + y * grid->row;
}

/* Some rows of a picture alone, whatever the picture it is then asked for. */
static inline struct grid grid_part(const struct grid *grid, int picture, int y, int rows)
{
    struct grid part = *grid;

    part.at = grid->at ? grid_row(grid, picture, y) : NULL;
    part.h = rows;
    part.picture = 0;
    return part;
}

/* area 0: a picture. Otherwise a flat vector of c features that was a picture of `area` positions
 * (1: never was one), ours [position][channel] where PyTorch's is [channel][position]. */
struct shape {
    int c, h, w, area;
};

static inline int shape_size(struct shape shape)
{
    return shape.c * shape.h * shape.w;
}

/* Where PyTorch's feature `index` of a flattened picture stands in ours. */
static inline int flat_place(int features, int area, int index)
{
    int channels = features / area;

    return index % area * channels + index / area;
}

struct layer_tensor {
    const char *name; /* "weight" */
    int ndim;
    int64_t dims[4];
    bool statistic;   /* kept in the statistics, not trained */
    double low, high; /* initial values: uniform between them */
};

/* Numbers made from the parameters, in pieces that threads share out. */
struct derived {
    size_t numbers;
    int blocks;
};

struct layer {
    const struct layer_type *type;
    int number; /* in the description, from 0 */
    void *own;  /* type->own_size zeroed bytes: what parse and setup found */
    struct shape in, out;
    int classes;            /* of the last matrix layer, for a size left out; 0 elsewhere */
    bool mean_removed_next; /* the next layer subtracts each channel's mean: a bias has no effect */
    bool input_gradient;    /* is needed: something before it learns */
    /* Stated by setup: */
    int border_in;                  /* zeros needed around the input */
    int border_dout;                /* zeros needed around the gradient of the output */
    size_t parameters, statistics;  /* packed numbers */
    struct derived derived;         /* numbers that refresh() makes from the parameters */
    struct derived derived_forward; /* the first of them, which prediction needs as well */
    int blocks;                     /* pieces of the parameters, for weight_grad() */
    size_t thread_bytes;            /* scratch of each thread, of no value between calls */
    size_t shard_bytes;             /* scratch of each shard */
    size_t batch_bytes;             /* scratch of the whole batch */
    int64_t multiply_adds;          /* forward, one picture */
    int factors;                    /* ROLE_MATRIX: weights of one output */
    bool late;                      /* weight_grad() reads the input and the output's gradient */
    bool bias;                      /* ROLE_MATRIX: there is one number more for each output */
    bool apart; /* ROLE_LARGEST: windows neither overlap nor leave the picture */
    int tensors;
    struct layer_tensor tensor[MAX_LAYER_TENSORS];
    /* Set by the network: where its numbers begin among those of all layers. */
    size_t parameters_at, statistics_at, derived_at;
};

/* A layer with its memory, in one trainer or predictor. Nodes lie side by side in the layers'
 * order; neighbours may be merged into a step, whose functions then get its first node. */
struct node {
    const struct layer *layer;
    const struct node *last;        /* of the step that begins here; itself unless merged */
    struct grid in, out, din, dout; /* at NULL: within a step, or not needed */
    real *parameters, *gradients, *statistics, *derived;
    char *thread_scratch; /* the same for all nodes */
    size_t thread_bytes;
    char *shard_scratch;
    void *batch_scratch;
    size_t kept_bytes; /* what the step that begins here keeps of each shard */
    char *kept;
};

/* One batch on its way; the same for all threads. */
struct pass {
    bool training;
    int rows; /* pictures in the batch; 0 in prediction */
    const struct nn_data *data;
    const struct nn_input *input;
    const real *pixel_value; /* [256] what a U8 pixel becomes */
    const int64_t *order; /* the data's row of picture i of the batch is order[i]; NULL: first+i */
    int64_t first;
    double smoothing;                     /* of labels */
    const double *class_weights;          /* [classes] or NULL: all 1 */
    double weight;                        /* what the batch's losses are divided by */
    struct nn_random dropout;             /* seed and epoch */
    const struct nn_augmenter *augmenter; /* with the same seed and epoch; NULL: none */
    int64_t position;                     /* of picture 0 within the epoch */
    int estimated; /* above 0: running statistics become plain means, over so many batches with this
                      one, of what prediction will see; 0: they follow the batches as they come */
    double *loss;  /* [rows] of each picture, NULL: not wanted */
    uint8_t *correct;    /* [rows] */
    real *probabilities; /* [rows][classes] or NULL */
};

/* Where picture `at` of the batch stands in the data's arrays. */
static inline int64_t data_row(const struct pass *pass, int64_t at)
{
    const int64_t number = pass->order ? pass->order[at] : pass->first + at;

    return pass->data->index ? pass->data->index[number] : number;
}

/* Pictures `first`..`first+count-1` of the grids; picture first + i is the batch's picture
 * `base` + i. */
struct shard {
    int number, first, count;
    int64_t base;
    int thread; /* that works on them */
};

/* For each row of a shard's pictures in a grid. */
#define EACH_ROW(shard, grid, i, y)                                                                \
    for (int i = (shard)->first; i < (shard)->first + (shard)->count; i++)                         \
        for (int y = 0; y < (grid).h; y++)

/* Zeros the interior of a shard's pictures. */
static inline void grid_clear(const struct grid *grid, const struct shard *shard)
{
    EACH_ROW (shard, *grid, i, y)
        memset(grid_row(grid, i, y), 0, (size_t)grid->w * (size_t)grid->c * sizeof(real));
}

static inline void *shard_scratch(const struct node *node, const struct shard *shard)
{
    return node->shard_scratch + (size_t)shard->number * node->layer->shard_bytes;
}

static inline void *thread_scratch(const struct node *node, const struct shard *shard)
{
    return node->thread_scratch + (size_t)shard->thread * node->thread_bytes;
}

/* What a layer is to the planner, which looks at nothing else. */
enum role {
    ROLE_INPUT,
    ROLE_MATRIX,      /* sums of weights times inputs; packed as kernels.h says, an input's channel
                         the fastest among an output's factors, behind all that the biases */
    ROLE_NORMALIZE,   /* per channel, by sums over the batch */
    ROLE_RECTIFY,     /* zero below zero */
    ROLE_ELEMENTWISE, /* any other function of single numbers */
    ROLE_LARGEST,     /* of windows */
    ROLE_POOL,        /* any other function of windows */
    ROLE_SHAPE,
    ROLE_LOSS
};

struct words; /* of one layer's description, see words.h */

typedef void shard_function(const struct node *, const struct pass *, const struct shard *);
typedef void sync_function(const struct node *, const struct pass *, int shards);

struct layer_type {
    const char *name;
    const char *usage;   /* for error sentences and help: "maxpool K [stride S]" */
    const char *example; /* layers that use it, behind a picture; the tests go through them */
    enum role role;
    size_t own_size;
    bool in_place;     /* the output may overwrite the input, and so the gradients */
    bool keeps_output; /* backward reads the output */
    bool over_input;   /* backward may write the input's gradient over the input, last to read it */
    bool removes_mean; /* of each channel over the batch */
    bool training_only; /* in prediction the output is the input */

    int (*parse)(struct layer *, struct words *,
                 struct nn_error *);                 /* NULL: nothing but its name */
    int (*setup)(struct layer *, struct nn_error *); /* NULL: the shape stays */
    void (*describe)(const struct layer *, char *text, size_t size); /* NULL: its name */
    /* Place of PyTorch's number `index` of a tensor in the packed parameters or statistics. */
    size_t (*place)(const struct layer *, int tensor, int64_t index);

    /* ROLE_NORMALIZE: what it is in prediction, y = scale[c] * x + shift[c] for channel c. */
    void (*affine)(const struct layer *, const real *parameters, const real *statistics,
                   double *scale, double *shift);

    /* A shard forward. If training needs sums over the batch: forward collects them per shard,
     * forward_sync (one thread, when all shards are done) merges them, forward_apply goes on. */
    shard_function *forward;
    sync_function *forward_sync;
    shard_function *forward_apply;
    /* The gradient of the input from that of the output, likewise. */
    shard_function *backward;
    sync_function *backward_sync;
    shard_function *backward_apply;
    /* The gradient of one block of the parameters, *begin..*end-1 of them; after all backward. */
    void (*weight_grad)(const struct node *, const struct pass *, int block, size_t *begin,
                        size_t *end);
    /* Makes one block of the derived numbers from the parameters. */
    void (*refresh)(const struct node *, int block);
    /* Optional, of a matrix layer, for steps that never store its output: rows y, y + 1, ... of it,
     * all that `out` holds; and what the gradients of such rows add to the shard's part of the
     * parameters' gradient, which begins with the `first` ones. */
    void (*rows)(const struct node *, int picture, int y, const struct grid *out);
    void (*rows_grad)(const struct node *, const struct shard *, int picture, int y,
                      const struct grid *dout, bool first);
    /* Of a step: bytes of node->kept for each shard. */
    size_t (*kept_bytes)(const struct node *, bool training);
};

/* The types that descriptions may name, NULL at the end. */
extern const struct layer_type *const layer_types[];
/* The two ends of every network. */
extern const struct layer_type layer_input, layer_softmax;
/* What the losses of a batch are divided by, for pass->weight. */
double softmax_weight(const struct pass *pass, int classes);

#endif
