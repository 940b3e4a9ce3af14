/* The ranked list of findings. */
#include "findings.h"

#include <stdlib.h>

static const struct {
    const char *word, *says;
} kinds[FINDING_KINDS] = {
    [FOUND_LABEL] = {"label", "labels that are likely wrong"},
    [FOUND_CONFLICT] = {"conflict", "pictures that other rows have with another label"},
    [FOUND_EMPTY] = {"empty", "pictures of one value all over"},
    [FOUND_INVERTED] = {"inverted", "pictures with ground and ink the other way round"},
    [FOUND_CUT] = {"cut", "pictures whose ink an edge cuts off"},
    [FOUND_LEAK] = {"leak", "pictures that the test data has too"},
    [FOUND_DUPLICATE] = {"duplicate", "pictures that earlier rows have"},
    [FOUND_NEAR] = {"near", "pictures that earlier rows nearly have"},
    [FOUND_DRIFT] = {"drift", "rows by which the data sets are told apart"},
};

int findings_add(struct findings *f, const struct finding *one, struct err *err)
{
    if (f->count == f->room) {
        const int64_t room = f->room ? 2 * f->room : 1024;
        struct finding *list = realloc(f->list, (size_t)room * sizeof *list);

        if (!list)
            return err_memory(err, "the findings", (size_t)room * sizeof *list);
        f->list = list;
        f->room = room;
    }
    f->list[f->count++] = *one;
    f->kinds[one->kind]++;
    return 0;
}

static int by_rank(const void *a, const void *b)
{
    const struct finding *x = a, *y = b;

    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    if (x->key != y->key)
        return x->key > y->key ? -1 : 1;
    if (x->set != y->set)
        return x->set < y->set ? -1 : 1;
    if (x->row != y->row)
        return x->row < y->row ? -1 : 1;
    return (x->other > y->other) - (x->other < y->other);
}

void findings_rank(struct findings *f)
{
    if (f->count)
        qsort(f->list, (size_t)f->count, sizeof *f->list, by_rank);
}

void findings_free(struct findings *f)
{
    free(f->list);
    *f = (struct findings){0};
}

const char *finding_word(enum finding_kind kind)
{
    return kinds[kind].word;
}

const char *finding_says(enum finding_kind kind)
{
    return kinds[kind].says;
}
