#include "pipeline/dataset/pseudo_labels.h"
#include "pipeline/predict/pseudo_writer.h"
#include "pipeline/dataset/samples.h"

#include "tests/support/scratch.h"

#include <string.h>

Suite *suite_pseudo(void);

static struct err err;

enum { ROWS = 6, CLASSES = 2, DIGEST = 32 };

static char *classes[] = {"0", "7"}, *class_names[] = {"zero", "seven"};
static int64_t rows[ROWS] = {1, 2, 3, 5, 8, 13}, ids[ROWS] = {60, 50, 40, 30, 20, 10};
static uint8_t images[ROWS][2] = {{1, 2}, {3, 4}, {5, 6}, {7, 8}, {9, 10}, {11, 12}};
static const char data_digest[] = "0123456789abcdef0123456789abcdef";

/* ---- The models, of which only the records count ---- */

static struct model models[2];

/* Two models of these folds, "K/N", of data_digest; NULL: trained on all. */
static void make_models(const char *first, const char *second)
{
    const char *folds[] = {first, second};

    for (int m = 0; m < 2; m++) {
        int fold = 0, count = 0;

        if (folds[m])
            ck_assert_int_eq(sscanf(folds[m], "%d/%d", &fold, &count), 2);
        models[m] = (struct model){
            .data = {.class_count = CLASSES, .classes = classes, .class_names = class_names},
            .settings = json_pack("{s:i, s:i, s:i}", "fold", fold, "folds", count, "fold_seed", 3)};
        memset(models[m].digest, 'a' + m, DIGEST);
        strcpy(models[m].data_digest, data_digest);
    }
}

static void free_models(void)
{
    json_decref(models[0].settings);
    json_decref(models[1].settings);
}

static void setup(void)
{
    scratch_make();
    make_models(NULL, NULL);
}

static void teardown(void)
{
    free_models();
    scratch_remove();
}

/* ---- Writing ---- */

/* A test set has no labels and may not know its classes. */
static struct dataset_info unlabelled(void)
{
    return (struct dataset_info){.c = 1,
                                 .h = 1,
                                 .w = 2,
                                 .pixel = DTYPE_U8,
                                 .has_ids = true,
                                 .column_count = 2,
                                 .id_column = "id",
                                 .source = "test.csv",
                                 .source_bytes = 99,
                                 .source_digest = "00000000000000000000000000000000"};
}

/* Writes, in chunks of `room`, the rows whose first class has such a probability. */
static int write_sure(const char *path, const float *first, double sure, int room)
{
    const struct dataset_info info = unlabelled();
    json_t *options = json_object();
    struct tensor_writer *file;
    struct pseudo_writer writer;
    int result;

    MUST(tensor_writer_open(&file, path, &err));
    MUST(pseudo_writer_init(&writer, file, &info, models, 2, sure, room, &err));
    for (int i = 0; i < ROWS; i += room) {
        float probabilities[ROWS][CLASSES];
        const struct dataset_chunk chunk = {.count = i + room < ROWS ? room : ROWS - i,
                                            .rows = rows + i,
                                            .ids = ids + i,
                                            .images = images[i]};

        for (int64_t r = 0; r < chunk.count; r++) {
            probabilities[r][0] = first[i + r];
            probabilities[r][1] = 1 - first[i + r];
        }
        MUST(pseudo_writer_append(&writer, &chunk, probabilities[0], &err));
    }
    result = pseudo_writer_prepare(&writer, options, NULL, &err);
    if (result == 0)
        MUST(tensor_writers_place(&writer.data.file, 1, NULL, &err));
    pseudo_writer_close(&writer);
    json_decref(options);
    return result;
}

static const float shares[ROWS] = {0.5f, 0.75f, 0.125f, 0.625f, 1, 0.25f};

START_TEST(sure_rows_are_written_with_their_predicted_labels)
{
    static const int sure_rows[] = {1, 2, 4, 5};
    static const uint8_t labels[][CLASSES] = {{1, 0}, {0, 1}, {1, 0}, {0, 1}};
    struct dataset data;
    struct dataset_chunk all;

    MUST(write_sure(scratch("data"), shares, 0.75, _i));
    MUST(dataset_open(&data, scratch("data"), NULL, "", &err));
    MUST(dataset_take_pseudo_labels(&data, &err));
    ck_assert_int_eq(data.n, 4);
    ck_assert_int_eq(data.info.class_count, CLASSES);
    ck_assert_str_eq(data.info.class_names[1], "seven");
    ck_assert_str_eq(data.info.source, "test.csv");
    MUST(dataset_load(&data, &all, &err));
    for (int i = 0; i < 4; i++) {
        ck_assert_int_eq(all.rows[i], rows[sure_rows[i]]);
        ck_assert_int_eq(all.ids[i], ids[sure_rows[i]]);
        ck_assert_mem_eq((char *)all.images + 2 * i, images[sure_rows[i]], 2);
        ck_assert_mem_eq((char *)all.labels + CLASSES * i, labels[i], CLASSES);
    }
    dataset_chunk_free(&all);
    dataset_close(&data);
}
END_TEST

