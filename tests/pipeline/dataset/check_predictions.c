#include "pipeline/dataset/predictions.h"

#include "tests/support/scratch.h"

#include <string.h>

Suite *suite_predictions(void);

static struct err err;

enum { ROWS = 7, CLASSES = 2 };

static char *classes[] = {"0", "1"}, *class_names[] = {"no", "yes"};
static int64_t rows[] = {1, 2, 3, 5, 8, 13, 21}, ids[] = {9, 8, 7, 6, 5, 4, 3};
static uint8_t labels[ROWS][CLASSES] = {{1, 0}, {0, 1}, {1, 0}, {1, 0}, {0, 1}, {0, 1}, {0, 1}};
static float shares[ROWS][CLASSES] = {{1, 0},       {0, 1},       {0.5f, 0.5f}, {0.25f, 0.75f},
                                      {0.1f, 0.9f}, {0.3f, 0.7f}, {0.9f, 0.1f}};

static struct dataset_info data_info(bool whole)
{
    return (struct dataset_info){.has_ids = whole,
                                 .has_labels = whole,
                                 .class_count = whole ? CLASSES : 0,
                                 .id_column = whole ? "ImageId" : NULL};
}

static void write_shares(const char *path, bool whole)
{
    const struct dataset_info info = data_info(whole);
    json_t *options = json_object(), *models = json_pack("[s]", "ab");
    struct tensor_writer *file;
    struct predictions_writer writer;

    MUST(tensor_writer_open(&file, path, &err));
    MUST(predictions_writer_init(&writer, file, &info, CLASSES, &err));
    for (int i = 0; i < ROWS; i += 4) {
        const struct dataset_chunk chunk = {.count = i + 4 < ROWS ? 4 : ROWS - i,
                                            .rows = rows + i,
                                            .ids = whole ? ids + i : NULL,
                                            .labels = whole ? labels[i] : NULL};

        MUST(predictions_writer_append(&writer, &chunk, shares[i], &err));
    }
    MUST(predictions_writer_prepare(&writer, &info, CLASSES, classes, class_names, models, "cd",
                                    options, NULL, &err));
    MUST(tensor_writers_place(&writer.file, 1, NULL, &err));
    predictions_writer_close(&writer);
    json_decref(options);
    json_decref(models);
}

static void read_shares(const char *path, bool whole)
{
    struct predictions predictions;
    struct predictions_chunk chunk;
    int got, i = 0;

    MUST(predictions_open(&predictions, path, NULL, "", &err));
    ck_assert_int_eq(predictions.n, ROWS);
    ck_assert(predictions.has_ids == whole && predictions.has_labels == whole);
    ck_assert_str_eq(predictions.class_names[1], "yes");
    ck_assert_str_eq(tensor_file_meta(predictions.file, "models"), "[\"ab\"]");
    ck_assert_str_eq(tensor_file_meta(predictions.file, "data_digest"), "cd");
    MUST(predictions_chunk_init(&chunk, &predictions, 3, &err));
    while ((got = predictions_next(&predictions, &chunk, &err)) > 0) {
        size_t n = (size_t)chunk.count;

        ck_assert_int_eq(memcmp(chunk.rows, rows + i, n * sizeof *rows), 0);
        ck_assert_int_eq(memcmp(chunk.probabilities, shares[i], n * sizeof *shares), 0);
        if (whole) {
            ck_assert_int_eq(memcmp(chunk.ids, ids + i, n * sizeof *ids), 0);
            ck_assert_int_eq(memcmp(chunk.labels, labels[i], n * sizeof *labels), 0);
        }
        i += (int)n;
    }
    MUST(got);
    ck_assert_int_eq(i, ROWS);
    predictions_chunk_free(&chunk);
    predictions_close(&predictions);
}

START_TEST(what_was_written_is_read)
{
    write_shares(scratch("whole"), true);
    read_shares(scratch("whole"), true);
    write_shares(scratch("bare"), false);
    read_shares(scratch("bare"), false);
}
END_TEST

START_TEST(labels_of_other_classes_than_the_models_are_refused)
{
    const struct dataset_info info = data_info(true);
    struct tensor_writer *file;
    struct predictions_writer writer;

    MUST(tensor_writer_open(&file, scratch("out"), &err));
    FAILS(EX_DATAERR, predictions_writer_init(&writer, file, &info, CLASSES + 1, &err));
    predictions_writer_close(&writer);
    predictions_writer_close(&writer);
}
END_TEST

Suite *suite_predictions(void)
{
    Suite *suite = suite_create("predictions");
    TCase *tests = tcase_create("files");

    tcase_add_checked_fixture(tests, scratch_make, scratch_remove);
    tcase_add_test(tests, what_was_written_is_read);
    tcase_add_test(tests, labels_of_other_classes_than_the_models_are_refused);
    suite_add_tcase(suite, tests);
    return suite;
}
