#ifndef PIPELINE_DECODE_H
#define PIPELINE_DECODE_H

#include "resize.h"

#include <stdbool.h>

/* Pictures of PNG and JPEG files to planes of 8 or 16 bits. They are read row by row, so that
 * memory does not grow with their size; interlaced PNG and progressive JPEG, which are held whole,
 * one at a time. What libpng or libjpeg call an error is one, and so is what libjpeg only warns of,
 * as data that end too early. Sentences of errors do not name the file. */

enum {
    DECODE_SIDE = 65500,       /* pixels; JPEG has no longer sides */
    DECODE_PIXELS = 100000000, /* of a picture, before it is resized */
    DECODE_MADE = 4096         /* the longest side of the result */
};

/* Background of pixels that are not opaque. */
enum background { BACKGROUND_NONE, BACKGROUND_BLACK, BACKGROUND_WHITE };

/* Head of a file, before its pixels. */
struct decode_head {
    int w, h;
    int channels; /* 1: gray, 3: red, green, blue; without alpha */
    bool alpha;
    bool wide;   /* 16 bits a sample, else 8 */
    bool turned; /* EXIF says that it is to be turned or mirrored, which is not done */
};

/* Reads it: EX_DATAERR if it is neither PNG nor JPEG, damaged, or of a kind that is not read. */
MUST_CHECK int decode_head(const void *bytes, size_t size, struct decode_head *head,
                           struct err *err);

/* Form that every picture has to take. */
struct decode_options {
    int w, h;
    bool resize; /* else they have to be w x h */
    int channels;
    bool convert; /* between gray and colour; else they have to be as `channels` says */
    enum background background;
    bool wide_planes; /* planes of uint16_t, and every picture has to have as many bits as `wide` */
    bool wide;        /* says; else planes of uint8_t, and 16 bits have to be 8 spread over them */
    bool round;       /* 16 bits may be any, and are rounded to 8 */
};

/* Decoder of one thread; a zeroed one with its options set is ready. */
struct decoder {
    struct decode_options options;
    struct decode_head head; /* of the picture at hand */
    struct resize resize;
    void *row; /* as wide as the planes, without alpha, in as many channels as are wanted */
    size_t room;
    void *planes;
};

/* Fills planes[channels][h][w]. EX_DATAERR: as above, or it is not what the options say, with the
 * option that would take it. */
MUST_CHECK int decode(struct decoder *decoder, const void *bytes, size_t size, void *planes,
                      struct err *err);
void decoder_free(struct decoder *decoder);

#endif
