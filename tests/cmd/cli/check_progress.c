/* The progress line on a terminal of any width and in a pipe, by a clock that the tests set: the
 * linker turns clock_gettime() into __wrap_clock_gettime() (see the Makefile). */
#include "cmd/cli/options.h"
#include "cmd/cli/progress.h"
#include "cmd/cli/say.h"

#include "tests/support/scratch.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

Suite *suite_progress(void);
int __real_clock_gettime(clockid_t clock, struct timespec *time);
int __wrap_clock_gettime(clockid_t clock, struct timespec *time);

static struct err err;
static double set_clock = -1; /* below 0: the real one */

int __wrap_clock_gettime(clockid_t clock, struct timespec *time)
{
    if (set_clock < 0)
        return __real_clock_gettime(clock, time);
    time->tv_sec = (time_t)set_clock;
    time->tv_nsec = (long)((set_clock - (double)time->tv_sec) * 1e9);
    return 0;
}

/* ---- Where standard error goes ---- */

static int end; /* where the tests read */
static char heard[4096];

static const char *hear(void)
{
    ssize_t got = read(end, heard, sizeof heard - 1);

    heard[got > 0 ? got : 0] = 0;
    return heard;
}

static void begin(void)
{
    ck_assert_int_eq(fcntl(end, F_SETFL, O_NONBLOCK), 0);
    common.quiet = false;
    program_name = "fit";
    run_title = "";
    set_clock = 1000;
}

static void into_pipe(void)
{
    int ends[2];

    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_eq(dup2(ends[1], STDERR_FILENO), STDERR_FILENO);
    end = ends[0];
    begin();
}

static void resize(int columns)
{
    const struct winsize size = {.ws_row = 24, .ws_col = (unsigned short)columns};

    ck_assert_int_eq(ioctl(end, TIOCSWINSZ, &size), 0);
}

/* An end of -1: build chroots often have no terminals. */
static void open_terminal(int *their_end, int *terminal)
{
    *their_end = posix_openpt(O_RDWR | O_NOCTTY);
    if (*their_end < 0)
        return;
    *terminal = grantpt(*their_end) || unlockpt(*their_end)
                    ? -1
                    : open(ptsname(*their_end), O_RDWR | O_NOCTTY);
    if (*terminal >= 0)
        return;
    close(*their_end);
    *their_end = -1;
}

static bool has_terminals(void)
{
    int their_end, terminal;

    open_terminal(&their_end, &terminal);
    if (their_end < 0) {
        puts("SKIPPED: progress: no terminal can be opened (/dev/pts)");
        return false;
    }
    close(terminal);
    close(their_end);
    return true;
}

static void onto_terminal(void)
{
    struct termios mode;
    int terminal;

    open_terminal(&end, &terminal);
    ck_assert_int_ge(end, 0);
    ck_assert_int_eq(tcgetattr(terminal, &mode), 0);
    mode.c_oflag &= ~(tcflag_t)OPOST;
    ck_assert_int_eq(tcsetattr(terminal, TCSANOW, &mode), 0);
    ck_assert_int_eq(dup2(terminal, STDERR_FILENO), STDERR_FILENO);
    ck_assert_int_eq(setenv("TERM", "xterm", 1), 0);
    resize(80);
    begin();
}

/* An update `seconds` later; what is written for it. */
static const char *later(double seconds, int64_t done)
{
    set_clock += seconds;
    progress_update(done);
    return hear();
}

static void start(int64_t total)
{
    progress_begin("reading", "rows", total);
    ck_assert_str_eq(later(0, 0), "");
}

/* ---- On a terminal ---- */

START_TEST(nothing_is_shown_within_the_first_second)
{
    start(1000);
    ck_assert_str_eq(later(0.5, 200), "");
    ck_assert_str_eq(later(0.4, 900), "");
    progress_end();
    ck_assert_str_eq(hear(), "");
}
END_TEST

START_TEST(the_line_is_rewritten_from_its_beginning)
{
    start(1000);
    ck_assert_str_eq(later(2, 200), "\r\033[Jfit: reading 200 of 1000 rows, 100/s, 8 s left\r");
    ck_assert_str_eq(later(0.05, 210), "");
    ck_assert_str_eq(later(1.95, 400), "\r\033[Jfit: reading 400 of 1000 rows, 100/s, 6 s left\r");
    progress_end();
    ck_assert_str_eq(hear(), "\r\033[J");
}
END_TEST

