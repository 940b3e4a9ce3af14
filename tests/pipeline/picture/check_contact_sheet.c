#include "pipeline/picture/contact_sheet.h"
#include "pipeline/picture/font.h"

#include "tests/support/expect.h"
#include "tests/support/scratch.h"

#include <string.h>

Suite *suite_contact_sheet(void);

static struct err err;

/* ---- The font ---- */

static int ink(char c)
{
    int pixels = 0;

    for (int y = 0; y < FONT_HEIGHT; y++)
        for (int x = 0; x < FONT_WIDTH; x++)
            pixels += font_pixel(c, x, y);
    return pixels;
}

static bool alike(char a, char b)
{
    for (int y = 0; y < FONT_HEIGHT; y++)
        for (int x = 0; x < FONT_WIDTH; x++)
            if (font_pixel(a, x, y) != font_pixel(b, x, y))
                return false;
    return true;
}

START_TEST(all_characters_look_different)
{
    ck_assert_int_eq(ink(' '), 0);
    for (int a = '!'; a <= '~'; a++) {
        EXPECT(ink((char)a) > 0, "'%c' is empty", a);
        for (int b = '!'; b < a; b++)
            EXPECT(!alike((char)a, (char)b), "'%c' looks like '%c'", a, b);
    }
}
END_TEST

START_TEST(other_bytes_look_like_a_question_mark)
{
    ck_assert(alike('\t', '?') && alike(127, '?') && alike((char)0xc3, '?'));
}
END_TEST

START_TEST(an_l_is_drawn_upright)
{
    for (int y = 0; y < FONT_HEIGHT; y++)
        for (int x = 0; x < FONT_WIDTH; x++)
            EXPECT(font_pixel('L', x, y) == (x == 0 || y == FONT_HEIGHT - 1), "(%d, %d)", x, y);
}
END_TEST

/* ---- Sheets ---- */

static struct captioned *make_list(int count, int w, int h, int channels)
{
    struct captioned *list = calloc((size_t)count, sizeof *list);

    ck_assert_ptr_nonnull(list);
    for (int i = 0; i < count; i++) {
        MUST(picture_init(&list[i].picture, w, h, channels, &err));
        memset(list[i].picture.pixels, 10 * i + 5, (size_t)w * h * channels);
        list[i].title = strdup("seven");
        list[i].note = strdup("row 7");
    }
    return list;
}

static const uint8_t *pixel(const struct picture *sheet, int x, int y)
{
    return sheet->pixels + 3 * ((size_t)y * sheet->w + x);
}

static bool has_colour(const struct picture *sheet, int r, int g, int b)
{
    for (int y = 0; y < sheet->h; y++)
        for (int x = 0; x < sheet->w; x++) {
            const uint8_t *p = pixel(sheet, x, y);

            if (p[0] == r && p[1] == g && p[2] == b)
                return true;
        }
    return false;
}

START_TEST(ten_pictures_lie_five_by_two)
{
    struct captioned *list = make_list(10, 28, 28, 1);
    struct picture sheet;

    MUST(contact_sheet(&sheet, list, 10, &err));
    ck_assert_int_eq(sheet.channels, 3);
    ck_assert_int_eq(sheet.w, 16 + 5 * (170 + 16));
    /* the middle of the first, the fifth and the sixth picture; between them it is white */
    ck_assert_int_eq(*pixel(&sheet, 16 + 85, 16 + 85), 5);
    ck_assert_int_eq(*pixel(&sheet, 16 + 4 * 186 + 71, 16 + 85), 45);
    ck_assert_int_eq(*pixel(&sheet, 16 + 85, sheet.h / 2 + 85), 55);
    ck_assert_int_eq(*pixel(&sheet, 8, 8), 255);
    ck_assert(has_colour(&sheet, 0, 0, 0)); /* the titles */
    picture_free(&sheet);
    captioned_free(list, 10);
}
END_TEST

START_TEST(colours_stay_and_mistakes_are_red)
{
    struct captioned *list = make_list(2, 4, 4, 3);
    struct picture sheet;

    memcpy(list[1].picture.pixels, (uint8_t[]){200, 100, 50}, 3);
    MUST(contact_sheet(&sheet, list, 2, &err));
    ck_assert(has_colour(&sheet, 200, 100, 50));
    ck_assert(!has_colour(&sheet, 190, 0, 0));
    picture_free(&sheet);
    list[1].marked = true;
    MUST(contact_sheet(&sheet, list, 2, &err));
    ck_assert(has_colour(&sheet, 190, 0, 0));
    picture_free(&sheet);
    captioned_free(list, 2);
}
END_TEST

START_TEST(any_caption_and_size_fits)
{
    static const char *const titles[] = {
        "", "a", "a word that is longer than any line could ever be and goes on and on",
        "Donaudampfschifffahrtsgesellschaftskapitaen", "\303\244\n\t\033[31m"};

    for (size_t i = 0; i < sizeof titles / sizeof *titles; i++)
        for (int w = 1; w <= 400; w += 57) {
            struct captioned *list = make_list(3, w, 401 - w, 1);
            struct picture sheet;

            free(list[1].title);
            free(list[2].note);
            list[1].title = strdup(titles[i]);
            list[2].note = NULL;
            MUST(contact_sheet(&sheet, list, 3, &err));
            picture_free(&sheet);
            captioned_free(list, 3);
        }
}
END_TEST

START_TEST(a_sheet_that_is_too_large_is_refused)
{
    struct captioned *list = make_list(2, 4000, 3000, 1);
    struct picture sheet;

    FAILS(EX_DATAERR, contact_sheet(&sheet, list, 2, &err));
    ck_assert_ptr_nonnull(strstr(err.text, "2 pictures of 4000x3000 pixels"));
    captioned_free(list, 2);
}
END_TEST

Suite *suite_contact_sheet(void)
{
    Suite *suite = suite_create("contact_sheet");
    TCase *font = tcase_create("font"), *sheets = tcase_create("sheets");

    tcase_add_test(font, all_characters_look_different);
    tcase_add_test(font, other_bytes_look_like_a_question_mark);
    tcase_add_test(font, an_l_is_drawn_upright);
    suite_add_tcase(suite, font);
    tcase_add_test(sheets, ten_pictures_lie_five_by_two);
    tcase_add_test(sheets, colours_stay_and_mistakes_are_red);
    tcase_add_test(sheets, any_caption_and_size_fits);
    tcase_add_test(sheets, a_sheet_that_is_too_large_is_refused);
    suite_add_tcase(suite, sheets);
    return suite;
}
