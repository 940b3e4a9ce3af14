/* make tune: draws options, trains them by successive halving, and keeps what was trained, so that
 * it goes on where it was ended. */
#include "tune.h"

#include "auto.h"

#include "cmd/cli/hold.h"
#include "cmd/cli/line.h"
#include "cmd/cli/progress.h"
#include "cmd/cli/say.h"
#include "pipeline/base/digest.h"
#include "pipeline/files/output.h"
#include "pipeline/model/recipe.h"
#include "pipeline/tensor/tensor.h"
#include "pipeline/tune/halving.h"
#include "pipeline/tune/space.h"
#include "pipeline/tune/tried.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CANDIDATES_MOST = 5000, FOLDS = 3, SHOWN = 12, FAILED_SHOWN = 3, DRAWS = 200 };
/* Seconds for ending: fits save their checkpoints. */
static const double END = 0.5;
/* How much longer than expected the rungs may take. */
static const double SLOWER = 1.1;
/* As many failures more than successes, and no more is drawn. */
enum { FAILURES = 10 };

/* A fit that runs. */
struct running {
    pid_t pid; /* 0: none */
    struct candidate *candidate;
    int fold, threads;
    int from; /* epochs that it had already */
    double begin;
};

struct tune {
    struct chain *chain;
    struct pool *pool;
    const char *model, *folder, *record_path, *data, *data_digest;
    struct words base; /* options of the model as they are */
    struct space space;
    struct halving halving;
    uint64_t seed;
    double begin, until;
    json_t *record;
    struct candidate *candidates;  /* [count], by number */
    struct words *drawn;           /* [count] */
    const char **texts, **reasons; /* [count] of the options drawn; why a training failed */
    struct candidate **ranked;
    int count, failures;
    int64_t ended; /* trainings */
    uint32_t draws;
    bool drawn_all;
    struct running *running; /* [processors] */
    int lanes, used;         /* threads */
    sigset_t signals, before;
    int caught;
    bool over; /* the time is, or a signal came */

    /* The rung that is trained. */
    int rung, entered; /* candidates in it, ranked[entered]; of the first rung as many as drawn */
    int next, next_fold;
};

/* ---- Candidates ---- */

static const char *options_text(const struct words *words, struct pool *pool)
{
    struct words quoted = {0};

    for (int i = 0; i < words->count; i++)
        words_add(&quoted, pool, shell_word(words->list[i], pool));
    return words_text(&quoted, pool);
}

/* Returns the name of the training of a candidate on a fold: by all that its bytes depend on. */
static const char *training_name(struct tune *t, const struct candidate *c, int fold)
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

static bool is_new(const struct tune *t, const char *text)
{
    for (int i = 1; i < t->count; i++)
        if (strcmp(t->texts[i], text) == 0)
            return false;
    return true;
}

/* Draws another candidate, the first one without any of what is tried. */
static void draw(struct tune *t)
{
    struct candidate *c = &t->candidates[t->count];
    struct words drawn = {0}, all = t->base;

    for (int i = 0; i < DRAWS && t->count > 0; i++) {
        drawn = space_draw(&t->space, t->seed, t->draws++, t->pool);
        if (is_new(t, options_text(&drawn, t->pool)))
            break;
        t->drawn_all = i + 1 == DRAWS;
    }
    if (t->drawn_all || t->pool->failed)
        return;
    all.room = all.count; /* so that adding copies */
    words_add_all(&all, t->pool, &drawn);
    *c = (struct candidate){.number = t->count, .rung = -1, .epochs = options_epochs(&all)};
    t->drawn[t->count] = drawn;
    t->texts[t->count] = options_text(&drawn, t->pool);
    t->reasons[t->count] = "";
    t->ranked[t->count++] = c;
}

/* Takes the newest one back. */
static void draw_back(struct tune *t, uint32_t draws)
{
    candidates_rank(t->ranked, t->count);
    for (int i = 0; i < t->count; i++)
        if (t->ranked[i]->number == t->count - 1)
            t->ranked[i] = t->ranked[t->count - 1];
    t->count--;
    t->draws = draws;
}

