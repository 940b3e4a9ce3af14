/* The table of training settings: defaults, what depends on what, and the record in a model. */
#include "pipeline/fit/settings.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

Suite *suite_settings(void);

static char *record_text(const struct training_settings *s)
{
    json_t *record = settings_record(s, 2, 3);
    char *text = json_dumps(record, JSON_COMPACT | JSON_REAL_PRECISION(9));

    ck_assert_ptr_nonnull(text);
    json_decref(record);
    return text;
}

START_TEST(a_record_has_all_keys_in_order)
{
    struct training_settings s;
    char *text;

    settings_reset(&s);
    settings_complete(&s);
    text = record_text(&s);
    ck_assert_str_eq(text, "{\"preset\":\"smallcnn\",\"optimizer\":\"adam\",\"lr\":0.001,"
                           "\"weight_decay\":0.0,\"schedule\":\"constant\",\"gamma\":0.95,"
                           "\"step_epochs\":0,\"batch\":64,\"epochs\":5,\"shuffle\":true,"
                           "\"label_smoothing\":0.0,\"class_weights\":null,\"seed\":1,"
                           "\"init_std\":0.0,\"divisor\":255.0,\"mean\":0.0,\"std\":1.0,\"fold\":0,\"folds\":0,"
                           "\"fold_seed\":1,\"limit_rows\":0,\"keep_best\":false,\"patience\":0}");
    free(text);
}
END_TEST

START_TEST(settings_that_do_not_apply_are_not_recorded)
{
    static const double weights[2] = {1, 2};
    static const float background[3] = {0, 0.5f, 255};
    struct training_settings s;
    char *text;

    settings_reset(&s);
    s.nn.optimizer = NN_SGD;
    s.nn.class_weights = weights;
    s.nn.augment.background = background;
    s.augmentation = "shift 2";
    s.trial = true;
    s.nn.average = 0.5;
    s.keep = KEEP_MACRO_F1;
    settings_complete(&s);
    text = record_text(&s);
    ck_assert_ptr_nonnull(strstr(text, "\"momentum\":0.0,\"nesterov\":false,\"weight_decay\""));
    ck_assert_ptr_nonnull(strstr(text, "\"class_weights\":[1.0,2.0]"));
    ck_assert_ptr_nonnull(strstr(text, "\"keep_best\":true,\"keep\":\"best-macro-f1\",\"patience\":0,\"trial\":true,\"ema\":0.5,"
                                       "\"augment\":\"shift 2\",\"background\":[0.0,0.5,255.0],"
                                       "\"plain_epochs\":0}"));
    free(text);
}
END_TEST

START_TEST(a_value_given_is_kept_and_others_follow_it)
{
    struct training_settings s;

    settings_reset(&s);
    s.nn.optimizer = NN_ADAMW;
    s.nn.schedule = NN_STEP;
    s.nn.momentum = 0.5;
    settings_complete(&s);
    ck_assert_double_eq(s.nn.momentum, 0.5);
    ck_assert_double_eq(s.nn.weight_decay, 0.01);
    ck_assert_double_eq(s.nn.gamma, 0.1);
}
END_TEST

START_TEST(defaults_are_those_next_to_a_record)
{
    json_t *record = json_pack("{s:s, s:s}", "optimizer", "adamw", "schedule", "step");
    json_t *defaults = settings_defaults(record);

    ck_assert_double_eq(json_real_value(json_object_get(defaults, "weight_decay")), 0.01);
    ck_assert_double_eq(json_real_value(json_object_get(defaults, "gamma")), 0.1);
    ck_assert_str_eq(json_string_value(json_object_get(defaults, "optimizer")), "adam");
    ck_assert_str_eq(json_string_value(json_object_get(defaults, "schedule")), "constant");
    ck_assert_ptr_null(json_object_get(defaults, "trial"));
    json_decref(defaults);
    json_decref(record);
}
END_TEST

Suite *suite_settings(void)
{
    Suite *suite = suite_create("settings");
    TCase *tests = tcase_create("table");

    tcase_add_test(tests, a_record_has_all_keys_in_order);
    tcase_add_test(tests, settings_that_do_not_apply_are_not_recorded);
    tcase_add_test(tests, a_value_given_is_kept_and_others_follow_it);
    tcase_add_test(tests, defaults_are_those_next_to_a_record);
    suite_add_tcase(suite, tests);
    return suite;
}
