#include "pipeline/picture/decode.h"

#include "tests/support/scratch.h"

#include <jpeglib.h>
#include <png.h>
#include <string.h>
#include <zlib.h>

Suite *suite_decode(void);

static struct err err;
static uint8_t planes[64 * 64 * 3];

/* ---- Files, made by the libraries ---- */

struct file {
    uint8_t bytes[1 << 16];
    size_t size;
};

static void add_bytes(png_structp png, png_bytep bytes, size_t size)
{
    struct file *file = png_get_io_ptr(png);

    ck_assert_uint_le(file->size + size, sizeof file->bytes);
    memcpy(file->bytes + file->size, bytes, size);
    file->size += size;
}

struct png_kind {
    int type, bits;
    bool interlaced;
    const png_color *palette;
    int colors;
    const png_byte *alpha; /* of the palette */
    int alphas;            /* 0: as many as there are colours */
    int chunk;             /* bytes of each IDAT, 0: all in one */
    bool unchecked;        /* pixels may have colours that the palette lacks */
};

/* `rows`: bytes as PNG has them. */
static void make_png(struct file *file, int w, int h, struct png_kind kind, const uint8_t *rows,
                     size_t row_bytes)
{
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png_create_info_struct(png);
    png_bytep pointers[64];

    file->size = 0;
    for (int y = 0; y < h; y++)
        pointers[y] = (png_bytep)rows + (size_t)y * row_bytes;
    png_set_write_fn(png, file, add_bytes, NULL);
    png_set_IHDR(png, info, (png_uint_32)w, (png_uint_32)h, kind.bits, kind.type,
                 kind.interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_BASE, PNG_FILTER_TYPE_BASE);
    if (kind.palette)
        png_set_PLTE(png, info, kind.palette, kind.colors);
    if (kind.alpha)
        png_set_tRNS(png, info, kind.alpha, kind.alphas ? kind.alphas : kind.colors, NULL);
    if (kind.chunk)
        png_set_compression_buffer_size(png, (size_t)kind.chunk);
    if (kind.unchecked)
        png_set_check_for_invalid_index(png, -1);
    png_write_info(png, info);
    png_write_image(png, pointers);
    png_write_end(png, info);
    png_destroy_write_struct(&png, &info);
}

/* ---- JPEG ---- */

static void make_jpeg(struct file *file, int w, int h, J_COLOR_SPACE space, bool progressive,
                      const uint8_t *pixels)
{
    struct jpeg_compress_struct jpeg;
    struct jpeg_error_mgr errors;
    unsigned char *bytes = NULL;
    unsigned long size = 0;

    jpeg.err = jpeg_std_error(&errors);
    jpeg_create_compress(&jpeg);
    jpeg_mem_dest(&jpeg, &bytes, &size);
    jpeg.image_width = (JDIMENSION)w;
    jpeg.image_height = (JDIMENSION)h;
    jpeg.input_components = space == JCS_GRAYSCALE ? 1 : space == JCS_CMYK ? 4 : 3;
    jpeg.in_color_space = space;
    jpeg_set_defaults(&jpeg);
    jpeg_set_quality(&jpeg, 100, TRUE);
    if (progressive)
        jpeg_simple_progression(&jpeg);
    jpeg_start_compress(&jpeg, TRUE);
    while (jpeg.next_scanline < jpeg.image_height) {
        JSAMPROW row = (JSAMPROW)pixels + jpeg.next_scanline * (size_t)(w * jpeg.input_components);

        jpeg_write_scanlines(&jpeg, &row, 1);
    }
    jpeg_finish_compress(&jpeg);
    jpeg_destroy_compress(&jpeg);
    ck_assert_uint_le(size, sizeof file->bytes);
    memcpy(file->bytes, bytes, size);
    file->size = size;
    free(bytes);
}

/* ---- Decoding ---- */

static int decode_as(const struct file *file, struct decode_options options)
{
    struct decoder decoder = {.options = options};
    /* Copied to the heap, so that the sanitizers see every byte too many. */
    uint8_t *bytes = malloc(file->size + !file->size);
    int result;

    ck_assert_ptr_nonnull(bytes);
    memcpy(bytes, file->bytes, file->size);
    memset(planes, 77, sizeof planes);
    result = decode(&decoder, bytes, file->size, planes, &err);
    decoder_free(&decoder);
    free(bytes);
    return result;
}

