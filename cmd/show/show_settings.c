#include "cmd/cli/setting.h"
#include "pipeline/base/json.h"
#include "pipeline/fit/history.h"
#include "show_training.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* fit's defaults, as a model records them; a test trains by default and expects these. */
static const char defaults_text[] =
    "{\"preset\": \"smallcnn\", \"optimizer\": \"adam\", \"lr\": 0.001, \"momentum\": 0,"
    " \"nesterov\": false, \"weight_decay\": 0, \"schedule\": \"constant\", \"gamma\": 0.95,"
    " \"step_epochs\": 0, \"batch\": 64, \"epochs\": 5, \"shuffle\": true, \"label_smoothing\": 0,"
    " \"class_weights\": null, \"seed\": 1, \"init_std\": 0, \"mean\": 0, \"std\": 1, \"fold\": 0,"
    " \"folds\": 0, \"fold_seed\": 1, \"limit_rows\": 0, \"keep_best\": false, \"patience\": 0}";

static json_t *find_defaults(const json_t *settings)
{
    json_t *defaults = json_loads(defaults_text, 0, NULL);
    const char *schedule = json_string_value(json_object_get(settings, "schedule"));
    const char *optimizer = json_string_value(json_object_get(settings, "optimizer"));

    if (schedule && strcmp(schedule, "step") == 0)
        json_object_set_new(defaults, "gamma", json_real(0.1));
    if (optimizer && strcmp(optimizer, "adamw") == 0)
        json_object_set_new(defaults, "weight_decay", json_real(0.01));
    return defaults;
}

static bool equal(const json_t *a, const json_t *b)
{
    if (json_is_number(a) && json_is_number(b))
        return json_number_value(a) == json_number_value(b);
    return json_equal(a, b);
}

static int print_different(const char *key, const json_t *value, const json_t *standard,
                           struct err *err)
{
    enum { KEY_WIDTH = 18 };
    char *text = setting_value(value), *usual = standard ? setting_value(standard) : NULL;
    char name[SETTING_NAME];

    if (text && (usual || !standard)) {
        setting_name(key, name);
        printf("  ");
        print_text(name, KEY_WIDTH, false);
        print_clean(text);
        if (usual) {
            printf("  (default ");
            print_clean(usual);
            putchar(')');
        }
        putchar('\n');
    }
    free(text);
    free(usual);
    return text && (usual || !standard) ? 0 : err_memory(err, "the settings", 0);
}

/* " key value," folded; *at is the column. */
static int print_same(const struct terminal *t, const char *key, const json_t *value, int *at,
                      struct err *err)
{
    char *text = setting_value(value), name[SETTING_NAME], word[100];
    int length;

    if (!text)
        return err_memory(err, "the settings", 0);
    setting_name(key, name);
    length = snprintf(word, sizeof word, "%s%s %s", *at ? ", " : "  ", name, text);
    free(text);
    if (*at + length + 1 > t->columns) {
        printf(",\n  ");
        *at = 2 + printf("%s", word + 2);
        return 0;
    }
    *at += printf("%s", word);
    return 0;
}

/* What says how a run ended is no setting of it. */
static bool is_outcome(const char *key)
{
    return strcmp(key, "kept_epoch") == 0;
}

int print_settings(const struct terminal *t, const json_t *settings, struct err *err)
{
    json_t *defaults = find_defaults(settings), *value;
    const char *key;
    int at = 0, different = 0, result = 0;

    printf("settings\n");
    json_object_foreach((json_t *)settings, key, value)
    {
        const json_t *standard = json_object_get(defaults, key);

        if (result || is_outcome(key) || json_is_null(value) ||
            (standard && equal(value, standard)))
            continue;
        result = print_different(key, value, standard, err);
        different++;
    }
    if (result == 0)
        printf(different ? "  and by default\n" : "  all by default\n");
    json_object_foreach((json_t *)settings, key, value)
    {
        const json_t *standard = json_object_get(defaults, key);

        if (result == 0 && !is_outcome(key) && standard && equal(value, standard))
            result = print_same(t, key, value, &at, err);
    }
    if (at)
        putchar('\n');
    json_decref(defaults);
    return result;
}
