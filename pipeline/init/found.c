/* What lies in the current folder for a Makefile to name. */
#include "found_private.h"

#include "pipeline/files/source.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int is_visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int list_names(struct found *f, struct err *err)
{
    struct dirent **entries;
    const int count = scandir(".", &entries, is_visible, by_bytes);

    if (count < 0 && errno == ENOMEM)
        return err_memory(err, "names of files", 0);
    if (count < 0)
        return err_set(err, EX_NOINPUT, "this folder cannot be read: %s", strerror(errno));
    for (int i = 0; i < count; i++) {
        words_add(&f->names, &f->pool, pool_text(&f->pool, "%s", entries[i]->d_name));
        free(entries[i]);
    }
    free(entries);
    return 0;
}

/* Checks a file or folder that was given as `option`. */
static int check_given(const char *option, const char *path, struct err *err)
{
    struct inputs inputs = {0};
    struct source *source = NULL;
    int result = 0;

    if (strcmp(path, "-") == 0)
        return err_set(err, EX_USAGE, "%s takes a file, not standard input", option);
    if (!is_nameable(path))
        return err_set(err, EX_USAGE, "%s %s: make takes no name with blanks or # $ : ; |", option,
                       path);
    if (!is_folder(path))
        result = source_open(&source, path, &inputs, "csv", err);
    source_close(source);
    inputs_free(&inputs);
    return result;
}

/* Notes what may have been meant by a name that is not there. */
static void note_others(struct found *f)
{
    static const char *const endings[] = {".csv", ".csv.gz", ".csv.zst", ".zip"};
    const char *const known[] = {f->train, f->test, f->sample, "submission.csv", "try.csv"};

    for (int i = 0; i < f->names.count; i++) {
        const char *name = f->names.list[i];
        bool may_be = false;

        for (size_t e = 0; e < sizeof endings / sizeof *endings; e++)
            may_be |= ends_with(name, endings[e]);
        for (size_t k = 0; k < sizeof known / sizeof *known; k++)
            may_be &= strcmp(name, known[k]) != 0;
        if (may_be && is_file(name))
            words_add(is_nameable(name) ? &f->others : &f->unnameable, &f->pool, name);
    }
}

int found_look(struct found *f, const char *train, const char *test, struct err *err)
{
    static const char *const trains[] = {"train.csv", NULL}, *const tests[] = {"test.csv", NULL},
                             *const samples[] = {"sample_submission.csv", "sampleSubmission.csv",
                                                 "SampleSubmission.csv", NULL};

    *f = (struct found){.train_ingest = "", .test_ingest = "", .submit = "", .sample_fault = ""};
    if ((train && check_given("--train", train, err)) ||
        (test && check_given("--test", test, err)) || list_names(f, err))
        return -1;
    f->train = train ? train : find_csv(f, trains);
    f->test = test ? test : find_csv(f, tests);
    f->sample = find_csv(f, samples);
    find_pictures(f, train);
    if (!*f->train && !*f->test)
        find_pair(f);
    if (find_idx(f, err))
        return -1;
    find_form(f);
    note_others(f);
    if (f->trouble.status) {
        *err = f->trouble;
        return -1;
    }
    return f->pool.failed ? err_memory(err, "names of files", 0) : 0;
}

void found_free(struct found *f)
{
    pool_free(&f->pool);
}
