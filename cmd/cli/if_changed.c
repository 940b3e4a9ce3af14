/* --if-changed: whether an output is up to date by what it records. */
#include "if_changed.h"

#include "hold.h"
#include "options.h"
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