START_TEST(what_is_said_takes_the_lines_place)
{
    start(0);
    ck_assert_str_eq(later(2, 200), "\r\033[Jfit: reading 200 rows, 100/s\r");
    say("half of %d", 2);
    ck_assert_str_eq(hear(), "\r\033[Jfit: half of 2\n");
    say("no line to remove");
    ck_assert_str_eq(hear(), "fit: no line to remove\n");
    ck_assert_str_eq(later(0.01, 201), "\r\033[Jfit: reading 201 rows, 100/s\r");
}
END_TEST

/* Characters between what removes the line and the return to its beginning. */
static size_t shown(const char *text)
{
    const size_t head = strlen("\r\033[J"), length = strlen(text);

    ck_assert_uint_gt(length, head);
    ck_assert_int_eq(strncmp(text, "\r\033[J", head), 0);
    ck_assert_int_eq(text[length - 1], '\r');
    ck_assert_ptr_null(strchr(text, '\n'));
    return length - head - 1;
}

START_TEST(the_line_fits_the_terminal_as_it_is_now)
{
    static const int columns[] = {200, 80, 30, 10, 2, 80};

    start(1000000000000);
    for (int i = 0; i < 6; i++) {
        resize(columns[i]);
        ck_assert_uint_lt(shown(later(1, 100 * (i + 1))), (size_t)columns[i]);
        ck_assert_uint_lt(strlen(heard), 80 + 6);
    }
}
END_TEST

START_TEST(a_narrow_terminal_gets_what_matters)
{
    start(1000);
    resize(40);
    ck_assert_str_eq(later(2, 200), "\r\033[Jfit: reading 20 %, 8 s left\r");
}
END_TEST

START_TEST(a_terminal_that_cannot_rewrite_gets_lines)
{
    static const char *const terms[] = {"dumb", ""};

    ck_assert_int_eq(setenv("TERM", terms[_i], 1), 0);
    start(1000);
    ck_assert_str_eq(later(2, 200), "");
    ck_assert_str_eq(later(8, 500), "fit: reading 500 of 1000 rows, 50/s, 10 s left\n");
    progress_end();
    ck_assert_str_eq(hear(), "");
}
END_TEST

START_TEST(a_run_beside_others_gets_lines_with_its_title)
{
    run_title = "a.s2";
    start(1000);
    ck_assert_str_eq(later(2, 200), "");
    ck_assert_str_eq(later(8, 500), "fit a.s2: reading 500 of 1000 rows, 50/s, 10 s left\n");
}
END_TEST

/* ---- In a pipe ---- */

START_TEST(a_line_comes_after_ten_seconds_of_silence)
{
    start(0);
    ck_assert_str_eq(later(9, 90), "");
    say("epoch 1");
    ck_assert_str_eq(hear(), "fit: epoch 1\n");
    ck_assert_str_eq(later(9, 180), "");
    ck_assert_str_eq(later(1, 190), "fit: reading 190 rows, 10/s\n");
    ck_assert_str_eq(later(1, 200), "");
}
END_TEST

START_TEST(and_every_minute_after_the_first)
{
    int lines = 0;

    start(0);
    for (int second = 1; second <= 300; second++)
        lines += strlen(later(1, second)) > 0;
    ck_assert_int_eq(lines, 5 + 4);
}
END_TEST

START_TEST(quiet_shows_nothing)
{
    common.quiet = true;
    start(0);
    ck_assert_str_eq(later(100, 90), "");
    say("nothing");
    ck_assert_str_eq(hear(), "");
    warn("even so");
    ck_assert_str_eq(hear(), "csvnet fit: warning: even so\n");
}
END_TEST

START_TEST(long_times_are_told_in_minutes_and_hours)
{
    start(100000);
    ck_assert_str_eq(later(10, 1000), "fit: reading 1000 of 100000 rows, 100/s, 16 min left\n");
    ck_assert_str_eq(later(10, 1001), "fit: reading 1001 of 100000 rows, 50/s, 33 min left\n");
    ck_assert_str_eq(later(100, 1100), "fit: reading 1100 of 100000 rows, 9/s, 3.0 h left\n");
}
END_TEST

START_TEST(the_rate_counts_from_the_first_update)
{
    progress_begin("epoch 2/2,", "images", 2000);
    ck_assert_str_eq(later(0, 1000), "");
    ck_assert_str_eq(later(10, 1500), "fit: epoch 2/2, 1500 of 2000 images, 50/s, 10 s left\n");
}
END_TEST

/* ---- Of all fits of a make ---- */

/* This fit, with note `note` in a folder of its own, of a and b. */
static struct all_fits *one_of_two(const char *note)
{
    struct all_fits *fits;
    char text[600];

