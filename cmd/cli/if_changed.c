/* --if-changed: whether an output is up to date by what it records. */
#include "if_changed.h"

#include "hold.h"
#include "options.h"
#include "pipeline/base/json.h"
#include "pipeline/base/path.h"
#include "say.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool if_changed;

bool has_line_with(const char *path, const char *text)
{
    FILE *file = path && path_is_regular(path) ? fopen(path, "r") : NULL;
    char *line = NULL;
    size_t room = 0;
    bool found = !path;

    while (file && !found && getline(&line, &room, file) > 0)
        found = strstr(line, text) != NULL;
    free(line);
    if (file)
        fclose(file);
    return found;
}

bool summary_names(const char *list, const char *key, char *const *names, int count)
{
    FILE *file = common.json && path_is_regular(common.json) ? fopen(common.json, "re") : NULL;
    json_t *summary = file ? json_read_file(file, NULL) : NULL;
    const json_t *entries = json_object_get(summary, list);
    bool same = json_array_size(entries) == (size_t)count;

    for (int i = 0; i < count && same; i++) {
        const json_t *entry = json_array_get(entries, (size_t)i);
        const char *name = json_string_value(json_object_get(entry, key));

        same = name && strcmp(name, names[i]) == 0;
    }
    json_decref(summary);
    if (file)
        fclose(file);
    return same || !common.json;
}

int already_made(struct tensor_writer *const *writers, json_t *const *options, int count,
                 struct inputs *inputs, const char *record, struct err *err)
{
    for (int i = 0; i < count; i++) {
        const int current =
            if_changed ? tensor_writer_current(writers[i], options[i], inputs, err) : 0;
        const char *digest = tensor_writer_digest(writers[i]);

        if (current <= 0)
            return current;
        if (!has_line_with(common.json, digest) || !has_line_with(record, digest))
            return 0;
    }
    for (int i = 0; i < count; i++) {
        /* What another run has just made has a time that is right, and readers. */
        if (!waited_for_outputs() && tensor_writer_renew(writers[i], err))
            return -1;
        say("%s: nothing changed", tensor_writer_path(writers[i]));
    }
    return 1;
}
