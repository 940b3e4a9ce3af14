/* What is kept of finished work: listed, and thrown away from the oldest on. */
#include "chain.h"

#include "pipeline/tensor/tensor.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { KEY = DIGEST_TEXT - 1 };

/* A finished output with its record. */
struct entry {
    const char *key;  /* KEY hex digits, then the rest of a name */
    const char *path; /* of the tensor file, or "" */
    int64_t bytes;    /* that would be free without it */
    time_t used;      /* when it was last kept or taken */
    bool in_use;      /* an output is the same file */
};

struct entries {
    struct entry *list;
    int count, room;
};

static struct entry *find_entry(struct chain *c, struct entries *entries, const char *name)
{
    struct entry *list = entries->list;

    for (int i = 0; i < entries->count; i++)
        if (strncmp(list[i].key, name, KEY) == 0)
            return &list[i];
    if (entries->count == entries->room) {
        entries->room = entries->room ? 2 * entries->room : 16;
        list = pool_alloc(&c->pool, (size_t)entries->room * sizeof *list);
        if (!list)
            return NULL;
        if (entries->count > 0)
            memcpy(list, entries->list, (size_t)entries->count * sizeof *list);
        entries->list = list;
    }
    list[entries->count] = (struct entry){.key = pool_text(&c->pool, "%s", name), .path = ""};
    return &list[entries->count++];
}

static bool is_kept(const char *name)
{
    return strspn(name, "0123456789abcdef") == KEY && name[KEY] == '.';
}

static void add_file(struct chain *c, struct entries *entries, const char *name)
{
    const char *path = pool_text(&c->pool, "%s/%s", c->kept, name);
    struct entry *entry;
    struct stat is;

    if (!is_kept(name) || stat(path, &is) || !(entry = find_entry(c, entries, name)))
        return;
    if (strcmp(name + KEY, ".st.zst") == 0)
        entry->path = path;
    if (is.st_nlink > 1)
        entry->in_use = true;
    else
        entry->bytes += 512 * (int64_t)is.st_blocks;
    entry->used = is.st_ctime > entry->used ? is.st_ctime : entry->used;
}

static int older_first(const void *a, const void *b)
{
    const struct entry *one = a, *other = b;

    return one->used != other->used ? (one->used > other->used ? 1 : -1)
                                    : strcmp(one->key, other->key);
}

static int read_entries(struct chain *c, struct entries *entries, struct err *err)
{
    DIR *folder = opendir(c->kept);
    const struct dirent *file;

    while (folder && (file = readdir(folder)))
        add_file(c, entries, file->d_name);
    if (folder)
        closedir(folder);
    if (c->pool.failed)
        return err_memory(err, "what is kept", 0);
    if (entries->count > 0)
        qsort(entries->list, (size_t)entries->count, sizeof *entries->list, older_first);
    return 0;
}

/* Says what a kept file is. */
static const char *describe(struct chain *c, const struct entry *entry)
{
    struct tensor_file *file = NULL;
    struct err ignored;
    const char *text = "no file to be taken", *kind, *network;

    if (!entry->path[0] || tensor_file_open(&file, entry->path, NULL, "", &ignored))
        return text;
    kind = tensor_file_kind(file);
    network = tensor_file_meta(file, "architecture");
    text = pool_text(&c->pool, "%.*s%s%.50s", (int)strcspn(kind, "/"), kind, network ? ": " : "",
                     network ? network : "");
    tensor_file_close(file);
    return text;
}

static void print_entry(struct chain *c, const struct entry *entry, FILE *out)
{
    char when[32] = "";
    struct tm tm;

    if (localtime_r(&entry->used, &tm))
        strftime(when, sizeof when, "%Y-%m-%d %H:%M", &tm);
    fprintf(out, "%s  %9.1f kB  %s  %s\n", when, (double)entry->bytes / 1000,
            entry->in_use ? "in use" : "      ", describe(c, entry));
}

static int remove_entry(struct chain *c, const struct entry *entry, struct err *err)
{
    DIR *folder = opendir(c->kept);
    const struct dirent *file;
    int result = 0;

    while (folder && result == 0 && (file = readdir(folder))) {
        const char *path = pool_text(&c->pool, "%s/%s", c->kept, file->d_name);

        if (is_kept(file->d_name) && strncmp(file->d_name, entry->key, KEY) == 0 && unlink(path))
            result = err_set(err, EX_CANTCREAT, "%s: cannot be removed: %s", path, strerror(errno));
    }
    if (folder)
        closedir(folder);
    return result;
}

/* Reads csvnet_limit: bytes with K, M, G or T, or days with d. */
static int read_limit(struct chain *c, double *bytes, double *days, struct err *err)
{
    static const char units[] = "KMGT";
    const char *text = variable(&c->variables, "csvnet_limit", "");
    const char *unit = text + strspn(text, "0123456789.");
    const char *factor = unit[0] ? strchr(units, unit[0]) : NULL;
    double number = strtod(text, NULL);

    *bytes = *days = -1;
    if (!text[0])
        return 0;
    if (unit == text || (unit[0] && unit[1]) || (unit[0] && !factor && unit[0] != 'd'))
        return err_set(err, EX_USAGE,
                       "csvnet_limit = %s: it has to be bytes such as 500M or 2G, or days: 30d",
                       text);
    for (const char *u = units; factor && u <= factor; u++)
        number *= 1000;
    *(unit[0] == 'd' ? days : bytes) = number;
    return 0;
}

int chain_gc(struct chain *c, FILE *out, struct err *err)
{
    struct entries entries = {0};
    double limit, days;
    int64_t bytes = 0, gone = 0;
    int removed = 0;
    const time_t now = time(NULL);

    if (read_limit(c, &limit, &days, err) || read_entries(c, &entries, err))
        return -1;
    for (int i = 0; i < entries.count; i++)
        bytes += entries.list[i].bytes;
    for (int i = 0; i < entries.count; i++) {
        const struct entry *entry = &entries.list[i];
        const bool old = days >= 0 && difftime(now, entry->used) > 86400 * days;

        if (!entry->in_use && (old || (limit >= 0 && (double)(bytes - gone) > limit))) {
            if (remove_entry(c, entry, err))
                return -1;
            gone += entry->bytes;
            removed++;
        } else {
            print_entry(c, entry, out);
        }
    }
    fprintf(out, "%s: %d kept, %.1f kB besides what is in use", c->kept, entries.count - removed,
            (double)(bytes - gone) / 1000);
    if (removed)
        fprintf(out, "; %d removed, %.1f kB", removed, (double)gone / 1000);
    putc('\n', out);
    return c->pool.failed ? err_memory(err, "what is kept", 0) : 0;
}

int chain_gc_all(struct chain *c, struct err *err)
{
    struct entries entries = {0};

    if (read_entries(c, &entries, err))
        return -1;
    for (int i = 0; i < entries.count; i++)
        if (remove_entry(c, &entries.list[i], err))
            return -1;
    (void)rmdir(c->kept); /* unless other files are in it */
    return 0;
}
