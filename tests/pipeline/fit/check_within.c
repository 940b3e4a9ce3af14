/* Trainings that end by the clock: durations, courses as text, plans that are kept by simulated
 * clocks, and learning rates that fall to their end. */
#include "pipeline/base/duration.h"
#include "pipeline/fit/course.h"
#include "pipeline/fit/within.h"

#include <check.h>
#include <limits.h>
#include <string.h>

Suite *suite_within(void);

START_TEST(durations_are_hours_minutes_and_seconds)
{
    static const struct {
        const char *text;
        double seconds;
    } cases[] = {{"90s", 90},    {"10m", 600},   {"1h", 3600}, {"8h30m", 30600}, {"1h0m5s", 3605},
                 {"0.5s", 0.5},  {"1.5h", 5400}, {"", -1},     {"90", 90},       {"s", -1},
                 {"10m8h", -1},  {"1h1h", -1},   {"-5s", -1},  {"0s", -1},       {"1 h", -1},
                 {"1h 30m", -1}, {"5x", -1},      {"30min", 1800}, {"1h5min", 3900}, {"5mi", -1},     {"infs", -1}, {"9999999h", -1}, {"1s ", -1}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        ck_assert_msg(duration_parse(cases[i].text) == cases[i].seconds, "'%s'", cases[i].text);
}
END_TEST

START_TEST(courses_are_read_as_they_are_written)
{
    static const char *const good[] = {"1", "1310", "1310,1290@400", "5@1,9@2,7@6"};
    static const char *const wrong[] = {"",        "0",   "x",    "10,",        "10@10",
                                        "10@11",   "10@", "10,9", "10,9@5,9@5", "10 ",
                                        "10,9@5x", "-3",  "+3",   "1.5",        "99999999999999"};
    struct nn_training nn = {.epochs = 2};
    char text[COURSE_TEXT];

    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        ck_assert_int_eq(course_parse(&nn, good[i]), 0);
        course_text(&nn, text);
        ck_assert_str_eq(text, good[i]);
    }
    ck_assert_int_eq(course_epochs(&nn, 3), 3); /* 7 steps */
    nn.bend[nn.bends - 1].steps = INT64_C(1000000000000);
    ck_assert_int_eq(course_epochs(&nn, 1), INT_MAX);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        ck_assert_msg(course_parse(&nn, wrong[i]) == -1, "'%s'", wrong[i]);
    nn.bends = 0;
    for (int64_t i = 0; i < NN_BENDS_MOST; i++)
        ck_assert(course_bend(&nn, i, INT64_C(1000000000000)));
    ck_assert(!course_bend(&nn, 1000, 2000));
    ck_assert(course_bend(&nn, NN_BENDS_MOST - 1, 5)); /* in place of the last one */
    ck_assert_int_eq(nn.bend[NN_BENDS_MOST - 1].steps, NN_BENDS_MOST);
    nn.bend[NN_BENDS_MOST - 1].steps = INT64_C(1000000000000);
    course_text(&nn, text);
    ck_assert_int_lt(strlen(text), COURSE_TEXT - 1);
    ck_assert_int_eq(course_parse(&nn, text), 0);
}
END_TEST

/* Share of the time that is over, and a number that no other call of the run has. */
typedef double pace_at(double time, uint64_t draw);

/* A clock that goes as a machine does: steps of 10 ms, a scoring of 0.1 s after each epoch of 50,
 * an end of 0.05 s, all of which take `pace` times as long. Returns the seconds at the end; *steps
 * of them, *bends on the way. */
static double simulate(pace_at pace, double seconds, int64_t most, uint64_t seed, int64_t *steps,
                       int *bends)
{
    struct within w = {.seconds = seconds,
                       .most = most,
                       .epoch_steps = 50,
                       .step = 0.01,
                       .scoring = 0.1,
                       .last_scorings = 1,
                       .end = 0.05};
    double time = 0.3;
    int64_t done = 0, planned = within_steps(&w, time, 0);

    *bends = 0;
    w.looked = time;
    while (done < planned) {
        const uint64_t draw = seed * 1000003 + (uint64_t)done;
        int64_t next;

        time += 0.01 * pace(time / seconds, draw);
        done++;
        if (done % 50 == 0 || done == planned) {
            const double scoring = 0.1 * pace(time / seconds, draw);

            time += scoring;
            within_scored(&w, scoring);
        }
        next = within_look(&w, time, done, planned);
        *bends += next != planned;
        planned = next;
    }
    *steps = done;
    return time + 0.05 * pace(time / seconds, seed);
}

static double unit(uint64_t draw)
{
    return nn_random_unit(&(struct nn_random){17, 0, 0}, draw);
}

static double even(double time, uint64_t draw)
{
    (void)time, (void)draw;
    return 1;
}

static double noisy(double time, uint64_t draw)
{
    (void)time;
    return 0.5 + unit(draw) * (draw % 50 == 0 ? 10 : 1);
}

static double slower(double time, uint64_t draw)
{
    (void)draw;
    return time < 0.5 ? 1 : 3;
}

static double faster(double time, uint64_t draw)
{
    (void)draw;
    return time < 0.2 ? 4 : 1;
}

