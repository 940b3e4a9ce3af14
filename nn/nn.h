#ifndef NN_NN_H
#define NN_NN_H

/* Networks for small pictures: layers, training, prediction. This is the only header of nn/ that
 * other folders include; nothing here reads files, prints or exits. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The arithmetic's type: float. The tests build nn/ a second time with NN_DOUBLE, so that gradients
 * are checked in double on the very code that trains. */
#ifdef NN_DOUBLE
typedef double nn_real;
#else
typedef float nn_real;
#endif

struct nn_error {
    char text[480]; /* a sentence without the name of a file */
    bool out_of_memory;
};

struct nn_shape {
    int c, h, w;
};

/* ---- Kernels ---- */

/* Chooses the table of kernels: by name ("avx512bf16", "avx2", ...), or the best that this
 * processor runs (NULL or ""). Call once, before any thread. Returns -1 if there is no such table
 * or the processor lacks it. */
int nn_kernels_choose(const char *name);
const char *nn_kernels_name(void);
/* Tells whether they multiply bfloat16 numbers faster than floats (NN_BF16 below). */
bool nn_kernels_bf16_is_faster(void);
/* Returns the tables that this processor runs, best first, NULL at the end. */
const char *const *nn_kernels_available(void);

/* ---- Random numbers ---- */

/* All randomness is a function of seed, purpose, epoch and index: Philox 4x32-10 (Salmon, Moraes,
 * Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", 2011). So nothing depends on the
 * order in which threads draw, and any number can be drawn again. */
enum nn_purpose {
    NN_RANDOM_INIT,
    NN_RANDOM_SHUFFLE,
    NN_RANDOM_DROPOUT,
    NN_RANDOM_SPLIT,
    NN_RANDOM_FOLD,
    NN_RANDOM_PICK,
    NN_RANDOM_AUGMENT,
    NN_RANDOM_TUNE
};

/* One place in the sequences; `purpose` is one of the above, for dropout with the layer's number in
 * the bits from 8 on. */
struct nn_random {
    uint64_t seed;
    uint32_t purpose, epoch;
};
void nn_random_bits(const struct nn_random *random, uint64_t index, uint32_t bits[4]);
/* Returns a number uniform in [0, 1), of 53 bits. */
double nn_random_unit(const struct nn_random *random, uint64_t index);
/* Returns a standard normal number. */
double nn_random_normal(const struct nn_random *random, uint64_t index);
/* Returns a number uniform in 0..bound-1; the bias is below bound / 2^64. */
uint64_t nn_random_below(const struct nn_random *random, uint64_t index, uint64_t bound);

/* ---- Threads ---- */

struct nn_pool;
/* Starts as many threads, or as many as the system lets a process have: no result depends on their
 * number. NULL: out of memory. */
struct nn_pool *nn_pool_new(int threads);
/* Returns how many there are, the caller's with them. */
int nn_pool_threads(const struct nn_pool *pool);
/* Has so many of them work from the next job on, at least 1, as processors become free or are
 * needed by others; the rest sleep. All work if it was never called. */
void nn_pool_limit(struct nn_pool *pool, int threads);
void nn_pool_free(struct nn_pool *pool);

/* ---- Devices ---- */

/* A processor with memory of its own, such as a GPU, that CUDA or OpenCL knows. What it computes
 * has the same bytes as here: one of which that cannot be is refused. */
struct nn_device;
enum nn_driver { NN_CUDA, NN_OPENCL, NN_DRIVERS };
enum { NN_DEVICES_MOST = 32 };
struct nn_device_info {
    char name[128];
    bool gpu;
    int64_t bytes; /* of its memory */
};
/* Lists what a driver knows, at most NN_DEVICES_MOST; returns how many, or -1 with the reason why
 * none can be. */
int nn_devices(enum nn_driver driver, struct nn_device_info list[NN_DEVICES_MOST],
               struct nn_error *error);
/* Opens device `number` of that list (from 0), compiles its kernels and compares its arithmetic
 * with the processor's: seconds the first time, after which what was compiled is kept. Returns NULL
 * with the reason. */
