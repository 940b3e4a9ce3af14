/* fit: trains a network on a labelled data set and writes the model. */
#include "../pipeline/architecture.h"
#include "../pipeline/model.h"
#include "fit_log.h"
#include "options.h"
#include "say.h"

#include <stdlib.h>
#include <string.h>

static const char *out_path, *arch = "smallcnn", *val_path, *history_path, *log_interval;
static struct option_list evals;
static int64_t epochs = 5, batch = 64, seed = 1, eval_every;
static int optimizer = NN_ADAM, schedule = NN_CONSTANT, device;
static double lr = 1e-3, momentum = 0, gamma_ = 0.95;

static const char *const optimizers[] = {"sgd", "adam", NULL};
static const char *const schedules[] = {"constant", "exponential", NULL};
static const char *const devices[] = {"auto", "cpu", NULL};

static const struct option_spec options[] = {
    {OPTION_TEXT, "output", 'o', "FILE", &out_path, 0, 0, NULL, "the model to write"},
    {OPTION_TEXT, "arch", 0, "SPEC", &arch, 0, 0, NULL,
     "the network: a preset, a file, or a description such as 'linear 100, relu, linear'"},
    {OPTION_TEXT, "val", 0, "FILE", &val_path, 0, 0, NULL, "data to validate on after each epoch"},
    {OPTION_LIST, "eval", 0, "NAME=FILE", &evals, 0, 0, NULL,
     "more data to score after each epoch; may be given several times"},
    {OPTION_HEADING, NULL, 0, NULL, NULL, 0, 0, NULL, "Training"},
    {OPTION_CHOICE, "optimizer", 0, NULL, &optimizer, 0, 0, optimizers, "how weights are updated"},
    {OPTION_REAL, "lr", 0, "RATE", &lr, 0, 1000, NULL, "learning rate"},
    {OPTION_REAL, "momentum", 0, "M", &momentum, 0, 0.9999, NULL, "of sgd"},
    {OPTION_CHOICE, "schedule", 0, NULL, &schedule, 0, 0, schedules,
     "learning rate over the epochs"},
    {OPTION_REAL, "gamma", 0, "G", &gamma_, 0.0001, 1, NULL,
     "factor per epoch of the exponential schedule"},
    {OPTION_INT, "batch", 0, "N", &batch, 1, 65536, NULL, "pictures per step"},
    {OPTION_INT, "epochs", 0, "N", &epochs, 0, 100000, NULL, "passes over the data"},
    {OPTION_INT, "seed", 0, "N", &seed, 0, 9007199254740991.0, NULL,
     "of initial weights, order and dropout"},
    {OPTION_CHOICE, "device", 0, NULL, &device, 0, 0, devices, "where to compute"},
    {OPTION_HEADING, NULL, 0, NULL, NULL, 0, 0, NULL, "What is told"},
    {OPTION_TEXT, "log", 0, "1s|N", &log_interval, 0, 0, NULL,
     "a line every so many seconds or steps"},
    {OPTION_INT, "eval-every", 0, "N", &eval_every, 1, 1e9, NULL,
     "score --val and --eval every N steps too, before the first one included"},
    {OPTION_TEXT, "history", 0, "FILE", &history_path, 0, 0, NULL,
     "all figures of the run as JSON Lines"},
    COMMON_OPTIONS,
};

static const struct command command = {
    .name = "fit",
    .synopsis = "TRAIN -o MODEL [options]",
    .summary = "Trains a network on a labelled data set (made by ingest or split) and writes the "
               "model\nof the last epoch. The same inputs and options give the same bytes for any "
               "--threads.",
    .options = options,
    .min_operands = 1,
    .max_operands = 1,
    .example = "fit part-train.st.zst --val part-val.st.zst --arch lenet5 -o a.model.st.zst",
};

