/* Shows the settings of a training that differ from the defaults. */
#include "pipeline/base/json.h"
#include "pipeline/base/utf8.h"
#include "pipeline/fit/settings.h"
#include "pipeline/fit/settings_line.h"
#include "show_training.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int print_different(const json_t *settings, const char *key, const json_t *value,
                           const json_t *standard, struct err *err)
{
    enum { KEY_WIDTH = 18 };
    char name[SETTING_NAME];
    char *text = setting_option(settings, key, value, name);
    char *usual = standard ? setting_option(settings, key, standard, name) : NULL;

    if (text && (usual || !standard)) {
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
static int print_same(const struct terminal *t, const json_t *settings, const char *key,
                      const json_t *value, int *at, struct err *err)
{
    char name[SETTING_NAME], *text = setting_option(settings, key, value, name);
    int columns;

    if (!text)
        return err_memory(err, "the settings", 0);
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

/* Tells what is no setting, as kept_epoch, or is said by another, as folds by fold. */
static bool is_passed_over(const json_t *settings, const char *key)
{
    return strcmp(key, "kept_epoch") == 0 || strcmp(key, "folds") == 0 ||
           (strcmp(key, "keep_best") == 0 && json_object_get(settings, "keep"));
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

        if (result || is_passed_over(settings, key) || json_is_null(value) ||
            (standard && setting_equal(value, standard)))
            continue;
        result = print_different(settings, key, value, standard, err);
        different++;
    }
    if (result == 0)
        printf(different ? "  and by default\n" : "  all by default\n");
    json_object_foreach((json_t *)settings, key, value)
    {
        const json_t *standard = json_object_get(defaults, key);

        if (result == 0 && !is_passed_over(settings, key) && standard &&
            setting_equal(value, standard))
            result = print_same(t, settings, key, value, &at, err);
    }
    if (at)
        putchar('\n');
    json_decref(defaults);
    return result;
}
