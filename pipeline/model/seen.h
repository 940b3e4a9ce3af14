#ifndef PIPELINE_SEEN_H
#define PIPELINE_SEEN_H

#include "pipeline/dataset/picture_set.h"
#include "pipeline/tensor/tensor.h"

/* Pictures that a model has seen, as its file records them in the metadata `seen`: a record of how
 * the model came to be, so no part of its content digest. */
struct seen {
    bool recorded;              /* false: an older version of csvnet wrote the file */
    bool partial;               /* it began with weights that record nothing */
    struct picture_set trained; /* by it and by the model whose weights it began with */
    struct picture_set chose;   /* their score chose the epoch: by --keep or by --patience */
};

/* What a model has seen of a picture. */
enum seen_as { SEEN_NOT, SEEN_CHOSE, SEEN_TRAINED };
enum seen_as seen_as(const struct seen *seen, uint64_t print);

/* Reads the record; without one all is zero. EX_DATAERR where it is damaged. */
MUST_CHECK int seen_read(struct seen *seen, const struct tensor_file *file, struct err *err);
/* Adds the record to a file's metadata; nothing if a set is too large for that. */
MUST_CHECK int seen_write(const struct seen *seen, json_t *meta, const char *path, struct err *err);
void seen_free(struct seen *seen);

#endif
