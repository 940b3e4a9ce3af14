/* Reports of a run: lines on standard error, and the history. */
#include "fit_log.h"
#include "pipeline/base/figures.h"
#include "pipeline/base/json.h"
#include "pipeline/fit/validation.h"

#include "cmd/cli/progress.h"
#include "cmd/cli/say.h"

#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Step events in an epoch without --log-every; and how many events of steps and evaluations a
 * checkpoint keeps at most. */
enum { STEP_EVENTS = 20, KEPT_EVENTS = 4000 };

int fit_log_interval(struct fit_log *log, const char *text)
{
    char *end;
    double number;

    errno = 0;
    number = strtod(text, &end);
    if (end == text || errno || !(number > 0 && number < 1e9))
        return -1;
    if (strcmp(end, "s") == 0)
        log->every_seconds = number;
    else if (*end == 0 && number == (double)(int64_t)number)
        log->every_steps = (int64_t)number;
    else
        return -1;
    return 0;
}

/* Takes the reference to `event`. */
static int write_event(struct fit_log *log, json_t *event, struct err *err)
{
    char *text = NULL;
    int result = 0;

    if (!event)
        return err_memory(err, "the history", 0);
    if (log->history) {
        text = json_text(event, JSON_COMPACT | JSON_REAL_PRECISION(9));
        result = text ? output_printf(log->history, err, "%s\n", text)
                      : err_memory(err, "the history", 0);
    }
    free(text);
    json_decref(event);
    return result;
}

/* Writes an event, and keeps it for a checkpoint if there are fewer than `most`. Takes the
 * reference to `event`. */
static int add_event(struct fit_log *log, json_t *event, size_t most, struct err *err)
{
    if (event && log->events && json_array_size(log->events) < most &&
        json_array_append(log->events, event)) {
        json_decref(event);
        return err_memory(err, "the history", 0);
    }
    return write_event(log, event, err);
}

void fit_log_note_options(struct fit_log *log, const char *interval, int64_t eval_every)
{
    snprintf(log->log_options, sizeof log->log_options, "log %.20s, eval-every %lld",
             interval ? interval : "0", (long long)eval_every);
}

static int write_rates(struct fit_log *log, const struct rate_test *rates, struct err *err)
{
    json_t *event = rate_test_json(rates);

    if (event)
        json_object_set_new(event, "event", json_string("rates"));
    return write_event(log, event, err);
}

int fit_log_start(struct fit_log *log, const struct training *training,
                  const struct rate_test *rates, double seconds, struct err *err)
{
    json_t *event;
    size_t i;

    if (write_event(log,
                    json_pack("{s:s, s:s, s:O, s:I, s:I, s:o, s:s, s:f}", "event", "start",
                              "architecture", nn_network_description(training->model.net),
                              "settings", training->model.settings, "rows",
                              (json_int_t)training->data.n, "epoch_steps", (json_int_t)log->steps,
                              "validation", validation_json(training), "log_options",
                              log->log_options, "seconds", seconds),
                    err))
        return -1;
    if (rates->count > 0 && write_rates(log, rates, err))
        return -1;
    json_array_foreach(log->events, i, event)
    {
        if (write_event(log, json_incref(event), err))
            return -1;
    }
    return 0;
}

/* Writes the last event. Takes the reference to it. */
static int write_end(struct fit_log *log, json_t *event, const char *trouble, struct err *err)
{
    if (event && *trouble)
        json_object_set_new(event, "trouble", json_string(trouble));
    return write_event(log, event, err);
}

int fit_log_finished(struct fit_log *log, const struct training *training, const char *model,
                     struct err *err)
{
    json_t *epoch;
    size_t i;

    if (write_event(log,
                    json_pack("{s:s, s:s, s:O, s:I, s:I, s:s}", "event", "start", "architecture",
                              nn_network_description(training->model.net), "settings",
                              training->model.settings, "rows", (json_int_t)training->data.n,
                              "epoch_steps", (json_int_t)log->steps, "log_options",
                              log->log_options),
                    err))
        return -1;
    json_array_foreach(training->model.epochs, i, epoch)
    {
        json_t *event = json_pack("{s:s}", "event", "epoch");

        json_object_update(event, epoch);
        if (write_event(log, event, err))
            return -1;
    }
    return write_end(log, json_pack("{s:s, s:s}", "event", "end", "model", model),
                     training->model.trouble, err);
}

int fit_log_end(struct fit_log *log, const char *model, double seconds, const char *trouble,
                struct err *err)
{
    return write_end(
        log, json_pack("{s:s, s:s, s:f}", "event", "end", "model", model, "seconds", seconds),
        trouble, err);
}

void fit_log_begin_epoch(struct fit_log *log, const struct nn_progress *progress, int64_t rows)
{
    snprintf(log->what, sizeof log->what, "epoch %d/%d,", progress->epoch, log->epochs);
    if (log->begin == 0)
        progress_begin(log->what, "images", log->by_clock ? 0 : rows * log->epochs);
    log->earlier = rows * (progress->epoch - 1);
    log->first_row = progress->rows;
    log->reported = *progress;
    log->begin = log->last_line = now();
    log->evaluating = 0;
}

void fit_log_scoring(struct fit_log *log, const struct nn_progress *p)
{
    snprintf(log->what, sizeof log->what, "epoch %d/%d, scoring,", p->epoch, log->epochs);
    progress_share(log->earlier + p->rows, log->share);
    snprintf(log->what, sizeof log->what, "epoch %d/%d,", p->epoch, log->epochs);
}

/* Returns the mean loss, 0 as long as no row has a weight. */
static double mean_loss(const struct nn_progress *p)
{
    return p->weight > 0 ? p->loss / p->weight : 0;
}