START_TEST(without_a_sure_row_the_surest_is_named)
{
    const float unsure[ROWS] = {0.5f, 0.75f, 0.125f, 0.625f, 0.125f, 0.25f};

    FAILS(EX_DATAERR, write_sure(scratch("data"), unsure, 0.9, 4));
    ck_assert_ptr_nonnull(strstr(err.text, "probability 0.9 or more"));
    ck_assert_ptr_nonnull(strstr(err.text, "the surest, row 3, has 0.875"));
    ck_assert_int_ne(access(scratch("data"), F_OK), 0);
}
END_TEST

/* ---- What the file says of its labels ---- */

START_TEST(pseudo_labels_are_no_labels_unless_asked_for)
{
    struct dataset data;
    struct dataset_chunk all;

    MUST(write_sure(scratch("data"), shares, 0, ROWS));
    MUST(dataset_open(&data, scratch("data"), NULL, "", &err));
    ck_assert(!data.info.has_labels);
    ck_assert_ptr_nonnull(data.info.pseudo_labels);
    MUST(dataset_load(&data, &all, &err));
    ck_assert_ptr_null(all.labels);
    dataset_chunk_free(&all);
    dataset_close(&data);
}
END_TEST

START_TEST(the_file_says_who_predicted_and_how_surely)
{
    struct dataset data;
    const json_t *list;

    MUST(write_sure(scratch("data"), shares, 0.75, ROWS));
    MUST(dataset_open(&data, scratch("data"), NULL, "", &err));
    ck_assert_double_eq(pseudo_labels_sure(data.info.pseudo_labels), 0.75);
    ck_assert_int_eq(pseudo_labels_models(data.info.pseudo_labels), 2);
    list = json_object_get(data.info.pseudo_labels, "models");
    ck_assert_str_eq(json_string_value(json_array_get(list, 1)), models[1].digest);
    dataset_close(&data);
}
END_TEST

START_TEST(only_models_of_a_fold_alone_spare_it)
{
    static const struct {
        const char *first, *second;
        int fold, folds;
        uint64_t seed;
        const char *digest;
        bool spared;
    } cases[] = {
        {"2/5", "2/5", 2, 5, 3, data_digest, true},
        {"2/5", "2/5", 1, 5, 3, data_digest, false},
        {"2/5", "2/5", 2, 4, 3, data_digest, false},
        {"2/5", "2/5", 2, 5, 1, data_digest, false},
        {"2/5", "2/5", 2, 5, 3, "ffffffffffffffffffffffffffffffff", false},
        {"2/5", "1/5", 2, 5, 3, data_digest, false},
        {"2/5", NULL, 2, 5, 3, data_digest, false},
        {NULL, "2/5", 2, 5, 3, data_digest, false},
        {NULL, NULL, 2, 5, 3, data_digest, false},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        json_t *labels;

        free_models();
        make_models(cases[i].first, cases[i].second);
        labels = pseudo_labels_new(models, 2, 0.5);
        ck_assert_msg(pseudo_labels_spare(labels, cases[i].fold, cases[i].folds, cases[i].seed,
                                          cases[i].digest) == cases[i].spared,
                      "case %zu", i);
        json_decref(labels);
    }
}
END_TEST

/* A data set of one row with this metadata `pseudo_labels`. */
static void write_with(const char *path, const char *pseudo_labels, bool labels)
{
    struct dataset_info info = unlabelled();
    const uint8_t label[CLASSES] = {1, 0};
    const struct dataset_chunk chunk = {
        .count = 1, .rows = rows, .ids = ids, .labels = (void *)label, .images = images[0]};
    json_t *options = json_object();
    struct tensor_writer *file;
    struct dataset_writer writer;

    info.class_count = CLASSES;
    info.classes = classes;
    info.class_names = class_names;
    info.has_labels = labels;
    info.pseudo_labels = pseudo_labels ? json_loads(pseudo_labels, JSON_DECODE_ANY, NULL) : NULL;
    MUST(tensor_writer_open(&file, path, &err));
    MUST(dataset_writer_init(&writer, file, &info, &err));
    MUST(dataset_writer_append(&writer, &chunk, &err));
    MUST(dataset_writer_commit(&writer, &info, options, NULL, &err));
    dataset_writer_close(&writer);
    json_decref(info.pseudo_labels);
    json_decref(options);
}

