/* The lines of fit before the first epoch. */
#include "fit_settings.h"

#include "cmd/cli/options.h"
#include "cmd/cli/say.h"
#include "pipeline/dataset/rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS = 200 };

static const char *optimizer_text(const struct nn_training *nn, char text[WORDS])
{
    if (nn->optimizer == NN_SGD)
        snprintf(text, WORDS, "sgd, %smomentum %g", nn->nesterov ? "Nesterov's " : "",
                 nn->momentum);
    else
        snprintf(text, WORDS, "%s", optimizer_words[nn->optimizer]);
    return text;
}

static const char *schedule_text(const struct nn_training *nn, char text[WORDS])
{
    switch (nn->schedule) {
    case NN_CONSTANT:
        return "constant";
    case NN_STEP:
        snprintf(text, WORDS, "times %g every %d epoch%s", nn->gamma, nn->step_epochs,
                 plural(nn->step_epochs));
        return text;
    case NN_EXPONENTIAL:
        snprintf(text, WORDS, "times %g each epoch", nn->gamma);
        return text;
    case NN_COSINE:
        return "down a cosine";
    case NN_ONE_CYCLE:
        return "the peak of one cycle";
    }
    return "";
}

static void say_network(const struct training *t)
{
    const struct training_settings *s = &t->settings;

    say_folded("network %s, %lld weights", s->arch ? s->arch : s->from,
               (long long)nn_network_parameters(t->model.net));
    if (s->from)
        say_folded("initial weights from %s%s%s%s%s", s->from,
                   t->from_precision == s->precision ? "" : ", trained with --precision ",
                   t->from_precision == s->precision ? "" : precision_words[t->from_precision],
                   *t->transfer ? "; the last layer begins anew, for " : "", t->transfer);
    if (t->from_bare && strcmp(s->mean, "0") == 0 && strcmp(s->std, "1") == 0)
        say_folded("pixels / %g, mean 0, std 1: %s does not say what it was trained on; --mean "
                   "and --std do",
                   (double)t->model.input.divisor, s->from);
}

static void say_layers(const struct training *t)
{
    const struct training_settings *s = &t->settings;

    say_folded("layers %s", nn_network_description(t->model.net));
    say("%lld multiply-adds a picture", (long long)nn_network_multiply_adds(t->model.net));
    if (!s->from && s->init_std > 0)
        say("initial weights normal, std %g", s->init_std);
    else if (!s->from)
        say("initial weights by PyTorch's default");
}

static void say_data(const struct fit_options *o, const struct training *t)
{
    const struct training_settings *s = &t->settings;
    const struct dataset_info *info = &t->train.info;

    say_folded("data %s%s: %lld row%s of %dx%dx%d to train on, %d classes", o->files.train[0],
               o->files.train_count > 1 ? " and more" : "", (long long)t->data.n, plural(t->data.n),
               info->c, info->h, info->w, info->class_count);
    if (s->folds)
        say("val: %lld row%s, fold %d of %d, fold seed %llu%s%s", (long long)t->scored[0].data.n,
            plural(t->scored[0].data.n), s->fold, s->folds, (unsigned long long)s->fold_seed,
            s->fold_group ? ", whole groups by " : "", s->fold_group ? s->fold_group : "");
    for (int i = s->folds ? 1 : 0; i < t->scored_count; i++)
        say("%s: %lld row%s", t->scored[i].name, (long long)t->scored[i].data.n,
            plural(t->scored[i].data.n));
}

/* Says which scores are of rows that are trained on. */
static void say_relations(const struct training *t)
{
    char text[RELATION_TEXT];

    for (int i = 0; i < t->scored_count; i++) {
        const struct scored *scored = &t->scored[i];
        const enum relation_kind kind = relation_kind(&scored->relation);

        if (i == 0 && t->has_validation && kind >= RELATION_REPEATED && kind <= RELATION_TRAINED)
            warn("%s: %s", scored->name, relation_text(&scored->relation, text));
        else if (kind != RELATION_FAIR)
            say("%s: %s", scored->name, relation_text(&scored->relation, text));
    }
}

