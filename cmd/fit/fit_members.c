/* Several folds or seeds by one command: starts a process for each, and waits for them. One more
 * has the device, if they train on one. */
#include "fit_members.h"

#include "cmd/cli/if_changed.h"
#include "cmd/cli/progress.h"
#include "cmd/cli/say.h"
#include "fit_shared_device.h"
#include "fit_signals.h"
#include "pipeline/files/output.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/wait.h>
#include <unistd.h>

enum { TITLE = 120 };
enum state { WAITING, RUNNING, DONE, FAILED, STOPPED };

struct member {
    int64_t number;
    enum state state;
    bool there; /* --if-changed, and there is a model, which may be up to date */
    pid_t process;
    int status;   /* its exit status */
    double begin; /* when it was started */
};

/* What is in memory of all processes. */
struct common_memory {
    bool said[ONCE_COUNT];
    struct part {
        double share; /* of the work done */
        int threads;  /* that it is to use; 0: as many as it began with */
        bool gives_way;
    } part[];         /* [count] */
};

/* All members, in the process that starts them. */
struct family {
    const struct fit_options *options;
    struct member *list;
    struct common_memory *memory;
    int count, lanes; /* lanes: how many run side by side at most */
    double begin;
    bool stops; /* no further one is to be started */
};

/* In a member; NULL: this process is none. */
static struct common_memory *memory;
static struct part *own_part;
static bool alone;         /* no other member runs beside it */
static int family_threads; /* of all members together */
static struct shared_device device;

bool fit_member_first(enum fit_once what)
{
    return !memory || !__atomic_exchange_n(&memory->said[what], true, __ATOMIC_RELAXED);
}

void fit_member_note(double share)
{
    if (own_part)
        own_part->share = share;
}

int fit_member_threads_most(void)
{
    return family_threads;
}

int fit_member_threads(void)
{
    const int threads = own_part ? __atomic_load_n(&own_part->threads, __ATOMIC_RELAXED) : 0;

    return threads > common.threads ? threads : (int)common.threads;
}

bool fit_member_device(struct nn_device **own, int *status)
{
    *status = memory ? shared_device_join(&device, own) : 0;
    return memory != NULL;
}

bool fit_member_gives_way(const struct nn_device *own)
{
    const char *text;

    if (!own || !own_part || alone || nn_device_fault(own, &text) != NN_DEVICE_FULL)
        return false;
    own_part->gives_way = true;
    if (fit_member_first(ONCE_ROOM))
        say_folded("the device has not the memory for all at a time: some wait until others have "
                   "ended");
    return true;
}

static int count_of(const struct family *f, enum state state)
{
    int count = 0;

    for (int i = 0; i < f->count; i++)
        count += f->list[i].state == state;
    return count;
}

/* Returns how many of them run side by side at most. On a device they do not share this processor's
 * threads. */
static int count_lanes(int count)
{
    const int most = device.process ? NN_DEVICE_SIDES : (int)common.threads;

    return most < count ? most : count;
}

