/* Reads the histories that fit writes. */
#include "history.h"

#include "pipeline/base/json.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Takes the reference to `event`. */
static int keep(struct history *h, json_t *event)
{
    const char *what = json_string_value(json_object_get(event, "event"));
    json_t *list = !what                        ? NULL
                   : strcmp(what, "epoch") == 0 ? h->epochs
                   : strcmp(what, "step") == 0  ? h->steps
                   : strcmp(what, "eval") == 0  ? h->evals
                                                : NULL;

    if (list)
        return json_array_append_new(list, event);
    if (what && strcmp(what, "start") == 0 && !h->start)
        h->start = event;
    else if (what && strcmp(what, "rates") == 0 && !h->rates)
        h->rates = event;
    else if (what && strcmp(what, "end") == 0 && !h->end)
        h->end = event;
    else
        json_decref(event);
    return what ? 0 : -1;
}

static int read_lines(struct history *h, FILE *file, const char *path, struct err *err)
{
    char *line = NULL;
    size_t room = 0;
    ssize_t size;
    int64_t number = 0;
    int result = 0;

    errno = 0;
    while (result == 0 && (size = getline(&line, &room, file)) > 0) {
        json_t *event = json_read(line, (size_t)size, NULL);

        number++;
        if (keep(h, event) || (number == 1 && !h->start))
            result = json_memory_check("a history", err)
                         ? -1
                         : err_set(err, EX_DATAERR,
                                   "%s:%lld: is not a line of a history as `fit --history` "
                                   "writes it",
                                   path, (long long)number);
    }
    if (result == 0 && !feof(file))
        result = errno == ENOMEM
                     ? err_memory(err, "a line of a history", 0)
                     : err_set(err, EX_IOERR, "%s: cannot be read: %s", path, strerror(errno));
    if (result == 0 && number == 0)
        result = err_set(err, EX_DATAERR, "%s: is empty, a history begins with a line", path);
    free(line);
    return result;
}

int text_file_fault(const char *path, struct err *err)
{
    return errno == ENOMEM
               ? err_memory(err, "reading a file", 0)
               : err_set(err, EX_NOINPUT, "%s: cannot be opened: %s", path, strerror(errno));
}

int history_read(struct history *h, const char *path, struct inputs *inputs, struct err *err)
{
    FILE *file = fopen(path, "re");
    int result = -1;

    *h = (struct history){.epochs = json_array(), .steps = json_array(), .evals = json_array()};
    if (!file)
        text_file_fault(path, err);
    else if (!h->epochs || !h->steps || !h->evals)
        err_memory(err, "a history", 0);
    else if (inputs_add(inputs, "history", path, fileno(file), file_digest, err) >= 0)
        result = read_lines(h, file, path, err);
    if (file)
        fclose(file);
    if (result)
        history_free(h);
    return result;
}

const char *history_model(const struct history *h)
{
    const char *digest = json_string_value(json_object_get(h->end, "model"));

    return digest ? digest : "";
}

struct training_record history_record(const struct history *h)
{
    const double batch = json_number(json_object_get(h->start, "settings"), "batch");
    const double rows = json_number(h->start, "rows");
    double steps = json_number(h->start, "epoch_steps");

    if (isnan(steps) && batch >= 1) /* of an older version */
        steps = ceil(rows / batch);
    return (struct training_record){.epochs = h->epochs,
                                    .steps = h->steps,
                                    .evals = h->evals,
                                    .epoch_steps = steps >= 1 && steps < 1e15 ? (int64_t)steps : 0};
}

void history_free(struct history *h)
{
    json_decref(h->start);
    json_decref(h->epochs);
    json_decref(h->steps);
    json_decref(h->evals);
    json_decref(h->rates);
    json_decref(h->end);
    *h = (struct history){0};
}
