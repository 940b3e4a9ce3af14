/* The models that predict predicts by, in what it records and says. */
#include "predict_models.h"

#include "cmd/cli/say.h"
#include "pipeline/base/json.h"
#include "pipeline/predict/weights.h"

static int trials(const struct ensemble *e)
{
    int count = 0;

    for (int m = 0; m < e->count; m++)
        count += model_is_trial(&e->models[m]);
    return count;
}

json_t *models_options(const struct ensemble *e, const double *weights, const struct tta *tta)
{
    json_t *list = weights ? json_array() : json_null(), *options;

    for (int m = 0; weights && m < e->count; m++)
        json_array_append_new(list, json_real(weights[m]));
    options = json_pack("{s:b, s:o}", "oof", e->by_fold, "weights", list);
    if ((trials(e) > 0 && json_object_set_new(options, "trial", json_true())) ||
        (e->geometric && json_object_set_new(options, "geometric", json_true())) ||
        (tta && json_object_set_new(options, "tta_below", json_real(tta->below))) ||
        (tta && json_object_set_new(options, "tta", json_string(tta_words[tta->views]))) ||
        (e->precision && json_object_set_new(options, "precision",
                                             json_string(ensemble_precisions[e->precision])))) {
        json_decref(options);
        return NULL;
    }
    return options;
}

json_t *models_digests(const struct ensemble *e)
{
    json_t *list = json_array();

    for (int m = 0; m < e->count; m++)
        json_array_append_new(list, json_string(e->models[m].digest));
    return list;
}

int models_weigh(struct ensemble *e, const char *file, double *taken, struct err *err)
{
    struct weights weights;
    int result = 0;

    if (file) {
        json_t *digests = json_array();

        for (int m = 0; m < e->count; m++)
            json_array_append_new(digests, json_pack("[s]", e->models[m].digest));
        result = weights_read(&weights, file, err) ||
                         weights_take(&weights, e->paths, digests, e->count, taken, err)
                     ? -1
                     : 0;
        weights_free(&weights);
        json_decref(digests);
    }
    for (int m = 0; result == 0 && taken && m < e->count; m++)
        e->weights[m] = taken[m];
    return result;
}

json_t *model_summary(const struct ensemble *e, int m)
{
    return json_pack("{s:s, s:s, s:f}", "model", e->paths[m], "digest", e->models[m].digest,
                     "weight", e->weights[m]);
}

/* Tells whether a model was trained here, and never on pictures that are mirrored left to right. */
static bool never_mirrored(const struct model *model)
{
    const char *changes = json_string_value(json_object_get(model->settings, "augment"));
    struct nn_augment augment = {0};
    struct nn_error ignored;

    return json_number(model->settings, "epochs") > 0 &&
           (!changes || (nn_augment_parse(&augment, changes, &ignored) == 0 && !augment.flip_h));
}

json_t *say_mirror_hint(const struct ensemble *e, int views)
{
    const char *first = NULL;
    json_t *hint = NULL;
    int count = 0;

    for (int m = 0; views & TTA_MIRROR && m < e->count; m++)
        if (never_mirrored(&e->models[m]) && count++ == 0)
            first = e->paths[m];
    if (count) {
        hint = json_sprintf("--tta mirror is for models that trained on mirrored pictures, by "
                            "--augment 'flip h', which %s%s did not",
                            first, count > 1 ? " and others" : "");
        say_folded("hint: %s", json_string_value(hint));
    }
    return hint;
}

void say_models(const struct ensemble *e)
{
    const int of_trials = trials(e);

    for (int m = 0; m < e->count; m++)
        if (e->models[m].stopped_in)
            say("%s: a checkpoint of epoch %d of %.0f%s", e->paths[m], e->models[m].stopped_in,
                json_number(e->models[m].settings, "epochs"),
                e->models[m].stopped_past ? "; its weights are those of the best before" : "");
    if (of_trials)
        say("%d of %d model%s: a trial's, and so are the predictions", of_trials, e->count,
            e->count > 1 ? "s" : "");
}
