/* fit: trains a network on labelled data and writes the model. */
#include "cmd/cli/choose_kernels.h"
#include "cmd/cli/device.h"
#include "cmd/cli/hold.h"
#include "cmd/cli/if_changed.h"
#include "cmd/cli/kept.h"
#include "cmd/cli/options.h"
#include "cmd/cli/progress.h"
#include "cmd/cli/say.h"
#include "cmd/fit/fit_log.h"
#include "cmd/fit/fit_members.h"
#include "cmd/fit/fit_options.h"
#include "cmd/fit/fit_plan.h"
#include "cmd/fit/fit_rate.h"
#include "cmd/fit/fit_resume.h"
#include "cmd/fit/fit_settings.h"
#include "cmd/fit/fit_shares.h"
#include "cmd/fit/fit_signals.h"
#include "cmd/fit/fit_team.h"
#include "cmd/fit/fit_threads.h"
#include "cmd/fit/fit_within.h"
#include "pipeline/base/json.h"
#include "pipeline/fit/checkpoint.h"
#include "pipeline/fit/history.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CHECKPOINT_SECONDS = 10 };       /* between two savings: a write and a flush to disk each */
static const double NOTE_SECONDS = 0.5; /* between two notes of how far this and others are */

struct run {
    const struct nn_team *team; /* NULL: this process is alone; else the first one leads */
    bool leads, together;       /* it does; all end alike */
    struct fit_options options;
    struct training training;
    struct rate_test rates; /* count 0: --lr has a number */
    struct fit_log log;
    struct fit_within within;
    struct fit_shares shares;
    struct tensor_writer *writer;
    struct nn_score *scores;   /* [training.scored_count] */
    struct all_fits *all_fits; /* NULL: make has no other to do, or there is no make */
    int64_t first_step;        /* of this process: above 0 after --resume */
    double begin, saved, noted;
    double earlier;       /* seconds of the processes from whose checkpoint this one resumes */
    double start_seconds; /* until the first batch could begin */
    bool finished;        /* the model was there, or kept, before this run */
    bool summary_missing; /* and the file of --json was not */
    bool unsaved;         /* the last saving of the checkpoint failed */
    bool stopped;         /* by a signal; the checkpoint is written if --checkpoint names one */
    bool paused;          /* by --pause-after, in the checkpoint */
};

/* ---- Training ---- */

static int64_t steps_done(const struct run *run)
{
    const struct nn_progress *p = nn_trainer_progress(run->training.trainer);

    return p->epoch > 0 ? (p->epoch - 1) * run->log.steps + p->step : 0;
}

/* Fails as all processes fail here, of which the first one says why; but of memory each has its
 * own. */
static int fail_alike(struct run *run, struct err *err)
{
    if (err->status != EX_DATAERR)
        return -1;
    run->together = true;
    if (!run->leads)
        err->text[0] = 0;
    return -1;
}

/* Returns the scores as JSON by name; NULL: err is set. */
static json_t *score(struct run *run, struct err *err)
{
    json_t *scores;
    const double begin = now();
    int failed = 0;

    if (run->training.scored_count > 0)
        fit_log_scoring(&run->log, nn_trainer_progress(run->training.trainer));
    if (training_score(&run->training, run->scores, err)) {
        fail_alike(run, err);
        return NULL;
    }
    run->log.evaluating += now() - begin;
    fit_within_scored(&run->within, now() - begin);
    scores = json_object();
    for (int i = 0; i < run->training.scored_count; i++)
        failed |= json_object_set_new(scores, run->training.scored[i].name,
                                      fit_score_json(&run->scores[i], run->training.settings.keep,
                                                     run->training.scored[i].figure));
    if (!failed && scores)
        return scores;
    json_decref(scores);
    err_memory(err, "the scores", 0);
    return NULL;
}

static int score_by_step(struct run *run, struct err *err)
{
    const struct nn_progress *progress = nn_trainer_progress(run->training.trainer);
    json_t *scores;

    if (!run->options.eval_every || steps_done(run) % run->options.eval_every)
        return 0;
    scores = score(run, err);
    return scores ? fit_log_evaluation(&run->log, progress, scores, err) : -1;
}