/* All that a run holds. */
struct run {
    struct inputs inputs;
    struct samples train;
    struct samples *scored; /* --val, then every --eval */
    int scored_count;
    struct model model;
    struct nn_pool *pool;
    struct nn_trainer *trainer;
    struct nn_predictor *predictor;
    struct nn_training training;
    struct fit_log log;
    struct tensor_writer *writer;
    double begin;
};

/* ---- Opening ---- */

static int load_scored(struct run *run, const char *name, const char *path, const char *role,
                       struct err *err)
{
    struct samples *samples = &run->scored[run->scored_count++];

    return samples_load(samples, name, path, &run->inputs, role, err) ||
                   dataset_compatible(run->inputs.count ? tensor_file_path(run->train.dataset.file)
                                                        : "",
                                      &run->train.dataset.info, path, &samples->dataset.info, err)
               ? -1
               : 0;
}

static int load_data(struct run *run, const char *train_path, struct err *err)
{
    run->scored = calloc((size_t)evals.count + 1, sizeof *run->scored);
    if (!run->scored)
        return err_memory(err, "the list of data", 0);
    if (samples_load(&run->train, "train", train_path, &run->inputs, "data", err))
        return -1;
    if (val_path && load_scored(run, "val", val_path, "validation", err))
        return -1;
    for (int i = 0; i < evals.count; i++) {
        char *path = strchr(evals.items[i], '=');

        if (!path || path == evals.items[i] || !path[1])
            return err_set(err, EX_USAGE, "--eval takes NAME=FILE, not '%s'", evals.items[i]);
        *path = 0;
        if (load_scored(run, evals.items[i], path + 1, "evaluation", err))
            return -1;
    }
    return 0;
}

static int make_network(struct run *run, struct err *err)
{
    const struct dataset_info *info = &run->train.dataset.info;
    struct nn_error fault;
    char *description = NULL;
    int result;

    if (architecture_find(arch, &description, err))
        return -1;
    result =
        nn_network_new(&run->model.net, description, (struct nn_shape){info->c, info->h, info->w},
                       info->class_count, &fault);
    free(description);
    if (result)
        return err_set(err, EX_USAGE, "--arch %s: %s", arch, fault.text);
    run->model.data = *info;
    run->model.input = (struct nn_input){info->pixel == DTYPE_U8 ? 255 : 1, 0, 1};
    strcpy(run->model.data_digest, tensor_file_digest(run->train.dataset.file));
    run->model.epochs = json_array();
    run->model.settings =
        json_pack("{s:s, s:s, s:f, s:f, s:s, s:f, s:I, s:I, s:I}", "arch", arch, "optimizer",
                  optimizers[optimizer], "lr", lr, "momentum", momentum, "schedule",
                  schedules[schedule], "gamma", gamma_, "batch", (json_int_t)batch, "epochs",
                  (json_int_t)epochs, "seed", (json_int_t)seed);
    return run->model.epochs && run->model.settings ? 0 : err_memory(err, "the settings", 0);
}

static int make_trainer(struct run *run, struct err *err)
{
    struct model *model = &run->model;

    run->training = (struct nn_training){
        .optimizer = (enum nn_optimizer)optimizer,
        .lr = lr,
        .momentum = momentum,
        .beta1 = 0.9,
        .beta2 = 0.999,
        .epsilon = 1e-8,
        .schedule = (enum nn_schedule)schedule,
        .gamma = gamma_,
        .batch = (int)batch,
        .shuffle = true,
        .seed = (uint64_t)seed,
    };
    run->pool = nn_pool_new((int)common.threads);
    model->weights = nn_weights_new(model->net);
    if (!run->pool || !model->weights)
        return err_memory(err, "weights and threads", 0);
    nn_weights_init(model->weights, (uint64_t)seed);
    run->trainer = nn_trainer_new(model->net, model->weights, run->pool, &run->train.data,
                                  &model->input, &run->training);
    run->predictor = nn_predictor_new(model->net, model->weights, run->pool, &model->input);
    if (!run->trainer || !run->predictor)
        return err_memory(err, "the network; a smaller --batch needs less", 0);
    return 0;
}

