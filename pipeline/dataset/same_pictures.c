/* Repeated pictures, by their digests. */
#include "same_pictures.h"

#include "pipeline/files/repeats.h"

#include <stdlib.h>
#include <string.h>

/* A row of a set as one number, in order. */
enum { SET_SHIFT = 40 };
#define ROW_MASK ((INT64_C(1) << SET_SHIFT) - 1)

struct same_pictures {
    struct repeats *repeats;
    int set;      /* being added */
    int64_t rows; /* of it so far */
};

int same_pictures_open(struct same_pictures **same, const char *path, struct err *err)
{
    struct same_pictures *s = calloc(1, sizeof *s);

    *same = s;
    return s ? repeats_open(&s->repeats, path, REPEATS_ROOM, err)
             : err_memory(err, "looking for repeats", sizeof *s);
}

int same_pictures_add(struct same_pictures *s, int set, const void *images, size_t bytes,
                      const int32_t *labels, int64_t count, struct err *err)
{
    if (set != s->set)
        s->rows = 0;
    s->set = set;
    for (int64_t i = 0; i < count; i++) {
        const int64_t row = (int64_t)set << SET_SHIFT | ++s->rows;

        if (repeats_add(s->repeats, (const char *)images + (size_t)i * bytes, bytes, row,
                        labels ? labels[i] : -1, err))
            return -1;
    }
    return 0;
}

struct counting {
    struct same_count *counts;
    int sets;
};

static void count_one(void *data, const struct repeat *first, const struct repeat *again)
{
    const struct counting *c = data;
    const int64_t of = first->row >> SET_SHIFT, in = again->row >> SET_SHIFT;
    const int64_t row = again->row & ROW_MASK;
    struct same_count *count = &c->counts[of * c->sets + in];

    if (count->rows++ == 0 || row < count->first_row) {
        count->first_row = row;
        count->first_of = first->row & ROW_MASK;
    }
    count->relabelled += first->note >= 0 && again->note >= 0 && first->note != again->note;
}

int same_pictures_count(struct same_pictures *s, int sets, struct same_count *counts,
                        struct err *err)
{
    struct counting counting = {counts, sets};

    memset(counts, 0, (size_t)sets * (size_t)sets * sizeof *counts);
    return repeats_find(s->repeats, count_one, &counting, err);
}

void same_pictures_close(struct same_pictures *s)
{
    if (s)
        repeats_close(s->repeats);
    free(s);
}