static double seconds_of(const struct run *run)
{
    return run->earlier + now() - run->begin;
}

/* Says once that a saving failed, and then that one succeeds again. */
static void note_saving(struct run *run, const struct err *failure)
{
    if (failure && !run->unsaved)
        warn("%s; training goes on, and saving is tried again", failure->text);
    else if (!failure && run->unsaved)
        say("%s: saved again", run->options.checkpoint);
    run->unsaved = failure != NULL;
    run->saved = now();
}

/* Saves the checkpoint: all processes gather it, the first one writes. */
static int save(struct run *run, struct err *err)
{
    nn_trainer_gather(run->training.trainer);
    nn_trainer_estimate(run->training.trainer); /* by all, so that saving finds it done */
    run->saved = now();
    if (!run->leads)
        return 0;
    if (json_object_set_new(run->training.log_state, "seconds", json_real(seconds_of(run))))
        return err_memory(err, "a checkpoint", 0);
    return checkpoint_save(&run->training, run->options.checkpoint, err);
}

/* Saves the checkpoint now and then, and when a signal came, to whichever process: then it has to
 * succeed, but in between a full disk ends no run. */
static int save_if_due(struct run *run, struct err *err)
{
    const char *path = run->options.checkpoint;
    const int due = fit_team_most(
        run->team, caught ? 1 + caught : path && now() - run->saved >= CHECKPOINT_SECONDS);
    struct err failure;
    bool failed;

    run->stopped = due > 1;
    if (run->stopped)
        caught = due - 1;
    if (run->stopped && !path)
        say("interrupted: no model is written, and without --checkpoint the work is lost");
    if (!path || !due)
        return 0;
    if (nn_trainer_settle(run->training.trainer)) {
        training_not_finite(&run->training, "the loss", err);
        return fail_alike(run, err);
    }
    failed = save(run, &failure) != 0;
    if (!run->leads)
        return 0;
    if (failed && run->stopped) {
        *err = failure;
        return -1;
    }
    note_saving(run, failed ? &failure : NULL);
    if (run->stopped)
        say("%s: saved; %s continues from here", path,
            run->options.restart && getenv("MAKELEVEL") ? "make" : "--resume");
    return 0;
}

/* Notes how much is done, for the progress line, and now and then for the others that run, and
 * looks how far these are. */
static void note_share(struct run *run)
{
    const struct nn_training *nn = &run->training.settings.nn;
    const int64_t at = steps_done(run), all = nn_training_steps(nn, at, run->log.steps);

    run->log.share = (double)(at - run->first_step) / (double)(all - run->first_step);
    fit_member_note(run->log.share);
    if (now() - run->noted < NOTE_SECONDS)
        return;
    run->noted = now();
    if (run->all_fits)
        all_fits_note(run->all_fits, (double)at / (double)all, seconds_of(run));
    fit_threads_take(run->training.pool, run->all_fits);
}

static int end_epoch(struct run *run, struct err *err)
{
    const struct nn_progress *progress = nn_trainer_progress(run->training.trainer);
    json_t *scores = score(run, err), *figures = NULL;
    int result = -1;

    if (!scores)
        return -1;
    if (fit_log_epoch(&run->log, progress, scores, &figures, err) == 0)
        result = training_end_epoch(&run->training, progress->epoch, figures, err);
    json_decref(figures);
    return result;
}

static void count_epochs(struct run *run)
{
    const struct training *t = &run->training;

    run->log.epochs = course_epochs(&t->settings.nn, nn_trainer_steps(t->trainer));
}

static int keep_within(struct run *run, struct err *err)
{
    const int result = fit_within_look(&run->within, &run->training, err);

    if (result > 0)
        count_epochs(run);
    return result < 0 ? -1 : 0;
}

