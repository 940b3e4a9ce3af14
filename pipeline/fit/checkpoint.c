/* Checkpoints: the state of a training, written and resumed from. */
#include "checkpoint.h"

#include "pipeline/files/output.h"
#include "pipeline/tensor/meta.h"
#include "resumable.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- Metadata ---- */

/* Returns the inputs on which the weights depend, or which of them are kept, as one text: "data
 * DIGEST validation DIGEST ...". */
static char *inputs_text(const struct inputs *inputs)
{
    struct strbuf text = {0};

    for (int i = 0; i < inputs_count(inputs); i++)
        if (strcmp(inputs_role(inputs, i), "evaluation") != 0)
            strbuf_printf(&text, "%s%s %s", text.size ? " " : "", inputs_role(inputs, i),
                          inputs_digest(inputs, i));
    return strbuf_take(&text);
}

enum { STATE_TEXT = 300 };

/* Writes numbers as C's %a does them, so that they come back exact. */
static void state_text(const struct training *t, char text[STATE_TEXT])
{
    const struct nn_progress *p = nn_trainer_progress(t->trainer);

    snprintf(text, STATE_TEXT, "%lld %d %lld %lld %a %a %lld %a %d %a",
             (long long)nn_trainer_updates(t->trainer), p->epoch, (long long)p->step,
             (long long)p->rows, p->loss, p->weight, (long long)p->correct, p->lr, t->best_epoch,
             t->best_figure);
}

struct state {
    long long updates;
    struct nn_progress progress;
    int best_epoch;
    double best_figure;
};

/* Checks that the training comes through that state: its counts agree with each other. */
static bool is_reachable(const struct training *t, const struct nn_training *nn,
                         const struct state *s)
{
    const struct nn_progress *p = &s->progress;
    const int64_t n = t->data.n, batch = nn->batch;
    const int64_t steps = nn_trainer_steps(t->trainer);

    return p->epoch >= 1 && p->epoch <= course_epochs(nn, steps) && p->step >= 0 &&
           p->step <= steps && p->rows == (p->step < steps ? p->step * batch : n) &&
           s->updates == (p->epoch - 1) * steps + p->step && s->best_epoch >= 0 &&
           s->best_epoch < p->epoch;
}

/* Reads what state_text() wrote. */
static int scan_state(const char *text, struct state *s)
{
    struct nn_progress *p = &s->progress;
    long long step, rows, correct;

    if (!text || sscanf(text, "%lld %d %lld %lld %la %la %lld %la %d %la", &s->updates, &p->epoch,
                        &step, &rows, &p->loss, &p->weight, &correct, &p->lr, &s->best_epoch,
                        &s->best_figure) != 10)
        return -1;
    p->step = step;
    p->rows = rows;
    p->correct = correct;
    return 0;
}

/* ---- Tensors: weights, moments, the best and the averaged weights, each under a prefix ---- */

/* ESTIMATE: to predict with; the run that resumes makes it again. */
enum source { WEIGHTS, FIRST, SECOND, BEST, AVERAGE, ESTIMATE, SOURCES };
static const char *const prefixes[SOURCES] = {"",      "first.",   "second.",
                                              "best.", "average.", "estimate."};

/* Returns the weights that the model would have, were the training over. */
static enum source kept_source(const struct training *t)
{
    return t->best && t->best_epoch              ? BEST
           : t->settings.nn.average > 0          ? AVERAGE
           : nn_trainer_has_estimate(t->trainer) ? ESTIMATE
                                                 : WEIGHTS;
}

static bool has_source(const struct training *t, enum source source, const struct nn_tensor *tensor)
{
    if (source == BEST)
        return t->best && t->best_epoch;
    if (source == AVERAGE)
        return t->settings.nn.average > 0;
    if (source == ESTIMATE) /* never where a training reads: it has taken no step */
        return kept_source(t) == ESTIMATE;
    if (source == SECOND && t->settings.nn.optimizer == NN_SGD)
        return false;
    return source == WEIGHTS || !tensor->statistic;
}

