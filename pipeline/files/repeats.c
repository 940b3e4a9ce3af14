/* Equal digests among any number, by an external merge sort. */
#include "repeats.h"

#include "pipeline/base/digest.h"
#include "spool.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct repeats {
    struct spool spool;
    const char *path;
    size_t room, count;
    struct repeat *entries; /* [room] */
    int64_t runs;           /* in the file, `room` entries each but the last one */
    int64_t last_run;       /* entries of that */
};

int repeats_open(struct repeats **repeats, const char *path, size_t room, struct err *err)
{
    struct repeats *r = calloc(1, sizeof *r);

    *repeats = r;
    if (r) {
        *r = (struct repeats){.path = path, .room = room};
        r->entries = malloc(room * sizeof *r->entries);
    }
    return r && r->entries ? 0
                           : err_memory(err, "looking for repeats", room * sizeof(struct repeat));
}

static int by_digest(const void *a, const void *b)
{
    const struct repeat *x = a, *y = b;

    if (x->high != y->high)
        return x->high < y->high ? -1 : 1;
    if (x->low != y->low)
        return x->low < y->low ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

/* Sorts few entries by insertion. */
static void sort_few(struct repeat *entries, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        const struct repeat moved = entries[i];
        size_t at = i;

        for (; at > 0 && by_digest(&moved, &entries[at - 1]) < 0; at--)
            entries[at] = entries[at - 1];
        entries[at] = moved;
    }
}

/* Sorts by the digests' first bits, each entry swapped to its place (an American flag sort), and
 * then what has those in common: few, as digests are spread evenly, unless they are equal. */
static void sort(struct repeat *entries, size_t count)
{
    enum { BITS = 12, BUCKETS = 1 << BITS, FEW = 64 };
    size_t next[BUCKETS], end[BUCKETS], at = 0;

    memset(end, 0, sizeof end);
    for (size_t i = 0; i < count; i++)
        end[entries[i].high >> (64 - BITS)]++;
    for (int i = 0; i < BUCKETS; i++) {
        next[i] = at;
        at = end[i] += at;
    }
    for (int i = 0; i < BUCKETS; i++)
        while (next[i] < end[i]) {
            struct repeat moved = entries[next[i]];
            uint64_t bucket;

            while ((bucket = moved.high >> (64 - BITS)) != (uint64_t)i) {
                const struct repeat other = entries[next[bucket]];

                entries[next[bucket]++] = moved;
                moved = other;
            }
            entries[next[i]++] = moved;
        }
    for (int i = 0; i < BUCKETS; i++) {
        const size_t from = i ? end[i - 1] : 0, size = end[i] - from;

        if (size <= FEW)
            sort_few(entries + from, size);
        else
            qsort(entries + from, size, sizeof *entries, by_digest);
    }
}

static int write_run(struct repeats *r, struct err *err)
{
    sort(r->entries, r->count);
    if ((r->runs == 0 && spool_open(&r->spool, r->path, err)) ||
        spool_append(&r->spool, r->entries, r->count * sizeof *r->entries, err))
        return -1;
    r->runs++;
    r->last_run = (int64_t)r->count;
    r->count = 0;
    return 0;
}

int repeats_add(struct repeats *r, const void *bytes, size_t size, int64_t row, int64_t note,
                struct err *err)
{
    const XXH128_hash_t digest = XXH3_128bits(bytes, size);

    if (r->count == r->room && write_run(r, err))
        return -1;
    r->entries[r->count++] = (struct repeat){digest.high64, digest.low64, row, note};
    return 0;
}

/* ---- Merging ---- */

struct run {
    int64_t at, end;      /* entries of the file that are not read yet */
    struct repeat *block; /* of them the next `held`, from `next` on */
    size_t next, held;
};

struct merge {
    struct repeats *repeats;
    struct run *runs;
    int64_t *heap; /* numbers of runs, the one with the least entry first */
    int64_t size;
    size_t share; /* entries of a block */
};