static struct decode_options plain(int h, int w, int channels)
{
    return (struct decode_options){.h = h, .w = w, .channels = channels};
}

static const struct png_kind gray8 = {.type = PNG_COLOR_TYPE_GRAY, .bits = 8};
static const struct png_kind rgb8 = {.type = PNG_COLOR_TYPE_RGB, .bits = 8};
static const uint8_t rgb[] = {1, 2, 3, 40, 50, 60, 255, 0, 128, 7, 8, 9, 70, 80, 90, 0, 255, 1};
static const uint8_t rgb_planes[] = {1, 40, 255, 7, 70, 0,   2, 50, 0,
                                     8, 80, 255, 3, 60, 128, 9, 90, 1};

START_TEST(colour_comes_apart_into_planes)
{
    struct decode_head head;
    struct file file;

    for (int interlaced = 0; interlaced < 2; interlaced++) {
        struct png_kind kind = rgb8;

        kind.interlaced = interlaced;
        make_png(&file, 3, 2, kind, rgb, 9);
        MUST(decode_head(file.bytes, file.size, &head, &err));
        ck_assert(head.w == 3 && head.h == 2 && head.channels == 3 && !head.alpha);
        MUST(decode_as(&file, plain(2, 3, 3)));
        ck_assert_mem_eq(planes, rgb_planes, 18);
        ck_assert_uint_eq(planes[18], 77);
    }
}
END_TEST

START_TEST(interlaced_pictures_are_those_that_are_not)
{
    uint8_t rows[33 * 29], straight[33 * 29];
    struct file file;

    for (size_t i = 0; i < sizeof rows; i++)
        rows[i] = (uint8_t)(i * i / 7);
    make_png(&file, 29, 33, gray8, rows, 29);
    MUST(decode_as(&file, plain(33, 29, 1)));
    memcpy(straight, planes, sizeof straight);
    ck_assert_mem_eq(straight, rows, sizeof rows);
    make_png(&file, 29, 33, (struct png_kind){.bits = 8, .interlaced = true}, rows, 29);
    MUST(decode_as(&file, plain(33, 29, 1)));
    ck_assert_mem_eq(planes, straight, sizeof straight);
}
END_TEST

START_TEST(few_bits_are_spread)
{
    const uint8_t one[] = {0xb0}, two[] = {0x1b}, four[] = {0x07, 0xf1};
    struct file file;

    make_png(&file, 4, 1, (struct png_kind){.bits = 1}, one, 1);
    MUST(decode_as(&file, plain(1, 4, 1)));
    ck_assert_mem_eq(planes, ((uint8_t[]){255, 0, 255, 255}), 4);
    make_png(&file, 4, 1, (struct png_kind){.bits = 2}, two, 1);
    MUST(decode_as(&file, plain(1, 4, 1)));
    ck_assert_mem_eq(planes, ((uint8_t[]){0, 85, 170, 255}), 4);
    make_png(&file, 4, 1, (struct png_kind){.bits = 4}, four, 2);
    MUST(decode_as(&file, plain(1, 4, 1)));
    ck_assert_mem_eq(planes, ((uint8_t[]){0, 119, 255, 17}), 4);
}
END_TEST

static struct decode_options wide(int h, int w, int channels, bool sixteen)
{
    return (struct decode_options){
        .h = h, .w = w, .channels = channels, .wide_planes = true, .wide = sixteen};
}

