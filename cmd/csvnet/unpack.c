/* The rules out of the one file of all programs, where make can include them. */
#include "unpack.h"

#include "cmd/cli/say.h"
#include "pipeline/files/inputs.h"
#include "pipeline/files/make_folders.h"
#include "pipeline/files/output.h"
#include "programs.h"
#include "rules.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* ---- One file, one link ---- */

static bool has_text(const char *path, const char *text)
{
    FILE *file = fopen(path, "re");
    bool same = file != NULL;

    for (int c = 0; same && c != EOF; text += *text != 0) {
        c = getc(file);
        same = c == EOF ? !*text : *text && c == (unsigned char)*text;
    }
    if (file)
        fclose(file);
    return same;
}

/* Return 1 written, 0 there already, -1 error. */
static int put_text(const char *path, const char *text, struct err *err)
{
    if (has_text(path, text))
        return 0;
    return make_folders(path, err) || output_whole(path, text, err) ? -1 : 1;
}

static int put_link(const char *path, const char *target, struct err *err)
{
    char there[PATH_MAX], *new = NULL;
    const ssize_t size = readlink(path, there, sizeof there);
    int result = 1;

    if (size == (ssize_t)strlen(target) && memcmp(there, target, (size_t)size) == 0)
        return 0;
    if (make_folders(path, err))
        return -1;
    if (asprintf(&new, "%s.%ld", path, (long)getpid()) < 0)
        return err_memory(err, "the name of a link", 0);
    unlink(new); /* a former process of that number left it */
    if (symlink(target, new) || rename(new, path)) {
        result =
            err_set(err, EX_CANTCREAT, "%s: the link cannot be made: %s", path, strerror(errno));
        unlink(new);
    }
    free(new);
    return result;
}

/* ---- All of them ---- */

/* Writes a text, or where that is NULL a link to `self`, to FOLDER/PLACE/NAME ENDING. */
static int put(const char *folder, const char *place, const char *name, const char *ending,
               const char *text, const char *self, struct err *err)
{
    char *path = NULL;
    int result;

    if (asprintf(&path, "%s/%s/%s%s", folder, place, name, ending) < 0)
        return err_memory(err, "the name of a file", 0);
    result = text ? put_text(path, text, err) : put_link(path, self, err);
    free(path);
    return result;
}

/* Fills the folder as an installed tree is, Makefile.inc last. Returns how many were not there, or
 * -1. */
static int fill(const char *folder, const char *self, struct err *err)
{
    int written = 0, one = 0, count = 0;

    for (const struct program *p = programs; p->name && one >= 0; p++, written += one > 0)
        one = put(folder, "libexec/csvnet", p->name, "", NULL, self, err);
    for (const struct built_in *b = presets; b->name && one >= 0; b++, written += one > 0)
        one = put(folder, "share/csvnet/presets", b->name, ".net", b->text, self, err);
    for (const struct built_in *b = recipes; b->name && one >= 0; b++, written += one > 0)
        one = put(folder, "share/csvnet/recipes", b->name, ".recipe", b->text, self, err);
    while (rules[count].name)
        count++;
    for (; count > 0 && one >= 0; written += one > 0) {
        count--;
        one = put(folder, "share/csvnet", rules[count].name, "", rules[count].text, self, err);
    }
    return one < 0 ? -1 : written;
}

/* ---- Where ---- */

/* Tells whether the folder belongs to this user, so that nobody else puts rules there, and root
 * leaves nothing in another's. */
static bool is_own(const char *folder)
{
    struct stat status;

    return stat(folder, &status) == 0 && S_ISDIR(status.st_mode) && status.st_uid == geteuid() &&
           !(status.st_mode & S_IWOTH);
}

/* Makes a folder where there is none, in one of this user's. Fails if it is not this user's. */
MUST_CHECK static int make_own(char *folder, struct err *err)
{
    char *slash = strrchr(folder, '/');
    bool above;

    if (strpbrk(folder, " \t\n"))
        return err_set(err, EX_CANTCREAT, "%s has blanks in its name, which make cannot include",
                       folder);
    *slash = 0;
    above = is_own(*folder ? folder : "/");
    *slash = '/';
    if (above && mkdir(folder, 0700) && errno != EEXIST)
        return err_set(err, EX_CANTCREAT, "%s cannot be made: %s", folder, strerror(errno));
    if (access(folder, F_OK))
        return err_set(err, EX_CANTCREAT,
                       "%s is not there, nor a folder of this user's to make it in", folder);
    if (!is_own(folder))
        return err_set(err, EX_CANTCREAT, "%s is no folder of this user's alone", folder);
    return 0;
}

