#include "training.h"

#include "pipeline/dataset/folds.h"
#include "pipeline/model/recipe.h"
#include "pipeline/dataset/rows.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Data ---- */

static int add_scored(struct training *t, const char *name, const char *path, const char *first,
                      const char *role, struct err *err)
{
    struct scored *scored = &t->scored[t->scored_count++];

    scored->name = name;
    if (samples_load(&scored->samples, (char *const[]){(char *)path}, 1, &t->inputs, role, err) ||
        dataset_compatible(first, &t->train.info, path, &scored->samples.info, err))
        return -1;
    scored->data = scored->samples.data;
    return 0;
}

/* The index of rows: first those outside the fold, to train on, behind them those of the fold. */
static int sort_by_fold(struct training *t, const char *path, struct err *err)
{
    const struct training_settings *s = &t->settings;
    const int64_t n = t->train.data.n;
    struct folds folds;
    int64_t inside = 0, outside = 0;

    if (folds_init(&folds, s->folds, s->fold_seed, t->train.info.class_count, err))
        return -1;
    for (int64_t i = 0; i < n; i++)
        if (folds_next(&folds, dataset_class(&t->train.info, &t->train.rows, i)) == s->fold)
            t->index[n - ++inside] = i; /* backwards for now */
        else
            t->index[outside++] = i;
    folds_free(&folds);
    for (int64_t i = outside, j = n - 1; i < j; i++, j--) {
        const int64_t kept = t->index[i];

        t->index[i] = t->index[j];
        t->index[j] = kept;
    }
    if (inside == 0 || outside == 0)
        return err_set(err, EX_DATAERR, "%s: fold %d of %d leaves no rows to %s", path, s->fold,
                       s->folds, inside ? "train on" : "validate on");
    t->data.n = outside;
    t->scored[0] = (struct scored){.name = "val", .data = t->train.data};
    t->scored[0].data.index = t->index + outside;
    t->scored[0].data.n = inside;
    return 0;
}

static int choose_rows(struct training *t, const struct training_files *files, struct err *err)
{
    const struct training_settings *s = &t->settings;

    t->data = t->train.data;
    if (s->folds) {
        if (files->train_count != 1)
            return err_set(err, EX_USAGE, "--fold takes exactly one data set, not %d",
                           files->train_count);
        t->index = malloc((size_t)t->data.n * sizeof *t->index);
        if (!t->index)
            return err_memory(err, "the folds", 0);
        t->data.index = t->index;
        t->has_validation = true;
        t->scored_count = 1;
        if (sort_by_fold(t, files->train[0], err))
            return -1;
    }
    if (s->limit_rows && s->limit_rows < t->data.n)
        t->data.n = s->limit_rows;
    return 0;
}

static int load_data(struct training *t, const struct training_files *files, struct err *err)
{
    t->scored = calloc((size_t)files->eval_count + 1, sizeof *t->scored);
    if (!t->scored)
        return err_memory(err, "the list of data", 0);
    if (samples_load(&t->train, files->train, files->train_count, &t->inputs, "data", err) ||
        choose_rows(t, files, err))
        return -1;
    if (files->val) {
        t->has_validation = true;
        if (add_scored(t, "val", files->val, files->train[0], "validation", err))
            return -1;
    }
    for (int i = 0; i < files->eval_count; i++)
        if (add_scored(t, files->eval_names[i], files->eval_paths[i], files->train[0], "evaluation",
                       err))
            return -1;
    return 0;
}

/* ---- Settings that depend on the data ---- */

static int number(const char *text, const char *option, double *value, struct err *err)
{
    char *end;

    errno = 0;
    *value = strtod(text, &end);
    if (end == text || *end || errno || !isfinite(*value))
        return err_set(err, EX_USAGE, "--%s takes a number or auto, not '%s'", option, text);
    return 0;
}

