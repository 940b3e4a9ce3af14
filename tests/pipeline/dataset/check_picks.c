#include "pipeline/dataset/picks.h"

#include "tests/support/expect.h"
#include "tests/support/scratch.h"

#include <string.h>

Suite *suite_picks(void);

static struct err err;

/* Row numbers are 3, 6, 9, ...: a part of a longer source. */
enum { ROWS = 1000, STEP = 3, PIXELS = 4 };

/* The numbers of the rows taken, as text. */
static const char *taken(struct picks *picks)
{
    static char text[4096];
    size_t used = 0;

    *text = 0;
    MUST(picks_begin(picks, "x", ROWS, &err));
    for (int64_t i = 1; i <= ROWS; i++)
        if (picks_next(picks, STEP * i) && used < sizeof text - 20)
            used += (size_t)snprintf(text + used, sizeof text - used, " %lld", (long long)STEP * i);
    return text;
}

START_TEST(ranges_and_single_rows_go_by_their_number_in_the_source)
{
    struct picks picks;

    MUST(picks_parse(&picks, "6,30-40,12,33-34", &err));
    ck_assert_str_eq(taken(&picks), " 6 12 30 33 36 39");
    ck_assert_int_eq(picks.taken, 6);
    MUST(picks_end(&picks, "x", STEP * ROWS, &err));
    ck_assert_str_eq(taken(&picks), " 6 12 30 33 36 39");
    picks_free(&picks);
}
END_TEST

START_TEST(the_first_rows_go_by_place)
{
    struct picks picks;

    MUST(picks_first(&picks, 3, &err));
    ck_assert_int_eq(picks_room(&picks, ROWS), 3);
    ck_assert_int_eq(picks_room(&picks, 2), 2);
    ck_assert_str_eq(taken(&picks), " 3 6 9");
    MUST(picks_end(&picks, "x", STEP * ROWS, &err));
    picks_free(&picks);
}
END_TEST

START_TEST(a_list_of_numbers_is_taken_each_once)
{
    const int64_t numbers[] = {900, 3, 900, 3000};
    struct picks picks;

    MUST(picks_numbers(&picks, numbers, 4, &err));
    ck_assert_int_eq(picks_room(&picks, ROWS), 3);
    ck_assert_str_eq(taken(&picks), " 3 900 3000");
    picks_free(&picks);
}
END_TEST

START_TEST(a_range_without_a_row_is_refused)
{
    struct picks picks;

    MUST(picks_parse(&picks, "3,4-5", &err));
    taken(&picks);
    FAILS(EX_DATAERR, picks_end(&picks, "x", STEP * ROWS, &err));
    ck_assert_str_eq(err.text, "x: has no rows 4-5; of its 1000 rows the last is row 3000");
    picks_free(&picks);
    MUST(picks_parse(&picks, "3001", &err));
    taken(&picks);
    FAILS(EX_DATAERR, picks_end(&picks, "x", STEP * ROWS, &err));
    ck_assert_str_eq(err.text, "x: has no row 3001; of its 1000 rows the last is row 3000");
    picks_free(&picks);
}
END_TEST

START_TEST(what_is_no_range_is_refused)
{
    static const char *const texts[] = {"",
                                        "0",
                                        "5-3",
                                        "-3",
                                        "1-",
                                        "1,",
                                        ",1",
                                        "1 2",
                                        "a",
                                        "random",
                                        "random:",
                                        "random:0",
                                        "random:5:",
                                        "random:5x",
                                        "random:10001",
                                        "1-2-3",
                                        "99999999999999999999"};
    struct picks picks;

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        FAILS(EX_USAGE, picks_parse(&picks, texts[i], &err));
        ck_assert_ptr_null(picks.ranges);
    }
}
END_TEST

/* ---- Random rows ---- */

START_TEST(random_rows_are_different_and_follow_the_seed)
{
    char first[4096];
    struct picks picks;

    MUST(picks_parse(&picks, "random:40:7", &err));
    strcpy(first, taken(&picks));
    ck_assert_int_eq(picks.taken, 40);
    ck_assert_int_eq(picks_room(&picks, ROWS), 40);
    ck_assert_str_eq(taken(&picks), first);
    picks_free(&picks);
    MUST(picks_parse(&picks, "random:40:8", &err));
    ck_assert_str_ne(taken(&picks), first);
    picks_free(&picks);
    MUST(picks_parse(&picks, "random:40", &err));
    strcpy(first, taken(&picks));
    picks_free(&picks);
    MUST(picks_parse(&picks, "random:40:1", &err));
    ck_assert_str_eq(taken(&picks), first);
    picks_free(&picks);
}
END_TEST

START_TEST(every_row_is_as_likely)
{
    enum { OF = 6, TAKE = 3, SEEDS = 4000 };
    int seen[OF] = {0};

    for (int seed = 0; seed < SEEDS; seed++) {
        struct picks picks = {.random = TAKE, .seed = (uint64_t)seed};

        if (picks_begin(&picks, "x", OF, &err))
            ck_abort();
        for (int i = 0; i < OF; i++)
            seen[i] += picks_next(&picks, i + 1);
        EXPECT(picks.taken == TAKE, "seed %d takes %d", seed, (int)picks.taken);
        picks_free(&picks);
    }
    /* 2000 expected, the standard deviation is 32 */
    for (int i = 0; i < OF; i++)
        ck_assert_msg(seen[i] > 1840 && seen[i] < 2160, "row %d: %d times", i + 1, seen[i]);
}
END_TEST

