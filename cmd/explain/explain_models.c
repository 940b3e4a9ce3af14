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
    struct strbuf notes, text; /* comments before it, and it */
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
        strbuf_printf(&l->notes, "# %s is none of the files named: its content is %s\n", role,
                      digest);
    }
    strbuf_puts(&l->text, option);
    shell_word_add(&l->text, strbuf_shown(&word));
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
        strbuf_puts(&l->notes, "# another arithmetic made it: the bytes will differ\n");
    strbuf_puts(&l->text, "csvnet fit");
    add_inputs(l, inputs, "data", "", NULL, 0);
    add_inputs(l, inputs, "validation", " --val", NULL, 0);
    add_inputs(l, inputs, "evaluation", " --eval", json_object_get(record, "scored"), validated);
    add_inputs(l, inputs, "from", " --from", NULL, 0);
    if (settings_line(&l->text, record, &why))
        return err_set(err, why.status, "%s: %s", tensor_file_path(model), why.text);
    strbuf_puts(&l->text, " -o");
    shell_word_add(&l->text, tensor_file_path(model));
    return l->notes.failed || l->text.failed ? err_memory(err, "the line", 0) : 0;
}

int explain_command(const char *before, const struct tensor_file *model, char **paths,
                    char (*digests)[DIGEST_TEXT], int count, struct err *err)
{
    struct line l = {.paths = paths, .digests = digests, .count = count};
    json_t *inputs = NULL, *record = NULL;
    int result = -1;

    if (!tensor_file_meta(model, "csvnet"))
        return err_set(err, EX_DATAERR, "%s: another program made it, and it does not say how",
                       tensor_file_path(model));
    inputs = tensor_file_meta_json(model, "inputs", err);
    record = inputs ? tensor_file_meta_json(model, "options", err) : NULL;
    if (record)
        result = make_line(&l, model, inputs, record, err);
    if (result == 0)
        printf("%s%s\n", *before ? before : strbuf_text(&l.notes), strbuf_text(&l.text));
    strbuf_free(&l.notes);
    strbuf_free(&l.text);
    json_decref(inputs);
    json_decref(record);
    return result;
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

/* Prints a setting if it differs; one that only one of them records is "-" in the other. Returns
 * how many were printed, or -1. */
static int compare_one(const char *key, const json_t *a, const json_t *b, struct err *err)
{
    char name[SETTING_NAME];
    char *one, *other;
    int result = 1;

    if (a && b && json_equal(a, b))
        return 0;
    one = a ? setting_value(a) : strdup("-");
    other = b ? setting_value(b) : strdup("-");
    setting_name(key, name);
    if (one && other)
        print_pair(name, one, other);
    else
        result = err_memory(err, "the settings", 0);
    free(one);
    free(other);
    return result;
}

static int compare_records(const json_t *a, const json_t *b, struct err *err)
{
    const char *key;
    json_t *value;
    int count = 0, got;

    json_object_foreach((json_t *)a, key, value)
    {
        got = compare_one(key, value, json_object_get(b, key), err);
        if (got < 0)
            return -1;
        count += got;
    }
    json_object_foreach((json_t *)b, key, value) if (!json_object_get(a, key))
    {
        if (compare_one(key, NULL, value, err) < 0)
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

static int compare_inputs(const struct tensor_file *a, const struct tensor_file *b, struct err *err)
{
    json_t *one = tensor_file_meta_json(a, "inputs", err);
    json_t *other = one ? tensor_file_meta_json(b, "inputs", err) : NULL;
    json_t *roles = one ? by_role(one) : NULL, *others = other ? by_role(other) : NULL;
    const int count = roles && others ? compare_records(roles, others, err) : -1;

    json_decref(roles);
    json_decref(others);
    json_decref(one);
    json_decref(other);
    return count;
}

static int compare_options(const struct tensor_file *a, const struct tensor_file *b,
                           struct err *err)
{
    json_t *one = tensor_file_meta_json(a, "options", err);
    json_t *other = one ? tensor_file_meta_json(b, "options", err) : NULL;
    const int count = other ? compare_records(one, other, err) : -1;

    json_decref(one);
    json_decref(other);
    return count;
}

int explain_difference(const struct tensor_file *a, const struct tensor_file *b, struct err *err)
{
    const struct tensor_file *files[] = {a, b};
    const bool same = strcmp(tensor_file_digest(a), tensor_file_digest(b)) == 0;
    int inputs, options;

    for (int i = 0; i < 2; i++)
        if (!tensor_file_meta(files[i], "csvnet"))
            return err_set(err, EX_DATAERR, "%s: another program made it, and it does not say how",
                           tensor_file_path(files[i]));
    print_pair("file", tensor_file_path(a), tensor_file_path(b));
    inputs = compare_inputs(a, b, err);
    options = inputs < 0 ? -1 : compare_options(a, b, err);
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
