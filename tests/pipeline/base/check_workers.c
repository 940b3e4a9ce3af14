#include "pipeline/base/workers.h"
#include "pipeline/tensor/tensor.h"

#include "tests/support/scratch.h"

#include <pthread.h>
#include <string.h>

Suite *suite_workers(void);

static struct err err;
static struct workers *workers;

enum { JOBS = 500 };

static struct numbered {
    struct job job;
    int number, result;
} jobs[JOBS];

static void square(void *data)
{
    struct numbered *numbered = data;

    numbered->result = numbered->number * numbered->number;
}

static void prepare(void)
{
    memset(jobs, 0, sizeof jobs);
    for (int i = 0; i < JOBS; i++) {
        jobs[i].number = i;
        jobs[i].job = (struct job){.run = square, .data = &jobs[i]};
    }
}

static const int threads[] = {1, 2, 3, 8};

START_TEST(jobs_are_done_when_waited_for)
{
    ck_assert_int_eq(workers_start(&workers, threads[_i], &err), 0);
    ck_assert_int_eq(workers_threads(workers), threads[_i]);
    prepare();
    for (int i = 0; i < JOBS; i++) {
        workers_submit(workers, &jobs[i].job);
        if (i >= 7) {
            workers_wait(workers, &jobs[i - 7].job);
            ck_assert_int_eq(jobs[i - 7].result, (i - 7) * (i - 7));
        }
    }
    workers_stop(workers); /* which does the others */
    ck_assert_int_eq(jobs[JOBS - 1].result, (JOBS - 1) * (JOBS - 1));
}
END_TEST

static void *submit_late(void *unused)
{
    for (int i = 0; i < JOBS; i++)
        workers_submit(workers, &jobs[i].job);
    return unused;
}

START_TEST(a_job_may_be_waited_for_before_it_is_submitted)
{
    pthread_t other;

    ck_assert_int_eq(workers_start(&workers, threads[_i], &err), 0);
    prepare();
    ck_assert_int_eq(pthread_create(&other, NULL, submit_late, NULL), 0);
    for (int i = JOBS - 1; i >= 0; i -= 7) {
        workers_wait(workers, &jobs[i].job);
        ck_assert_int_eq(jobs[i].result, i * i);
    }
    pthread_join(other, NULL);
    workers_stop(workers);
}
END_TEST

/* ---- Tensor files ---- */

/* Two tensors that grow side by side, by rows of 7 and 1000 bytes, to several frames each. */
static char *file_bytes(int thread_count, size_t *size)
{
    enum { ROWS = 6000, WIDE = 1000 };
    static uint8_t narrow[ROWS][7], wide[ROWS][WIDE];
    const struct tensor shapes[] = {
        {.name = "narrow", .dtype = DTYPE_U8, .ndim = 2, .dims = {0, 7}},
        {.name = "wide", .dtype = DTYPE_U8, .ndim = 2, .dims = {0, WIDE}}};
    json_t *meta = json_pack("{s:s}", "kind", "test/1"), *options = json_object();
    struct tensor_writer *writer;
    const char *path = scratch("x.st.zst");

    for (int i = 0; i < ROWS; i++) {
        memset(narrow[i], i % 11, sizeof narrow[i]);
        for (int k = 0; k < WIDE; k++)
            wide[i][k] = (uint8_t)(i * k >> 7);
    }
    workers = NULL;
    if (thread_count)
        MUST(workers_start(&workers, thread_count, &err));
    MUST(tensor_writer_open(&writer, path, &err));
    tensor_writer_share(writer, workers);
    MUST(tensor_writer_add(writer, &shapes[0], true, &err));
    MUST(tensor_writer_add(writer, &shapes[1], true, &err));
    for (int round = 0; round < 50; round++) {
        MUST(tensor_writer_append(writer, 0, narrow, ROWS, &err));
        if (round % 10 == 0)
            MUST(tensor_writer_append(writer, 1, wide, ROWS - round, &err));
    }
    MUST(tensor_writer_commit(writer, meta, options, NULL, &err));
    tensor_writer_close(writer);
    workers_stop(workers);
    json_decref(meta);
    json_decref(options);
    return slurp(path, size);
}

START_TEST(tensor_files_are_the_same_for_any_number_of_threads)
{
    size_t wanted_size, size;
    char *wanted = file_bytes(0, &wanted_size), *bytes = file_bytes(threads[_i], &size);

    ck_assert_uint_eq(size, wanted_size);
    ck_assert_mem_eq(bytes, wanted, size);
    free(bytes);
    free(wanted);
}
END_TEST

START_TEST(a_writer_can_be_left_with_frames_on_their_way)
{
    static uint8_t rows[3000][1000];
    const struct tensor shape = {
        .name = "rows", .dtype = DTYPE_U8, .ndim = 2, .dims = {0, sizeof rows[0]}};
    struct tensor_writer *writer;

    MUST(workers_start(&workers, threads[_i], &err));
    MUST(tensor_writer_open(&writer, scratch("x.st.zst"), &err));
    tensor_writer_share(writer, workers);
    MUST(tensor_writer_add(writer, &shape, true, &err));
    MUST(tensor_writer_append(writer, 0, rows, 3000, &err));
    tensor_writer_close(writer);
    workers_stop(workers);
    ck_assert_int_ne(access(scratch("x.st.zst"), F_OK), 0);
}
END_TEST

Suite *suite_workers(void)
{
    Suite *suite = suite_create("workers");
    TCase *tests = tcase_create("threads");
    int counts = sizeof threads / sizeof *threads;

    tcase_add_checked_fixture(tests, scratch_make, scratch_remove);
    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, jobs_are_done_when_waited_for, 0, counts);
    tcase_add_loop_test(tests, a_job_may_be_waited_for_before_it_is_submitted, 0, counts);
    tcase_add_loop_test(tests, tensor_files_are_the_same_for_any_number_of_threads, 0, counts);
    tcase_add_loop_test(tests, a_writer_can_be_left_with_frames_on_their_way, 0, counts);
    suite_add_tcase(suite, tests);
    return suite;
}
