/* The record of a tuning: what was trained, how long, and how good it was. */
#include "tried.h"

#include "pipeline/base/json.h"
#include "pipeline/tensor/tensor.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

json_t *tried_read(const char *path)
{
    json_t *record = json_array();
    FILE *file = fopen(path, "re");
    char *line = NULL;
    size_t room = 0;
    ssize_t size;

    while (file && record && (size = getline(&line, &room, file)) > 0) {
        json_t *entry = json_read(line, (size_t)size, NULL);

        if (entry)
            json_array_append_new(record, entry);
    }
    free(line);
    if (file)
        fclose(file);
    return record;
}

bool tried_find(const json_t *record, const char *name, int epoch, enum keep by,
                struct tried *tried)
{
    for (size_t i = json_array_size(record); i-- > 0;) {
        const json_t *entry = json_array_get(record, i);
        const char *of = json_string_value(json_object_get(entry, "training"));

        if (!of || strcmp(of, name) != 0 ||
            json_integer_value(json_object_get(entry, "epoch")) != epoch)
            continue;
        *tried =
            (struct tried){.epoch = epoch,
                           .accuracy = json_number(entry, "accuracy"),
                           .loss = json_number(entry, "loss"),
                           .figure = json_number(entry, keep_figures[by].key),
                           .seconds = json_number(entry, "seconds"),
                           .trained = (int)json_integer_value(json_object_get(entry, "epochs"))};
        return isfinite(tried->accuracy) && isfinite(tried->loss) && isfinite(tried->figure) &&
               isfinite(tried->seconds);
    }
    return false;
}

/* Tells whether the file ends in the middle of a line, as after a power cut. */
static bool is_torn(int fd)
{
    const off_t size = lseek(fd, 0, SEEK_END);
    char last;

    return size > 0 && pread(fd, &last, 1, size - 1) == 1 && last != '\n';
}

int tried_add(json_t *record, const char *path, const char *name, const char *options,
              const struct tried *tried, enum keep by, struct err *err)
{
    json_t *entry =
        json_pack("{s:s, s:i, s:f, s:f, s:f, s:i, s:s}", "training", name, "epoch", tried->epoch,
                  "accuracy", tried->accuracy, "loss", tried->loss, "seconds", tried->seconds,
                  "epochs", tried->trained, "options", options);
    const bool more = entry && by > KEEP_ACCURACY; /* the others are in it */
    const bool whole = entry && (!more || json_object_set_new(entry, keep_figures[by].key,
                                                              json_real(tried->figure)) == 0);
    char *text = whole ? json_text(entry, JSON_COMPACT | JSON_REAL_PRECISION(9)) : NULL, *line;
    int fd, result = 0;

    if (!text || json_array_append_new(record, entry) || asprintf(&line, "%s\n", text) < 0) {
        free(text);
        return err_memory(err, "the record of the tuning", 0);
    }
    fd = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
    if (fd < 0)
        result = err_set(err, EX_CANTCREAT, "%s: cannot be opened: %s", path, strerror(errno));
    errno = 0;
    if (result == 0 && is_torn(fd) && write(fd, "\n", 1) != 1)
        result = err_set(err, EX_IOERR, "%s: cannot be written: %s", path, strerror(errno));
    if (result == 0 && write(fd, line, strlen(line)) != (ssize_t)strlen(line))
        result = err_set(err, EX_IOERR, "%s: cannot be written: %s", path,
                         errno ? strerror(errno) : "the disk is full");
    if (fd >= 0 && close(fd) && result == 0)
        result = err_set(err, EX_IOERR, "%s: cannot be written: %s", path, strerror(errno));
    free(line);
    free(text);
    return result;
}

int tried_of_training(const char *path, int epoch, enum keep by, struct tried *tried,
                      struct err *err)
{
    struct tensor_file *file = NULL;
    json_t *epochs = NULL, *settings = NULL;
    const json_t *last = NULL;
    int kept, result = -1;

    if (tensor_file_open(&file, path, NULL, "", err) ||
        !(epochs = tensor_file_meta_json(file, "epochs", err)) ||
        !(settings = tensor_file_meta_json(file, "settings", err)))
        goto out;
    kept = json_is_true(json_object_get(settings, "keep_best"))
               ? (int)json_integer_value(json_object_get(settings, "kept_epoch"))
               : 0;
    for (size_t i = 0; i < json_array_size(epochs); i++) {
        const json_t *entry = json_array_get(epochs, i);
        const int at = (int)json_integer_value(json_object_get(entry, "epoch"));

        if (kept ? at == kept : at <= epoch)
            last = entry;
    }
    last = json_object_get(json_object_get(last, "scores"), "val");
    tried->epoch = epoch;
    tried->accuracy = json_number(last, "accuracy");
    tried->loss = json_number(last, "loss");
    tried->figure = json_number(last, keep_figures[by].key);
    if (!isfinite(tried->accuracy) || !isfinite(tried->loss))
        err_set(err, EX_DATAERR, "%s: it has no validation after epoch %d", path, epoch);
    else if (!isfinite(tried->figure))
        err_set(err, EX_USAGE,
                "no %s after epoch %d: fit measures it only with --keep %s, and where the rows "
                "have all classes",
                keep_figures[by].name, epoch, keep_words[by]);
    else
        result = 0;
out:
    json_decref(settings);
    json_decref(epochs);
    tensor_file_close(file);
    return result;
}
