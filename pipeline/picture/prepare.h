#ifndef PIPELINE_PREPARE_H
#define PIPELINE_PREPARE_H

#include "decode.h"
#include "odd.h"

/* Pictures of a person's own, made like those that a network was trained on. Gray pictures of one
 * thing on a plain ground get the training pictures' ground and ink, their box is scaled to as many
 * pixels, and what the training pictures have in one place, centre of mass or of the box, goes
 * there. Others get the training pictures' size, and are made gray or coloured. */

/* Reason why a picture got its size and its colours only. */
enum prepared_as {
    PREPARED_FRAMED,
    PREPARED_ALIKE,     /* it is framed as the training pictures are, and stays as it is */
    PREPARED_REQUESTED, /* preparer.plain */
    PREPARED_UNKNOWN,   /* the model does not say how its training pictures are framed */
    PREPARED_UNLIKE,    /* the training pictures are not of one thing on a plain ground */
    PREPARED_NO_GROUND, /* its border is not of one value: where the thing ends cannot be told */
    PREPARED_EMPTY      /* there is nothing on it */
};

/* A file's picture, and what was done to it. */
struct prepared {
    enum prepared_as as;
    struct decode_head head;
    bool turned_over; /* bright and dark exchanged */
    bool by_mass;     /* centred by its mass, else by its box */
    int box_w, box_h; /* PREPARED_FRAMED: of the thing, in pixels of the file */
    double scale;     /* PREPARED_FRAMED */
    struct odd odd;   /* PREPARED_FRAMED */
};

struct preparer {
    const struct dataset_info *info; /* of the training data */
    const struct framing *framing;   /* likewise */
    bool plain;                      /* size and colours only */
    struct decoder decoder;
    uint8_t *planes;
    float *pixels, *rows, *weights; /* gray; resampled along x; of the pixels of an axis */
};

/* Fills image[c][h][w] with values as the training data has them. EX_DATAERR: it is neither PNG nor
 * JPEG, or damaged. */
MUST_CHECK int prepare(struct preparer *preparer, const void *bytes, size_t size, float *image,
                       struct prepared *done, struct err *err);
/* Returns what a share from 0, black, to 1, white, is among the training data's values. */
double prepare_level(const struct dataset_info *info, double share);
/* Appends what was done, "200x200 colour: made gray, ground turned dark, ...". */
void prepared_text(const struct prepared *done, const struct preparer *preparer,
                   struct strbuf *text);
void preparer_free(struct preparer *preparer);

#endif