/* Trains the rest of the current epoch: 1 to stop, 0 to go on, -1 error. */
static int train_epoch(struct run *run, struct err *err)
{
    struct nn_trainer *trainer = run->training.trainer;
    const struct nn_progress *progress = nn_trainer_progress(trainer);
    int got;

    fit_log_begin_epoch(&run->log, progress, run->training.data.n);
    while ((got = nn_trainer_step(trainer)) == 1) {
        note_share(run);
        if (fit_log_due(&run->log, progress) && (got = nn_trainer_settle(trainer)) < 0)
            break;
        if (fit_log_step(&run->log, progress, err) || score_by_step(run, err) ||
            keep_within(run, err) || save_if_due(run, err))
            return -1;
        if (run->stopped)
            return 1;
    }
    if (got == 0)
        return end_epoch(run, err);
    training_not_finite(&run->training, "the loss", err);
    return fail_alike(run, err);
}

/* Saves the checkpoint before the epoch that --pause-after has the run stop at. */
static int pause_before(struct run *run, int epoch, struct err *err)
{
    run->paused = true;
    if (save(run, err))
        return -1;
    say("%s: saved after epoch %d of %d; --resume continues from here", run->options.checkpoint,
        epoch - 1, run->log.epochs);
    return 0;
}

static int train(struct run *run, struct err *err)
{
    const int64_t pause = run->options.pause_after ? run->options.pause_after : INT_MAX;
    struct training *t = &run->training;
    int epoch = nn_trainer_progress(t->trainer)->epoch; /* 0, or that of the checkpoint */
    int result = 0;

    if (t->settings.nn.epochs == 0)
        return 0;
    if (epoch == 0) {
        nn_trainer_begin_epoch(t->trainer, epoch = 1);
        if (score_by_step(run, err))
            return -1;
    }
    while (epoch <= run->log.epochs && epoch <= pause && (result = train_epoch(run, err)) == 0)
        if (++epoch <= run->log.epochs)
            nn_trainer_begin_epoch(t->trainer, epoch);
    if (result == 0 && epoch > pause && epoch <= run->log.epochs)
        return pause_before(run, epoch, err);
    if (result == 1 && !run->stopped)
        say("no %s validation %s for %d epoch%s: stopped",
            keep_figures[t->settings.keep].higher ? "higher" : "lower",
            keep_figures[t->settings.keep].name, t->settings.patience,
            plural(t->settings.patience));
    return result < 0 ? -1 : 0;
}

/* ---- Beginning and end ---- */

/* Takes over the log of the checkpoint resumed from, or begins an empty one. */
static int keep_log(struct run *run, struct err *err)
{
    struct training *t = &run->training;
    const double seconds = json_number(t->log_state, "seconds");
    json_t *events = json_object_get(t->log_state, "events");

    if (!run->options.checkpoint)
        return 0;
    if (!isfinite(seconds) || !json_is_array(events)) {
        json_decref(t->log_state);
        t->log_state = json_pack("{s:f, s:[]}", "seconds", 0.0, "events");
    }
    run->earlier = json_number(t->log_state, "seconds");
    run->log.events = json_object_get(t->log_state, "events");
    return run->log.events ? 0 : err_memory(err, "a checkpoint", 0);
}

static int open_run(struct run *run, struct err *err)
{
    const struct fit_options *o = &run->options;
    struct training *t = &run->training;

    if ((run->leads && (tensor_writer_open(&run->writer, o->out, err) ||
                        (o->history && output_open(&run->log.history, o->history, err)) ||
                        (o->checkpoint && checkpoint_check(o->checkpoint, o->resume, err)))) ||
        (o->all_fits && all_fits_open(&run->all_fits, o->all_fits, err)) ||
        training_open(t, &o->settings, &o->files, fit_threads_most(run->all_fits), err) ||
        outputs_refuse_inputs(&t->inputs, err))
        return -1;
    nn_pool_limit(t->pool, (int)common.threads);
    run->log.steps = nn_trainer_steps(t->trainer);
    return 0;
}

