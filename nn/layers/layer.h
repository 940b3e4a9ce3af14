#ifndef NN_LAYER_H
#define NN_LAYER_H

#include "nn/device/device.h"
#include "nn/kernels/kernels.h"
#include "nn/nn.h"

#include <string.h>

/* Layers as the rest of nn/ sees them. A layer type is one file, layer_NAME.c, with one table of
 * functions (the convolution has a folder), and one line in layer_list.c; nothing else compares
 * types. */

enum {
    SHARD = 8, /* pictures that are worked on together; a constant, so that sums per shard do not
                  depend on the number of threads */
    MOST_TOGETHER = 3 * SHARD, /* pictures of one call, in prediction */
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

/* Makes a view of some rows of one picture; its picture stride is 0, so every index selects it. */
static inline struct grid grid_rows(const struct grid *grid, int picture, int y, int rows)
{
    struct grid view = *grid;

    view.at = grid->at ? grid_row(grid, picture, y) : NULL;
    view.h = rows;
    view.picture = 0;
    return view;
}

/* A picture (area 0), or a flat vector of c features that was a picture of `area` positions
 * (1: never was one), ours [position][channel] where PyTorch's is [channel][position]. */
struct shape {
    int c, h, w, area;
};

static inline int shape_size(struct shape shape)
{
    return shape.c * shape.h * shape.w;
}

/* Returns the place in our order of PyTorch's feature `index` of a flattened picture. */
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
    double low, high; /* bounds of the uniform initial values */
};

/* Window of a pooling layer. */
struct window {
    int kh, kw, stride, pad; /* stride 0: the window's own size */
};

/* Numbers derived from the parameters, in blocks that threads share out. */
struct derived {
    size_t numbers;
    int blocks;
};

/* When the shards' scratch is added up, so that processes that share a batch exchange it before. */
enum shard_sums { SUMS_NONE, SUMS_FOR_SYNC, SUMS_FOR_UPDATE };

struct layer {
    const struct layer_type *type;
    int number; /* in the description, from 0 */
    void *own;  /* type->own_size zeroed bytes: what parse and setup found */
    struct shape in, out;
    int classes;            /* of the last matrix layer, for an omitted size; 0 elsewhere */
    bool mean_removed_next; /* the next layer subtracts each channel's mean: a bias has no effect */
    bool input_gradient;    /* is needed: something before it learns */
    bool bf16; /* ROLE_MATRIX: its products are of bfloat16 numbers, see bf16.h; setup may refuse */
    /* Of a block of branches, in the network's list: of `residual` the layer whose output's
     * gradient is added to its own, `shortcut` or `add`; of `shortcut` its residual; of `add` the
     * layer whose output is added to that of the layer before. Elsewhere 0, the network's input. */
    int side;
    /* Stated by setup: */
    int border_in;                  /* zeros needed around the input */
    int border_dout;                /* zeros needed around the gradient of the output */
    size_t parameters, statistics;  /* packed numbers */
    struct derived derived;         /* numbers that refresh() makes from the parameters */
    struct derived derived_forward; /* the first of them, which prediction needs as well */
    int blocks;                     /* pieces of the parameters, for weight_grad() */
    size_t thread_bytes;            /* scratch of each thread, of no value between calls */
    size_t shard_bytes;             /* scratch of each shard */
    enum shard_sums shard_sums;     /* what of it is added up over the batch, and when */
    size_t batch_bytes;             /* scratch of the whole batch */
    size_t device_bytes;            /* scratch on a device for each picture */
    int64_t multiply_adds;          /* forward, one picture */
    int factors;                    /* ROLE_MATRIX: weights of one output */
    bool weight_grad_last; /* weight_grad() still reads the input and the output's gradient */
    bool bias;             /* ROLE_MATRIX: one number more for each output */
    struct window window;  /* ROLE_MAXPOOL, ROLE_POOL but for whole pictures */
    bool windows_disjoint; /* they neither overlap nor leave the picture */
    int tensors;
    struct layer_tensor tensor[MAX_LAYER_TENSORS];
    /* Set by the network: offsets of its numbers among those of all layers. */
    size_t parameters_at, statistics_at, derived_at;
};

/* A layer with its memory, in one trainer or predictor. Nodes lie side by side in the layers'
 * order; neighbours may be fused into a group, whose functions then get its first node. */
