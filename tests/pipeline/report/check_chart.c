/* Scales, the layout of charts, and charts in SVG. */
#include "pipeline/report/svg_chart.h"

#include "tests/support/expect.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

Suite *suite_chart(void);

/* ---- Scales ---- */

START_TEST(values_lie_in_proportion_on_a_scale)
{
    const struct scale line = {.low = 10, .high = 20, .from = 200, .to = 100};
    const struct scale logarithm = {
        .low = 0.01, .high = 100, .from = 0, .to = 40, .logarithmic = true};

    ck_assert_double_eq_tol(scale_at(&line, 10), 200, 1e-12);
    ck_assert_double_eq_tol(scale_at(&line, 15), 150, 1e-12);
    ck_assert_double_eq_tol(scale_at(&line, 20), 100, 1e-12);
    ck_assert_double_eq_tol(scale_at(&logarithm, 1), 20, 1e-12);
    ck_assert_double_eq_tol(scale_at(&logarithm, 10), 30, 1e-12);
}
END_TEST

START_TEST(values_below_a_limit_lie_by_their_distance_from_it)
{
    const struct scale percent = {
        .low = 90, .high = 99.9, .from = 200, .to = 100, .logarithmic = true, .limit = 100};

    ck_assert_double_eq_tol(scale_at(&percent, 90), 200, 1e-9);
    ck_assert_double_eq_tol(scale_at(&percent, 99), 150, 1e-9);
    ck_assert_double_eq_tol(scale_at(&percent, 99.9), 100, 1e-9);
}
END_TEST

static void expect_ticks_below(double low, double high, int most, bool logarithmic, double limit,
                               const char *expected)
{
    const struct scale scale = {low, high, 0, 1, logarithmic, limit};
    const struct ticks ticks = scale_ticks(&scale, most);
    char text[200] = "";

    for (int i = 0; i < ticks.count; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s%.*f", i ? " " : "",
                 ticks.decimals, ticks.at[i]);
    ck_assert_str_eq(text, expected);
}

static void expect_ticks(double low, double high, int most, bool logarithmic, const char *expected)
{
    expect_ticks_below(low, high, most, logarithmic, 0, expected);
}

START_TEST(ticks_are_round_values)
{
    expect_ticks(0, 1, 6, false, "0.0 0.2 0.4 0.6 0.8 1.0");
    expect_ticks(0, 100, 6, false, "0 20 40 60 80 100");
    expect_ticks(0.243, 0.38, 6, false, "0.25 0.30 0.35");
    expect_ticks(97.1, 98.4, 4, false, "97.5 98.0");
    expect_ticks(1, 5, 6, false, "1 2 3 4 5");
    expect_ticks(-0.3, 0.3, 4, false, "-0.2 0.0 0.2");
    expect_ticks(0, 1234567, 6, false, "0 500000 1000000");
    expect_ticks(0.01, 2, 6, true, "0.01 0.10 1.00");
    expect_ticks(0.05, 3, 6, true, "0.05 0.10 0.20 0.50 1.00 2.00");
    expect_ticks_below(94, 99.6, 6, true, 100, "95.0 98.0 99.0 99.5");
    expect_ticks_below(0.1, 0.9995, 4, true, 1, "0.900 0.990 0.999");
}
END_TEST

/* Whatever the range: at least two ticks, no more than requested, in order, within, of the form 1,
 * 2 or 5 times a power of ten apart. */
START_TEST(every_range_has_ticks_within_it)
{
    for (int power = -12; power <= 12; power++)
        for (int i = 1; i < 400; i++) {
            const double width = i * 0.025 * pow(10, power), low = (i % 7 - 3) * width * 0.37;
            const struct scale scale = {.low = low, .high = low + width, .to = 1};
            const int most = 4 + i % (SCALE_TICKS - 4);
            const struct ticks ticks = scale_ticks(&scale, most);
            const double step = ticks.at[1] - ticks.at[0];
            const double lead = step / pow(10, floor(log10(step) + 1e-6));

            EXPECT(ticks.count >= 2 && ticks.count <= most, "%g..%g: %d ticks", low, low + width,
                   ticks.count);
            EXPECT(ticks.at[0] >= low - 1e-5 * width &&
                       ticks.at[ticks.count - 1] <= low + width * (1 + 1e-5),
                   "%g..%g: outside", low, low + width);
            EXPECT(fabs(lead - 1) < 1e-3 || fabs(lead - 2) < 1e-3 || fabs(lead - 5) < 1e-3,
                   "%g..%g: step %g", low, low + width, step);
        }
}
END_TEST

