/* The data of a training: which rows are trained on and which are scored, and the settings that are
 * worked out from the rows. */
#include "data.h"

#include "initial_weights.h"
#include "pipeline/dataset/folds.h"
#include "seen_rows.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- Rows ---- */

/* Compares the data to score with that to train on, and says the way on where classes differ. */
static int check_scored(const struct training *t, const struct samples *scored, const char *path,
                        const char *first, struct err *err)
{
    const struct dataset_info *train = &t->train.info, *info = &scored->info;
    struct err why;

    if (dataset_compatible(path, info, first, train, &why) == 0)
        return 0;
    if (dataset_same_shape(info, train) && dataset_class_missing(info, train))
        return err_set(err, why.status,
                       "%s, so that no row teaches it; leave its rows out, or read the CSV to "
                       "train on by `ingest --like %s`, if that has all classes",
                       why.text, path);
    if (dataset_same_shape(info, train) && dataset_class_missing(train, info))
        return err_set(err, why.status, "%s; `ingest --like %s` reads a CSV with all its classes",
                       why.text, first);
    *err = why;
    return -1;
}

/* Reads the data set to score that is next. */
static int read_scored(struct training_data *d, const char *path, const char *spool,
                       const char *role, struct err *err)
{
    return samples_load(&d->scored[d->scored_count++], (char *const[]){(char *)path}, 1, spool,
                        &d->inputs, role, err);
}

int training_read(struct training_data *d, const struct training_files *files, struct err *err)
{
    int result;

    *d = (struct training_data){.scored = calloc((size_t)files->eval_count + 1, sizeof *d->scored)};
    if (!d->scored)
        return err_memory(err, "the list of data", 0);
    result = samples_load(&d->train, files->train, files->train_count, files->spool, &d->inputs,
                          "data", err);
    if (result == 0 && files->val)
        result = read_scored(d, files->val, files->spool, "validation", err);
    for (int i = 0; i < files->eval_count && result == 0; i++)
        result = read_scored(d, files->eval_paths[i], files->spool, "evaluation", err);
    return result;
}

void training_data_free(struct training_data *d)
{
    for (int i = 0; i < d->scored_count; i++)
        samples_free(&d->scored[i]);
    free(d->scored);
    samples_free(&d->train);
    inputs_free(&d->inputs);
    *d = (struct training_data){0};
}

/* Moves a data set to score to the training. */
static int add_scored(struct training *t, const char *name, const char *path, struct samples *from,
                      const char *first, struct err *err)
{
    struct scored *scored = &t->scored[t->scored_count++];

    scored->name = name;
    samples_move(&scored->samples, from);
    scored->data = scored->samples.data;
    return check_scored(t, &scored->samples, path, first, err);
}