START_TEST(sixteen_bits_are_kept_or_have_to_be_8_spread)
{
    const uint8_t spread[] = {0, 0, 1, 1, 254, 254, 255, 255}, rows[] = {15, 255, 0, 1, 2, 1, 0, 0};
    struct decode_options options = plain(1, 4, 1);
    struct file file;

    make_png(&file, 4, 1, (struct png_kind){.bits = 16}, spread, 8);
    MUST(decode_as(&file, plain(1, 4, 1)));
    ck_assert_mem_eq(planes, ((uint8_t[]){0, 1, 254, 255}), 4);
    MUST(decode_as(&file, wide(1, 4, 1, true)));
    ck_assert_mem_eq(planes, ((uint16_t[]){0, 257, 65278, 65535}), 8);
    make_png(&file, 4, 1, (struct png_kind){.bits = 16}, rows, 8);
    FAILS(EX_DATAERR, decode_as(&file, plain(1, 4, 1)));
    SAYS("as 4095, which do not fit 8 (ingest --dtype f32");
    options.round = true;
    MUST(decode_as(&file, options));
    ck_assert_mem_eq(planes, ((uint8_t[]){16, 0, 2, 0}), 4);
    MUST(decode_as(&file, wide(1, 4, 1, true)));
    ck_assert_mem_eq(planes, ((uint16_t[]){4095, 1, 513, 0}), 8);
    FAILS(EX_DATAERR, decode_as(&file, wide(1, 4, 1, false)));
    SAYS("16 bits a sample among pictures of 8");
    make_png(&file, 4, 1, gray8, spread + 4, 4);
    MUST(decode_as(&file, wide(1, 4, 1, false)));
    ck_assert_mem_eq(planes, ((uint16_t[]){254, 254, 255, 255}), 8);
    FAILS(EX_DATAERR, decode_as(&file, wide(1, 4, 1, true)));
}
END_TEST

START_TEST(sixteen_bits_have_colours_alpha_and_sizes_as_8_have)
{
    const uint8_t colour[] = {4, 0, 0, 7, 200, 1, 255, 255, 255, 255, 255, 255};
    const uint8_t alpha[] = {16, 0, 255, 255, 16, 0, 0, 0, 16, 0, 128, 0};
    struct decode_options options = wide(1, 2, 3, true);
    struct file file;

    make_png(&file, 2, 1, (struct png_kind){.type = PNG_COLOR_TYPE_RGB, .bits = 16}, colour, 12);
    MUST(decode_as(&file, options));
    ck_assert_mem_eq(planes, ((uint16_t[]){1024, 65535, 7, 65535, 51201, 65535}), 12);
    options.channels = 1;
    options.convert = true;
    MUST(decode_as(&file, options));
    /* (19595 * 1024 + 38470 * 7 + 7471 * 51201 + 32768) >> 16 */
    ck_assert_mem_eq(planes, ((uint16_t[]){6147, 65535}), 4);
    options.w = 1;
    options.resize = true;
    MUST(decode_as(&file, options));
    ck_assert_mem_eq(planes, ((uint16_t[]){35841}), 2);
    options = wide(1, 3, 1, true);
    make_png(&file, 3, 1, (struct png_kind){.type = PNG_COLOR_TYPE_GRAY_ALPHA, .bits = 16}, alpha,
             12);
    FAILS(EX_DATAERR, decode_as(&file, options));
    options.background = BACKGROUND_WHITE;
    MUST(decode_as(&file, options));
    /* 4096 * 0.50001 + 65535 * 0.49999 */
    ck_assert_mem_eq(planes, ((uint16_t[]){4096, 65535, 34815}), 6);
}
END_TEST

START_TEST(a_palette_is_colour)
{
    static const png_color colors[] = {{1, 2, 3}, {4, 5, 6}, {7, 8, 9}};
    static const png_byte opaque[] = {255, 255, 255}, thin[] = {255, 0, 255};
    struct png_kind kind = {PNG_COLOR_TYPE_PALETTE, 8, false, colors, 3, NULL, 0, 0, false};
    const uint8_t rows[] = {2, 0, 1};
    struct file file;

    make_png(&file, 3, 1, kind, rows, 3);
    FAILS(EX_DATAERR, decode_as(&file, plain(1, 3, 1)));
    MUST(decode_as(&file, plain(1, 3, 3)));
    ck_assert_mem_eq(planes, ((uint8_t[]){7, 1, 4, 8, 2, 5, 9, 3, 6}), 9);
    kind.alpha = opaque;
    make_png(&file, 3, 1, kind, rows, 3);
    MUST(decode_as(&file, plain(1, 3, 3)));
    kind.alpha = thin;
    make_png(&file, 3, 1, kind, rows, 3);
    FAILS(EX_DATAERR, decode_as(&file, plain(1, 3, 3)));
}
END_TEST

