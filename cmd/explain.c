/* explain: what made a tensor file, and whether that is still what is on disk. */
#include "pipeline/base/setting.h"
#include "pipeline/base/utf8.h"
#include "pipeline/dataset/picture_digest.h"
#include "pipeline/tensor/input_digest.h"
#include "pipeline/tensor/tensor.h"

#include "cmd/cli/options.h"
#include "cmd/cli/say.h"
#include "cmd/explain/explain_models.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static bool as_command;

static const struct option_spec options[] = {
    FLAG("command", &as_command,
         "print the line that makes the model FILE again; files that are not named stand there as "
         "what they were"),
    COMMON_OPTIONS_QUIET("what is explained is printed all the same"),
};

static const struct command command = {
    .name = "explain",
    .synopsis = "FILE [INPUT...] [options] or csvnet explain MODEL MODEL or csvnet "
                "explain PRED PRED",
    .summary =
        "Says what made a tensor file: program version, options, inputs. Each INPUT that is named "
        "is read, and found among the recorded ones by its content. Of two models, or two "
        "predictions, of which one was not made from the other, it says what differs.",
    .options = options,
    .min_operands = 1,
    .max_operands = -1,
    .example = "explain a.model.st.zst part-train.st.zst part-val.st.zst",
};

static char (*digests)[DIGEST_TEXT]; /* of the inputs named */

/* Folders are those of pictures that `file` was made of. */
static int read_inputs(struct tensor_file *file, char **paths, int count, struct err *err)
{
    struct stat status;

    digests = calloc((size_t)count + 1, sizeof *digests);
    if (!digests)
        return err_memory(err, "digests", 0);
    for (int i = 0; i < count; i++)
        if (stat(paths[i], &status) == 0 && S_ISDIR(status.st_mode)
                ? picture_digest(file, paths[i], digests[i], err)
                : input_digest(paths[i], digests[i], err))
            return -1;
    return 0;
}

static void print_record(const char *name, const char *value)
{
    const int columns = utf8_columns(name);

    printf("  ");
    print_shown(name);
    printf("%*s ", columns < 16 ? 16 - columns : 0, "");
    print_shown(value);
}

/* Says each recorded input with the file named that has its content, and adds it to the list.
 * Returns how many have none. */
static int say_inputs(const json_t *recorded, char **paths, int count, json_t *list)
{
    int lost = 0;
    size_t i;
    json_t *input;

    json_array_foreach(recorded, i, input)
    {
        const char *role = "", *digest = "";
        int at = 0;

        (void)json_unpack(input, "{s:s, s:s}", "role", &role, "digest", &digest);
        while (at < count && strcmp(digests[at], digest))
            at++;
        lost += at == count;
        json_array_append_new(list, json_pack("{s:s, s:s, s:s?}", "role", role, "content", digest,
                                              "file", at < count ? paths[at] : NULL));
        print_record(role, digest);
        printf("  ");
        print_shown(at < count ? paths[at] : count > 0 ? "in none of the files named" : "");
        putchar('\n');
    }
    return lost;
}

static void say_options(const json_t *recorded)
{
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)recorded, key, value)
    {
        char name[SETTING_NAME], *text = setting_value(value);

        setting_name(key, name);
        print_record(name, text ? text : "");
        putchar('\n');
        free(text);
    }
}

/* Opens a model given in place of an input of a model, or predictions in place of one of
 * predictions, that `file` was not made from. *other is NULL if it is none, or a pipe, which cannot
 * be read again. */
static int open_other(const struct tensor_file *file, const char *path, const char *digest,
                      struct tensor_file **other, struct err *err)
{
    const char *inputs = tensor_file_meta(file, "inputs"), *kind = tensor_file_kind(file);
    struct stat status;
    struct err ignored;

    *other = NULL;
    if (stat(path, &status) || !S_ISREG(status.st_mode) ||
        (strcmp(kind, "model/1") && strcmp(kind, "predictions/1")) ||
        (inputs && strstr(inputs, digest)) || tensor_file_open(other, path, NULL, "", &ignored))
        return 0;
    if (strcmp(tensor_file_kind(*other), kind) == 0)
        return tensor_file_verify(*other, err);
    tensor_file_close(*other);
    *other = NULL;
    return 0;
}