/* Tells whether it is known how the candidate was after a rung, on a fold. */
static bool is_known(struct tune *t, const struct candidate *c, int rung, int fold,
                     struct tried *tried)
{
    return tried_find(t->record, training_name(t, c, fold),
                      halving_epochs(&t->halving, rung, c->epochs), tried);
}

/* Returns the seconds of one process that the later rungs take, if these are the first of those
 * that are through with the first one. */
static double rest_of(struct tune *t, int through)
{
    double seconds = 0;
    int count = through;

    for (int rung = 1; rung < t->halving.rungs; rung++) {
        count = halving_survivors(count);
        for (int i = 0; i < count; i++) {
            const struct candidate *c = t->ranked[i];
            struct tried tried;

            for (int fold = 1; fold <= halving_folds(&t->halving, rung); fold++)
                if (c->trained > 0 && !is_known(t, c, rung, fold, &tried))
                    seconds += (halving_epochs(&t->halving, rung, c->epochs) -
                                halving_before(&t->halving, rung, fold, c->epochs)) *
                               c->seconds / c->trained;
        }
    }
    return seconds * halving_survivors(t->count) / fmax(1, halving_survivors(through));
}

/* Tells whether the time is enough for all that are drawn, and for what follows. */
static bool is_time(struct tune *t)
{
    int through = 0;
    double first = 0;

    for (int i = 0; i < t->count; i++)
        if (t->candidates[i].rung == 0) {
            through++;
            first += t->candidates[i].seconds;
        }
    if (through == 0)
        return t->count <= t->lanes;
    candidates_rank(t->ranked, t->count);
    first *= (double)(t->count - through) / through;
    return now() + SLOWER * (rest_of(t, through) + first) / t->lanes < t->until;
}

/* Draws another one if it is known, or there is time for it. */
static bool draw_if_time(struct tune *t)
{
    const uint32_t draws = t->draws;
    const int before = t->count;
    struct tried tried;

    if (t->drawn_all || t->count == CANDIDATES_MOST ||
        t->failures > t->count - t->failures + FAILURES)
        return false;
    draw(t);
    if (t->count == before)
        return false;
    if (t->count == 1 || is_known(t, &t->candidates[before], 0, 1, &tried) || is_time(t))
        return true;
    draw_back(t, draws);
    return false;
}

/* ---- Trainings ---- */

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

/* Takes what is known of a candidate on a fold after the rung's epochs: false if nothing is. */
static bool take_known(struct tune *t, struct candidate *c, int fold)
{
    struct tried tried;

    if (!is_known(t, c, t->rung, fold, &tried))
        return false;
    c->accuracies[fold - 1] = tried.accuracy;
    c->losses[fold - 1] = tried.loss;
    c->seconds += tried.seconds;
    c->trained += tried.trained;
    c->done++;
    return true;
}

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