/* Returns the weights; NULL: a moment, which the trainer has. */
static struct nn_weights *weights_of(const struct training *t, enum source source)
{
    switch (source) {
    case WEIGHTS:
        return t->model.weights;
    case BEST:
        return t->best;
    case AVERAGE:
        return nn_trainer_average(t->trainer);
    default:
        return NULL;
    }
}

static void take(const struct training *t, enum source source, int number, float *values)
{
    const struct nn_weights *weights =
        source == ESTIMATE ? t->scored_weights : weights_of(t, source);

    if (weights)
        nn_weights_export(weights, number, values);
    else
        nn_trainer_export(t->trainer, source == FIRST ? NN_FIRST : NN_SECOND, number, values);
}

static void give(struct training *t, enum source source, int number, const float *values)
{
    struct nn_weights *weights = weights_of(t, source);

    if (weights)
        nn_weights_import(weights, number, values);
    else
        nn_trainer_import(t->trainer, source == FIRST ? NN_FIRST : NN_SECOND, number, values);
}

enum { NAME_TEXT = 112 };

static struct tensor describe(const struct nn_tensor *from, enum source source,
                              char name[NAME_TEXT])
{
    struct tensor tensor = {.name = name, .dtype = DTYPE_F32, .ndim = from->ndim};

    snprintf(name, NAME_TEXT, "%s%s", prefixes[source], from->name);
    memcpy(tensor.dims, from->dims, (size_t)from->ndim * sizeof *from->dims);
    return tensor;
}

/* Calls `each` for every tensor that a checkpoint of this training has; `values` has room for any.
 */
struct visit {
    struct training *training;
    struct tensor_writer *writer;
    struct tensor_file *file;
    float *values;
};
typedef int visit_function(struct visit *, enum source, int number, const struct tensor *,
                           struct err *);

static int visit_all(struct visit *visit, visit_function *each, struct err *err)
{
    const struct nn_network *net = visit->training->model.net;

    for (enum source source = WEIGHTS; source < SOURCES; source++)
        for (int i = 0; i < nn_network_tensors(net); i++) {
            const struct nn_tensor from = nn_network_tensor(net, i);
            char name[NAME_TEXT];
            const struct tensor tensor = describe(&from, source, name);

            if (has_source(visit->training, source, &from) && each(visit, source, i, &tensor, err))
                return -1;
        }
    return 0;
}

static float *room_for_largest(const struct nn_network *net, struct err *err)
{
    int64_t most = 1;
    float *values;

    for (int i = 0; i < nn_network_tensors(net); i++)
        if (nn_network_tensor(net, i).size > most)
            most = nn_network_tensor(net, i).size;
    values = malloc((size_t)most * sizeof *values);
    if (!values)
        err_memory(err, "a checkpoint", (size_t)most * sizeof *values);
    return values;
}

/* ---- Saving ---- */

static bool is_checkpoint(const struct tensor_file *file)
{
    return strcmp(tensor_file_kind(file), "checkpoint/1") == 0;
}

static json_t *make_meta(const struct training *t, const char *path, struct err *err)
{
    json_t *meta = json_object();
    char state[STATE_TEXT], *inputs = inputs_text(&t->inputs);
    int failed = !inputs;

    state_text(t, state);
    failed = failed || meta_add(meta, path, "kind", "checkpoint/1", err) ||
             model_describe(meta, path, &t->model, err) ||
             meta_add(meta, path, "kept", prefixes[kept_source(t)], err) ||
             meta_add(meta, path, "trained_on", inputs, err) ||
             (t->log_state && meta_add_json(meta, path, "log_state", t->log_state, err)) ||
             meta_add(meta, path, "state", state, err);
    if (!inputs)
        err_memory(err, "a checkpoint", 0);
    free(inputs);
    if (!failed)
        return meta;
    json_decref(meta);
    return NULL;
}

