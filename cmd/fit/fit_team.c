/* What the processes of one fit tell each other besides numbers of the network. */
#include "fit_team.h"

#include "cmd/cli/line.h"
#include "pipeline/base/digest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int fit_team_started(void)
{
    static const char *const names[] = {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "SLURM_STEP_NUM_TASKS"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (getenv(names[i]))
            return (int)strtol(getenv(names[i]), NULL, 10);
    return 1;
}

bool fit_team_leads(const struct nn_team *team)
{
    return !team || team->rank == 0;
}

/* Gathers a value of so many bytes from each: all[ranks]. */
static void gather(const struct nn_team *team, const void *value, size_t size, char *all)
{
    size_t begin[NN_TEAM_MOST + 1];

    for (int r = 0; r <= team->ranks; r++)
        begin[r] = (size_t)r * size;
    memcpy(all + begin[team->rank], value, size);
    team->gather(team->context, all, begin);
}

void fit_team_name(const struct nn_team *team)
{
    static char name[60], host[24];

    if (fit_team_leads(team))
        return;
    gethostname(host, sizeof host - 1);
    snprintf(name, sizeof name, "process %d of %d on %s", team->rank + 1, team->ranks, host);
    run_title = name;
}

void fit_team_all(const struct nn_team *team, int64_t value, int64_t *values)
{
    gather(team, &value, sizeof value, (char *)values);
}

int64_t fit_team_tell(const struct nn_team *team, int64_t value)
{
    int64_t values[NN_TEAM_MOST];

    if (!team)
        return value;
    fit_team_all(team, value, values);
    return values[0];
}

int fit_team_most(const struct nn_team *team, int value)
{
    int values[NN_TEAM_MOST];

    if (!team)
        return value;
    gather(team, &value, sizeof value, (char *)values);
    for (int r = 0; r < team->ranks; r++)
        if (values[r] > value)
            value = values[r];
    return value;
}

int fit_team_agree(const struct nn_team *team, int result, struct err *err)
{
    const int worst = fit_team_most(team, result < 0 ? err->status : 0);

    if (worst == 0 || result < 0)
        return result;
    err->status = worst;
    err->text[0] = 0;
    return -1;
}

int fit_team_compare(const struct nn_team *team, const char *what, const char *digest,
                     struct err *err)
{
    char digests[NN_TEAM_MOST][DIGEST_TEXT];

    if (!team)
        return 0;
    gather(team, digest, DIGEST_TEXT, digests[0]);
    if (strcmp(digest, digests[0]) == 0)
        return 0;
    return err_set(err, EX_USAGE,
                   "%s than the first process has; all have to run the same command, on the same "
                   "files",
                   what);
}

static struct fit_exchange exchange;

void fit_team_exchanged(size_t bytes, double seconds)
{
    exchange.count++;
    exchange.bytes += (double)bytes;
    exchange.seconds += seconds;
}

struct fit_exchange fit_team_exchange(void)
{
    return exchange;
}