static int start(struct tune *t, struct running *r, struct err *err)
{
    struct candidate *c = r->candidate;
    const char *training = training_name(t, c, r->fold);
    const int pause = halving_epochs(&t->halving, t->rung, c->epochs);
    struct words words = {0};

    for (const char *const *word =
             (const char *const[]){pool_text(t->pool, "%s/fit", t->chain->programs), t->data,
                                   "--fold", pool_text(t->pool, "%d/%d", r->fold, t->halving.folds),
                                   "--threads", pool_text(t->pool, "%d", r->threads), NULL};
         *word; word++)
        words_add(&words, t->pool, *word);
    if (t->chain->seed[0]) {
        words_add(&words, t->pool, "--seed");
        words_add(&words, t->pool, t->chain->seed);
    }
    words_add_all(&words, t->pool, &t->base);
    words_add_all(&words, t->pool, &t->drawn[c->number]);
    for (const char *const *word =
             (const char *const[]){"--quiet", "--if-changed", "-o",
                                   file_of(t, training, ".model.st.zst"), "--checkpoint",
                                   file_of(t, training, ".checkpoint.st.zst"), "--resume",
                                   "--restart", NULL};
         *word; word++)
        words_add(&words, t->pool, *word);
    if (pause < c->epochs) {
        words_add(&words, t->pool, "--pause-after");
        words_add(&words, t->pool, pool_text(t->pool, "%d", pause));
    }
    words_add(&words, t->pool, NULL);
    r->from = halving_before(&t->halving, t->rung, r->fold, c->epochs);
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

/* Takes the end of a fit. One that fails only leaves its candidate behind, but for the model as it
 * is. */
static int end(struct tune *t, struct running *r, int status, struct err *err)
{
    struct candidate *c = r->candidate;
    const char *training = training_name(t, c, r->fold);
    const int epoch = halving_epochs(&t->halving, t->rung, c->epochs);
    struct tried tried = {.seconds = now() - r->begin, .trained = epoch - r->from};
    const char *file =
        file_of(t, training, epoch < c->epochs ? ".checkpoint.st.zst" : ".model.st.zst");

    t->used -= r->threads;
    t->ended++;
    r->pid = 0;
    if (WIFSIGNALED(status) && t->over) {
        (void)unlink(file_of(t, training, ".error"));
        return 0;
    }
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        if (!c->failed)
            t->failures++;
        c->failed = true;
        t->reasons[c->number] = reason_of(t, training);
        if (c->number == 0)
            return err_set(err, WIFEXITED(status) ? WEXITSTATUS(status) : EX_SOFTWARE, "%s.fit: %s",
                           t->model, t->reasons[0]);
        remove_of(t, training);
        return 0;
    }
    if (access(file, F_OK)) /* --patience ended it before */
        file = file_of(t, training, ".model.st.zst");
    if (tried_of_training(file, epoch, &tried, err) ||
        tried_add(t->record, t->record_path, training, t->texts[c->number], &tried, err))
        return -1;
    take_known(t, c, r->fold);
    if (epoch == c->epochs)
        remove_of(t, training);
    (void)unlink(file_of(t, training, ".error"));
    return 0;
}

/* ---- A rung ---- */

/* Finds the next training of the rung that is not known yet; the candidates that are known on all
 * its folds come through it. */
static bool next_training(struct tune *t, struct candidate **candidate, int *fold)
{
    const int folds = halving_folds(&t->halving, t->rung);

    while (!t->over) {
        struct candidate *c;

        if (t->rung == 0 && t->next == t->count && draw_if_time(t))
            t->entered = t->count;
        if (t->next == t->entered)
            return false;
        c = t->rung == 0 ? &t->candidates[t->next] : t->ranked[t->next];
        *fold = ++t->next_fold;
        if (t->next_fold == folds) {
            t->next++;
            t->next_fold = 0;
        }
        *candidate = c;
        if (!c->failed && !take_known(t, c, *fold))
            return true;
        if (c->done == folds)
            candidate_pass(c, t->rung, folds);
    }
    return false;
}

/* Returns the threads for one of the trainings that are left: those not in use, divided. */
static int threads_for(const struct tune *t)
{
    const int folds = halving_folds(&t->halving, t->rung);
    const int left = t->rung == 0 && !t->drawn_all
                         ? t->lanes
                         : (t->entered - t->next) * folds - t->next_fold + 1;
    const int free = t->lanes - t->used;

    return free / (left < 1 ? 1 : left < free ? left : free);
}

/* Has all that runs save its state and end. */
static void stop(struct tune *t)
{
    t->over = true;
    for (int i = 0; i < t->lanes; i++)
        if (t->running[i].pid)
            kill(t->running[i].pid, SIGINT);
}