START_TEST(all_rows_can_be_drawn_and_no_more)
{
    struct picks picks;

    MUST(picks_parse(&picks, "random:1000", &err));
    taken(&picks);
    ck_assert_int_eq(picks.taken, ROWS);
    picks_free(&picks);
    MUST(picks_parse(&picks, "random:1001", &err));
    FAILS(EX_DATAERR, picks_begin(&picks, "x", ROWS, &err));
    picks_free(&picks);
}
END_TEST

/* ---- Out of files ---- */

static char *classes[] = {"a", "b"};

static void write_data(const char *path)
{
    const struct dataset_info info = {.c = 1,
                                      .h = 2,
                                      .w = 2,
                                      .pixel = DTYPE_U8,
                                      .has_ids = true,
                                      .has_labels = true,
                                      .class_count = 2,
                                      .classes = classes,
                                      .class_names = classes,
                                      .column_count = PIXELS,
                                      .source = "x.csv",
                                      .source_digest = "0123456789abcdef0123456789abcdef"};
    static int64_t rows[ROWS], ids[ROWS];
    static uint8_t labels[ROWS][2], images[ROWS][PIXELS];
    const struct dataset_chunk all = {ROWS, ROWS, rows, ids, NULL, labels, images};
    json_t *options = json_object();
    struct tensor_writer *file;
    struct dataset_writer writer;

    for (int i = 0; i < ROWS; i++) {
        rows[i] = STEP * (i + 1);
        ids[i] = 7 * i;
        labels[i][i % 2] = 1;
        memset(images[i], i % 251, PIXELS);
    }
    MUST(tensor_writer_open(&file, path, &err));
    MUST(dataset_writer_init(&writer, file, &info, &err));
    MUST(dataset_writer_append(&writer, &all, &err));
    MUST(dataset_writer_commit(&writer, &info, options, NULL, &err));
    dataset_writer_close(&writer);
    json_decref(options);
}

/* A pass over the data in chunks. */
static int pick_from(struct dataset *dataset, struct picks *picks, struct dataset_chunk *picked)
{
    struct dataset_chunk chunk = {0};

    MUST(picks_begin(picks, "data", dataset->n, &err));
    MUST(picks_dataset_room(picks, dataset, picked, &err));
    MUST(dataset_chunk_init(&chunk, dataset, 64, &err));
    while (dataset_next(dataset, &chunk, &err) > 0)
        picks_from_dataset(picks, dataset, &chunk, picked);
    dataset_chunk_free(&chunk);
    return picks_end(picks, "data", dataset->last_row, &err);
}

START_TEST(picked_rows_keep_their_ids_labels_and_images)
{
    struct dataset dataset;
    struct dataset_chunk picked = {0};
    struct picks picks;

    write_data(scratch("data"));
    MUST(dataset_open(&dataset, scratch("data"), NULL, "", &err));
    MUST(picks_parse(&picks, "random:5", &err));
    MUST(pick_from(&dataset, &picks, &picked));
    ck_assert_int_eq(picked.count, 5);
    for (int i = 0; i < 5; i++) {
        const int64_t at = picked.rows[i] / STEP - 1;

        ck_assert_int_eq(picked.rows[i] % STEP, 0);
        ck_assert_int_eq(((int64_t *)picked.ids)[i], 7 * at);
        ck_assert_int_eq(dataset_class(&dataset.info, &picked, i), at % 2);
        ck_assert_int_eq(((uint8_t *)picked.images)[i * PIXELS + 3], at % 251);
    }
    dataset_chunk_free(&picked);
    picks_free(&picks);
    dataset_close(&dataset);
}
END_TEST

START_TEST(rows_that_the_data_set_lacks_are_refused)
{
    struct dataset dataset;
    struct dataset_chunk picked = {0};
    struct picks picks;

    write_data(scratch("data"));
    MUST(dataset_open(&dataset, scratch("data"), NULL, "", &err));
    MUST(picks_parse(&picks, "3,3001-4000", &err));
    FAILS(EX_DATAERR, pick_from(&dataset, &picks, &picked));
    SAYS("has no rows 3001-4000");
    dataset_chunk_free(&picked);
    picks_free(&picks);
    dataset_close(&dataset);
}
END_TEST

Suite *suite_picks(void)
{
    Suite *suite = suite_create("picks");
    TCase *ranges = tcase_create("ranges"), *random = tcase_create("random"),
          *files = tcase_create("files");

    tcase_add_test(ranges, ranges_and_single_rows_go_by_their_number_in_the_source);
    tcase_add_test(ranges, the_first_rows_go_by_place);
    tcase_add_test(ranges, a_list_of_numbers_is_taken_each_once);
    tcase_add_test(ranges, a_range_without_a_row_is_refused);
    tcase_add_test(ranges, what_is_no_range_is_refused);
    suite_add_tcase(suite, ranges);
    tcase_add_test(random, random_rows_are_different_and_follow_the_seed);
    tcase_add_test(random, every_row_is_as_likely);
    tcase_add_test(random, all_rows_can_be_drawn_and_no_more);
    suite_add_tcase(suite, random);
    tcase_add_checked_fixture(files, scratch_make, scratch_remove);
    tcase_add_test(files, picked_rows_keep_their_ids_labels_and_images);
    tcase_add_test(files, rows_that_the_data_set_lacks_are_refused);
    suite_add_tcase(suite, files);
    return suite;
}
