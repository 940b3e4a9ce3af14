/* Rows chosen by number, at random, or by class. */
#include "picks.h"

#include "nn/nn.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int make_ranges(struct picks *picks, int64_t count, struct err *err)
{
    *picks = (struct picks){0};
    picks->ranges = calloc((size_t)count + 1, sizeof *picks->ranges);
    return picks->ranges ? 0 : err_memory(err, "the rows to pick", 0);
}

static int by_first(const void *a, const void *b)
{
    const int64_t x = ((const struct pick_range *)a)->first;
    const int64_t y = ((const struct pick_range *)b)->first;

    return (x > y) - (x < y);
}

/* Sorts the ranges and joins those that overlap. */
static void sort_ranges(struct picks *picks)
{
    struct pick_range *r = picks->ranges;
    int kept = 0;

    qsort(r, (size_t)picks->count, sizeof *r, by_first);
    for (int i = 1; i < picks->count; i++)
        if (r[i].first > r[kept].last)
            r[++kept] = r[i];
        else if (r[i].last > r[kept].last)
            r[kept].last = r[i].last;
    if (picks->count > 0)
        picks->count = kept + 1;
}

/* ---- What is asked for ---- */

/* Takes digits alone; NULL if there are none or the number is too large. */
static const char *take_number(const char *text, int64_t *number)
{
    char *end;

    if (*text < '0' || *text > '9')
        return NULL;
    errno = 0;
    *number = strtoll(text, &end, 10);
    return errno ? NULL : end;
}

static int parse_random(struct picks *picks, const char *at)
{
    int64_t seed = 1;

    at = take_number(at, &picks->random);
    if (at && *at == ':')
        at = take_number(at + 1, &seed);
    picks->seed = (uint64_t)seed;
    return at && *at == 0 && picks->random > 0 && picks->random <= PICKS_MOST ? 0 : -1;
}

static int parse_ranges(struct picks *picks, const char *at)
{
    do {
        struct pick_range *range = &picks->ranges[picks->count++];

        at = take_number(at, &range->first);
        range->last = range->first;
        if (at && *at == '-')
            at = take_number(at + 1, &range->last);
        if (!at || range->first < 1 || range->last < range->first)
            return -1;
    } while (*at++ == ',');
    memcpy(picks->given, picks->ranges, (size_t)picks->count * sizeof *picks->given);
    picks->given_count = picks->count;
    sort_ranges(picks);
    return at[-1] == 0 ? 0 : -1;
}

int picks_parse(struct picks *picks, const char *text, struct err *err)
{
    static const char word[] = "random:";
    const bool random = strncmp(text, word, sizeof word - 1) == 0;

    if (make_ranges(picks, (int64_t)strlen(text) / 2 + 1, err))
        return -1;
    picks->given = calloc(strlen(text) / 2 + 2, sizeof *picks->given);
    if (!picks->given) {
        picks_free(picks);
        return err_memory(err, "the rows to pick", 0);
    }
    if ((random ? parse_random(picks, text + sizeof word - 1) : parse_ranges(picks, text)) == 0)
        return 0;
    picks_free(picks);
    return err_set(err, EX_USAGE,
                   "rows are given as 1-10, as 3,17,20-25, or as random:10 or random:10:SEED (up "
                   "to %d), not as '%s'",
                   PICKS_MOST, text);
}

int picks_first(struct picks *picks, int64_t count, struct err *err)
{
    if (make_ranges(picks, 1, err))
        return -1;
    picks->by_place = true;
    picks->ranges[0] = (struct pick_range){.first = 1, .last = count};
    picks->count = 1;
    return 0;
}

int picks_numbers(struct picks *picks, const int64_t *numbers, int count, struct err *err)
{
    if (make_ranges(picks, count, err))
        return -1;
    for (int i = 0; i < count; i++)
        picks->ranges[i] = (struct pick_range){.first = numbers[i], .last = numbers[i]};
    picks->count = count;
    sort_ranges(picks);
    return 0;
}

void picks_free(struct picks *picks)
{
    free(picks->ranges);
    free(picks->given);
    *picks = (struct picks){0};
}

/* ---- A pass over the rows ---- */

