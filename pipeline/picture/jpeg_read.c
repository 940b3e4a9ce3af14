/* Reads JPEG by libjpeg, row by row. */
#include "decode_private.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#include <jerror.h>
#include <jpeglib.h>

enum { MOST_SCANS = 100 }; /* of a progressive JPEG; as a rule there are ten */

struct reading {
    struct jpeg_decompress_struct jpeg;
    struct jpeg_error_mgr errors;
    struct jpeg_progress_mgr progress;
    jmp_buf out;
    const struct decode_sink *sink;
    struct err *err;
    struct decode_head head;
    size_t whole;
};

/* ---- What libjpeg calls ---- */

static void fail(j_common_ptr jpeg)
{
    struct reading *r = jpeg->client_data;
    char message[JMSG_LENGTH_MAX];

    jpeg->err->format_message(jpeg, message);
    if (jpeg->err->msg_code == JERR_OUT_OF_MEMORY)
        err_memory(r->err, "a JPEG", 0);
    else
        err_set(r->err, EX_DATAERR, "damaged JPEG: %s", message);
    longjmp(r->out, 1);
}

/* A level below 0 is a warning: pixels were made up. */
static void take_message(j_common_ptr jpeg, int level)
{
    if (level < 0)
        fail(jpeg);
}

static void limit_scans(j_common_ptr jpeg)
{
    struct reading *r = jpeg->client_data;

    if (r->jpeg.input_scan_number <= MOST_SCANS)
        return;
    err_set(r->err, EX_DATAERR, "damaged JPEG: more than %d scans", MOST_SCANS);
    longjmp(r->out, 1);
}

/* ---- Reading ---- */

static int read_head(struct reading *r)
{
    struct jpeg_decompress_struct *jpeg = &r->jpeg;

    if (jpeg->jpeg_color_space == JCS_CMYK || jpeg->jpeg_color_space == JCS_YCCK)
        return err_set(r->err, EX_DATAERR,
                       "a JPEG in CMYK, whose colours depend on an ink; convert it: mogrify "
                       "-colorspace sRGB");
    if (jpeg->jpeg_color_space == JCS_UNKNOWN)
        return err_set(r->err, EX_DATAERR, "a JPEG of %d components, neither gray nor colour",
                       jpeg->num_components);
    r->head = (struct decode_head){.w = (int)jpeg->image_width,
                                   .h = (int)jpeg->image_height,
                                   .channels = jpeg->jpeg_color_space == JCS_GRAYSCALE ? 1 : 3};
    if (decode_check_head(&r->head, r->err))
        return -1;
    jpeg->out_color_space = r->head.channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
    jpeg->dct_method = JDCT_ISLOW; /* the same on every processor */
    return r->sink->begin(r->sink->data, &r->head, r->err);
}

static int read_rows(struct reading *r)
{
    struct jpeg_decompress_struct *jpeg = &r->jpeg;
    uint8_t *row;

    if (jpeg_has_multiple_scans(jpeg)) /* the coefficients, of 16 bits, of up to three components */
        decode_hold_whole(r->whole = (size_t)r->head.w * (size_t)r->head.h * 6);
    jpeg_start_decompress(jpeg);
    row = jpeg->mem->alloc_large((j_common_ptr)jpeg, JPOOL_IMAGE,
                                 (size_t)r->head.w * (size_t)r->head.channels);
    while (jpeg->output_scanline < jpeg->output_height) {
        jpeg_read_scanlines(jpeg, &row, 1);
        if (r->sink->row(r->sink->data, row, r->err))
            return -1;
    }
    jpeg_finish_decompress(jpeg);
    return 0;
}

static int read_all(struct reading *r, const uint8_t *bytes, size_t size)
{
    int begun;

    if (setjmp(r->out))
        return -1;
    jpeg_create_decompress(&r->jpeg);
    r->jpeg.progress = &r->progress;
    jpeg_mem_src(&r->jpeg, bytes, size);
    jpeg_read_header(&r->jpeg, TRUE);
    begun = read_head(r);
    return begun < 0 ? -1 : begun > 0 ? 0 : read_rows(r);
}

int jpeg_read(const uint8_t *bytes, size_t size, const struct decode_sink *sink, struct err *err)
{
    struct reading r = {.sink = sink, .err = err};
    int result;

    r.jpeg.err = jpeg_std_error(&r.errors);
    r.jpeg.client_data = &r;
    r.errors.error_exit = fail;
    r.errors.emit_message = take_message;
    r.progress.progress_monitor = limit_scans;
    result = read_all(&r, bytes, size);
    jpeg_destroy_decompress(&r.jpeg);
    decode_release_whole(r.whole);
    return result;
}
