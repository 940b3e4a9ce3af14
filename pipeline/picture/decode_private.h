#ifndef PIPELINE_DECODE_PRIVATE_H
#define PIPELINE_DECODE_PRIVATE_H

#include "decode.h"

/* Sink of a picture while it is read. */
struct decode_sink {
    /* Takes the head: 0 continue with the rows, 1 no more is needed, -1 error. Sizes are checked.
     */
    int (*begin)(void *data, const struct decode_head *head, struct err *err);
    /* Takes the next row, [w][channels, and alpha] of uint8_t, or uint16_t: 0, or -1. */
    int (*row)(void *data, const void *pixels, struct err *err);
    void *data;
};

/* ---- decode_limits.c ---- */

/* Fails with EX_DATAERR if sizes are out of bounds. */
MUST_CHECK int decode_check_head(const struct decode_head *head, struct err *err);

/* Waits until no other thread holds a whole picture, if it takes more than a few megabytes: they
 * are read one at a time, for which all of them need `bytes`. */
void decode_hold_whole(size_t bytes);
void decode_release_whole(size_t bytes);

/* ---- png_read.c, jpeg_read.c ---- */

MUST_CHECK int png_read(const uint8_t *bytes, size_t size, const struct decode_sink *sink,
                        struct err *err);
MUST_CHECK int jpeg_read(const uint8_t *bytes, size_t size, const struct decode_sink *sink,
                         struct err *err);

#endif