/* Prints the line that makes the model again, after `before` instead of its comments. */
static int print_command(const char *before, const struct tensor_file *model, char **inputs,
                         int count, json_t *summary, struct err *err)
{
    struct explain_line line = {.notes = {0}};
    const int result = explain_command(&line, model, inputs, digests, count, err);

    if (result == 0) {
        printf("%s%s\n", *before ? before : strbuf_text(&line.notes), strbuf_text(&line.text));
        json_object_set_new(summary, "command", json_string(strbuf_text(&line.text)));
    }
    explain_line_free(&line);
    return result;
}

/* Prints the line of --command, or what differs between two: 1 done, 0 neither was requested, -1
 * error. */
static int explain_model(const struct tensor_file *file, char **inputs, int count, json_t *summary,
                         struct err *err)
{
    struct tensor_file *other = NULL;
    int result = 0;

    if (as_command)
        return strcmp(tensor_file_kind(file), "model/1")
                   ? err_set(err, EX_USAGE, "%s: --command is for models; this is %s",
                             tensor_file_path(file), tensor_file_kind(file))
               : print_command("", file, inputs, count, summary, err) ? -1
                                                                      : 1;
    if (count == 1 && open_other(file, inputs[0], digests[0], &other, err))
        result = -1;
    else if (other)
        result = explain_difference(file, other, summary, err) ? -1 : 1;
    tensor_file_close(other);
    return result;
}

/* Prints what it is, and whose. Returns the version that made it; NULL: another program. */
static const char *say_maker(const struct tensor_file *file)
{
    const char *version = tensor_file_meta(file, "csvnet"), *kind = tensor_file_kind(file);

    print_shown(tensor_file_path(file));
    printf(": ");
    print_shown(*kind ? kind : "tensors");
    printf(", made by %s", version ? "csvnet " : "another program");
    print_shown(version ? version : "");
    printf(", intact\n");
    print_record("content", tensor_file_digest(file));
    putchar('\n');
    return version;
}

/* Prints what it was made of, and by what options. */
static int say_record(const struct tensor_file *file, char **inputs, int count, json_t *summary,
                      struct err *err)
{
    json_t *recorded = tensor_file_meta_json(file, "inputs", err), *list = json_array();
    json_t *settings = recorded ? tensor_file_meta_json(file, "options", err) : NULL;
    int lost, result = -1;

    if (settings) {
        lost = say_inputs(recorded, inputs, count, list);
        say_options(settings);
        json_object_set(summary, "inputs", list);
        json_object_set(summary, "options", settings);
        result = 0;
    }
    if (settings && strcmp(tensor_file_kind(file), "model/1") == 0)
        result = print_command("  made by          ", file, inputs, count, summary, err);
    if (settings && count > 0)
        printf("  made of the files named%s%s\n",
               lost == 0                               ? ": yes"
               : lost < (int)json_array_size(recorded) ? ": in part"
                                                       : ": no",
               tensor_file_of_this_arithmetic(file) ? "" : ", by another arithmetic");
    json_decref(list);
    json_decref(recorded);
    json_decref(settings);
    return result;
}

static int explain(const char *path, char **inputs, int count, json_t **summary, struct err *err)
{
    struct tensor_file *file = NULL;
    const char *version;
    int done, result = -1;

    if (tensor_file_open(&file, path, NULL, "", err) || tensor_file_verify(file, err) ||
        read_inputs(file, inputs, count, err))
        goto out;
    *summary =
        json_pack("{s:s, s:s, s:s?, s:s}", "file", path, "kind", tensor_file_kind(file), "version",
                  tensor_file_meta(file, "csvnet"), "content", tensor_file_digest(file));
    done = explain_model(file, inputs, count, *summary, err);
    if (done) {
        result = done < 0 ? -1 : 0;
        goto out;
    }
    version = say_maker(file);
    result = version ? say_record(file, inputs, count, *summary, err) : 0;
out:
    tensor_file_close(file);
    free(digests);
    return result;
}

int main(int argc, char **argv)
{
    struct err err;
    json_t *summary = NULL;
    char **operands;
    int count, status = options_parse(&command, argc, argv, &operands, &count);

    if (status)
        return status;
    status = explain(operands[0], operands + 1, count - 1, &summary, &err) ? fail(&err)
                                                                           : end_of_printing();
    if (status == 0)
        status = write_summary(summary, NULL);
    else
        json_decref(summary);
    return end_of_run(status);
}
