/* Report of predict at its end: lines, tables and the summary of --json. */
#include "predict_report.h"

#include "cmd/cli/options.h"
#include "cmd/cli/say.h"
#include "cmd/terminal/score_tables.h"
#include "pipeline/base/json.h"
#include "predict_models.h"

#include <math.h>

/* ---- Lines ---- */

static void fold_of(const struct ensemble *e, int m, int *fold, int *folds)
{
    *fold = e->folds.own[m];
    *folds = e->folds.division[e->folds.of[m]].count;
}

/* Prints what a score is worth, unless its rows are new to the models. */
static void print_relation(const struct predict_report *r, int m)
{
    char text[RELATION_TEXT];

    if (*relation_text(&r->relations->each[m], text))
        print_line("    %s", text);
}

static void print_model(const struct predict_report *r, int m)
{
    const struct ensemble *e = r->ensemble;
    const struct score score = metrics_score(&r->scores[m]);
    char text[SCORE_TEXT], where[40] = "";
    int fold, folds;

    if (e->by_fold) {
        fold_of(e, m, &fold, &folds);
        snprintf(where, sizeof where, "fold %d of %d, ", fold, folds);
    }
    print_line("%s: %s%s", e->paths[m], where, score_text(&score, text));
    print_relation(r, m);
}

static void print_scores(const struct predict_report *r)
{
    const struct ensemble *e = r->ensemble;
    const struct dataset_info *of = &e->models[0].data;
    const char *what = e->by_fold     ? "out of fold"
                       : e->geometric ? "their geometric mean"
                       : e->count > 1 ? "their mean"
                                      : e->paths[0];
    const struct score score = metrics_score(&r->scores[e->count]);
    char text[SCORE_TEXT];

    for (int m = 0; (e->by_fold || e->count > 1) && m < e->count; m++)
        print_model(r, m);
    print_line("%s: %s", what, score_text(&score, text));
    if (r->plain) {
        const struct score plain = metrics_score(r->plain);

        print_line("    without --tta: %s", score_text(&plain, text));
    }
    print_relation(r, e->count);
    print_line("%s", contest_text(&score, text));
    if (!r->scores[e->count].auc.keys)
        print_line("rows times classes are above %d: too many for the AUC", AUC_MOST);
    score_tables(&r->scores[e->count], of->classes, of->class_names);
}

/* Returns the accuracy of a model's last epoch, on its validation data or else as it trained; NAN:
 * it records none. */
static double accuracy_in_training(const struct model *model)
{
    const json_t *last = json_array_get(model->epochs, json_array_size(model->epochs) - 1);
    const json_t *val = json_object_get(json_object_get(last, "scores"), "val");

    return json_number(val ? val : last, "accuracy");
}

/* Says if less than half as many rows are right as in the training of the first model, and adds it
 * to the list: such rows are seldom of one kind with those. */
static void say_other_kind(const struct predict_report *r, json_t *list)
{
    enum { FEWEST = 20 };
    const struct ensemble *e = r->ensemble;
    const struct metrics *score = r->plain ? r->plain : &r->scores[e->count];
    const double here = metrics_accuracy(score), rows = (double)score->rows;
    const double there = accuracy_in_training(&e->models[0]);
    json_t *hint;

    if (score->rows < FEWEST || !(here + 2 * accuracy_error(here, rows) < there / 2))
        return;
    hint =
        json_sprintf("%s had %.1f %% right in its training: the pictures or the classes of %s may "
                     "be other ones, or lie turned; csvnet show draws them, csvnet audit --test "
                     "compares them with those trained on",
                     e->paths[0], 100 * there, e->data_path);
    say_folded("hint: %s", json_string_value(hint));
    json_array_append_new(list, hint);
}

/* Says if the views of --tta cost more accuracy than chance would, and adds it to the list. */
static void say_views_worth(const struct predict_report *r, json_t *list)
{
    const double with = metrics_accuracy(&r->scores[r->ensemble->count]);
    const double without = metrics_accuracy(r->plain), rows = (double)r->plain->rows;
    json_t *hint;

    if (!(without - with > 2 * hypot(accuracy_error(with, rows), accuracy_error(without, rows))))
        return;
    hint = json_sprintf("--tta costs accuracy here: %.2f %% with it, %.2f %% without", 100 * with,
                        100 * without);
    say("hint: %s", json_string_value(hint));
    json_array_append_new(list, hint);
}

/* Says that the pictures may be of another kind than a model was trained on, by their scale or by
 * the views of --tta. Returns a list of hints. */
static json_t *say_hints(const struct predict_report *r)
{
    const struct ensemble *e = r->ensemble;
    char text[DATA_RANGE_TEXT];
    json_t *list = json_array(), *mirrored = say_mirror_hint(e, r->tta ? (int)r->tta->views : 0);

    for (int m = 0; m < e->count; m++)
        if (data_range_differs(&e->data->pixels, &e->models[m].data.pixels, text)) {
            json_t *hint =
                json_sprintf("the pictures of %s are not like those that %s was trained on but %s",
                             e->data_path, e->paths[m], text);

            say("hint: %s", json_string_value(hint));
            json_array_append_new(list, hint);
        }
    if (r->scores && json_array_size(list) == 0)
        say_other_kind(r, list);
    if (mirrored)
        json_array_append_new(list, mirrored);
    if (r->plain)
        say_views_worth(r, list);
    if (r->scores && r->scores[e->count].tied > 0) {
        json_t *hint =
            json_sprintf("%lld of %lld rows have several most probable classes, of which "
                         "the first counts as predicted",
                         (long long)r->scores[e->count].tied, (long long)r->rows);

        say("hint: %s", json_string_value(hint));
        json_array_append_new(list, hint);
    }
    return list;
}