/* Others use the machine for a while, again and again: all takes up to three times as long. */
static double loaded(double time, uint64_t draw)
{
    const uint64_t stretch = draw / 1000003 * 1000 + (uint64_t)(time * 20);

    return (1 + 2 * unit(stretch)) * (0.8 + 0.4 * unit(draw));
}

START_TEST(plans_end_in_time_and_use_it)
{
    pace_at *const paces[] = {even, noisy, slower, faster, loaded};
    static const double times[] = {5, 30, 600, 30000};
    int64_t steps;
    int bends;

    for (uint64_t seed = 1; seed <= 10; seed++)
        for (int t = 0; t < 4; t++) {
            const double end = simulate(paces[_i], times[t], 0, seed, &steps, &bends);

            ck_assert_double_le(end, times[t]);
            ck_assert_double_ge(end, 0.75 * times[t]);
            ck_assert_int_lt(bends, NN_BENDS_MOST);
        }
}
END_TEST

START_TEST(an_even_clock_bends_nothing_and_no_more_steps_are_taken_than_wanted)
{
    int64_t steps;
    int bends;

    (void)simulate(even, 30, 0, 1, &steps, &bends);
    ck_assert_int_eq(bends, 0);
    (void)simulate(even, 30, 1000, 1, &steps, &bends);
    ck_assert_int_eq(steps, 1000);
    ck_assert_int_eq(bends, 0);
    (void)simulate(slower, 30, 1000, 1, &steps,
                   &bends); /* 1000 fit all the same: no step is lost */
    ck_assert_int_eq(steps, 1000);
    ck_assert_double_le(simulate(slower, 20, 1800, 1, &steps, &bends), 20);
    ck_assert_int_lt(steps, 1800);
}
END_TEST

START_TEST(too_little_time_is_one_step)
{
    const struct within w = {
        .seconds = 1, .epoch_steps = 50, .step = 0.01, .scoring = 0.1, .last_scorings = 1};

    ck_assert_int_eq(within_steps(&w, 2, 0), 1);
    ck_assert_int_eq(within_steps(&w, 2, 70), 71);
}
END_TEST

static double rate(const struct nn_training *nn, int64_t step, int64_t epoch_steps)
{
    double momentum;

    return nn_learning_rate(nn, (int)(step / epoch_steps) + 1, step % epoch_steps, epoch_steps,
                            &momentum);
}

/* Every schedule, bent at its beginning and again on the way. */
START_TEST(the_learning_rate_falls_to_its_end)
{
    struct nn_training nn = {
        .lr = 1, .schedule = (enum nn_schedule)_i, .gamma = 0.9, .step_epochs = 2, .epochs = 3};
    static const char *const courses[] = {"137", "400,137@60", "50,300@30,137@100"};

    for (int c = 0; c < 3; c++) {
        double most = 0, last;

        ck_assert_int_eq(course_parse(&nn, courses[c]), 0);
        last = rate(&nn, 0, 40);
        for (int64_t step = 0; step < 137; step++) {
            const double now = rate(&nn, step, 40);

            ck_assert_double_ge(now, 0);
            ck_assert_double_le(now, 1);
            ck_assert_double_le(now - last, 0.2); /* no leap up */
            most = now > most ? now : most;
            last = now;
        }
        ck_assert_double_ge(most, 0.8);
        ck_assert_double_le(last, 0.15);
        ck_assert_int_eq(nn_training_steps(&nn, 136, 40), 137);
    }
}
END_TEST

/* What is to come changes nothing that was: a course known from the beginning has the rates of one
 * that was found step by step. */
START_TEST(a_course_has_the_rates_that_it_had_when_it_was_found)
{
    struct nn_training whole = {
        .lr = 1, .schedule = (enum nn_schedule)_i, .gamma = 0.9, .step_epochs = 2, .epochs = 3};
    struct nn_training found = whole;

    ck_assert_int_eq(course_parse(&whole, "400,137@60,150@100"), 0);
    for (int64_t step = 0; step < 150; step++) {
        if (step == whole.bend[found.bends].step && found.bends < whole.bends)
            ck_assert(course_bend(&found, step, whole.bend[found.bends].steps));
        ck_assert_double_eq(rate(&whole, step, 40), rate(&found, step, 40));
        ck_assert_int_eq(nn_training_steps(&whole, step, 40), nn_training_steps(&found, step, 40));
    }
}
END_TEST

Suite *suite_within(void)
{
    Suite *suite = suite_create("within");
    TCase *tests = tcase_create("plans");

    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, durations_are_hours_minutes_and_seconds);
    tcase_add_test(tests, courses_are_read_as_they_are_written);
    tcase_add_loop_test(tests, plans_end_in_time_and_use_it, 0, 5);
    tcase_add_test(tests, an_even_clock_bends_nothing_and_no_more_steps_are_taken_than_wanted);
    tcase_add_test(tests, too_little_time_is_one_step);
    tcase_add_loop_test(tests, the_learning_rate_falls_to_its_end, 0, NN_ONE_CYCLE + 1);
    tcase_add_loop_test(tests, a_course_has_the_rates_that_it_had_when_it_was_found, 0,
                        NN_ONE_CYCLE + 1);
    suite_add_tcase(suite, tests);
    return suite;
}