struct node {
    const struct layer *layer;
    const struct node *last; /* last node of the group that begins here; itself if alone */
    bool frozen;             /* works as in prediction, and its parameters and statistics stay */
    struct grid in, out, din, dout; /* at NULL: within a group, or not needed */
    /* `add`: the other summand and where its gradient goes (at NULL: not needed, or `residual`
     * takes it). `residual`: dside is the gradient that is added to dout. */
    struct grid side, dside;
    real *parameters, *gradients, *statistics, *derived;
    char *thread_scratch; /* the same for all nodes */
    size_t thread_bytes;
    char *shard_scratch;
    void *batch_scratch;
    size_t kept_bytes; /* what the group that begins here keeps of each shard */
    char *kept;
    i64 device_scratch; /* its offset, of value between forward and backward */
};

/* Gradients of a node's parameters on a device: so many sums to add up, one parameters' size after
 * another; from number `given` on they are 0. */
struct device_gradients {
    i64 at;
    int groups, given;
};

/* Where on a device a pass finds what is no node's; offsets, -1: not there. */
struct device_data {
    struct device_memory *memory;
    bool by_batch; /* of the data there are the rows of one batch at a time, in its order; else all
                      rows, in the order in which data->index names them */
    int pixels, classes;     /* of a row */
    i64 pictures, labels;    /* of these rows */
    i64 index;               /* their numbers in the data's arrays, for augmentation */
    i64 background, changes; /* of augmentation */
};

/* One pass of a batch through the network; the same for all threads. */
struct pass {
    bool training;
    int rows; /* pictures in the batch; 0 in prediction */
    const struct nn_data *data;
    const struct nn_input *input;
    const real *pixel_value; /* [256] numbers that U8 pixels become */
    const int64_t *order; /* the data's row of picture i of the batch is order[i]; NULL: first+i */
    int64_t first;
    double smoothing;                     /* of labels */
    const double *class_weights;          /* [classes] or NULL: all 1 */
    double weight;                        /* divisor of the batch's losses */
    struct nn_random dropout;             /* seed and epoch */
    const struct nn_augmenter *augmenter; /* with the same seed and epoch; NULL: none */
    int64_t position;                     /* of picture 0 within the epoch */
    int estimated; /* above 0: running statistics become plain means, over so many batches with this
                      one, of what prediction will see; 0: they follow the batches as they come */
    double *loss;  /* [rows] of each picture, NULL: not wanted */
    uint8_t *correct;                 /* [rows], NULL: not wanted */
    real *probabilities;              /* [rows][classes] or NULL */
    const struct nn_team *team;       /* NULL: this process alone */
    const struct device_data *device; /* NULL: this processor */
};

/* Returns the row of the data's arrays that is picture `at` of the batch. */
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
    int thread; /* number of the thread that works on them */
};

/* Loops over each row of a shard's pictures in a grid. */
#define EACH_ROW(shard, grid, i, y)                                                                \
    for (int i = (shard)->first; i < (shard)->first + (shard)->count; i++)                         \
        for (int y = 0; y < (grid).h; y++)

/* Zeros the interior of a shard's pictures. */
static inline void grid_clear(const struct grid *grid, const struct shard *shard)
{
    EACH_ROW (shard, *grid, i, y)
        memset(grid_row(grid, i, y), 0, (size_t)grid->w * (size_t)grid->c * sizeof(real));
}

/* Copies the interior of a shard's pictures, unless there is nowhere to or they are the same. */
static inline void grid_copy(const struct grid *from, const struct grid *to,
                             const struct shard *shard)
{
    if (!to->at || to->at == from->at)
        return;
    EACH_ROW (shard, *from, i, y)
        memcpy(grid_row(to, i, y), grid_row(from, i, y),
               (size_t)from->w * (size_t)from->c * sizeof(real));
}

static inline void *shard_scratch(const struct node *node, const struct shard *shard)
{
    return node->shard_scratch + (size_t)shard->number * node->layer->shard_bytes;
}

static inline void *thread_scratch(const struct node *node, const struct shard *shard)
{
    return node->thread_scratch + (size_t)shard->thread * node->thread_bytes;
}

