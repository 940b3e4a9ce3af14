/* A library to preload: makes one call of a program fail, or all of them come in small pieces.
 *
 *     FAULT=count             counts the calls, and writes the counts at the end
 *     FAULT=CALL:N            the Nth call of CALL (from 1) fails
 *     FAULT=kill-CALL:N       the program is killed at that call, before it does anything
 *     FAULT=stop-CALL:N       it is stopped there, until somebody has it go on (SIGCONT)
 *     FAULT=pieces:SEED       reads and writes move 1 to 7 bytes, and every third is interrupted
 *
 * With NAMED set besides the file system has no files without names (open with O_TMPFILE fails).
 * With PLACES set a call counts the first time only that it comes by the same chain of functions.
 *
 * CALL is memory (malloc, calloc, realloc and what is made of them), open, read, write, fsync,
 * close, rename, link or times. The counts go to descriptor 9, one line "CALL COUNT" each, then
 * "live N", the blocks of memory that were not freed, and "order ...": w for each run of writes to
 * files, f for an fsync, l for a link, r for a rename. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum call { MEMORY, OPEN, READ, WRITE, FSYNC, CLOSE, RENAME, LINK, TIMES, CALLS };
enum { REPORT = 9 };

static const char *const names[CALLS] = {"memory", "open",   "read", "write", "fsync",
                                         "close",  "rename", "link", "times"};
static const int faults[CALLS] = {ENOMEM, EMFILE, EIO, ENOSPC, EIO, EIO, EACCES, EMLINK, EPERM};

static atomic_long counts[CALLS], live, pieces;
static enum call chosen = CALLS;
static long chosen_number;
static int chosen_signal; /* in place of the failure */
static bool named;
static bool places;
static _Atomic uint64_t seen[1 << 14]; /* chains of functions, by their sums; 0: free */
static bool piecemeal;
static char order[200] = "-";
static atomic_int order_used;

static void note(char letter)
{
    const int last = atomic_load(&order_used);

    if (last < (int)sizeof order - 1 && !(letter == 'w' && last > 0 && order[last - 1] == 'w'))
        order[atomic_fetch_add(&order_used, 1)] = letter;
}

static void __attribute__((constructor)) begin(void)
{
    const char *fault = getenv("FAULT"), *colon = fault ? strchr(fault, ':') : NULL;

    named = getenv("NAMED") != NULL;
    if (getenv("PLACES")) {
        void *frame;

        (void)backtrace(&frame, 1); /* loads a library */
        places = true;
    }
    if (!colon)
        return;
    if (strncmp(fault, "pieces:", 7) == 0) {
        piecemeal = true;
        atomic_store(&pieces, strtol(colon + 1, NULL, 10));
        return;
    }
    chosen_signal = strncmp(fault, "kill-", 5) == 0   ? SIGKILL
                    : strncmp(fault, "stop-", 5) == 0 ? SIGSTOP
                                                      : 0;
    fault += chosen_signal ? 5 : 0;
    for (int c = 0; c < CALLS; c++)
        if (strncmp(fault, names[c], (size_t)(colon - fault)) == 0)
            chosen = (enum call)c;
    chosen_number = strtol(colon + 1, NULL, 10);
}

static void __attribute__((destructor)) end(void)
{
    char text[700];
    int used = 0;

    for (int c = 0; c < CALLS; c++)
        used += snprintf(text + used, sizeof text - (size_t)used, "%s %ld\n", names[c],
                         atomic_load(&counts[c]));
    used += snprintf(text + used, sizeof text - (size_t)used, "live %ld\norder %s\n",
                     atomic_load(&live), order);
    ssize_t (*next)(int, const void *, size_t) =
        (ssize_t(*)(int, const void *, size_t))dlsym(RTLD_NEXT, "write");
    (void)!next(REPORT, text, (size_t)used);
}

/* Tells whether nothing has made this call by this chain of functions yet; notes that it has. */
static bool is_first_there(enum call call)
{
    enum { DEPTH = 40, SLOTS = sizeof seen / sizeof *seen };
    static const uint64_t prime = 0x100000001b3; /* of 64-bit FNV-1a */
    static _Thread_local bool inside __attribute__((tls_model("initial-exec")));
    uint64_t sum = 0xcbf29ce484222325 ^ (uint64_t)call, none;
    void *frames[DEPTH];
    int depth;

    if (inside)
        return false;
    inside = true;
    depth = backtrace(frames, DEPTH);
    inside = false;
    for (int i = 0; i < depth; i++)
        sum = (sum ^ (uintptr_t)frames[i]) * prime;
    sum += sum == 0;
    for (size_t at = sum % SLOTS;; at = (at + 1) % SLOTS) {
        none = 0;
        if (atomic_compare_exchange_strong(&seen[at], &none, sum))
            return true;
        if (none == sum)
            return false;
    }
}

