/* Maps of points in two dimensions. */
#include "pipeline/predict/embed.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

Suite *suite_embed(void);

enum { POINTS = 60, SIZE = 5, CLASSES = 3 };

/* Fills three clouds about corners far apart; their numbers follow no pattern. */
static void make_clouds(float points[POINTS][SIZE], int class[POINTS])
{
    unsigned state = 1;

    for (int i = 0; i < POINTS; i++) {
        class[i] = i % CLASSES;
        for (int k = 0; k < SIZE; k++) {
            state = state * 1103515245U + 12345U;
            points[i][k] = (float)(state >> 16 & 1023) / 1024 + (k == class[i] ? 20 : 0);
        }
    }
}

START_TEST(points_of_a_plane_keep_their_distances)
{
    float points[POINTS][SIZE];
    double map[POINTS][2], variance[2] = {0}, mean[2] = {0}, product = 0;
    struct err err;

    for (int i = 0; i < POINTS; i++) {
        const double a = 10 * sin(i), b = 3 * cos(7 * i + 1);

        for (int k = 0; k < SIZE; k++)
            points[i][k] = (float)(4 + a * (k == 0 ? 0.6 : k == 1 ? 0.8 : 0) + b * (k == 3));
    }
    ck_assert_int_eq(embed_pca(points[0], POINTS, SIZE, map[0], &err), 0);
    for (int i = 0; i < POINTS; i++)
        for (int j = 0; j < i; j++) {
            double wanted = 0;

            for (int k = 0; k < SIZE; k++)
                wanted += pow((double)points[i][k] - (double)points[j][k], 2);
            ck_assert_double_eq_tol(hypot(map[i][0] - map[j][0], map[i][1] - map[j][1]),
                                    sqrt(wanted), 1e-4);
        }
    for (int i = 0; i < POINTS; i++)
        for (int k = 0; k < 2; k++) {
            mean[k] += map[i][k] / POINTS;
            variance[k] += map[i][k] * map[i][k];
        }
    for (int i = 0; i < POINTS; i++)
        product += map[i][0] * map[i][1];
    ck_assert_double_eq_tol(mean[0], 0, 1e-9);
    ck_assert_double_gt(variance[0], variance[1]);
    ck_assert_double_eq_tol(product / variance[0], 0, 1e-9);
}
END_TEST

START_TEST(clouds_lie_apart_and_the_same_each_time)
{
    float points[POINTS][SIZE];
    double map[POINTS][2] = {{0}}, again[POINTS][2] = {{0}};
    int class[POINTS];
    struct err err;

    make_clouds(points, class);
    for (int k = 0; k < 2; k++) {
        double *at = k ? again[0] : map[0];

        ck_assert_int_eq(embed_pca(points[0], POINTS, SIZE, at, &err), 0);
        ck_assert_double_eq(embed_agreement(at, POINTS, class, 10), 1);
        ck_assert_int_eq(embed_tsne(points[0], POINTS, SIZE, at, &err), 0);
        ck_assert_double_eq(embed_agreement(at, POINTS, class, 10), 1);
    }
    ck_assert(memcmp(map, again, sizeof map) == 0);
}
END_TEST

START_TEST(points_that_are_all_alike_have_a_map)
{
    static const float points[4][2] = {{1, 1}, {1, 1}, {1, 1}, {1, 1}};
    double map[4][2];
    struct err err;

    ck_assert_int_eq(embed_pca(points[0], 4, 2, map[0], &err), 0);
    ck_assert_int_eq(embed_tsne(points[0], 4, 2, map[0], &err), 0);
    for (int i = 0; i < 4; i++)
        ck_assert(isfinite(map[i][0]) && isfinite(map[i][1]));
}
END_TEST

START_TEST(agreement_counts_neighbours_of_the_class)
{
    static const double map[] = {0, 0, 1, 0, 2.5, 0, 10, 0};
    static const int class[] = {0, 0, 1, 1};

    ck_assert_double_eq(embed_agreement(map, 4, class, 1), 3.0 / 4);
    ck_assert_double_eq(embed_agreement(map, 4, class, 9), 1.0 / 3);
}
END_TEST

Suite *suite_embed(void)
{
    Suite *suite = suite_create("embed");
    TCase *tests = tcase_create("maps");

    tcase_add_test(tests, points_of_a_plane_keep_their_distances);
    tcase_add_test(tests, clouds_lie_apart_and_the_same_each_time);
    tcase_add_test(tests, points_that_are_all_alike_have_a_map);
    tcase_add_test(tests, agreement_counts_neighbours_of_the_class);
    suite_add_tcase(suite, tests);
    return suite;
}
