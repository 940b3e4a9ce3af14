/* Equal pictures by their digests; nearly equal ones by a k-d tree of small signatures, joined with
 * itself. */
#include "alike.h"

#include "pipeline/base/memory.h"
#include "pipeline/base/workers.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

/* ---- Equal ones ---- */

struct digested {
    uint64_t high, low;
    int64_t at;
};

static int by_digest(const void *a, const void *b)
{
    const struct digested *x = a, *y = b;

    if (x->high != y->high)
        return x->high < y->high ? -1 : 1;
    if (x->low != y->low)
        return x->low < y->low ? -1 : 1;
    return (x->at > y->at) - (x->at < y->at);
}

static int find_equal(struct alike *a, const struct pictures *p, struct err *err)
{
    const size_t bytes = (size_t)(p->c * p->h * p->w) * dtype_size(p->pixel);
    struct digested *list = rows_alloc(p->n, sizeof *list, "digests", err);

    if (!list)
        return -1;
    for (int64_t i = 0; i < p->n; i++) {
        const XXH128_hash_t digest =
            XXH3_128bits((const char *)p->images + (size_t)i * bytes, bytes);

        list[i] = (struct digested){digest.high64, digest.low64, i};
    }
    qsort(list, (size_t)p->n, sizeof *list, by_digest);
    for (int64_t i = 0; i < p->n; i++) {
        const bool again =
            i > 0 && list[i].high == list[i - 1].high && list[i].low == list[i - 1].low;

        a->first[list[i].at] = again ? a->first[list[i - 1].at] : list[i].at;
        a->next[list[i].at] = -1;
        if (again)
            a->next[list[i - 1].at] = list[i].at;
    }
    free(list);
    return 0;
}

/* ---- Signatures ---- */

enum { SIDE = 4, SIGNATURE = SIDE * SIDE, LEAF = 16 };

/* A picture that is compared. */
struct signed_picture {
    int64_t at;
    double mean, length; /* of its values; of these less the mean */
    float signature[SIGNATURE];
};

/* Of pictures [begin, end): the box that their signatures lie in. */
struct node {
    int64_t begin, end;
    int left, right; /* -1: none */
    float least[SIGNATURE], most[SIGNATURE];
};

struct search {
    struct alike *alike;
    const struct pictures *pictures;
    struct signed_picture *list; /* [count] in the tree's order */
    int64_t count;
    struct node *nodes;
    int node_count;
    struct task *tasks; /* [task_count], room for task_room */
    int task_count, task_room;
    bool failed;          /* no memory for another one */
    pthread_mutex_t lock; /* of what is found */
};

/* What a thread does at once: signs list[begin, end), or compares all of one node with all of
 * another. */
struct task {
    struct job job;
    struct search *search;
    int64_t begin, end;
    int first, second;
    int64_t compared; /* exactly */
};

static void sign(struct signed_picture *s, const struct pictures *p, int64_t at)
{
    const size_t all = (size_t)(p->c * p->h * p->w);
    double sums[SIGNATURE] = {0}, sum = 0, square = 0;
    int64_t counts[SIGNATURE] = {0};
    size_t i = 0;

    for (int c = 0; c < p->c; c++)
        for (int y = 0; y < p->h; y++)
            for (int x = 0; x < p->w; x++, i++) {
                const int area = y * SIDE / p->h * SIDE + x * SIDE / p->w;
                const double value = picture_value(p, at, i);

                sums[area] += value;
                counts[area]++;
                sum += value;
                square += value * value;
            }
    s->at = at;
    s->mean = sum / (double)all;
    s->length = sqrt(fmax(square - sum * s->mean, 0));
    for (int k = 0; k < SIGNATURE; k++)
        s->signature[k] = counts[k] == 0 || s->length == 0
                              ? 0
                              : (float)((sums[k] - (double)counts[k] * s->mean) /
                                        (sqrt((double)counts[k]) * s->length));
}

