#ifndef PIPELINE_MODEL_H
#define PIPELINE_MODEL_H

#include "nn/nn.h"
#include "pipeline/dataset/framing.h"
#include "seen.h"
#include "view.h"

/* model/1 files: a network's weights in PyTorch's names and layouts, and how they came to be. */

enum { TROUBLE_TEXT = 300 };

/* Words of the precisions by their numbers in nn.h. */
extern const char *const precision_words[];

struct model {
    struct nn_network *net;
    struct nn_weights *weights;
    enum nn_precision precision; /* of the training; after model_load */
    struct nn_input input;
    struct view view;              /* what is done to pictures before the network sees them */
    struct dataset_info data;      /* shape, classes, class names, columns of the training data */
    struct framing framing;        /* of the training pictures */
    char data_digest[DIGEST_TEXT]; /* content digest of the training data */
    json_t *settings;              /* object: every setting of the training */
    json_t *epochs;           /* array of objects: per-epoch loss, accuracy, learning rate, ... */
    char digest[DIGEST_TEXT]; /* content digest of the file; after model_load or model_save */
    int stopped_in;           /* epoch of the checkpoint that was loaded; 0: it is a model */
    bool stopped_past;        /* the weights are of the best epoch before that */
    struct seen seen;
    char trouble[TROUBLE_TEXT]; /* what went wrong in the training; "": nothing */
};

/* Reads a model/1 file, or of a checkpoint/1 the model that it would end in; builds the network
 * from its architecture and fills the weights. A tensor of a model that is missing, unknown or of
 * the wrong shape for the architecture is refused. */
MUST_CHECK int model_load(struct model *model, const char *path, struct inputs *inputs,
                          struct err *err);
/* Declares, fills and commits a model/1 file on an opened writer. */
MUST_CHECK int model_save(struct model *model, struct tensor_writer *writer, const json_t *options,
                          const struct inputs *inputs, struct err *err);
/* Adds what a file says of a model but for its kind and its weights. */
MUST_CHECK int model_describe(json_t *meta, const char *path, const struct model *model,
                              struct err *err);
/* Fails with EX_DATAERR unless the file is a model/1 or a checkpoint/1. */
MUST_CHECK int model_expect(const struct tensor_file *file, struct err *err);
/* Reads how the model's network sees pixels, and pictures of that many channels. */
MUST_CHECK int model_read_input(struct nn_input *input, struct view *view, int channels,
                                const struct tensor_file *file, struct err *err);
/* Reads out of the settings of a file's training what its network multiplies. */
MUST_CHECK int model_read_precision(enum nn_precision *precision, const json_t *settings,
                                    const struct tensor_file *file, struct err *err);
/* Fills the weights of the first `layers` layers of `net` (INT_MAX: of all) from a file's F32
 * tensors of the same names and shapes, of a checkpoint those that it would keep; PyTorch's
 * num_batches_tracked is passed over, any other tensor of these layers refused. */
MUST_CHECK int model_read_weights(const struct nn_network *net, struct nn_weights *weights,
                                  int layers, struct tensor_file *file, struct err *err);
/* Reads what went wrong in the training. */
void model_read_trouble(struct model *model, const struct tensor_file *file);
/* Tells whether the model was marked as a trial, not meant to be used. */
bool model_is_trial(const struct model *model);
/* Frees what it holds; a zeroed model is fine. */
void model_free(struct model *model);

#endif
