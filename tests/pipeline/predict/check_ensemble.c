#include "pipeline/predict/as_trained.h"
#include "pipeline/predict/tta.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

Suite *suite_ensemble(void);

/* Two classes, images of 1x1x2, a linear layer of weights {w, 0; 0, w}: the probability of class 0
 * is 1 / (1 + exp(w (x1 - x0))). */

static char *classes[] = {"a", "b"}, *other_classes[] = {"a", "c"};

static char folder[] = "/tmp/csvnet-ensemble-XXXXXX";

static void enter(void)
{
    ck_assert_ptr_nonnull(mkdtemp(folder));
    ck_assert_int_eq(chdir(folder), 0);
}

static void leave(void)
{
    unlink("a.model");
    unlink("b.model");
    ck_assert_int_eq(chdir("/"), 0);
    ck_assert_int_eq(rmdir(folder), 0);
}

static struct dataset_info info(int width, char **names)
{
    return (struct dataset_info){.c = 1,
                                 .h = 1,
                                 .w = width,
                                 .pixel = DTYPE_U8,
                                 .class_count = 2,
                                 .classes = names,
                                 .class_names = names,
                                 .column_count = width};
}

/* Fold in the next model's settings; NULL: none. */
static const char *fold;

static void write_model(const char *path, float w, char **names)
{
    struct model model = {.input = {1, 0, 1}, .data = info(2, names)};
    const float weights[4] = {w, 0, 0, w}, biases[2] = {0, 0};
    struct inputs inputs = {0};
    json_t *options = json_object();
    struct tensor_writer *writer;
    struct nn_error wrong;
    struct err err;

    ck_assert_int_eq(
        nn_network_new(&model.net, "flatten, linear 2", (struct nn_shape){1, 1, 2}, 2, &wrong), 0);
    model.weights = nn_weights_new(model.net);
    nn_weights_import(model.weights, 0, weights);
    nn_weights_import(model.weights, 1, biases);
    model.settings = fold ? json_loads(fold, 0, NULL) : json_object();
    model.epochs = json_array();
    strcpy(model.data_digest, "00000000000000000000000000000000");
    ck_assert_int_eq(tensor_writer_open(&writer, path, &err), 0);
    ck_assert_int_eq(model_save(&model, writer, options, &inputs, &err), 0);
    tensor_writer_close(writer);
    json_decref(options);
    json_decref(model.settings);
    json_decref(model.epochs);
    nn_weights_free(model.weights);
    nn_network_free(model.net);
}

static struct ensemble ensemble;
static struct inputs inputs;
static struct nn_pool *pool;
static struct err err;

static int open_for(const struct dataset_info *data, char **paths, int count)
{
    pool = nn_pool_new(2);
    return ensemble_open(&ensemble, paths, count, "data", data, pool, &inputs, &err);
}

static void close_all(void)
{
    ensemble_close(&ensemble);
    nn_pool_free(pool);
    inputs_free(&inputs);
}

static char *both[] = {"a.model", "b.model"};

static struct tta tta; /* zeroed: no further views */

static int predict(void)
{
    uint8_t images[2][2] = {{1, 0}, {0, 2}};
    int64_t rows[2] = {11, 12};
    const struct dataset_chunk chunk = {.count = 2, .room = 2, .rows = rows, .images = images};

    if (ensemble_predict(&ensemble, &chunk, &err))
        return -1;
    return tta.ensemble ? tta_predict(&tta, &chunk, &err) : 0;
}

START_TEST(the_mean_of_two_models_is_that_worked_by_hand)
{
    const struct dataset_info data = info(2, classes);

    write_model("a.model", 1, classes);
    write_model("b.model", -2, classes);
    ck_assert_int_eq(open_for(&data, both, 2), 0);
    ck_assert_int_eq(ensemble.classes, 2);
    ck_assert_int_eq(predict(), 0);
    ck_assert_float_eq_tol(ensemble.each[0][0], 1 / (1 + exp(-1)), 1e-7);
    ck_assert_float_eq_tol(ensemble.each[1][0], 1 / (1 + exp(2)), 1e-7);
    ck_assert_float_eq_tol(ensemble.each[1][2], 1 / (1 + exp(-4)), 1e-7);
    for (int i = 0; i < 4; i++)
        ck_assert_float_eq(ensemble.mean[i],
                           (float)(((double)ensemble.each[0][i] + ensemble.each[1][i]) / 2));
    close_all();
}
END_TEST

/* It is the softmax of the mean logits, here half of -1 and of 2; its losses come from the models'.
 */
