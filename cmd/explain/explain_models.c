/* How models were made: as the line that makes one again, and what differs between two. */
#include "explain_models.h"

#include "cmd/terminal/terminal.h"
#include "pipeline/base/setting.h"
#include "pipeline/fit/settings_line.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- The line ---- */

struct line {
    struct explain_line *to;
    char **paths;
    char (*digests)[DIGEST_TEXT];
    int count;
};

/* Adds an input's file after "OPTION", or "OPTION=" where there is a name. */
static void add_file(struct line *l, const char *option, const char *name, const char *role,
                     const char *digest)
{
    struct strbuf word = {0};
    int at = 0;

    while (at < l->count && strcmp(l->digests[at], digest))
        at++;
    if (*name)
        strbuf_printf(&word, "%s=", name);
    if (at < l->count) {
        strbuf_puts(&word, l->paths[at]);
    } else {
        for (const char *c = role; *c; c++)
            strbuf_printf(&word, "%c", toupper((unsigned char)*c));
        strbuf_printf(&l->to->notes, "# %s is none of the files named: its content is %s\n", role,
                      digest);
    }
    strbuf_puts(&l->to->text, option);
    shell_word_add(&l->to->text, strbuf_shown(&word));
    strbuf_free(&word);
}

/* Adds the inputs of one role; names: the scored data's, for those to evaluate. */
static void add_inputs(struct line *l, const json_t *inputs, const char *role, const char *option,
                       const json_t *names, size_t first)
{
    const json_t *input;
    size_t i;

    json_array_foreach(inputs, i, input)
    {
        const char *here = "", *digest = "";

        (void)json_unpack((json_t *)input, "{s:s, s:s}", "role", &here, "digest", &digest);
        if (strcmp(here, role) == 0) {
            const char *name = json_string_value(json_array_get(names, first++));

            add_file(l, option, name ? name : "", role, digest);
        }
    }
}

static bool has_role(const json_t *inputs, const char *role)
{
    const json_t *input;
    size_t i;

    json_array_foreach(inputs, i, input)
    {
        const char *here = json_string_value(json_object_get(input, "role"));

        if (here && strcmp(here, role) == 0)
            return true;
    }
    return false;
}

static int make_line(struct line *l, const struct tensor_file *model, const json_t *inputs,
                     const json_t *record, struct err *err)
{
    const bool validated =
        has_role(inputs, "validation") || json_integer_value(json_object_get(record, "fold")) > 0;
    struct err why;

    if (!tensor_file_of_this_arithmetic(model))
        strbuf_puts(&l->to->notes, "# another arithmetic made it: the bytes will differ\n");
    strbuf_puts(&l->to->text, "csvnet fit");
    add_inputs(l, inputs, "data", "", NULL, 0);
    add_inputs(l, inputs, "validation", " --val", NULL, 0);
    add_inputs(l, inputs, "evaluation", " --eval", json_object_get(record, "scored"), validated);
    add_inputs(l, inputs, "from", " --from", NULL, 0);
    if (settings_line(&l->to->text, record, &why))
        return err_set(err, why.status, "%s: %s", tensor_file_path(model), why.text);
    strbuf_puts(&l->to->text, " -o");
    shell_word_add(&l->to->text, tensor_file_path(model));
    return l->to->notes.failed || l->to->text.failed ? err_memory(err, "the line", 0) : 0;
}

int explain_command(struct explain_line *line, const struct tensor_file *model, char **paths,
                    char (*digests)[DIGEST_TEXT], int count, struct err *err)
{
    struct line l = {.to = line, .paths = paths, .digests = digests, .count = count};
    json_t *inputs = NULL, *record = NULL;
    int result = -1;

    if (!tensor_file_meta(model, "csvnet"))
        return err_set(err, EX_DATAERR, "%s: another program made it, and it does not say how",
                       tensor_file_path(model));
    inputs = tensor_file_meta_json(model, "inputs", err);
    record = inputs ? tensor_file_meta_json(model, "options", err) : NULL;
    if (record)
        result = make_line(&l, model, inputs, record, err);
    json_decref(inputs);
    json_decref(record);
    return result;
}

void explain_line_free(struct explain_line *line)
{
    strbuf_free(&line->notes);
    strbuf_free(&line->text);
}

/* ---- What differs ---- */

enum { NAME = 16, SHORT = 24 }; /* columns */

static void print_pair(const char *name, const char *a, const char *b)
{
    if (text_columns(a) <= SHORT && text_columns(b) <= SHORT) {
        printf("  ");
        print_text(name, NAME, false);
        putchar(' ');
        print_text(a, SHORT, false);
        putchar(' ');
        print_clean(b);
        putchar('\n');
        return;
    }
    printf("  ");
    print_clean(name);
    printf("\n    ");
    print_clean(a);
    printf("\n    ");
    print_clean(b);
    putchar('\n');
}