static int open_outputs(struct run *run, struct err *err)
{
    if (tensor_writer_open(&run->writer, out_path, err))
        return -1;
    return history_path ? output_open(&run->log.history, history_path, err) : 0;
}

/* ---- Telling ---- */

static void say_settings(const struct run *run)
{
    const struct dataset_info *info = &run->train.dataset.info;
    const struct nn_network *net = run->model.net;

    say("device cpu, %s kernels, %lld threads", nn_kernels_name(), (long long)common.threads);
    say("network %s: %s", arch, nn_network_description(net));
    say("%lld weights, %lld multiply-adds a picture", (long long)nn_network_parameters(net),
        (long long)nn_network_multiply_adds(net));
    say("data %s: %lld pictures of %dx%dx%d, %d classes", tensor_file_path(run->train.dataset.file),
        (long long)run->train.data.n, info->c, info->h, info->w, info->class_count);
    if (optimizer == NN_SGD)
        say("optimizer sgd, momentum %g, learning rate %g", momentum, lr);
    else
        say("optimizer adam, betas 0.9 and 0.999, epsilon 1e-8, learning rate %g", lr);
    if (schedule == NN_EXPONENTIAL)
        say("learning rate times %g each epoch", gamma_);
    say("batch %lld, %lld epochs, seed %lld, shuffled; pixels / %g", (long long)batch,
        (long long)epochs, (long long)seed, (double)run->model.input.divisor);
    say("memory %.0f MiB for training beside %.0f MiB of pictures",
        (double)(nn_trainer_bytes(run->trainer) + nn_predictor_bytes(run->predictor)) / 1048576,
        (double)run->train.data.n * (double)dataset_image_bytes(info) / 1048576);
}

static int warn_of_empty_classes(const struct run *run, struct err *err)
{
    const struct dataset_info *info = &run->train.dataset.info;
    int64_t *rows = calloc((size_t)info->class_count, sizeof *rows);

    if (!rows)
        return err_memory(err, "class counts", 0);
    samples_count(&run->train, rows);
    for (int k = 0; k < info->class_count; k++)
        if (rows[k] == 0)
            warn("class '%s' has no rows to train on", info->class_names[k]);
    free(rows);
    return 0;
}

/* ---- Training ---- */

static json_t *evaluate(struct run *run)
{
    json_t *scores = json_object();
    const double begin = now();

    for (int i = 0; scores && i < run->scored_count; i++) {
        struct nn_score score;

        nn_evaluate(run->predictor, &run->scored[i].data, &score);
        if (json_object_set_new(scores, run->scored[i].name, fit_score_json(&score))) {
            json_decref(scores);
            scores = NULL;
        }
    }
    run->log.evaluating += now() - begin;
    return scores;
}

static int evaluate_by_step(struct run *run, struct err *err)
{
    const struct nn_progress *progress = nn_trainer_progress(run->trainer);
    const int64_t step = progress->step + (progress->epoch - 1) * run->log.steps;

    if (!eval_every || !run->scored_count || step % eval_every)
        return 0;
    return fit_log_evaluation(&run->log, progress, evaluate(run), err);
}

static int not_finite(const struct nn_progress *progress, struct err *err)
{
    return err_set(err, EX_DATAERR,
                   "the loss is not finite at epoch %d, step %lld, learning rate %g: the training "
                   "has diverged; try --lr %g",
                   progress->epoch, (long long)progress->step, progress->lr, progress->lr / 10);
}

static int train_epoch(struct run *run, int epoch, struct err *err)
{
    const struct nn_progress *progress = nn_trainer_progress(run->trainer);
    json_t *scores, *kept = NULL;
    int got;

    nn_trainer_begin_epoch(run->trainer, epoch);
    fit_log_begin_epoch(&run->log, progress, run->train.data.n);
    if (epoch == 1 && evaluate_by_step(run, err))
        return -1;
    while ((got = nn_trainer_step(run->trainer)) == 1)
        if (fit_log_step(&run->log, progress, err) || evaluate_by_step(run, err))
            return -1;
    if (got < 0)
        return not_finite(progress, err);
    scores = evaluate(run);
    if (!scores)
        return err_memory(err, "the scores", 0);
    if (fit_log_epoch(&run->log, progress, scores, &kept, err)) {
        json_decref(kept);
        return -1;
    }
    return json_array_append_new(run->model.epochs, kept) ? err_memory(err, "the history", 0) : 0;
}