/* Returns the user's folder for caches, which it makes, for free(). NULL: there is none. */
static char *cache_folder(struct err *err)
{
    const char *given = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    char *folder = NULL;
    int size;

    /* What is no whole path does not count. */
    if (given && *given == '/') {
        size = asprintf(&folder, "%s", given);
    } else if (home && *home == '/') {
        size = asprintf(&folder, "%s/.cache", home[1] ? home : "");
    } else {
        err_set(err, EX_CANTCREAT, "neither HOME nor XDG_CACHE_HOME is set");
        return NULL;
    }
    if (size < 0) {
        err_memory(err, "the name of a folder", 0);
        return NULL;
    }
    while (size > 1 && folder[size - 1] == '/')
        folder[--size] = 0;
    if (make_own(folder, err) == 0)
        return folder;
    free(folder);
    return NULL;
}

/* ---- What other versions left ---- */

enum { DIGEST_SHOWN = 16, DAYS_KEPT = 30, SECONDS_IN_DAY = 24 * 60 * 60 };

/* Tells whether a folder is called as those for rules are: csvnet-VERSION-DIGEST. */
static bool is_for_rules(const char *name)
{
    const char *dash = strrchr(name, '-');

    return dash && strncmp(name, "csvnet-", strlen("csvnet-")) == 0 &&
           strspn(dash + 1, "0123456789abcdef") == DIGEST_SHOWN && !dash[1 + DIGEST_SHOWN];
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *at)
{
    (void)status, (void)type, (void)at;
    return remove(path);
}

/* Removes this user's folders for rules that no make has asked for in the days that they are kept:
 * each version, and each build of one, has made its own. */
static void remove_unused(const char *cache)
{
    DIR *open = opendir(cache);
    const struct dirent *entry;
    struct stat status;
    char *folder;

    while (open && (entry = readdir(open))) {
        enum { FILES_OPEN = 8 };

        if (!is_for_rules(entry->d_name) || asprintf(&folder, "%s/%s", cache, entry->d_name) < 0)
            continue;
        if (lstat(folder, &status) == 0 && S_ISDIR(status.st_mode) && status.st_uid == geteuid() &&
            time(NULL) - status.st_mtime > (time_t)DAYS_KEPT * SECONDS_IN_DAY)
            (void)nftw(folder, remove_one, FILES_OPEN, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
        free(folder);
    }
    if (open)
        closedir(open);
}

/* ---- Here or there ---- */

/* Writes the rules to PARENT/csvnet-VERSION-DIGEST, unless they are there, and says so if it is not
 * for the cache. Returns the path of Makefile.inc for free(), NULL: error. */
static char *unpack_below(const char *parent, const char *self, const struct err *why,
                          struct err *err)
{
    char digest[DIGEST_TEXT], *folder = NULL, *path = NULL;
    int written;

    if (file_digest(self, digest)) {
        err_set(err, EX_IOERR, "%s: cannot be read", self);
        return NULL;
    }
    if (asprintf(&folder, "%s/csvnet-" CSVNET_VERSION "-%.*s", parent[1] ? parent : "",
                 DIGEST_SHOWN, digest) < 0) {
        err_memory(err, "the name of a folder", 0);
        return NULL;
    }
    written = fill(folder, self, err);
    if (written > 0 && why)
        say("wrote the rules to %s: %s", folder, why->text);
    (void)utimensat(AT_FDCWD, folder, NULL, 0); /* it is in use */
    if (written > 0 && !why)
        remove_unused(parent);
    if (written >= 0 && asprintf(&path, "%s/share/csvnet/Makefile.inc", folder) < 0) {
        err_memory(err, "the name of a file", 0);
        path = NULL;
    }
    free(folder);
    return path;
}

/* Does so in this folder. */
static char *unpack_here(const char *self, const struct err *why, struct err *err)
{
    char *here = getcwd(NULL, 0), *path = NULL;

    if (!here)
        err_set(err, EX_CANTCREAT, "this folder has no name: %s", strerror(errno));
    else if (strpbrk(here, " \t\n"))
        err_set(err, EX_CANTCREAT, "%s has blanks in its name, which make cannot include", here);
    else
        path = unpack_below(here, self, why, err);
    free(here);
    return path;
}

char *unpack_rules(struct err *err)
{
    struct err why, here;
    char *self = own_path(), *cache, *path = NULL;

    if (!self) {
        err_set(err, EX_OSERR, "this program's own file cannot be found: %s", strerror(errno));
        return NULL;
    }
    cache = cache_folder(&why);
    if (cache)
        path = unpack_below(cache, self, NULL, &why);
    if (!path)
        path = unpack_here(self, &why, &here);
    if (!path)
        err_set(err, EX_CANTCREAT,
                "there is no place for the rules: %.900s; %.900s; set XDG_CACHE_HOME to a folder "
                "of yours",
                why.text, here.text);
    free(self);
    free(cache);
    return path;
}
