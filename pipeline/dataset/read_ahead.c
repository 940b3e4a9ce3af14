#include "read_ahead.h"

static void read_next(void *argument)
{
    struct read_ahead *ahead = argument;

    ahead->got = dataset_next(ahead->dataset, &ahead->chunks[ahead->next], &ahead->err);
}

static void begin(struct read_ahead *ahead)
{
    ahead->reading = true;
    nn_pool_beside(ahead->pool, read_next, ahead);
}

int read_ahead_open(struct read_ahead *ahead, struct dataset *dataset, int64_t room,
                    struct nn_pool *pool, struct err *err)
{
    *ahead = (struct read_ahead){.dataset = dataset, .pool = pool};
    for (int i = 0; i < 2; i++)
        if (dataset_chunk_init(&ahead->chunks[i], dataset, room, err)) {
            read_ahead_close(ahead);
            return -1;
        }
    begin(ahead);
    return 0;
}

int read_ahead_next(struct read_ahead *ahead, const struct dataset_chunk **chunk, struct err *err)
{
    nn_pool_join(ahead->pool);
    ahead->reading = false;
    if (ahead->got < 0)
        *err = ahead->err;
    if (ahead->got <= 0)
        return ahead->got;
    *chunk = &ahead->chunks[ahead->next];
    ahead->next = !ahead->next;
    begin(ahead);
    return 1;
}

void read_ahead_close(struct read_ahead *ahead)
{
    if (ahead->reading)
        nn_pool_join(ahead->pool);
    for (int i = 0; i < 2; i++)
        dataset_chunk_free(&ahead->chunks[i]);
    *ahead = (struct read_ahead){0};
}
