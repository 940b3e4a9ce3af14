#ifndef NN_TEAM_H
#define NN_TEAM_H

#include "plan.h"

/* What the processes of a team exchange: all that sums over a batch are made of. Each works on
 * consecutive shards of every batch. NULL for a team: this process alone. */

/* Returns the first of `items` that a rank works on; for rank = ranks their number. */
int team_first(const struct nn_team *team, int items, int rank);
/* Returns this process's rank. */
int team_rank(const struct nn_team *team);
/* Returns how many of the pictures of a batch this process works on. */
int team_rows(const struct nn_team *team, int rows);

/* Gathers ranges of one array: rank r has items[team_first(r)]..; `begin` gives their bytes. */
void team_gather(const struct nn_team *team, void *all, int items,
                 size_t (*begin)(const void *context, int item), const void *context);
/* Gathers items of so many bytes. */
void team_gather_items(const struct nn_team *team, void *all, int items, size_t each);
/* Gathers items of so many bytes, one for each of `rows` pictures, of which so many `together` are
 * an item of the work. */
void team_gather_pictures(const struct nn_team *team, void *all, int64_t rows, int together,
                          size_t each);
/* Gathers what the sync of a group that begins with `node` merges. */
void team_gather_sums(const struct nn_team *team, const struct node *node, int shards);
/* Gathers what the gradients of the parameters are made of, after all backward. */
void team_gather_parts(const struct nn_team *team, const struct plan *plan, int rows);

#endif