static int set_input(struct training *t, struct err *err)
{
    const struct training_settings *s = &t->settings;
    const double divisor = t->train.info.pixel == DTYPE_U8 ? 255 : 1;
    double mean = 0, std = 1;

    if (strcmp(s->mean, "auto") == 0 || strcmp(s->std, "auto") == 0)
        samples_moments(&t->train, &t->data, divisor, &mean, &std);
    if (strcmp(s->mean, "auto") != 0 && number(s->mean, "mean", &mean, err))
        return -1;
    if (strcmp(s->std, "auto") != 0 && number(s->std, "std", &std, err))
        return -1;
    t->model.input = (struct nn_input){(float)divisor, (float)mean, (float)std};
    if (!isfinite(t->model.input.mean))
        return err_set(err, EX_USAGE, "--mean %s: not finite as a float", s->mean);
    if (t->model.input.std > 0 && isfinite(t->model.input.std))
        return 0;
    if (strcmp(s->std, "auto") == 0)
        return err_set(err, EX_DATAERR, "--std auto: all pixels to train on are alike");
    return err_set(err, EX_USAGE, "--std %s: not above 0 and finite as a float", s->std);
}

/* Each class's weight is rows / (classes * rows of the class), so that all weigh alike. */
static int balance_classes(struct training *t, struct err *err)
{
    const int classes = t->train.info.class_count;
    int64_t *rows = calloc((size_t)classes, sizeof *rows);

    if (!rows)
        return err_memory(err, "class counts", 0);
    samples_count(&t->train, &t->data, rows);
    for (int k = 0; k < classes; k++)
        t->class_weights[k] = rows[k] ? (double)t->data.n / ((double)classes * (double)rows[k]) : 0;
    free(rows);
    return 0;
}

static int set_class_weights(struct training *t, struct err *err)
{
    const int classes = t->train.info.class_count;
    const char *text = t->settings.class_weights;
    double sum = 0;

    if (!text)
        return 0;
    t->class_weights = calloc((size_t)classes, sizeof *t->class_weights);
    if (!t->class_weights)
        return err_memory(err, "class weights", 0);
    t->settings.nn.class_weights = t->class_weights;
    if (strcmp(text, "balanced") == 0)
        return balance_classes(t, err);
    for (int k = 0; k < classes; k++) {
        char *end;

        t->class_weights[k] = strtod(text, &end);
        if (end == text || *end != (k + 1 < classes ? ',' : 0) ||
            !(t->class_weights[k] >= 0 && t->class_weights[k] <= 1e6))
            return err_set(
                err, EX_USAGE,
                "--class-weights takes balanced, or %d numbers from 0 to 1e6 with commas "
                "between them, not '%s'",
                classes, t->settings.class_weights);
        text = end + 1;
        sum += t->class_weights[k];
    }
    if (sum > 0)
        return 0;
    return err_set(err, EX_USAGE, "--class-weights %s: at least one has to be above 0",
                   t->settings.class_weights);
}

/* ---- Augmentation ---- */

static int set_augmentation(struct training *t, struct err *err)
{
    const struct dataset_info *info = &t->train.info;
    const int side = info->h < info->w ? info->h : info->w;
    struct nn_augment *augment = &t->settings.nn.augment;

    if (!nn_augment_any(augment))
        return 0;
    if (augment->shift >= side || augment->elastic >= side || augment->erase >= side)
        return err_set(err, EX_USAGE,
                       "--augment: shift, elastic and erase have to be below the pictures' smaller "
                       "side, %d pixels",
                       side);
    t->background = calloc((size_t)info->c, sizeof *t->background);
    if (!t->background)
        return err_memory(err, "the background", 0);
    augment->background = t->background;
    return samples_background(&t->train, &t->data, t->background, err);
}

/* ---- The network ---- */

/* The description asked for: --arch, or that of the model to begin with. */
static int find_description(struct training *t, const struct tensor_file *from, char **description,
                            struct err *err)
{
    const char *recorded = from ? tensor_file_meta(from, "architecture") : NULL;

    if (t->settings.arch)
        return architecture_find(t->settings.arch, description, err);
    if (!recorded)
        return err_set(err, EX_USAGE, "%s: it does not say what network it is of; give --arch",
                       t->settings.from);
    *description = strdup(recorded);
    return *description ? 0 : err_memory(err, "a description", 0);
}

/* Old weights are of use only to a network that sees pixels as theirs did. Bare weights do not say
 * how. */