struct nn_device *nn_device_open(enum nn_driver driver, int number, struct nn_error *error);
void nn_device_close(struct nn_device *device);
struct nn_device_info nn_device_info(const struct nn_device *device);
/* Serves a device to other processes, `members` in all and up to NN_DEVICE_SIDES at a time, each of
 * which gets its share of the memory, or more as long as there is some, until all have left and the
 * others' end of `door`, a pair of sockets (SOCK_SEQPACKET), is closed. What several are to compute
 * alike is one launch. A device that has a fault tells it to all. *served: how often kernels ran,
 * and in how many launches. */
enum { NN_DEVICE_SIDES = 16 };
struct nn_device_served {
    int64_t kernels, launches;
};
void nn_device_serve(struct nn_device *device, int door, int members,
                     struct nn_device_served *served);
/* Joins a device that another process serves, which becomes this one's like one that it opened.
 * Returns NULL with the reason. */
struct nn_device *nn_device_join(int door, struct nn_error *error);
/* What went wrong with a device since it was opened, if anything did: nothing that a trainer or a
 * predictor there gives afterwards is of use. *text: a sentence, valid as long as the device. */
enum nn_device_fault {
    NN_DEVICE_WELL,
    NN_DEVICE_REFUSED, /* it lacks what is needed */
    NN_DEVICE_FULL,    /* its memory is too small */
    NN_DEVICE_LOST     /* it stopped working */
};
enum nn_device_fault nn_device_fault(const struct nn_device *device, const char **text);

/* ---- Networks ---- */

struct nn_network; /* layers with their shapes; constant once made */

/* Makes a network from a description such as
 *     conv 16 3x3 pad 1, batchnorm, relu, maxpool 2, flatten, linear 10
 * for pictures of shape `input`. The last linear layer gives one output per class; its size may be
 * left out, and has to be `classes` otherwise. Layers are numbered from 0 as PyTorch's
 * nn.Sequential numbers them. A block
 *     residual, conv 32 3x3 stride 2 pad 1, shortcut, conv 32 1x1 stride 2, add
 * adds up what its two branches make of its input; without `shortcut` it adds the input itself.
 * Blocks may lie in branches. Returns -1 with a sentence in *error. */
int nn_network_new(struct nn_network **net, const char *description, struct nn_shape input,
                   int classes, struct nn_error *error);
void nn_network_free(struct nn_network *net);
/* What convolutions and linear layers multiply: floats, or bfloat16 numbers (float's exponent, 8
 * bits of precision), to which both factors of each product, in training of the gradients' too, are
 * rounded to nearest even before; weights and all sums are floats. AMD's processors with AVX-512
 * BF16 multiply twice as many of these, others and devices compute the same bytes. A convolution of
 * an odd number of channels, in or out, keeps floats: the first one of grey pictures and of RGB. */
enum nn_precision { NN_F32, NN_BF16 };
/* Chooses it; NN_F32 else. Before trainers are made; a predictor keeps what it was made with. Not
 * in double. */
void nn_network_set_precision(struct nn_network *net, enum nn_precision precision);
enum nn_precision nn_network_precision(const struct nn_network *net);
/* Returns the description in full: sizes filled in, one spelling. */
const char *nn_network_description(const struct nn_network *net);
struct nn_shape nn_network_input(const struct nn_network *net);
int64_t nn_network_parameters(const struct nn_network *net);    /* trained numbers, unpadded */
int64_t nn_network_multiply_adds(const struct nn_network *net); /* forward, for one picture */
/* Tells whether no batch may be of one row: batch normalization of a vector would make each of its
 * values the bias. */
bool nn_network_needs_rows(const struct nn_network *net);
/* One layer, as the description numbers them from 0. */
struct nn_layer_info {
    char text[80];       /* as the description spells it, sizes filled in */
    int depth;           /* how many blocks it is in */
    struct nn_shape out; /* of one picture; a vector has h and w 1 */
    int64_t parameters;  /* trained numbers */
    int64_t multiply_adds;
    bool bf16; /* they are of bfloat16 numbers */
};
int nn_network_layers(const struct nn_network *net);
struct nn_layer_info nn_network_layer(const struct nn_network *net, int number);
/* Returns the number of the layer that makes one output for each class, the last that has any. */
int nn_network_output_layer(const struct nn_network *net);
/* Returns the number of the layer that takes the mean of whole pictures just before the output
 * layer, or after it as the last that computes: outputs are means over the picture; -1: none. */
