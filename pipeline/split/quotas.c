/* Quotas: the rows of each class that each part gets, by largest remainder. */
#include "quotas.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

typedef unsigned __int128 wide;

enum { PERCENT = 1000000, WHOLE = 100 * PERCENT };

/* ---- What the user asks for ---- */

/* Parses digits with up to six decimals, in millionths; -1 if that is not what the text is. */
static int64_t parse_percent(const char *text, const char *end)
{
    int64_t value = 0, unit = PERCENT;
    bool decimals = false;

    if (text == end || *text == '.' || end[-1] == '.')
        return -1;
    for (; text < end; text++) {
        if (*text == '.' && !decimals) {
            decimals = true;
            continue;
        }
        if (*text < '0' || *text > '9')
            return -1;
        if (decimals)
            unit /= 10;
        value = decimals ? value + unit * (*text - '0') : 10 * value + unit * (*text - '0');
        if (unit == 0 || value > WHOLE)
            return -1;
    }
    return value;
}

static int64_t parse_count(const char *text)
{
    char *end;
    long long value;

    if (*text < '0' || *text > '9')
        return -1;
    errno = 0;
    value = strtoll(text, &end, 10);
    return *end || errno ? -1 : value;
}

int split_parse(struct split_part *part, char *text, struct err *err)
{
    char *equals = strrchr(text, '=');
    const char *amount = equals ? equals + 1 : "";
    size_t length = strlen(amount);

    if (strcmp(amount, "rest") == 0) {
        part->kind = SPLIT_REST;
        part->amount = 0;
    } else if (length && amount[length - 1] == '%') {
        part->kind = SPLIT_SHARE;
        part->amount = parse_percent(amount, amount + length - 1);
    } else {
        part->kind = SPLIT_COUNT;
        part->amount = parse_count(amount);
    }
    if (!equals || equals == text || part->amount < 0)
        return err_set(err, EX_USAGE,
                       "--part takes FILE=70%%, FILE=10000 or FILE=rest, not '%.80s'", text);
    *equals = 0;
    part->path = text;
    return 0;
}

/* ---- Sizes ---- */

struct asked {
    int64_t share, count; /* sums */
    int shares, counts, rest;
};

static struct asked sum_up(const struct split_part *parts, int count)
{
    struct asked sum = {.rest = -1};

    for (int i = 0; i < count; i++) {
        if (parts[i].kind == SPLIT_SHARE) {
            sum.shares++;
            sum.share += parts[i].amount;
        } else if (parts[i].kind == SPLIT_COUNT) {
            sum.counts++;
            if (__builtin_add_overflow(sum.count, parts[i].amount, &sum.count))
                sum.count = INT64_MAX;
        } else {
            sum.rest = i;
        }
    }
    return sum;
}

static int check_asked(const struct asked *asked, const struct split_part *parts, int count,
                       int64_t n, struct err *err)
{
    for (int i = 0; i < count; i++)
        if (parts[i].kind == SPLIT_REST && i != asked->rest)
            return err_set(err, EX_USAGE, "only one part can take the rest");
    if (asked->share > WHOLE)
        return err_set(err, EX_USAGE, "the shares make %g %%", (double)asked->share / PERCENT);
    if (asked->count > n)
        return err_set(err, EX_USAGE, "the counts make %lld row%s, but there are %lld",
                       (long long)asked->count, plural(asked->count), (long long)n);
    if (asked->rest >= 0)
        return 0;
    if (asked->shares && asked->counts)
        return err_set(err, EX_USAGE,
                       "shares and counts together need a part that takes the rest: "
                       "--part FILE=rest");
    if (asked->shares && asked->share != WHOLE)
        return err_set(err, EX_USAGE,
                       "the shares make %g %%, not 100; --part FILE=rest takes what is left",
                       (double)asked->share / PERCENT);
    if (!asked->shares && asked->count != n)
        return err_set(err, EX_USAGE,
                       "the counts make %lld of %lld rows; --part FILE=rest takes what is left",
                       (long long)asked->count, (long long)n);
    return 0;
}