/* Prints a setting if it differs, and adds it to the list; one that only one of them records is "-"
 * in the other. Returns how many were printed, or -1. */
static int compare_one(const char *key, const json_t *a, const json_t *b, json_t *list,
                       struct err *err)
{
    char name[SETTING_NAME];
    char *one, *other;
    int result = 1;

    if (a && b && json_equal(a, b))
        return 0;
    one = a ? setting_value(a) : strdup("-");
    other = b ? setting_value(b) : strdup("-");
    setting_name(key, name);
    if (one && other &&
        json_array_append_new(
            list, json_pack("{s:s, s:s, s:s}", "name", name, "first", one, "second", other)) == 0)
        print_pair(name, one, other);
    else
        result = err_memory(err, "the settings", 0);
    free(one);
    free(other);
    return result;
}

static int compare_records(const json_t *a, const json_t *b, json_t *list, struct err *err)
{
    const char *key;
    json_t *value;
    int count = 0, got;

    json_object_foreach((json_t *)a, key, value)
    {
        got = compare_one(key, value, json_object_get(b, key), list, err);
        if (got < 0)
            return -1;
        count += got;
    }
    json_object_foreach((json_t *)b, key, value) if (!json_object_get(a, key))
    {
        if (compare_one(key, NULL, value, list, err) < 0)
            return -1;
        count++;
    }
    return count;
}

/* Returns the digests of the inputs by role, those of one role after one another. */
static json_t *by_role(const json_t *inputs)
{
    json_t *roles = json_object();
    const json_t *input;
    size_t i;

    json_array_foreach(inputs, i, input)
    {
        const char *role = "", *digest = "", *before;

        (void)json_unpack((json_t *)input, "{s:s, s:s}", "role", &role, "digest", &digest);
        before = json_string_value(json_object_get(roles, role));
        json_object_set_new(roles, role,
                            before ? json_sprintf("%s, %s", before, digest) : json_string(digest));
    }
    return roles;
}

static int compare_inputs(const struct tensor_file *a, const struct tensor_file *b, json_t *list,
                          struct err *err)
{
    json_t *one = tensor_file_meta_json(a, "inputs", err);
    json_t *other = one ? tensor_file_meta_json(b, "inputs", err) : NULL;
    json_t *roles = one ? by_role(one) : NULL, *others = other ? by_role(other) : NULL;
    const int count = roles && others ? compare_records(roles, others, list, err) : -1;

    json_decref(roles);
    json_decref(others);
    json_decref(one);
    json_decref(other);
    return count;
}

static int compare_options(const struct tensor_file *a, const struct tensor_file *b, json_t *list,
                           struct err *err)
{
    json_t *one = tensor_file_meta_json(a, "options", err);
    json_t *other = one ? tensor_file_meta_json(b, "options", err) : NULL;
    const int count = other ? compare_records(one, other, list, err) : -1;

    json_decref(one);
    json_decref(other);
    return count;
}

int explain_difference(const struct tensor_file *a, const struct tensor_file *b, json_t *summary,
                       struct err *err)
{
    const struct tensor_file *files[] = {a, b};
    const bool same = strcmp(tensor_file_digest(a), tensor_file_digest(b)) == 0;
    json_t *list = json_array();
    int inputs, options;

    if (json_object_set_new(summary, "differences", list) ||
        json_object_set_new(summary, "other", json_string(tensor_file_path(b))) ||
        json_object_set_new(summary, "same_content", json_boolean(same)))
        return err_memory(err, "the summary", 0);
    for (int i = 0; i < 2; i++)
        if (!tensor_file_meta(files[i], "csvnet"))
            return err_set(err, EX_DATAERR, "%s: another program made it, and it does not say how",
                           tensor_file_path(files[i]));
    print_pair("file", tensor_file_path(a), tensor_file_path(b));
    inputs = compare_inputs(a, b, list, err);
    options = inputs < 0 ? -1 : compare_options(a, b, list, err);
    if (options < 0)
        return -1;
    if (tensor_file_of_this_arithmetic(a) != tensor_file_of_this_arithmetic(b))
        print_pair("arithmetic", tensor_file_of_this_arithmetic(a) ? "this" : "another",
                   tensor_file_of_this_arithmetic(b) ? "this" : "another");
    if (inputs + options == 0)
        printf("  made alike\n");
    printf("  %s\n", same ? "the content is the same" : "the content differs");
    return 0;
}