int nn_network_pooled_layer(const struct nn_network *net);
/* Returns layers that use type `number` of all, to follow a picture; NULL after the last type. */
const char *nn_layer_example(int number);

/* One tensor of a network in PyTorch's name, order and layout: "0.weight" [out][in][kh][kw]. */
struct nn_tensor {
    char name[80]; /* within a block "2.body.0.weight" or "2.shortcut.0.weight" */
    int layer;     /* its number */
    int ndim;
    int64_t dims[4];
    int64_t size;   /* numbers in all */
    bool statistic; /* follows the data, has no gradient */
};
int nn_network_tensors(const struct nn_network *net);
struct nn_tensor nn_network_tensor(const struct nn_network *net, int number);

/* ---- Weights ---- */

struct nn_weights; /* parameters and running statistics of one network, packed for the kernels */

struct nn_weights *nn_weights_new(const struct nn_network *net); /* zeros; NULL: out of memory */
void nn_weights_free(struct nn_weights *weights);
/* Draws PyTorch's default distributions, each number by its index in PyTorch's order. */
void nn_weights_init(struct nn_weights *weights, uint64_t seed);
/* Draws weights and biases from a normal distribution instead; batch normalization as above. */
void nn_weights_init_normal(struct nn_weights *weights, uint64_t seed, double std);
void nn_weights_copy(struct nn_weights *to, const struct nn_weights *from); /* same network */
/* Convert between PyTorch's layout, values[size], and ours. Import before a trainer's first step:
 * it keeps copies. */
void nn_weights_export(const struct nn_weights *weights, int tensor, nn_real *values);
void nn_weights_import(struct nn_weights *weights, int tensor, const nn_real *values);

/* ---- Data ---- */

/* Pictures as files hold them, not owned. Exactly one of u8, f32; at most one of onehot, soft. */
struct nn_data {
    int64_t n;             /* rows in use */
    const int64_t *index;  /* [n] their numbers in the arrays, NULL: 0..n-1 */
    const uint8_t *u8;     /* [n][c][h][w] */
    const float *f32;      /* [n][c][h][w] */
    const uint8_t *onehot; /* [n][classes] */
    const float *soft;     /* [n][classes] shares that sum to 1 */
    /* Called with `fetched` and the number of a row of u8 or f32 some batches before a trainer
     * reads it, so that it can be brought to memory meanwhile; NULL: it is there. */
    void (*fetch)(const void *fetched, int64_t row);
    const void *fetched;
};

/* The numbers that pixels become: (pixel / divisor - mean) / std, in float. */
struct nn_input {
    float divisor, mean, std;
};

/* ---- Normalization ---- */

/* How each picture is changed by what it shows before a network sees it, so that things of any
 * slant, size and place look alike: another view for a partner in an ensemble, as the columns of
 * Ciresan, Meier and Schmidhuber, "Multi-column deep neural networks for image classification"
 * (2012). The thing is the pixels whose distance from the background (the absolute differences
 * summed over the channels) is at least a quarter of the picture's largest; its box reaches from
 * half a pixel before its first pixel's centre to half a pixel behind its last one's. */
struct nn_normalize {
    int width, height; /* pixels that the box gets along, down; its middle goes to the picture's.
                          0: as they are */
    int size; /* pixels that its larger side gets, in proportion; the middle likewise. 0: as it is
               */
    /* Sheared rows, so that mu11, the mixed second central moment of the thing's distances, is 0:
     * its centre of mass stays, the box is that of the sheared thing. */
    bool deskew;
    const float *background; /* [c] not owned; NULL: 0 */
};
enum { NN_NORMALIZE_MOST = 4096, NN_NORMALIZE_TEXT = 80 };
/* Reads a description such as "deskew, width 16". Returns -1 with a sentence. */
int nn_normalize_parse(struct nn_normalize *normalize, const char *description,
                       struct nn_error *error);