/* ---- The tree ---- */

static void fit_box(const struct search *s, struct node *node)
{
    memcpy(node->least, s->list[node->begin].signature, sizeof node->least);
    memcpy(node->most, node->least, sizeof node->most);
    for (int64_t i = node->begin + 1; i < node->end; i++)
        for (int k = 0; k < SIGNATURE; k++) {
            const float value = s->list[i].signature[k];

            node->least[k] = value < node->least[k] ? value : node->least[k];
            node->most[k] = value > node->most[k] ? value : node->most[k];
        }
}

static int widest(const struct node *node)
{
    int best = 0;

    for (int k = 1; k < SIGNATURE; k++)
        if (node->most[k] - node->least[k] > node->most[best] - node->least[best])
            best = k;
    return best;
}

static void swap(struct signed_picture *a, struct signed_picture *b)
{
    const struct signed_picture kept = *a;

    *a = *b;
    *b = kept;
}

/* Orders list[begin, end) so that those before `middle` are not above it in dimension k, and those
 * after not below (Hoare's quickselect). */
static void halve(struct signed_picture *list, int64_t begin, int64_t end, int64_t middle, int k)
{
    while (end - begin > 1) {
        const float pivot = list[begin + (end - begin) / 2].signature[k];
        int64_t i = begin, j = end - 1;

        while (i <= j) {
            while (list[i].signature[k] < pivot)
                i++;
            while (list[j].signature[k] > pivot)
                j--;
            if (i <= j)
                swap(&list[i++], &list[j--]);
        }
        if (middle <= j)
            end = j + 1;
        else if (middle >= i)
            begin = i;
        else
            return;
    }
}

/* Returns the number of the node of list[begin, end), which is not empty. */
static int build(struct search *s, int64_t begin, int64_t end)
{
    const int number = s->node_count++;
    struct node *node = &s->nodes[number];
    const int64_t middle = begin + (end - begin) / 2;

    *node = (struct node){.begin = begin, .end = end, .left = -1, .right = -1};
    fit_box(s, node);
    if (end - begin <= LEAF)
        return number;
    halve(s->list, begin, end, middle, widest(node));
    node->left = build(s, begin, middle);
    node->right = build(s, middle, end);
    return number;
}

/* ---- The join ---- */

static double product(const struct pictures *p, int64_t a, int64_t b)
{
    const size_t count = (size_t)(p->c * p->h * p->w);
    double sum = 0;

    if (p->pixel == DTYPE_U8) {
        enum { PART = 1 << 15 }; /* whose sum fits into 32 bits */
        const uint8_t *x = (const uint8_t *)p->images + (size_t)a * count;
        const uint8_t *y = (const uint8_t *)p->images + (size_t)b * count;

        for (size_t i = 0; i < count; i += PART) {
            const size_t end = count - i < PART ? count : i + PART;
            uint32_t part = 0;

            for (size_t j = i; j < end; j++)
                part += (uint32_t)x[j] * y[j];
            sum += part;
        }
    } else {
        const float *x = (const float *)p->images + (size_t)a * count;
        const float *y = (const float *)p->images + (size_t)b * count;

        for (size_t i = 0; i < count; i++)
            sum += (double)x[i] * (double)y[i];
    }
    return sum;
}

/* Compares two pictures exactly, and takes note of the earlier one next to the later one; of
 * equally near ones it is the first, in whichever order they are compared. */
