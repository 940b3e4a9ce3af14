/* The steps of a training that ends by the clock: as text, and how they are planned anew. */
#include "course.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

static const int64_t STEPS_MOST = INT64_C(1000000000000);

/* Reads a whole number from `least` on; -1: it is none. */
static int64_t number(const char **text, int64_t least)
{
    char *end;
    long long value;

    if (**text < '0' || **text > '9')
        return -1;
    errno = 0;
    value = strtoll(*text, &end, 10);
    *text = end;
    return errno || value < least || value > STEPS_MOST ? -1 : value;
}

int course_parse(struct nn_training *nn, const char *text)
{
    nn->bends = 0;
    for (const char *at = text;; at++) {
        struct nn_bend bend = {.steps = number(&at, 1)};

        if (bend.steps > 0 && *at == '@') {
            at++;
            bend.step = number(&at, 0);
        }
        if (bend.step < 0 || bend.steps <= bend.step || nn->bends == NN_BENDS_MOST ||
            (nn->bends > 0 && bend.step <= nn->bend[nn->bends - 1].step))
            return -1;
        nn->bend[nn->bends++] = bend;
        if (*at == 0)
            return 0;
        if (*at != ',')
            return -1;
    }
}

void course_text(const struct nn_training *nn, char text[COURSE_TEXT])
{
    size_t size = 0;

    text[0] = 0;
    for (int i = 0; i < nn->bends; i++) {
        size += (size_t)snprintf(text + size, COURSE_TEXT - size, "%s%lld", i ? "," : "",
                                 (long long)nn->bend[i].steps);
        if (nn->bend[i].step)
            size += (size_t)snprintf(text + size, COURSE_TEXT - size, "@%lld",
                                     (long long)nn->bend[i].step);
    }
}

bool course_bend(struct nn_training *nn, int64_t done, int64_t steps)
{
    if (nn->bends > 0 && nn->bend[nn->bends - 1].step == done)
        nn->bends--;
    if (nn->bends == NN_BENDS_MOST)
        return false;
    nn->bend[nn->bends++] = (struct nn_bend){done, steps > done ? steps : done + 1};
    return true;
}

int course_epochs(const struct nn_training *nn, int64_t steps)
{
    const int64_t epochs =
        nn->bends ? (nn->bend[nn->bends - 1].steps + steps - 1) / steps : nn->epochs;

    return epochs < INT_MAX ? (int)epochs : INT_MAX;
}
