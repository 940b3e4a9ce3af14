/* Number of threads that makes sense: containers are often given a quota of processor time, and see
 * all processors of their host all the same; a job of Slurm may see them too. More threads than the
 * quota only wait for each other. */
#include "processors.h"

#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int least(int a, int b)
{
    return a && (!b || a < b) ? a : b;
}

/* Returns the quota of one group: microseconds of processor time in each period; 0: none. */
static int quota_of(const char *folder, int version)
{
    char path[4200];
    long long quota = 0, period = 0;
    FILE *file;
    int got = 0;

    snprintf(path, sizeof path, version == 2 ? "%s/cpu.max" : "%s/cpu.cfs_quota_us", folder);
    file = fopen(path, "r");
    if (!file)
        return 0;
    got =
        fscanf(file, "%lld %lld", &quota, &period); /* of version 2: "max 100000" or two numbers */
    fclose(file);
    snprintf(path, sizeof path, "%s/cpu.cfs_period_us", folder);
    file = version == 1 && got == 1 ? fopen(path, "r") : NULL;
    if (file) {
        got += fscanf(file, "%lld", &period);
        fclose(file);
    }
    if (got != 2 || quota <= 0 || period <= 0 || quota / period >= 1 << 20)
        return 0;
    return (int)((quota + period - 1) / period);
}

/* Returns the least quota of a group and of those around it. In a container the group may be named
 * as its host names it, which is not mounted there, but the root is. */
static int quota_upwards(const char *mount, char *group, int version)
{
    char folder[4096];
    int quota = 0;

    for (;;) {
        char *slash = strrchr(group, '/');

        snprintf(folder, sizeof folder, "%s%s", mount, group);
        quota = least(quota, quota_of(folder, version));
        if (!slash)
            return quota;
        *slash = '\0';
    }
}

/* Tells whether the controllers, as "cpu,cpuacct", include "cpu". */
static bool has_cpu(char *controllers)
{
    for (char *rest, *name = strtok_r(controllers, ",", &rest); name;
         name = strtok_r(NULL, ",", &rest))
        if (strcmp(name, "cpu") == 0)
            return true;
    return false;
}

int processors_quota(const char *groups, const char *mounts)
{
    char line[4096], mount[4096];
    FILE *file = fopen(groups, "r");
    int quota = 0;

    while (file && fgets(line, sizeof line, file)) { /* 4:cpu,cpuacct:/group, or 0::/group */
        char *controllers = strchr(line, ':'),
             *group = controllers ? strchr(controllers + 1, ':') : NULL;

        if (!group)
            continue;
        *controllers++ = *group++ = '\0';
        group[strcspn(group, "\n")] = '\0';
        snprintf(mount, sizeof mount, *controllers ? "%s/cpu" : "%s", mounts);
        if (!*controllers)
            quota = least(quota, quota_upwards(mount, group, 2));
        else if (has_cpu(controllers))
            quota = least(quota, quota_upwards(mount, group, 1));
    }
    if (file)
        fclose(file);
    return quota;
}

static int sharing = 1;

void processors_share(int processes)
{
    sharing = processes;
}

/* Returns the share, at least 1; 0 of 0. */
static int share_of(int count)
{
    return count > 0 && count < sharing ? 1 : count / sharing;
}

/* Returns how many processors Slurm gives the task: those of --cpus-per-task, else of all of the
 * job or step on this machine. 0: not under Slurm. */
static int of_slurm(void)
{
    static const char *const names[] = {"SLURM_CPUS_PER_TASK", "SLURM_CPUS_ON_NODE"};

    for (int i = 0; i < 2 && getenv("SLURM_JOB_ID"); i++) {
        const char *value = getenv(names[i]);
        const long count = value ? strtol(value, NULL, 10) : 0;

        if (count > 0 && count < 1 << 20)
            return i == 0 ? (int)count : share_of((int)count);
    }
    return 0;
}

int processors(void)
{
    int count = 0;
#ifdef __linux__
    cpu_set_t set;

    if (sched_getaffinity(0, sizeof set, &set) == 0)
        count = CPU_COUNT(&set);
#endif
    if (count <= 0)
        count = (int)sysconf(_SC_NPROCESSORS_ONLN);
    count = share_of(least(count, processors_quota("/proc/self/cgroup", "/sys/fs/cgroup")));
    count = least(count, of_slurm());
    return count > 0 ? count : 1;
}
