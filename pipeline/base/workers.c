/* Threads that take pieces of work in order. */
#include "workers.h"

#include <pthread.h>
#include <stdlib.h>

struct workers {
    pthread_mutex_t lock;
    pthread_cond_t news; /* a job was submitted; a job is done, if anyone waits for one; or stop */
    struct job *first, **last;
    int waiting;
    bool stop;
    int count; /* threads of its own */
    pthread_t threads[];
};

/* Takes the first job, which there is; called and returns with the lock held. */
static void run_first(struct workers *workers)
{
    struct job *job = workers->first;

    workers->first = job->next;
    if (!workers->first)
        workers->last = &workers->first;
    pthread_mutex_unlock(&workers->lock);
    job->run(job->data);
    pthread_mutex_lock(&workers->lock);
    job->done = true;
    if (workers->waiting)
        pthread_cond_broadcast(&workers->news);
}

static void *work(void *argument)
{
    struct workers *workers = argument;

    pthread_mutex_lock(&workers->lock);
    while (workers->first || !workers->stop)
        if (workers->first)
            run_first(workers);
        else
            pthread_cond_wait(&workers->news, &workers->lock);
    pthread_mutex_unlock(&workers->lock);
    return NULL;
}

int workers_start(struct workers **workers, int threads, struct err *err)
{
    struct workers *new = calloc(1, sizeof *new + (size_t)threads * sizeof *new->threads);

    if (!new)
        return err_memory(err, "threads", 0);
    pthread_mutex_init(&new->lock, NULL);
    pthread_cond_init(&new->news, NULL);
    new->last = &new->first;
    while (new->count < threads - 1 &&
           pthread_create(&new->threads[new->count], NULL, work, new) == 0)
        new->count++;
    *workers = new;
    return 0;
}

int workers_threads(const struct workers *workers)
{
    return workers->count + 1;
}

void workers_submit(struct workers *workers, struct job *job)
{
    pthread_mutex_lock(&workers->lock);
    job->next = NULL;
    *workers->last = job;
    workers->last = &job->next;
    pthread_cond_signal(&workers->news);
    pthread_mutex_unlock(&workers->lock);
}

void workers_wait(struct workers *workers, struct job *job)
{
    pthread_mutex_lock(&workers->lock);
    workers->waiting++;
    while (!job->done)
        if (workers->first)
            run_first(workers);
        else
            pthread_cond_wait(&workers->news, &workers->lock);
    workers->waiting--;
    pthread_mutex_unlock(&workers->lock);
}

void workers_stop(struct workers *workers)
{
    if (!workers)
        return;
    pthread_mutex_lock(&workers->lock);
    workers->stop = true;
    while (workers->first)
        run_first(workers);
    pthread_cond_broadcast(&workers->news);
    pthread_mutex_unlock(&workers->lock);
    for (int i = 0; i < workers->count; i++)
        pthread_join(workers->threads[i], NULL);
    pthread_cond_destroy(&workers->news);
    pthread_mutex_destroy(&workers->lock);
    free(workers);
}