/* Tells whether anything is changed. */
bool nn_normalize_any(const struct nn_normalize *normalize);
/* Returns -1 with a sentence where its pixels are more than pictures of that shape have. */
int nn_normalize_fits(const struct nn_normalize *normalize, struct nn_shape shape,
                      struct nn_error *error);
/* Writes the description in one spelling; "" if nothing is changed. */
void nn_normalize_text(const struct nn_normalize *normalize, char text[NN_NORMALIZE_TEXT]);
/* Fills `out` with the picture normalized: both are [c][h][w], bytes if `u8`, else floats, and do
 * not overlap. Each new pixel is sampled bilinearly, from outside of the picture the background;
 * where a side shrinks, as the mean of ceil(1 / scale) samples along it. Bytes are to the nearest.
 * A picture that shows nothing stays as it is. */
void nn_normalize_picture(const struct nn_normalize *normalize, struct nn_shape shape,
                          const void *pixels, bool u8, void *out);

/* ---- Augmentation ---- */

/* Random changes of a picture each time that a network trains on it. Every amount is drawn
 * uniformly from -amount to amount; zero is no change. All but thickness and erasing are one map,
 * by which each new pixel is sampled once from the old picture, bilinearly between its four
 * neighbours; outside of the picture lies the background. Thickness and then erasing follow. */
struct nn_augment {
    double shift;  /* pixels, along and down each */
    double rotate; /* degrees, about the middle */
    double scale;  /* width and height, each by a factor of 1 - scale to 1 + scale */
    double shear;  /* pixels along for each pixel down: the slant of handwriting */
    /* Pixels: a smooth random bend, after Simard, Steinkraus and Platt, "Best practices for
     * convolutional neural networks applied to visual document analysis" (2003). They blur a field
     * of random moves; ours is a cubic B-spline of random moves 8 pixels apart, which is all but
     * such a blur with a standard deviation of 8 / sqrt(3) = 4.6 pixels (theirs: 4). No pixel moves
     * farther than this, the standard deviation is 0.28 of it: their best is about 5. */
    double elastic;
    /* Share, up to 1: of the grey dilation where the draw is above 0, of the grey erosion where it
     * is below: a pixel moves by that share of the way to the value that is farthest from, or
     * nearest to the background among it and its four neighbours in its channel. */
    double thickness;
    int crop; /* pixels along and down each, a whole number drawn uniformly: alone it is exact, what
                 padding by the background and cropping does (He and others 2016) */
    int erase; /* pixels: side of a square that becomes background, its middle anywhere, as Cutout
                  (DeVries and Taylor 2017) */
    /* With a probability of erase_chance a rectangle becomes of one random value in each channel,
     * uniform between the smallest and the largest of the picture's (Zhong and others, "Random
     * erasing data augmentation", 2020). Its share of the area is uniform from 0.02 to erase_area,
     * the logarithm of its height over its width uniform between those of 0.3 and 1 / 0.3; sides
     * are rounded, and at most the picture's; it lies within, anywhere. 0: none. */
    double erase_area, erase_chance;
    bool flip_h, flip_v; /* half of the pictures: left to right, upside down */
    /* Which half is drawn once and changes places with the other from epoch to epoch, so that two
     * epochs show each picture both ways (Jordan, "94% on CIFAR-10 in 3.29 seconds", 2024). */
    bool flip_alternate;
    const float *background; /* [c] the pixel outside of a picture, not owned; NULL: 0 */
};

/* Reads a description such as "shift 2, rotate 10, flip h". Returns -1 with a sentence. */
int nn_augment_parse(struct nn_augment *augment, const char *description, struct nn_error *error);
/* Tells whether anything is changed. */
bool nn_augment_any(const struct nn_augment *augment);
/* Returns -1 with a sentence where its pixels are too many for pictures of that shape. */
int nn_augment_fits(const struct nn_augment *augment, struct nn_shape shape,
                    struct nn_error *error);
/* Writes the description in one spelling; "" if nothing is changed. */
enum { NN_AUGMENT_TEXT = 256 };
void nn_augment_text(const struct nn_augment *augment, char text[NN_AUGMENT_TEXT]);
struct nn_augmenter;
/* Makes an augmenter for pictures of that shape, `slots` of them at a time. NULL: out of memory. */
struct nn_augmenter *nn_augmenter_new(const struct nn_augment *augment, struct nn_shape shape,
                                      int slots);