/* Losses that a file states may be as far apart as doubles are. */
START_TEST(the_widest_ranges_have_ticks_within_them)
{
    static const double ends[][2] = {
        {-1e308, 1e308}, {-DBL_MAX, DBL_MAX}, {0, DBL_MAX}, {DBL_MAX, DBL_MAX}, {1e-300, 1e308}};

    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        for (int logarithmic = 0; logarithmic < (ends[i][0] > 0 ? 2 : 1); logarithmic++) {
            struct scale scale = {.low = ends[i][0], .high = ends[i][1], .to = 100};
            struct ticks ticks;

            scale.logarithmic = logarithmic;
            scale_widen(&scale.low, &scale.high);
            ticks = scale_ticks(&scale, 6);
            ck_assert_int_ge(ticks.count, 2);
            for (int t = 0; t < ticks.count; t++) {
                const double at = scale_at(&scale, ticks.at[t]);

                EXPECT(at >= -1e-3 && at <= 100.001, "range %zu: %g at %g", i, ticks.at[t], at);
            }
        }
}
END_TEST

START_TEST(a_margin_lies_on_either_side)
{
    static const double ends[][2] = {{0, 1}, {0.99, 0.991}, {3, 3}, {0, 0}, {-DBL_MAX, DBL_MAX}};

    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        struct scale scale = {.low = ends[i][0], .high = ends[i][1], .to = 100};

        scale_margin(&scale, 0.05);
        ck_assert(isfinite(scale.low) && isfinite(scale.high));
        EXPECT(scale_at(&scale, ends[i][0]) >= (i == 4 ? 0 : 4) &&
                   scale_at(&scale, ends[i][1]) <= (i == 4 ? 100.001 : 96),
               "%g to %g", scale_at(&scale, ends[i][0]), scale_at(&scale, ends[i][1]));
    }
}
END_TEST

START_TEST(a_single_value_becomes_a_range_around_it)
{
    static const double values[] = {0, 1, -3, 1e-9, 1e9, 5e-324, -1e-200};

    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        double low = values[i], high = values[i];

        scale_widen(&low, &high);
        ck_assert(low < values[i] && values[i] < high);
    }
}
END_TEST

/* ---- Charts ---- */

static char *draw_below(const struct chart_line *lines, int count, const char *title, double limit)
{
    const struct chart chart = {.title = title,
                                .what = "epoch",
                                .unit = " %",
                                .height = 200,
                                .ticks = 5,
                                .logarithmic_from = 10,
                                .limit = limit,
                                .lines = lines,
                                .count = count};
    struct strbuf html = {0};

    svg_chart(&html, &chart);
    ck_assert(!html.failed);
    return strbuf_take(&html);
}

static char *draw(const struct chart_line *lines, int count, const char *title)
{
    return draw_below(lines, count, title, 0);
}

static const double x[] = {1, 2, 3}, up[] = {1, 2, 3}, gap[] = {1, NAN, 3},
                    none[] = {NAN, NAN, NAN};

START_TEST(a_line_goes_through_its_points)
{
    char *svg =
        draw(&(struct chart_line){x, up, 3, "c0 val", "a", 2, false, SHAPE_NONE, NULL}, 1, "Loss");
    const char *line =
        strstr(svg, "<polyline fill=\"none\" stroke=\"currentColor\" class=\"c0 val\" points=\"");
    double at[3][2];

    ck_assert_ptr_nonnull(line);
    ck_assert_int_eq(sscanf(strstr(line, "points"), "points=\"%lf,%lf %lf,%lf %lf,%lf", &at[0][0],
                            &at[0][1], &at[1][0], &at[1][1], &at[2][0], &at[2][1]),
                     6);
    ck_assert_double_eq_tol(at[1][0], (at[0][0] + at[2][0]) / 2, 0.11);
    ck_assert_double_eq_tol(at[1][1], (at[0][1] + at[2][1]) / 2, 0.11);
    ck_assert(at[0][1] > at[2][1]); /* larger values lie higher */
    ck_assert_ptr_nonnull(strstr(svg, "<circle class=\"mark c0 val\""));
    free(svg);
}
END_TEST

static int count(const char *text, const char *part)
{
    int times = 0;

    for (; (text = strstr(text, part)); text += strlen(part))
        times++;
    return times;
}

START_TEST(a_line_has_its_shape_along_it_and_at_its_label)
{
    const struct chart_line lines[] = {{x, up, 3, "c0 val", "a", 2, false, 1, NULL},
                                       {x, gap, 3, "c1 val", "b", -1, false, 4, NULL}};
    char *svg = draw(lines, 2, "Loss");

    /* two points of three, for one has the dot, and the label; two points and the label */
    ck_assert_int_eq(count(svg, "<path class=\"shape full c0"), 3);
    ck_assert_int_eq(count(svg, "<path class=\"shape c1"), 3);
    free(svg);
}
END_TEST

