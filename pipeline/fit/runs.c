/* The record of finished fits and of their scores: read for `show`, added to by make. */
#include "runs.h"

#include "history.h"
#include "pipeline/base/json.h"
#include "pipeline/files/store.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* ---- Reading ---- */

static int add_line(struct runs *runs, const char *line, size_t size, const char *path,
                    long long number, struct err *err)
{
    json_t *run = json_read(line, size, NULL), *list = NULL;

    if (json_is_string(json_object_get(run, "fit")))
        list = runs->fits;
    else if (json_is_string(json_object_get(run, "submission")) &&
             json_is_number(json_object_get(run, "score")))
        list = runs->scores;
    if (list)
        return json_array_append_new(list, run) ? err_memory(err, "the runs", 0) : 0;
    json_decref(run);
    return json_memory_check("the runs", err)
               ? -1
               : err_set(err, EX_DATAERR, "%s:%lld: is not a line of runs.jsonl as make writes it",
                         path, number);
}

int runs_read(struct runs *runs, const char *path, struct inputs *inputs, struct err *err)
{
    FILE *file = fopen(path, "re");
    char *line = NULL;
    size_t room = 0;
    ssize_t size;
    long long number = 0;
    int result = 0;

    if (!file)
        return err_set(err, EX_NOINPUT, "%s: cannot be opened: %s", path, strerror(errno));
    *runs = (struct runs){json_array(), json_array()};
    if (!runs->fits || !runs->scores)
        result = err_memory(err, "the runs", 0);
    else if (inputs_add(inputs, "runs", path, fileno(file), file_digest, err) < 0)
        result = -1;
    while (result == 0 && (size = getline(&line, &room, file)) > 0)
        result = add_line(runs, line, (size_t)size, path, ++number, err);
    if (result == 0 && !feof(file))
        result = errno == ENOMEM
                     ? err_memory(err, "a line of the runs", 0)
                     : err_set(err, EX_IOERR, "%s: cannot be read: %s", path, strerror(errno));
    free(line);
    fclose(file);
    if (result)
        runs_free(runs);
    return result;
}

void runs_free(struct runs *runs)
{
    json_decref(runs->fits);
    json_decref(runs->scores);
    *runs = (struct runs){0};
}

/* ---- Adding ---- */

/* Returns the last epoch, or the best one on validation where that is what was kept. */
static const json_t *kept_epoch(const struct history *h)
{
    const json_t *settings = json_object_get(h->start, "settings");
    const int best = json_is_true(json_object_get(settings, "keep_best"))
                         ? curve_best_epoch(h->epochs, settings)
                         : -1;

    return json_array_get(h->epochs, best >= 0 ? (size_t)best : json_array_size(h->epochs) - 1);
}

/* Returns the value `key` of an object, or null. A new reference. */
static json_t *copy_of(const json_t *object, const char *key)
{
    json_t *value = json_object_get(object, key);

    return value ? json_incref(value) : json_null();
}

/* Adds which rows validated it, how many, and how many of them were wrong in the epoch kept. */
static void add_rows(json_t *run, const json_t *validation, double accuracy)
{
    const double rows = json_number(validation, "rows"), wrong = rint((1 - accuracy) * rows);

    if (!(rows >= 1 && rows < 1e9 && wrong >= 0)) /* accuracies have nine digits */
        return;
    json_object_set_new(run, "val_digest", copy_of(validation, "digest"));
    json_object_set_new(run, "val_rows", copy_of(validation, "rows"));
    json_object_set_new(run, "val_wrong", json_integer((json_int_t)wrong));
}

/* Returns the line without its time. A new reference; NULL: out of memory. */
static json_t *describe_run(const struct history *h, const char *model, const char *fit,
                            const char *options)
{
    const json_t *settings = json_object_get(h->start, "settings"), *epoch = kept_epoch(h);
    const json_t *val = json_object_get(json_object_get(epoch, "scores"), "val");
    const double fold = json_number(settings, "fold"), folds = json_number(settings, "folds");
    json_t *run = json_pack("{s:s, s:s, s:s, s:o}", "name", model, "fit", fit, "options", options,
                            "seed", copy_of(settings, "seed"));

    if (!run)
        return NULL;
    if (folds >= 1 && fold >= 1 && folds < 1e9 && fold < 1e9)
        json_object_set_new(run, "fold", json_sprintf("%d/%d", (int)fold, (int)folds));
    else
        json_object_set_new(run, "fold", json_null());
    json_object_set_new(run, "rows", copy_of(h->start, "rows"));
    json_object_set_new(run, "epochs", json_integer((json_int_t)json_array_size(h->epochs)));
    json_object_set_new(run, "loss", copy_of(epoch, "loss"));
    json_object_set_new(run, "accuracy", copy_of(epoch, "accuracy"));
    json_object_set_new(run, "val_loss", copy_of(val, "loss"));
    json_object_set_new(run, "val_accuracy", copy_of(val, "accuracy"));
    add_rows(run, json_object_get(h->start, "validation"), json_number(val, "accuracy"));
    json_object_set_new(run, "seconds", copy_of(h->end, "seconds"));
    json_object_set_new(run, "digest", json_string(history_model(h)));
    if (json_is_true(json_object_get(settings, "trial")))
        json_object_set_new(run, "trial", json_true());
    return run;
}