START_TEST(a_palette_is_looked_up_at_all_bits_and_with_alpha_of_some)
{
    static const png_color colors[] = {{1, 2, 3}, {4, 5, 6}, {7, 8, 9}, {10, 11, 12}};
    static const png_byte thin[] = {0, 255};
    static const uint8_t rows[][2] = {{0x1b}, {0x01, 0x23}};
    struct decode_options options = plain(1, 4, 3);
    struct file file;

    options.background = BACKGROUND_WHITE;
    for (int bits = 2; bits <= 4; bits += 2)
        for (int interlaced = 0; interlaced < 2; interlaced++) {
            make_png(&file, 4, 1,
                     (struct png_kind){.type = PNG_COLOR_TYPE_PALETTE,
                                       .bits = bits,
                                       .interlaced = interlaced,
                                       .palette = colors,
                                       .colors = 4,
                                       .alpha = thin,
                                       .alphas = 2},
                     rows[bits / 2 - 1], (size_t)bits / 2);
            MUST(decode_as(&file, options));
            ck_assert_mem_eq(planes, ((uint8_t[]){255, 4, 7, 10, 255, 5, 8, 11, 255, 6, 9, 12}),
                             12);
        }
}
END_TEST

/* Makes libpng write what it would warn of. */
static void make_beyond_palette(struct file *file, int bits, bool interlaced, const uint8_t *rows,
                                size_t row_bytes)
{
    static const png_color colors[] = {{1, 2, 3}, {4, 5, 6}};

    make_png(file, 3, 2,
             (struct png_kind){.type = PNG_COLOR_TYPE_PALETTE,
                               .bits = bits,
                               .interlaced = interlaced,
                               .palette = colors,
                               .colors = 2,
                               .unchecked = true},
             rows, row_bytes);
}

START_TEST(a_colour_that_the_palette_lacks_is_refused)
{
    const uint8_t eight[] = {0, 1, 0, 1, 0, 2}, two[] = {0x10, 0x48}, good[] = {0x10, 0x44};
    const char *says = "damaged PNG: row 2, column 3 has colour 2, where the palette has 0 to 1";
    struct file file;

    for (int interlaced = 0; interlaced < 2; interlaced++) {
        make_beyond_palette(&file, 8, interlaced, eight, 3);
        FAILS(EX_DATAERR, decode_as(&file, plain(2, 3, 3)));
        ck_assert_str_eq(err.text, says);
        make_beyond_palette(&file, 2, interlaced, two, 1);
        FAILS(EX_DATAERR, decode_as(&file, plain(2, 3, 3)));
        ck_assert_str_eq(err.text, says);
        make_beyond_palette(&file, 2, interlaced, good, 1);
        MUST(decode_as(&file, plain(2, 3, 3)));
    }
}
END_TEST

START_TEST(alpha_lies_over_the_background_or_is_opaque)
{
    const struct png_kind kind = {.type = PNG_COLOR_TYPE_GRAY_ALPHA, .bits = 8};
    const uint8_t rows[] = {200, 255, 200, 0, 200, 128}, opaque[] = {200, 255, 7, 255, 0, 255};
    struct decode_options options = plain(1, 3, 1);
    struct file file;

    make_png(&file, 3, 1, kind, opaque, 6);
    MUST(decode_as(&file, options));
    ck_assert_mem_eq(planes, ((uint8_t[]){200, 7, 0}), 3);
    make_png(&file, 3, 1, kind, rows, 6);
    FAILS(EX_DATAERR, decode_as(&file, options));
    SAYS("--background");
    options.background = BACKGROUND_BLACK;
    MUST(decode_as(&file, options));
    ck_assert_mem_eq(planes, ((uint8_t[]){200, 0, 100}), 3);
    options.background = BACKGROUND_WHITE;
    MUST(decode_as(&file, options));
    ck_assert_mem_eq(planes, ((uint8_t[]){200, 255, 227}), 3);
}
END_TEST

