/* The processes of fits that a tuning trains by. */
#include "private.h"

#include "cmd/cli/progress.h"
#include "pipeline/base/digest.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdarg.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

const char *training_name(struct tune *t, const struct candidate *c, int fold)
{
    struct strbuf all = {0};
    char digest[DIGEST_TEXT];

    strbuf_printf(&all, "%s %d %s", t->data_digest, t->halving.folds, t->chain->seed);
    for (int i = 0; i < t->base.count; i++)
        strbuf_printf(&all, "\n%s", t->base.list[i]);
    for (int i = 0; i < t->drawn[c->number].count; i++)
        strbuf_printf(&all, "\n%s", t->drawn[c->number].list[i]);
    digest_text(XXH3_128bits(strbuf_text(&all), all.size), digest);
    t->pool->failed |= all.failed;
    strbuf_free(&all);
    return pool_text(t->pool, "%.12s.f%d", digest, fold);
}

bool training_is_known(struct tune *t, const struct candidate *c, int rung, int fold,
                       struct tried *tried)
{
    return tried_find(t->record, training_name(t, c, fold),
                      halving_epochs(&t->halving, rung, c->epochs), t->by, tried);
}

static const char *file_of(struct tune *t, const char *training, const char *ending)
{
    return pool_text(t->pool, "%s/%s%s", t->folder, training, ending);
}

static void remove_of(struct tune *t, const char *training)
{
    (void)unlink(file_of(t, training, ".checkpoint.st.zst"));
    (void)unlink(file_of(t, training, ".model.st.zst"));
    (void)unlink(file_of(t, training, ".error"));
}

void training_drop(struct tune *t, const struct candidate *c, int fold)
{
    remove_of(t, training_name(t, c, fold));
}

bool training_take_known(struct tune *t, struct candidate *c, int fold)
{
    struct tried tried;

    if (!training_is_known(t, c, t->rung, fold, &tried))
        return false;
    c->scores[fold - 1] = keep_figures[t->by].higher ? tried.figure : -tried.figure;
    c->accuracies[fold - 1] = tried.accuracy;
    c->losses[fold - 1] = tried.loss;
    c->seconds += tried.seconds;
    c->trained += tried.trained;
    c->done++;
    return true;
}

/* Becomes a fit, or the command in front of it, which a shell finds as in the rules. */
static void become_fit(struct tune *t, char **words, const char *errors)
{
    const int fd = open(errors, O_WRONLY | O_CREAT | O_TRUNC, 0666);

    sigprocmask(SIG_SETMASK, &t->before, NULL);
    if (fd >= 0) {
        dup2(fd, STDERR_FILENO);
        dup2(fd, STDOUT_FILENO);
    }
    unsetenv("MAKELEVEL");
    execv(words[0], words);
    dprintf(STDERR_FILENO, "%s: cannot be run: %s\n", words[0], strerror(errno));
    _exit(EX_OSERR);
}

/* Adds words, NULL at the end. */
static void add_all(struct tune *t, struct words *words, const char *word, ...)
{
    va_list list;

    va_start(list, word);
    for (; word; word = va_arg(list, const char *))
        words_add(words, t->pool, word);
    va_end(list);
}

int training_start(struct tune *t, struct running *r, struct err *err)
{
    struct candidate *c = r->candidate;
    const char *training = training_name(t, c, r->fold);
    const int pause = halving_epochs(&t->halving, t->rung, c->epochs);
    const char *checkpoint = file_of(t, training, ".checkpoint.st.zst");
    struct words words = {0};

    if (t->launcher[0])
        add_all(t, &words, "/bin/sh", "-c", pool_text(t->pool, "exec %s \"$@\"", t->launcher), "sh",
                NULL);
    add_all(t, &words, pool_text(t->pool, "%s/fit", t->chain->programs), t->data, "--fold",
            pool_text(t->pool, "%d/%d", r->fold, t->halving.folds), NULL);
    if (!t->launcher[0])
        add_all(t, &words, "--threads", pool_text(t->pool, "%d", r->threads), NULL);
    if (t->device[0])
        add_all(t, &words, "--device", t->device, NULL);
    if (t->chain->seed[0])
        add_all(t, &words, "--seed", t->chain->seed, NULL);
    if (t->chain->precision[0])
        add_all(t, &words, "--precision", t->chain->precision, NULL);
    words_add_all(&words, t->pool, &t->base);
    words_add_all(&words, t->pool, &t->drawn[c->number]);
    add_all(t, &words, "--quiet", "--if-changed", "-o", file_of(t, training, ".model.st.zst"),
            "--checkpoint", checkpoint, "--resume", "--restart", NULL);
    if (pause < c->epochs)
        add_all(t, &words, "--pause-after", pool_text(t->pool, "%d", pause), NULL);
    words_add(&words, t->pool, NULL);
    r->from =
        access(checkpoint, F_OK) ? 0 : halving_before(&t->halving, t->rung, r->fold, c->epochs);
    r->begin = now();
    if (t->pool->failed)
        return err_memory(err, "a command", 0);
    fflush(NULL);
    r->pid = fork();
    if (r->pid == 0)
        become_fit(t, (char **)words.list, file_of(t, training, ".error"));
    if (r->pid < 0)
        return err_set(err, EX_OSERR, "fit cannot be run: %s", strerror(errno));
    t->used += r->threads;
    return 0;
}