static int open_family(struct family *f, const struct fit_options *options)
{
    const struct fit_members *members = &options->members;
    const int count = (int)(members->last - members->first + 1);
    void *shared = mmap(NULL, sizeof *f->memory + (size_t)count * sizeof(struct part),
                        PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    *f = (struct family){
        .options = options,
        .list = calloc((size_t)count, sizeof *f->list),
        .memory = shared,
        .count = count,
        .lanes = count_lanes(count),
        .begin = now(),
    };
    if (shared == MAP_FAILED || !f->list)
        return fail_memory("the folds or seeds");
    for (int i = 0; i < count; i++) {
        char *path = fit_output_of_member(options, members->first + i);

        f->list[i].number = members->first + i;
        f->list[i].there = path && if_changed && access(path, F_OK) == 0;
        free(path);
    }
    return 0;
}

/* ---- A member ---- */

/* Shares out what is left of --within among this member and those that wait in its lane. */
static double time_left(const struct family *f)
{
    const double left = f->options->settings.within - (now() - f->begin);
    const int waiting = count_of(f, WAITING) + 1;

    return fmax(left, 0) / ((waiting + f->lanes - 1) / f->lanes);
}

/* Makes this process the member: it gets its share of the threads, its title and its options. */
static int become(const struct family *f, const struct member *member, struct fit_options *options)
{
    static char title[TITLE];
    const int running = count_of(f, RUNNING), all = running + count_of(f, WAITING);
    const int side = all < f->lanes ? all : f->lanes;
    const double left = time_left(f);
    int status;

    progress_leave_to_parent();
    memory = f->memory;
    own_part = &memory->part[member - f->list];
    alone = f->lanes == 1;
    family_threads = (int)common.threads;
    common.threads = common.threads / side + (running <= common.threads % side);
    if (common.threads == 0)
        common.threads = 1;
    snprintf(title, sizeof title, "%.60s%s%s %lld", run_title, *run_title ? " " : "",
             options->members.what, (long long)member->number);
    run_title = title;
    status = fit_options_of_member(options, member->number);
    if (options->settings.within > 0)
        options->time_left = isnan(options->time_left) ? left : fmin(left, options->time_left);
    return status;
}

/* ---- The process that starts them ---- */

/* Returns the next one to start; NULL: none for now. Those of which there is a model come first,
 * and have to be found up to date or to train before others begin, which then share the threads
 * that these leave. */
static struct member *next_of(const struct family *f)
{
    struct member *next = NULL;
    bool looks = false;

    for (int i = 0; i < f->count; i++) {
        struct member *member = &f->list[i];

        looks |= member->state == RUNNING && member->there && f->memory->part[i].share <= 0;
        if (member->state == WAITING && (!next || (member->there && !next->there)))
            next = member;
    }
    return next && (next->there || !looks) ? next : NULL;
}

/* Has one wait that there is no room for beside those that run. Returns how many do. */
static int wait_for_room(struct family *f, struct member *member)
{
    const int running = count_of(f, RUNNING) - 1;

    member->state = WAITING;
    if (running < f->lanes)
        f->lanes = running > 0 ? running : 1;
    return running;
}

/* Takes back one that the system has no room for: it waits until another one ends, and is not begun
 * where none is. */
static void take_back(struct family *f, struct member *member, int why)
{
    if (wait_for_room(f, member) > 0)
        return;
    f->stops = true;
    member->state = FAILED;
    member->status = EX_OSERR;
    complain("%s %lld: no process can be started: %s", f->options->members.what,
             (long long)member->number, strerror(why));
}

/* Starts a member. Returns whether this process is it. */
static bool start(struct family *f, struct member *member)
{
    member->begin = now();
    member->state = RUNNING;
    member->process = fork();
    if (member->process < 0)
        take_back(f, member, errno);
    return member->process == 0;
}

/* Takes note of one that ended. A mistake in the command is that of all. */
static void end(struct family *f, struct member *member, int how)
{
    struct part *part = &f->memory->part[member - f->list];

    if (WIFSIGNALED(how) && caught) {
        member->state = STOPPED;
        return;
    }
    if (part->gives_way) {
        part->gives_way = false;
        wait_for_room(f, member);
        return;
    }
    member->status = WIFEXITED(how) ? WEXITSTATUS(how) : EX_SOFTWARE;
    member->state = member->status ? FAILED : DONE;
    f->stops |= member->status == EX_USAGE;
    if (WIFSIGNALED(how))
        complain("%s %lld: ended by signal %d, %s%s", f->options->members.what,
                 (long long)member->number, WTERMSIG(how), strsignal(WTERMSIG(how)),
                 WTERMSIG(how) == SIGKILL ? ": memory may be short" : "");
}

static void look_for_ended(struct family *f)
{
    pid_t process;
    int how;

    while ((process = waitpid(-1, &how, WNOHANG)) > 0)
        for (int i = 0; i < f->count; i++)
            if (f->list[i].state == RUNNING && f->list[i].process == process)
                end(f, &f->list[i], how);
}

static void show_progress(const struct family *f)
{
    struct fits_sum sum = {.count = f->count, .left = NAN};
    double spent = 0, worked = 0;

    for (int i = 0; i < f->count; i++) {
        const bool over = f->list[i].state != WAITING && f->list[i].state != RUNNING;
        const double share = over ? 1 : f->memory->part[i].share;

        sum.done += over;
        sum.share += share / f->count;
        if (f->list[i].state == RUNNING && share > 0) {
            worked += share;
            spent += now() - f->list[i].begin;
        }
    }
    if (worked > 0)
        sum.left = (1 - sum.share) * f->count * spent / worked /
                   fmin(f->lanes, count_of(f, RUNNING) + count_of(f, WAITING));
    progress_sum(&sum);
}

/* Sends the signal that came to all that run, of which a terminal sends some itself. */
static void pass_on(const struct family *f, int signal)
{
    for (int i = 0; i < f->count; i++)
        if (f->list[i].state == RUNNING)
            kill(f->list[i].process, signal);
}

static void note_end(int signal)
{
    (void)signal; /* the wait is over */
}

/* Names those in that state: "3, 7". */
static void names(const struct family *f, enum state state, struct strbuf *text)
{
    strbuf_clear(text);
    for (int i = 0; i < f->count; i++)
        if (f->list[i].state == state)
            strbuf_printf(text, "%s%lld", text->size ? ", " : "", (long long)f->list[i].number);
}

/* Says which ones there is no model of, and returns the status of the first that failed. */
static int say_end(const struct family *f)
{
    const int failed = count_of(f, FAILED), waiting = count_of(f, WAITING);
    const char *what = f->options->members.what;
    struct strbuf text = {0};
    int status = 0;

    for (int i = f->count - 1; i >= 0; i--)
        if (f->list[i].state == FAILED)
            status = f->list[i].status;
    names(f, FAILED, &text);
    if (failed)
        complain("%s%s %s failed, of %d%s", what, plural(failed), strbuf_shown(&text), f->count,
                 if_changed || status == EX_USAGE ? "" : "; --if-changed trains these alone");
    names(f, WAITING, &text);
    if (waiting)
        say_folded("%s%s not begun: %s%s", what, plural(waiting), strbuf_shown(&text),
                   if_changed || count_of(f, DONE) == 0
                       ? ""
                       : "; --if-changed trains no finished one again");
    strbuf_free(&text);
    return status;
}

/* Fills the lanes. Returns the member that this process is, or NULL. */
static struct member *start_some(struct family *f)
{
    struct member *next;

    while (!f->stops && count_of(f, RUNNING) < f->lanes && (next = next_of(f)) != NULL)
        if (start(f, next))
            return next;
    return NULL;
}

/* Divides the threads among those that run, once none is left to begin. */
static void divide_threads(const struct family *f)
{
    const int running = count_of(f, RUNNING), all = (int)common.threads;
    int before = 0;

    if (count_of(f, WAITING) > 0)
        return;
    for (int i = 0; i < f->count; i++)
        if (f->list[i].state == RUNNING) {
            const int threads = all / running + (before++ < all % running);

            __atomic_store_n(&f->memory->part[i].threads, threads, __ATOMIC_RELAXED);
        }
}

/* Starts them, and waits. Returns the member that this process is, or NULL. */
static struct member *run(struct family *f)
{
    const struct timespec moment = {0, 50000000};
    struct member *own;
    sigset_t watched, before;
    int passed = 0;

    signal(SIGCHLD, note_end);
    watch_signals();
    watched_signals(&watched);
    sigaddset(&watched, SIGCHLD);
    sigprocmask(SIG_BLOCK, &watched, &before); /* but while it sleeps, so that none is missed */
    progress_begin("", "", f->count);
    while ((own = start_some(f)) == NULL && count_of(f, RUNNING) > 0) {
        divide_threads(f);
        pselect(0, NULL, NULL, NULL, &moment, &before);
        look_for_ended(f);
        if (caught && caught != passed)
            pass_on(f, passed = caught);
        f->stops |= caught != 0;
        show_progress(f);
    }
    if (own) {
        unwatch_signals();
        signal(SIGCHLD, SIG_DFL);
    } else
        progress_end();
    sigprocmask(SIG_SETMASK, &before, NULL);
    return own;
}

/* Opens the device, reads the data and looks at the output's folder, so that what is wrong is said
 * once. */
static int prepare(struct family *f, struct fit_options *options, struct training_data *data)
{
    const int count = (int)(options->members.last - options->members.first + 1);
    const int status = shared_device_open(&device, options->device, count, options->verbose);
    struct err err;

    if (status)
        return status;
    if (output_try(options->out, &err) || training_read(data, &options->files, &err))
        return fail(&err);
    options->files.data = data;
    return open_family(f, options);
}

int fit_members_start(struct fit_options *options)
{
    static struct training_data data; /* of the processes to come */
    struct member *own;
    struct family family;
    int status;

    if (!options->members.what)
        return 0;
    status = prepare(&family, options, &data);
    if (status) {
        shared_device_close(&device);
        return status;
    }
    fflush(NULL);
    own = run(&family);
    if (own) {
        status = become(&family, own, options);
        options->files.data = &data;
        free(family.list);
        return status;
    }
    shared_device_close(&device);
    status = say_end(&family);
    free(family.list);
    training_data_free(&data);
    if (caught)
        end_by_signal();
    exit(status);
}
