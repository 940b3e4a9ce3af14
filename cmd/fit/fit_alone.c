/* A fit of one process. Where it was started several times, for one training, fit-mpi takes its
 * place. */
#include "cmd/cli/options.h"
#include "fit_team.h"
#include "pipeline/base/err.h"

#include <limits.h>
#include <stdio.h>
#include <unistd.h>

int fit_team_join(const struct nn_team **team, int *argc, char ***argv)
{
    const int count = fit_team_started();
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
    return usage_error("started as %d processes at once, which would each write the model; to train "
                       "it together they need fit-mpi, made by: make MPI=1",
                       count);
}

void fit_team_leave(const struct nn_team *team, int status, bool all)
{
    (void)team, (void)status, (void)all;
}
