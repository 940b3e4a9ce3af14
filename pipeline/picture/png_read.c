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
    struct {
        png_colorp colors; /* NULL: the pixels are none of a palette */
        png_bytep alphas;
        int count, alpha_count;
        uint8_t *row; /* looked up */
    } palette;
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

/* Takes a warning. Where it is of transparency, or of a checksum over the pixels, these may be
 * others than were written; chunks besides, as colour profiles, libpng leaves out. */
static void take_warning(png_structp png, png_const_charp message)
{
    static const char *const of_pixels[] = {"tRNS: ", "IDAT: incorrect data check"};

    for (size_t i = 0; i < sizeof of_pixels / sizeof *of_pixels; i++)
        if (strncmp(message, of_pixels[i], strlen(of_pixels[i])) == 0)
            fail(png, message);
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

/* Reads the head; everything becomes 8 or 16 bits of gray or of red, green and blue, with alpha
 * where there is some: fewer bits are spread over 0 to 255, a palette is looked up. */
static int read_head(struct reading *r)
{
    const bool has_trns = png_get_valid(r->png, r->info, PNG_INFO_tRNS);
    const int type = png_get_color_type(r->png, r->info);

    r->head = (struct decode_head){.w = (int)png_get_image_width(r->png, r->info),
                                   .h = (int)png_get_image_height(r->png, r->info),
                                   .channels = type & PNG_COLOR_MASK_COLOR ? 3 : 1,
                                   .alpha = has_trns || type & PNG_COLOR_MASK_ALPHA,
                                   .wide = png_get_bit_depth(r->png, r->info) == 16};
    if (decode_check_head(&r->head, r->err))
        return -1;
    if (type == PNG_COLOR_TYPE_PALETTE) {
        png_get_PLTE(r->png, r->info, &r->palette.colors, &r->palette.count);
        png_get_tRNS(r->png, r->info, &r->palette.alphas, &r->palette.alpha_count, NULL);
        png_set_packing(r->png);
    } else {
        png_set_expand(r->png);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
        png_set_swap(r->png);
#endif
    }
    return r->sink->begin(r->sink->data, &r->head, r->err);
}

/* Looks the row's colours up; libpng would take black for one that the palette lacks. NULL: error.
 */
static const uint8_t *look_up(struct reading *r, const uint8_t *row, int y)
{
    uint8_t *to = r->palette.row;

    for (int x = 0; x < r->head.w; x++) {
        const int number = row[x];

        if (number >= r->palette.count) {
            err_set(r->err, EX_DATAERR,
                    "damaged PNG: row %d, column %d has colour %d, where the palette has 0 to %d",
                    y + 1, x + 1, number, r->palette.count - 1);
            return NULL;
        }
        *to++ = r->palette.colors[number].red;
        *to++ = r->palette.colors[number].green;
        *to++ = r->palette.colors[number].blue;
        if (r->head.alpha)
            *to++ = number < r->palette.alpha_count ? r->palette.alphas[number] : 255;
    }
    return r->palette.row;
}

static int give_row(struct reading *r, const uint8_t *row, int y)
{
    if (r->palette.colors)
        row = look_up(r, row, y);
    return row ? r->sink->row(r->sink->data, row, r->err) : -1;
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
    if (r->palette.colors && !(r->palette.row = malloc((size_t)r->head.w * 4)))
        return err_memory(r->err, "a PNG", (size_t)r->head.w * 4);
    for (int pass = 0; pass < passes - 1; pass++)
        for (int y = 0; y < r->head.h; y++)
            png_read_row(r->png, r->pixels + (size_t)y * r->row_bytes, NULL);
    for (int y = 0; y < r->head.h; y++) {
        uint8_t *row = r->pixels + (passes > 1 ? (size_t)y * r->row_bytes : 0);

        png_read_row(r->png, row, NULL);
        if (give_row(r, row, y))
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

    r.png = png_create_read_struct_2(PNG_LIBPNG_VER_STRING, &r, fail, take_warning, &r, give_memory,
                                     free_memory);
    r.info = r.png ? png_create_info_struct(r.png) : NULL;
    if (r.info)
        result = read_all(&r);
    else
        err_memory(err, "a PNG", 0);
    png_destroy_read_struct(&r.png, &r.info, NULL);
    free(r.pixels);
    free(r.palette.row);
    decode_release_whole(r.whole);
    return result;
}