static void compare(struct search *s, const struct signed_picture *x,
                    const struct signed_picture *y)
{
    const struct signed_picture *a = x->at < y->at ? x : y, *b = x->at < y->at ? y : x;
    const double count = (double)(s->pictures->c * s->pictures->h * s->pictures->w);
    const double correlation =
        (product(s->pictures, a->at, b->at) - count * a->mean * b->mean) / (a->length * b->length);
    const float distance = (float)sqrt(fmax(2 - 2 * correlation, 0));
    struct alike *alike = s->alike;

    if ((double)distance > ALIKE_MOST)
        return;
    pthread_mutex_lock(&s->lock);
    if (alike->near[b->at] < 0 || distance < alike->distance[b->at] ||
        (distance == alike->distance[b->at] && a->at < alike->near[b->at])) {
        alike->near[b->at] = a->at;
        alike->distance[b->at] = distance;
    }
    pthread_mutex_unlock(&s->lock);
}

static const float most_square = (float)(ALIKE_MOST * ALIKE_MOST * (1 + 1e-4)); /* of rounding */

/* Returns the squared distance in one row of areas, as two sums that need not wait for each other.
 */
static float row_distance(const float *a, const float *b)
{
    const float d0 = a[0] - b[0], d1 = a[1] - b[1], d2 = a[2] - b[2], d3 = a[3] - b[3];

    return (d0 * d0 + d1 * d1) + (d2 * d2 + d3 * d3);
}

/* The middle of pictures tells most of them apart. */
static bool may_be_near(const float *a, const float *b)
{
    float sum = row_distance(a + SIDE, b + SIDE);

    if (sum > most_square)
        return false;
    sum += row_distance(a + 2 * SIDE, b + 2 * SIDE);
    if (sum > most_square)
        return false;
    return sum + row_distance(a, b) + row_distance(a + 3 * SIDE, b + 3 * SIDE) <= most_square;
}

static bool boxes_are_near(const struct node *a, const struct node *b)
{
    float sum = 0;

    for (int i = 0; i < SIGNATURE && sum <= most_square; i++) {
        const int k = (i + SIDE) % SIGNATURE;
        const float left = a->least[k] - b->most[k], right = b->least[k] - a->most[k];
        const float gap = left > right ? left : right;

        sum += gap > 0 ? gap * gap : 0;
    }
    return sum <= most_square;
}

static void join_leaves(struct task *task, const struct node *a, const struct node *b)
{
    struct search *s = task->search;

    for (int64_t i = a->begin; i < a->end; i++)
        for (int64_t j = a == b ? i + 1 : b->begin; j < b->end; j++)
            if (may_be_near(s->list[i].signature, s->list[j].signature)) {
                compare(s, &s->list[i], &s->list[j]);
                task->compared++;
            }
}

static void add_task(struct search *s, struct task task)
{
    struct task *more = s->tasks;

    if (s->task_count == s->task_room) {
        s->task_room = 2 * s->task_room + 64;
        more = realloc(s->tasks, (size_t)s->task_room * sizeof *more);
        s->failed |= !more;
    }
    if (s->failed)
        return;
    s->tasks = more;
    task.search = s;
    s->tasks[s->task_count++] = task;
}

/* Compares all pictures of one node with all of another; without a task it adds tasks that do, each
 * of at most PAIRS pairs. */
static void join(struct search *s, struct task *task, int first, int second)
{
    enum { PAIRS = 1 << 22 };
    const struct node *a = &s->nodes[first], *b = &s->nodes[second];

    if (!boxes_are_near(a, b) || s->failed)
        return;
    if (!task && (a->end - a->begin) * (b->end - b->begin) <= PAIRS) {
        add_task(s, (struct task){.first = first, .second = second});
    } else if (first == second && a->left >= 0) {
        join(s, task, a->left, a->left);
        join(s, task, a->left, a->right);
        join(s, task, a->right, a->right);
    } else if (a->left >= 0 && (b->left < 0 || a->end - a->begin >= b->end - b->begin)) {
        join(s, task, a->left, second);
        join(s, task, a->right, second);
    } else if (b->left >= 0) {
        join(s, task, first, b->left);
        join(s, task, first, b->right);
    } else
        join_leaves(task, a, b);
}

/* ---- The threads ---- */

