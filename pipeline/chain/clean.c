/* Removes what the rules make. */
#include "chain.h"

#include "pipeline/fit/fit_name.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

static int remove_file(const char *path, struct err *err)
{
    if (unlink(path) && errno != ENOENT && errno != ENOTDIR)
        return err_set(err, EX_CANTCREAT, "%s: cannot be removed: %s", path, strerror(errno));
    return 0;
}

/* Tells whether a file in OUT is made by the rules for some folds, seeds or validation. A temporary
 * file or .params has more after the name. */
static bool is_ours(struct chain *c, const char *name)
{
    static const char *const begin[] = {"test.st.zst",       "test.pred.", "val.st.zst",
                                        "part-train.st.zst", "val.pred.",  "part-val.st.zst",
                                        "train.oof."};
    static const char *const whole[] = {"test.json", "val.json", "part-train.json"};
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

static int remove_left(struct chain *c, struct err *err)
{
    DIR *folder = opendir(c->out);
    const struct dirent *entry;
    int result = 0;

    while (folder && result == 0 && (entry = readdir(folder)))
        if (is_ours(c, entry->d_name))
            result = remove_file(pool_text(&c->pool, "%s/%s", c->out, entry->d_name), err);
    if (folder)
        closedir(folder);
    return result;
}

int chain_clean(struct chain *c, struct err *err)
{
    for (int i = 0; i < c->stage_count; i++) {
        const struct stage *stage = &c->stages[i];

        if (remove_file(stage->output, err) || remove_file(stage->params, err))
            return -1;
        for (int b = 0; b < stage->besides.count; b++)
            if (remove_file(stage->besides.list[b], err))
                return -1;
    }
    if (remove_file(c->runs, err) || remove_left(c, err))
        return -1;
    (void)rmdir(c->out); /* unless other files are in it */
    (void)rmdir(c->base);
    return c->pool.failed ? err_memory(err, "names of files", 0) : 0;
}