/* Adds the `extra` rows that rounding down left over to the largest remainders, the first among
 * equals. */
static void round_up(int64_t *sizes, int64_t *remainders, int count, int64_t extra)
{
    for (; extra > 0; extra--) {
        int best = 0;

        for (int i = 1; i < count; i++)
            if (remainders[i] > remainders[best])
                best = i;
        sizes[best]++;
        remainders[best] = -1;
    }
}

int split_sizes(const struct split_part *parts, int count, int64_t n, int64_t *sizes,
                struct err *err)
{
    const struct asked asked = sum_up(parts, count);
    int64_t remainders[SPLIT_MOST_PARTS], extra = n;

    if (check_asked(&asked, parts, count, n, err))
        return -1;
    for (int i = 0; i < count; i++) {
        int64_t share = parts[i].kind == SPLIT_SHARE  ? parts[i].amount
                        : parts[i].kind == SPLIT_REST ? WHOLE - asked.share
                                                      : 0;

        sizes[i] = (int64_t)((wide)n * (wide)share / WHOLE);
        remainders[i] = share ? (int64_t)((wide)n * (wide)share % WHOLE) : -1;
        extra -= sizes[i];
    }
    if (asked.shares || asked.rest >= 0)
        round_up(sizes, remainders, count, extra);
    for (int i = 0; i < count; i++)
        if (parts[i].kind == SPLIT_COUNT)
            sizes[i] = parts[i].amount;
    if (asked.rest >= 0)
        sizes[asked.rest] -= asked.count;
    if (asked.rest >= 0 && sizes[asked.rest] < 0)
        return err_set(err, EX_USAGE, "the shares and counts make %lld row%s more than the %lld",
                       (long long)-sizes[asked.rest], plural(-sizes[asked.rest]), (long long)n);
    for (int i = 0; i < count; i++)
        if (sizes[i] == 0)
            return err_set(err, EX_USAGE,
                           "%s would get none of the %lld row%s: give it a count, as --part "
                           "FILE=1, or leave it out (by make: VAL = 1, or VAL = none)",
                           parts[i].path, (long long)n, plural(n));
    return 0;
}

int split_training_part(const int64_t *sizes, int count, int64_t n)
{
    for (int i = 0; i < count; i++)
        if (sizes[i] > n / 2)
            return i;
    return -1;
}

/* ---- Quotas ---- */

/* A quota that may be rounded up, for its remainder is not 0. */
struct entry {
    int64_t remainder;
    uint64_t drawn; /* the class's place among equals */
    int class, part;
};

/* While the quotas are made: what rounding down leaves to each class and part. */
struct rounding {
    int classes, parts;
    int64_t *class_left; /* [classes] */
    int64_t *part_left;  /* [parts] */
    bool *open;          /* [classes][parts] remainder not 0 */
    bool *up;            /* [classes][parts] rounded up */
    struct entry *entries;
    int count;
};

static int by_remainder(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;

    if (x->remainder != y->remainder)
        return x->remainder > y->remainder ? -1 : 1;
    if (x->drawn != y->drawn)
        return x->drawn < y->drawn ? -1 : 1;
    if (x->class != y->class)
        return x->class < y->class ? -1 : 1;
    return x->part < y->part ? -1 : 1;
}

static int rounding_init(struct rounding *r, int classes, int parts, struct err *err)
{
    size_t all = (size_t)classes * (size_t)parts;

    r->classes = classes;
    r->parts = parts;
    r->class_left = calloc((size_t)classes, sizeof *r->class_left);
    r->part_left = calloc((size_t)parts, sizeof *r->part_left);
    r->open = calloc(all, sizeof *r->open);
    r->up = calloc(all, sizeof *r->up);
    r->entries = calloc(all, sizeof *r->entries);
    if (!r->class_left || !r->part_left || !r->open || !r->up || !r->entries)
        return err_memory(err, "the parts' quotas", all * sizeof *r->entries);
    return 0;
}