/* Says where --mean and --std cannot be of the pixels that --divisor leaves: those of 0 to 255 are
 * often given for pixels of 0 to 1. */
static void say_scale(const struct training *t)
{
    const double slightest = 1.0 / 250; /* of their range: a pixel of ink in 62,500 */
    const struct data_range *pixels = &t->train.info.pixels;
    const struct nn_input *in = &t->model.input;
    const double min = pixels->min / (double)in->divisor, max = pixels->max / (double)in->divisor;
    const double mean = (double)in->mean, std = (double)in->std;

    if (data_range_known(pixels) &&
        ((mean != 0 && !(mean >= min && mean <= max)) ||
         (std != 1 && !(std <= max - min && std >= slightest * (max - min)))))
        say_folded("hint: pixels / %g are from %g to %g, which --mean %g --std %g are not of; "
                   "--mean auto --std auto measure them",
                   (double)in->divisor, min, max, mean, std);
}

/* Says where rows of one class follow another, all of them, and stay so: each step then forgets
 * what the ones before have learnt. */
static void say_order(const struct training *t)
{
    enum { ROWS = 20 }; /* of each class, below which order tells little */
    const struct nn_data *data = &t->data;
    const int classes = t->train.info.class_count;
    int64_t changes = 0;
    int last = -1;

    if (t->settings.nn.shuffle || data->n < (int64_t)ROWS * classes)
        return;
    for (int64_t i = 0; i < data->n && changes <= 2 * classes; i++) {
        const int class =
            label_class(data->soft ? (const void *)data->soft : data->onehot, data->soft != NULL,
                        classes, data->index ? data->index[i] : i);

        changes += class != last;
        last = class;
    }
    if (changes <= 2 * classes)
        say("hint: the rows lie class by class, and --shuffle no leaves them so");
}

/* Returns 1, 2 or 5 times a power of ten, the largest that is at most `most`, 1 or more. */
static double round_down(double most)
{
    double round = 1;

    while (10 * round <= most)
        round *= 10;
    return round * (5 * round <= most ? 5 : 2 * round <= most ? 2 : 1);
}

/* Says where --ema looks back beyond the first step: the first weights then count about as much as
 * the last. About a tenth of the steps is better. */
static void say_average(const struct training *t)
{
    enum { FEWEST = 50 };
    const struct training_settings *s = &t->settings;
    const struct nn_training *nn = &s->nn;
    const int64_t steps =
        nn_training_steps(nn, nn_trainer_updates(t->trainer), nn_trainer_steps(t->trainer));
    const double back = 1 / (1 - nn->average);

    if (nn->average == 0 || back <= (double)steps || steps < FEWEST ||
        (s->free_epochs && nn->bends == 0))
        return;
    say_folded("hint: --ema %g looks back %.0f steps, and there are %lld: the first weights count "
               "about as much as the last; --ema %.6g is worth a try",
               nn->average, back, (long long)steps, 1 - 1 / round_down((double)steps / 10));
}

/* Says which data to score may be on another scale than what is trained on, and what does not fit
 * the data. */
static void say_hints(const struct fit_options *o, const struct training *t)
{
    const int others = t->scored_count - o->files.eval_count; /* --val, or a fold */
    char text[DATA_RANGE_TEXT];

    for (int i = 0; i < t->scored_count; i++)
        if (data_range_differs(&t->scored[i].samples.info.pixels, &t->train.info.pixels, text))
            say("hint: the pictures of %s are not like those of %s but %s",
                i < others ? o->files.val : o->files.eval_paths[i - others], o->files.train[0],
                text);
    say_scale(t);
    say_order(t);
    say_average(t);
}

