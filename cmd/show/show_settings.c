/* Shows the settings of a training that differ from the defaults. */
#include "pipeline/base/json.h"
#include "pipeline/base/setting.h"
#include "pipeline/base/utf8.h"
#include "pipeline/fit/settings.h"
#include "show_training.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

/* Prints " key value," folded; *at is the column. */
static int print_same(const struct terminal *t, const char *key, const json_t *value, int *at,
                      struct err *err)
{
    char *text = setting_value(value), name[SETTING_NAME];
    int columns;

    if (!text)
        return err_memory(err, "the settings", 0);
    setting_name(key, name);
    columns = text_columns(name) + 1 + text_columns(text);
    if (*at && *at + 2 + columns + 1 > t->columns) {
        printf(",\n");
        *at = 0;
    }
    printf("%s", *at ? ", " : "  ");
    print_clean(name);
    putchar(' ');
    print_clean(text);
    *at += 2 + columns;
    free(text);
    return 0;
}

/* Tells a result, as kept_epoch is, from a setting. */
static bool is_outcome(const char *key)
{
    return strcmp(key, "kept_epoch") == 0;
}

int print_settings(const struct terminal *t, const json_t *settings, struct err *err)
{
    json_t *defaults = settings_defaults(settings), *value;
    const char *key;
    int at = 0, different = 0, result = 0;

    if (!defaults)
        return err_memory(err, "the settings", 0);
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
