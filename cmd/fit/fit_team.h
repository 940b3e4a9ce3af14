#ifndef CMD_FIT_TEAM_H
#define CMD_FIT_TEAM_H

#include "nn/nn.h"
#include "pipeline/base/err.h"

/* The processes of one fit that mpirun or the like started together. The first one, rank 0, speaks,
 * and reads and writes what is not data; the others do as it does. Every function is called by all
 * of them in the same order; NULL for a team: this process is alone. */

/* Returns how many processes were started together, by what Open MPI, MPICH and Slurm say. */
int fit_team_started(void);
/* Joins them. Sets *team, NULL: there is one process. Returns 0, or the exit status where this
 * program cannot join; fit-mpi, which can, takes its place where it lies beside it. */
int fit_team_join(const struct nn_team **team, int *argc, char ***argv);
/* Leaves them before the program ends; with a status for which `all` do not end, ends the others.
 */
void fit_team_leave(const struct nn_team *team, int status, bool all);

bool fit_team_leads(const struct nn_team *team);
/* Has this process, unless it is the first, speak as "process 2 of 4 on HOST". */
void fit_team_name(const struct nn_team *team);
/* Returns the first one's value. */
int64_t fit_team_tell(const struct nn_team *team, int64_t value);
/* Returns the greatest value. */
int fit_team_most(const struct nn_team *team, int value);
/* Gathers the values of all: values[ranks]. */
void fit_team_all(const struct nn_team *team, int64_t value, int64_t *values);
/* Fails, in all of them, where one failed; *err is without text in those that did not. */
MUST_CHECK int fit_team_agree(const struct nn_team *team, int result, struct err *err);
/* Fails in those whose digest is not the first one's, which makes it `what`, "other data".
 * EX_USAGE. */
MUST_CHECK int fit_team_compare(const struct nn_team *team, const char *what, const char *digest,
                                struct err *err);

/* What this process exchanged with the others. */
struct fit_exchange {
    int64_t count;
    double bytes, seconds; /* that it got, and waited for */
};
/* Takes note of one. */
void fit_team_exchanged(size_t bytes, double seconds);
struct fit_exchange fit_team_exchange(void);

#endif
