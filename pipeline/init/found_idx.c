/* IDX files for a Makefile: pictures, and next to them their labels. */
#include "found_private.h"

#include "pipeline/ingest/idx.h"

#include <string.h>

static bool is_pictures(struct found *f, const char *path)
{
    struct inputs inputs = {0};
    struct err err = {0};
    struct idx idx;
    const bool is = is_file(path) && idx_open(&idx, path, 3, &inputs, "images", &err) == 0;

    if (is)
        idx_close(&idx);
    note_trouble(f, &err);
    inputs_free(&inputs);
    return is;
}

/* Returns the file of that name, packed or not; NULL: there is none. */
static const char *packed_or_not(struct found *f, const char *name)
{
    const char *other =
        ends_with(name, ".gz") ? with(f, name, ".gz", "") : pool_text(&f->pool, "%s.gz", name);

    return is_file(name) ? name : is_file(other) ? other : NULL;
}

/* Returns the labels of pictures as MNIST's files are called; NULL: they are not there. */
static const char *labels_of(struct found *f, const char *pictures)
{
    const char *labels = with(f, pictures, "images", "labels");
    const char *other = labels ? with(f, labels, "idx3", "idx1") : NULL;

    return labels ? packed_or_not(f, other ? other : labels) : NULL;
}

/* Returns the pictures for testing that belong to these for training; "": they are not there. */
static const char *tested(struct found *f, const char *pictures)
{
    static const char *const names[] = {"t10k-images", "test-images"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *name = with(f, pictures, "train-images", names[i]);
        const char *file = name ? packed_or_not(f, name) : NULL;

        if (file && is_pictures(f, file))
            return file;
    }
    return "";
}

/* Returns the only pictures for training, packed or not, that have labels; "": none or several. */
static const char *find_trained(struct found *f)
{
    const char *found = "";

    for (int i = 0; i < f->names.count; i++) {
        const char *name = f->names.list[i];
        const char *packed = *found ? pool_text(&f->pool, "%s.gz", found) : "";

        if (!strstr(name, "train-images") || !is_nameable(name) || strcmp(name, packed) == 0 ||
            !labels_of(f, name) || !is_pictures(f, name))
            continue;
        if (*found)
            return "";
        found = name;
    }
    return found;
}

static int take_train(struct found *f, struct err *err)
{
    const char *pictures = f->train, *labels = labels_of(f, pictures);

    if (!labels)
        return err_set(err, EX_NOINPUT,
                       "%s: this is an IDX file of pictures; its labels are not next to it, with "
                       "labels in place of images in their name",
                       pictures);
    if (!*f->test)
        f->test = tested(f, pictures);
    f->train = pool_text(&f->pool, "%s %s", pictures, labels);
    f->train_ingest = "--idx";
    return 0;
}

int find_idx(struct found *f, struct err *err)
{
    if (!*f->train)
        f->train = find_trained(f);
    if (is_pictures(f, f->train) && take_train(f, err))
        return -1;
    if (is_pictures(f, f->test)) {
        const char *labels = labels_of(f, f->test);

        f->test = labels ? pool_text(&f->pool, "%s %s", f->test, labels) : f->test;
        f->test_ingest = "--idx";
    }
    return 0;
}
