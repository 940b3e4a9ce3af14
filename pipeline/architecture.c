#include "architecture.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_BYTES = 65536 }; /* of a network's description */

/* Lines become "a, b, c"; comments and empty lines go. */
static int join_lines(const char *text, char **description, struct err *err)
{
    char *out = malloc(2 * strlen(text) + 1), *end = out;

    if (!out)
        return err_memory(err, "a description", strlen(text));
    while (*text) {
        size_t line = strcspn(text, "\n"), used = strcspn(text, "\n#");

        while (used > 0 && isspace((unsigned char)*text))
            text++, used--, line--;
        while (used > 0 && (isspace((unsigned char)text[used - 1]) || text[used - 1] == ','))
            used--;
        if (used > 0)
            end += sprintf(end, "%s%.*s", end == out ? "" : ", ", (int)used, text);
        text += line + (text[line] == '\n');
    }
    *end = 0;
    *description = out;
    return 0;
}

static int read_file(const char *path, FILE *file, char **description, struct err *err)
{
    char *text = malloc(MAX_BYTES + 1);
    size_t size;
    int result = -1;

    if (!text)
        return err_memory(err, "a description", MAX_BYTES);
    size = fread(text, 1, MAX_BYTES + 1, file);
    if (ferror(file))
        err_set(err, EX_IOERR, "%s: %s", path, strerror(errno));
    else if (size > MAX_BYTES || memchr(text, 0, size))
        err_set(err, EX_DATAERR, "%s: not a description of a network: %s", path,
                size > MAX_BYTES ? "it is too large" : "it is not text");
    else {
        text[size] = 0;
        result = join_lines(text, description, err);
    }
    free(text);
    return result;
}

static int unknown(const char *spec, struct err *err)
{
    char names[400] = "";
    size_t used = 0;

    for (int i = 0; presets[i].name && used < sizeof names; i++)
        used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", i ? ", " : "",
                                 presets[i].name);
    return err_set(err, EX_USAGE,
                   "'%s' is neither a preset (%s) nor a file; a description of a network has "
                   "layers separated by commas",
                   spec, names);
}

int architecture_find(const char *spec, char **description, struct err *err)
{
    FILE *file;
    int result;

    for (int i = 0; presets[i].name; i++)
        if (strcmp(presets[i].name, spec) == 0)
            return join_lines(presets[i].text, description, err);
    file = fopen(spec, "r");
    if (file) {
        result = read_file(spec, file, description, err);
        fclose(file);
        return result;
    }
    if (!strpbrk(spec, ", "))
        return unknown(spec, err);
    return join_lines(spec, description, err);
}
