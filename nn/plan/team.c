/* What the processes of a team exchange, see team.h. */
#include "team.h"

int team_first(const struct nn_team *team, int items, int rank)
{
    return team ? (int)((int64_t)items * rank / team->ranks) : rank ? items : 0;
}

int team_rank(const struct nn_team *team)
{
    return team ? team->rank : 0;
}

static int first_row(const struct nn_team *team, int rows, int rank)
{
    const int first = SHARD * team_first(team, (rows + SHARD - 1) / SHARD, rank);

    return first < rows ? first : rows;
}

int team_rows(const struct nn_team *team, int rows)
{
    const int rank = team_rank(team);

    return first_row(team, rows, rank + 1) - first_row(team, rows, rank);
}

void team_gather(const struct nn_team *team, void *all, int items,
                 size_t (*begin)(const void *context, int item), const void *context)
{
    size_t at[NN_TEAM_MOST + 1];

    if (!team)
        return;
    for (int r = 0; r <= team->ranks; r++)
        at[r] = begin(context, team_first(team, items, r));
    team->gather(team->context, all, at);
}

static size_t begin_of_item(const void *context, int item)
{
    const size_t *each = context;

    return *each * (size_t)item;
}

void team_gather_items(const struct nn_team *team, void *all, int items, size_t each)
{
    team_gather(team, all, items, begin_of_item, &each);
}

struct pictures {
    int64_t rows;
    int together;
    size_t each;
};

static size_t begin_of_pictures(const void *context, int item)
{
    const struct pictures *p = context;
    const int64_t first = (int64_t)item * p->together;

    return p->each * (size_t)(first < p->rows ? first : p->rows);
}

void team_gather_pictures(const struct nn_team *team, void *all, int64_t rows, int together,
                          size_t each)
{
    team_gather(team, all, (int)((rows + together - 1) / together), begin_of_pictures,
                &(struct pictures){rows, together, each});
}

void team_gather_sums(const struct nn_team *team, const struct node *first, int shards)
{
    for (const struct node *node = first; team && node <= first->last; node++)
        if (node->layer->shard_sums == SUMS_FOR_SYNC)
            team_gather_items(team, node->shard_scratch, shards, node->layer->shard_bytes);
}

/* Gathers whole pictures of a grid, with their borders, from that of the first one on. */
static void gather_grid(const struct nn_team *team, const struct grid *grid, int rows)
{
    const ptrdiff_t border = (grid->row / grid->c - grid->w) / 2;

    team_gather_pictures(team, grid->at - border * (grid->row + grid->c), rows, SHARD,
                         (size_t)grid->picture * sizeof(real));
}

void team_gather_parts(const struct nn_team *team, const struct plan *plan, int rows)
{
    const int shards = (rows + SHARD - 1) / SHARD;

    for (int i = 0; team && i < plan->groups.nodes; i++) {
        const struct node *node = &plan->groups.node[i];

        if (node->frozen)
            continue;
        if (node->layer->weight_grad_last) {
            gather_grid(team, &node->in, rows);
            gather_grid(team, &node->dout, rows);
        }
        if (node->layer->shard_sums == SUMS_FOR_UPDATE)
            team_gather_items(team, node->shard_scratch, shards, node->layer->shard_bytes);
    }
}