static int check_from(const struct training *t, const struct tensor_file *from, struct err *err)
{
    const struct nn_input *now = &t->model.input;
    struct nn_input input;

    if (!*tensor_file_kind(from))
        return 0;
    if (tensor_file_expect(from, "model/1", err) || model_read_input(&input, from, err))
        return -1;
    if (input.divisor == now->divisor && input.mean == now->mean && input.std == now->std)
        return 0;
    return err_set(err, EX_USAGE,
                   "%s: its network sees pixels / %g, mean %.9g, std %.9g, but this one pixels / "
                   "%g, mean %.9g, std %.9g; give --mean %.9g --std %.9g",
                   t->settings.from, (double)input.divisor, (double)input.mean, (double)input.std,
                   (double)now->divisor, (double)now->mean, (double)now->std, (double)input.mean,
                   (double)input.std);
}

static int make_network(struct training *t, struct tensor_file *from, struct err *err)
{
    const struct dataset_info *info = &t->train.info;
    const struct training_settings *s = &t->settings;
    struct nn_error fault;
    char *description = NULL;
    int result;

    if ((from && check_from(t, from, err)) || find_description(t, from, &description, err))
        return -1;
    result =
        nn_network_new(&t->model.net, description, (struct nn_shape){info->c, info->h, info->w},
                       info->class_count, &fault);
    free(description);
    if (result && fault.out_of_memory)
        return err_memory(err, "the network", 0);
    if (result)
        return err_set(err, EX_USAGE, "--%s %s: %s", s->arch ? "arch" : "from",
                       s->arch ? s->arch : s->from, fault.text);
    t->model.weights = nn_weights_new(t->model.net);
    if (!t->model.weights)
        return err_memory(err, "the weights", 0);
    if (from)
        return model_read_weights(t->model.net, t->model.weights, from, err);
    if (s->init_std > 0)
        nn_weights_init_normal(t->model.weights, s->nn.seed, s->init_std);
    else
        nn_weights_init(t->model.weights, s->nn.seed);
    return 0;
}

/* PyTorch's own files: a zip archive, or in old ones the pickle itself. */
static int refuse_pickle(const char *path, struct err *err)
{
    unsigned char head[4] = {0};
    FILE *file = strcmp(path, "-") ? fopen(path, "rb") : NULL;
    const size_t size = file ? fread(head, 1, sizeof head, file) : 0;

    if (file)
        fclose(file);
    if (size < sizeof head ||
        (memcmp(head, "PK\3\4", 4) != 0 && !(head[0] == 0x80 && head[1] >= 2 && head[1] <= 5)))
        return 0;
    return err_set(err, EX_DATAERR,
                   "%s: a pickle, as torch.save writes it; it may run any code when it is read. "
                   "Convert it with Python:\n"
                   "    import torch\n"
                   "    from safetensors.torch import save_file\n"
                   "    weights = torch.load(\"%s\", map_location=\"cpu\", weights_only=True)\n"
                   "    save_file({name: t.contiguous() for name, t in weights.items()}, "
                   "\"weights.safetensors\")",
                   path, path);
}

static int make_or_read_network(struct training *t, struct err *err)
{
    struct tensor_file *from = NULL;
    int result = 0;

    if (t->settings.from)
        result = refuse_pickle(t->settings.from, err);
    if (result == 0 && t->settings.from)
        result = tensor_file_open(&from, t->settings.from, &t->inputs, "from", err);
    if (result == 0)
        result = make_network(t, from, err);
    tensor_file_close(from);
    return result;
}

static const char *const optimizer_names[] = {"sgd", "adam", "adamw"};
static const char *const schedule_names[] = {"constant", "step", "exponential", "cosine",
                                             "one-cycle"};

/* The preset that --arch names; NULL if it is none. */
static const char *preset_name(const char *arch)
{
    for (int i = 0; arch && presets[i].name; i++)
        if (strcmp(presets[i].name, arch) == 0)
            return presets[i].name;
    return NULL;
}

/* Adds the settings that are only there if they were asked for: files without them stay as they
 * were before there were such settings. */