/* Takes settings and epochs from the model, which is finished. */
static int read_finished(struct training *t, const char *path, struct err *err)
{
    struct tensor_file *file = NULL;
    int result = tensor_file_open(&file, path, NULL, "", err);

    if (result == 0) {
        json_decref(t->model.settings);
        json_decref(t->model.epochs);
        t->model.settings = tensor_file_meta_json(file, "settings", err);
        t->model.epochs = t->model.settings ? tensor_file_meta_json(file, "epochs", err) : NULL;
        model_read_trouble(&t->model, file);
        result = t->model.epochs ? 0 : -1;
    }
    tensor_file_close(file);
    return result;
}

/* Writes history and summary of a finished model by what it records, where they are missing. */
static int complete_records(struct run *run, struct err *err)
{
    const char *digest = tensor_writer_digest(run->writer);
    const bool history = !has_line_with(run->options.history, digest);

    run->finished = true;
    run->summary_missing = !has_line_with(common.json, digest);
    if (!history && !run->summary_missing)
        return 0;
    if (read_finished(&run->training, run->options.out, err))
        return -1;
    return history && (fit_log_finished(&run->log, &run->training, digest, err) ||
                       output_commit(run->log.history, NULL, err))
               ? -1
               : 0;
}

static struct kept kept_of(struct run *run)
{
    return (struct kept){.writer = run->writer,
                         .options = run->training.record,
                         .inputs = &run->training.inputs,
                         .more = run->log.log_options,
                         .record = run->options.history};
}

/* Returns 1 if the model is there already, or was kept; 0: not. A history that is missing can be
 * written by the model, unless lines within epochs are requested. */
static int already_fitted(struct run *run, struct err *err)
{
    const struct fit_options *o = &run->options;
    struct training *t = &run->training;
    const struct kept kept = kept_of(run);
    int current = 0;

    fit_log_note_options(&run->log, o->log, o->eval_every);
    if (if_changed && training_compare_with(t, o->out, err))
        return -1;
    if (if_changed && (has_line_with(o->history, run->log.log_options) ||
                       (!o->log && !o->eval_every && access(o->history, F_OK))))
        current = tensor_writer_current(run->writer, t->record, &t->inputs, err);
    if (current == 1 && tensor_writer_renew(run->writer, err))
        return -1;
    if (current == 1)
        say("%s: nothing changed", o->out);
    else if (current == 0)
        current = kept_take(&kept, err);
    return current == 1 && complete_records(run, err) ? -1 : current;
}

static int begin(struct run *run, struct err *err)
{
    const struct fit_options *o = &run->options;
    struct training *t = &run->training;

    run->scores = calloc((size_t)t->scored_count + 1, sizeof *run->scores);
    if (!run->scores)
        return err_memory(err, "the scores", 0);
    if (run->leads && fit_member_first(ONCE_SETTINGS))
        fit_say_settings(o, t);
    if (run->leads && fit_warn_of_classes(t, err))
        return -1;
    run->together = true;
    if (fit_resume(o, t, err))
        return -1;
    run->together = false;
    if (keep_log(run, err))
        return -1;
    if (fit_within_plan(&run->within, t, run->scores, o, run->begin, err))
        return fail_alike(run, err);
    count_epochs(run);
    run->start_seconds = now() - run->begin;
    fit_shares_begin(&run->shares, t);
    progress_of_all(run->all_fits);
    run->first_step = steps_done(run);
    run->log.by_clock = t->settings.within > 0;
    return fit_log_start(&run->log, t, &run->rates, run->start_seconds, err);
}

/* Says what went wrong, or else what the validation is not worth. */
static void say_hint(const struct training *t)
{
    const struct relation none = {0}, *val = t->has_validation ? &t->scored[0].relation : &none;
    const enum relation_kind kind = relation_kind(val);
    char text[RELATION_TEXT];

    if (*t->model.trouble)
        say("hint: %s", t->model.trouble);
    else if (kind == RELATION_PART || kind == RELATION_TRAINED)
        say("hint: val: %s", relation_text(val, text));
}

