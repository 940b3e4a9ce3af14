#include "ranking.h"

#include <string.h>

void ranking_add(struct ranking *ranking, struct ranked row)
{
    int at = ranking->count;

    while (at > 0 && ranking->list[at - 1].key < row.key)
        at--;
    if (at == RANKING_MOST)
        return;
    if (ranking->count < RANKING_MOST)
        ranking->count++;
    memmove(ranking->list + at + 1, ranking->list + at,
            (size_t)(ranking->count - 1 - at) * sizeof *ranking->list);
    ranking->list[at] = row;
}