/* Returns the first line that a fit printed, after the names of the programs. */
static const char *reason_of(struct tune *t, const char *training)
{
    FILE *file = fopen(file_of(t, training, ".error"), "re");
    char line[2048] = "";
    const char *text = line;

    if (file && !fgets(line, sizeof line, file))
        line[0] = 0;
    if (file)
        fclose(file);
    line[strcspn(line, "\n")] = 0;
    text += begins_with(text, "csvnet fit: ") ? strlen("csvnet fit: ") : 0;
    return pool_text(t->pool, "%s", *text ? text : "fit failed");
}

/* Leaves a candidate behind whose training failed; the model as it is must not. */
static int fails(struct tune *t, struct candidate *c, int status, struct err *err)
{
    if (!c->failed)
        t->failures++;
    c->failed = true;
    return c->number == 0 ? err_set(err, status, "%s.fit: %s", t->model, t->reasons[0]) : 0;
}

/* Takes the end of a fit. */
static int end(struct tune *t, struct running *r, int status, struct err *err)
{
    struct candidate *c = r->candidate;
    const char *training = training_name(t, c, r->fold);
    const int epoch = halving_epochs(&t->halving, t->rung, c->epochs);
    struct tried tried = {.seconds = now() - r->begin, .trained = epoch - r->from};
    const char *file =
        file_of(t, training, epoch < c->epochs ? ".checkpoint.st.zst" : ".model.st.zst");
    struct err fault;

    t->used -= r->threads;
    t->ended++;
    r->pid = 0;
    if (status != 0 && t->over) { /* by our signal, which a launcher may turn into a status */
        (void)unlink(file_of(t, training, ".error"));
        return 0;
    }
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        t->reasons[c->number] = reason_of(t, training);
        if (fails(t, c, WIFEXITED(status) ? WEXITSTATUS(status) : EX_SOFTWARE, err))
            return -1;
        remove_of(t, training);
        return 0;
    }
    if (access(file, F_OK)) /* --patience ended it before */
        file = file_of(t, training, ".model.st.zst");
    if (tried_of_training(file, epoch, t->by, &tried, &fault)) {
        t->reasons[c->number] = pool_text(t->pool, "%s", fault.text);
        return fails(t, c, fault.status, err);
    }
    if (tried_add(t->record, t->record_path, training, t->texts[c->number], &tried, t->by, err))
        return -1;
    training_take_known(t, c, r->fold);
    if (epoch == c->epochs)
        remove_of(t, training);
    (void)unlink(file_of(t, training, ".error"));
    return 0;
}

void trainings_stop(struct tune *t)
{
    t->over = true;
    for (int i = 0; i < t->lanes; i++)
        if (t->running[i].pid)
            kill(t->running[i].pid, SIGTERM); /* srun passes it on, unlike SIGINT */
}

int trainings_wait(struct tune *t, struct err *err)
{
    const double left = t->over ? 1 : fmin(fmax(t->until - now(), 0), 1);
    const struct timespec most = {.tv_sec = (time_t)left,
                                  .tv_nsec = (long)((left - floor(left)) * 1e9)};
    const int signal = sigtimedwait(&t->signals, NULL, &most);
    int status, result = 0;
    pid_t pid;

    if (signal > 0 && signal != SIGCHLD) {
        t->caught = signal;
        trainings_stop(t);
    } else if (!t->over && now() >= t->until) {
        trainings_stop(t);
    }
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
        for (int i = 0; i < t->lanes; i++)
            if (t->running[i].pid == pid) {
                struct candidate *c = t->running[i].candidate;

                if (end(t, &t->running[i], status, err))
                    result = -1;
                if (!c->failed && c->done == halving_folds(&t->halving, t->rung))
                    candidate_pass(c, t->rung, c->done);
            }
    return result;
}
