/* Shares WITHIN out: how long a fit may take that begins now. */
#include "chain.h"

#include "pipeline/base/json.h"
#include "pipeline/fit/history.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* What is kept for predictions and the submission where it is not known what they take, and how
 * much more than last time they may take. */
static const double RESERVE = 0.08, SLOWER = 1.5;
/* Least share of a fit that took next to nothing, next to an equal one. */
static const double LEAST = 0.25;
/* Time that make itself takes for a stage. */
static const double STAGE = 0.1;

static double seconds_of(struct timespec time)
{
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* ---- When the rules are written ---- */

double stage_seconds(struct chain *c, const struct stage *stage)
{
    struct inputs inputs = {0};
    struct history history;
    struct err err;
    double seconds = stage->note.took;

    if (stage->fit &&
        history_read(&history, pool_text(&c->pool, "%s.history.jsonl", stage->fit->path), &inputs,
                     &err) == 0) {
        seconds = json_number(history.end, "seconds");
        history_free(&history);
    }
    inputs_free(&inputs);
    return seconds;
}

/* Returns what a model's last fits took, the mean of those that are known; 0: none is. */
static double model_seconds(struct chain *c, const struct chain_model *model)
{
    double sum = 0;
    int count = 0;

    for (int i = 0; i < c->stage_count; i++) {
        const struct stage *stage = &c->stages[i];
        const double seconds =
            stage->fit && stage->fit->model == model ? stage_seconds(c, stage) : 0;

        if (seconds > 0) {
            sum += seconds;
            count++;
        }
    }
    return count ? sum / count : 0;
}

/* Finds weights of the models by what they took; where that is not known, by their work, at the
 * rate of those of which it is. */
static void find_weights(struct chain *c, double *weights, double *work)
{
    double seconds = 0, worked = 0, rate;

    models_work(c, work);
    for (int m = 0; m < c->model_count; m++) {
        weights[m] = model_seconds(c, &c->models[m]);
        if (weights[m] > 0 && work[m] > 0) {
            seconds += weights[m];
            worked += work[m];
        }
    }
    rate = worked > 0 ? seconds / worked : 1;
    for (int m = 0; m < c->model_count; m++)
        if (!(weights[m] > 0))
            weights[m] = work[m] * rate;
}

/* Returns the seconds to keep for the stages that come after the fits. */
static double reserve(const struct chain *c)
{
    double sum = 0;

    for (int i = 0; i < c->stage_count; i++) {
        const struct stage *stage = &c->stages[i];

        if (stage->fit || stage->due == NOT_DUE || stage->aside)
            continue;
        sum += STAGE;
        if (strcmp(stage->program, "predict") == 0)
            sum += stage->note.took > 0 ? SLOWER * stage->note.took : RESERVE * c->within / 2;
    }
    return sum;
}

const char *chain_due_fits(struct chain *c)
{
    double *weights = pool_alloc(&c->pool, 2 * ((size_t)c->model_count + 1) * sizeof *weights);
    const char *text;
    struct timespec now;
    int due = 0;

    for (int i = 0; i < c->stage_count; i++)
        due += c->stages[i].fit && c->stages[i].due != NOT_DUE;
    if (!weights || (due < 2 && !(c->within > 0)))
        return "";
    clock_gettime(CLOCK_REALTIME, &now);
    text = pool_text(&c->pool, "%.3f %.1f", seconds_of(now), reserve(c));
    find_weights(c, weights, weights + c->model_count);
    for (int i = 0; i < c->stage_count; i++) {
        const struct stage *stage = &c->stages[i];

        if (stage->fit && stage->due != NOT_DUE)
            text = pool_text(&c->pool, "%s %.3g %s", text, weights[stage->fit->model - c->models],
                             stage->params);
    }
    return text;
}

/* ---- When a fit begins ---- */

bool fit_has_ended(const char *note, double began)
{
    const struct file_state state = file_state(note);

    return state.size >= 0 && seconds_of(state.modified) >= began;
}

int time_left(const char *text, const char *note, double now, double *seconds, struct err *err)
{
    struct pool pool = {NULL, false};
    const struct words words = words_of(text, &pool);
    double until, began, kept, lanes, share, mine = 0, all = 0;
    int count = 1, result = -1;

    if (pool.failed || words.count < 4) {
        err_set(err, EX_USAGE, "--time-left %s: not as chain writes it", text);
        goto out;
    }
    until = strtod(words.list[0], NULL);
    began = strtod(words.list[2], NULL);
    kept = strtod(words.list[3], NULL);
    for (int i = 4; i + 1 < words.count; i += 2) {
        const double weight = strtod(words.list[i], NULL);

        if (strcmp(words.list[i + 1], note) == 0)
            mine = weight;
        else if (!fit_has_ended(words.list[i + 1], began)) {
            all += weight;
            count++;
        }
    }
    mine = mine > 0 ? mine : 1;
    all += mine;
    lanes = strcmp(words.list[1], "all") == 0 ? count : fmax(strtod(words.list[1], NULL), 1);
    share = fmin(fmax(mine * lanes / all, LEAST * lanes / count), 1);
    *seconds = fmax((until - now - kept) * (count <= lanes ? 1 : share) - STAGE, 0.1);
    result = 0;
out:
    pool_free(&pool);
    return result;
}
