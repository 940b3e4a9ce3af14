/* Checks that the pictures are large enough for a budget's networks, or for those of all models,
 * before the first of them is trained. */
#include "chain.h"

#include "pipeline/base/strbuf.h"
#include "pipeline/dataset/dataset.h"
#include "pipeline/model/network_size.h"
#include "pipeline/model/recipe.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

/* Reads the line `csvnet_needs = SIDE` of a budget's file; 0: there is none. */
static int needs(const char *folder, const char *name)
{
    struct strbuf path = {0};
    FILE *file;
    char line[512];
    int side = 0;

    strbuf_printf(&path, "%s/%s", folder, name);
    file = fopen(strbuf_text(&path), "r");
    while (file && side == 0 && fgets(line, sizeof line, file))
        sscanf(line, "csvnet_needs = %d", &side);
    if (file)
        fclose(file);
    strbuf_free(&path);
    return side;
}

/* Returns, of the other budgets for the same kind of pictures that take this side, the one that
 * needs most, for free(); NULL: none does. */
static char *find_other(const char *folder, const char *budget, int side)
{
    static const char mirrored[] = "fashion-";
    const bool wanted = strncmp(budget, mirrored, sizeof mirrored - 1) == 0;
    DIR *open = opendir(folder);
    const struct dirent *entry;
    char *name = NULL;
    int most = 0;

    while (open && (entry = readdir(open))) {
        const bool is = strncmp(entry->d_name, mirrored, sizeof mirrored - 1) == 0;
        const int need = needs(folder, entry->d_name);

        if (is == wanted && need <= side && need > most) {
            most = need;
            free(name);
            name = strndup(entry->d_name, strcspn(entry->d_name, "."));
        }
    }
    if (open)
        closedir(open);
    return name;
}

int budget_check_size(const char *folder, const char *budget, const char *data, struct err *err)
{
    struct strbuf file = {0};
    struct dataset dataset;
    char *other;
    int h, w, side, need;

    strbuf_printf(&file, "%s.mk", budget);
    need = needs(folder, strbuf_text(&file));
    strbuf_free(&file);
    if (dataset_open(&dataset, data, NULL, "data", err))
        return -1;
    h = dataset.info.h;
    w = dataset.info.w;
    dataset_close(&dataset);
    side = h < w ? h : w;
    if (side >= need)
        return 0;
    other = find_other(folder, budget, side);
    err_set(err, EX_USAGE,
            "BUDGET=%s needs pictures of at least %dx%d pixels, these have %dx%d%s%s%s", budget,
            need, need, h, w, other ? "; BUDGET=" : "", other ? other : "",
            other ? " takes them" : "");
    free(other);
    return -1;
}

char *network_of_option(const char *option, const char *value)
{
    struct recipe recipe = {0};
    struct err ignored;
    char *description = NULL;

    if (strcmp(option, "--arch") == 0)
        return architecture_find(value, &description, &ignored) ? NULL : description;
    if (recipe_find(&recipe, value, &ignored) == 0) {
        if (recipe.description[0])
            description = strdup(recipe.description);
        for (int i = 0; i + 1 < recipe.options && !description; i++)
            if (strcmp(recipe.option[i], "--arch") == 0)
                description = network_of_option("--arch", recipe.option[i + 1]);
    }
    recipe_free(&recipe);
    return description;
}

int networks_check_size(const char *data, char *const *words, int count, struct err *err)
{
    struct dataset dataset;
    struct nn_shape shape;
    int classes, result = 0;

    if (dataset_open(&dataset, data, NULL, "data", err))
        return -1;
    shape = (struct nn_shape){dataset.info.c, dataset.info.h, dataset.info.w};
    classes = dataset.info.class_count;
    dataset_close(&dataset);
    for (int i = 0; i + 2 < count && result == 0; i += 3) {
        char *description = network_of_option(words[i + 1], words[i + 2]);
        struct strbuf what = {0};

        strbuf_printf(&what, "%s.fit: %s %s", words[i], words[i + 1], words[i + 2]);
        if (description)
            result = network_check_size(strbuf_shown(&what), description, shape, classes, err);
        strbuf_free(&what);
        free(description);
    }
    return result;
}