    snprintf(text, sizeof text, "7-7 %s/%s 1 2 %ld 0 1 %s/a 3 %s/b", scratch_folder, note,
             (long)time(NULL), scratch_folder, scratch_folder);
    MUST(all_fits_open(&fits, text, &err));
    return fits;
}

START_TEST(next_to_other_fits_the_first_says_a_line_for_all)
{
    struct all_fits *a = one_of_two("a"), *b = one_of_two("b");

    run_title = "a";
    progress_of_all(a);
    start(1000);
    all_fits_note(a, 0.5, 10);
    all_fits_note(b, 0.5, 10);
    say("epoch 1");
    hear();
    ck_assert_str_eq(later(10, 500), "fits: 0 of 2 done, 50 %, 10 s left\n");
    progress_of_all(b); /* as the other would */
    ck_assert_str_eq(later(10, 500), "");
    all_fits_close(a, true);
    ck_assert_str_eq(later(10, 500), "fits: 1 of 2 done, 62 %, 10 s left\n");
    all_fits_close(b, true);
}
END_TEST

START_TEST(one_fit_after_the_other_says_both)
{
    struct all_fits *a = one_of_two("a");

    progress_of_all(a);
    start(1000);
    all_fits_note(a, 0.5, 10);
    ck_assert_str_eq(later(10, 500),
                     "fit: reading 50 %, 10 s left; fits: 0 of 2 done, 12 %, 35 s left\n");
    all_fits_close(a, true);
}
END_TEST

/* ---- Folded lines ---- */

static const char network[] = "conv 16 3x3 pad 1, batchnorm, relu, conv 16 3x3 pad 1, batchnorm, "
                              "relu, maxpool 2, flatten, linear 128, relu, dropout 0.25, linear 10";

START_TEST(a_terminal_gets_lines_of_80_columns_that_begin_with_the_name)
{
    const char *line = heard;

    resize(100);
    say_folded("network %s", network);
    hear();
    while (*line) {
        const size_t length = strcspn(line, "\n");

        ck_assert_uint_le(length, 80);
        ck_assert_int_eq(strncmp(line, "fit: ", 5), 0);
        ck_assert_int_eq(strncmp(line, "fit:   ", 7) == 0, line != heard);
        line += length + 1;
    }
    ck_assert_int_gt(line - heard, 81);
    say_folded("short");
    ck_assert_str_eq(hear(), "fit: short\n");
}
END_TEST

START_TEST(a_pipe_gets_whole_lines)
{
    char whole[200];

    snprintf(whole, sizeof whole, "fit: network %s\n", network);
    say_folded("network %s", network);
    ck_assert_str_eq(hear(), whole);
}
END_TEST

static TCase *on_terminal(void)
{
    TCase *terminal = tcase_create("terminal");

    tcase_add_checked_fixture(terminal, onto_terminal, NULL);
    tcase_add_test(terminal, nothing_is_shown_within_the_first_second);
    tcase_add_test(terminal, the_line_is_rewritten_from_its_beginning);
    tcase_add_test(terminal, what_is_said_takes_the_lines_place);
    tcase_add_test(terminal, the_line_fits_the_terminal_as_it_is_now);
    tcase_add_test(terminal, a_narrow_terminal_gets_what_matters);
    tcase_add_loop_test(terminal, a_terminal_that_cannot_rewrite_gets_lines, 0, 2);
    tcase_add_test(terminal, a_run_beside_others_gets_lines_with_its_title);
    tcase_add_test(terminal, a_terminal_gets_lines_of_80_columns_that_begin_with_the_name);
    return terminal;
}

Suite *suite_progress(void)
{
    Suite *suite = suite_create("progress");
    TCase *piped = tcase_create("pipe"), *fits = tcase_create("fits");

    if (has_terminals())
        suite_add_tcase(suite, on_terminal());
    tcase_add_checked_fixture(piped, into_pipe, NULL);
    tcase_add_test(piped, a_line_comes_after_ten_seconds_of_silence);
    tcase_add_test(piped, and_every_minute_after_the_first);
    tcase_add_test(piped, quiet_shows_nothing);
    tcase_add_test(piped, long_times_are_told_in_minutes_and_hours);
    tcase_add_test(piped, the_rate_counts_from_the_first_update);
    tcase_add_test(piped, a_pipe_gets_whole_lines);
    suite_add_tcase(suite, piped);
    tcase_add_checked_fixture(fits, scratch_make, scratch_remove);
    tcase_add_checked_fixture(fits, into_pipe, NULL);
    tcase_add_test(fits, next_to_other_fits_the_first_says_a_line_for_all);
    tcase_add_test(fits, one_fit_after_the_other_says_both);
    suite_add_tcase(suite, fits);
    return suite;
}
