#include "pseudo_labels.h"

#include "pipeline/base/json.h"
#include "pipeline/model/model.h"

#include <string.h>

static const char *const fold_keys[] = {"fold", "folds", "fold_seed"};
enum { FOLD_KEYS = sizeof fold_keys / sizeof *fold_keys };

/* ---- Making ---- */

static bool same_fold(const struct model *a, const struct model *b)
{
    bool same = strcmp(a->data_digest, b->data_digest) == 0;

    for (int i = 0; i < FOLD_KEYS; i++) {
        const json_t *value = json_object_get(a->settings, fold_keys[i]);

        same = same && value && json_equal(value, json_object_get(b->settings, fold_keys[i]));
    }
    return same;
}

/* The fold that all models were validated on, if there is one. */
static int add_fold(json_t *labels, const struct model *models, int count)
{
    int failed = 0;

    if (json_integer_value(json_object_get(models[0].settings, "folds")) == 0)
        return 0;
    for (int m = 0; m < count; m++)
        if (!same_fold(&models[m], &models[0]))
            return 0;
    for (int i = 0; i < FOLD_KEYS; i++)
        failed |= json_object_set(labels, fold_keys[i],
                                  json_object_get(models[0].settings, fold_keys[i]));
    return failed | json_object_set_new(labels, "fold_data", json_string(models[0].data_digest));
}

json_t *pseudo_labels_new(const struct model *models, int count, double sure)
{
    json_t *digests = json_array(), *labels;
    int failed = 0;

    for (int m = 0; m < count; m++)
        failed |= json_array_append_new(digests, json_string(models[m].digest));
    labels = json_pack("{s:f, s:o}", "sure", sure, "models", digests);
    if (labels && !failed && !add_fold(labels, models, count))
        return labels;
    json_decref(labels);
    return NULL;
}

/* ---- Reading ---- */

static bool is_sound(json_t *labels)
{
    json_t *models, *fold = NULL, *folds = NULL, *seed = NULL, *data = NULL;
    double sure;

    if (json_unpack(labels, "{s:F, s:o, s?o, s?o, s?o, s?o !}", "sure", &sure, "models", &models,
                    "fold", &fold, "folds", &folds, "fold_seed", &seed, "fold_data", &data) ||
        !(sure >= 0 && sure <= 1) || json_array_size(models) == 0)
        return false;
    if (!fold && !folds && !seed && !data)
        return true;
    return json_is_integer(fold) && json_is_integer(folds) && json_is_integer(seed) &&
           json_is_string(data);
}

int pseudo_labels_read(json_t **labels, const struct tensor_file *file, struct err *err)
{
    *labels = NULL;
    if (!tensor_file_meta(file, "pseudo_labels"))
        return 0;
    *labels = tensor_file_meta_json(file, "pseudo_labels", err);
    if (!*labels)
        return -1;
    if (is_sound(*labels))
        return 0;
    json_decref(*labels);
    *labels = NULL;
    return json_memory_check("metadata", err)
               ? -1
               : err_set(err, EX_DATAERR,
                         "%s: metadata 'pseudo_labels' does not say how sure which models were",
                         tensor_file_path(file));
}

double pseudo_labels_sure(const json_t *labels)
{
    return json_number_value(json_object_get(labels, "sure"));
}

int pseudo_labels_models(const json_t *labels)
{
    return (int)json_array_size(json_object_get(labels, "models"));
}

bool pseudo_labels_spare(const json_t *labels, int fold, int folds, uint64_t fold_seed,
                         const char *digest)
{
    const json_int_t wanted[FOLD_KEYS] = {fold, folds, (json_int_t)fold_seed};
    const char *data = json_string_value(json_object_get(labels, "fold_data"));
    bool spared = data && strcmp(data, digest) == 0;

    for (int i = 0; i < FOLD_KEYS; i++)
        spared = spared && json_integer_value(json_object_get(labels, fold_keys[i])) == wanted[i];
    return spared;
}