START_TEST(the_geometric_mean_of_two_models_is_that_worked_by_hand)
{
    const struct dataset_info data = info(2, classes);
    uint8_t images[2][2] = {{1, 0}, {0, 2}}, labels[2][2] = {{1, 0}, {1, 0}};
    int64_t rows[2] = {11, 12};
    const struct dataset_chunk chunk = {
        .count = 2, .room = 2, .rows = rows, .images = images, .labels = labels};

    write_model("a.model", 1, classes);
    write_model("b.model", -2, classes);
    ck_assert_int_eq(open_for(&data, both, 2), 0);
    ensemble.geometric = true;
    ck_assert_int_eq(ensemble_measure_losses(&ensemble, &err), 0);
    ck_assert_int_eq(ensemble_predict(&ensemble, &chunk, &err), 0);
    ck_assert_float_eq_tol(ensemble.mean[0], 1 / (1 + exp(0.5)), 1e-7);
    ck_assert_float_eq_tol(ensemble.mean[2], 1 / (1 + exp(-1)), 1e-7);
    ck_assert_double_eq_tol(ensemble.mean_losses[0], log(1 + exp(0.5)), 1e-6);
    ck_assert_double_eq_tol(ensemble.mean_losses[1], log(1 + exp(-1)), 1e-6);
    close_all();
}
END_TEST

/* An image's shifts along are its one pixel or its other, twice: a probability of a half. Shifts
 * down leave it as it is. */
START_TEST(unsure_rows_are_the_mean_over_their_shifts)
{
    const struct dataset_info data = info(2, classes);
    /* of the mean's row 0: 0.575 for its class; of row 1: 0.551 */
    static const struct {
        double below;
        int first, shifted;
    } cases[] = {{1, 0, 2}, {0.56, 1, 1}, {0.55, 2, 0}};

    write_model("a.model", 1, classes);
    write_model("b.model", -2, classes);
    ck_assert_int_eq(open_for(&data, both, 2), 0);
    ck_assert_int_eq(tta_init(&tta, &ensemble, TTA_SHIFTS, cases[_i].below, &err), 0);
    ck_assert_int_eq(predict(), 0);
    ck_assert_int_eq(tta.again_rows, cases[_i].shifted);
    for (int row = 0; row < 2; row++) {
        const double difference = row == 0 ? 1 : -2;
        double sum = 0;

        for (int m = 0; m < 2; m++) {
            const double plain = 1 / (1 + exp(-(m == 0 ? 1 : -2) * difference));
            const double wanted = row >= cases[_i].first ? (3 * plain + 2 * 0.5) / 5 : plain;

            ck_assert_float_eq_tol(ensemble.each[m][2 * row], wanted, 1e-7);
            sum += wanted;
        }
        ck_assert_float_eq_tol(ensemble.mean[2 * row], sum / 2, 1e-7);
    }
    tta_free(&tta);
    close_all();
}
END_TEST

/* Rounded to bfloat16 the first row's pixels are equal, and the first class counts. */
START_TEST(rows_are_counted_as_trained_too)
{
    struct dataset_info data = info(2, classes);
    float images[2][2] = {{1, 1.001f}, {2, 1}};
    uint8_t labels[2][2] = {{0, 1}, {1, 0}};
    int64_t rows[2] = {11, 12};
    const struct dataset_chunk chunk = {
        .count = 2, .room = 2, .rows = rows, .images = images, .labels = labels};
    struct as_trained trained;

    data.has_labels = true;
    data.pixel = DTYPE_F32;
    write_model("a.model", 1, classes);
    pool = nn_pool_new(2);
    ck_assert_int_eq(ensemble_load(&ensemble, both, 1, &inputs, &err), 0);
    ensemble_set_precision(&ensemble, ALL_BF16);
    ck_assert_int_eq(ensemble_begin(&ensemble, "data", &data, pool, &err), 0);
    ck_assert_int_eq(as_trained_init(&trained, &ensemble, pool, &err), 0);
    ck_assert_int_eq(ensemble_predict(&ensemble, &chunk, &err), 0);
    ck_assert_int_eq(as_trained_predict(&trained, &chunk, &err), 0);
    ck_assert_float_eq(ensemble.mean[0], 0.5f);
    ck_assert_float_eq_tol(trained.mean[0], 1 / (1 + exp(0.001)), 1e-7);
    ck_assert_float_eq(trained.mean[2], ensemble.mean[2]);
    ck_assert_int_eq(trained.rows, 2);
    ck_assert_int_eq(trained.changed, 1);
    ck_assert_int_eq(trained.right, 1);
    ck_assert_int_eq(trained.right_as_trained, 2);
    as_trained_free(&trained);
    close_all();
}
END_TEST

