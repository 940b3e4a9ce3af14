/* Reads PNG by libpng, row by row. */
#include "decode_private.h"

#include <png.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

struct reading {
    const uint8_t *at;
    size_t left;
    const struct decode_sink *sink;
    struct err *err;
    bool out_of_memory;
    png_structp png;
    png_infop info;
    struct decode_head head;
    uint8_t *pixels; /* a row, or an interlaced picture */
    size_t row_bytes, whole;
};

/* ---- What libpng calls ---- */

/* Takes libpng's sentence and leaves it by longjmp. */
static void fail(png_structp png, png_const_charp message)
{
    struct reading *r = png_get_error_ptr(png);

    if (r->out_of_memory)
        err_memory(r->err, "a PNG", 0);
    else
        err_set(r->err, EX_DATAERR, "damaged PNG: %s", message);
    png_longjmp(png, 1);
}

/* Ignores messages of chunks besides the pixels, as colour profiles; libpng skips them. */
static void ignore(png_structp png, png_const_charp message)
{
    (void)png;
    (void)message;
}

static void give_bytes(png_structp png, png_bytep to, size_t size)
{
    struct reading *r = png_get_io_ptr(png);

    if (size > r->left)
        png_error(png, "the file ends too early");
    memcpy(to, r->at, size);
    r->at += size;
    r->left -= size;
}

static png_voidp give_memory(png_structp png, png_alloc_size_t size)
{
    struct reading *r = png_get_mem_ptr(png);
    void *memory = malloc(size);

    r->out_of_memory = r->out_of_memory || !memory;
    return memory;
}

static void free_memory(png_structp png, png_voidp memory)
{
    (void)png;
    free(memory);
}

/* ---- Reading ---- */

/* Reads the head; everything becomes 8 bits of gray or of red, green and blue, with alpha where
 * there is some: 16 bits are rounded to 8, fewer spread over 0 to 255, a palette looked up. */
static int read_head(struct reading *r)
{
    const bool has_trns = png_get_valid(r->png, r->info, PNG_INFO_tRNS);
    const int type = png_get_color_type(r->png, r->info);

    r->head = (struct decode_head){.w = (int)png_get_image_width(r->png, r->info),
                                   .h = (int)png_get_image_height(r->png, r->info),
                                   .channels = type & PNG_COLOR_MASK_COLOR ? 3 : 1,
                                   .alpha = has_trns || type & PNG_COLOR_MASK_ALPHA};
    if (decode_check_head(&r->head, r->err))
        return -1;
    png_set_expand(r->png);
    png_set_scale_16(r->png);
    return r->sink->begin(r->sink->data, &r->head, r->err);
}

static int read_rows(struct reading *r)
{
    const int passes = png_set_interlace_handling(r->png);

    png_read_update_info(r->png, r->info);
    r->row_bytes = png_get_rowbytes(r->png, r->info);
    if (passes > 1)
        decode_hold_whole(r->whole = r->row_bytes * (size_t)r->head.h);
    r->pixels = malloc(passes > 1 ? r->whole : r->row_bytes);
    if (!r->pixels)
        return err_memory(r->err, "a PNG", passes > 1 ? r->whole : r->row_bytes);
    for (int pass = 0; pass < passes - 1; pass++)
        for (int y = 0; y < r->head.h; y++)
            png_read_row(r->png, r->pixels + (size_t)y * r->row_bytes, NULL);
    for (int y = 0; y < r->head.h; y++) {
        uint8_t *row = r->pixels + (passes > 1 ? (size_t)y * r->row_bytes : 0);

        png_read_row(r->png, row, NULL);
        if (r->sink->row(r->sink->data, row, r->err))
            return -1;
    }
    png_read_end(r->png, NULL);
    return 0;
}

static int read_all(struct reading *r)
{
    int begun;

    if (setjmp(png_jmpbuf(r->png)))
        return -1;
    png_set_read_fn(r->png, r, give_bytes);
    png_set_user_limits(r->png, DECODE_SIDE, DECODE_SIDE);
    png_read_info(r->png, r->info);
    begun = read_head(r);
    return begun < 0 ? -1 : begun > 0 ? 0 : read_rows(r);
}

int png_read(const uint8_t *bytes, size_t size, const struct decode_sink *sink, struct err *err)
{
    struct reading r = {.at = bytes, .left = size, .sink = sink, .err = err};
    int result = -1;

    r.png = png_create_read_struct_2(PNG_LIBPNG_VER_STRING, &r, fail, ignore, &r, give_memory,
                                     free_memory);
    r.info = r.png ? png_create_info_struct(r.png) : NULL;
    if (r.info)
        result = read_all(&r);
    else
        err_memory(err, "a PNG", 0);
    png_destroy_read_struct(&r.png, &r.info, NULL);
    free(r.pixels);
    decode_release_whole(r.whole);
    return result;
}