static void say_class_weights(const struct training *t)
{
    const int classes = t->train.info.class_count;
    struct strbuf text = {0};
    int k = 0;

    if (!t->class_weights)
        return;
    for (; k < classes && text.size < WORDS; k++)
        strbuf_printf(&text, "%s%.4g", k ? ", " : "", t->class_weights[k]);
    say_folded("class weights %s%s", strbuf_shown(&text), k < classes ? ", ..." : "");
    strbuf_free(&text);
}

/* Tells whether --plain-epochs takes all of them, as where a trial cuts a recipe short. */
static bool never_augmented(const struct nn_training *nn)
{
    return nn_augment_any(&nn->augment) && nn->epochs && nn->plain_epochs >= nn->epochs;
}

static void say_augmentation(const struct training *t)
{
    const struct nn_training *nn = &t->settings.nn;
    char text[NN_AUGMENT_TEXT];

    if (!nn_augment_any(&nn->augment))
        return;
    nn_augment_text(&nn->augment, text);
    say("augmentation %s; background %g%s", text, (double)t->background[0],
        t->train.info.c > 1 ? " in the first channel" : "");
    if (nn->plain_epochs && !never_augmented(nn))
        say("no augmentation in the last %d of %d epochs", nn->plain_epochs, nn->epochs);
}

static void say_training(const struct training *t)
{
    const struct training_settings *s = &t->settings;
    const struct nn_training *nn = &s->nn;
    char optimizer[WORDS], schedule[WORDS], epochs[WORDS];

    say_folded("optimizer %s, weight decay %g, learning rate %g, %s", optimizer_text(nn, optimizer),
               nn->weight_decay, nn->lr, schedule_text(nn, schedule));
    if (s->free_epochs && nn->bends == 0)
        snprintf(epochs, sizeof epochs, "as many epochs as fit into %g s", s->within);
    else
        snprintf(epochs, sizeof epochs, "%d epoch%s", nn->epochs, plural(nn->epochs));
    say_folded("batch %d, %s, seed %llu, rows %s, label smoothing %g", nn->batch, epochs,
               (unsigned long long)nn->seed, nn->shuffle ? "shuffled" : "in their order",
               nn->label_smoothing);
    if (nn->frozen)
        say("the first %d layers stay as they are", nn->frozen);
    if (nn->tuned)
        say("learning rate of the layers from %s but the last: times %g", s->from, nn->tuned_rate);
    say_class_weights(t);
    say_augmentation(t);
    if (nn->average > 0)
        say("scores and keeps averaged weights, decay %g with each step", nn->average);
    if (s->patience)
        say("stops after %d epoch%s without a %s validation %s", s->patience, plural(s->patience),
            keep_figures[s->keep].higher ? "higher" : "lower", keep_figures[s->keep].name);
    if (s->keep > KEEP_BEST)
        say("keeps the best epoch by validation %s", keep_figures[s->keep].name);
    else
        say("keeps the %s epoch", s->keep_best ? "best" : "last");
}

static bool drops_out(const struct nn_network *net)
{
    for (int i = 0; i < nn_network_layers(net); i++)
        if (strncmp(nn_network_layer(net, i).text, "dropout", strlen("dropout")) == 0)
            return true;
    return false;
}

/* Says why the losses of one line are not of one kind, where they are not. */
static void say_kinds_of_loss(const struct training *t)
{
    const struct nn_training *nn = &t->settings.nn;
    const struct {
        bool is;
        const char *with;
    } kinds[] = {{nn->label_smoothing > 0, "label smoothing"},
                 {t->class_weights != NULL, "class weights"},
                 {nn_augment_any(&nn->augment), "augmentation"},
                 {drops_out(t->model.net), "dropout"}};
    struct strbuf text = {0};

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (kinds[i].is)
            strbuf_printf(&text, "%s%s", text.size ? ", " : "", kinds[i].with);
    if (text.size && t->scored_count)
        say_folded("the training's loss is with %s, that of other data without",
                   strbuf_shown(&text));
    strbuf_free(&text);
}

