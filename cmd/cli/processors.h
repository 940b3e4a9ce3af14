#ifndef CLI_PROCESSORS_H
#define CLI_PROCESSORS_H

/* Counts the processors this process may use: by its affinity, by the quota of its control groups,
 * and by what Slurm gives its task. At least 1. */
int processors(void);
/* Has it count this process's share of those that so many processes use alike. */
void processors_share(int processes);

/* Reads how many processors' time the control groups allow, rounded up; 0: as many as there are.
 * `groups`: a file like /proc/self/cgroup; `mounts`: where the groups are mounted, /sys/fs/cgroup.
 */
int processors_quota(const char *groups, const char *mounts);

#endif
