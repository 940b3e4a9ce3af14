#include "pipeline/picture/contact_sheet.h"
#include "pipeline/picture/lettering.h"

#include "tests/support/expect.h"
#include "tests/support/scratch.h"

#include "pipeline/base/strbuf.h"

#include <stdlib.h>
#include <string.h>

Suite *suite_contact_sheet(void);

static struct err err;

/* ---- Letters ---- */

static struct font font;

static void open_font(void)
{
    MUST(font_open(&font, &err));
}

static void close_font(void)
{
    font_close(&font);
}

/* Returns the text as it is drawn in lines of so many pixels: 100 lines of 320 dots and a line's end. */
static char *written(const char *text, int width, int most, int64_t *height)
{
    enum { W = 320, H = 100 };
    struct picture sheet;
    struct paper paper = {&sheet, 0, 0, {255, 255, 255}};
    struct strbuf dots = {0};

    MUST(picture_init(&sheet, W, H, 3, &err));
    MUST(lettering(&font, text, width, most, &paper, &err));
    for (int i = 0; i < W * H; i++) {
        strbuf_puts(&dots, sheet.pixels[3 * i] ? "#" : ".");
        strbuf_puts(&dots, (i + 1) % W ? "" : "\n");
    }
    picture_free(&sheet);
    *height = paper.y;
    return strbuf_take(&dots);
}

/* Tells whether two texts look alike, and take as many lines. */
static bool alike(const char *a, const char *b, int width, int most)
{
    int64_t heights[2];
    char *looks[2] = {written(a, width, most, &heights[0]), written(b, width, most, &heights[1])};
    const bool same = strcmp(looks[0], looks[1]) == 0 && heights[0] == heights[1];

    free(looks[0]);
    free(looks[1]);
    return same;
}

START_TEST(letters_of_all_scripts_differ)
{
    static const char *const letters[] = {"A", "a", "\u00e4", "\u0436", "\u03bb", "\u05d0", "\u0628",
                                          "\u0915", "\u0995", "\u0c95", "\u0ce7", "\u0e01", "\u304a",
                                          "\u30ad", "\u6f22", "\ud55c", "\u2603"};
    enum { COUNT = sizeof letters / sizeof *letters };
    struct glyph glyph;

    for (int a = 0; a < COUNT; a++)
        for (int b = 0; b <= a; b++)
            EXPECT(alike(letters[a], letters[b], 320, 1) == (a == b), "%s and %s", letters[a],
                   letters[b]);
    for (uint32_t c = ' '; c < 0x7f; c++)
        EXPECT(font_glyph(&font, c, &glyph) && glyph.width == LETTERING_LETTER, "%c", (int)c);
    ck_assert(font_glyph(&font, 0x6f22, &glyph) && glyph.width == 2 * LETTERING_LETTER);
    ck_assert(!font_glyph(&font, 0x1f600, &glyph) && !font_glyph(&font, 0xffffffff, &glyph));
}
END_TEST

START_TEST(a_letter_is_drawn_upright)
{
    static const char *const rows[] = {"........", "........", "........", "........", ".#......",
                                       ".#......", ".#......", ".#......", ".#......", ".#......",
                                       ".#......", ".#......", ".#......", ".######.", "........"};
    int64_t height;
    char *look = written("L", 320, 1, &height);

    for (int y = 0; y < 15; y++)
        EXPECT(strncmp(look + y * 321, rows[y], 8) == 0, "row %d: %.8s", y, look + y * 321);
    ck_assert_int_eq(height, 18);
    free(look);
}
END_TEST