START_TEST(gray_and_colour_are_converted_only_if_so_requested)
{
    /* Image.convert("L") of Pillow 9.4 */
    static const uint8_t pillow[] = {2, 48, 91, 8, 78, 150};
    struct decode_options options = plain(2, 3, 1);
    struct file file;

    make_png(&file, 3, 2, rgb8, rgb, 9);
    FAILS(EX_DATAERR, decode_as(&file, options));
    SAYS("--gray");
    options.convert = true;
    MUST(decode_as(&file, options));
    ck_assert_mem_eq(planes, pillow, 6);
    make_png(&file, 6, 1, gray8, rgb, 6);
    FAILS(EX_DATAERR, decode_as(&file, plain(1, 6, 3)));
    options = plain(1, 6, 3);
    options.convert = true;
    MUST(decode_as(&file, options));
    for (int c = 0; c < 3; c++)
        ck_assert_mem_eq(planes + 6 * c, rgb, 6);
}
END_TEST

START_TEST(another_size_is_refused_or_resized)
{
    struct decode_options options = plain(1, 1, 3);
    struct file file;

    make_png(&file, 3, 2, rgb8, rgb, 9);
    FAILS(EX_DATAERR, decode_as(&file, options));
    ck_assert_str_eq(err.text, "2x3 pixels, not 1x1 (height x width; --size 1x1 resizes)");
    options.resize = true;
    MUST(decode_as(&file, options));
    ck_assert_mem_eq(planes, ((uint8_t[]){62, 66, 49}), 3); /* 373, 395 and 291 sixths */
}
END_TEST

/* ---- JPEG ---- */

static void smooth(uint8_t *pixels, int h, int w, int channels)
{
    for (int y = 0; y < h; y++)
        for (int x = 0; x < w; x++)
            for (int c = 0; c < channels; c++)
                *pixels++ = (uint8_t)(20 + 3 * y + 2 * x + 20 * c);
}

START_TEST(jpeg_comes_near_to_what_was_written)
{
    uint8_t pixels[24 * 20 * 3];
    struct decode_head head;
    struct file file;

    for (int progressive = 0; progressive < 2; progressive++)
        for (int channels = 1; channels <= 3; channels += 2) {
            smooth(pixels, 24, 20, channels);
            make_jpeg(&file, 20, 24, channels == 1 ? JCS_GRAYSCALE : JCS_RGB, progressive, pixels);
            MUST(decode_head(file.bytes, file.size, &head, &err));
            ck_assert(head.w == 20 && head.h == 24 && head.channels == channels);
            MUST(decode_as(&file, plain(24, 20, channels)));
            for (int i = 0; i < 24 * 20 * channels; i++) {
                const int place = i % 480 * channels + i / 480;

                ck_assert_msg(abs(planes[i] - pixels[place]) <= 3, "pixel %d: %d, not %d", i,
                              planes[i], pixels[place]);
            }
        }
}
END_TEST

/* Puts a segment APP1 after the file's first two bytes. */
static void add_exif(struct file *file, const char *exif, size_t size)
{
    memmove(file->bytes + 6 + size, file->bytes + 2, file->size - 2);
    memcpy(file->bytes + 2, "\xff\xe1\0", 3);
    file->bytes[5] = (uint8_t)(size + 2);
    memcpy(file->bytes + 6, exif, size);
    file->size += size + 4;
}

