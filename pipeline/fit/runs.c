#include "runs.h"

#include "pipeline/base/json.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int add_line(json_t *runs, const char *line, size_t size, const char *path, long long number,
                    struct err *err)
{
    json_t *run = json_loadb(line, size, JSON_REJECT_DUPLICATES, NULL);

    if (json_is_object(run) && json_is_string(json_object_get(run, "fit")))
        return json_array_append_new(runs, run) ? err_memory(err, "the runs", 0) : 0;
    json_decref(run);
    return json_memory_check("the runs", err)
               ? -1
               : err_set(err, EX_DATAERR, "%s:%lld: is not a line of runs.jsonl as make writes it",
                         path, number);
}

int runs_read(json_t **runs, const char *path, struct inputs *inputs, struct err *err)
{
    FILE *file = fopen(path, "re");
    char *line = NULL;
    size_t room = 0;
    ssize_t size;
    int result = 0;

    if (!file)
        return err_set(err, EX_NOINPUT, "%s: cannot be opened: %s", path, strerror(errno));
    *runs = json_array();
    if (!*runs)
        result = err_memory(err, "the runs", 0);
    else if (inputs_add(inputs, "runs", path, fileno(file), DIGEST_STORED, err) < 0)
        result = -1;
    while (result == 0 && (size = getline(&line, &room, file)) > 0)
        result =
            add_line(*runs, line, (size_t)size, path, (long long)json_array_size(*runs) + 1, err);
    if (result == 0 && ferror(file))
        result = err_set(err, EX_IOERR, "%s: cannot be read: %s", path, strerror(errno));
    free(line);
    fclose(file);
    if (result) {
        json_decref(*runs);
        *runs = NULL;
    }
    return result;
}
