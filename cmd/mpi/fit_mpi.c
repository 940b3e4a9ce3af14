/* A fit of several processes, on one machine or many, which exchange by MPI. Linked before the
 * library of the programs, it takes the place of fit_alone.c. */
#include "cmd/cli/options.h"
#include "cmd/fit/fit_team.h"

#include <limits.h>
#include <mpi.h>

static void gather(void *context, void *all, const size_t *begin)
{
    static int counts[NN_TEAM_MOST], at[NN_TEAM_MOST];
    const struct nn_team *team = context;

    if (begin[team->ranks] > INT_MAX) {
        complain("more than %d bytes are exchanged at once, which MPI does not take", INT_MAX);
        MPI_Abort(MPI_COMM_WORLD, EX_SOFTWARE);
    }
    for (int r = 0; r < team->ranks; r++) {
        counts[r] = (int)(begin[r + 1] - begin[r]);
        at[r] = (int)begin[r];
    }
    MPI_Allgatherv(MPI_IN_PLACE, 0, MPI_DATATYPE_NULL, all, counts, at, MPI_BYTE, MPI_COMM_WORLD);
}

int fit_team_join(const struct nn_team **joined, int *argc, char ***argv)
{
    static struct nn_team team;
    int provided; /* whatever it is: the threads that compute never call MPI */

    MPI_Init_thread(argc, argv, MPI_THREAD_FUNNELED, &provided);
    MPI_Comm_rank(MPI_COMM_WORLD, &team.rank);
    MPI_Comm_size(MPI_COMM_WORLD, &team.ranks);
    team.context = &team;
    team.gather = gather;
    *joined = team.ranks > 1 ? &team : NULL;
    if (team.ranks <= NN_TEAM_MOST && (team.ranks > 1 || fit_team_started() <= 1))
        return 0;
    MPI_Finalize();
    program_name = "fit";
    if (team.ranks == 1)
        return usage_error("started as %d processes that MPI did not bring together, and each would "
                           "write the model; with srun it takes --mpi=pmix (see srun --mpi=list), "
                           "else Open MPI's own mpirun",
                           fit_team_started());
    return team.rank ? EX_USAGE
                     : usage_error("%d processes; at most %d can train one network", team.ranks,
                                   NN_TEAM_MOST);
}

void fit_team_leave(const struct nn_team *team, int status, bool all)
{
    if (team && status && !all)
        MPI_Abort(MPI_COMM_WORLD, status);
    MPI_Finalize();
}