START_TEST(marks_lie_over_their_letters)
{
    int64_t height;
    char *marked = written("e\u0301x", 320, 1, &height), *plain = written("ex", 320, 1, &height);
    int added = 0;

    for (int i = 0; plain[i]; i++) {
        EXPECT(plain[i] == '.' || marked[i] == plain[i], "pixel %d", i);
        added += plain[i] != marked[i] ? i % 321 < 8 ? 1 : 1000 : 0;
    }
    ck_assert(added > 2 && added < 30);
    free(marked);
    free(plain);
    /* a vowel sign, before which its consonant stays in its place */
    ck_assert(!alike("\u0995\u09bf", "\u0995", 320, 1));
    ck_assert(alike("\u0995\u09bf ", "\u0995\u09bf", 320, 1));
}
END_TEST

START_TEST(arabic_is_joined_and_runs_from_right_to_left)
{
    /* Unicode has characters for the forms that the letters have in a word */
    ck_assert(alike("\u0643\u0644\u0628", "\ufedb\ufee0\ufe90", 320, 1));
    ck_assert(alike("\u0643\u200c\u0644\u200c\u0628", "\ufed9\ufedd\ufe8f", 320, 1));
    ck_assert(alike("x \u0628", "x \ufe8f", 320, 1));
    ck_assert(!alike("\u05d0\u05d1", "\u05d1\u05d0", 320, 1));
    ck_assert(alike("x \u05d0", "\u05d0 x", 320, 1)); /* the first letter's direction is the text's */
}
END_TEST

START_TEST(long_texts_are_folded_and_cut_with_an_ellipsis)
{
    int64_t height;

    free(written("one two three", 7 * 8, 4, &height));
    ck_assert_int_eq(height, 2 * 18);
    free(written("", 56, 4, &height));
    ck_assert_int_eq(height, 0);
    free(written(NULL, 56, 4, &height));
    ck_assert_int_eq(height, 0);
    ck_assert(alike("one two three", "one two\u2026", 8 * 8, 1));
    ck_assert(alike("seventeen", "seven\u2026", 6 * 8, 1));
    ck_assert(alike("seventeen", "seventeen", 9 * 8, 1) && !alike("seventeen", "seven\u2026", 9 * 8, 1));
    /* not between a letter and its marks */
    ck_assert(alike("sevene\u0301\u0302teen", "sevene\u0301\u0302\u2026", 7 * 8, 1));
    ck_assert(alike("sevene\u0301\u0302teen", "seven\u2026", 6 * 8, 1));
    ck_assert(alike("\u6f22\u5b57\u6f22\u5b57", "\u6f22\u2026", 4 * 8, 1));
}
END_TEST

START_TEST(what_has_no_letter_is_named)
{
    ck_assert(alike("\U0001f600", "U+1F600", 320, 1));
    ck_assert(alike("\033[31m\t\377", "\\x1b[31m\\x09\\xff", 320, 1));
    ck_assert(alike("\u202e", "\\u202e", 320, 1));
    ck_assert(alike("\u2764\ufe0f", "\u2764", 320, 1));
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
    SAYS("2 pictures of 4000x3000 pixels");
    captioned_free(list, 2);
}
END_TEST

Suite *suite_contact_sheet(void)
{
    Suite *suite = suite_create("contact_sheet");
    TCase *letters = tcase_create("letters"), *sheets = tcase_create("sheets");

    tcase_add_checked_fixture(letters, open_font, close_font);
    tcase_add_test(letters, letters_of_all_scripts_differ);
    tcase_add_test(letters, a_letter_is_drawn_upright);
    tcase_add_test(letters, marks_lie_over_their_letters);
    tcase_add_test(letters, arabic_is_joined_and_runs_from_right_to_left);
    tcase_add_test(letters, long_texts_are_folded_and_cut_with_an_ellipsis);
    tcase_add_test(letters, what_has_no_letter_is_named);
    suite_add_tcase(suite, letters);
    tcase_add_test(sheets, ten_pictures_lie_five_by_two);
    tcase_add_test(sheets, colours_stay_and_mistakes_are_red);
    tcase_add_test(sheets, any_caption_and_size_fits);
    tcase_add_test(sheets, a_sheet_that_is_too_large_is_refused);
    suite_add_tcase(suite, sheets);
    return suite;
}