void nn_augmenter_free(struct nn_augmenter *augmenter);
size_t nn_augmenter_bytes(const struct nn_augmenter *augmenter);
/* Returns a picture as a network sees it in `epoch` (from 1) of a training with `seed`, where it is
 * row `row` (from 0) of the data's arrays: it depends on nothing else. Both pictures are [c][h][w],
 * bytes if `u8`, else floats; the result is valid until the slot is used again. */
const void *nn_augment_picture(const struct nn_augmenter *augmenter, int slot, uint64_t seed,
                               int epoch, int64_t row, const void *pixels, bool u8);

/* ---- Training ---- */

/* Processes that train one network together, each on some shards of every batch, with the same data
 * and settings. Sums go over the shards in their order, whoever made them, so that the bytes do not
 * depend on how many processes there are; with more than a batch has shards the rest idle. */
enum { NN_TEAM_MOST = 1024 };
struct nn_team {
    int rank, ranks; /* at most NN_TEAM_MOST */
    void *context;
    /* Has bytes begin[r] to begin[r + 1] - 1 of all[begin[ranks]], which rank r made, reach all. */
    void (*gather)(void *context, void *all, const size_t *begin);
};

enum nn_optimizer { NN_SGD, NN_ADAM, NN_ADAMW };
enum nn_schedule { NN_CONSTANT, NN_STEP, NN_EXPONENTIAL, NN_COSINE, NN_ONE_CYCLE };

/* From the batch after the first `step` on, the training is to end with `steps` in all. */
struct nn_bend {
    int64_t step, steps;
};
enum { NN_BENDS_MOST = 128 };

/* Every formula is PyTorch's for the optimizer or schedule of that name. */
struct nn_training {
    enum nn_optimizer optimizer;
    double lr;                    /* one-cycle: the highest */
    double momentum;              /* SGD: v = momentum v + g, w -= lr v */
    bool nesterov;                /* SGD: w -= lr (g + momentum v) */
    double beta1, beta2, epsilon; /* Adam (Kingma and Ba 2015), bias-corrected */
    double weight_decay; /* SGD, Adam: g += decay w; AdamW (Loshchilov, Hutter 2019): w -= lr decay
                            w */
    enum nn_schedule schedule;
    double gamma;    /* step, exponential: the factor */
    int step_epochs; /* step: epochs between two factors */
    int epochs;      /* cosine, one-cycle: how many there will be */
    /* In order: the training ends with the steps of the last one, wherever that is in an epoch, and
     * not with the epochs. What is left of cosine and one-cycle is stretched or pressed to it; the
     * others are multiplied by what falls from 1 to 0 over the last fifth. */
    struct nn_bend bend[NN_BENDS_MOST];
    int bends;
    int batch;
    bool shuffle;
    double label_smoothing;      /* the share that goes to all classes alike */
    const double *class_weights; /* [classes], not owned; NULL: all 1 */
    /* Above 0, the decay d of an average of the weights: after step t of all, a += (1 - d) / (1 -
     * d^t) (w - a), which weighs them by d^age without a trace of the initial ones, as Adam
     * corrects its moments. See nn_trainer_estimate() for its running statistics. */
    double average;
    /* The first `frozen` layers, numbered from 0, are as in prediction and stay as they are; those
     * up to `tuned` learn at lr times tuned_rate. */
    int frozen, tuned;
    double tuned_rate;
    struct nn_augment augment;
    int plain_epochs; /* the last so many of `epochs` are without augmentation */
    uint64_t seed;
    const struct nn_team *team; /* not owned; NULL: this process alone */
    struct nn_device *device;   /* not owned; NULL: this processor. Not together with a team */
};

/* Returns the learning rate of batch `step` (from 0, of `steps` in an epoch) of `epoch` (from 1),
 * and its momentum or beta1, which one-cycle moves between 0.85 and 0.95. */
double nn_learning_rate(const struct nn_training *training, int epoch, int64_t step, int64_t steps,
                        double *momentum);

