#ifndef PIPELINE_WORKERS_H
#define PIPELINE_WORKERS_H

#include "err.h"

#include <stdbool.h>

/* Threads that do jobs in the order in which they were submitted. The thread that waits for a job
 * does others meanwhile, so that N threads are N - 1 and the caller's; with one thread a job is
 * done when it is waited for. */
struct workers;

/* The owner keeps it where it is from workers_submit() to workers_wait(). */
struct job {
    void (*run)(void *data);
    void *data;
    bool done;        /* the workers' */
    struct job *next; /* the workers' */
};

/* Starts threads - 1 threads, as the caller is one too, or as many as the system lets a process
 * have. */
MUST_CHECK int workers_start(struct workers **workers, int threads, struct err *err);
int workers_threads(const struct workers *workers);

/* Submits a job, from any thread. */
void workers_submit(struct workers *workers, struct job *job);
/* Returns when the job is done, also if it is yet to be submitted, by another thread. */
void workers_wait(struct workers *workers, struct job *job);

/* Ends the threads once the jobs submitted are done. NULL is fine. */
void workers_stop(struct workers *workers);

#endif
