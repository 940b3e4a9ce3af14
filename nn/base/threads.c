/* Persistent threads. A job is announced by one 64-bit ticket, its number in the upper half and the
 * next unclaimed item in the lower; a claim is a compare-and-swap on it, so that a thread that
 * wakes up late can neither take part in a later job by mistake nor delay the end of this one.
 * While the next job is made ready the ticket is closed: nothing can be claimed on it. */
#include "threads.h"
#include "denormals.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#define CLOSED UINT32_MAX

/* Tries before sleeping, at most some 50 microseconds: longer than a usual wait. A thread that
 * slept for long did so because others use the processors, and spins half as often next time. */
enum { MOST_SPINS = 2000, LEAST_SPINS = 8 };
static const double SHORT_WAIT = 200e-6;

/* Wakes sleepers when a condition may have become true. */
struct bell {
    pthread_cond_t rings;
    atomic_int sleepers;
};

struct nn_pool {
    int threads, started;
    atomic_int working; /* of the threads: those with lower numbers */
    struct worker *worker; /* [threads], of which 0 is the caller */
    _Atomic uint64_t ticket;
    /* The current job; changed only while the ticket is closed. */
    _Atomic(item_function *) function;
    _Atomic(void *) argument;
    atomic_int items, done;
    atomic_bool ending;
    pthread_mutex_t mutex;        /* of the bells */
    struct bell for_all, for_one; /* the workers: there is work; the caller: it is done */
    struct bell for_more;         /* workers past the limit: it was raised */
    int caller_spins;
};

/* Its thread neither takes nor frees memory: the C library would reserve 64 MiB of addresses for
 * each that does. */
struct worker {
    struct nn_pool *pool;
    int number;
    pthread_t thread;
};

/* ---- Waiting ---- */

