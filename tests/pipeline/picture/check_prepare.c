#include "pipeline/picture/png.h"
#include "pipeline/picture/prepare.h"

#include "tests/support/expect.h"
#include "tests/support/scratch.h"

#include <jpeglib.h>
#include <math.h>
#include <string.h>

Suite *suite_prepare(void);

enum { SIDE = 20, BOX = 12, LARGE = 160, KINDS = 3, ROWS = 30 };

static struct err err;

/* ---- Things drawn: an F, a T and an L of strokes, in a box of 1 x 1 ---- */

static bool is_ink(int kind, double x, double y)
{
    const double thick = 0.25;

    if (x < 0 || x >= 1 || y < 0 || y >= 1)
        return false;
    return kind == 0   ? x < thick || y < thick || (y >= 0.5 && y < 0.5 + thick && x < 0.75)
           : kind == 1 ? y < thick || (x >= 0.5 && x < 0.5 + thick)
                       : x < thick || y >= 1 - thick;
}

/* Draws a thing whose box has `box` pixels and begins at left, top. */
static void draw(uint8_t *pixels, int side, int kind, double box, double left, double top,
                 uint8_t ground, uint8_t ink)
{
    for (int y = 0; y < side; y++)
        for (int x = 0; x < side; x++)
            pixels[y * side + x] =
                is_ink(kind, (x + 0.5 - left) / box, (y + 0.5 - top) / box) ? ink : ground;
}

/* Training pictures: boxes of BOX pixels, all in one place. */
static uint8_t train[ROWS][SIDE * SIDE];
static struct dataset_info info;
static struct framing framing;

static void make_training(void)
{
    info = (struct dataset_info){
        .c = 1, .h = SIDE, .w = SIDE, .pixel = DTYPE_U8, .pixels = {0, 255, 40, 0}};
    for (int i = 0; i < ROWS; i++)
        draw(train[i], SIDE, i % KINDS, BOX, 4, 4, 0, 255);
    ck_assert_int_eq(framing_measure(&framing, &info, train, NULL, ROWS, &err), 0);
    info.pixel = DTYPE_F32;
}

/* ---- Files ---- */

static size_t as_png(unsigned char **bytes, const uint8_t *pixels, int side, int channels)
{
    struct picture picture;
    size_t size;

    ck_assert_int_eq(picture_init(&picture, side, side, channels, &err), 0);
    for (int i = 0; i < side * side * channels; i++)
        picture.pixels[i] = pixels[i / channels];
    ck_assert_int_eq(png_encode(bytes, &size, &picture, &err), 0);
    picture_free(&picture);
    return size;
}

static size_t as_jpeg(unsigned char **bytes, const uint8_t *pixels, int side)
{
    struct jpeg_compress_struct jpeg;
    struct jpeg_error_mgr errors;
    unsigned long size = 0;

    *bytes = NULL;
    jpeg.err = jpeg_std_error(&errors);
    jpeg_create_compress(&jpeg);
    jpeg_mem_dest(&jpeg, bytes, &size);
    jpeg.image_width = jpeg.image_height = (JDIMENSION)side;
    jpeg.input_components = 1;
    jpeg.in_color_space = JCS_GRAYSCALE;
    jpeg_set_defaults(&jpeg);
    jpeg_set_quality(&jpeg, 60, TRUE);
    jpeg_start_compress(&jpeg, TRUE);
    while (jpeg.next_scanline < jpeg.image_height) {
        JSAMPROW row = (JSAMPROW)pixels + jpeg.next_scanline * (size_t)side;

        jpeg_write_scanlines(&jpeg, &row, 1);
    }
    jpeg_finish_compress(&jpeg);
    jpeg_destroy_compress(&jpeg);
    return size;
}

/* ---- Preparing ---- */

static float image[SIDE * SIDE];
static struct prepared done;

static void prepare_file(unsigned char *bytes, size_t size, bool plain)
{
    struct preparer p = {.info = &info, .framing = &framing, .plain = plain};

    ck_assert_msg(prepare(&p, bytes, size, image, &done, &err) == 0, "%s", err.text);
    preparer_free(&p);
    free(bytes);
}

static void prepare_pixels(const uint8_t *pixels, int side, bool plain)
{
    unsigned char *bytes;
    const size_t size = as_png(&bytes, pixels, side, 1);

    prepare_file(bytes, size, plain);
}

/* The largest mean distance of the image to a training picture is that of two different ones. */
static double distance(int kind)
{
    double sum = 0;

    for (int i = 0; i < SIDE * SIDE; i++)
        sum += fabs((double)image[i] - train[kind][i]);
    return sum / (SIDE * SIDE);
}

static uint8_t large[LARGE * LARGE];

