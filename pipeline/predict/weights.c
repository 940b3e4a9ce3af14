/* Files of weights for a mean. */
#include "weights.h"

#include "pipeline/base/json.h"
#include "pipeline/base/path.h"
#include "pipeline/files/noted.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool weights_is_file(const char *text)
{
    static const char ending[] = ".json";
    const size_t size = strlen(text);

    return size >= sizeof ending && strcmp(text + size + 1 - sizeof ending, ending) == 0;
}

char *weights_name(const char *path)
{
    const char *name = path_name(path);

    return strndup(name, strcspn(name, "."));
}

static int refuse(const struct weights *w, const char *what, struct err *err)
{
    return err_set(err, EX_DATAERR, "%s: %s; csvnet compare --weigh writes such a file", w->path,
                   what);
}

static int check(const struct weights *w, struct err *err)
{
    const json_t *models = json_object_get(w->json, "models"), *one, *digest;
    double sum = 0;
    size_t i, k;

    if (!json_is_array(models) || json_array_size(models) == 0)
        return refuse(w, "has no list \"models\"", err);
    json_array_foreach(models, i, one)
    {
        const double weight = json_number(one, "weight");
        const json_t *digests = json_object_get(one, "models");

        if (!json_is_string(json_object_get(one, "name")) || !json_is_array(digests) ||
            !(weight >= 0 && weight <= 1))
            return refuse(w,
                          "one of its \"models\" has no name, no list of digests, or no "
                          "\"weight\" from 0 to 1",
                          err);
        json_array_foreach(digests, k, digest) if (!json_is_string(digest)) return refuse(
            w, "a model's digest is no text", err);
        sum += weight;
    }
    return sum > 0 ? 0 : refuse(w, "all weights are 0", err);
}

int weights_read(struct weights *w, const char *path, struct err *err)
{
    FILE *file = path_is_regular(path) ? fopen(path, "re") : NULL;
    json_error_t fault = {0};

    *w = (struct weights){.path = path};
    if (!file)
        return err_set(err, EX_NOINPUT, "%s: %s", path,
                       errno ? strerror(errno) : "is no regular file");
    note_read(path);
    w->json = json_read_file(file, &fault);
    fclose(file);
    if (json_memory_check("the weights", err))
        return -1;
    if (!w->json)
        return err_set(err, EX_DATAERR, "%s:%d: is not JSON: %s", path, fault.line, fault.text);
    return check(w, err);
}

void weights_free(struct weights *w)
{
    json_decref(w->json);
    w->json = NULL;
}

static bool share_one(const json_t *a, const json_t *b)
{
    for (size_t i = 0; i < json_array_size(a); i++)
        for (size_t k = 0; k < json_array_size(b); k++)
            if (json_equal(json_array_get(a, i), json_array_get(b, k)))
                return true;
    return false;
}

/* Returns the number of the entry that is of these models or of that name; -1: none is. */
static int find(const struct weights *w, const json_t *digests, const char *name)
{
    const json_t *models = json_object_get(w->json, "models"), *one;
    size_t i;

    json_array_foreach(models, i,
                       one) if (share_one(json_object_get(one, "models"), digests)) return (int)i;
    json_array_foreach(models, i, one) if (strcmp(json_string_value(json_object_get(one, "name")),
                                                  name) == 0) return (int)i;
    return -1;
}

/* Fails if a model that has a weight is of none of the files. */
static int refuse_missing(const struct weights *w, const int *of, int count, struct err *err)
{
    const json_t *models = json_object_get(w->json, "models"), *one;
    size_t i;

    json_array_foreach(models, i, one)
    {
        bool there = json_number(one, "weight") == 0;

        for (int m = 0; m < count; m++)
            there = there || of[m] == (int)i;
        if (!there)
            return err_set(err, EX_DATAERR,
                           "%s gives '%s' the weight %.3g, and nothing here is of that name or by "
                           "its models: name it too",
                           w->path, json_string_value(json_object_get(one, "name")),
                           json_number(one, "weight"));
    }
    return 0;
}

static int find_all(const struct weights *w, char *const *paths, const json_t *digests, int count,
                    int *of, struct err *err)
{
    for (int m = 0; m < count; m++) {
        char *name = weights_name(paths[m]);

        if (!name)
            return err_memory(err, "a name", 0);
        of[m] = find(w, json_array_get(digests, (size_t)m), name);
        free(name);
        if (of[m] < 0)
            return err_set(err, EX_DATAERR,
                           "%s has no weight for %s: neither its models nor its name up to the "
                           "first dot are there",
                           w->path, paths[m]);
    }
    return refuse_missing(w, of, count, err);
}

int weights_take(const struct weights *w, char *const *paths, const json_t *digests, int count,
                 double *taken, struct err *err)
{
    const json_t *models = json_object_get(w->json, "models");
    int *of = calloc((size_t)count, sizeof *of), result;

    if (!of)
        return err_memory(err, "the weights", 0);
    result = find_all(w, paths, digests, count, of, err);
    for (int m = 0; result == 0 && m < count; m++) {
        int files = 0;

        for (int other = 0; other < count; other++)
            files += of[other] == of[m];
        taken[m] = json_number(json_array_get(models, (size_t)of[m]), "weight") / files;
    }
    free(of);
    return result;
}