/* Counts a call; true if it is the one to fail, errno set. */
static bool fails(enum call call)
{
    if (places && !is_first_there(call))
        return false;

    const bool hit = atomic_fetch_add(&counts[call], 1) + 1 == chosen_number && call == chosen;

    if (hit && chosen_signal) {
        kill(getpid(), chosen_signal);
        return false;
    }
    if (hit)
        errno = faults[call];
    return hit;
}

/* The function of this name in the libraries after this one. */
#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

/* ---- Memory: glibc's own names, since dlsym() itself allocates ---- */

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);
extern void __libc_free(void *);

static void *counted(void *block)
{
    if (block)
        atomic_fetch_add(&live, 1);
    return block;
}

void *malloc(size_t size)
{
    return fails(MEMORY) ? NULL : counted(__libc_malloc(size));
}

void *calloc(size_t count, size_t size)
{
    return fails(MEMORY) ? NULL : counted(__libc_calloc(count, size));
}

void *realloc(void *old, size_t size)
{
    if (fails(MEMORY))
        return NULL;
    return old ? __libc_realloc(old, size) : counted(__libc_realloc(old, size));
}

void *aligned_alloc(size_t alignment, size_t size)
{
    return fails(MEMORY) ? NULL : counted(__libc_memalign(alignment, size));
}

int posix_memalign(void **block, size_t alignment, size_t size)
{
    if (fails(MEMORY))
        return ENOMEM;
    *block = counted(__libc_memalign(alignment, size));
    return *block ? 0 : ENOMEM;
}

void free(void *block)
{
    if (block)
        atomic_fetch_sub(&live, 1);
    __libc_free(block);
}

/* ---- Files ---- */

int open(const char *path, int flags, ...)
{
    va_list args;
    mode_t mode;

    va_start(args, flags);
    mode = (mode_t)va_arg(args, unsigned);
    va_end(args);
    if (named && (flags & O_TMPFILE) == O_TMPFILE) {
        errno = EOPNOTSUPP;
        return -1;
    }
    return fails(OPEN) ? -1 : NEXT(open)(path, flags, mode);
}

FILE *fopen(const char *path, const char *mode)
{
    return fails(OPEN) ? NULL : NEXT(fopen)(path, mode);
}

/* How much of `size` bytes to move; 0: be interrupted. */
static size_t piece(size_t size)
{
    const long turn = piecemeal ? atomic_fetch_add(&pieces, 1) : 1;

    if (!piecemeal || size == 0)
        return size;
    if (turn % 3 == 0)
        return 0;
    return (size_t)(turn % 7 + 1) < size ? (size_t)(turn % 7 + 1) : size;
}

/* Moves SIZE bytes, or part of them, by CALL. */
#define MOVE(kind, size, CALL)                                                                     \
    do {                                                                                           \
        const size_t part = piece(size);                                                           \
                                                                                                   \
        if (fails(kind))                                                                           \
            return -1;                                                                             \
        if (part == 0 && (size) > 0) {                                                             \
            errno = EINTR;                                                                         \
            return -1;                                                                             \
        }                                                                                          \
        return CALL;                                                                               \
    } while (0)

ssize_t read(int fd, void *to, size_t size)
{
    MOVE(READ, size, NEXT(read)(fd, to, part));
}

ssize_t pread(int fd, void *to, size_t size, off_t at)
{
    MOVE(READ, size, NEXT(pread)(fd, to, part, at));
}

ssize_t write(int fd, const void *from, size_t size)
{
    if (fd > STDERR_FILENO)
        note('w');
    MOVE(WRITE, size, NEXT(write)(fd, from, part));
}

ssize_t pwrite(int fd, const void *from, size_t size, off_t at)
{
    MOVE(WRITE, size, NEXT(pwrite)(fd, from, part, at));
}

int fsync(int fd)
{
    note('f');
    return fails(FSYNC) ? -1 : NEXT(fsync)(fd);
}

/* The descriptor is closed all the same, as Linux does. */
int close(int fd)
{
    const bool failed = fails(CLOSE);
    const int result = NEXT(close)(fd);

    if (failed)
        errno = EIO;
    return failed ? -1 : result;
}

int rename(const char *from, const char *to)
{
    note('r');
    return fails(RENAME) ? -1 : NEXT(rename)(from, to);
}

int linkat(int from_folder, const char *from, int to_folder, const char *to, int flags)
{
    note('l');
    return fails(LINK) ? -1 : NEXT(linkat)(from_folder, from, to_folder, to, flags);
}

int futimens(int fd, const struct timespec times[2])
{
    return fails(TIMES) ? -1 : NEXT(futimens)(fd, times);
}

int utimensat(int folder, const char *path, const struct timespec times[2], int flags)
{
    return fails(TIMES) ? -1 : NEXT(utimensat)(folder, path, times, flags);
}