static void rounding_free(struct rounding *r)
{
    free(r->class_left);
    free(r->part_left);
    free(r->open);
    free(r->up);
    free(r->entries);
}

static uint64_t drawn_for(const struct split_plan *plan, int class)
{
    const struct nn_random random = {plan->random.seed, NN_RANDOM_SPLIT, 1};
    uint32_t bits[4];

    nn_random_bits(&random, (uint64_t) class, bits);
    return (uint64_t)bits[0] << 32 | bits[1];
}

static void round_down(struct rounding *r, struct split_plan *plan, const int64_t *class_rows,
                       const int64_t *sizes)
{
    int64_t n = 0;

    for (int p = 0; p < r->parts; p++) {
        r->part_left[p] = sizes[p];
        n += sizes[p];
    }
    for (int k = 0; k < r->classes; k++) {
        const uint64_t drawn = drawn_for(plan, k);

        r->class_left[k] = class_rows[k];
        for (int p = 0; p < r->parts; p++) {
            wide product = (wide)class_rows[k] * (wide)sizes[p];
            int64_t quota = (int64_t)(product / (wide)n), remainder = (int64_t)(product % (wide)n);

            plan->quota[k * r->parts + p] = quota;
            r->class_left[k] -= quota;
            r->part_left[p] -= quota;
            if (remainder) {
                r->open[k * r->parts + p] = true;
                r->entries[r->count++] = (struct entry){remainder, drawn, k, p};
            }
        }
    }
}

static void take_largest(struct rounding *r)
{
    qsort(r->entries, (size_t)r->count, sizeof *r->entries, by_remainder);
    for (int i = 0; i < r->count; i++) {
        const struct entry *e = &r->entries[i];

        if (r->class_left[e->class] == 0 || r->part_left[e->part] == 0)
            continue;
        r->class_left[e->class]--;
        r->part_left[e->part]--;
        r->up[e->class * r->parts + e->part] = true;
    }
}

/* Step of a search: class `class` would move its row from part `from` (-1: it has one over). */
struct step {
    bool reached;
    int class, from;
};

static void reach(const struct rounding *r, struct step *steps, int *queue, int *tail, int class,
                  int from)
{
    for (int p = 0; p < r->parts; p++) {
        int at = class * r->parts + p;

        if (steps[p].reached || !r->open[at] || r->up[at])
            continue;
        steps[p] = (struct step){true, class, from};
        queue[(*tail)++] = p;
    }
}

static void follow(struct rounding *r, const struct step *steps, int part)
{
    r->part_left[part]--;
    while (part >= 0) {
        const struct step *step = &steps[part];

        r->up[step->class * r->parts + part] = true;
        if (step->from >= 0)
            r->up[step->class * r->parts + step->from] = false;
        part = step->from;
    }
}

/* Places a row. Taking the largest first may leave a class with a row over while the parts that it
 * could go to are full: then other classes' rows move on, part by part, until one fits (an
 * augmenting path, Ford and Fulkerson 1956). There is one, because the exact shares themselves meet
 * all sums. */
static int place_row(struct rounding *r, int class)
{
    struct step steps[SPLIT_MOST_PARTS + 1] = {{0}};
    int queue[SPLIT_MOST_PARTS + 1], tail = 0;

    reach(r, steps, queue, &tail, class, -1);
    for (int head = 0; head < tail; head++) {
        int part = queue[head];

        if (r->part_left[part] > 0) {
            follow(r, steps, part);
            r->class_left[class]--;
            return 0;
        }
        for (int k = 0; k < r->classes; k++)
            if (r->up[k * r->parts + part])
                reach(r, steps, queue, &tail, k, part);
    }
    return -1;
}

static int make_quotas(struct split_plan *plan, const int64_t *class_rows, const int64_t *sizes,
                       struct err *err)
{
    struct rounding r = {0};
    int failed = rounding_init(&r, plan->classes, plan->parts, err);