START_TEST(points_without_a_value_are_left_out)
{
    char *svg =
        draw(&(struct chart_line){x, gap, 3, "c0", NULL, -1, false, SHAPE_NONE, NULL}, 1, "Loss");

    ck_assert_ptr_null(strstr(svg, "nan"));
    free(svg);
    svg = draw(&(struct chart_line){x, none, 3, "c0", "a", -1, false, SHAPE_NONE, NULL}, 1, "Loss");
    ck_assert_str_eq(svg, "");
    free(svg);
    svg = draw(NULL, 0, "Loss");
    ck_assert_str_eq(svg, "");
    free(svg);
    ck_assert_int_eq(chart_last(gap, 3), 2);
    ck_assert_int_eq(chart_last(gap, 2), 0);
    ck_assert_int_eq(chart_last(none, 3), -1);
}
END_TEST

START_TEST(titles_and_labels_are_escaped)
{
    char *svg =
        draw(&(struct chart_line){x, up, 3, "c0", "</svg><script>", -1, false, SHAPE_NONE, NULL}, 1,
             "\"<&");

    ck_assert_ptr_null(strstr(svg, "<script"));
    ck_assert_ptr_nonnull(strstr(svg, "aria-label=\"&quot;&lt;&amp;\""));
    free(svg);
}
END_TEST

START_TEST(labels_stand_in_the_order_of_the_lines_ends)
{
    static const double low[] = {1, 1, 1.1}, high[] = {1, 2, 2.9}, higher[] = {1, 2, 3};
    const struct chart_line lines[] = {{x, low, 3, "", "low", -1, false, SHAPE_NONE, NULL},
                                       {x, none, 3, "", "none", -1, false, SHAPE_NONE, NULL},
                                       {x, higher, 3, "", "higher", -1, false, SHAPE_NONE, NULL},
                                       {x, high, 3, "", "high", -1, false, SHAPE_NONE, NULL}};
    const struct chart chart = {.lines = lines, .count = 4};
    struct chart_label labels[CHART_LABELS];
    struct scale across, up_to;

    ck_assert(chart_scales(&chart, &across, &up_to));
    across.to = 10;
    up_to.from = 19; /* 20 lines of text, downwards */
    ck_assert_int_eq(chart_labels(&chart, &across, &up_to, 1, labels), 3);
    ck_assert_str_eq(labels[0].line->label, "higher");
    ck_assert_str_eq(labels[1].line->label, "high");
    ck_assert_str_eq(labels[2].line->label, "low");
    ck_assert_double_eq_tol(labels[0].at, 0, 1e-12);
    ck_assert_double_eq_tol(labels[1].at, 1, 1e-12);
    ck_assert_double_eq_tol(labels[2].at, 19 * 1.9 / 2, 1e-12);
}
END_TEST

/* Twenty lines that end in the same point. */
START_TEST(labels_stand_apart_and_within_the_drawing)
{
    struct chart_line lines[20];
    double last = -100, height;
    const char *at;
    char *svg;
    int labels = 0;

    for (int i = 0; i < 20; i++)
        lines[i] = (struct chart_line){x, up, 3, "c0", "name", -1, false, SHAPE_NONE, NULL};
    svg = draw(lines, 20, "Loss");
    ck_assert_int_eq(sscanf(svg, "<svg class=\"plot\" viewBox=\"0 0 420 %lf\"", &height), 1);
    for (at = svg; (at = strstr(at, "<text x=")); at++) {
        double tx, ty;
        char class[20] = "";

        ck_assert_int_eq(sscanf(at, "<text x=\"%lf\" y=\"%lf\" class=\"%19[a-z]", &tx, &ty, class),
                         3);
        if (strcmp(class, "label"))
            continue;
        ck_assert_msg(ty - last >= 12.9, "%g after %g", ty, last);
        ck_assert(ty > 0 && ty < height);
        last = ty;
        labels++;
    }
    ck_assert_int_eq(labels, 20);
    free(svg);
}
END_TEST

START_TEST(a_value_shows_where_a_pointer_rests_and_none_reads_as_all)
{
    static const double nearly[] = {50, NAN, 99.9999};
    const struct chart_line lines[] = {{x, nearly, 3, "c0", NULL, -1, false, SHAPE_NONE, "<a>"},
                                       {x, up, 2, "c1", NULL, -1, false, SHAPE_NONE, "b"},
                                       {x, up, 3, "c2", NULL, -1, false, SHAPE_NONE, NULL}};
    char *svg = draw_below(lines, 3, "Accuracy", 100);

    ck_assert_ptr_nonnull(strstr(svg, "<title>epoch 1\n&lt;a&gt; 50.00 %\nb 1.00 %</title>"));
    ck_assert_ptr_nonnull(strstr(svg, "<title>epoch 2\nb 2.00 %</title>"));
    ck_assert_ptr_nonnull(strstr(svg, "<title>epoch 3\n&lt;a&gt; 99.9999 %</title>"));
    free(svg);
    svg = draw(&lines[2], 1, "Loss");
    ck_assert_ptr_null(strstr(svg, "<title>"));
    free(svg);
}
END_TEST

