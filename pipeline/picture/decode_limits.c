/* Bounds of a decoder's memory: limits of sizes, and whole pictures one at a time. */
#include "decode_private.h"

#include <pthread.h>

#ifdef __GLIBC__
#include <malloc.h>
#endif

int decode_check_head(const struct decode_head *head, struct err *err)
{
    if (head->w > DECODE_SIDE || head->h > DECODE_SIDE ||
        (int64_t)head->w * head->h > DECODE_PIXELS)
        return err_set(err, EX_DATAERR,
                       "%dx%d pixels, where sides of %d and %d million pixels are the most",
                       head->w, head->h, DECODE_SIDE, DECODE_PIXELS / 1000000);
    return 0;
}

static pthread_mutex_t holds_whole = PTHREAD_MUTEX_INITIALIZER;
static const size_t small_enough = 2 << 20;

void decode_hold_whole(size_t bytes)
{
    if (bytes > small_enough)
        pthread_mutex_lock(&holds_whole);
}

void decode_release_whole(size_t bytes)
{
    if (bytes <= small_enough)
        return;
#ifdef __GLIBC__
    malloc_trim(0); /* else it would be kept for this thread, and so by each */
#endif
    pthread_mutex_unlock(&holds_whole);
}
