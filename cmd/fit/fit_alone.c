/* A fit of one process. Where it was started several times, for one training, fit-mpi takes its
 * place. */
#include "cmd/cli/options.h"
#include "fit_team.h"
#include "pipeline/base/err.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Returns how many processes were started together, by what Open MPI, MPICH and Slurm say. */
static long started(void)
{
    static const char *const names[] = {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "SLURM_STEP_NUM_TASKS"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (getenv(names[i]))
            return strtol(getenv(names[i]), NULL, 10);
    return 1;
}

int fit_team_join(const struct nn_team **team, int *argc, char ***argv)
{
    const long count = started();
    char path[PATH_MAX + 8];
    ssize_t length;

    (void)argc;
    *team = NULL;
    if (count <= 1)
        return 0;
    length = readlink("/proc/self/exe", path, PATH_MAX);
    if (length > 0) {
        snprintf(path + length, sizeof path - (size_t)length, "-mpi");
        execv(path, *argv);
    }
    program_name = "fit";
    return usage_error("started as %ld processes at once, which would each write the model; to train "
                       "it together they need fit-mpi, made by: make MPI=1",
                       count);
}

void fit_team_leave(const struct nn_team *team, int status, bool all)
{
    (void)team, (void)status, (void)all;
}