/* Returns all steps of a training with `steps` in an epoch, as they are planned when `done` of them
 * are done. */
int64_t nn_training_steps(const struct nn_training *training, int64_t done, int64_t steps);

/* Progress in this epoch. Loss and correct are measured before each update. */
struct nn_progress {
    int epoch;     /* from 1 */
    int64_t step;  /* batches done */
    int64_t rows;  /* pictures done */
    double loss;   /* sum over these pictures; the mean is loss / weight */
    double weight; /* sum of their classes' weights: their number without class weights */
    int64_t correct;
    double lr; /* of the last batch; before the first batch, of the first */
};

struct nn_trainer;

/* Makes a trainer of softmax cross-entropy on batches of labelled data. It changes `weights` and
 * keeps pointers to all arguments but `training` and `input`. Returns NULL when out of memory, or
 * where the device has a fault. */
struct nn_trainer *nn_trainer_new(const struct nn_network *net, struct nn_weights *weights,
                                  struct nn_pool *pool, const struct nn_data *data,
                                  const struct nn_input *input, const struct nn_training *training);
void nn_trainer_free(struct nn_trainer *trainer);
size_t nn_trainer_bytes(const struct nn_trainer *trainer); /* memory that it holds */
/* Returns what it would hold with batches of another size. */
size_t nn_trainer_bytes_for(const struct nn_trainer *trainer, int batch);
/* Draws the order of this epoch (from 1) and sets its learning rate. */
void nn_trainer_begin_epoch(struct nn_trainer *trainer, int epoch);
/* Trains on one batch. Returns 1 trained, 0 the epoch or a bent training is over, -1 the loss is
 * not finite, or the device has a fault (the weights are then of no use). The last batch of an
 * epoch may be short; its mean is over its own size. A single last row joins the batch before if
 * the network needs several. A device is not waited for: progress has the losses, weights and hits
 * of some steps later, at the latest when the epoch is over, and so may find them not finite; its
 * step and rate are then those of that batch. */
int nn_trainer_step(struct nn_trainer *trainer);
/* Waits until progress has all that there is of the steps so far. Returns 0, or -1 as above. */
int nn_trainer_settle(struct nn_trainer *trainer);
const struct nn_progress *nn_trainer_progress(const struct nn_trainer *trainer);
/* Returns the batches in an epoch. */
int64_t nn_trainer_steps(const struct nn_trainer *trainer);
/* Sets training->lr for the steps to come. */
void nn_trainer_set_rate(struct nn_trainer *trainer, double lr);
/* Bends the training from here on: takes over *training's bends, and its epochs. */
void nn_trainer_bend(struct nn_trainer *trainer, const struct nn_training *training);
/* Returns the averaged weights, owned by the trainer; before the first step the initial ones. Their
 * running statistics are valid after nn_trainer_estimate(). NULL: training->average is 0. */
struct nn_weights *nn_trainer_average(const struct nn_trainer *trainer);
/* Returns the weights to score and to keep: the averaged ones, those of a network with statistics
 * with such as fit them, or the network's own. Valid after nn_trainer_estimate(). */
const struct nn_weights *nn_trainer_kept(const struct nn_trainer *trainer);
/* Tells whether, without an average, these have other statistics than what is trained. */
bool nn_trainer_has_estimate(const struct nn_trainer *trainer);
/* Gives the weights to keep running statistics that fit them, unless they have such: plain means
 * over batches of a thousand training rows, always the same, without augmentation and dropout. (An
 * average of the running statistics is of networks that are no more; the longer it looks back, the
 * worse.) Those of a training without an average have them after a hundred steps: until then their
 * running statistics hold much of their start. Changes nothing before the first step, and never
 * what is trained. */
void nn_trainer_estimate(struct nn_trainer *trainer);

/* The order of a trainer's work on a batch. Its phases are numbered from 1: between two of them
 * threads wait for each other, within one each goes through its shards alone. Then come two more,
 * the update of the weights and that of the copies which backward uses. */
