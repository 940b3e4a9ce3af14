/* The quota of processor time, as files of control groups tell it: both versions, groups in groups,
 * and containers that see their host's names. */
#include "cmd/cli/processors.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

Suite *suite_processors(void);

static char top[200];

static char *path(const char *name)
{
    static char whole[500];

    snprintf(whole, sizeof whole, "%s/%s", top, name);
    return whole;
}

/* Writes a file, and the folders on the way. */
static void put(const char *name, const char *text)
{
    char *whole = path(name);
    FILE *file;

    for (char *slash = whole + strlen(top) + 1; (slash = strchr(slash, '/')); *slash++ = '/') {
        *slash = '\0';
        mkdir(whole, 0700);
    }
    file = fopen(whole, "w");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(fputs(text, file), 0);
    ck_assert_int_eq(fclose(file), 0);
}

static void begin(void)
{
    const char *folder = getenv("TMPDIR");

    snprintf(top, sizeof top, "%s/csvnet-processors-XXXXXX", folder ? folder : "/tmp");
    ck_assert_ptr_nonnull(mkdtemp(top));
}

static void end(void)
{
    char command[300];

    snprintf(command, sizeof command, "rm -r '%s'", top);
    ck_assert_int_eq(system(command), 0);
}

static int quota(const char *groups)
{
    char file[500];

    put("groups", groups);
    snprintf(file, sizeof file, "%s", path("groups"));
    return processors_quota(file, top);
}

START_TEST(without_groups_there_is_no_quota)
{
    char file[500];

    ck_assert_int_eq(processors_quota(path("not there"), top), 0);
    snprintf(file, sizeof file, "%s", path("groups"));
    put("groups", "");
    ck_assert_int_eq(processors_quota(file, top), 0);
    ck_assert_int_eq(quota("nonsense\n0:\n0::/not/there\n"), 0);
}
END_TEST

START_TEST(a_quota_is_rounded_up)
{
    static const struct {
        const char *text;
        int quota;
    } cases[] = {{"max 100000\n", 0},      {"200000 100000\n", 2},  {"150000 100000\n", 2},
                 {"1000 100000\n", 1},     {"100001 100000\n", 2},  {"", 0},
                 {"200000\n", 0},          {"-1 100000\n", 0},      {"5 0\n", 0},
                 {"9000000000000 1\n", 0}, {"6400000 50000\n", 128}};

    put("a/cpu.max", cases[_i].text);
    ck_assert_int_eq(quota("0::/a\n"), cases[_i].quota);
}
END_TEST

START_TEST(the_least_quota_of_the_groups_around_counts)
{
    put("a/cpu.max", "300000 100000\n");
    put("a/b/cpu.max", "max 100000\n");
    put("a/b/c/cpu.max", "800000 100000\n");
    ck_assert_int_eq(quota("0::/a/b/c\n"), 3);
    put("cpu.max", "200000 100000\n"); /* a container's root is a group too */
    ck_assert_int_eq(quota("0::/a/b/c\n"), 2);
    ck_assert_int_eq(quota("0::/\n"), 2);
    ck_assert_int_eq(quota("0::/named/by/the/host\n"), 2);
}
END_TEST

START_TEST(version_1_has_two_files)
{
    put("cpu/a/cpu.cfs_quota_us", "250000\n");
    put("cpu/a/cpu.cfs_period_us", "100000\n");
    put("cpu/cpu.cfs_quota_us", "-1\n");
    put("cpu/cpu.cfs_period_us", "100000\n");
    ck_assert_int_eq(quota("5:memory:/x\n4:cpu,cpuacct:/a\n"), 3);
    ck_assert_int_eq(quota("4:cpuacct,cpu:/a/b\n"), 3);
    ck_assert_int_eq(quota("4:cpuacct:/a\n3:cpuset:/a\n"), 0);
    ck_assert_int_eq(quota("4:cpu:/\n0::/\n"), 0);
}
END_TEST

/* Slurm's count for the task is its own already; that for the machine is everybody's. */
START_TEST(processes_share_what_they_use_alike)
{
    int all;

    unsetenv("SLURM_JOB_ID");
    unsetenv("SLURM_CPUS_PER_TASK");
    all = processors();
    processors_share(2);
    ck_assert_int_eq(processors(), all > 1 ? all / 2 : 1);
    processors_share(1000 * all);
    ck_assert_int_eq(processors(), 1);
    processors_share(1);
    ck_assert_int_eq(processors(), all);
    setenv("SLURM_JOB_ID", "1", 1);
    setenv("SLURM_CPUS_ON_NODE", "2", 1);
    processors_share(2);
    ck_assert_int_eq(processors(), 1);
    unsetenv("SLURM_JOB_ID");
    unsetenv("SLURM_CPUS_ON_NODE");
    processors_share(1);
}
END_TEST

Suite *suite_processors(void)
{
    Suite *suite = suite_create("processors");
    TCase *tests = tcase_create("quota");

    tcase_add_checked_fixture(tests, begin, end);
    tcase_add_test(tests, without_groups_there_is_no_quota);
    tcase_add_loop_test(tests, a_quota_is_rounded_up, 0, 11);
    tcase_add_test(tests, the_least_quota_of_the_groups_around_counts);
    tcase_add_test(tests, version_1_has_two_files);
    tcase_add_test(tests, processes_share_what_they_use_alike);
    suite_add_tcase(suite, tests);
    return suite;
}
