#include "nn/nn.h"
#include "pipeline/dataset/folds.h"

#include "tests/support/expect.h"
#include "tests/support/scratch.h"

#include <string.h>

Suite *suite_row_groups(void);

static struct err err;

/* Rows in groups of very different sizes; a group has rows of up to two classes. */
enum { ROWS = 5000, CLASSES = 3, GROUPS = 400 };
static int64_t rows[ROWS], values[ROWS];
static uint8_t labels[ROWS][CLASSES], images[ROWS];

static int group_of(int row)
{
    const struct nn_random random = {3, 0, 0};
    const int one = (int)nn_random_below(&random, 2 * (uint64_t)row, GROUPS);
    const int other = (int)nn_random_below(&random, 2 * (uint64_t)row + 1, GROUPS);

    return one < other ? one : other;
}

static const char *write_data(bool grouped)
{
    static char *classes[] = {"a", "b", "c"};
    struct dataset_info info = {.c = 1,
                                .h = 1,
                                .w = 1,
                                .has_labels = true,
                                .has_groups = grouped,
                                .class_count = CLASSES,
                                .classes = classes,
                                .class_names = classes,
                                .column_count = 1,
                                .group_column = grouped ? "who" : NULL,
                                .source = "x.csv",
                                .source_digest = "00000000000000000000000000000000"};
    struct dataset_chunk chunk = {ROWS, ROWS, rows, NULL, grouped ? values : NULL, labels, images};
    struct tensor_writer *file;
    struct dataset_writer writer;
    struct inputs inputs = {0};
    json_t *options = json_object();

    memset(labels, 0, sizeof labels);
    for (int i = 0; i < ROWS; i++) {
        rows[i] = i + 1;
        values[i] = 1000 - 7 * group_of(i);
        labels[i][(group_of(i) + (i % 5 == 0)) % CLASSES] = 1;
    }
    ck_assert_int_eq(tensor_writer_open(&file, scratch("data"), &err), 0);
    ck_assert_int_eq(dataset_writer_init(&writer, file, &info, &err), 0);
    ck_assert_int_eq(dataset_writer_append(&writer, &chunk, &err), 0);
    ck_assert_int_eq(dataset_writer_commit(&writer, &info, options, &inputs, &err), 0);
    dataset_writer_close(&writer);
    json_decref(options);
    return scratch("data");
}

/* The part of each row; the rows of each class that the parts got. */
static int part[ROWS], got[10][CLASSES];

static void assign(const int64_t *sizes, int parts, uint64_t seed)
{
    struct dataset data;
    struct row_groups groups;
    int64_t total[10];

    memset(got, 0, sizeof got);
    ck_assert_int_eq(dataset_open(&data, write_data(true), NULL, "", &err), 0);
    ck_assert_int_eq(row_groups_read(&groups, data.file, &data.info, true, &err), 0);
    ck_assert_int_eq(row_groups_assign(&groups, sizes, parts, seed, &err), 0);
    ck_assert_int_le(groups.count, GROUPS);
    row_groups_sizes(&groups, parts, total);
    for (int i = 0; i < ROWS; i++) {
        part[i] = row_groups_part(&groups, values, i);
        EXPECT(part[i] >= 0 && part[i] < parts, "row %d", i);
        got[part[i]][memchr(labels[i], 1, CLASSES) - (void *)labels[i]]++;
        total[part[i]]--;
    }
    for (int p = 0; p < parts; p++)
        ck_assert_int_eq(total[p], 0);
    ck_assert_int_eq(row_groups_part(&groups, &(int64_t){5}, 0), -1);
    row_groups_free(&groups);
    dataset_close(&data);
}

START_TEST(a_group_is_in_one_part_and_parts_have_their_share_of_every_class)
{
    static const int64_t sizes[] = {3500, 1000, 500};
    int of_group[GROUPS], all[CLASSES] = {0};

    memset(of_group, -1, sizeof of_group);
    assign(sizes, 3, 1);
    for (int i = 0; i < ROWS; i++) {
        const int g = group_of(i);

        EXPECT(of_group[g] < 0 || of_group[g] == part[i], "row %d", i);
        of_group[g] = part[i];
    }
    for (int p = 0; p < 3; p++)
        for (int k = 0; k < CLASSES; k++)
            all[k] += got[p][k];
    for (int p = 0; p < 3; p++)
        for (int k = 0; k < CLASSES; k++) {
            const double wanted = (double)all[k] * (double)sizes[p] / ROWS;

            ck_assert_double_lt(got[p][k], 1.1 * wanted + 10);
            ck_assert_double_gt(got[p][k], 0.9 * wanted - 10);
        }
}
END_TEST

START_TEST(the_seed_draws_the_parts)
{
    static const int64_t sizes[] = {1, 1};
    int first[ROWS];

    assign(sizes, 2, 1);
    memcpy(first, part, sizeof first);
    assign(sizes, 2, 1);
    ck_assert_mem_eq(first, part, sizeof first);
    assign(sizes, 2, 2);
    ck_assert_mem_ne(first, part, sizeof first);
}
END_TEST

/* The folds of all rows as fit and predict --oof find them. */
static void find_folds(bool grouped, int *fold)
{
    struct dataset_chunk chunk = {0};
    struct dataset data;
    struct folds folds;
    const char *path = write_data(grouped);

    ck_assert_int_eq(folds_init(&folds, 5, 9, CLASSES, &err), 0);
    if (grouped)
        ck_assert_int_eq(folds_by_group(&folds, path, &err), 0);
    ck_assert_int_eq(dataset_open(&data, path, NULL, "", &err), 0);
    ck_assert_int_eq(dataset_load(&data, &chunk, &err), 0);
    for (int i = 0; i < ROWS; i++)
        fold[i] = folds_next_of(&folds, &chunk, i, dataset_class(&data.info, &chunk, i));
    dataset_chunk_free(&chunk);
    dataset_close(&data);
    folds_free(&folds);
}

START_TEST(folds_keep_groups_whole_and_are_even)
{
    int fold[ROWS], of_group[GROUPS] = {0}, size[6] = {0};

    find_folds(true, fold);
    for (int i = 0; i < ROWS; i++) {
        const int g = group_of(i);

        EXPECT(of_group[g] == 0 || of_group[g] == fold[i], "row %d", i);
        of_group[g] = fold[i];
        size[fold[i]]++;
    }
    for (int f = 1; f <= 5; f++)
        ck_assert_int_lt(abs(size[f] - ROWS / 5), 30);
}
END_TEST

START_TEST(without_groups_the_folds_are_those_by_class)
{
    int fold[ROWS];
    struct folds folds;

    find_folds(false, fold);
    ck_assert_int_eq(folds_init(&folds, 5, 9, CLASSES, &err), 0);
    for (int i = 0; i < ROWS; i++)
        EXPECT(fold[i] == folds_next(&folds, (group_of(i) + (i % 5 == 0)) % CLASSES), "row %d", i);
    folds_free(&folds);
}
END_TEST

Suite *suite_row_groups(void)
{
    Suite *suite = suite_create("row_groups");
    TCase *tests = tcase_create("row_groups");

    tcase_add_unchecked_fixture(tests, scratch_make, scratch_remove);
    tcase_add_test(tests, a_group_is_in_one_part_and_parts_have_their_share_of_every_class);
    tcase_add_test(tests, the_seed_draws_the_parts);
    tcase_add_test(tests, folds_keep_groups_whole_and_are_even);
    tcase_add_test(tests, without_groups_the_folds_are_those_by_class);
    suite_add_tcase(suite, tests);
    return suite;
}