struct nn_plan {
    int groups; /* of layers that are done in one go */
    int phases;
    int shard; /* pictures that are worked on together */
};
struct nn_group {
    char layers[256];            /* as descriptions spell them */
    struct nn_shape out;         /* of what is stored; a vector has h and w 1 */
    int64_t parameters;          /* trained numbers */
    int64_t multiply_adds;       /* forward, one picture */
    int forward[2], backward[2]; /* first and last phase; 0: none */
};
struct nn_plan nn_trainer_plan(const struct nn_trainer *trainer);
struct nn_group nn_trainer_group(const struct nn_trainer *trainer, int number); /* from 0 */

/* State that a stopped run needs besides its weights to resume to the same bytes: the optimizer's
 * tensors (NN_FIRST: v of SGD, m of Adam; NN_SECOND: v of Adam) in PyTorch's layout as
 * nn_weights_export() gives them, the number of updates so far, and the progress. */
enum nn_moment { NN_FIRST, NN_SECOND };
void nn_trainer_export(const struct nn_trainer *trainer, enum nn_moment moment, int tensor,
                       nn_real *values);
void nn_trainer_import(struct nn_trainer *trainer, enum nn_moment moment, int tensor,
                       const nn_real *values);
int64_t nn_trainer_updates(const struct nn_trainer *trainer);
/* Returns how many pictures this process worked on in the steps that this trainer took: of a team
 * each has its share. */
int64_t nn_trainer_own_rows(const struct nn_trainer *trainer);
/* Has each process of a team have all moments and averages, of which it else has those of its share
 * of the parameters: before an export, by all processes. */
void nn_trainer_gather(struct nn_trainer *trainer);
/* Resumes within the epoch of *progress after `updates` steps in all; the weights and moments were
 * imported before. In place of nn_trainer_begin_epoch(). */
void nn_trainer_resume(struct nn_trainer *trainer, const struct nn_progress *progress,
                       int64_t updates);

/* ---- Prediction ---- */

struct nn_predictor;

/* Makes a predictor that keeps pointers to net, weights and pool, and reads the weights again at
 * each call. NULL: out of memory. */
struct nn_predictor *nn_predictor_new(const struct nn_network *net,
                                      const struct nn_weights *weights, struct nn_pool *pool,
                                      const struct nn_input *input);
void nn_predictor_free(struct nn_predictor *predictor);
size_t nn_predictor_bytes(const struct nn_predictor *predictor);
/* Has a device, NULL: this processor, make the later calls' predictions, by the same bytes. Before
 * the first call. Whether the device failed meanwhile, nn_device_fault() tells. Returns -1 when out
 * of memory, or where it has a fault. */
int nn_predictor_move(struct nn_predictor *predictor, struct nn_device *device);
/* Has the processes of a team share the rows of each later call, which all of them make with the
 * same data; each gets the results of all. */
void nn_predictor_share(struct nn_predictor *predictor, const struct nn_team *team);
/* Computes the probabilities of all rows of data: [n][classes]. */
void nn_predict(struct nn_predictor *predictor, const struct nn_data *data, nn_real *probabilities);
/* Does the same of labelled data, and computes each row's loss [n] from its logits: it is right
 * also where the probability of the true class is too small for a float. */
void nn_predict_scored(struct nn_predictor *predictor, const struct nn_data *data,
                       nn_real *probabilities, double *losses);

/* Chooses a layer, as the description numbers them, whose input nn_predict_tapped() gives: pooling
 * or a matrix product (linear, conv). Sets the input's shape; a vector's is {size, 1, 1}. Returns
 * -1 where it is another layer, or memory is short. */
int nn_predictor_tap(struct nn_predictor *predictor, int layer, struct nn_shape *shape);
/* Does as nn_predict(), and fills values[n][c][h][w] with the input of the layer chosen before,
 * in PyTorch's order; a vector that was a picture has the picture's order. Not with a team. */
void nn_predict_tapped(struct nn_predictor *predictor, const struct nn_data *data,
                       nn_real *probabilities, nn_real *values);

struct nn_score {
    int64_t rows, correct;
    double loss; /* sum of cross-entropies in nats */
};
/* Measures accuracy and loss on labelled data, with running statistics and without dropout. */
void nn_evaluate(struct nn_predictor *predictor, const struct nn_data *data,
                 struct nn_score *score);

#ifdef __cplusplus
}
#endif

#endif