/* Fills index[n]: first the rows outside the fold, to train on, after them those of the fold. */
static int sort_by_fold(struct training *t, const char *path, struct err *err)
{
    const struct training_settings *s = &t->settings;
    const int64_t n = t->train.data.n;
    struct folds folds;
    int64_t inside = 0, outside = 0;

    if (folds_init(&folds, s->folds, s->fold_seed, t->train.info.class_count, err))
        return -1;
    if (t->train.info.has_groups && folds_by_group(&folds, path, err)) {
        folds_free(&folds);
        return -1;
    }
    t->settings.fold_group = t->train.info.group_column;
    for (int64_t i = 0; i < n; i++)
        if (folds_next_of(&folds, &t->train.rows, i,
                          dataset_class(&t->train.info, &t->train.rows, i)) == s->fold)
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
            return err_set(
                err, EX_USAGE,
                "--fold takes exactly one data set, not %d: split makes parts of one, of "
                "which --val takes one and the others are trained on with more data",
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

/* Moves what was read to the training, and chooses the rows of it. */
static int take_data(struct training *t, const struct training_files *files,
                     struct training_data *d, struct err *err)
{
    struct samples *scored = d->scored;

    t->inputs = d->inputs;
    d->inputs = (struct inputs){0};
    samples_move(&t->train, &d->train);
    if (choose_rows(t, files, err))
        return -1;
    if (files->val) {
        t->has_validation = true;
        if (add_scored(t, "val", files->val, scored++, files->train[0], err))
            return -1;
    }
    for (int i = 0; i < files->eval_count; i++)
        if (add_scored(t, files->eval_names[i], files->eval_paths[i], scored++, files->train[0],
                       err))
            return -1;
    return 0;
}

static int load_files(struct training *t, const struct training_files *files, struct err *err)
{
    struct training_data own = {0};
    int result = 0;

    t->scored = calloc((size_t)files->eval_count + 1, sizeof *t->scored);
    if (!t->scored)
        return err_memory(err, "the list of data", 0);
    if (!files->data)
        result = training_read(&own, files, err);
    if (result == 0)
        result = take_data(t, files, files->data ? files->data : &own, err);
    training_data_free(&own);
    return result;
}

/* ---- Settings that depend on the rows ---- */

static int number(const char *text, const char *option, double *value, struct err *err)
{
    char *end;

    errno = 0;
    *value = strtod(text, &end);
    if (end == text || *end || errno || !isfinite(*value))
        return err_set(err, EX_USAGE, "--%s takes a number or auto, not '%s'", option, text);
    return 0;
}

static bool is_default_or_auto(const char *text, const char *plain)
{
    return strcmp(text, plain) == 0 || strcmp(text, "auto") == 0;
}

/* Works out --divisor. Numbers for --mean and --std were meant for F32 pixels as they are until
 * csvnet divided those too: where that makes a difference it has to be said. */
static int set_divisor(const struct training *t, double *divisor, struct err *err)
{
    const struct training_settings *s = &t->settings;

    if (strcmp(s->divisor, "auto") != 0) {
        if (number(s->divisor, "divisor", divisor, err))
            return -1;
        return (float)*divisor > 0 && isfinite((float)*divisor)
                   ? 0
                   : err_set(err, EX_USAGE, "--divisor %s: not above 0 and finite as a float",
                             s->divisor);
    }
    *divisor = data_range_divisor(&t->train.info.pixels);
    if (t->train.info.pixel == DTYPE_U8 || *divisor == 1 ||
        (is_default_or_auto(s->mean, "0") && is_default_or_auto(s->std, "1")))
        return 0;
    return err_set(err, EX_USAGE,
                   "--mean %s --std %s: are they of the pixels divided by %g (--divisor %g), or of "
                   "the pixels as they are (--divisor 1)?",
                   s->mean, s->std, *divisor, *divisor);
}

static int set_input(struct training *t, struct err *err)
{
    const struct training_settings *s = &t->settings;
    double divisor, mean = 0, std = 1;

    if (set_divisor(t, &divisor, err))
        return -1;
    if (strcmp(s->mean, "auto") == 0 || strcmp(s->std, "auto") == 0)
        samples_moments(&t->train, &t->data, divisor, &mean, &std);
    if (strcmp(s->mean, "auto") != 0 && number(s->mean, "mean", &mean, err))
        return -1;
    if (strcmp(s->std, "auto") != 0 && number(s->std, "std", &std, err))
        return -1;
    t->model.input = (struct nn_input){(float)divisor, (float)mean, (float)std};
    t->settings.input = t->model.input;
    if (!isfinite(t->model.input.mean))
        return err_set(err, EX_USAGE, "--mean %s: not finite as a float", s->mean);
    if (t->model.input.std > 0 && isfinite(t->model.input.std))
        return 0;
    if (strcmp(s->std, "auto") == 0)
        return err_set(err, EX_DATAERR, "--std auto: all pixels to train on are equal");
    return err_set(err, EX_USAGE, "--std %s: not above 0 and finite as a float", s->std);
}

/* Sets weight[k] = rows / (classes * rows of class k), so that all classes weigh alike. */
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

/* Normalizes all pictures, of which nothing else is to be known as they were. */
static int normalize(struct training *t, struct err *err)
{
    const struct dataset_info *info = &t->train.info;
    const struct nn_normalize *how = &t->settings.view;
    struct view *view = &t->model.view;
    struct nn_error why;

    if (!nn_normalize_any(how))
        return 0;
    if (nn_normalize_fits(how, (struct nn_shape){info->c, info->h, info->w}, &why))
        return err_set(err, EX_USAGE, "--normalize: %s", why.text);
    view->background = calloc((size_t)info->c, sizeof *view->background);
    if (!view->background)
        return err_memory(err, "the background", 0);
    view->how = *how;
    view->how.background = view->background;
    nn_normalize_text(how, view->text);
    t->settings.normalization = view->text;
    if (samples_background(&t->train, &t->data, view->background, err) ||
        view_apply_here(view, info, t->train.rows.images, t->train.rows.count, err))
        return -1;
    for (int i = t->settings.folds ? 1 : 0; i < t->scored_count; i++) {
        struct samples *scored = &t->scored[i].samples;

        if (view_apply_here(view, &scored->info, scored->rows.images, scored->rows.count, err))
            return -1;
    }
    return 0;
}

static int set_augmentation(struct training *t, struct err *err)
{
    const struct dataset_info *info = &t->train.info;
    struct nn_augment *augment = &t->settings.nn.augment;
    struct nn_error why;

    if (!nn_augment_any(augment))
        return 0;
    if (nn_augment_fits(augment, (struct nn_shape){info->c, info->h, info->w}, &why))
        return err_set(err, EX_USAGE, "--augment: %s", why.text);
    t->background = calloc((size_t)info->c, sizeof *t->background);
    if (!t->background)
        return err_memory(err, "the background", 0);
    augment->background = t->background;
    nn_augment_text(augment, t->augmentation);
    t->settings.augmentation = t->augmentation;
    return samples_background(&t->train, &t->data, t->background, err);
}

int training_load_data(struct training *t, const struct training_files *files, struct err *err)
{
    if (load_files(t, files, err) || training_open_from(t, err) ||
        training_note_seen(t, files, err) ||
        framing_measure(&t->model.framing, &t->train.info, t->train.rows.images, t->index,
                        t->data.n, err) ||
        normalize(t, err) || set_input(t, err) || set_class_weights(t, err))
        return -1;
    return set_augmentation(t, err);
}
