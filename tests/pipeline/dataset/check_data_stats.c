#include "pipeline/dataset/data_stats.h"

#include "tests/support/scratch.h"

#include <math.h>

Suite *suite_data_stats(void);

static struct err err;

enum { ROWS = 50, CHANNELS = 2, PLANE = 6, CLASSES = 3 };

static struct dataset_info shaped(enum dtype pixel, bool labels)
{
    return (struct dataset_info){.c = CHANNELS,
                                 .h = 2,
                                 .w = 3,
                                 .pixel = pixel,
                                 .has_labels = labels,
                                 .class_count = CLASSES};
}

static float images[ROWS][CHANNELS][PLANE];
static uint8_t bytes[ROWS][CHANNELS][PLANE], labels[ROWS][CLASSES];

/* Channel 1 lies far from zero: its variance is lost to who sums bare squares in float. */
static void fill(void)
{
    for (int r = 0; r < ROWS; r++) {
        labels[r][r % 7 == 0 ? 2 : r % 2] = 1;
        for (int p = 0; p < PLANE; p++) {
            images[r][0][p] = (float)((r * 31 + p * 17) % 101) / 8 - 5;
            images[r][1][p] = 4096 + (float)((r * 13 + p * 7) % 11) / 16;
            bytes[r][0][p] = (uint8_t)((r * 31 + p * 17) % 251);
            bytes[r][1][p] = (uint8_t)(3 + (r + p) % 5);
        }
    }
}

static double value(const struct dataset_info *info, int r, int c, int p)
{
    return info->pixel == DTYPE_U8 ? bytes[r][c][p] : (double)images[r][c][p];
}

/* Mean and standard deviation by their definitions; `channel` -1: of all. */
static void reference(const struct dataset_info *info, int channel, double *mean, double *std)
{
    double sum = 0, square = 0;
    int n = 0;

    for (int r = 0; r < ROWS; r++)
        for (int c = 0; c < CHANNELS; c++)
            for (int p = 0; p < PLANE && (channel < 0 || channel == c); p++, n++)
                sum += value(info, r, c, p);
    *mean = sum / n;
    for (int r = 0; r < ROWS; r++)
        for (int c = 0; c < CHANNELS; c++)
            for (int p = 0; p < PLANE && (channel < 0 || channel == c); p++)
                square += pow(value(info, r, c, p) - *mean, 2);
    *std = sqrt(square / n);
}

static void add_all(struct data_stats *stats, const struct dataset_info *info, int piece)
{
    MUST(data_stats_init(stats, info, &err));
    for (int r = 0; r < ROWS; r += piece) {
        const struct dataset_chunk chunk = {
            .count = r + piece < ROWS ? piece : ROWS - r,
            .labels = labels[r],
            .images = info->pixel == DTYPE_U8 ? (void *)bytes[r] : (void *)images[r],
        };

        data_stats_add(stats, info, &chunk);
    }
}

static void compare(enum dtype pixel)
{
    const struct dataset_info info = shaped(pixel, true);
    struct data_stats stats;

    fill();
    add_all(&stats, &info, 7);
    for (int c = -1; c < CHANNELS; c++) {
        double mean, std;

        reference(&info, c, &mean, &std);
        ck_assert_double_eq_tol(data_stats_mean(&stats, c), mean, 1e-10 * fabs(mean));
        ck_assert_double_eq_tol(data_stats_std(&stats, c), std, 1e-9 * std);
    }
    data_stats_free(&stats);
}

START_TEST(mean_and_deviation_are_those_of_the_definitions)
{
    compare(DTYPE_U8);
    compare(DTYPE_F32);
}
END_TEST

START_TEST(extremes_are_those_of_each_channel)
{
    const struct dataset_info info = shaped(DTYPE_U8, true);
    struct data_stats stats;

    fill();
    bytes[17][0][3] = 255;
    add_all(&stats, &info, ROWS);
    ck_assert_double_eq(data_stats_max(&stats, 0), 255);
    ck_assert_double_eq(data_stats_max(&stats, 1), 7);
    ck_assert_double_eq(data_stats_max(&stats, -1), 255);
    ck_assert_double_eq(data_stats_min(&stats, 1), 3);
    ck_assert_double_eq(data_stats_min(&stats, -1), 0);
    data_stats_free(&stats);
}
END_TEST

START_TEST(chunks_make_no_difference)
{
    const struct dataset_info info = shaped(DTYPE_F32, true);
    struct data_stats whole, pieces;

    fill();
    add_all(&whole, &info, ROWS);
    add_all(&pieces, &info, 1);
    ck_assert_double_eq(data_stats_mean(&whole, -1), data_stats_mean(&pieces, -1));
    ck_assert_double_eq(data_stats_std(&whole, -1), data_stats_std(&pieces, -1));
    data_stats_free(&whole);
    data_stats_free(&pieces);
}
END_TEST

START_TEST(classes_are_counted)
{
    const struct dataset_info info = shaped(DTYPE_U8, true);
    struct data_stats stats;

    fill();
    add_all(&stats, &info, 8);
    ck_assert_int_eq(stats.rows, ROWS);
    ck_assert_int_eq(stats.class_rows[2], 8);
    ck_assert_int_eq(stats.class_rows[0] + stats.class_rows[1], ROWS - 8);
    data_stats_free(&stats);
}
END_TEST

START_TEST(nothing_is_known_of_no_rows)
{
    const struct dataset_info info = shaped(DTYPE_F32, false);
    struct data_stats stats;

    MUST(data_stats_init(&stats, &info, &err));
    ck_assert_ptr_null(stats.class_rows);
    ck_assert_double_eq(data_stats_mean(&stats, -1), 0);
    ck_assert_double_eq(data_stats_std(&stats, 0), 0);
    ck_assert_double_eq(data_stats_min(&stats, -1), 0);
    ck_assert_double_eq(data_stats_max(&stats, -1), 0);
    data_stats_free(&stats);
}
END_TEST

Suite *suite_data_stats(void)
{
    Suite *suite = suite_create("data_stats");
    TCase *tests = tcase_create("figures");

    tcase_add_test(tests, mean_and_deviation_are_those_of_the_definitions);
    tcase_add_test(tests, extremes_are_those_of_each_channel);
    tcase_add_test(tests, chunks_make_no_difference);
    tcase_add_test(tests, classes_are_counted);
    tcase_add_test(tests, nothing_is_known_of_no_rows);
    suite_add_tcase(suite, tests);
    return suite;
}