static int add_extras(const struct training *t, json_t *settings)
{
    const struct nn_training *nn = &t->settings.nn;
    char text[NN_AUGMENT_TEXT];
    json_t *background;

    if (nn->average > 0 && json_object_set_new(settings, "ema", json_real(nn->average)))
        return -1;
    if (!nn_augment_any(&nn->augment))
        return 0;
    background = json_array();
    for (int c = 0; c < t->train.info.c; c++)
        json_array_append_new(background, json_real((double)t->background[c]));
    nn_augment_text(&nn->augment, text);
    return json_object_set_new(settings, "augment", json_string(text)) |
           json_object_set_new(settings, "background", background) |
           json_object_set_new(settings, "plain_epochs", json_integer(nn->plain_epochs));
}

/* Every setting that the model's bytes depend on, besides its data. */
static json_t *settings_json(const struct training *t)
{
    const struct training_settings *s = &t->settings;
    const struct nn_training *nn = &s->nn;
    json_t *weights = json_null(), *all;

    if (t->class_weights) {
        weights = json_array();
        for (int k = 0; k < t->train.info.class_count; k++)
            json_array_append_new(weights, json_real(t->class_weights[k]));
    }
    all =
        json_pack("{s:s?, s:s, s:f, s:f, s:b, s:f, s:s, s:f, s:i, s:i, s:i, s:b, s:f, s:o, s:I, "
                  "s:f, s:f, s:f,"
                  " s:i, s:i, s:I, s:I, s:b, s:i}",
                  "preset", preset_name(s->arch), "optimizer", optimizer_names[nn->optimizer], "lr",
                  nn->lr, "momentum", nn->momentum, "nesterov", nn->nesterov, "weight_decay",
                  nn->weight_decay, "schedule", schedule_names[nn->schedule], "gamma", nn->gamma,
                  "step_epochs", nn->step_epochs, "batch", nn->batch, "epochs", nn->epochs,
                  "shuffle", nn->shuffle, "label_smoothing", nn->label_smoothing, "class_weights",
                  weights, "seed", (json_int_t)nn->seed, "init_std", s->init_std, "mean",
                  (double)t->model.input.mean, "std", (double)t->model.input.std, "fold", s->fold,
                  "folds", s->folds, "fold_seed", (json_int_t)s->fold_seed, "limit_rows",
                  (json_int_t)s->limit_rows, "keep_best", s->keep_best, "patience", s->patience);
    if (all && s->trial && json_object_set_new(all, "trial", json_true())) {
        json_decref(all);
        return NULL;
    }
    if (nn->optimizer != NN_SGD) { /* the others have none */
        json_object_del(all, "momentum");
        json_object_del(all, "nesterov");
    }
    return all;
}

/* What the model's file records of how it was made: the settings, the network, which may come from
 * a file, and the names under which data was scored. NULL: out of memory. */
static json_t *record(const struct training *t)
{
    json_t *all = json_copy(t->model.settings), *names = json_array();
    int failed = 0;

    for (int i = 0; i < t->scored_count; i++)
        failed |= json_array_append_new(names, json_string(t->scored[i].name));
    failed |=
        json_object_set_new(all, "scored", names) |
        json_object_set_new(all, "architecture", json_string(nn_network_description(t->model.net)));
    if (!failed)
        return all;
    json_decref(all);
    return NULL;
}

static int make_trainer(struct training *t, int threads, struct err *err)
{
    const struct training_settings *s = &t->settings;
    struct model *model = &t->model;

    t->pool = nn_pool_new(threads);
    if (!t->pool)
        return err_memory(err, "threads", 0);
    t->trainer = nn_trainer_new(model->net, model->weights, t->pool, &t->data, &model->input,
                                &t->settings.nn);
    t->scored_weights =
        t->trainer && s->nn.average > 0 ? nn_trainer_average(t->trainer) : model->weights;
    t->predictor = nn_predictor_new(model->net, t->scored_weights, t->pool, &model->input);
    if (t->settings.keep_best)
        t->best = nn_weights_new(model->net);
    if (!t->trainer || !t->predictor || (t->settings.keep_best && !t->best))
        return err_memory(err, "the network; a smaller --batch needs less", 0);
    return 0;
}