START_TEST(an_orientation_is_told_and_pixels_stay_as_stored)
{
    static const char big[] = "Exif\0\0MM\0*\0\0\0\x08\0\2\1\0\0\3\0\0\0\1\0\x08\0\0"
                              "\1\x12\0\3\0\0\0\1\0\6\0\0\0\0\0\0";
    static const char little[] = "Exif\0\0II*\0\x08\0\0\0\1\0\x12\1\3\0\1\0\0\0\x03\0\0\0";
    uint8_t pixels[8 * 16 * 3], straight[8 * 16 * 3];
    const struct {
        const char *exif;
        size_t size;
        bool turned;
    } files[] = {{big, sizeof big - 1, true},
                 {little, sizeof little - 1, true},
                 {big, 25, false}, /* cut before it */
                 {"Exif\0\0MM\0*\xff\xff\xff\xff", 14, false},
                 {"http://ns.adobe.com/", 20, false}};

    smooth(pixels, 8, 16, 3);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        struct decode_head head;
        struct file file;

        make_jpeg(&file, 16, 8, JCS_RGB, false, pixels);
        MUST(decode_as(&file, plain(8, 16, 3)));
        memcpy(straight, planes, sizeof straight);
        add_exif(&file, files[i].exif, files[i].size);
        MUST(decode_head(file.bytes, file.size, &head, &err));
        ck_assert_msg(head.turned == files[i].turned, "file %zu", i);
        MUST(decode_as(&file, plain(8, 16, 3)));
        ck_assert_mem_eq(planes, straight, sizeof straight);
    }
}
END_TEST

START_TEST(ink_is_refused)
{
    uint8_t pixels[8 * 8 * 4] = {0};
    struct file file;

    make_jpeg(&file, 8, 8, JCS_CMYK, false, pixels);
    FAILS(EX_DATAERR, decode_as(&file, plain(8, 8, 3)));
    SAYS("CMYK");
}
END_TEST

/* ---- Damage ---- */

/* However short it is cut, what is left is refused. */
static void cut_everywhere(struct file *file, struct decode_options options)
{
    const size_t whole = file->size;

    for (file->size = 0; file->size < whole; file->size++)
        FAILS(EX_DATAERR, decode_as(file, options));
}

START_TEST(a_file_that_ends_too_early_is_refused)
{
    uint8_t pixels[16 * 16 * 3];
    struct file file;

    smooth(pixels, 16, 16, 3);
    make_png(&file, 16, 16, rgb8, pixels, 48);
    cut_everywhere(&file, plain(16, 16, 3));
    for (int progressive = 0; progressive < 2; progressive++) {
        make_jpeg(&file, 16, 16, JCS_RGB, progressive, pixels);
        cut_everywhere(&file, plain(16, 16, 3));
    }
}
END_TEST

/* All bytes but the checksum of the last chunk, which is empty: libpng 1.6.48 takes any. */
START_TEST(a_changed_byte_is_refused)
{
    struct file file;

    make_png(&file, 3, 2, rgb8, rgb, 9);
    for (size_t i = 8; i < file.size - 4; i++) {
        file.bytes[i] ^= 0x55;
        ck_assert_msg(decode_as(&file, plain(2, 3, 3)) < 0, "byte %zu", i);
        file.bytes[i] ^= 0x55;
    }
}
END_TEST

/* Changes the last byte of all pixels, which is of zlib's checksum; that of its chunk fits again.
 */
static void change_pixels_checksum(struct file *file)
{
    uint8_t *chunk = file->bytes + 8, *last = NULL;

    for (; memcmp(chunk + 4, "IEND", 4); chunk += 12 + ((size_t)chunk[2] << 8 | chunk[3]))
        if (memcmp(chunk + 4, "IDAT", 4) == 0)
            last = chunk;
    ck_assert_ptr_nonnull(last);
    chunk[-5] ^= 0x55;
    for (int i = 0; i < 4; i++)
        chunk[i - 4] = (uint8_t)(crc32(0, last + 4, (uInt)(chunk - last - 8)) >> (24 - 8 * i));
}

START_TEST(pixels_that_libpng_only_warns_of_are_refused)
{
    static const png_color colors[] = {{1, 2, 3}, {4, 5, 6}};
    static const png_byte alpha[] = {255, 255};
    const struct png_kind kind = {
        .type = PNG_COLOR_TYPE_PALETTE, .bits = 8, .palette = colors, .colors = 2, .alpha = alpha};
    const uint8_t rows[] = {0, 1, 0};
    struct file file;
    uint8_t *trns;

    for (int w = 1; w <= 18;
         w++) { /* all of it may be in a chunk after the last pixel, or a part */
        struct png_kind parts = gray8;

        parts.chunk = 6;
        make_png(&file, w, 1, parts, rgb, sizeof rgb);
        MUST(decode_as(&file, plain(1, w, 1)));
        change_pixels_checksum(&file);
        ck_assert_msg(decode_as(&file, plain(1, w, 1)) < 0, "%d pixels", w);
    }
    make_png(&file, 3, 1, kind, rows, 3);
    MUST(decode_as(&file, plain(1, 3, 3)));
    trns = memmem(file.bytes, file.size, "tRNS", 4);
    ck_assert_ptr_nonnull(trns);
    trns[6] ^= 0x55; /* the checksum of the chunk */
    FAILS(EX_DATAERR, decode_as(&file, plain(1, 3, 3)));
}
END_TEST

