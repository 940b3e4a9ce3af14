/* A fit of several processes, on one machine or many, which exchange by MPI. Linked before the
 * library of the programs, it takes the place of fit_alone.c. */
#include "cmd/cli/options.h"
#include "cmd/cli/processors.h"
#include "cmd/cli/progress.h"
#include "cmd/fit/fit_team.h"

#include <mpi.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

enum { AT_ONCE = 1 << 30 }; /* bytes: MPI counts in int */

/* Gathers by pieces what is too much for one call. */
static void gather_pieces(int ranks, char *all, const size_t *begin)
{
    for (int r = 0; r < ranks; r++)
        for (size_t at = begin[r]; at < begin[r + 1]; at += AT_ONCE) {
            const size_t left = begin[r + 1] - at;

            MPI_Bcast(all + at, (int)(left < AT_ONCE ? left : AT_ONCE), MPI_BYTE, r,
                      MPI_COMM_WORLD);
        }
}

static void gather_whole(int ranks, char *all, const size_t *begin)
{
    static int counts[NN_TEAM_MOST], at[NN_TEAM_MOST];

    for (int r = 0; r < ranks; r++) {
        counts[r] = (int)(begin[r + 1] - begin[r]);
        at[r] = (int)begin[r];
    }
    MPI_Allgatherv(MPI_IN_PLACE, 0, MPI_DATATYPE_NULL, all, counts, at, MPI_BYTE, MPI_COMM_WORLD);
}

static void gather(void *context, void *all, const size_t *begin)
{
    const struct nn_team *team = context;
    const size_t end = begin[team->ranks], own = begin[team->rank + 1] - begin[team->rank];
    const double start = now();

    if (end > AT_ONCE)
        gather_pieces(team->ranks, all, begin);
    else
        gather_whole(team->ranks, all, begin);
    fit_team_exchanged(end - begin[0] - own, now() - start);
}

/* Finds how many processes of this machine may use the same processors as this one: mpirun binds
 * each to one of its own, or, where there are more than two, all to those of a socket. */
static void share_processors(void)
{
#ifdef __linux__
    cpu_set_t own, *sets;
    MPI_Comm here;
    int count, alike = 0;

    CPU_ZERO(&own);
    sched_getaffinity(0, sizeof own, &own);
    MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &here);
    MPI_Comm_size(here, &count);
    sets = calloc((size_t)count, sizeof *sets);
    if (!sets)
        MPI_Abort(MPI_COMM_WORLD, EX_OSERR);
    MPI_Allgather(&own, sizeof own, MPI_BYTE, sets, sizeof own, MPI_BYTE, here);
    for (int i = 0; i < count; i++)
        alike += CPU_EQUAL(&sets[i], &own);
    processors_share(alike);
    free(sets);
    MPI_Comm_free(&here);
#endif
}

/* Tells whether something is there by which Open MPI or another finds the processes. */
static bool has_server(void)
{
    static const char *const names[] = {"OMPI_COMM_WORLD_SIZE", "PMIX_RANK", "PMI_RANK", "PMI_FD"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (getenv(names[i]))
            return true;
    return false;
}

/* Refuses to be one of several that know nothing of each other: one of them says so. */
static int refuse_apart(void)
{
    const char *number = getenv("SLURM_PROCID");

    program_name = "fit";
    return number && strcmp(number, "0") != 0
               ? EX_USAGE
               : usage_error("started as %d processes that MPI did not bring together, and each "
                             "would write the model; with srun it takes --mpi=pmix (see srun "
                             "--mpi=list), else Open MPI's own mpirun",
                             fit_team_started());
}

int fit_team_join(const struct nn_team **joined, int *argc, char ***argv)
{
    static struct nn_team team;
    int provided; /* whatever it is: the threads that compute never call MPI */

    if (fit_team_started() > 1 && !has_server()) /* MPI would end it in its own words */
        return refuse_apart();
    MPI_Init_thread(argc, argv, MPI_THREAD_FUNNELED, &provided);
    MPI_Comm_rank(MPI_COMM_WORLD, &team.rank);
    MPI_Comm_size(MPI_COMM_WORLD, &team.ranks);
    team.context = &team;
    team.gather = gather;
    *joined = team.ranks > 1 ? &team : NULL;
    if (team.ranks <= NN_TEAM_MOST && (team.ranks > 1 || fit_team_started() <= 1)) {
        share_processors();
        return 0;
    }
    MPI_Finalize();
    if (team.ranks == 1)
        return refuse_apart();
    program_name = "fit";
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
