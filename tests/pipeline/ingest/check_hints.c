#include "pipeline/ingest/hints.h"
#include "tests/support/scratch.h"

#include <string.h>

Suite *suite_hints(void);

/* Rows of made-up pictures: bars, that of class 1 the narrowest. */

enum { SIDE = 8, PIXELS = SIDE * SIDE, ROWS = 200 };

struct made {
    int classes;
    enum dtype pixel;
    bool lying, sorted, white;
    double most; /* of a pixel */
    int rows;
    bool transposed_already, unlabelled_is_odd, unlabelled, matched;
};

static double ink(const struct made *m, int class, int y, int x)
{
    int across = m->lying ? y : x, half = class == 1 ? 1 : 2;
    bool inside = across >= SIDE / 2 - half && across < SIDE / 2 + half;

    return inside && y > 0 && y < SIDE - 1 && x > 0 && x < SIDE - 1 ? m->most : 0;
}

static void make_row(const struct made *m, int class, void *images, int row)
{
    for (int i = 0; i < PIXELS; i++) {
        double value = ink(m, class, i / SIDE, i % SIDE);

        value = m->white ? 255 - value : value;
        if (m->pixel == DTYPE_U8)
            ((uint8_t *)images)[row * PIXELS + i] = (uint8_t)value;
        else
            ((float *)images)[row * PIXELS + i] = (float)value;
    }
}

/* The hints, one a line. */
static const char *hints_of(const struct made *m)
{
    static float images[ROWS * PIXELS];
    static int32_t labels[ROWS];
    static char said[2048], label_column[] = "1";
    struct dataset_info info = {.c = 1,
                                .h = SIDE,
                                .w = SIDE,
                                .pixel = m->pixel,
                                .transposed = m->transposed_already,
                                .has_labels = !m->unlabelled,
                                .label_column = label_column};
    struct classes classes = {0};
    struct hints *hints;
    const char *list[HINTS_MOST];
    struct err err;
    int rows = m->rows ? m->rows : ROWS;

    for (int k = 0; k < m->classes; k++) {
        char text[16];

        snprintf(text, sizeof text, "%d", k);
        MUST(classes_add(&classes, text, strlen(text), 1));
    }
    for (int i = 0; i < rows; i++) {
        labels[i] = m->sorted ? i * m->classes / rows : i % m->classes;
        classes.list[labels[i]].rows++;
        make_row(m, labels[i], images, i);
    }
    MUST(hints_open(&hints, &info, &classes, m->unlabelled_is_odd, m->matched, &err));
    hints_rows(hints, m->unlabelled ? NULL : labels, images, rows / 2);
    hints_rows(hints, m->unlabelled ? NULL : labels + rows / 2,
               (char *)images + (size_t)(rows / 2) * dataset_image_bytes(&info), rows - rows / 2);
    *said = 0;
    for (int i = 0, n = hints_list(hints, list); i < n; i++)
        snprintf(said + strlen(said), sizeof said - strlen(said), "%s\n", list[i]);
    hints_close(hints);
    classes_free(&classes);
    return said;
}

/* Exactly one hint, with these words; "": none. */
static void expect(struct made made, const char *words)
{
    const char *said;

    made.most = made.most > 0 ? made.most : 200;
    made.classes = made.classes ? made.classes : 10;
    said = hints_of(&made);
    ck_assert_msg(*words ? strstr(said, words) && strchr(said, '\n')[1] == 0 : !*said,
                  "expected '%s', said:\n%s", words, said);
}

START_TEST(usual_pictures_give_none)
{
    expect((struct made){0}, "");
    expect((struct made){.pixel = DTYPE_F32, .most = 0.5}, "");
    expect((struct made){.pixel = DTYPE_F32, .most = 200.5}, "");
}
END_TEST

START_TEST(transposed_pictures_of_a_narrow_class_are_told)
{
    expect((struct made){.lying = true}, "--transpose");
    expect((struct made){.lying = true, .transposed_already = true}, "without --transpose");
    expect((struct made){.transposed_already = true}, "");
    expect((struct made){.lying = true, .unlabelled = true}, "");
    expect((struct made){.lying = true, .classes = 11}, ""); /* nobody knows what class 1 is */
}
END_TEST

START_TEST(rows_sorted_by_label_are_told)
{
    expect((struct made){.sorted = true}, "sorted by label");
    expect((struct made){.sorted = true, .classes = 25}, ""); /* 8 rows each: perhaps by chance */
}
END_TEST