static void run_sign(void *data)
{
    const struct task *task = data;
    struct search *s = task->search;

    for (int64_t i = task->begin; i < task->end; i++)
        sign(&s->list[i], s->pictures, s->list[i].at);
}

static void run_join(void *data)
{
    struct task *task = data;

    join(task->search, task, task->first, task->second);
}

/* Does all tasks, in rounds that are the same for any number of threads, until so many exact
 * comparisons are made: false if some are left over. */
static bool run_tasks(struct search *s, struct workers *workers, void (*run)(void *), double most)
{
    enum { ROUND = 64 };
    int done = 0;

    while (done < s->task_count && most > 0) {
        const int end = s->task_count - done < ROUND ? s->task_count : done + ROUND;

        for (int i = done; i < end; i++) {
            s->tasks[i].job = (struct job){.run = run, .data = &s->tasks[i]};
            workers_submit(workers, &s->tasks[i].job);
        }
        for (; done < end; done++) {
            workers_wait(workers, &s->tasks[done].job);
            most -= (double)s->tasks[done].compared;
        }
    }
    return done == s->task_count;
}

/* Signs the first of equal pictures, and leaves those of one value all over out. */
static void sign_all(struct search *s, struct workers *workers)
{
    enum { ROWS = 1000 };
    int64_t signed_count = 0, count = 0;

    for (int64_t i = 0; i < s->pictures->n; i++) {
        s->alike->near[i] = -1;
        if (s->alike->first[i] == i)
            s->list[count++].at = i;
    }
    for (int64_t i = 0; i < count; i += ROWS)
        add_task(s, (struct task){.begin = i, .end = count - i < ROWS ? count : i + ROWS});
    if (!s->failed)
        (void)run_tasks(s, workers, run_sign, 1);
    for (int64_t i = 0; i < count; i++)
        if (s->list[i].length > 0)
            s->list[signed_count++] = s->list[i];
    s->count = signed_count;
    s->task_count = 0;
}

static int find_near(struct search *s, struct workers *workers, struct err *err)
{
    enum { EACH = 20000 }; /* comparisons for a picture, on average, before it is given up */
    const struct pictures *p = s->pictures;

    s->list = rows_alloc(p->n, sizeof *s->list, "signatures", err);
    s->nodes = rows_alloc(2 * (p->n / (LEAF / 2) + 1), sizeof *s->nodes, "a tree of these", err);
    if (!s->list || !s->nodes)
        return -1;
    sign_all(s, workers);
    if (s->count > 0 && !s->failed)
        join(s, NULL, build(s, 0, s->count), 0);
    if (s->failed)
        return err_memory(err, "pairs of signatures", 0);
    s->alike->gave_up = !run_tasks(s, workers, run_join, EACH * (double)(s->count + 1));
    return 0;
}

int alike_find(struct alike *a, const struct pictures *p, int threads, struct err *err)
{
    struct search search = {.alike = a, .pictures = p, .lock = PTHREAD_MUTEX_INITIALIZER};
    struct workers *workers = NULL;
    int result = -1;

    *a = (struct alike){.n = p->n};
    a->first = rows_alloc(p->n, sizeof *a->first, "repeated pictures", err);
    a->next = a->first ? rows_alloc(p->n, sizeof *a->next, "repeated pictures", err) : NULL;
    a->near = a->next ? rows_alloc(p->n, sizeof *a->near, "repeated pictures", err) : NULL;
    a->distance = a->near ? rows_alloc(p->n, sizeof *a->distance, "repeated pictures", err) : NULL;
    if (a->distance && find_equal(a, p, err) == 0 && workers_start(&workers, threads, err) == 0)
        result = find_near(&search, workers, err);
    workers_stop(workers);
    free(search.tasks);
    free(search.list);
    free(search.nodes);
    return result;
}

void alike_free(struct alike *a)
{
    free(a->first);
    free(a->next);
    free(a->near);
    free(a->distance);
    *a = (struct alike){0};
}
