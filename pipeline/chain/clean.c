/* Removes what the rules made, and lists what none of today's makes: by the notes that it has. */
#include "chain.h"

#include "pipeline/fit/fit_name.h"
#include "step.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char note_ending[] = ".params", model_ending[] = ".model.st.zst";
static const char *const besides_model[] = {".history.jsonl", ".checkpoint.st.zst"};

static struct words names_in(struct chain *c, const char *path)
{
    struct words names = {0};
    DIR *folder = opendir(path);
    const struct dirent *entry;

    while (folder && (entry = readdir(folder)))
        if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
            words_add(&names, &c->pool, pool_text(&c->pool, "%s", entry->d_name));
    if (folder)
        closedir(folder);
    return names;
}

/* Returns OUT and the folders in it that have notes: of trials and budgets. */
static struct words folders_of(struct chain *c)
{
    const struct words names = names_in(c, c->base);
    struct words folders = {0};
    struct stat is;

    words_add(&folders, &c->pool, c->base);
    for (int i = 0; i < names.count; i++) {
        const char *path = pool_text(&c->pool, "%s/%s", c->base, names.list[i]);

        if (lstat(path, &is) == 0 && S_ISDIR(is.st_mode) && strcmp(path, c->kept))
            words_add(&folders, &c->pool, path);
    }
    return folders;
}

/* ---- What belongs to a note ---- */

/* Adds the files that go with the model file: its history and checkpoint. */
static void add_besides_model(struct chain *c, struct words *files, const char *model)
{
    const char *slash = strrchr(model, '/');
    const int folder = slash ? (int)(slash - model) : 0;
    const int name = (int)(strlen(model) - strlen(model_ending));
    const struct words all = names_in(c, pool_text(&c->pool, "%.*s", folder, model));

    for (int i = 0; i < all.count; i++)
        for (int b = 0; b < 2; b++) {
            const char *path = pool_text(&c->pool, "%.*s/%s", folder, model, all.list[i]);

            if (begins_with(path, pool_text(&c->pool, "%.*s%s", name, model, besides_model[b])))
                words_add(files, &c->pool, path);
        }
}

/* Returns the files of a note besides it, those that there are. */
static struct words files_of_note(struct chain *c, const char *path, const struct note *note)
{
    const struct words begun = step_files(path, &c->pool);
    struct words files = {0};
    struct stat is;

    for (int i = 0; i < note->count; i++)
        if (note->files[i].role == NOTE_OUTPUT && lstat(note->files[i].path, &is) == 0)
            words_add(&files, &c->pool, note->files[i].path);
    if (files.count > 0 && ends_with(files.list[0], model_ending))
        add_besides_model(c, &files, files.list[0]);
    if (lstat(path, &is) == 0)
        words_add(&files, &c->pool, path);
    words_add_all(&files, &c->pool, &begun);
    return files;
}

static bool is_of_today(struct chain *c, const struct note *note)
{
    for (int i = 0; i < note->count; i++)
        if (note->files[i].role == NOTE_OUTPUT && chain_stage(c, note->files[i].path))
            return true;
    return false;
}

/* ---- Cleaning ---- */

static int remove_file(const char *path, struct err *err)
{
    if (unlink(path) && errno != ENOENT && errno != ENOTDIR)
        return err_set(err, EX_CANTCREAT, "%s: cannot be removed: %s", path, strerror(errno));
    return 0;
}

static bool is_brought(const struct chain *c, const char *path)
{
    for (int m = 0; m < c->model_count; m++)
        if (strcmp(c->models[m].brought, path) == 0)
            return true;
    return false;
}

/* Tells whether a file outside of OUT, which may be the user's by now, is not what was made. */
static bool is_edited(const struct chain *c, const struct note *note, const char *path)
{
    const struct note_file *noted = note_find(note, true, path);
    struct note_file now;

    if (!noted || (begins_with(path, c->base) && path[strlen(c->base)] == '/'))
        return false;
    now = *noted;
    note_file_renew(&now);
    return strcmp(now.digest, noted->digest) != 0;
}

static int clean_note(struct chain *c, const char *path, const struct note *note, FILE *out,
                      struct err *err)
{
    const struct words files = files_of_note(c, path, note);

    for (int i = 0; i < files.count; i++)
        if (is_brought(c, files.list[i]) || is_edited(c, note, files.list[i]))
            fprintf(out, "csvnet: %s stays: it is %s\n", files.list[i],
                    is_brought(c, files.list[i]) ? "a model that is brought"
                                                 : "not what was made, but edited or replaced");
        else if (remove_file(files.list[i], err))
            return -1;
    return 0;
}

/* Tells whether a file in OUT is made by the rules for some folds, seeds or validation, though no
 * note has it, as what an interrupted stage leaves. */