START_TEST(sizes_are_limited_before_memory_is_taken)
{
    struct file file;

    make_png(&file, 3, 2, rgb8, rgb, 9);
    memcpy(file.bytes + 16, "\0\0\xc3\x50\0\0\xc3\x50", 8); /* 50000 x 50000 */
    memcpy(file.bytes + 29, "\xc4\xcd\xaa\x9d", 4);         /* its checksum */
    FAILS(EX_DATAERR, decode_as(&file, plain(2, 3, 3)));
    ck_assert_str_eq(err.text, "50000x50000 pixels, where sides of 65500 and 100 million pixels "
                               "are the most");
}
END_TEST

#define CONVERT " (mogrify -format png FILE, of ImageMagick, writes it as PNG)"

START_TEST(other_formats_are_named)
{
    static const struct {
        const char *bytes, *says;
        size_t size;
    } files[] = {{"GIF89a......", "a GIF picture, neither PNG nor JPEG" CONVERT, 12},
                 {"RIFF....WEBPVP8 ", "a WebP picture, neither PNG nor JPEG" CONVERT, 16},
                 {"BM....\0\0\0\0..", "a BMP picture, neither PNG nor JPEG" CONVERT, 12},
                 {"<!DOCTYPE html>",
                  "a web page, perhaps saved in place of the file, neither PNG nor JPEG", 15},
                 {"anything", "neither PNG nor JPEG", 8},
                 {"", "the file is empty", 0}};
    struct file file;

    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        memcpy(file.bytes, files[i].bytes, files[i].size);
        file.size = files[i].size;
        FAILS(EX_DATAERR, decode_as(&file, plain(1, 1, 1)));
        ck_assert_str_eq(err.text, files[i].says);
    }
}
END_TEST

Suite *suite_decode(void)
{
    Suite *suite = suite_create("decode");
    TCase *tcase = tcase_create("decode");

    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, colour_comes_apart_into_planes);
    tcase_add_test(tcase, interlaced_pictures_are_those_that_are_not);
    tcase_add_test(tcase, few_bits_are_spread);
    tcase_add_test(tcase, sixteen_bits_are_kept_or_have_to_be_8_spread);
    tcase_add_test(tcase, sixteen_bits_have_colours_alpha_and_sizes_as_8_have);
    tcase_add_test(tcase, a_palette_is_colour);
    tcase_add_test(tcase, a_palette_is_looked_up_at_all_bits_and_with_alpha_of_some);
    tcase_add_test(tcase, a_colour_that_the_palette_lacks_is_refused);
    tcase_add_test(tcase, alpha_lies_over_the_background_or_is_opaque);
    tcase_add_test(tcase, gray_and_colour_are_converted_only_if_so_requested);
    tcase_add_test(tcase, another_size_is_refused_or_resized);
    tcase_add_test(tcase, jpeg_comes_near_to_what_was_written);
    tcase_add_test(tcase, an_orientation_is_told_and_pixels_stay_as_stored);
    tcase_add_test(tcase, ink_is_refused);
    tcase_add_test(tcase, a_file_that_ends_too_early_is_refused);
    tcase_add_test(tcase, a_changed_byte_is_refused);
    tcase_add_test(tcase, pixels_that_libpng_only_warns_of_are_refused);
    tcase_add_test(tcase, sizes_are_limited_before_memory_is_taken);
    tcase_add_test(tcase, other_formats_are_named);
    suite_add_tcase(suite, tcase);
    return suite;
}
