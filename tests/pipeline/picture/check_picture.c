#include "pipeline/picture/png.h"

#include "tests/support/scratch.h"

#include <png.h>
#include <string.h>

Suite *suite_picture(void);

static struct err err;

static struct dataset_info shaped(int c, int h, int w, enum dtype pixel)
{
    return (struct dataset_info){.c = c, .h = h, .w = w, .pixel = pixel};
}

START_TEST(u8_pixels_are_taken_as_they_are)
{
    const struct dataset_info info = shaped(1, 2, 3, DTYPE_U8);
    const uint8_t images[2][6] = {{9, 9, 9, 9, 9, 9}, {0, 1, 127, 128, 254, 255}};
    struct picture picture;

    MUST(picture_of_row(&picture, &info, images, 1, picture_range(DTYPE_U8, 0, 255), &err));
    ck_assert(picture.w == 3 && picture.h == 2 && picture.channels == 1);
    ck_assert_mem_eq(picture.pixels, images[1], 6);
    picture_free(&picture);
}
END_TEST

START_TEST(three_channels_become_red_green_blue)
{
    const struct dataset_info info = shaped(3, 1, 2, DTYPE_U8);
    const uint8_t planes[6] = {10, 11, 20, 21, 30, 31}, rgb[6] = {10, 20, 30, 11, 21, 31};
    struct picture picture;

    MUST(picture_of_row(&picture, &info, planes, 0, (struct pixel_range){0, 255}, &err));
    ck_assert_int_eq(picture.channels, 3);
    ck_assert_mem_eq(picture.pixels, rgb, 6);
    picture_free(&picture);
}
END_TEST

START_TEST(of_two_channels_the_first_is_shown)
{
    const struct dataset_info info = shaped(2, 1, 2, DTYPE_U8);
    const uint8_t planes[2][4] = {{0, 0, 0, 0}, {10, 11, 20, 21}};
    struct picture picture;

    MUST(picture_of_row(&picture, &info, planes, 1, (struct pixel_range){0, 255}, &err));
    ck_assert_int_eq(picture.channels, 1);
    ck_assert_mem_eq(picture.pixels, planes[1], 2);
    picture_free(&picture);
}
END_TEST

START_TEST(f32_pixels_are_scaled_and_clamped)
{
    const struct dataset_info info = shaped(1, 1, 5, DTYPE_F32);
    const float images[5] = {-3, -1, 0, 1, 7};
    const uint8_t expected[5] = {0, 0, 128, 255, 255};
    struct picture picture;

    MUST(picture_of_row(&picture, &info, images, 0, (struct pixel_range){-1, 1}, &err));
    ck_assert_mem_eq(picture.pixels, expected, 5);
    picture_free(&picture);
}
END_TEST

START_TEST(a_picture_of_one_value_is_black)
{
    const struct dataset_info info = shaped(1, 1, 2, DTYPE_F32);
    const float images[2] = {5, 5};
    struct picture picture;

    MUST(picture_of_row(&picture, &info, images, 0, picture_range(DTYPE_F32, 5, 5), &err));
    ck_assert(picture.pixels[0] == 0 && picture.pixels[1] == 0);
    picture_free(&picture);
}
END_TEST

START_TEST(the_range_follows_the_data)
{
    ck_assert_double_eq(picture_range(DTYPE_U8, 0, 255).white, 255);
    ck_assert_double_eq(picture_range(DTYPE_U8, 0, 64).white, 255);
    ck_assert_double_eq(picture_range(DTYPE_U8, 0, 16).white, 16);
    ck_assert_double_eq(picture_range(DTYPE_U8, 0, 0).white, 255);
    ck_assert_double_eq(picture_range(DTYPE_F32, 0.2, 0.9).black, 0);
    ck_assert_double_eq(picture_range(DTYPE_F32, 0.2, 0.9).white, 1);
    ck_assert_double_eq(picture_range(DTYPE_F32, -2, 3).black, -2);
    ck_assert_double_eq(picture_range(DTYPE_F32, -2, 3).white, 3);
}
END_TEST

/* ---- PNG ---- */

static void comes_back(int w, int h, int channels)
{
    png_image image = {.version = PNG_IMAGE_VERSION};
    struct picture picture;
    unsigned char *bytes, *again, *pixels;
    size_t size, again_size, count = (size_t)w * h * channels;

    MUST(picture_init(&picture, w, h, channels, &err));
    for (size_t i = 0; i < count; i++)
        picture.pixels[i] = (uint8_t)(i * i * 31 >> 3);
    MUST(png_encode(&bytes, &size, &picture, &err));
    MUST(png_encode(&again, &again_size, &picture, &err));
    ck_assert_uint_eq(size, again_size);
    ck_assert_mem_eq(bytes, again, size);
    ck_assert(png_image_begin_read_from_memory(&image, bytes, size));
    ck_assert_uint_eq(image.width, (unsigned)w);
    ck_assert_uint_eq(image.height, (unsigned)h);
    ck_assert_uint_eq(image.format, channels == 3 ? PNG_FORMAT_RGB : PNG_FORMAT_GRAY);
    pixels = malloc(count);
    ck_assert_ptr_nonnull(pixels);
    ck_assert(png_image_finish_read(&image, NULL, pixels, 0, NULL));
    ck_assert_mem_eq(pixels, picture.pixels, count);
    free(pixels);
    free(bytes);
    free(again);
    picture_free(&picture);
}

START_TEST(a_png_gives_the_pixels_back)
{
    comes_back(1, 1, 1);
    comes_back(28, 28, 1);
    comes_back(33, 17, 3);
    comes_back(2000, 3, 3);
}
END_TEST

START_TEST(a_picture_that_is_too_wide_is_refused)
{
    struct picture picture;
    unsigned char *bytes;
    size_t size;

    MUST(picture_init(&picture, 1000001, 1, 1, &err));
    FAILS(EX_DATAERR, png_encode(&bytes, &size, &picture, &err));
    SAYS("1000001x1");
    ck_assert_ptr_null(bytes);
    picture_free(&picture);
}
END_TEST

Suite *suite_picture(void)
{
    Suite *suite = suite_create("picture");
    TCase *pixels = tcase_create("pixels"), *png = tcase_create("png");

    tcase_add_test(pixels, u8_pixels_are_taken_as_they_are);
    tcase_add_test(pixels, three_channels_become_red_green_blue);
    tcase_add_test(pixels, of_two_channels_the_first_is_shown);
    tcase_add_test(pixels, f32_pixels_are_scaled_and_clamped);
    tcase_add_test(pixels, a_picture_of_one_value_is_black);
    tcase_add_test(pixels, the_range_follows_the_data);
    suite_add_tcase(suite, pixels);
    tcase_add_test(png, a_png_gives_the_pixels_back);
    tcase_add_test(png, a_picture_that_is_too_wide_is_refused);
    suite_add_tcase(suite, png);
    return suite;
}