static bool is_ours(struct chain *c, const char *name)
{
    static const char *const begin[] = {
        "test.st.zst",     "test.pred.",   "val.st.zst",  "part-train.st.zst", "val.pred.",
        "part-val.st.zst", "train.st.zst", "train.oof.",  "whole.st.zst",      "train.shards",
        "val.shards",      "test.shards",  "whole.shards"};
    static const char *const whole[] = {"test.json", "val.json", "part-train.json", "train.json",
                                        "auto.recipe"};
    static const char *const of_fit[] = {".model.st.zst", ".history.jsonl", ".checkpoint.st.zst"};

    for (size_t i = 0; i < sizeof begin / sizeof *begin; i++)
        if (begins_with(name, begin[i]))
            return true;
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++)
        if (strcmp(name, whole[i]) == 0)
            return true;
    for (size_t i = 0; i < sizeof of_fit / sizeof *of_fit; i++) {
        const char *kind = strstr(name, of_fit[i]);
        const char *fit = kind ? pool_text(&c->pool, "%.*s", (int)(kind - name), name) : "";
        const struct fit_name parts = fit_name_parse(fit);

        for (int m = 0; m < c->model_count; m++)
            if (parts.model == strlen(c->models[m].name) && begins_with(fit, c->models[m].name))
                return true;
    }
    return false;
}

bool is_training_file(const char *name)
{
    return strspn(name, "0123456789abcdef") == 12 && begins_with(name + 12, ".f");
}

/* Tells whether a file in the folder of tunings is one of theirs, but for the recipes. */
static bool is_of_tuning(const char *name)
{
    return strcmp(name, "tried.jsonl") == 0 || ends_with(name, ".json") || is_training_file(name);
}

/* Cleans by the notes in a folder, by all or those of what today's rules make. */
static int clean_notes(struct chain *c, const char *folder, bool today, FILE *out, struct err *err)
{
    const struct words names = names_in(c, folder);

    for (int i = 0; i < names.count; i++) {
        const char *path = pool_text(&c->pool, "%s/%s", folder, names.list[i]);
        struct note note;

        if (!ends_with(path, note_ending))
            continue;
        (void)note_load(&note, path, &c->pool);
        if ((!today || is_of_today(c, &note)) && clean_note(c, path, &note, out, err))
            return -1;
    }
    return 0;
}

static int clean_folder(struct chain *c, const char *folder, FILE *out, struct err *err)
{
    const bool of_trials = ends_with(folder, "/try"), of_tunings = ends_with(folder, "/tune");
    struct words names;

    if (clean_notes(c, folder, false, out, err))
        return -1;
    names = names_in(c, folder);
    for (int i = 0; i < names.count; i++) {
        const char *path = pool_text(&c->pool, "%s/%s", folder, names.list[i]);

        if (is_ours(c, names.list[i]) || (of_tunings && is_of_tuning(names.list[i])) ||
            (of_trials && strcmp(names.list[i], "runs.jsonl") == 0)) {
            if (!is_brought(c, path) && remove_file(path, err))
                return -1;
        } else if (strcmp(names.list[i], "runs.jsonl") == 0) {
            fprintf(out, "csvnet: %s stays: the record of finished fits\n", path);
        } else if (of_tunings && ends_with(path, ".recipe")) {
            fprintf(out, "csvnet: %s stays: NAME.fit may have it\n", path);
        }
    }
    return 0;
}

/* With BUDGET, what others made stays. */
static int clean_budget(struct chain *c, FILE *out, struct err *err)
{
    if (clean_notes(c, c->base, true, out, err) || clean_folder(c, c->out, out, err))
        return -1;
    (void)rmdir(c->out); /* unless other files are in it */
    return 0;
}

static int clean_all(struct chain *c, FILE *out, struct err *err)
{
    const struct words folders = folders_of(c);

    if (chain_gc_all(c, err))
        return -1;
    for (int i = folders.count - 1; i >= 0; i--) { /* OUT last */
        if (clean_folder(c, folders.list[i], out, err))
            return -1;
        (void)rmdir(folders.list[i]);
    }
    return 0;
}

int chain_clean(struct chain *c, FILE *out, struct err *err)
{
    if (strcmp(c->out, c->base) ? clean_budget(c, out, err) : clean_all(c, out, err))
        return -1;
    return c->pool.failed ? err_memory(err, "names of files", 0) : 0;
}

/* ---- What is left ---- */

static void list_left(struct chain *c, const char *folder, FILE *out)
{
    const struct words names = names_in(c, folder);

    for (int i = 0; i < names.count; i++) {
        const char *path = pool_text(&c->pool, "%s/%s", folder, names.list[i]);
        struct words files;
        struct note note;

        if (!ends_with(path, note_ending) || !note_load(&note, path, &c->pool) ||
            is_of_today(c, &note))
            continue;
        files = files_of_note(c, path, &note);
        for (int f = 0; f < files.count; f++)
            if (!is_brought(c, files.list[f]) && !is_edited(c, &note, files.list[f]))
                fprintf(out, "%s\n", files.list[f]);
    }
}

int chain_left(struct chain *c, FILE *out, struct err *err)
{
    const struct words folders = folders_of(c);

    for (int i = 0; i < folders.count; i++)
        if (!ends_with(folders.list[i], "/try"))
            list_left(c, folders.list[i], out);
    return c->pool.failed ? err_memory(err, "names of files", 0) : 0;
}