/* Says what another precision than that of the training costs. */
static void say_precision(const struct as_trained *t)
{
    say("precision %s: %lld of %lld rows get another class than as trained; %lld right in place of "
        "%lld",
        ensemble_precisions[t->ensemble->precision], (long long)t->changed, (long long)t->rows,
        (long long)t->right, (long long)t->right_as_trained);
}

static void say_all(const struct predict_report *r)
{
    const struct ensemble *e = r->ensemble;
    const char *how = e->by_fold     ? "out of fold by "
                      : e->geometric ? "the geometric mean of "
                      : e->count > 1 ? "the mean of "
                                     : "";

    say("%s: %lld row%s of %s, %d classes, %s%d model%s", output_name(r->output),
        (long long)r->rows, plural(r->rows), input_name(e->data_path), e->classes, how, e->count,
        plural(e->count));
    if (r->tta)
        say("%lld of the rows %s too", (long long)r->tta->again_rows,
            r->tta->views == TTA_SHIFTS   ? "shifted"
            : r->tta->views == TTA_MIRROR ? "mirrored"
                                          : "shifted and mirrored");
    if (r->as_trained)
        say_precision(r->as_trained);
    if (r->scores && !common.quiet)
        print_scores(r);
}

/* ---- JSON ---- */

static json_t *model_json(const struct predict_report *r, int m)
{
    const struct ensemble *e = r->ensemble;
    const struct dataset_info *of = &e->models[0].data;
    json_t *model = model_summary(e, m);
    int fold, folds;

    if (e->by_fold) {
        fold_of(e, m, &fold, &folds);
        json_object_set_new(model, "fold", json_integer(fold));
        json_object_set_new(model, "folds", json_integer(folds));
    }
    json_object_set_new(model, "relation", relation_json(&r->relations->each[m]));
    if (r->scores)
        json_object_set_new(model, "score",
                            metrics_json(&r->scores[m], of->classes, of->class_names));
    return model;
}

/* Returns what each group of models has right alone, and how often another does where it does not:
 * the last of "correct" and in "pairs" is the mean of all. */
static json_t *groups_json(const struct model_groups *g)
{
    const int all = g->count + 1;
    json_t *names = json_array(), *correct = json_array(), *pairs = json_array(),
           *without = json_array();

    for (int i = 0; i < all; i++) {
        json_array_append_new(correct, json_integer((json_int_t)g->correct[i]));
        for (int j = i + 1; j < all; j++) {
            const struct paired *pair = &g->alone[i * all + j];

            json_array_append_new(pairs, json_pack("[i, i, I, I]", i, j, (json_int_t)pair->first,
                                                   (json_int_t)pair->second));
        }
    }
    for (int i = 0; i < g->count; i++) {
        json_array_append_new(names, json_string(g->name[i]));
        json_array_append_new(without, json_pack("[I, I]", (json_int_t)g->without[i].first,
                                                 (json_int_t)g->without[i].second));
    }
    return json_pack("{s:I, s:o, s:o, s:o, s:o}", "rows", (json_int_t)g->rows, "names", names,
                     "correct", correct, "pairs", pairs, "without", without);
}

static json_t *precision_json(const struct as_trained *t, double seconds)
{
    return json_pack("{s:s, s:I, s:I, s:I, s:I, s:f}", "precision",
                     ensemble_precisions[t->ensemble->precision], "rows", (json_int_t)t->rows,
                     "other_class", (json_int_t)t->changed, "right", (json_int_t)t->right,
                     "right_as_trained", (json_int_t)t->right_as_trained, "seconds_as_trained",
                     seconds);
}

static json_t *summary(const struct predict_report *r)
{
    const struct ensemble *e = r->ensemble;
    const struct dataset_info *of = &e->models[0].data;
    json_t *models = json_array(), *json;

    for (int m = 0; m < e->count; m++)
        json_array_append_new(models, model_json(r, m));
    json = json_pack("{s:s, s:s, s:s, s:I, s:b, s:f, s:o}", "predictions", r->output, "digest",
                     r->digest, "data", e->data_path, "rows", (json_int_t)r->rows, "oof",
                     e->by_fold, "seconds", r->seconds, "models", models);
    json_object_set_new(json, "relation", relation_json(&r->relations->each[e->count]));
    if (r->groups->count > 0)
        json_object_set_new(json, "groups", groups_json(r->groups));
    if (r->tta)
        json_object_set_new(json, "shifted", json_integer(r->tta->again_rows));
    if (r->as_trained)
        json_object_set_new(json, "precision", precision_json(r->as_trained, r->comparing));
    if (r->scores)
        json_object_set_new(json, "score",
                            metrics_json(&r->scores[e->count], of->classes, of->class_names));
    if (r->plain)
        json_object_set_new(json, "score_without_tta",
                            metrics_json(r->plain, of->classes, of->class_names));
    return json;
}

int score_status(const struct metrics *score, double min_accuracy)
{
    if (min_accuracy == 0)
        return 0;
    if (!score) {
        complain("--min-accuracy: the data has no labels, so nobody knows the accuracy");
        return EX_DATAERR;
    }
    if (metrics_accuracy(score) >= min_accuracy)
        return 0;
    complain("accuracy %.4f %% is below --min-accuracy, %.9g %%", 100 * metrics_accuracy(score),
             100 * min_accuracy);
    return EX_BELOW;
}

int predict_report(const struct predict_report *r)
{
    json_t *json = summary(r);
    int status;

    say_all(r);
    json_object_set_new(json, "hints", say_hints(r));
    status = write_summary(json, NULL);
    return status
               ? status
               : score_status(r->scores ? &r->scores[r->ensemble->count] : NULL, r->min_accuracy);
}
