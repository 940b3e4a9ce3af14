/* explain: what made a tensor file, and whether that is still what is on disk. */
#include "pipeline/base/setting.h"
#include "pipeline/dataset/picture_digest.h"
#include "pipeline/tensor/input_digest.h"
#include "pipeline/tensor/tensor.h"

#include "cmd/cli/options.h"
#include "cmd/cli/say.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const struct option_spec options[] = {{.name = NULL}};

static const struct command command = {
    .name = "explain",
    .synopsis = "FILE [INPUT...]",
    .summary =
        "Says what made a tensor file: program version, options, inputs. Each INPUT that is named "
        "is read, and found among the recorded ones by its content.",
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

/* Says each recorded input with the file named that has its content. Returns how many have none. */
static int say_inputs(const json_t *recorded, char **paths, int count)
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
        printf("  %-16s %s  %s\n", role, digest,
               at < count  ? paths[at]
               : count > 0 ? "in none of the files named"
                           : "");
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
        printf("  %-16s %s\n", name, text ? text : "");
        free(text);
    }
}

static int explain(const char *path, char **inputs, int count, struct err *err)
{
    struct tensor_file *file = NULL;
    json_t *recorded = NULL, *settings = NULL;
    const char *version;
    int lost, result = -1;

    if (tensor_file_open(&file, path, NULL, "", err) || tensor_file_verify(file, err) ||
        read_inputs(file, inputs, count, err))
        goto out;
    version = tensor_file_meta(file, "csvnet");
    printf("%s: %s, made by %s%s, intact\n", path, tensor_file_kind(file),
           version ? "csvnet " : "another program", version ? version : "");
    printf("  %-16s %s\n", "content", tensor_file_digest(file));
    result = 0;
    if (!version)
        goto out;
    recorded = tensor_file_meta_json(file, "inputs", err);
    settings = tensor_file_meta_json(file, "options", err);
    if (!recorded || !settings) {
        result = -1;
        goto out;
    }
    lost = say_inputs(recorded, inputs, count);
    say_options(settings);
    if (count > 0)
        printf("  made of the files named%s%s\n", lost ? ": no" : ": yes",
               tensor_file_of_this_arithmetic(file) ? "" : ", by another arithmetic");
out:
    json_decref(recorded);
    json_decref(settings);
    tensor_file_close(file);
    free(digests);
    return result;
}

int main(int argc, char **argv)
{
    struct err err;
    char **operands;
    int count, status = options_parse(&command, argc, argv, &operands, &count);

    if (status)
        return status;
    if (explain(operands[0], operands + 1, count - 1, &err))
        return fail(&err);
    return end_of_printing();
}