static int finish(struct run *run, struct err *err)
{
    struct training *t = &run->training;
    const struct kept kept = kept_of(run);

    nn_trainer_estimate(t->trainer);
    fit_shares_gather(&run->shares, t, now() - run->begin - run->start_seconds);
    run->together = true;
    if (!run->leads)
        return 0;
    if (training_save(t, run->writer, err))
        return -1;
    if (t->settings.keep_best && t->best_epoch)
        say("kept epoch %d, validation %s %.4f", t->best_epoch, keep_figures[t->settings.keep].name,
            t->best_figure);
    if (fit_log_end(&run->log, tensor_writer_digest(run->writer), seconds_of(run), t->model.trouble,
                    err) ||
        (run->log.history && output_commit(run->log.history, NULL, err)))
        return -1;
    if (run->options.checkpoint)
        checkpoint_remove(run->options.checkpoint);
    kept_put(&kept);
    fit_within_say(&run->within, t);
    fit_shares_say(&run->shares);
    say("%s: written, %.1f s in all", output_name(run->options.out), seconds_of(run));
    say_hint(t);
    return 0;
}

static int summarize(const struct run *run)
{
    json_t *summary;

    if (!common.json)
        return 0;
    summary = json_pack("{s:s, s:s, s:s, s:O, s:O}", "model", run->options.out, "digest",
                        tensor_writer_digest(run->writer), "architecture",
                        nn_network_description(run->training.model.net), "settings",
                        run->training.model.settings, "epochs", run->training.model.epochs);
    if (!run->finished) {
        json_object_set_new(summary, "start_seconds", json_real(run->start_seconds));
        json_object_set_new(summary, "seconds", json_real(seconds_of(run)));
        if (run->team)
            json_object_set_new(summary, "processes", fit_shares_json(&run->shares));
    }
    json_object_set_new(summary, "trouble",
                        *run->training.model.trouble ? json_string(run->training.model.trouble)
                                                     : json_null());
    return write_summary(summary, NULL);
}

/* Prints the plan in place of a run. */
static int plan(struct run *run)
{
    const struct fit_options *o = &run->options;
    enum { SMALL = 8 };
    struct training_settings settings = o->settings;
    struct training *t = &run->training;
    struct err err;
    int status;

    if (settings.nn.batch > SMALL) /* what a large one needs is worked out, not taken */
        settings.nn.batch = SMALL;
    if (training_open(t, &settings, &o->files, (int)common.threads, &err))
        status = fail(&err);
    else
        status = fit_print_plan(t, o->settings.nn.batch);
    training_close(t);
    return end_of_run(status);
}

/* Compares a text, which is freed, with that of the first process. Without memory it fits none. */
static int compare_text(const struct run *run, const char *what, struct strbuf *text,
                        struct err *err)
{
    char digest[DIGEST_TEXT] = "";

    if (!text->failed)
        digest_text(XXH3_128bits(strbuf_text(text), text->size), digest);
    strbuf_free(text);
    return fit_team_compare(run->team, what, digest, err);
}

/* Compares what all processes have: what decides what they do together and when, and every file
 * that was read. */
static int compare_all(const struct run *run, struct err *err)
{
    const struct fit_options *o = &run->options;
    const struct inputs *inputs = &run->training.inputs;
    struct strbuf settings = {0}, data = {0};
    char *record = run->team ? json_text(run->training.record, JSON_COMPACT) : NULL;

    if (!run->team)
        return 0;
    strbuf_printf(&settings, "%s %lld %d %d", record ? record : "", (long long)o->eval_every,
                  o->checkpoint != NULL, o->resume);
    free(record);
    for (int i = 0; i < inputs_count(inputs); i++)
        strbuf_printf(&data, "%s ", inputs_digest(inputs, i));
    if (fit_team_agree(run->team, compare_text(run, "other settings", &settings, err), err)) {
        strbuf_free(&data);
        return -1;
    }
    return compare_text(run, "other data", &data, err);
}

/* Opens the run, in the first process and then in the others. Returns as already_fitted(). */
static int open_all(struct run *run, struct err *err)
{
    int current = 0, first;

    if (run->leads && (current = open_run(run, err)) == 0)
        current = already_fitted(run, err);
    first = (int)fit_team_tell(run->team, current);
    if (!run->leads && first == 0)
        current = open_run(run, err);
    run->together = true;
    if (first == 0 && fit_team_agree(run->team, current, err) == 0)
        current = compare_all(run, err);
    if (fit_team_agree(run->team, current < 0 ? -1 : 0, err))
        return -1;
    run->together = false;
    return first;
}

