/* Chunks of plain rows, cut from the input and converted on several threads. */
#include "fast_chunks.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum {
    PIECE_BYTES = 512 * 1024,
    LONGER_U8 = 2, /* a line than the shortest one; still longer ones may be left to libcsv */
    LONGER_F32 = 8,
    MOST_MEMORY = 24 * 1024 * 1024 /* of all pieces, but two there must be */
};

/* One of a ring. The reader fills it, a worker takes its lines, the caller looks at it. */
struct slot {
    struct job job;
    struct pieces *pieces;
    char *text; /* [bytes], and padding */
    size_t size, taken;
    bool lines; /* whole ones, the lane may take them */
    bool last, failed;
    bool submitted;
    struct err err;
    struct lane_rows rows;
};

struct pieces {
    struct source *source;
    const struct lane *lane;
    struct workers *workers;
    size_t bytes;
    char *held; /* read, and left for the next pieces */
    size_t held_at, held_end;
    atomic_bool off;

    pthread_t reader;
    bool reading; /* there is a reader */
    pthread_mutex_t lock;
    pthread_cond_t released_one;
    int64_t released; /* pieces that the caller is done with */
    bool stop;

    int64_t given;
    struct slot *at_hand;
    size_t at; /* of pieces_read() */
    int count;
    struct slot ring[];
};

/* ---- Filling and taking ---- */

static void run_lane(void *data)
{
    struct slot *slot = data;
    const struct pieces *p = slot->pieces;

    while (slot->lines && slot->taken < slot->size && !atomic_load(&p->off)) {
        size_t size =
            lane_row(p->lane, slot->text + slot->taken, slot->size - slot->taken, &slot->rows);

        if (size == 0)
            break;
        slot->taken += size;
    }
}

static void take_held(struct pieces *p, struct slot *slot)
{
    size_t size = p->held_end - p->held_at;

    slot->size = size < p->bytes ? size : p->bytes;
    memcpy(slot->text, p->held + p->held_at, slot->size);
    p->held_at += slot->size;
}

/* Leaves what follows the last line end for the next piece. */
static void cut(struct pieces *p, struct slot *slot)
{
    size_t lines = slot->size, left;

    while (lines > 0 && slot->text[lines - 1] != '\n')
        lines--;
    left = slot->size - lines;
    slot->lines = lines > 0 || slot->last;
    if (slot->last || lines == 0)
        return;
    if (p->held_at == p->held_end) { /* all of it was taken, and bytes from the source */
        p->held_at = 0;
        p->held_end = left;
        memcpy(p->held, slot->text + lines, left);
    } else {
        p->held_at -= left;
    }
    slot->size = lines;
}

static void fill(struct pieces *p, struct slot *slot)
{
    slot->lines = false;
    take_held(p, slot);
    while (slot->size < p->bytes && !slot->last && !slot->failed) {
        int64_t got =
            source_read(p->source, slot->text + slot->size, p->bytes - slot->size, &slot->err);

        slot->failed = got < 0;
        slot->last = got == 0;
        slot->size += got > 0 ? (size_t)got : 0;
    }
    if (!slot->failed)
        cut(p, slot);
    memset(slot->text + slot->size, 0, LANE_PADDING);
    slot->submitted = true;
}

static void *read_ahead(void *data)
{
    struct pieces *p = data;
    bool stop = false;

    /* Only while it waits for the source's bytes may it be cancelled: see source.c. */
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
    for (int64_t filled = 0; !stop; filled++) {
        struct slot *slot = &p->ring[filled % p->count];

        pthread_mutex_lock(&p->lock);
        while (filled - p->released == p->count && !p->stop)
            pthread_cond_wait(&p->released_one, &p->lock);
        stop = p->stop;
        pthread_mutex_unlock(&p->lock);
        if (stop)
            break;
        fill(p, slot);
        stop = slot->last || slot->failed;
        workers_submit(p->workers, &slot->job);
    }
    return NULL;
}

/* ---- Giving ---- */

static void release(struct pieces *p, struct slot *slot)
{
    classes_free(&slot->rows.classes);
    slot->rows.count = 0;
    slot->taken = 0;
    slot->job.done = slot->submitted = false;
    pthread_mutex_lock(&p->lock);
    p->released++;
    pthread_cond_signal(&p->released_one);
    pthread_mutex_unlock(&p->lock);
}

int64_t pieces_room(const struct pieces *p)
{
    return p->ring[0].rows.room;
}

int pieces_next(struct pieces *p, struct piece *piece, struct err *err)
{
    struct slot *slot = p->at_hand;

    if (slot && slot->failed) {
        *err = slot->err;
        return -1;
    }
    if (slot && slot->last)
        return 0;
    if (slot)
        release(p, slot);
    slot = p->at_hand = &p->ring[p->given++ % p->count];
    if (!p->reading) {
        fill(p, slot);
        workers_submit(p->workers, &slot->job);
    }
    workers_wait(p->workers, &slot->job);
    *piece = (struct piece){slot->text, slot->size, slot->taken, &slot->rows};
    return 1;
}

