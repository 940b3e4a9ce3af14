#ifndef PIPELINE_VIEW_H
#define PIPELINE_VIEW_H

#include "nn/nn.h"
#include "pipeline/dataset/dataset.h"

#include <jansson.h>

/* How a model's pictures are normalized before its network sees them (fit --normalize), as its file
 * records it in the metadata `input`. All zero: they are not. */
struct view {
    struct nn_normalize how; /* its background is the one below */
    float *background;       /* [channels] of the training pictures */
    char text[NN_NORMALIZE_TEXT];
};

bool view_any(const struct view *view);
bool view_same(const struct view *a, const struct view *b, int channels);
/* Reads it from a model's `input`; `path` is for the error. EX_DATAERR where it is damaged. */
MUST_CHECK int view_read(struct view *view, const json_t *input, const char *path, int channels,
                         struct err *err);
/* Adds it to a model's `input`; nothing where there is none. */
MUST_CHECK int view_add(json_t *input, const struct view *view, int channels, struct err *err);
/* Normalizes images[n] of the kind of `info` into out[n], another place. */
void view_apply(const struct view *view, const struct dataset_info *info, const void *images,
                int64_t n, void *out);
/* Normalizes images[n] where they are. */
MUST_CHECK int view_apply_here(const struct view *view, const struct dataset_info *info,
                               void *images, int64_t n, struct err *err);
void view_free(struct view *view);

#endif