/* Tells whether a line of the file says the same, whatever its time; a line that is none of ours
 * does not. */
static bool has_run(const char *path, const json_t *run)
{
    FILE *file = fopen(path, "re");
    char *line = NULL;
    size_t room = 0;
    ssize_t size;
    bool found = false;

    while (file && !found && (size = getline(&line, &room, file)) > 0) {
        json_t *other = json_read(line, (size_t)size, NULL);

        json_object_del(other, "time");
        found = json_equal(other, run);
        json_decref(other);
    }
    free(line);
    if (file)
        fclose(file);
    return found;
}

/* Gives the file, which is written in place, a copy of its own where another name leads to it too,
 * as in a folder that was copied by links, or it is a link. */
static int part_from_links(const char *path, struct err *err)
{
    struct stat status, itself;

    return stat(path, &status) == 0 && lstat(path, &itself) == 0 &&
                   (status.st_nlink > 1 || S_ISLNK(itself.st_mode))
               ? store_copy(path, path, err)
               : 0;
}

static int append(const char *path, const char *line, struct err *err)
{
    const size_t size = strlen(line);
    char first = '{';
    int fd, result = 0;

    if (part_from_links(path, err))
        return -1;
    fd = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
    if (fd < 0)
        return err_set(err, EX_CANTCREAT, "%s: cannot be opened: %s", path, strerror(errno));
    if (pread(fd, &first, 1, 0) == 1 && first != '{') {
        close(fd);
        return err_set(err, EX_DATAERR, "%s: is no runs.jsonl as make writes it, and gets no line",
                       path);
    }
    /* Where hosts share the folder by NFS, appending alone is not one step. */
    (void)flock(fd, LOCK_EX);
    errno = 0;
    if (write(fd, line, size) != (ssize_t)size)
        result = err_set(err, EX_IOERR, "%s: cannot be written: %s", path,
                         errno ? strerror(errno) : "the disk is full");
    if (close(fd) && result == 0)
        result = err_set(err, EX_IOERR, "%s: cannot be written: %s", path, strerror(errno));
    return result;
}

/* Adds the object with the time before it, unless a line says the same: 1 added, 0 it is there, -1
 * error. Releases `run`, which may be NULL: out of memory. */
static int add_timed(const char *path, json_t *run, const char *what, struct err *err)
{
    json_t *timed = NULL;
    const time_t seconds = time(NULL);
    struct tm tm;
    char now[32] = "", *text = NULL, *line = NULL;
    int result = -1;

    /* Compared as it will be read again: with the digits that are written. */
    text = run ? json_text(run, JSON_COMPACT | JSON_REAL_PRECISION(9)) : NULL;
    json_decref(run);
    run = text ? json_loads(text, 0, NULL) : NULL;
    if (run && has_run(path, run)) {
        result = 0;
        goto out;
    }
    if (gmtime_r(&seconds, &tm))
        strftime(now, sizeof now, "%Y-%m-%dT%H:%M:%SZ", &tm);
    timed = run ? json_pack("{s:s}", "time", now) : NULL;
    if (timed && json_object_update(timed, run) == 0) {
        free(text);
        text = json_text(timed, JSON_COMPACT | JSON_REAL_PRECISION(9));
        if (text && asprintf(&line, "%s\n", text) < 0)
            line = NULL;
    }
    if (json_memory_check(what, err))
        result = -1;
    else if (!line)
        result = err_memory(err, what, 0);
    else
        result = append(path, line, err) ? -1 : 1;
out:
    json_decref(timed);
    json_decref(run);
    free(line);
    free(text);
    return result;
}

int runs_add(const char *path, const char *history, const char *model, const char *fit,
             const char *options, struct err *err)
{
    struct inputs inputs = {0};
    struct history h;
    int result = history_read(&h, history, &inputs, err);

    if (result == 0) {
        result = add_timed(path, describe_run(&h, model, fit, options), "a finished fit", err) < 0
                     ? -1
                     : 0;
        history_free(&h);
    }
    inputs_free(&inputs);
    return result;
}

int runs_add_score(const char *path, const json_t *score, struct err *err)
{
    return add_timed(path, json_copy((json_t *)score), "a score", err);
}
