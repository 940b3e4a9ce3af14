/* Reads a data set in chunks, the next one in the background. */
#include "read_ahead.h"

static void read_next(void *argument)
{
    struct read_ahead *ahead = argument;

    ahead->got = dataset_next(ahead->dataset, &ahead->chunks[ahead->next], &ahead->err);
}

static void begin(struct read_ahead *ahead)
{
    ahead->reading = true;
    ahead->job = (struct job){.run = read_next, .data = ahead};
    workers_submit(ahead->workers, &ahead->job);
}

int read_ahead_open(struct read_ahead *ahead, struct dataset *dataset, int64_t room, int threads,
                    struct err *err)
{
    *ahead = (struct read_ahead){.dataset = dataset};
    if (workers_start(&ahead->workers, threads > 1 ? 2 : 1, err))
        return -1;
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
    workers_wait(ahead->workers, &ahead->job);
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
        workers_wait(ahead->workers, &ahead->job);
    workers_stop(ahead->workers);
    for (int i = 0; i < 2; i++)
        dataset_chunk_free(&ahead->chunks[i]);
    *ahead = (struct read_ahead){0};
}
