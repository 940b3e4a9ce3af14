/* Persistent threads. A job is announced by one 64-bit ticket, its number in the upper half and the
 * next unclaimed item in the lower; a claim is a compare-and-swap on it, so that a thread that
 * wakes up late can neither take part in a later job by mistake nor delay the end of this one.
 * While the next job is made ready the ticket is closed: nothing can be claimed on it. */
#include "threads.h"
#include "flush.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>

#define CLOSED UINT32_MAX

enum { SPINS = 2000 }; /* tries before sleeping, some 50 microseconds: longer than a usual wait */

struct nn_pool {
    int threads, started;
    pthread_t *thread;
    _Atomic uint64_t ticket;
    /* Of the current job; changed only while the ticket is closed. */
    _Atomic(item_function *) function;
    _Atomic(void *) argument;
    atomic_int items, done;
    atomic_bool ending;
    /* For those who sleep: workers for a new job, the caller for the job's end. */
    pthread_mutex_t mutex;
    pthread_cond_t new_job, all_done;
    atomic_int sleepers;
    atomic_bool caller_sleeps;
};

struct worker {
    struct nn_pool *pool;
    int number;
};

static void pause_briefly(void)
{
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

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
        if (atomic_fetch_add(&pool->done, 1) + 1 == items && atomic_load(&pool->caller_sleeps)) {
            pthread_mutex_lock(&pool->mutex);
            pthread_cond_signal(&pool->all_done);
            pthread_mutex_unlock(&pool->mutex);
        }
        ticket = atomic_load(&pool->ticket);
    }
}

/* Waits for a job after `seen`; false when the pool ends. */
static bool wait_for_job(struct nn_pool *pool, uint32_t seen)
{
    for (int i = 0; i < SPINS; i++) {
        if (job_of(atomic_load(&pool->ticket)) != seen)
            return !atomic_load(&pool->ending);
        pause_briefly();
    }
    pthread_mutex_lock(&pool->mutex);
    atomic_fetch_add(&pool->sleepers, 1);
    while (job_of(atomic_load(&pool->ticket)) == seen)
        pthread_cond_wait(&pool->new_job, &pool->mutex);
    atomic_fetch_sub(&pool->sleepers, 1);
    pthread_mutex_unlock(&pool->mutex);
    return !atomic_load(&pool->ending);
}

static void *worker_main(void *argument)
{
    struct worker worker = *(struct worker *)argument;
    uint32_t seen = 0;

    free(argument);
    flush_begin();
    while (wait_for_job(worker.pool, seen)) {
        seen = job_of(atomic_load(&worker.pool->ticket));
        work(worker.pool, worker.number);
    }
    return NULL;
}

/* Opens the next job to all, and wakes those who sleep. */
static void announce(struct nn_pool *pool, item_function *function, void *argument, int items)
{
    const uint32_t last = job_of(atomic_load(&pool->ticket));

    atomic_store(&pool->ticket, (uint64_t)last << 32 | CLOSED);
    atomic_store(&pool->function, function);
    atomic_store(&pool->argument, argument);
    atomic_store(&pool->items, items);
    atomic_store(&pool->done, 0);
    atomic_store(&pool->ticket, (uint64_t)(last + 1) << 32);
    if (atomic_load(&pool->sleepers) > 0) {
        pthread_mutex_lock(&pool->mutex);
        pthread_cond_broadcast(&pool->new_job);
        pthread_mutex_unlock(&pool->mutex);
    }
}

static void wait_for_end(struct nn_pool *pool, int items)
{
    for (int i = 0; i < SPINS; i++) {
        if (atomic_load(&pool->done) == items)
            return;
        pause_briefly();
    }
    pthread_mutex_lock(&pool->mutex);
    atomic_store(&pool->caller_sleeps, true);
    while (atomic_load(&pool->done) != items)
        pthread_cond_wait(&pool->all_done, &pool->mutex);
    atomic_store(&pool->caller_sleeps, false);
    pthread_mutex_unlock(&pool->mutex);
}

void pool_run(struct nn_pool *pool, item_function *function, void *argument, int items)
{
    const __typeof__(flush_begin()) mode = flush_begin();

    if (pool->threads == 1 || items == 1) {
        for (int i = 0; i < items; i++)
            function(argument, i, 0);
    } else if (items > 0) {
        announce(pool, function, argument, items);
        work(pool, 0);
        wait_for_end(pool, items);
    }
    flush_restore(mode);
}

int pool_threads(const struct nn_pool *pool)
{
    return pool->threads;
}

struct nn_pool *nn_pool_new(int threads)
{
    struct nn_pool *pool = calloc(1, sizeof *pool);

    if (!pool)
        return NULL;
    pthread_mutex_init(&pool->mutex, NULL);
    pthread_cond_init(&pool->new_job, NULL);
    pthread_cond_init(&pool->all_done, NULL);
    pool->threads = threads;
    pool->thread = calloc((size_t)threads, sizeof *pool->thread);
    for (int i = 1; pool->thread && i < threads; i++) {
        struct worker *worker = malloc(sizeof *worker);

        if (!worker)
            break;
        *worker = (struct worker){pool, i};
        if (pthread_create(&pool->thread[i], NULL, worker_main, worker)) {
            free(worker);
            break;
        }
        pool->started++;
    }
    if (pool->started == threads - 1 && pool->thread)
        return pool;
    nn_pool_free(pool);
    return NULL;
}

void nn_pool_free(struct nn_pool *pool)
{
    if (!pool)
        return;
    atomic_store(&pool->ending, true);
    announce(pool, NULL, NULL, 0);
    for (int i = 1; i <= pool->started; i++)
        pthread_join(pool->thread[i], NULL);
    pthread_cond_destroy(&pool->all_done);
    pthread_cond_destroy(&pool->new_job);
    pthread_mutex_destroy(&pool->mutex);
    free(pool->thread);
    free(pool);
}