START_TEST(views_repeat_the_edges_of_each_channel)
{
    const struct dataset_info bytes = {.c = 2, .h = 2, .w = 3, .pixel = DTYPE_U8};
    struct dataset_info floats = bytes;
    const uint8_t from[] = {1, 2, 3, 4, 5, 6, 11, 12, 13, 14, 15, 16};
    const uint8_t right[] = {1, 1, 2, 4, 4, 5, 11, 11, 12, 14, 14, 15};
    const uint8_t mirrored_right[] = {3, 3, 2, 6, 6, 5, 13, 13, 12, 16, 16, 15};
    const uint8_t up_left[] = {5, 6, 6, 5, 6, 6, 15, 16, 16, 15, 16, 16};
    const float from_f32[] = {1, 2, 3, 4, 5, 6, 11, 12, 13, 14, 15, 16};
    uint8_t to[12];
    float to_f32[12];

    floats.pixel = DTYPE_F32;
    view_image(&bytes, from, false, 1, 0, to);
    ck_assert_mem_eq(to, right, sizeof to);
    view_image(&bytes, from, true, 1, 0, to);
    ck_assert_mem_eq(to, mirrored_right, sizeof to);
    view_image(&bytes, from, false, -1, -1, to);
    ck_assert_mem_eq(to, up_left, sizeof to);
    view_image(&floats, from_f32, false, -1, -1, to_f32);
    for (int i = 0; i < 12; i++)
        ck_assert_float_eq(to_f32[i], up_left[i]);
}
END_TEST

START_TEST(one_model_is_its_own_mean_bit_by_bit)
{
    const struct dataset_info data = info(2, classes);

    write_model("a.model", 0.3f, classes);
    ck_assert_int_eq(open_for(&data, both, 1), 0);
    ck_assert_int_eq(predict(), 0);
    ck_assert_mem_eq(ensemble.mean, ensemble.each[0], 4 * sizeof(float));
    close_all();
}
END_TEST

START_TEST(a_model_by_another_name_is_still_the_same)
{
    const struct dataset_info data = info(2, classes);

    write_model("a.model", 1, classes);
    write_model("b.model", 1, classes);
    ck_assert_int_eq(open_for(&data, both, 2), -1);
    ck_assert_int_eq(err.status, EX_USAGE);
    ck_assert_str_eq(err.text, "b.model is the same model as a.model: it would count twice");
    close_all();
}
END_TEST

START_TEST(models_fit_the_data_and_each_other)
{
    const struct dataset_info wide = info(3, classes), others = info(2, other_classes);
    struct dataset_info unlabelled = info(2, NULL);

    unlabelled.class_count = 0;
    write_model("a.model", 1, classes);
    write_model("b.model", 1, other_classes);
    ck_assert_int_eq(open_for(&wide, both, 1), -1);
    ck_assert_int_eq(err.status, EX_DATAERR);
    ck_assert_ptr_nonnull(strstr(err.text, "1x1x3"));
    ck_assert_ptr_nonnull(strstr(err.text, "a.model"));
    ck_assert_ptr_nonnull(strstr(err.text, "ingest --like"));
    close_all();
    ck_assert_int_eq(open_for(&others, both, 1), -1);
    ck_assert_ptr_nonnull(strstr(err.text, "'c'"));
    close_all();
    ck_assert_int_eq(open_for(&unlabelled, both, 2), -1);
    ck_assert_ptr_nonnull(strstr(err.text, "b.model"));
    ck_assert_ptr_nonnull(strstr(err.text, "a.model"));
    close_all();
    ck_assert_int_eq(open_for(&unlabelled, both, 1), 0);
    close_all();
}
END_TEST

/* ---- Out of fold ---- */

static const char digest[] = "00000000000000000000000000000000";

static struct dataset_info labelled(void)
{
    struct dataset_info data = info(2, classes);

    data.has_labels = true;
    return data;
}

START_TEST(a_row_is_predicted_by_the_models_of_its_fold)
{
    enum { ROWS = 12 };
    const struct dataset_info data = labelled();
    uint8_t images[ROWS][2] = {{0}}, labels[ROWS][2];
    int64_t rows[ROWS];
    const struct dataset_chunk chunk = {ROWS, ROWS, rows, NULL, NULL, labels, images};
    struct folds folds;

    for (int i = 0; i < ROWS; i++) {
        rows[i] = i + 1;
        images[i][0] = (uint8_t)i;
        labels[i][0] = i % 3 == 0;
        labels[i][1] = i % 3 != 0;
    }
    fold = "{\"fold\": 1, \"folds\": 2, \"fold_seed\": 5}";
    write_model("a.model", 1, classes);
    fold = "{\"fold\": 2, \"folds\": 2, \"fold_seed\": 5}";
    write_model("b.model", -1, classes);
    ck_assert_int_eq(open_for(&data, both, 2), 0);
    ensemble.weights[1] = 7; /* of no effect: each row has one model */
    ck_assert_int_eq(ensemble_by_fold(&ensemble, digest, &err), 0);
    ck_assert_int_eq(ensemble_predict(&ensemble, &chunk, &err), 0);
    ck_assert_int_eq(ensemble.rows_count[0] + ensemble.rows_count[1], ROWS);
    ck_assert_int_eq(folds_init(&folds, 2, 5, 2, &err), 0);
    for (int i = 0; i < ROWS; i++) {
        const int w = folds_next(&folds, i % 3 != 0) == 1 ? 1 : -1;

        ck_assert_float_eq_tol(ensemble.mean[2 * i], 1 / (1 + exp(-w * i)), 1e-6);
    }
    folds_free(&folds);
    ensemble.weights[0] = 0; /* now the rows of its fold have no model */
    ck_assert_int_eq(ensemble_predict(&ensemble, &chunk, &err), -1);
    ck_assert_int_eq(err.status, EX_DATAERR);
    ck_assert_ptr_nonnull(strstr(err.text, "fold 1 of 2 (fold seed 5)"));
    close_all();
}
END_TEST

