/* Names of fits: which model, seed and fold they are of. */
#include "fit_name.h"

#include "pipeline/base/path.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DIGITS_MOST = 18 /* fit into an int64_t */, FOLD_DIGITS = 9 };

/* Takes ".kind" and digits, up to `most`, from the end of the first *length bytes; -1: not there.
 */
static int64_t take_number(const char *name, size_t *length, char kind, size_t most)
{
    size_t digits = 0, at;

    while (digits < *length && name[*length - 1 - digits] >= '0' &&
           name[*length - 1 - digits] <= '9')
        digits++;
    if (digits == 0 || digits > most || *length < digits + 3)
        return -1;
    at = *length - digits - 2;
    if (name[at] != '.' || name[at + 1] != kind)
        return -1;
    *length = at;
    return strtoll(name + at + 2, NULL, 10);
}

/* Takes the text off the end of the first *length bytes, unless nothing would be left. */
static bool take_ending(const char *name, size_t *length, const char *ending)
{
    const size_t cut = strlen(ending);

    if (*length <= cut || memcmp(name + *length - cut, ending, cut))
        return false;
    *length -= cut;
    return true;
}

struct fit_name fit_name_parse(const char *name)
{
    struct fit_name parsed = {.model = strlen(name)};
    int64_t fold;

    parsed.all = take_ending(name, &parsed.model, ".all");
    fold = take_number(name, &parsed.model, 'f', FOLD_DIGITS);
    parsed.fold = fold > 0 ? (int)fold : 0;
    parsed.seed = take_number(name, &parsed.model, 's', DIGITS_MOST);
    return parsed;
}

const char *fit_name_suffix(char suffix[FIT_NAME_SUFFIX], const struct fit_name *name)
{
    char seed[24] = "", fold[16] = "";

    if (name->seed >= 0)
        snprintf(seed, sizeof seed, ".s%lld", (long long)name->seed);
    if (name->fold > 0)
        snprintf(fold, sizeof fold, ".f%d", name->fold);
    snprintf(suffix, FIT_NAME_SUFFIX, "%s%s%s", seed, fold, name->all ? ".all" : "");
    return suffix;
}

bool fit_name_is_model(const char *text)
{
    return text[0] && text[strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                        "0123456789-_")] == 0;
}

char *fit_name_of_file(const char *path)
{
    const char *name = path_name(path);
    size_t length = strlen(name);

    if (take_ending(name, &length, ".st.zst"))
        (void)take_ending(name, &length, ".model");
    return strndup(name, length);
}