int checkpoint_check(const char *path, bool resume, struct err *err)
{
    struct tensor_file *file = NULL;
    struct output *trial = NULL;
    struct stat status = {0};
    struct err why;
    int result = 0;

    if (strcmp(path, "-") == 0 || (stat(path, &status) == 0 && !S_ISREG(status.st_mode)))
        return err_set(err, EX_USAGE, "%s: a checkpoint has to be a regular file", path);
    if (status.st_size > 0 && tensor_file_open(&file, path, NULL, "", &why) && !resume)
        result = err_set(err, EX_USAGE,
                         "%s; what is no checkpoint is not replaced by one: name another file, or "
                         "remove this one",
                         why.text);
    if (file && !is_checkpoint(file))
        result = err_set(err, EX_USAGE,
                         "%s: is no checkpoint but a tensor file of another kind (%.32s), which a "
                         "checkpoint would replace",
                         path, *tensor_file_kind(file) ? tensor_file_kind(file) : "bare");
    tensor_file_close(file);
    if (result == 0)
        result = output_open(&trial, path, err);
    output_close(trial);
    return result;
}

static int write_tensor(struct visit *visit, enum source source, int number,
                        const struct tensor *tensor, struct err *err)
{
    const int added = tensor_writer_add(visit->writer, tensor, false, err);

    if (added < 0)
        return -1;
    take(visit->training, source, number, visit->values);
    return tensor_writer_append(visit->writer, added, visit->values, tensor_rows(tensor), err);
}

int checkpoint_save(const struct training *t, const char *path, struct err *err)
{
    struct visit visit = {.training = (struct training *)t};
    json_t *meta = make_meta(t, path, err), *options = json_object();
    int result = -1;

    nn_trainer_estimate(t->trainer); /* so that what is kept can be predicted with */
    if (!options)
        err_memory(err, "a checkpoint", 0);
    visit.values = room_for_largest(t->model.net, err);
    if (meta && options && visit.values && training_check_device(t, err) == 0 && tensor_writer_open(&visit.writer, path, err) == 0 &&
        visit_all(&visit, write_tensor, err) == 0)
        result = tensor_writer_commit(visit.writer, meta, options, NULL, err);
    tensor_writer_close(visit.writer);
    free(visit.values);
    json_decref(meta);
    json_decref(options);
    return result;
}

/* ---- Going on ---- */

static int refuse(const struct tensor_file *file, const char *what, const char *now,
                  const char *was, struct err *err)
{
    return err_set(err, EX_DATAERR, "%s: it is of another run: %s is %s, was %s",
                   tensor_file_path(file), what, now, was);
}

/* Checks that text `key` of the file is `wanted`. */
static int same(const struct tensor_file *file, const char *key, const char *wanted,
                const char *what, struct err *err)
{
    const char *found = tensor_file_meta(file, key);

    return found && strcmp(found, wanted) == 0
               ? 0
               : refuse(file, what, wanted, found ? found : "none", err);
}

/* Appends the digests of one role from a text of inputs_text(). */
static void digests_of(const char *inputs, const char *role, struct strbuf *digests)
{
    char found[32], digest[64];
    int end = 0;

    for (; inputs && sscanf(inputs, "%31s %63s%n", found, digest, &end) == 2; inputs += end)
        if (strcmp(found, role) == 0)
            strbuf_printf(digests, "%s%s", digests->size ? " " : "", digest);
}

/* Checks the data: of its files only what they held is known. */
static int same_inputs(const struct training *t, const struct tensor_file *file, struct err *err)
{
    static const char *const roles[][2] = {
        {"data", "the training data"}, {"validation", "--val"}, {"from", "--from"}};
    char *inputs = inputs_text(&t->inputs);
    struct strbuf now = {0}, was = {0};
    int result = inputs ? 0 : err_memory(err, "a checkpoint", 0);

    for (int i = 0; i < 3 && result == 0; i++) {
        strbuf_clear(&now);
        strbuf_clear(&was);
        digests_of(inputs, roles[i][0], &now);
        digests_of(tensor_file_meta(file, "trained_on"), roles[i][0], &was);
        if (now.failed || was.failed)
            result = err_memory(err, "a checkpoint", 0);
        else if (strcmp(strbuf_text(&now), strbuf_text(&was)) != 0)
            result = refuse(file, roles[i][1], now.size ? now.text : "none",
                            was.size ? was.text : "none", err);
    }
    strbuf_free(&now);
    strbuf_free(&was);
    free(inputs);
    return result;
}