/* Waits until a fit ends, the time is over, or a signal comes. */
static int wait_for_one(struct tune *t, struct err *err)
{
    const double left = t->over ? 1 : fmin(fmax(t->until - now(), 0), 1);
    const struct timespec most = {.tv_sec = (time_t)left,
                                  .tv_nsec = (long)((left - floor(left)) * 1e9)};
    const int signal = sigtimedwait(&t->signals, NULL, &most);
    int status, result = 0;
    pid_t pid;

    if (signal > 0 && signal != SIGCHLD) {
        t->caught = signal;
        stop(t);
    } else if (!t->over && now() >= t->until) {
        stop(t);
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

/* Trains all of the rung that there is time for. */
static int run_rung(struct tune *t, struct err *err)
{
    struct err ignored; /* what follows the first mistake */
    int result = 0;

    t->next = t->next_fold = 0;
    for (int i = 0; i < t->entered; i++)
        t->ranked[i]->done = 0;
    progress_begin(t->model, "trainings", 0);
    for (;;) {
        bool any = false;

        for (int i = 0; i < t->lanes && result == 0 && t->used < t->lanes; i++) {
            struct running *r = &t->running[i];

            if (r->pid || !next_training(t, &r->candidate, &r->fold))
                continue;
            r->threads = threads_for(t);
            result = start(t, r, err);
        }
        for (int i = 0; i < t->lanes; i++)
            any |= t->running[i].pid != 0;
        progress_share(t->ended, (now() - t->begin) / (t->until - t->begin));
        if (!any)
            break;
        if (result && !t->over)
            stop(t);
        if (wait_for_one(t, result ? &ignored : err))
            result = -1;
    }
    progress_end();
    return result;
}

/* Removes the states of those that do not go on: their figures stay in the record. */
static void drop(struct tune *t, int from, int to)
{
    for (int i = from; i < to; i++)
        for (int fold = 1; fold <= t->halving.folds; fold++)
            remove_of(t, training_name(t, t->ranked[i], fold));
}

static int run_rungs(struct tune *t, struct err *err)
{
    t->entered = 0;
    for (t->rung = 0; t->rung < t->halving.rungs && !t->over; t->rung++) {
        int through = 0, before = t->entered;

        if (run_rung(t, err))
            return -1;
        before = t->rung == 0 ? t->count : before;
        candidates_rank(t->ranked, t->count);
        while (through < t->count && !t->ranked[through]->failed &&
               t->ranked[through]->rung == t->rung)
            through++;
        if (through == 0 || t->over)
            break;
        t->entered = candidates_go_on(t->ranked, through);
        if (t->rung + 1 < t->halving.rungs) {
            say("%s: of %d after %d epoch%s on %d fold%s the best has %.2f %%; %d go on", t->model,
                through, halving_epochs(&t->halving, t->rung, t->candidates[0].epochs),
                plural(halving_epochs(&t->halving, t->rung, t->candidates[0].epochs)),
                halving_folds(&t->halving, t->rung), plural(halving_folds(&t->halving, t->rung)),
                100 * t->ranked[0]->accuracy, t->entered);
            drop(t, t->entered, before);
        }
    }
    if (!t->over)
        drop(t, 0, t->count);
    return t->pool->failed ? err_memory(err, "the tuning", 0) : 0;
}

/* ---- Results ---- */

static void print_row(const struct tune *t, const struct candidate *c, int rank)
{
    const int rung = c->rung;
    char spread[24] = "", trained[32];

    if (!isnan(c->spread))
        snprintf(spread, sizeof spread, "+- %.2f", 100 * c->spread);
    snprintf(trained, sizeof trained, "%d x %d", halving_epochs(&t->halving, rung, c->epochs),
             halving_folds(&t->halving, rung));
    print_line("%4d  %6.2f %-7s  %6.4f  %6s  %6.1f  %s", rank, 100 * c->accuracy, spread, c->loss,
               trained, c->seconds, c->number ? t->texts[c->number] : "as it is");
}

/* Prints the best, the model as it is, and what failed. */
static void print_table(const struct tune *t)
{
    int failed = 0;

    print_line("      accuracy and    loss    epochs");
    print_line("rank  its spread, %%           x folds  seconds  options of %s", t->model);
    for (int i = 0; i < t->count; i++) {
        const struct candidate *c = t->ranked[i];

        if (!c->failed && c->rung >= 0 && (i < SHOWN || c->number == 0))
            print_row(t, c, i + 1);
    }
    for (int i = 0; i < t->count; i++)
        if (t->candidates[i].failed && ++failed <= FAILED_SHOWN)
            print_line("failed: %s: %s", t->texts[i], t->reasons[i]);
    if (failed > FAILED_SHOWN)
        print_line("and %d more failed", failed - FAILED_SHOWN);
}

/* Says how far the best is ahead of the model as it is, where both came to the end. */
static void print_ahead(const struct tune *t, const struct candidate *best)
{
    const struct candidate *as_it_is = &t->candidates[0];
    const int last = t->halving.rungs - 1, folds = t->halving.folds;
    double ahead, error;

    if (best == as_it_is) {
        print_line("Nothing that was tried is better than %s.fit as it is", t->model);
    } else if (best->rung == last && as_it_is->rung == last && !as_it_is->failed && folds > 1) {
        ahead = candidate_ahead(best, as_it_is, folds, &error);
        print_line("It is %.2f +- %.2f %% ahead of %s.fit as it is, by the same folds%s",
                   100 * ahead, 100 * error, t->model,
                   ahead < 2 * error ? ": that may be chance" : "");
    }
}

/* Writes option words to a recipe, --recipe replaced by what is in it, letters by names; none of
 * those that `after` has too. */
static void add_to_recipe(struct tune *t, const struct words *words, const struct words *after,
                          struct strbuf *text)
{
    static const char *const names[][2] = {{"-a", "--arch"}, {"-e", "--epochs"}, {"-s", "--seed"}};

    for (int i = 0; i < words->count; i++) {
        const char *word = words->list[i], *value;
        const int recipe = words_option(words, i, "--recipe", 0, &value);
        struct recipe own = {0};
        struct err ignored;

        for (int n = 0; n < 3; n++)
            if (strcmp(word, names[n][0]) == 0)
                word = names[n][1];
        if (recipe && recipe_find(&own, value, &ignored) == 0) {
            const struct words options = {(const char **)own.option, own.options, own.options};

            add_to_recipe(t, &options, after, text);
            if (own.description[0] && !words_have(after, "--arch"))
                strbuf_printf(text, "\n--arch %s", shell_word(own.description, t->pool));
            i += recipe - 1;
        } else if (begins_with(word, "--") && words_have(after, word)) {
            while (i + 1 < words->count && words->list[i + 1][0] != '-')
                i++;
        } else {
            strbuf_printf(text, "%s%s", begins_with(word, "--") ? "\n" : " ",
                          shell_word(word, t->pool));
        }
        recipe_free(&own);
    }
}

static int write_recipe(struct tune *t, const char *path, struct err *err)
{
    const struct candidate *best = t->ranked[0];
    struct strbuf text = {0};
    struct output *out = NULL;
    int result;

    strbuf_printf(&text,
                  "# By make tune: the best of %d, %.2f %% after %d epochs on %d folds; chosen by "
                  "that, so it flatters.",
                  t->count - t->failures, 100 * best->accuracy,
                  halving_epochs(&t->halving, best->rung, best->epochs),
                  halving_folds(&t->halving, best->rung));
    add_to_recipe(t, &t->base, &t->drawn[best->number], &text);
    add_to_recipe(t, &t->drawn[best->number], &(struct words){0}, &text);
    strbuf_puts(&text, "\n");
    result = text.failed || t->pool->failed ? err_memory(err, "the recipe", 0)
                                            : output_open(&out, path, err);
    if (result == 0 &&
        (output_write(out, text.text, text.size, err) || output_commit(out, NULL, err)))
        result = -1;
    output_close(out);
    strbuf_free(&text);
    return result;
}

static int conclude(struct tune *t, const char *recipe, struct err *err)
{
    const struct candidate *best = t->ranked[0];

    candidates_rank(t->ranked, t->count);
    best = t->ranked[0];
    if (t->count == 0 || best->failed || best->rung < 0)
        return err_set(err, EX_TEMPFAIL,
                       "WITHIN: %.0f seconds are not enough for epoch %d of %s on a fold; what was "
                       "trained is kept, so make tune goes on from there",
                       fmax(0, t->until - t->begin), halving_epochs(&t->halving, 0, t->candidates[0].epochs),
                       t->model);
    print_table(t);
    print_line(
        "%s: %d tried in %.0f s. The best is so by the rows that chose it: expect a little less",
        t->model, t->count - t->failures, now() - t->begin);
    print_ahead(t, best);
    if (t->chain->val[0] && !t->chain->val_csv[0])
        print_line("The rows of VAL had no part in it: make scores, with this, tells by them");
    if (best->rung + 1 < t->halving.rungs)
        print_line("The time ended before the last epochs: make tune again goes on from here");
    if (write_recipe(t, recipe, err))
        return -1;
    print_line("%s.fit = --recipe %s", t->model, recipe);
    return 0;
}

/* ---- All of it ---- */

static void watch_signals(struct tune *t)
{
    static const int signals[] = {SIGCHLD, SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2, SIGXCPU};

    sigemptyset(&t->signals);
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        sigaddset(&t->signals, signals[i]);
    sigprocmask(SIG_BLOCK, &t->signals, &t->before);
}

static int digest_of(struct tune *t, struct err *err)
{
    struct tensor_file *file = NULL;

    if (tensor_file_open(&file, t->data, NULL, "data", err))
        return -1;
    t->data_digest = pool_text(t->pool, "%s", tensor_file_digest(file));
    tensor_file_close(file);
    return 0;
}

static int open_tune(struct tune *t, const char *tried, struct err *err)
{
    const char *name = pool_text(t->pool, "%s.try", t->model);

    if (space_parse(&t->space, name, tried, t->pool, err) || digest_of(t, err))
        return -1;
    t->halving =
        halving_new(options_epochs(&t->base), t->chain->folds ? (int)t->chain->folds : FOLDS);
    t->candidates = pool_alloc(t->pool, CANDIDATES_MOST * sizeof *t->candidates);
    t->drawn = pool_alloc(t->pool, CANDIDATES_MOST * sizeof *t->drawn);
    t->texts = pool_alloc(t->pool, CANDIDATES_MOST * sizeof *t->texts);
    t->reasons = pool_alloc(t->pool, CANDIDATES_MOST * sizeof *t->reasons);
    t->ranked = pool_alloc(t->pool, CANDIDATES_MOST * sizeof *t->ranked);
    t->running = pool_alloc(t->pool, (size_t)t->lanes * sizeof *t->running);
    t->record = tried_read(t->record_path);
    return t->pool->failed || !t->record ? err_memory(err, "the tuning", 0) : 0;
}

static int tune_model(struct chain *c, const char *model, const char *options, const char *tried,
                      double until, int *caught, struct err *err)
{
    struct tune t = {.chain = c,
                     .pool = &c->pool,
                     .model = model,
                     .data = c->fitted,
                     .folder = pool_text(&c->pool, "%s/tune", c->out),
                     .base = shell_words_of(options, &c->pool),
                     .seed = c->seed[0] ? strtoull(c->seed, NULL, 10) : 1,
                     .begin = now(),
                     .until = until,
                     .lanes = (int)common.threads};
    const char *recipe = pool_text(&c->pool, "%s/%s.recipe", t.folder, model);
    int result;

    t.record_path = pool_text(&c->pool, "%s/tried.jsonl", t.folder);
    if (mkdir(t.folder, 0777) && errno != EEXIST)
        return err_set(err, EX_CANTCREAT, "%s: cannot be made: %s", t.folder, strerror(errno));
    if (hold_outputs(&recipe, 1))
        return err_set(err, EX_TEMPFAIL, "%s is being made", recipe);
    watch_signals(&t);
    result = open_tune(&t, tried, err);
    if (result == 0)
        result = run_rungs(&t, err);
    sigprocmask(SIG_SETMASK, &t.before, NULL);
    *caught = t.caught;
    if (result == 0 && !t.caught)
        result = conclude(&t, recipe, err);
    else if (t.caught)
        say("%s: interrupted; make tune goes on from here", t.model);
    json_decref(t.record);
    return result;
}

/* Tunes a model of its own where none has what to try. */
static int tune_auto(struct chain *c, double until, int *caught, struct err *err)
{
    const char *options, *tried;

    if (auto_space(c->fitted, &options, &tried, &c->pool, err) ||
        tune_model(c, "auto", options, tried, until - END, caught, err))
        return -1;
    if (!*caught)
        print_line("MODELS   = auto");
    return *caught ? -1 : 0;
}

int tune_models(struct chain *c, double until, int *caught, struct err *err)
{
    int left = 0;

    *caught = 0;
    for (int m = 0; m < c->model_count; m++)
        left += c->models[m].tried[0] != 0;
    if (left == 0)
        return tune_auto(c, until, caught, err);
    for (int m = 0; m < c->model_count; m++)
        if (c->models[m].tried[0]) {
            const double begin = now();

            if (tune_model(c, c->models[m].name, c->models[m].options, c->models[m].tried,
                           begin + (until - END - begin) / left--, caught, err) ||
                *caught)
                return -1;
        }
    return 0;
}