/* The only thing about a layer that the planner looks at. */
enum role {
    ROLE_INPUT,
    ROLE_MATRIX,      /* sums of weights times inputs; packed as kernels.h says, an input's channel
                         the fastest among an output's factors, then the biases */
    ROLE_NORMALIZE,   /* per channel, by sums over the batch */
    ROLE_RECTIFY,     /* zero below zero */
    ROLE_ELEMENTWISE, /* any other function of single numbers */
    ROLE_MAXPOOL,
    ROLE_POOL, /* any other function of windows */
    ROLE_SHAPE,
    ROLE_RESIDUAL, /* these three are the blocks of branches, see blocks.h */
    ROLE_SHORTCUT,
    ROLE_SUM,
    ROLE_LOSS
};

struct words; /* of one layer's description, see words.h */

typedef void shard_function(const struct node *, const struct pass *, const struct shard *);
typedef void sync_function(const struct node *, const struct pass *, int shards);
/* Has the pass's device do something for the whole batch, in the order of these calls. */
typedef void device_function(const struct node *, const struct pass *);

/* Functions of a layer, or of a group of fused layers, on a shard. Backward computes the gradient
 * of the input from that of the output. */
struct layer_ops {
    bool in_place;     /* the output may overwrite the input, and likewise their gradients */
    bool keeps_output; /* backward reads the output */
    bool over_input;   /* backward may write the input's gradient over the input, last to read it */
    /* If training needs sums over the batch: forward collects them per shard, forward_sync (one
     * thread, when all shards are done) merges them, forward_apply goes on. */
    shard_function *forward;
    sync_function *forward_sync;
    shard_function *forward_apply;
    shard_function *backward; /* likewise */
    sync_function *backward_sync;
    shard_function *backward_apply;
    device_function *device_forward, *device_backward; /* all that the above do */
    /* Optional, of a group: bytes of node->kept for each shard. */
    size_t (*kept_bytes)(const struct node *, bool training);
};

struct layer_type {
    const char *name;
    const char *usage;   /* for error sentences and help: "maxpool K [stride S]" */
    const char *example; /* layers that use it, after a picture; the tests go through them */
    enum role role;
    size_t own_size;
    bool removes_mean;  /* of each channel over the batch */
    bool training_only; /* in prediction the output is the input */

    int (*parse)(struct layer *, struct words *,
                 struct nn_error *);                 /* NULL: nothing but its name */
    int (*setup)(struct layer *, struct nn_error *); /* NULL: the shape stays */
    void (*describe)(const struct layer *, char *text, size_t size); /* NULL: its name */
    /* Returns the place of PyTorch's number `index` of a tensor in the packed parameters or
     * statistics. */
    size_t (*place)(const struct layer *, int tensor, int64_t index);

    struct layer_ops ops;

    /* Computes the gradient of one block of the parameters, *begin..*end-1 of them; after all
     * backward. */
    void (*weight_grad)(const struct node *, const struct pass *, int block, size_t *begin,
                        size_t *end);
    /* Makes one block of the derived numbers from the parameters. */
    void (*refresh)(const struct node *, int block);
    device_function *device_refresh; /* of all blocks */
    /* Optional: says where the device's backward left the gradients of the parameters. */
    struct device_gradients (*device_gradients)(const struct node *, const struct pass *);

    /* ROLE_NORMALIZE: gives what it is in prediction, y = scale[c] * x + shift[c] for channel c. */
    void (*affine)(const struct layer *, const real *parameters, const real *statistics,
                   double *scale, double *shift);

    /* ROLE_MATRIX, optional, for groups that never store its output: computes rows y, y + 1, ... of
     * it, as many as `out` holds; and adds what the gradients of such rows contribute to the
     * shard's sum of the parameters' gradient, which begins with the `first` ones. */
    void (*rows)(const struct node *, int picture, int y, const struct grid *out);
    void (*rows_grad)(const struct node *, const struct shard *, int picture, int y,
                      const struct grid *dout, bool first);
};

/* The types that descriptions may name, NULL at the end. */
extern const struct layer_type *const layer_types[];
/* The two ends of every network. */
extern const struct layer_type layer_input, layer_softmax;
/* Returns what the losses of a batch are divided by, for pass->weight. */
double softmax_weight(const struct pass *pass, int classes);
/* Returns the bytes that the input needs on a device for what changes a picture. */
size_t change_bytes_on_device(struct nn_shape shape);

#endif