/* Returns the settings with the steps that a run --within took, which are for the checkpoint to
 * say; *nn gets them too. */
static json_t *settings_with_steps(const struct training *t, const json_t *was,
                                   struct nn_training *nn)
{
    json_t *now = json_copy(t->model.settings), *steps = json_object_get(was, "steps");
    json_t *epochs = json_object_get(was, "epochs");

    *nn = t->settings.nn;
    if (!(t->settings.within > 0) || t->settings.nn.bends > 0)
        return now;
    if (json_is_string(steps) && course_parse(nn, json_string_value(steps)) == 0)
        json_object_set(now, "steps", steps);
    if (t->settings.free_epochs && json_is_integer(epochs)) {
        nn->epochs = (int)json_integer_value(epochs);
        json_object_set(now, "epochs", epochs);
    }
    return now;
}

/* Checks the settings; *note says which differ in what is still to come. */
static int same_settings(const struct training *t, const struct tensor_file *file, int epoch,
                         struct nn_training *nn, struct err *note, struct err *err)
{
    json_t *was = tensor_file_meta_json(file, "settings", err), *now;
    struct resumable differences;
    int result = -1;

    if (!was)
        return -1;
    now = settings_with_steps(t, was, nn);
    if (!now)
        err_memory(err, "a checkpoint's settings", 0);
    else if (resumable_compare(&differences, was, now, epoch, err) == 0) {
        result = differences.refused.size == 0
                     ? 0
                     : err_set(err, EX_DATAERR, "%s: it is of another run: %s",
                               tensor_file_path(file), strbuf_text(&differences.refused));
        if (result == 0)
            err_set(note, 0, "%s", strbuf_text(&differences.taken));
    }
    if (now)
        resumable_free(&differences);
    json_decref(now);
    json_decref(was);
    return result;
}

/* Checks that the file is of this run. Builds of the same version that called log_state otherwise
 * are other ones. */
static int check_run(const struct training *t, struct tensor_file *file, int epoch,
                     struct nn_training *nn, struct err *note, struct err *err)
{
    if (tensor_file_expect(file, "checkpoint/1", err) ||
        same(file, "csvnet", CSVNET_VERSION, "the version of csvnet", err) ||
        (tensor_file_meta(file, "told") &&
         refuse(file, "the version of csvnet", CSVNET_VERSION, "older", err)) ||
        same(file, "architecture", nn_network_description(t->model.net), "the network", err))
        return -1;
    err_set(note, 0, "--from %s begins with its weights", tensor_file_path(file));
    return same_inputs(t, file, err) || same_settings(t, file, epoch, nn, note, err) ? -1 : 0;
}

static int expect_tensor(struct visit *visit, enum source source, int number,
                         const struct tensor *tensor, struct err *err)
{
    const struct tensor *found = tensor_file_find(visit->file, tensor->name);
    const char *path = tensor_file_path(visit->file);

    (void)source, (void)number;
    if (!found)
        return err_set(err, EX_DATAERR, "%s: tensor '%s' is missing", path, tensor->name);
    return tensor_expect(path, found, DTYPE_F32, tensor->ndim, tensor->dims, err);
}

static int read_tensor(struct visit *visit, enum source source, int number,
                       const struct tensor *tensor, struct err *err)
{
    if (tensor_file_read(visit->file, tensor->name, visit->values, err))
        return -1;
    give(visit->training, source, number, visit->values);
    return 0;
}