static double accuracy(const struct nn_progress *p)
{
    return (double)p->correct / (double)p->rows;
}

/* Returns the images per second of the epoch so far, evaluation left out. */
static double rate(const struct fit_log *log, const struct nn_progress *p)
{
    const double seconds = now() - log->begin - log->evaluating;

    return seconds > 0 ? (double)(p->rows - log->first_row) / seconds : 0;
}

static bool line_is_due(const struct fit_log *log, const struct nn_progress *p)
{
    return (log->every_steps && p->step % log->every_steps == 0) ||
           (log->every_seconds > 0 && now() - log->last_line >= log->every_seconds);
}

static bool event_is_due(const struct fit_log *log, const struct nn_progress *p)
{
    const int64_t stride = (log->steps + STEP_EVENTS - 1) / STEP_EVENTS;

    return log->history && !log->every_steps && log->every_seconds == 0 && p->step % stride == 0;
}

bool fit_log_due(struct fit_log *log, const struct nn_progress *p)
{
    log->line_due = line_is_due(log, p);
    log->due = log->line_due || event_is_due(log, p);
    return log->due;
}

int fit_log_step(struct fit_log *log, const struct nn_progress *p, struct err *err)
{
    struct nn_progress since = *p;
    char loss[LOSS_TEXT], share[SHARE_TEXT];

    progress_share(log->earlier + p->rows, log->share);
    if (!log->due)
        return 0;
    since.rows -= log->reported.rows;
    since.loss -= log->reported.loss;
    since.weight -= log->reported.weight;
    since.correct -= log->reported.correct;
    log->reported = *p;
    log->last_line = now();
    if (log->line_due)
        say_folded("epoch %d/%d, step %lld/%lld: loss %s, %s %%; lr %.3g, %.0f/s", p->epoch,
                   log->epochs, (long long)p->step, (long long)log->steps,
                   loss_text(mean_loss(&since), loss), percent_text(accuracy(&since), 2, share),
                   p->lr, rate(log, p));
    return add_event(log,
                     json_pack("{s:s, s:i, s:I, s:f, s:f, s:f, s:f}", "event", "step", "epoch",
                               p->epoch, "step", (json_int_t)p->step, "loss", mean_loss(&since),
                               "accuracy", accuracy(&since), "lr", p->lr, "images_per_second",
                               rate(log, p)),
                     KEPT_EVENTS, err);
}

json_t *fit_score_json(const struct nn_score *score, enum keep keep, double figure)
{
    json_t *json = json_pack("{s:f, s:f}", "loss", score->loss / (double)score->rows, "accuracy",
                             (double)score->correct / (double)score->rows);

    if (keep >= KEEP_MACRO_F1 && keep <= KEEP_AUC)
        json_object_set_new(json, keep_figures[keep].key, json_real_or_null(figure));
    return json;
}

/* Appends loss and accuracy, "val 0.0637, 97.98 %; test ...", after `first` if there are any; where
 * --keep goes by another figure, that too. */
static void add_scores(struct strbuf *text, const char *first, const json_t *scores)
{
    const char *name, *before = first;
    json_t *score;

    json_object_foreach((json_t *)scores, name, score)
    {
        char loss[LOSS_TEXT], share[SHARE_TEXT];

        strbuf_printf(text, "%s%s %s, %s %%", before, name,
                      loss_text(json_real_value(json_object_get(score, "loss")), loss),
                      percent_text(json_real_value(json_object_get(score, "accuracy")), 2, share));
        for (int k = KEEP_MACRO_F1; k < KEEPS; k++) {
            const double figure = json_number(score, keep_figures[k].key);

            if (!isnan(figure))
                strbuf_printf(text, ", %s %.4f", keep_figures[k].name, figure);
        }
        before = "; ";
    }
}

int fit_log_evaluation(struct fit_log *log, const struct nn_progress *p, json_t *scores,
                       struct err *err)
{
    struct strbuf text = {0};

    add_scores(&text, "", scores);
    say_folded("epoch %d/%d, step %lld/%lld: %s", p->epoch, log->epochs, (long long)p->step,
               (long long)log->steps, strbuf_shown(&text));
    strbuf_free(&text);
    return add_event(log,
                     json_pack("{s:s, s:i, s:I, s:o}", "event", "eval", "epoch", p->epoch, "step",
                               (json_int_t)p->step, "scores", scores),
                     KEPT_EVENTS, err);
}

int fit_log_epoch(struct fit_log *log, const struct nn_progress *p, json_t *scores, json_t **kept,
                  struct err *err)
{
    const double images_per_second = rate(log, p);
    char loss[LOSS_TEXT], share[SHARE_TEXT];
    struct strbuf text = {0};
    json_t *event;

    add_scores(&text, "; ", scores);
    say_folded("epoch %d/%d: loss %s, %s %%%s; lr %.3g, %.0f/s", p->epoch, log->epochs,
               loss_text(mean_loss(p), loss), percent_text(accuracy(p), 2, share),
               strbuf_shown(&text), p->lr, images_per_second);
    strbuf_free(&text);
    *kept = json_pack("{s:i, s:f, s:f, s:f, s:o}", "epoch", p->epoch, "lr", p->lr, "loss",
                      mean_loss(p), "accuracy", accuracy(p), "scores", scores);
    event = json_pack("{s:s, s:f, s:f}", "event", "epoch", "images_per_second", images_per_second,
                      "seconds", now() - log->begin);
    if (!*kept || !event || json_object_update(event, *kept)) {
        json_decref(event);
        return err_memory(err, "the history", 0);
    }
    return add_event(log, event, SIZE_MAX, err);
}
