/* The memory that a process can still take, by all that limits it. */
#include "memory_left.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

enum { LINE = 512, PATH = 1024 };

struct least {
    size_t bytes;
    const char *limit;
};

static void take(struct least *least, double limit, double used, const char *name)
{
    const double left = limit > used ? limit - used : 0;

    if (left >= (double)least->bytes)
        return;
    least->bytes = (size_t)left;
    least->limit = name;
}

/* Reads the number after `key` in a file of lines; -1: it is not there. */
static double number_of(const char *path, const char *key)
{
    FILE *file = fopen(path, "re");
    char line[LINE];
    double number = -1;

    while (file && number < 0 && fgets(line, sizeof line, file))
        if (strncmp(line, key, strlen(key)) == 0)
            if (sscanf(line + strlen(key), " %lf", &number) != 1)
                number = -1;
    if (file)
        fclose(file);
    return number;
}

/* ---- The machine and ulimit ---- */

static void take_machine(struct least *least)
{
    const double available = number_of("/proc/meminfo", "MemAvailable:");

    if (available >= 0)
        take(least, available * 1024, 0, "the machine's free memory");
}

static void take_ulimit(struct least *least)
{
    static const struct {
        int resource;
        const char *used, *name;
    } limits[] = {{RLIMIT_AS, "VmSize:", "ulimit -v"}, {RLIMIT_DATA, "VmData:", "ulimit -d"}};

    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        const double used = number_of("/proc/self/status", limits[i].used);
        struct rlimit limit;

        if (getrlimit(limits[i].resource, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY)
            take(least, (double)limit.rlim_cur, used > 0 ? used * 1024 : 0, limits[i].name);
    }
}

/* ---- Control groups ---- */

/* Names of a version's files, and of the line in memory.stat that counts what the kernel holds of
 * files and gives up first: it is part of what is used now. */
struct group_files {
    const char *most, *now, *cache;
};

static double number_in(const char *folder, const char *name, const char *key)
{
    char path[PATH + 64];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    return number_of(path, key);
}

static void take_group(struct least *least, const char *folder, const struct group_files *files)
{
    const double limit = number_in(folder, files->most, ""); /* "max" is no number */
    const double used = number_in(folder, files->now, "");
    const double cache = number_in(folder, "memory.stat", files->cache);

    if (limit >= 0)
        take(least, limit, fmax(fmax(used, 0) - fmax(cache, 0), 0),
             "the limit of its control group");
}

/* Takes the limits of a group and of those around it. In a container the group's own path may not
 * be there: its limit is then at the root. */
static void take_groups(struct least *least, const char *root, const char *group,
                        const struct group_files *files)
{
    char folder[PATH];
    char *slash;

    snprintf(folder, sizeof folder, "%s%s", root, group);
    for (;;) {
        take_group(least, folder, files);
        slash = strrchr(folder, '/');
        if (!slash || strlen(folder) <= strlen(root))
            return;
        *slash = 0;
    }
}

/* Reads lines "0::/a/b" of version 2, "5:memory:/a/b" of version 1. */
static void take_control_groups(struct least *least)
{
    static const struct group_files version1 = {"memory.limit_in_bytes", "memory.usage_in_bytes",
                                                "total_inactive_file "};
    static const struct group_files version2 = {"memory.max", "memory.current", "inactive_file "};
    FILE *file = fopen("/proc/self/cgroup", "re");
    char line[PATH];

    while (file && fgets(line, sizeof line, file)) {
        char *group = strchr(line, ':'), *path = group ? strchr(group + 1, ':') : NULL;

        line[strcspn(line, "\n")] = 0;
        if (!path)
            continue;
        *path++ = 0;
        if (strcmp(group, ":") == 0)
            take_groups(least, "/sys/fs/cgroup", path, &version2);
        else if (strcmp(group, ":memory") == 0)
            take_groups(least, "/sys/fs/cgroup/memory", path, &version1);
    }
    if (file)
        fclose(file);
}

size_t memory_left(const char **limit)
{
    struct least least = {SIZE_MAX, ""};

    take_machine(&least);
    take_ulimit(&least);
    take_control_groups(&least);
    *limit = least.limit;
    return least.bytes;
}