/* Says what --verbose adds. */
static void say_more(const struct training *t)
{
    const struct nn_input *input = &t->model.input;

    say_layers(t);
    if (view_any(&t->model.view))
        say("normalized: %s", t->model.view.text);
    say("pixels / %g, mean %g, std %g", (double)input->divisor, (double)input->mean,
        (double)input->std);
    say_training(t);
    say("memory %.0f MiB for training besides %.0f MiB of pictures",
        (double)(nn_trainer_bytes(t->trainer) + nn_predictor_bytes(t->predictor)) / 1048576,
        (double)training_picture_bytes(t) / 1048576);
    if (t->settings.nn.epochs == 0)
        return;
    say("by epoch: loss, accuracy%s; learning rate, images/s",
        t->scored_count ? "; the same of other data" : "");
    say_kinds_of_loss(t);
}

void fit_say_precision(const struct training *t)
{
    const struct nn_network *net = t->model.net;
    int64_t all = nn_network_multiply_adds(net), rounded = 0;

    if (t->settings.precision != NN_BF16)
        return;
    for (int i = 0; i < nn_network_layers(net); i++) {
        const struct nn_layer_info layer = nn_network_layer(net, i);

        rounded += layer.bf16 ? layer.multiply_adds : 0;
    }
    say("precision bf16: operands of %.0f %% of the multiply-adds are rounded%s",
        100 * (double)rounded / (double)(all ? all : 1),
        t->settings.nn.device || !nn_kernels_bf16_is_faster() ? "; float32 is faster here" : "");
}

/* Says how many processes train, and how many of them have work: each takes whole shards. */
static void say_team(const struct training *t)
{
    const struct nn_team *team = t->settings.nn.team;
    const int shard = nn_trainer_plan(t->trainer).shard;
    const int shards = (t->settings.nn.batch + shard - 1) / shard;

    if (team && team->ranks <= shards)
        say("processes: %d; the bytes are those of one", team->ranks);
    else if (team)
        say("processes: %d, of which %d have work: a batch has that many times %d pictures; the "
            "bytes are those of one",
            team->ranks, shards, shard);
}

void fit_say_settings(const struct fit_options *o, const struct training *t)
{
    const int most = nn_pool_threads(t->pool);
    const int threads = most < common.threads ? most : (int)common.threads;
    const struct nn_training *nn = &t->settings.nn;

    if (nn->device)
        say("device %s", nn_device_info(nn->device).name);
    say("%s %s kernels, threads: %d%s", nn->device ? "the rest by" : "device cpu,",
        nn_kernels_name(), threads,
        threads < common.threads ? ", as the system gives no more" : "");
    fit_say_precision(t);
    say_network(t);
    say_data(o, t);
    say_relations(t);
    say_hints(o, t);
    if (never_augmented(nn))
        warn("--plain-epochs %d of %d epoch%s: no epoch is left for --augment", nn->plain_epochs,
             nn->epochs, plural(nn->epochs));
    if (o->verbose)
        say_more(t);
    say_team(t);
}

int fit_warn_of_classes(const struct training *t, struct err *err)
{
    enum { MOST = 10 }; /* warnings of one kind */
    const struct dataset_info *info = &t->train.info;
    int64_t *rows = calloc((size_t)info->class_count, sizeof *rows);
    int missing = 0;

    if (!rows)
        return err_memory(err, "class counts", 0);
    samples_count(&t->train, &t->data, rows);
    for (int k = 0; k < info->class_count; k++)
        if (rows[k] == 0 && ++missing <= MOST)
            warn("class '%s' has no rows to train on", info->class_names[k]);
    if (missing > MOST)
        warn("and %d more like these", missing - MOST);
    free(rows);
    return 0;
}
