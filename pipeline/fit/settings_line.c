/* A record of a training as the options that make it again. */
#include "settings_line.h"

#include "settings.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void shell_word_add(struct strbuf *line, const char *word)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "_-+=:,./%@";

    strbuf_puts(line, " ");
    if (*word && word[strspn(word, plain)] == 0) {
        strbuf_puts(line, word);
        return;
    }
    strbuf_puts(line, "'");
    for (; *word; word++)
        if (*word == '\'')
            strbuf_puts(line, "'\\''");
        else
            strbuf_add(line, word, 1);
    strbuf_puts(line, "'");
}

/* ---- Values ---- */

enum { NUMBER = 40 };

/* Writes as few digits as make the same number again, a whole number as one: 20 and not 2e+01. */
static const char *number_text(const json_t *value, char text[NUMBER])
{
    const double number = json_number_value(value);
    const bool whole = fabs(number) < 1e6 && number == floor(number);

    if (json_is_integer(value))
        snprintf(text, NUMBER, "%lld", (long long)json_integer_value(value));
    else if (whole)
        snprintf(text, NUMBER, "%.0f", number);
    for (int digits = 1; !json_is_integer(value) && !whole && digits <= 17; digits++) {
        snprintf(text, NUMBER, "%.*g", digits, number);
        if (strtod(text, NULL) == number)
            break;
    }
    return text;
}

static void add_numbers(struct strbuf *line, const json_t *list)
{
    const json_t *value;
    char text[NUMBER];
    size_t i;

    json_array_foreach(list, i, value)
    {
        strbuf_printf(line, "%s%s", i ? "," : "", number_text(value, text));
    }
}

static void add_option(struct strbuf *line, const char *name, const json_t *value)
{
    char text[NUMBER];

    strbuf_printf(line, " --%s", name);
    if (json_is_string(value))
        shell_word_add(line, json_string_value(value));
    else if (json_is_number(value))
        strbuf_printf(line, " %s", number_text(value, text));
    else if (json_is_array(value)) {
        strbuf_puts(line, " ");
        add_numbers(line, value);
    }
}

bool setting_equal(const json_t *a, const json_t *b)
{
    if (json_is_number(a) && json_is_number(b))
        return json_number_value(a) == json_number_value(b);
    return json_equal(a, b);
}

static double number_in(const json_t *record, const char *key)
{
    return json_number_value(json_object_get(record, key));
}

static char *fold_option(const json_t *record, const json_t *value)
{
    char *text = NULL;

    return asprintf(&text, "%d/%d", (int)json_integer_value(value),
                    (int)number_in(record, "folds")) < 0
               ? NULL
               : text;
}

static char *init_option(const json_t *value)
{
    char *text = NULL, number[NUMBER];

    if (!(json_number_value(value) > 0))
        return strdup("default");
    return asprintf(&text, "normal:%s", number_text(value, number)) < 0 ? NULL : text;
}

char *setting_option(const json_t *record, const char *key, const json_t *value,
                     char name[SETTING_NAME])
{
    static const char *const renamed[][2] = {
        {"preset", "arch"}, {"keep_best", "keep"}, {"init_std", "init"}};

    setting_name(key, name);
    for (size_t i = 0; i < sizeof renamed / sizeof *renamed; i++)
        if (strcmp(key, renamed[i][0]) == 0)
            setting_name(renamed[i][1], name);
    if (strcmp(key, "keep_best") == 0)
        return strdup(json_is_true(value) ? "best" : "last");
    if (strcmp(key, "fold") == 0 && json_integer_value(value) > 0)
        return fold_option(record, value);
    return strcmp(key, "init_std") == 0 ? init_option(value) : setting_value(value);
}

/* ---- Settings ---- */

/* Tells what is recorded in another form than the option's: whether it is, and whether it says
 * anything. */
static bool is_special(const json_t *record, const char *key, const json_t *value, bool *due)
{
    static const char *const from_data[] = {"preset", "folds",      "fold_group",
                                            "scored", "background", "architecture"};

    *due = false;
    for (size_t i = 0; i < sizeof from_data / sizeof *from_data; i++)
        if (strcmp(key, from_data[i]) == 0)
            return true;
    if (strcmp(key, "keep_best") == 0)
        *due = json_is_true(value) && !json_object_get(record, "keep");
    else if (strcmp(key, "fold") == 0 || strcmp(key, "init_std") == 0)
        *due = json_number_value(value) > 0;
    else
        return false;
    return true;
}

static int add_special(struct strbuf *line, const json_t *record, const char *key,
                       const json_t *value, struct err *err)
{
    char name[SETTING_NAME], *text = setting_option(record, key, value, name);

    if (!text)
        return err_memory(err, "the settings", 0);
    strbuf_printf(line, " --%s %s", name, text);
    free(text);
    return 0;
}

/* Tells whether a count below the option's least one stands for an option that was not given, as no
 * --plain-epochs. */
static bool is_not_given(const struct setting *option, const json_t *value)
{
    return option->kind == SETTING_WHOLE && json_is_integer(value) &&
           (double)json_integer_value(value) < option->min;
}

/* Tells whether the divisor has to be said: beside a mean or a deviation fit does not guess it. */
static bool is_divisor_due(const json_t *record, const char *key)
{
    return strcmp(key, "divisor") == 0 &&
           (number_in(record, "mean") != 0 || number_in(record, "std") != 1);
}

static int add_setting(struct strbuf *line, const json_t *record, const json_t *standard,
                       const char *key, const json_t *value, struct err *err)
{
    const struct setting *option;
    char name[SETTING_NAME];
    bool due;

    if (is_special(record, key, value, &due))
        return due ? add_special(line, record, key, value, err) : 0;
    setting_name(key, name);
    option = setting_of_option(name);
    if (!option)
        return err_set(err, EX_DATAERR, "'%.64s' is recorded, which no option of fit sets", key);
    if ((setting_equal(value, json_object_get(standard, key)) && !is_divisor_due(record, key)) ||
        is_not_given(option, value))
        return 0;
    if (json_is_boolean(value) && !option->words) {
        if (json_is_true(value))
            strbuf_printf(line, " --%s", name);
    } else if (json_is_boolean(value)) {
        strbuf_printf(line, " --%s %s", name, option->words[json_is_true(value)]);
    } else if (!json_is_null(value)) {
        add_option(line, name, value);
    }
    return 0;
}

int settings_line(struct strbuf *line, const json_t *record, struct err *err)
{
    const char *preset = json_string_value(json_object_get(record, "preset"));
    const char *architecture = json_string_value(json_object_get(record, "architecture"));
    json_t *standard = settings_defaults(record), *value;
    const char *key;
    int result = 0;

    if (!standard)
        return err_memory(err, "the settings", 0);
    if (preset || architecture) {
        strbuf_puts(line, " --arch");
        shell_word_add(line, preset ? preset : architecture);
    }
    json_object_foreach((json_t *)record, key, value) if (result == 0) result =
        add_setting(line, record, standard, key, value, err);
    json_decref(standard);
    return result;
}
