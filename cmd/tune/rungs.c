/* Draws candidates as long as there is time for them, and trains them rung by rung. */
#include "private.h"

#include "cmd/cli/progress.h"
#include "cmd/cli/say.h"

#include <math.h>
#include <string.h>

enum { DRAWS = 200 };
/* How much longer than expected the rungs may take. */
static const double SLOWER = 1.1;
/* As many failures more than successes, and no more is drawn. */
enum { FAILURES = 10 };

/* ---- Candidates ---- */

static const char *options_text(const struct words *words, struct pool *pool)
{
    struct words quoted = {0};

    for (int i = 0; i < words->count; i++)
        words_add(&quoted, pool, shell_word(words->list[i], pool));
    return words_text(&quoted, pool);
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
    struct words drawn = {0}, ends = {0}, all = t->base;

    for (int i = 0; i < DRAWS && t->count > 0; i++) {
        ends = (struct words){0};
        drawn = space_draw(&t->space, t->seed, t->draws++, &ends, t->pool);
        if (is_new(t, options_text(&drawn, t->pool)))
            break;
        t->drawn_all = i + 1 == DRAWS;
    }
    if (t->drawn_all || t->pool->failed)
        return;
    all.room = all.count; /* so that adding copies */
    words_add_all(&all, t->pool, &drawn);
    *c = (struct candidate){.number = t->count, .rung = -1, .epochs = options_epochs(&all)};
    for (int rung = 0; rung < RUNGS_MOST; rung++)
        c->judged[rung] = NAN;
    t->drawn[t->count] = drawn;
    t->ends[t->count] = ends;
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
                if (c->trained > 0 && !training_is_known(t, c, rung, fold, &tried))
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
    if (t->count == 1 || training_is_known(t, &t->candidates[before], 0, 1, &tried) || is_time(t))
        return true;
    draw_back(t, draws);
    return false;
}

/* ---- A rung ---- */

/* Returns the seconds of one process that a training takes from now on; 0: it is known. */
static double seconds_left(struct tune *t, const struct candidate *c, int fold)
{
    const struct running *r = t->running;
    struct tried tried;
    double seconds;

    if (training_is_known(t, c, t->rung, fold, &tried))
        return 0;
    seconds = halving_epochs(&t->halving, t->rung, c->epochs) * c->seconds / c->trained;
    for (int i = 0; i < t->lanes; i++)
        if (r[i].pid && r[i].candidate == c && r[i].fold == fold)
            seconds -= r[i].from * c->seconds / c->trained + now() - r[i].begin;
    return fmax(seconds, 0);
}

/* On the last rung: calls the best of those left behind back, if there is time for it too. */
static bool call_back_if_time(struct tune *t)
{
    double seconds = 0;

    if (t->rung == 0 || t->rung + 1 < t->halving.rungs || t->entered == t->count ||
        t->ranked[t->entered]->failed || t->ranked[t->entered]->rung < 0)
        return false;
    for (int i = 0; i <= t->entered; i++)
        for (int fold = 1; fold <= t->halving.folds && !t->ranked[i]->failed; fold++)
            seconds += seconds_left(t, t->ranked[i], fold);
    if (seconds > 0 && now() + SLOWER * seconds / t->lanes >= t->until)
        return false;
    t->ranked[t->entered++]->done = 0;
    t->called_back++;
    return true;
}

/* Finds the next training of the rung that is not known yet; the candidates that are known on all
 * its folds come through it. */
static bool next_training(struct tune *t, struct candidate **candidate, int *fold)
{
    const int folds = halving_folds(&t->halving, t->rung);

    while (!t->over) {
        struct candidate *c;

        if (t->rung == 0 && t->next == t->count && draw_if_time(t))
            t->entered = t->count;
        if (t->next == t->entered && !call_back_if_time(t))
            return false;
        c = t->rung == 0 ? &t->candidates[t->next] : t->ranked[t->next];
        *fold = ++t->next_fold;
        if (t->next_fold == folds) {
            t->next++;
            t->next_fold = 0;
        }
        *candidate = c;
        if (!c->failed && !training_take_known(t, c, *fold))
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

    if (t->launcher[0])
        return 1;
    return free / (left < 1 ? 1 : left < free ? left : free);
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
            result = training_start(t, r, err);
        }
        for (int i = 0; i < t->lanes; i++)
            any |= t->running[i].pid != 0;
        progress_share(t->ended, (now() - t->begin) / (t->until - t->begin));
        if (!any)
            break;
        if (result && !t->over)
            trainings_stop(t);
        if (trainings_wait(t, result ? &ignored : err))
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
            training_drop(t, t->ranked[i], fold);
}

int rungs_run(struct tune *t, struct err *err)
{
    t->entered = 0;
    for (t->rung = 0; t->rung < t->halving.rungs && !t->over; t->rung++) {
        char text[RANKED_TEXT];
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
            say("%s: of %d after %d epoch%s on %d fold%s the best has %s; %d go on", t->model,
                through, halving_epochs(&t->halving, t->rung, t->candidates[0].epochs),
                plural(halving_epochs(&t->halving, t->rung, t->candidates[0].epochs)),
                halving_folds(&t->halving, t->rung), plural(halving_folds(&t->halving, t->rung)),
                ranked_text(t, t->ranked[0]->score, text), t->entered);
            drop(t, t->entered, before);
        }
    }
    if (t->called_back > 0)
        say("%s: with the time left %d of those left behind went on to the end too", t->model,
            t->called_back);
    if (!t->over)
        drop(t, 0, t->count);
    return t->pool->failed ? err_memory(err, "the tuning", 0) : 0;
}