static int train(struct run *run, struct err *err)
{
    run->log.epochs = (int)epochs;
    run->log.steps = (run->train.data.n + batch - 1) / batch;
    if (fit_log_event(&run->log,
                      json_pack("{s:s, s:s, s:O, s:I}", "event", "start", "architecture",
                                nn_network_description(run->model.net), "settings",
                                run->model.settings, "rows", (json_int_t)run->train.data.n),
                      err))
        return -1;
    for (int epoch = 1; epoch <= epochs; epoch++)
        if (train_epoch(run, epoch, err))
            return -1;
    return 0;
}

static int finish(struct run *run, struct err *err)
{
    if (model_save(&run->model, run->writer, run->model.settings, &run->inputs, err))
        return -1;
    if (fit_log_event(&run->log,
                      json_pack("{s:s, s:s, s:f}", "event", "end", "model",
                                tensor_writer_digest(run->writer), "seconds", now() - run->begin),
                      err) ||
        (run->log.history && output_commit(run->log.history, err)))
        return -1;
    say("%s: written, %.1f s in all", out_path, now() - run->begin);
    return 0;
}

static void run_free(struct run *run)
{
    progress_end();
    nn_trainer_free(run->trainer);
    nn_predictor_free(run->predictor);
    nn_pool_free(run->pool);
    run->model.data = (struct dataset_info){0}; /* it is the training data's */
    model_free(&run->model);
    for (int i = 0; i < run->scored_count; i++)
        samples_free(&run->scored[i]);
    free(run->scored);
    samples_free(&run->train);
    output_close(run->log.history);
    tensor_writer_close(run->writer);
    inputs_free(&run->inputs);
}

/* Mistakes that the option table cannot see. */
static int check_usage(struct fit_log *log)
{
    if (!out_path)
        return usage_error("-o MODEL is missing");
    if (log_interval && fit_log_interval(log, log_interval))
        return usage_error("--log takes seconds (1s) or steps (500), not '%s'", log_interval);
    if (momentum > 0 && optimizer != NN_SGD)
        return usage_error("--momentum is an option of --optimizer sgd");
    if (nn_kernels_choose(getenv("CSVNET_KERNELS")))
        return usage_error("CSVNET_KERNELS=%s: this processor has no such kernels",
                           getenv("CSVNET_KERNELS"));
    return -1;
}

int main(int argc, char **argv)
{
    struct run run = {.begin = now()};
    struct err err;
    char **operands;
    json_t *summary;
    int count, status = options_parse(&command, argc, argv, &operands, &count);

    if (status == -1)
        status = check_usage(&run.log);
    if (status != -1)
        return status;
    status = 0;
    if (open_outputs(&run, &err) || load_data(&run, operands[0], &err) ||
        inputs_refuse_output(&run.inputs, out_path, &err) ||
        (history_path && inputs_refuse_output(&run.inputs, history_path, &err)) ||
        make_network(&run, &err) || make_trainer(&run, &err)) {
        status = fail(&err);
    } else {
        say_settings(&run);
        if (warn_of_empty_classes(&run, &err) || train(&run, &err) || finish(&run, &err))
            status = fail(&err);
    }
    if (status == 0 && common.json) {
        summary = json_pack("{s:s, s:s, s:O, s:O, s:f}", "model", out_path, "digest",
                            tensor_writer_digest(run.writer), "settings", run.model.settings,
                            "epochs", run.model.epochs, "seconds", now() - run.begin);
        status = write_summary(summary);
        json_decref(summary);
    }
    run_free(&run);
    return status;
}