START_TEST(a_chart_holds_the_values_of_another_if_that_is_requested)
{
    const struct chart_line line = {x, up, 3, "c0", NULL, -1, false, SHAPE_NONE, NULL};
    struct chart chart = {.lines = &line, .count = 1};
    struct scale horizontal, one, other;

    ck_assert(chart_scales(&chart, &horizontal, &one));
    chart.low = one.low - 1;
    chart.high = one.high + 2;
    ck_assert(chart_scales(&chart, &horizontal, &other));
    ck_assert(other.low <= one.low - 1 && other.high >= one.high + 2);
    ck_assert(other.low > one.low - 2 && other.high < one.high + 3);
}
END_TEST

START_TEST(a_wide_range_of_losses_is_drawn_logarithmically)
{
    static const double wide[] = {0.01, 0.1, 1};
    char *svg =
        draw(&(struct chart_line){x, wide, 3, "c0", NULL, -1, false, SHAPE_NONE, NULL}, 1, "Loss");
    double a, b, c;

    ck_assert_ptr_nonnull(strstr(svg, ">Loss (logarithmic)<"));
    ck_assert_int_eq(sscanf(strstr(svg, "points="),
                            "points=\"%*[0-9.],%lf %*[0-9.],%lf %*[0-9.],%lf", &a, &b, &c),
                     3);
    ck_assert_double_eq_tol(b, (a + c) / 2, 0.11);
    free(svg);
}
END_TEST

START_TEST(accuracies_are_drawn_by_their_error)
{
    static const double near[] = {90, 99, 99.9}, all_right[] = {90, 99, 100};
    char *svg =
        draw_below(&(struct chart_line){x, near, 3, "c0", NULL, -1, false, SHAPE_NONE, NULL}, 1,
                   "Accuracy", 100);
    double a, b, c;

    ck_assert_ptr_nonnull(strstr(svg, ">Accuracy (logarithmic in the error)<"));
    ck_assert_ptr_nonnull(strstr(svg, ">99.9 %<"));
    ck_assert_int_eq(sscanf(strstr(svg, "points="),
                            "points=\"%*[0-9.],%lf %*[0-9.],%lf %*[0-9.],%lf", &a, &b, &c),
                     3);
    ck_assert_double_eq_tol(b, (a + c) / 2, 0.11);
    ck_assert(a > c);
    free(svg);
    svg = draw_below(&(struct chart_line){x, all_right, 3, "c0", NULL, -1, false, SHAPE_NONE, NULL},
                     1, "Accuracy", 100);
    ck_assert_ptr_nonnull(strstr(svg, ">Accuracy<"));
    free(svg);
}
END_TEST

Suite *suite_chart(void)
{
    Suite *suite = suite_create("chart");
    TCase *tests = tcase_create("chart");

    tcase_add_test(tests, values_lie_in_proportion_on_a_scale);
    tcase_add_test(tests, values_below_a_limit_lie_by_their_distance_from_it);
    tcase_add_test(tests, ticks_are_round_values);
    tcase_add_test(tests, every_range_has_ticks_within_it);
    tcase_add_test(tests, the_widest_ranges_have_ticks_within_them);
    tcase_add_test(tests, a_margin_lies_on_either_side);
    tcase_add_test(tests, a_single_value_becomes_a_range_around_it);
    tcase_add_test(tests, a_line_goes_through_its_points);
    tcase_add_test(tests, a_line_has_its_shape_along_it_and_at_its_label);
    tcase_add_test(tests, points_without_a_value_are_left_out);
    tcase_add_test(tests, titles_and_labels_are_escaped);
    tcase_add_test(tests, labels_stand_in_the_order_of_the_lines_ends);
    tcase_add_test(tests, labels_stand_apart_and_within_the_drawing);
    tcase_add_test(tests, a_value_shows_where_a_pointer_rests_and_none_reads_as_all);
    tcase_add_test(tests, a_chart_holds_the_values_of_another_if_that_is_requested);
    tcase_add_test(tests, a_wide_range_of_losses_is_drawn_logarithmically);
    tcase_add_test(tests, accuracies_are_drawn_by_their_error);
    suite_add_tcase(suite, tests);
    return suite;
}