    if (!failed) {
        round_down(&r, plan, class_rows, sizes);
        take_largest(&r);
    }
    for (int k = 0; k < plan->classes && !failed; k++)
        while (r.class_left[k] > 0 && !failed)
            if (place_row(&r, k))
                failed = err_set(err, EX_SOFTWARE, "no split meets all sums");
    for (int i = 0; i < plan->classes * plan->parts && !failed; i++)
        plan->quota[i] += r.up[i];
    rounding_free(&r);
    return failed;
}

/* Keeps a row of each class for the part `training` where the exact share there is below one:
 * rows[classes] and sizes[parts] become what is left to share out, `kept` says of which classes. A
 * row kept makes the other classes' shares smaller, so that more may follow. */
static int keep_rows(const struct split_plan *plan, int64_t *rows, int64_t *sizes, int training,
                     bool *kept, struct err *err)
{
    const int64_t room = sizes[training];
    int64_t n = 0, count = 0;
    bool more = true;

    for (int k = 0; k < plan->classes; k++)
        n += rows[k];
    while (more && count <= room) {
        const int64_t left = n - count, size = room - count;

        more = false;
        for (int k = 0; k < plan->classes; k++)
            if (rows[k] && !kept[k] && (wide)rows[k] * (wide)size < (wide)left) {
                kept[k] = more = true;
                rows[k]--;
                count++;
            }
    }
    sizes[training] -= count;
    if (count <= room)
        return 0;
    return err_set(err, EX_USAGE,
                   "the largest part gets %lld of the %lld rows, too few for one of each class: "
                   "give the others less, or --no-stratify (by make: VAL = none)",
                   (long long)room, (long long)n);
}

/* Makes the quotas of what is left when the part `training` has its rows. */
static int make_quotas_with(struct split_plan *plan, const int64_t *class_rows,
                            const int64_t *sizes, int training, struct err *err)
{
    const size_t classes = (size_t)plan->classes, parts = (size_t)plan->parts;
    int64_t *left = calloc(classes + parts, sizeof *left);
    bool *kept = calloc(classes, sizeof *kept);
    int result = -1;

    if (!left || !kept) {
        err_memory(err, "the parts' quotas", 0);
        goto out;
    }
    memcpy(left, class_rows, classes * sizeof *left);
    memcpy(left + classes, sizes, parts * sizeof *left);
    if (training >= 0 && keep_rows(plan, left, left + classes, training, kept, err))
        goto out;
    result = make_quotas(plan, left, left + classes, err);
    for (size_t k = 0; k < classes && training >= 0 && result == 0; k++)
        plan->quota[k * parts + (size_t)training] += kept[k];
out:
    free(left);
    free(kept);
    return result;
}

/* ---- The plan ---- */

int split_plan_init(struct split_plan *plan, const int64_t *class_rows, int classes,
                    const int64_t *sizes, int parts, int training, uint64_t seed,
                    struct err *err)
{
    *plan = (struct split_plan){classes, parts, NULL, NULL, {seed, NN_RANDOM_SPLIT, 0}};
    plan->quota = calloc((size_t)classes * (size_t)parts, sizeof *plan->quota);
    plan->left = calloc((size_t)classes, sizeof *plan->left);
    if (!plan->quota || !plan->left) {
        split_plan_free(plan);
        return err_memory(err, "the parts' quotas", 0);
    }
    memcpy(plan->left, class_rows, (size_t)classes * sizeof *plan->left);
    if (make_quotas_with(plan, class_rows, sizes, training, err) == 0)
        return 0;
    split_plan_free(plan);
    return -1;
}

int split_plan_draw(struct split_plan *plan, int64_t row, int class)
{
    int64_t *quota = plan->quota + (size_t) class * (size_t)plan->parts;
    int64_t ticket;
    int part = 0;

    if (plan->left[class] == 0)
        return -1;
    ticket = (int64_t)nn_random_below(&plan->random, (uint64_t)row, (uint64_t)plan->left[class]--);
    while (ticket >= quota[part])
        ticket -= quota[part++];
    quota[part]--;
    return part;
}

void split_plan_free(struct split_plan *plan)
{
    free(plan->quota);
    free(plan->left);
    *plan = (struct split_plan){0};
}