/* Reads the command line and what else decides how the run goes. Returns the exit status, or
 * OPTIONS_ANSWERED. */
static int read_options(struct run *run, int argc, char **argv)
{
    struct training_settings *settings = &run->options.settings;
    int status = fit_options_parse(&run->options, argc, argv);

    if (status)
        return status;
    if (run->options.log && fit_log_interval(&run->log, run->options.log))
        return usage_error("--log-every takes seconds (1s) or steps (500), not '%s'",
                           run->options.log);
    settings->nn.team = run->team;
    if (run->team && run->options.members.what)
        return usage_error("processes that train together train one model: give one %s",
                           run->options.members.what);
    return choose_kernels();
}

/* Opens what --device names. */
static int open_device(struct run *run)
{
    struct training_settings *settings = &run->options.settings;
    const char *where = run->options.device;
    int status;

    if (run->options.plan) /* which is about this processor */
        return 0;
    if (fit_member_device(&settings->nn.device, &status))
        return status;
    if (run->team && strcmp(where, "auto") && strcmp(where, "cpu"))
        return usage_error("--device %s: processes that train together compute on processors",
                           where);
    return device_open(&settings->nn.device, run->team ? "cpu" : where);
}

/* Has the first process read the options, and then the others, which write nothing. */
static int read_options_all(struct run *run, int argc, char **argv)
{
    int status = (int)fit_team_tell(run->team, run->leads ? read_options(run, argc, argv) : 0);

    if (status == OPTIONS_ANSWERED)
        return status;
    if (run->leads || status)
        return fit_team_most(run->team, status);
    fit_team_name(run->team);
    status = read_options(run, argc, argv);
    fit_team_name(run->team); /* whatever --title said */
    run->options.history = run->options.all_fits = NULL;
    common.json = NULL;
    common.quiet = true;
    return fit_team_most(run->team, status);
}

int main(int argc, char **argv)
{
    struct run run = {0};
    struct err err;
    int current, status = fit_team_join(&run.team, &argc, &argv);

    if (status)
        return status;
    run.leads = fit_team_leads(run.team);
    status = read_options_all(&run, argc, argv);
    if (status == 0)
        status = fit_members_start(&run.options);
    run.begin = run.saved = now();
    if (status == 0)
        status = open_device(&run);
    if (status == 0 && (run.leads || !run.options.plan))
        status = fit_find_rate(&run.options, &run.rates);
    if (!run.options.plan)
        status = fit_team_most(run.team, status);
    if (status == 0 && run.options.plan)
        status = run.leads ? plan(&run) : 0;
    else if (status == 0)
        status = (int)fit_team_tell(run.team, run.leads ? hold_outputs(&run.options.out, 1) : 0);
    if (status || run.options.plan) {
        status = status == OPTIONS_ANSWERED ? 0 : status;
        fit_team_leave(run.team, status, true);
        return status;
    }
    watch_signals();
    current = open_all(&run, &err);
    if (current < 0 || (current == 0 && (begin(&run, &err) || train(&run, &err) ||
                                         (!run.stopped && !run.paused && finish(&run, &err)))))
        status = !fit_member_gives_way(run.options.settings.nn.device) && err.text[0] &&
                         (err.status != EX_USAGE || fit_member_first(ONCE_MISTAKE))
                     ? fail(&err)
                     : err.status;
    else
        status =
            !run.leads || run.stopped || run.paused || (current && !run.summary_missing)
                ? 0
                : summarize(&run);
    progress_end();
    all_fits_close(run.all_fits, status == 0 && !run.stopped && !run.paused);
    training_close(&run.training);
    nn_device_close(run.options.settings.nn.device);
    output_close(run.log.history);
    tensor_writer_close(run.writer);
    free(run.scores);
    fit_team_leave(run.team, status, run.together || run.stopped || run.paused);
    return run.stopped && status == 0 ? end_by_signal() : end_of_run(status);
}