static const char *const no_folds[] = {
    "{}",
    "{\"fold\": 0, \"folds\": 0, \"fold_seed\": 1}",
    "{\"fold\": 3, \"folds\": 2, \"fold_seed\": 1}",
    "{\"fold\": -1, \"folds\": 2, \"fold_seed\": 1}",
    "{\"fold\": 1, \"folds\": 1000000, \"fold_seed\": 1}",
    "{\"fold\": 4294967297, \"folds\": 2, \"fold_seed\": 1}",
    "{\"fold\": \"1\", \"folds\": 2, \"fold_seed\": 1}",
    "{\"fold\": 1, \"folds\": 2.5, \"fold_seed\": 1}",
    "{\"fold\": 1, \"folds\": 2}",
};

START_TEST(a_model_without_a_fold_is_refused)
{
    const struct dataset_info data = labelled();

    fold = no_folds[_i];
    write_model("a.model", 1, classes);
    ck_assert_int_eq(open_for(&data, both, 1), 0);
    ck_assert_int_eq(ensemble_by_fold(&ensemble, digest, &err), -1);
    ck_assert_int_eq(err.status, EX_DATAERR);
    ck_assert_ptr_nonnull(strstr(err.text, "a.model: has no fold"));
    close_all();
}
END_TEST

START_TEST(folds_are_of_the_data_that_the_model_was_trained_on)
{
    const struct dataset_info data = labelled();
    struct dataset_info unlabelled = info(2, classes);

    fold = "{\"fold\": 1, \"folds\": 2, \"fold_seed\": 5}";
    write_model("a.model", 1, classes);
    ck_assert_int_eq(open_for(&data, both, 1), 0);
    ck_assert_int_eq(ensemble_by_fold(&ensemble, "11111111111111111111111111111111", &err), -1);
    ck_assert_ptr_nonnull(strstr(err.text, "a.model was trained on other data"));
    close_all();
    ck_assert_int_eq(open_for(&unlabelled, both, 1), 0);
    ck_assert_int_eq(ensemble_by_fold(&ensemble, digest, &err), -1);
    ck_assert_ptr_nonnull(strstr(err.text, "data: it has no labels"));
    close_all();
}
END_TEST

START_TEST(what_is_not_finite_is_no_probability)
{
    const struct dataset_info data = info(2, classes);

    write_model("a.model", 3e38f, classes);
    ck_assert_int_eq(open_for(&data, both, 1), 0);
    ck_assert_int_eq(predict(), -1);
    ck_assert_int_eq(err.status, EX_DATAERR);
    ck_assert_ptr_nonnull(strstr(err.text, "a.model gives row 12"));
    close_all();
}
END_TEST

Suite *suite_ensemble(void)
{
    Suite *suite = suite_create("ensemble");
    TCase *tests = tcase_create("models");

    tcase_add_checked_fixture(tests, enter, leave);
    tcase_add_test(tests, the_mean_of_two_models_is_that_worked_by_hand);
    tcase_add_test(tests, the_geometric_mean_of_two_models_is_that_worked_by_hand);
    tcase_add_loop_test(tests, unsure_rows_are_the_mean_over_their_shifts, 0, 3);
    tcase_add_test(tests, rows_are_counted_as_trained_too);
    tcase_add_test(tests, views_repeat_the_edges_of_each_channel);
    tcase_add_test(tests, one_model_is_its_own_mean_bit_by_bit);
    tcase_add_test(tests, a_model_by_another_name_is_still_the_same);
    tcase_add_test(tests, models_fit_the_data_and_each_other);
    tcase_add_test(tests, what_is_not_finite_is_no_probability);
    tcase_add_test(tests, a_row_is_predicted_by_the_models_of_its_fold);
    tcase_add_loop_test(tests, a_model_without_a_fold_is_refused, 0,
                        sizeof no_folds / sizeof *no_folds);
    tcase_add_test(tests, folds_are_of_the_data_that_the_model_was_trained_on);
    suite_add_tcase(suite, tests);
    return suite;
}
