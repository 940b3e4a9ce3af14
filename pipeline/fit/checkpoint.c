/* Checkpoints: the state of a training, written and resumed from. */
#include "checkpoint.h"

#include "pipeline/base/strbuf.h"
#include "pipeline/files/output.h"
#include "pipeline/tensor/meta.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- Metadata ---- */

/* Returns the inputs as one text: "data DIGEST validation DIGEST ...". */
static char *inputs_text(const struct inputs *inputs)
{
    struct strbuf text = {0};

    for (int i = 0; i < inputs_count(inputs); i++)
        strbuf_printf(&text, "%s%s %s", i ? " " : "", inputs_role(inputs, i),
                      inputs_digest(inputs, i));
    return strbuf_take(&text);
}

/* Returns the names under which the epochs' figures have their scores. */
static char *scored_text(const struct training *t)
{
    struct strbuf text = {0};

    for (int i = 0; i < t->scored_count; i++)
        strbuf_printf(&text, "%s%s", i ? " " : "", t->scored[i].name);
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
static bool is_reachable(const struct training *t, const struct state *s)
{
    const struct nn_progress *p = &s->progress;
    const int64_t n = t->data.n, batch = t->settings.nn.batch, steps = (n + batch - 1) / batch;

    return p->epoch >= 1 && p->epoch <= t->settings.nn.epochs && p->step >= 0 && p->step <= steps &&
           p->rows == (p->step < steps ? p->step * batch : n) &&
           s->updates == (p->epoch - 1) * steps + p->step && s->best_epoch >= 0 &&
           s->best_epoch < p->epoch;
}

/* Reads what state_text() wrote. */
static int scan_state(const char *text, struct state *s)
{
    struct nn_progress *p = &s->progress;
    long long step, rows, correct;

    if (!text ||
        sscanf(text, "%lld %d %lld %lld %la %la %lld %la %d %la", &s->updates, &p->epoch, &step,
               &rows, &p->loss, &p->weight, &correct, &p->lr, &s->best_epoch, &s->best_figure) != 10)
        return -1;
    p->step = step;
    p->rows = rows;
    p->correct = correct;
    return 0;
}

static int parse_state(const char *text, const struct training *t, struct state *s)
{
    return scan_state(text, s) == 0 && is_reachable(t, s) ? 0 : -1;
}

static json_t *make_meta(const struct training *t, const char *path, struct err *err)
{
    json_t *meta = json_object();
    char state[STATE_TEXT], *inputs = inputs_text(&t->inputs), *scored = scored_text(t);
    int failed = !inputs || !scored;

    state_text(t, state);
    failed = failed || meta_add(meta, path, "kind", "checkpoint/1", err) ||
             meta_add(meta, path, "architecture", nn_network_description(t->model.net), err) ||
             meta_add_json(meta, path, "settings", t->model.settings, err) ||
             meta_add(meta, path, "trained_on", inputs, err) ||
             meta_add(meta, path, "scored", scored, err) ||
             meta_add_json(meta, path, "epochs", t->model.epochs, err) ||
             (t->log_state && meta_add_json(meta, path, "log_state", t->log_state, err)) ||
             meta_add(meta, path, "state", state, err);
    if (!inputs || !scored)
        err_memory(err, "a checkpoint", 0);
    free(inputs);
    free(scored);
    if (!failed)
        return meta;
    json_decref(meta);
    return NULL;
}

/* ---- Tensors: weights, moments, the best and the averaged weights, each under a prefix ---- */

enum source { WEIGHTS, FIRST, SECOND, BEST, AVERAGE, SOURCES };
static const char *const prefixes[SOURCES] = {"", "first.", "second.", "best.", "average."};

static bool has_source(const struct training *t, enum source source, const struct nn_tensor *tensor)
{
    if (source == BEST)
        return t->best && t->best_epoch;
    if (source == AVERAGE)
        return t->settings.nn.average > 0;
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
    const struct nn_weights *weights = weights_of(t, source);

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

enum { NAME_TEXT = 64 };

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

int checkpoint_check(const char *path, struct err *err)
{
    struct tensor_file *file = NULL;
    struct output *trial = NULL;
    struct stat status;
    struct err ignored;
    int result = 0;

    if (strcmp(path, "-") == 0 || (stat(path, &status) == 0 && !S_ISREG(status.st_mode)))
        return err_set(err, EX_USAGE, "%s: a checkpoint has to be a regular file", path);
    if (tensor_file_open(&file, path, NULL, "", &ignored) == 0 &&
        strcmp(tensor_file_kind(file), "checkpoint/1") != 0)
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

    if (!options)
        err_memory(err, "a checkpoint", 0);
    visit.values = room_for_largest(t->model.net, err);
    if (meta && options && visit.values && tensor_writer_open(&visit.writer, path, err) == 0 &&
        visit_all(&visit, write_tensor, err) == 0)
        result = tensor_writer_commit(visit.writer, meta, options, NULL, err);
    tensor_writer_close(visit.writer);
    free(visit.values);
    json_decref(meta);
    json_decref(options);
    return result;
}

/* ---- Going on ---- */

/* Checks that text `key` of the file is `wanted`; if not, *why says so. */
static bool same(const struct tensor_file *file, const char *key, const char *wanted,
                 const char *what, struct err *why)
{
    const char *found = tensor_file_meta(file, key);

    if (found && wanted && strcmp(found, wanted) == 0)
        return true;
    err_set(why, EX_DATAERR, "%s: it is of %s", tensor_file_path(file), what);
    return false;
}

/* Refuses a file with a key of older builds, which recorded the same version. */
static bool has_no(const struct tensor_file *file, const char *key, const char *what,
                   struct err *why)
{
    if (!tensor_file_meta(file, key))
        return true;
    err_set(why, EX_DATAERR, "%s: it is of %s", tensor_file_path(file), what);
    return false;
}

static bool belongs(const struct training *t, struct tensor_file *file, struct err *why)
{
    json_t *meta = json_object();
    char *inputs = inputs_text(&t->inputs), *scored = scored_text(t);
    bool result;

    result =
        tensor_file_expect(file, "checkpoint/1", why) == 0 &&
        same(file, "csvnet", CSVNET_VERSION, "another version of csvnet", why) &&
        has_no(file, "told", "another version of csvnet", why) && /* now log_state */
        meta_add_json(meta, "", "settings", t->model.settings, why) == 0 &&
        same(file, "architecture", nn_network_description(t->model.net), "another network", why) &&
        same(file, "trained_on", inputs, "other data", why) &&
        same(file, "settings", json_string_value(json_object_get(meta, "settings")),
             "other settings", why) &&
        same(file, "scored", scored, "data scored by other names", why) &&
        tensor_file_verify(file, why) == 0;
    free(inputs);
    free(scored);
    json_decref(meta);
    return result;
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

static int resume(struct training *t, struct tensor_file *file, struct err *why, struct err *err)
{
    struct visit visit = {.training = t, .file = file};
    json_t *epochs = NULL, *log_state = NULL;
    struct state state;
    int result = 0;

    if (!belongs(t, file, why))
        return 0;
    epochs = tensor_file_meta_json(file, "epochs", why);
    log_state = tensor_file_meta(file, "log_state") ? tensor_file_meta_json(file, "log_state", why)
                                                    : json_null();
    if (!epochs || !log_state)
        goto out;
    if (!json_is_array(epochs) || parse_state(tensor_file_meta(file, "state"), t, &state) ||
        (int)json_array_size(epochs) != state.progress.epoch - 1) {
        err_set(why, EX_DATAERR, "%s: its state cannot be read", tensor_file_path(file));
        goto out;
    }
    t->best_epoch = state.best_epoch; /* says whether there are best weights to read */
    if (visit_all(&visit, expect_tensor, why)) {
        t->best_epoch = 0;
        goto out;
    }
    visit.values = room_for_largest(t->model.net, err);
    result = -1;
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
    nn_trainer_resume(t->trainer, &state.progress, state.updates);
    result = 1;
out:
    json_decref(epochs);
    json_decref(log_state);
    free(visit.values);
    return result;
}

int checkpoint_load(struct training *t, const char *path, struct err *why, struct err *err)
{
    struct tensor_file *file = NULL;
    int result = 0;

    if (access(path, F_OK) != 0)
        err_set(why, EX_NOINPUT, "%s: there is no checkpoint yet", path);
    else if (tensor_file_open(&file, path, NULL, "", why) == 0)
        result = resume(t, file, why, err);
    tensor_file_close(file);
    return result;
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