static void pause_briefly(void)
{
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

static double seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

typedef bool condition(const struct nn_pool *pool, uint32_t value);

static void ring(struct nn_pool *pool, struct bell *bell)
{
    if (atomic_load(&bell->sleepers) == 0)
        return;
    pthread_mutex_lock(&pool->mutex);
    pthread_cond_broadcast(&bell->rings);
    pthread_mutex_unlock(&pool->mutex);
}

static void sleep_until(struct nn_pool *pool, struct bell *bell, condition *is, uint32_t value)
{
    pthread_mutex_lock(&pool->mutex);
    atomic_fetch_add(&bell->sleepers, 1);
    while (!is(pool, value))
        pthread_cond_wait(&bell->rings, &pool->mutex);
    atomic_fetch_sub(&bell->sleepers, 1);
    pthread_mutex_unlock(&pool->mutex);
}

/* Waits until is(pool, value); the thread that makes it true rings the bell. *spins is kept by the
 * waiting thread. */
static void wait_until(struct nn_pool *pool, struct bell *bell, condition *is, uint32_t value,
                       int *spins)
{
    double begin;

    for (int i = 0; i < *spins; i++) {
        if (is(pool, value))
            return;
        pause_briefly();
    }
    begin = seconds();
    sleep_until(pool, bell, is, value);
    if (seconds() - begin < SHORT_WAIT)
        *spins = MOST_SPINS;
    else if (*spins > LEAST_SPINS)
        *spins /= 2;
}

/* ---- Work ---- */

static uint32_t job_of(uint64_t ticket)
{
    return (uint32_t)(ticket >> 32);
}

/* Claims and works on items until none is left. */
static void work(struct nn_pool *pool, int thread)
{
    uint64_t ticket = atomic_load(&pool->ticket);

    for (;;) {
        const uint32_t item = (uint32_t)ticket;
        const int items = atomic_load(&pool->items);
        item_function *function = atomic_load(&pool->function);
        void *argument = atomic_load(&pool->argument);

        if (item >= (uint32_t)items)
            return;
        /* Success means that the job has an unfinished item, so what was read above is its. */
        if (!atomic_compare_exchange_weak(&pool->ticket, &ticket, ticket + 1))
            continue;
        function(argument, (int)item, thread);
        if (atomic_fetch_add(&pool->done, 1) + 1 == items)
            ring(pool, &pool->for_one);
        ticket = atomic_load(&pool->ticket);
    }
}

static bool has_news(const struct nn_pool *pool, uint32_t seen)
{
    /* A pool that ends may be on the ticket already seen. */
    return job_of(atomic_load(&pool->ticket)) != seen || atomic_load(&pool->ending);
}

static bool is_working(const struct nn_pool *pool, uint32_t number)
{
    return number < (uint32_t)atomic_load(&pool->working) || atomic_load(&pool->ending);
}

static void *worker_main(void *argument)
{
    const struct worker *worker = argument;
    struct nn_pool *pool = worker->pool;
    uint32_t seen = 0;
    int spins = MOST_SPINS;

    flush_begin();
    while (!atomic_load(&pool->ending)) {
        if (!is_working(pool, (uint32_t)worker->number))
            sleep_until(pool, &pool->for_more, is_working, (uint32_t)worker->number);
        seen = job_of(atomic_load(&pool->ticket));
        work(pool, worker->number);
        wait_until(pool, &pool->for_all, has_news, seen, &spins);
    }
    return NULL;
}

/* Opens the next job to all threads and wakes the sleepers. */
static void announce(struct nn_pool *pool, item_function *function, void *argument, int items)
{
    const uint32_t last = job_of(atomic_load(&pool->ticket));

    atomic_store(&pool->ticket, (uint64_t)last << 32 | CLOSED);
    atomic_store(&pool->function, function);
    atomic_store(&pool->argument, argument);
    atomic_store(&pool->items, items);
    atomic_store(&pool->done, 0);
    atomic_store(&pool->ticket, (uint64_t)(last + 1) << 32);
    ring(pool, &pool->for_all);
}

static bool is_done(const struct nn_pool *pool, uint32_t items)
{
    return (uint32_t)atomic_load(&pool->done) == items;
}

void pool_run(struct nn_pool *pool, item_function *function, void *argument, int items)
{
    const __typeof__(flush_begin()) mode = flush_begin();

    if (atomic_load(&pool->working) == 1 || items == 1) {
        for (int i = 0; i < items; i++)
            function(argument, i, 0);
    } else if (items > 0) {
        announce(pool, function, argument, items);
        work(pool, 0);
        wait_until(pool, &pool->for_one, is_done, (uint32_t)items, &pool->caller_spins);
    }
    flush_restore(mode);
}

int nn_pool_threads(const struct nn_pool *pool)
{
    return pool->threads;
}

void nn_pool_limit(struct nn_pool *pool, int threads)
{
    atomic_store(&pool->working, threads < pool->threads ? threads : pool->threads);
    ring(pool, &pool->for_more);
}

struct nn_pool *nn_pool_new(int threads)
{
    struct nn_pool *pool = calloc(1, sizeof *pool);

    if (!pool)
        return NULL;
    pthread_mutex_init(&pool->mutex, NULL);
    pthread_cond_init(&pool->for_all.rings, NULL);
    pthread_cond_init(&pool->for_one.rings, NULL);
    pthread_cond_init(&pool->for_more.rings, NULL);
    pool->working = threads;
    pool->caller_spins = MOST_SPINS;
    pool->threads = threads;
    pool->worker = calloc((size_t)threads, sizeof *pool->worker);
    for (int i = 1; pool->worker && i < threads; i++) {
        struct worker *worker = &pool->worker[i];

        worker->pool = pool;
        worker->number = i;
        if (pthread_create(&worker->thread, NULL, worker_main, worker))
            break;
        pool->started++;
    }
    if (!pool->worker) {
        nn_pool_free(pool);
        return NULL;
    }
    pool->threads = pool->started + 1;
    nn_pool_limit(pool, pool->threads);
    return pool;
}

void nn_pool_free(struct nn_pool *pool)
{
    if (!pool)
        return;
    atomic_store(&pool->ending, true);
    announce(pool, NULL, NULL, 0);
    ring(pool, &pool->for_more);
    for (int i = 1; i <= pool->started; i++)
        pthread_join(pool->worker[i].thread, NULL);
    pthread_cond_destroy(&pool->for_more.rings);
    pthread_cond_destroy(&pool->for_one.rings);
    pthread_cond_destroy(&pool->for_all.rings);
    pthread_mutex_destroy(&pool->mutex);
    free(pool->worker);
    free(pool);
}