START_TEST(what_does_not_say_how_they_were_made_is_refused)
{
    static const char *const bad[] = {
        "[]",
        "{}",
        "true",
        "{\"sure\": 0.9}",
        "{\"sure\": 0.9, \"models\": []}",
        "{\"sure\": 0.9, \"models\": \"a\"}",
        "{\"sure\": 1.5, \"models\": [\"a\"]}",
        "{\"sure\": \"0.9\", \"models\": [\"a\"]}",
        "{\"sure\": 0.9, \"models\": [\"a\"], \"more\": 1}",
        "{\"sure\": 0.9, \"models\": [\"a\"], \"fold\": 1}",
        ("{\"sure\": 0.9, \"models\": [\"a\"], \"fold\": 1, \"folds\": 2, \"fold_seed\": 1, "
         "\"fold_data\": 5}"),
    };
    struct dataset data;

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        write_with(scratch("data"), bad[i], true);
        FAILS(EX_DATAERR, dataset_open(&data, scratch("data"), NULL, "", &err));
        ck_assert_msg(strstr(err.text, "'pseudo_labels'") != NULL, "%s: %s", bad[i], err.text);
    }
    write_with(scratch("data"), "{\"sure\": 0.9, \"models\": [\"a\"]}", false);
    FAILS(EX_DATAERR, dataset_open(&data, scratch("data"), NULL, "", &err));
    ck_assert_ptr_nonnull(strstr(err.text, "but no labels"));
}
END_TEST

/* ---- Beside labelled data ---- */

START_TEST(behind_labelled_rows_they_are_told_apart)
{
    char *paths[] = {(char *)scratch("truth"), (char *)scratch("data")};
    struct samples samples;
    struct dataset truth;

    write_with(paths[0], NULL, true);
    MUST(write_sure(paths[1], shares, 0.75, ROWS));
    MUST(samples_load(&samples, paths, 2, true, NULL, "data", &err));
    ck_assert_int_eq(samples.data.n, 5);
    ck_assert_int_eq(samples.labelled, 1);
    ck_assert_int_eq(json_array_size(samples.pseudo_labels), 1);
    MUST(dataset_open(&truth, paths[0], NULL, "", &err));
    ck_assert_str_eq(samples.digest, tensor_file_digest(truth.file));
    dataset_close(&truth);
    samples_free(&samples);
}
END_TEST

START_TEST(before_labelled_rows_or_to_score_by_they_are_refused)
{
    char *paths[] = {(char *)scratch("data"), (char *)scratch("truth")};
    struct samples samples;

    MUST(write_sure(paths[0], shares, 0.75, ROWS));
    write_with(paths[1], NULL, true);
    FAILS(EX_USAGE, samples_load(&samples, paths, 2, true, NULL, "data", &err));
    samples_free(&samples);
    FAILS(EX_DATAERR, samples_load(&samples, paths, 1, false, NULL, "validation", &err));
    ck_assert_ptr_nonnull(strstr(err.text, "score nothing"));
    samples_free(&samples);
    MUST(samples_load(&samples, paths, 1, true, NULL, "data", &err));
    ck_assert_int_eq(samples.labelled, 0);
    samples_free(&samples);
}
END_TEST

Suite *suite_pseudo(void)
{
    Suite *suite = suite_create("pseudo");
    TCase *writing = tcase_create("writing"), *reading = tcase_create("reading");

    tcase_add_checked_fixture(writing, setup, teardown);
    tcase_add_loop_test(writing, sure_rows_are_written_with_their_predicted_labels, 1, ROWS + 1);
    tcase_add_test(writing, without_a_sure_row_the_surest_is_named);
    suite_add_tcase(suite, writing);
    tcase_add_checked_fixture(reading, setup, teardown);
    tcase_add_test(reading, pseudo_labels_are_no_labels_unless_asked_for);
    tcase_add_test(reading, the_file_says_who_predicted_and_how_surely);
    tcase_add_test(reading, only_models_of_a_fold_alone_spare_it);
    tcase_add_test(reading, what_does_not_say_how_they_were_made_is_refused);
    tcase_add_test(reading, behind_labelled_rows_they_are_told_apart);
    tcase_add_test(reading, before_labelled_rows_or_to_score_by_they_are_refused);
    suite_add_tcase(suite, reading);
    return suite;
}