START_TEST(bytes_as_numbers_are_told)
{
    expect((struct made){.pixel = DTYPE_F32, .most = 200}, "without --dtype f32");
    expect((struct made){.pixel = DTYPE_F32, .most = 300}, "");
    expect((struct made){.pixel = DTYPE_F32, .most = 200, .matched = true}, "");
    expect((struct made){.pixel = DTYPE_F32, .most = 1}, "");
    expect((struct made){.most = 1}, "");
}
END_TEST

START_TEST(white_ground_is_told)
{
    expect((struct made){.white = true}, "ground is white");
    expect((struct made){.white = true, .most = 20}, "ground is white");
    expect((struct made){.white = true, .matched = true}, "");
}
END_TEST

START_TEST(missing_labels_are_told)
{
    expect((struct made){.unlabelled = true, .unlabelled_is_odd = true}, "no labels");
    expect((struct made){.unlabelled = true}, "");
}
END_TEST

START_TEST(labels_that_are_all_the_same_are_told)
{
    expect((struct made){.classes = 1}, "--label none");
    expect((struct made){.classes = 1, .rows = 10}, "--label none");
    expect((struct made){.classes = 1, .rows = 9}, "");
}
END_TEST

enum { COLOURS = 3, VALUES = COLOURS * PIXELS };

/* The value that is the i-th in the source, of a smooth picture in red, or of noise. */
static uint8_t colour(bool together, bool noise, int row, int i)
{
    int channel = together ? i % COLOURS : i / PIXELS, at = together ? i / COLOURS : i % PIXELS;
    int smooth = 10 * (at / SIDE) + 3 * (at % SIDE) + row % 7;

    return (uint8_t)(noise          ? (row * 7919 + i * 104729) % 251
                     : channel == 0 ? 100 + smooth
                                    : smooth);
}

/* What is said of channels that lie together, or not, and are read in the one or the other way. */
static const char *colours_said(bool together, bool read_together, bool noise)
{
    static uint8_t images[ROWS * VALUES];
    static char said[2048];
    struct dataset_info info = {
        .c = COLOURS, .h = SIDE, .w = SIDE, .pixel = DTYPE_U8, .interleaved = read_together};
    struct classes classes = {0};
    struct hints *hints;
    const char *list[HINTS_MOST];
    struct err err;

    for (int row = 0; row < ROWS; row++)
        for (int i = 0; i < VALUES; i++)
            images[row * VALUES + (read_together ? i % COLOURS * PIXELS + i / COLOURS : i)] =
                colour(together, noise, row, i);
    MUST(hints_open(&hints, &info, &classes, NULL, false, &err));
    hints_rows(hints, NULL, images, ROWS);
    *said = 0;
    for (int i = 0, n = hints_list(hints, list); i < n; i++)
        snprintf(said + strlen(said), sizeof said - strlen(said), "%s\n", list[i]);
    hints_close(hints);
    return said;
}

START_TEST(channels_in_the_other_order_are_told)
{
    ck_assert_str_eq(colours_said(false, false, false), "");
    ck_assert_str_eq(colours_said(true, true, false), "");
    ck_assert_ptr_nonnull(strstr(colours_said(true, false, false), "--shape HxWx3"));
    ck_assert_ptr_nonnull(strstr(colours_said(false, true, false), "--shape 3xHxW"));
    ck_assert_str_eq(colours_said(false, false, true), "");
    ck_assert_str_eq(colours_said(false, true, true), "");
}
END_TEST

START_TEST(a_class_for_every_row_is_told)
{
    expect((struct made){.rows = 20, .classes = 20}, "--id 1 says so");
    expect((struct made){.rows = 20, .classes = 19}, "");
    expect((struct made){.rows = 19, .classes = 19}, "");
    expect((struct made){.rows = 20, .classes = 20, .matched = true}, "");
}
END_TEST

START_TEST(few_rows_give_none)
{
    expect((struct made){.lying = true, .sorted = true, .white = true, .rows = 99}, "");
}
END_TEST

Suite *suite_hints(void)
{
    Suite *suite = suite_create("hints");
    TCase *tcase = tcase_create("hints");

    tcase_add_test(tcase, usual_pictures_give_none);
    tcase_add_test(tcase, transposed_pictures_of_a_narrow_class_are_told);
    tcase_add_test(tcase, rows_sorted_by_label_are_told);
    tcase_add_test(tcase, bytes_as_numbers_are_told);
    tcase_add_test(tcase, white_ground_is_told);
    tcase_add_test(tcase, missing_labels_are_told);
    tcase_add_test(tcase, labels_that_are_all_the_same_are_told);
    tcase_add_test(tcase, channels_in_the_other_order_are_told);
    tcase_add_test(tcase, a_class_for_every_row_is_told);
    tcase_add_test(tcase, few_rows_give_none);
    suite_add_tcase(suite, tcase);
    return suite;
}
