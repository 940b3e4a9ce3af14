#ifndef PIPELINE_PICTURES_H
#define PIPELINE_PICTURES_H

#include "pipeline/base/workers.h"
#include "pipeline/files/folder.h"
#include "pipeline/picture/decode.h"

/* Files of pictures as the input of ingest. */

/* Requests of the user. */
struct pictures_options {
    const char *folder; /* NULL: the input is no folder */
    int h, w;           /* --size; 0: that of the first picture */
    bool gray, color;
    enum background background;
};

/* A row: a picture and its label. */
struct picture_row {
    int file;              /* in the folder */
    int32_t label;         /* number of its class, -1: none */
    int row, line;         /* in the CSV, from 1; without one: row alone */
    int number;            /* that the data set has for it */
    uint16_t id, id_bytes; /* what the CSV calls it, as a part of the file's path, */
    uint8_t other_case;    /* but for the case of its last letters: bit 0 the last one, ... */
};

struct ingest_pictures {
    struct folder folder;
    struct picture_row *rows; /* [count] */
    int count, room;
    bool table; /* a CSV names them; else every file is a row */
    int others; /* columns of the CSV that are left out */
    char *others_named;
    int *row_of; /* [folder.count] row that has the file, 0: none; while the CSV is read */
    struct decode_options decode;
    int64_t bytes;            /* of the files so far */
    char digest[DIGEST_TEXT]; /* of names and contents in the order of rows, after the last one */

    struct inputs *inputs;
    int number; /* among these */
    struct picture_batch *ring;
    int ring_count, batch_rows;
    bool legible;             /* the first ones, or one of them */
    int resized;              /* pictures */
    int turned;               /* pictures that are to be turned, by EXIF, and are not */
    int given;                /* rows that were submitted */
    int64_t submitted, taken; /* batches */
    XXH3_state_t *hash;
};

#endif
