/* Reads JPEG by libjpeg, row by row. */
#include "decode_private.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

/* Takes a message; a level below 0 is a warning: pixels were made up. */
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

/* ---- EXIF ---- */

/* Reads a number of 2 or 4 bytes in the order that the TIFF header says. */
static uint32_t exif_number(const uint8_t *at, int bytes, bool big)
{
    uint32_t number = 0;

    for (int i = 0; i < bytes; i++)
        number = number << 8 | at[big ? i : bytes - 1 - i];
    return number;
}

/* Finds the orientation in the first directory of EXIF's TIFF, 1 to 8; 1, as it is, if there is
 * none. */
static uint32_t exif_orientation(const uint8_t *bytes, size_t size)
{
    enum { HEAD = 6, TIFF = 8, ENTRY = 12, ORIENTATION = 0x112 };
    const uint8_t *tiff = bytes + HEAD;
    size_t at, count;
    bool big;

    if (size < HEAD + TIFF || memcmp(bytes, "Exif\0", HEAD))
        return 1;
    size -= HEAD;
    big = *tiff == 'M';
    at = exif_number(tiff + 4, 4, big);
    if (at > size - 2)
        return 1;
    count = exif_number(tiff + at, 2, big);
    for (at += 2; count > 0 && at + ENTRY <= size; count--, at += ENTRY)
        if (exif_number(tiff + at, 2, big) == ORIENTATION)
            return exif_number(tiff + at + 8, 2, big);
    return 1;
}

static bool is_turned(const struct jpeg_decompress_struct *jpeg)
{
    for (jpeg_saved_marker_ptr m = jpeg->marker_list; m; m = m->next)
        if (m->marker == JPEG_APP0 + 1 && exif_orientation(m->data, m->data_length) > 1)
            return true;
    return false;
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
                                   .channels = jpeg->jpeg_color_space == JCS_GRAYSCALE ? 1 : 3,
                                   .turned = is_turned(jpeg)};
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
    jpeg_save_markers(&r->jpeg, JPEG_APP0 + 1, 0xffff);
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