int training_open(struct training *t, const struct training_settings *settings,
                  const struct training_files *files, int threads, struct err *err)
{
    *t = (struct training){.settings = *settings};
    if (load_data(t, files, err) || set_input(t, err) || set_class_weights(t, err) ||
        set_augmentation(t, err) || make_or_read_network(t, err) || make_trainer(t, threads, err))
        return -1;
    t->model.data = t->train.info;
    memcpy(t->model.data_digest, t->train.digest, DIGEST_TEXT);
    t->model.epochs = json_array();
    t->model.settings = settings_json(t);
    if (!t->model.settings || add_extras(t, t->model.settings))
        return err_memory(err, "the settings", 0);
    t->record = record(t);
    return t->model.epochs && t->record ? 0 : err_memory(err, "the settings", 0);
}

/* ---- Epochs ---- */

int training_score(struct training *t, struct nn_score *scores, struct err *err)
{
    char what[200];

    if (t->scored_count > 0)
        nn_trainer_estimate(t->trainer);
    for (int i = 0; i < t->scored_count; i++) {
        nn_evaluate(t->predictor, &t->scored[i].data, &scores[i]);
        if (!isfinite(scores[i].loss)) {
            snprintf(what, sizeof what, "the loss on %s", t->scored[i].name);
            return training_not_finite(t, what, err);
        }
    }
    return 0;
}

int training_end_epoch(struct training *t, int epoch, json_t *figures,
                       const struct nn_score *scores, struct err *err)
{
    double loss;

    if (json_array_append(t->model.epochs, figures))
        return err_memory(err, "the epochs' figures", 0);
    if (!t->has_validation)
        return 0;
    loss = scores[0].loss / (double)scores[0].rows;
    if (t->best_epoch == 0 || loss < t->best_loss) {
        t->best_epoch = epoch;
        t->best_loss = loss;
        if (t->best)
            nn_weights_copy(t->best, t->scored_weights);
    }
    return t->settings.patience && epoch - t->best_epoch >= t->settings.patience;
}

int training_not_finite(const struct training *t, const char *what, struct err *err)
{
    const struct nn_progress *p = nn_trainer_progress(t->trainer);

    return err_set(err, EX_DATAERR,
                   "%s is not finite at epoch %d, step %lld, learning rate %g: the training has "
                   "diverged; try --lr %g",
                   what, p->epoch, (long long)p->step, p->lr, t->settings.nn.lr / 10);
}

static int check_tensor(const struct training *t, int number, struct err *err)
{
    const struct nn_tensor tensor = nn_network_tensor(t->model.net, number);
    float *values = rows_alloc(tensor.size, sizeof *values, "the weights", err);
    int result = 0;

    if (!values)
        return -1;
    nn_weights_export(t->model.weights, number, values);
    for (int64_t i = 0; i < tensor.size && result == 0; i++)
        if (!isfinite(values[i]))
            result = training_not_finite(t, "a weight", err);
    free(values);
    return result;
}

int training_save(struct training *t, struct tensor_writer *writer, struct err *err)
{
    nn_trainer_estimate(t->trainer);
    if (t->best && t->best_epoch)
        nn_weights_copy(t->model.weights, t->best);
    else if (t->scored_weights != t->model.weights)
        nn_weights_copy(t->model.weights, t->scored_weights);
    for (int i = 0; i < nn_network_tensors(t->model.net); i++)
        if (check_tensor(t, i, err))
            return -1;
    if (json_object_set_new(t->model.settings, "kept_epoch",
                            json_integer(t->best && t->best_epoch
                                             ? t->best_epoch
                                             : (json_int_t)json_array_size(t->model.epochs))))
        return err_memory(err, "the settings", 0);
    return model_save(&t->model, writer, t->record, &t->inputs, err);
}

void training_close(struct training *t)
{
    nn_trainer_free(t->trainer);
    nn_predictor_free(t->predictor);
    nn_pool_free(t->pool);
    nn_weights_free(t->best);
    t->model.data = (struct dataset_info){0}; /* the training data's */
    model_free(&t->model);
    json_decref(t->record);
    json_decref(t->told);
    for (int i = 0; i < t->scored_count; i++)
        samples_free(&t->scored[i].samples);
    free(t->scored);
    free(t->index);
    free(t->class_weights);
    free(t->background);
    samples_free(&t->train);
    inputs_free(&t->inputs);
    *t = (struct training){0};
}