static const struct repeat *head(const struct merge *m, int64_t place)
{
    const struct run *run = &m->runs[m->heap[place]];

    return &run->block[run->next];
}

static void sink(struct merge *m, int64_t place)
{
    for (int64_t child; (child = 2 * place + 1) < m->size; place = child) {
        const int64_t moved = m->heap[place];

        if (child + 1 < m->size && by_digest(head(m, child + 1), head(m, child)) < 0)
            child++;
        if (by_digest(head(m, place), head(m, child)) <= 0)
            return;
        m->heap[place] = m->heap[child];
        m->heap[child] = moved;
    }
}

/* Returns 1 the run's block holds some entries, 0 the run is at its end, -1 error. */
static int refill(const struct merge *m, struct run *run, struct err *err)
{
    const int64_t left = run->end - run->at;
    const size_t count = left < (int64_t)m->share ? (size_t)left : m->share;
    const int64_t from = run->at * (int64_t)sizeof *run->block;

    run->next = 0;
    run->held = count;
    run->at += (int64_t)count;
    if (spool_read_at(&m->repeats->spool, from, run->block, count * sizeof *run->block, err))
        return -1;
    return count > 0;
}

static int begin_merge(struct merge *m, struct err *err)
{
    struct repeats *r = m->repeats;
    const size_t runs = (size_t)r->runs;
    struct repeat *entries;

    m->share = r->room / runs ? r->room / runs : 1;
    entries = realloc(r->entries, m->share * runs * sizeof *entries);
    m->runs = calloc(runs, sizeof *m->runs);
    m->heap = calloc(runs, sizeof *m->heap);
    if (entries)
        r->entries = entries;
    if (!entries || !m->runs || !m->heap)
        return err_memory(err, "looking for repeats", 0);
    for (int64_t i = 0; i < r->runs; i++) {
        const int64_t begin = i * (int64_t)r->room;
        const int64_t size = i + 1 < r->runs ? (int64_t)r->room : r->last_run;

        m->runs[i] = (struct run){begin, begin + size, entries + (size_t)i * m->share, 0, 0};
        if (refill(m, &m->runs[i], err) < 0)
            return -1;
        m->heap[m->size++] = i;
    }
    for (int64_t place = m->size / 2; place-- > 0;)
        sink(m, place);
    return 0;
}

/* Takes the next entry of all: 1, or 0 at the end, or -1. */
static int merge_next(struct merge *m, struct repeat *entry, struct err *err)
{
    struct run *run;
    int more = 1;

    if (m->size == 0)
        return 0;
    run = &m->runs[m->heap[0]];
    *entry = run->block[run->next++];
    if (run->next == run->held)
        more = refill(m, run, err);
    if (more < 0)
        return -1;
    if (more == 0)
        m->heap[0] = m->heap[--m->size];
    sink(m, 0);
    return 1;
}

/* ---- All of it ---- */

struct finding {
    struct repeat first; /* of the digest at hand */
    bool any;
    visit_repeat *visit;
    void *data;
};

static void look_at(struct finding *f, const struct repeat *entry)
{
    if (f->any && f->first.high == entry->high && f->first.low == entry->low) {
        f->visit(f->data, &f->first, entry);
        return;
    }
    f->first = *entry;
    f->any = true;
}

int repeats_find(struct repeats *r, visit_repeat *visit, void *data, struct err *err)
{
    struct finding finding = {.visit = visit, .data = data};
    struct merge merge = {.repeats = r};
    struct repeat entry;
    int got = -1;

    if (r->runs == 0) {
        sort(r->entries, r->count);
        for (size_t i = 0; i < r->count; i++)
            look_at(&finding, &r->entries[i]);
        return 0;
    }
    if (write_run(r, err) == 0 && begin_merge(&merge, err) == 0)
        while ((got = merge_next(&merge, &entry, err)) > 0)
            look_at(&finding, &entry);
    free(merge.runs);
    free(merge.heap);
    return got;
}

void repeats_close(struct repeats *r)
{
    if (!r)
        return;
    spool_close(&r->spool);
    free(r->entries);
    free(r);
}