START_TEST(the_framing_of_drawn_things_is_measured)
{
    ck_assert_int_eq(framing.rows, ROWS);
    EXPECT(framing.plain == 1 && framing.ground == 0 && framing.ink == 255, "ground and ink");
    EXPECT(framing.side.mean == BOX && framing.side.deviation == 0, "side %g", framing.side.mean);
    EXPECT(framing.box_x.mean == 10 && framing.box_y.mean == 10, "centre of the box");
    EXPECT(framing.box_x.deviation == 0 && framing.mass_x.deviation > 0.5, "deviations");
    EXPECT(!framing_by_mass(&framing), "boxes are in one place, masses are not");
    EXPECT(framing_is_plain(&framing, &info.pixels), "they are plain");
}
END_TEST

START_TEST(a_thing_drawn_anywhere_in_any_size_becomes_the_training_picture)
{
    static const struct {
        int box, left, top, ground, ink;
    } cases[] = {{60, 20, 90, 255, 0},
                 {100, 50, 10, 250, 40},
                 {48, 100, 100, 0, 255},
                 {144, 8, 8, 230, 90},
                 {120, 30, 20, 20, 200}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (int kind = 0; kind < KINDS; kind++) {
            draw(large, LARGE, kind, cases[i].box, cases[i].left, cases[i].top,
                 (uint8_t)cases[i].ground, (uint8_t)cases[i].ink);
            prepare_pixels(large, LARGE, false);
            EXPECT(done.as == PREPARED_FRAMED, "case %zu: prepared as %d", i, done.as);
            EXPECT(done.turned_over == (cases[i].ground > cases[i].ink), "case %zu: turned", i);
            EXPECT(done.box_w == cases[i].box && done.box_h == cases[i].box, "case %zu: box", i);
            EXPECT(distance(kind) < 0.01, "case %zu, kind %d: %g off", i, kind, distance(kind));
        }
}
END_TEST

START_TEST(a_jpeg_and_a_picture_in_colour_come_near)
{
    unsigned char *bytes;
    size_t size;

    draw(large, LARGE, 0, 96, 33, 21, 255, 0);
    size = as_jpeg(&bytes, large, LARGE);
    prepare_file(bytes, size, false);
    EXPECT(done.as == PREPARED_FRAMED && distance(0) < 4, "JPEG: %g off", distance(0));
    EXPECT(distance(0) < distance(1) && distance(0) < distance(2), "nearest to its own");
    size = as_png(&bytes, large, LARGE, 3);
    prepare_file(bytes, size, false);
    EXPECT(done.head.channels == 3 && distance(0) < 0.01, "colour: %g off", distance(0));
}
END_TEST

START_TEST(a_picture_framed_as_the_training_pictures_are_stays_as_it_is)
{
    for (int kind = 0; kind < KINDS; kind++) {
        prepare_pixels(train[kind], SIDE, false);
        EXPECT(done.as == PREPARED_ALIKE && distance(kind) == 0, "kind %d", kind);
    }
}
END_TEST

START_TEST(where_there_is_no_thing_on_a_ground_only_the_size_changes)
{
    draw(large, LARGE, 0, 96, 33, 21, 255, 0);
    prepare_pixels(large, LARGE, true);
    EXPECT(done.as == PREPARED_REQUESTED && !done.turned_over && image[0] == 255, "as it is");
    memset(large, 255, sizeof large);
    prepare_pixels(large, LARGE, false);
    EXPECT(done.as == PREPARED_EMPTY && done.turned_over && image[0] == 0, "empty");
    for (int i = 0; i < LARGE * LARGE; i++)
        large[i] = (uint8_t)(i * 7 + i / LARGE);
    prepare_pixels(large, LARGE, false);
    EXPECT(done.as == PREPARED_NO_GROUND, "prepared as %d", done.as);
    framing.plain = 0.3;
    draw(large, LARGE, 0, 96, 33, 21, 255, 0);
    prepare_pixels(large, LARGE, false);
    EXPECT(done.as == PREPARED_UNLIKE && done.turned_over && image[0] == 0, "unlike");
    framing.rows = 0;
    prepare_pixels(large, LARGE, false);
    EXPECT(done.as == PREPARED_UNKNOWN, "unknown");
}
END_TEST

START_TEST(what_is_done_is_told)
{
    struct preparer p = {.info = &info, .framing = &framing};
    struct strbuf text = {0};

    draw(large, LARGE, 0, 60, 20, 90, 255, 0);
    prepare_pixels(large, LARGE, false);
    prepared_text(&done, &p, &text);
    ck_assert_str_eq(strbuf_text(&text),
                     "160x160 gray, ground turned dark, box of 60x60 scaled to 12x12 of 20x20, "
                     "centre of the box to 10.0, 10.0");
    strbuf_free(&text);
}
END_TEST

START_TEST(no_picture_is_an_error)
{
    struct preparer p = {.info = &info, .framing = &framing};

    ck_assert_int_eq(prepare(&p, "GIF89a......", 12, image, &done, &err), -1);
    SAYS("a GIF picture, neither PNG nor JPEG");
    preparer_free(&p);
}
END_TEST

/* ---- What is odd ---- */

static uint8_t large[LARGE * LARGE];

static void fill(int left, int top, int w, int h, uint8_t value)
{
    for (int y = top; y < top + h; y++)
        for (int x = left; x < left + w; x++)
            large[y * LARGE + x] = value;
}

static const char *odd_of_large(void)
{
    static char said[400];
    struct strbuf text = {0};

    prepare_pixels(large, LARGE, false);
    ck_assert_int_eq(done.as, PREPARED_FRAMED);
    odd_text(&done.odd, &text);
    snprintf(said, sizeof said, "%s", strbuf_shown(&text));
    ck_assert_int_eq(odd_any(&done.odd), *said != 0);
    strbuf_free(&text);
    return said;
}

START_TEST(one_thing_alone_is_not_odd)
{
    for (int kind = 0; kind < KINDS; kind++) {
        draw(large, LARGE, kind, 80, 40, 30, 255, 10);
        ck_assert_str_eq(odd_of_large(), "");
    }
    fill(0, 0, LARGE, LARGE, 255); /* an i, a colon that is one character, an equals sign */
    fill(70, 60, 14, 60, 0);
    fill(70, 30, 14, 14, 0);
    ck_assert_str_eq(odd_of_large(), "");
    fill(0, 0, LARGE, LARGE, 255);
    fill(50, 50, 60, 12, 0);
    fill(50, 90, 60, 12, 0);
    ck_assert_str_eq(odd_of_large(), "");
    fill(0, 0, LARGE, LARGE, 255); /* two thin strokes near each other */
    fill(60, 40, 10, 80, 0);
    fill(90, 40, 10, 80, 0);
    ck_assert_str_eq(odd_of_large(), "");
}
END_TEST

START_TEST(two_things_side_by_side_are_seen)
{
    draw(large, LARGE, 0, 50, 10, 50, 255, 10);
    for (int y = 0; y < 60; y++)
        for (int x = 0; x < 60; x++)
            if (is_ink(2, x / 60.0, y / 60.0))
                large[(44 + y) * LARGE + 90 + x] = 10;
    ck_assert_str_eq(odd_of_large(), "; two separate strokes side by side, 50x50 and 60x60: two "
                                     "characters need a picture each");
}
END_TEST

START_TEST(a_speck_that_widens_the_box_is_seen)
{
    draw(large, LARGE, 1, 60, 20, 20, 255, 10);
    fill(60, 60, 2, 2, 10); /* one that does not */
    ck_assert_str_eq(odd_of_large(), "");
    fill(140, 130, 2, 2, 10);
    ck_assert_str_eq(odd_of_large(),
                     "; a speck at 130, 140 widens the box, which is 60x60 without it");
}
END_TEST

START_TEST(uneven_light_is_seen)
{
    draw(large, LARGE, 0, 60, 60, 40, 250, 10);
    fill(0, 100, 4, 60, 120); /* the shadow of a page's corner */
    ck_assert_str_eq(odd_of_large(),
                     "; its left edge is ink for a quarter or more: cut off there, or in a shadow");
    draw(large, LARGE, 0, 60, 60, 40, 250, 10);
    for (int y = 0; y < LARGE; y++)
        for (int x = 0; x < 50; x++)
            large[y * LARGE + x] = 205;
    ck_assert_str_eq(odd_of_large(), "; 31 % of it is neither ground nor ink: uneven light");
}
END_TEST

Suite *suite_prepare(void)
{
    Suite *suite = suite_create("prepare");
    TCase *tests = tcase_create("prepare");

    tcase_add_checked_fixture(tests, make_training, NULL);
    tcase_add_test(tests, the_framing_of_drawn_things_is_measured);
    tcase_add_test(tests, a_thing_drawn_anywhere_in_any_size_becomes_the_training_picture);
    tcase_add_test(tests, a_jpeg_and_a_picture_in_colour_come_near);
    tcase_add_test(tests, a_picture_framed_as_the_training_pictures_are_stays_as_it_is);
    tcase_add_test(tests, where_there_is_no_thing_on_a_ground_only_the_size_changes);
    tcase_add_test(tests, what_is_done_is_told);
    tcase_add_test(tests, no_picture_is_an_error);
    tcase_add_test(tests, one_thing_alone_is_not_odd);
    tcase_add_test(tests, two_things_side_by_side_are_seen);
    tcase_add_test(tests, a_speck_that_widens_the_box_is_seen);
    tcase_add_test(tests, uneven_light_is_seen);
    suite_add_tcase(suite, tests);
    return suite;
}