/* Returns where `place` is or belongs among the first `count` ranges, which are single places. */
static int find_place(const struct pick_range *ranges, int count, int64_t place)
{
    int low = 0;

    while (low < count) {
        const int middle = (low + count) / 2;

        if (ranges[middle].first < place)
            low = middle + 1;
        else
            count = middle;
    }
    return low;
}

/* Draws as many different places of n, each set of them as likely as any other: Floyd's algorithm
 * (Bentley and Floyd, "A sample of brilliance", 1987). */
static int draw(struct picks *picks, int64_t n, struct err *err)
{
    const struct nn_random random = {picks->seed, NN_RANDOM_PICK, 0};
    struct pick_range *ranges = calloc((size_t)picks->random, sizeof *ranges);

    if (!ranges)
        return err_memory(err, "the rows to pick", 0);
    for (int i = 0; i < picks->random; i++) {
        const int64_t last = n - picks->random + i + 1;
        int64_t place = 1 + (int64_t)nn_random_below(&random, (uint64_t)i, (uint64_t)last);
        int at = find_place(ranges, i, place);

        if (at < i && ranges[at].first == place) {
            place = last;
            at = i;
        }
        memmove(ranges + at + 1, ranges + at, (size_t)(i - at) * sizeof *ranges);
        ranges[at] = (struct pick_range){.first = place, .last = place};
    }
    free(picks->ranges);
    picks->ranges = ranges;
    picks->count = (int)picks->random;
    picks->by_place = true;
    return 0;
}

int picks_begin(struct picks *picks, const char *path, int64_t n, struct err *err)
{
    picks->place = picks->taken = picks->at = 0;
    for (int i = 0; i < picks->count; i++)
        picks->ranges[i].found = 0;
    if (picks->random > n)
        return err_set(err, EX_DATAERR, "%s: has %lld row%s, of which random:%lld cannot be drawn",
                       path, (long long)n, plural(n), (long long)picks->random);
    return picks->random ? draw(picks, n, err) : 0;
}

bool picks_next(struct picks *picks, int64_t number)
{
    struct pick_range *range;

    picks->place++;
    if (picks->by_place)
        number = picks->place;
    while (picks->at < picks->count && picks->ranges[picks->at].last < number)
        picks->at++;
    range = &picks->ranges[picks->at];
    if (picks->at == picks->count || number < range->first)
        return false;
    range->found++;
    picks->taken++;
    return true;
}

int picks_end(const struct picks *picks, const char *path, int64_t last_row, struct err *err)
{
    for (int i = 0; i < picks->count && !picks->by_place; i++) {
        const struct pick_range *r = &picks->ranges[i];
        char text[64];

        if (r->found > 0)
            continue;
        snprintf(text, sizeof text, r->first < r->last ? "rows %lld-%lld" : "row %lld",
                 (long long)r->first, (long long)r->last);
        return err_set(err, EX_DATAERR, "%s: has no %s; of its %lld rows the last is row %lld",
                       path, text, (long long)picks->place, (long long)last_row);
    }
    return 0;
}

int64_t picks_requested(const struct picks *picks)
{
    int64_t asked = 0;

    for (int i = 0; i < picks->count && !picks->by_place; i++)
        asked += picks->ranges[i].last - picks->ranges[i].first + 1;
    return asked;
}

int picks_order(const struct picks *picks, const int64_t *numbers, int count, int *order,
                struct err *err)
{
    bool *placed = calloc((size_t)count + 1, sizeof *placed);
    int done = 0;

    if (!placed)
        return err_memory(err, "the rows' order", 0);
    for (int g = 0; g < picks->given_count; g++)
        for (int i = 0; i < count; i++)
            if (!placed[i] && numbers[i] >= picks->given[g].first &&
                numbers[i] <= picks->given[g].last) {
                placed[i] = true;
                order[done++] = i;
            }
    for (int i = 0; i < count; i++)
        if (!placed[i])
            order[done++] = i;
    free(placed);
    return 0;
}

int64_t picks_room(const struct picks *picks, int64_t n)
{
    int64_t room = 0;

    for (int i = 0; i < picks->count && room < n; i++) {
        const int64_t more = picks->ranges[i].last - picks->ranges[i].first;

        room = more < n - room ? room + more + 1 : n;
    }
    return room;
}
