/* Folders of pictures for a Makefile, and the CSVs that name the pictures. */
#include "found_private.h"

#include "pipeline/files/folder.h"

#include <dirent.h>
#include <string.h>

/* Tells whether one of the folder's files, or with `deep` of its folders' files, is a picture. */
static bool has_pictures(struct found *f, const char *folder, bool deep)
{
    DIR *open = opendir(folder);
    const struct dirent *entry;
    bool found = false;

    while (open && !found && (entry = readdir(open))) {
        const char *path = pool_text(&f->pool, "%s/%s", folder, entry->d_name);

        if (entry->d_name[0] != '.')
            found = deep ? is_folder(path) && has_pictures(f, path, false)
                         : folder_takes(path) && is_file(path);
    }
    if (open)
        closedir(open);
    return found;
}

static void find_for_training(struct found *f, const char *given)
{
    static const char *const names[] = {"train.csv", "train_labels.csv", "trainLabels.csv",
                                        "labels.csv", NULL};
    static const char *const folders[] = {"train", "train_images", "images", NULL};

    for (int i = 0; names[i] && !(given && i > 0); i++) {
        const char *file = given ? given : find_csv(f, (const char *const[]){names[i], NULL});
        const char *folder = folder_of(f, file, folders);

        if (*folder) {
            f->train = file;
            f->train_ingest = pool_text(&f->pool, "--pictures %s", folder);
            return;
        }
    }
    if (!*f->train && has_pictures(f, "train", true))
        f->train = "train";
}

void find_pictures(struct found *f, const char *train)
{
    static const char *const folders[] = {"test", "test_images", "images", NULL};
    const char *folder;

    find_for_training(f, train);
    if (!*f->train_ingest && !is_folder(f->train))
        return;
    folder = folder_of(f, *f->test ? f->test : f->sample, folders);
    if (*folder)
        f->test_ingest =
            pool_text(&f->pool, *f->test ? "--pictures %s" : "--pictures %s --label none", folder);
    if (!*f->test)
        f->test = *folder ? f->sample : has_pictures(f, "test", false) ? "test" : "";
}