static int resume(struct training *t, struct tensor_file *file, struct err *note, struct err *err)
{
    struct visit visit = {.training = t, .file = file};
    json_t *epochs = NULL, *log_state = NULL;
    struct state state = {0};
    struct nn_training nn;
    const int unreadable = scan_state(tensor_file_meta(file, "state"), &state);
    int result = -1;

    if (check_run(t, file, state.progress.epoch, &nn, note, err))
        return -1;
    if (tensor_file_verify(file, err))
        goto out;
    epochs = tensor_file_meta_json(file, "epochs", err);
    log_state = tensor_file_meta(file, "log_state") ? tensor_file_meta_json(file, "log_state", err)
                                                    : json_null();
    if (!epochs || !log_state)
        goto out;
    if (unreadable || !json_is_array(epochs) || !is_reachable(t, &nn, &state) ||
        (int)json_array_size(epochs) != state.progress.epoch - 1) {
        err_set(err, EX_DATAERR, "%s: its state cannot be read", tensor_file_path(file));
        goto out;
    }
    t->best_epoch = state.best_epoch; /* says whether there are best weights to read */
    if (visit_all(&visit, expect_tensor, err)) {
        t->best_epoch = 0;
        goto out;
    }
    visit.values = room_for_largest(t->model.net, err);
    if (!visit.values || visit_all(&visit, read_tensor, err))
        goto out;
    t->best_figure = state.best_figure;
    json_array_clear(t->model.epochs);
    if (json_array_extend(t->model.epochs, epochs)) {
        err_memory(err, "the epochs' figures", 0);
        goto out;
    }
    json_decref(t->log_state);
    t->log_state = json_incref(log_state);
    t->settings.nn = nn;
    if ((nn.bends || t->settings.within > 0) && training_bend(t, err))
        goto out;
    nn_trainer_resume(t->trainer, &state.progress, state.updates);
    result = 1;
out:
    if (result < 0) /* it is damaged: of no use */
        note->text[0] = 0;
    json_decref(epochs);
    json_decref(log_state);
    free(visit.values);
    return result;
}

int checkpoint_load(struct training *t, const char *path, struct err *note, struct err *err)
{
    struct tensor_file *file = NULL;
    int result = -1;

    note->text[0] = 0;
    if (access(path, F_OK) != 0)
        return 0;
    if (tensor_file_open(&file, path, NULL, "", err) == 0)
        result = resume(t, file, note, err);
    tensor_file_close(file);
    return result;
}

void checkpoint_remove(const char *path)
{
    struct tensor_file *file = NULL;
    struct err ignored;

    if (tensor_file_open(&file, path, NULL, "", &ignored) == 0 && is_checkpoint(file))
        unlink(path);
    tensor_file_close(file);
}

int checkpoint_set_aside(const char *path, char **kept, struct err *err)
{
    *kept = NULL;
    for (int i = 1; !*kept || access(*kept, F_OK) == 0; i++) {
        free(*kept);
        if ((i == 1 ? asprintf(kept, "%s.old", path) : asprintf(kept, "%s.old%d", path, i)) < 0) {
            *kept = NULL;
            return err_memory(err, "the name of a file", 0);
        }
    }
    if (rename(path, *kept) == 0)
        return 0;
    return err_set(err, EX_CANTCREAT, "%s: cannot be kept as %s: %s", path, *kept, strerror(errno));
}

/* ---- Telling ---- */

int checkpoint_describe(struct checkpoint_info *info, const struct tensor_file *file,
                        struct err *err)
{
    const char *path = tensor_file_path(file);
    struct state state = {0};

    *info = (struct checkpoint_info){0};
    if (tensor_file_expect(file, "checkpoint/1", err) ||
        meta_get(file, "architecture", &info->architecture, err))
        return -1;
    info->settings = tensor_file_meta_json(file, "settings", err);
    info->epochs = info->settings ? tensor_file_meta_json(file, "epochs", err) : NULL;
    if (info->epochs &&
        (!info->architecture || !json_is_object(info->settings) || !json_is_array(info->epochs) ||
         scan_state(tensor_file_meta(file, "state"), &state)))
        err_set(err, EX_DATAERR,
                "%s: its metadata 'architecture', 'settings', 'epochs' and 'state' are not those "
                "of a checkpoint",
                path);
    else if (info->epochs) {
        info->updates = state.updates;
        info->progress = state.progress;
        info->best_epoch = state.best_epoch;
        info->best_figure = state.best_figure;
        return 0;
    }
    checkpoint_info_free(info);
    return -1;
}

void checkpoint_info_free(struct checkpoint_info *info)
{
    free(info->architecture);
    json_decref(info->settings);
    json_decref(info->epochs);
    *info = (struct checkpoint_info){0};
}