void pieces_leave_lane(struct pieces *p, size_t from)
{
    atomic_store(&p->off, true);
    p->at = from;
}

int64_t pieces_read(void *pieces, void *buffer, size_t size, struct err *err)
{
    struct pieces *p = pieces;
    struct piece piece;

    while (p->at == p->at_hand->size) {
        int got = pieces_next(p, &piece, err);

        if (got <= 0)
            return got;
        p->at = 0;
    }
    if (size > p->at_hand->size - p->at)
        size = p->at_hand->size - p->at;
    memcpy(buffer, p->at_hand->text + p->at, size);
    p->at += size;
    return (int64_t)size;
}

/* ---- Opening and closing ---- */

static size_t piece_bytes(const struct lane *lane, const struct pieces_options *options)
{
    size_t line = lane->shortest * (lane->pixel == DTYPE_U8 ? LONGER_U8 : LONGER_F32);

    return options->bytes ? options->bytes : line > PIECE_BYTES ? line : PIECE_BYTES;
}

static size_t most_rows(const struct lane *lane, size_t bytes)
{
    return (bytes + 1) / (lane->shortest + 1) + 1;
}

static size_t image_bytes(const struct lane *lane)
{
    return (size_t)lane->pixels * dtype_size(lane->pixel);
}

/* Counts chunks so that each thread has one to work on and one to go on with, if memory allows it.
 */
static int ring_count(const struct lane *lane, size_t bytes, int threads)
{
    size_t one = bytes + most_rows(lane, bytes) *
                             (image_bytes(lane) + sizeof(int32_t) + 2 * sizeof(struct cell));
    size_t most = MOST_MEMORY / one, wanted = 2 * (size_t)threads + 1;

    return (int)(most < 2 ? 2 : most < wanted ? most : wanted);
}

static int slot_init(struct slot *slot, struct pieces *p, struct err *err)
{
    struct lane_rows *rows = &slot->rows;
    size_t room = most_rows(p->lane, p->bytes);

    slot->pieces = p;
    slot->job = (struct job){.run = run_lane, .data = slot};
    slot->text = malloc(p->bytes + LANE_PADDING);
    rows->room = (int64_t)room;
    rows->images = malloc(room * image_bytes(p->lane));
    rows->in_file_order = malloc(image_bytes(p->lane));
    rows->labels = malloc(room * sizeof *rows->labels);
    rows->ids = malloc(room * sizeof *rows->ids);
    rows->groups = malloc(room * sizeof *rows->groups);
    if (slot->text && rows->images && rows->in_file_order && rows->labels && rows->ids &&
        rows->groups)
        return 0;
    return err_memory(err, "the rows being read", p->bytes + room * image_bytes(p->lane));
}

/* Starts the reader; without one, as where no more threads can be had, each piece is read when it
 * is wanted. */
static void start_reader(struct pieces *p)
{
    p->reading =
        workers_threads(p->workers) > 1 && pthread_create(&p->reader, NULL, read_ahead, p) == 0;
}

int pieces_open(struct pieces **pieces, struct source *source, const struct lane *lane,
                struct workers *workers, const struct pieces_options *options, struct err *err)
{
    size_t bytes = piece_bytes(lane, options);
    int count = ring_count(lane, bytes, workers_threads(workers)), failed = 0;
    struct pieces *p = calloc(1, sizeof *p + (size_t)count * sizeof *p->ring);

    if (!p)
        return err_memory(err, "reading rows", 0);
    p->source = source;
    p->lane = lane;
    p->workers = workers;
    p->bytes = bytes;
    p->count = count;
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->released_one, NULL);
    p->held = malloc(bytes + options->begin_size);
    if (!p->held)
        failed = err_memory(err, "reading rows", bytes + options->begin_size);
    for (int i = 0; i < count && !failed; i++)
        failed = slot_init(&p->ring[i], p, err);
    if (!failed) {
        memcpy(p->held, options->begin, options->begin_size);
        p->held_end = options->begin_size;
        start_reader(p);
    }
    if (failed) {
        pieces_close(p);
        return -1;
    }
    *pieces = p;
    return 0;
}

static void stop_reader(struct pieces *p)
{
    pthread_mutex_lock(&p->lock);
    p->stop = true;
    pthread_cond_signal(&p->released_one);
    pthread_mutex_unlock(&p->lock);
    pthread_cancel(p->reader);
    pthread_join(p->reader, NULL);
}

void pieces_close(struct pieces *p)
{
    if (!p)
        return;
    atomic_store(&p->off, true);
    if (p->reading)
        stop_reader(p);
    for (int i = 0; i < p->count; i++) {
        struct slot *slot = &p->ring[i];

        if (slot->submitted)
            workers_wait(p->workers, &slot->job);
        free(slot->text);
        free(slot->rows.images);
        free(slot->rows.in_file_order);
        free(slot->rows.labels);
        free(slot->rows.ids);
        free(slot->rows.groups);
        classes_free(&slot->rows.classes);
    }
    pthread_cond_destroy(&p->released_one);
    pthread_mutex_destroy(&p->lock);
    free(p->held);
    free(p);
}
