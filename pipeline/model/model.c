/* model/1 files: written, loaded, and checked against the network that they describe. */
#include "model.h"

#include "pipeline/base/json.h"
#include "pipeline/tensor/meta.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const precision_words[] = {[NN_F32] = "float32", [NN_BF16] = "bf16", NULL};

/* ---- Reading ---- */

int model_read_input(struct nn_input *input, struct view *view, int channels,
                     const struct tensor_file *file, struct err *err)
{
    json_t *value = tensor_file_meta_json(file, "input", err), *normalize, *background;
    double divisor, mean, std;
    int failed, view_failed;

    if (!value)
        return -1;
    failed = json_unpack(value, "{s:F, s:F, s:F, s?o, s?o !}", "divisor", &divisor, "mean", &mean,
                         "std", &std, "normalize", &normalize, "background", &background);
    view_failed = !failed && view_read(view, value, tensor_file_path(file), channels, err);
    json_decref(value);
    if (view_failed)
        return -1;
    if (!failed)
        *input = (struct nn_input){(float)divisor, (float)mean, (float)std};
    if (failed || !isfinite(input->divisor) || !isfinite(input->mean) || !isfinite(input->std) ||
        input->divisor <= 0 || input->std <= 0)
        return json_memory_check("metadata", err)
                   ? -1
                   : err_set(
                         err, EX_DATAERR,
                         "%s: metadata 'input' is not {\"divisor\", \"mean\", \"std\"} of finite "
                         "numbers, divisor and std above 0",
                         tensor_file_path(file));
    return 0;
}

static int read_shape(struct dataset_info *data, const struct tensor_file *file, struct err *err)
{
    json_t *value = tensor_file_meta_json(file, "shape", err);
    json_int_t c, h, w;
    int failed;

    if (!value)
        return -1;
    failed = json_unpack(value, "[I, I, I !]", &c, &h, &w);
    json_decref(value);
    if (failed || c < 1 || h < 1 || w < 1 || c > PICTURE_MOST_SIDE || h > PICTURE_MOST_SIDE ||
        w > PICTURE_MOST_SIDE || c * h * w > PICTURE_MOST_PIXELS)
        return err_set(err, EX_DATAERR,
                       "%s: metadata 'shape' is not [channels, height, width] of an image",
                       tensor_file_path(file));
    data->c = (int)c;
    data->h = (int)h;
    data->w = (int)w;
    return 0;
}

static int read_data_info(struct model *model, const struct tensor_file *file, struct err *err)
{
    struct dataset_info *data = &model->data;

    if (read_shape(data, file, err) ||
        meta_get_classes(file, &data->classes, &data->class_names, &data->class_count, err) ||
        meta_get_list(file, "columns", &data->columns, &data->column_count, err) ||
        data_range_read(&data->pixels, file, err) || framing_read(&model->framing, file, err) ||
        meta_get_digest(file, "data_digest", model->data_digest, err))
        return -1;
    if (data->class_count == 0)
        return err_set(err, EX_DATAERR, "%s: metadata 'classes' is missing or empty",
                       tensor_file_path(file));
    if (data->columns && data->column_count != data->c * data->h * data->w)
        return err_set(err, EX_DATAERR, "%s: %d names in metadata 'columns' for %d pixels",
                       tensor_file_path(file), data->column_count, data->c * data->h * data->w);
    data->column_count = data->c * data->h * data->w;
    return 0;
}

static int read_history(struct model *model, const struct tensor_file *file, struct err *err)
{
    model->settings = tensor_file_meta_json(file, "settings", err);
    if (!model->settings)
        return -1;
    model->epochs = tensor_file_meta_json(file, "epochs", err);
    if (!model->epochs)
        return -1;
    if (!json_is_object(model->settings) || !json_is_array(model->epochs))
        return err_set(err, EX_DATAERR,
                       "%s: metadata 'settings' is not an object or 'epochs' not a list",
                       tensor_file_path(file));
    return 0;
}

void model_read_trouble(struct model *model, const struct tensor_file *file)
{
    const char *trouble = tensor_file_meta(file, "trouble");

    snprintf(model->trouble, sizeof model->trouble, "%s", trouble ? trouble : "");
}

int model_read_precision(enum nn_precision *precision, const json_t *settings,
                         const struct tensor_file *file, struct err *err)
{
    const json_t *value = json_object_get(settings, "precision");
    const char *word = json_string_value(value);

    *precision = NN_F32;
    if (!value)
        return 0;
    for (int i = 0; precision_words[i]; i++)
        if (word && strcmp(word, precision_words[i]) == 0) {
            *precision = (enum nn_precision)i;
            return 0;
        }
    return err_set(err, EX_DATAERR, "%s: metadata 'settings' has a precision other than %s and %s",
                   tensor_file_path(file), precision_words[NN_F32], precision_words[NN_BF16]);
}

static int make_network(struct model *model, const struct tensor_file *file, struct err *err)
{
    const char *architecture = tensor_file_meta(file, "architecture");
    struct nn_shape shape = {model->data.c, model->data.h, model->data.w};
    struct nn_error fault;

    if (!architecture)
        return err_set(err, EX_DATAERR, "%s: metadata 'architecture' is missing",
                       tensor_file_path(file));
    if (nn_network_new(&model->net, architecture, shape, model->data.class_count, &fault))
        return fault.out_of_memory ? err_memory(err, "a network", 0)
                                   : err_set(err, EX_DATAERR, "%s: architecture: %s",
                                             tensor_file_path(file), fault.text);
    if (model_read_precision(&model->precision, model->settings, file, err))
        return -1;
    nn_network_set_precision(model->net, model->precision);
    return 0;
}

/* Tells PyTorch's count of batches, one number per batch normalization, which ours does without. */
static bool is_batch_count(const struct tensor *tensor)
{
    static const char end[] = ".num_batches_tracked";
    size_t length = strlen(tensor->name);

    return tensor->dtype == DTYPE_I64 && tensor->ndim == 0 && length > sizeof end - 1 &&
           strcmp(tensor->name + length - (sizeof end - 1), end) == 0;
}

static bool has_tensor(const struct nn_network *net, const char *name)
{
    for (int i = 0; i < nn_network_tensors(net); i++)
        if (strcmp(nn_network_tensor(net, i).name, name) == 0)
            return true;
    return false;
}

static bool is_checkpoint(const struct tensor_file *file)
{
    return strcmp(tensor_file_kind(file), "checkpoint/1") == 0;
}

enum { NAME_TEXT = 112 };

/* Writes the name of a tensor in the file: a checkpoint says before which names those are that it
 * would keep. */
static const char *name_in(const struct tensor_file *file, const char *name, char text[NAME_TEXT])
{
    const char *before = is_checkpoint(file) ? tensor_file_meta(file, "kept") : NULL;

    snprintf(text, NAME_TEXT, "%.20s%s", before ? before : "", name);
    return text;
}

/* Returns the number that begins the names of tensors of layers from number `layers` on, in or out
 * of blocks. */
static long begins_names(const struct nn_network *net, int layers)
{
    for (int i = 0; i < nn_network_tensors(net); i++) {
        const struct nn_tensor tensor = nn_network_tensor(net, i);

        if (tensor.layer >= layers)
            return strtol(tensor.name, NULL, 10);
    }
    return LONG_MAX;
}

/* Refuses a file that lacks a tensor, and says what it has in that place: of PyTorch's weights the
 * names may be those of a class of one's own, or begin with that of a wrapper. */
static int refuse_missing(const struct nn_network *net, const struct tensor_file *file,
                          const char *name, struct err *err)
{
    const char *path = tensor_file_path(file), *other = NULL;

    for (int i = 0; i < tensor_file_count(file) && !*tensor_file_kind(file); i++) {
        const char *found = tensor_file_at(file, i)->name;
        const int before = (int)strlen(found) - (int)strlen(name);

        if (before > 0 && strcmp(found + before, name) == 0)
            return err_set(err, EX_DATAERR,
                           "%s: tensor '%s' of the architecture is missing; it is there as '%s': "
                           "take '%.*s' off the names",
                           path, name, found, before, found);
        if (!other && !has_tensor(net, found) && !is_batch_count(tensor_file_at(file, i)))
            other = found;
    }
    return other ? err_set(err, EX_DATAERR,
                           "%s: tensor '%s' of the architecture is missing; '%s' is there, which "
                           "is none of it: names have to be an nn.Sequential's (csvnet help "
                           "tensor-file has lines that rename)",
                           path, name, other)
                 : err_set(err, EX_DATAERR, "%s: tensor '%s' of the architecture is missing", path,
                           name);
}

/* Checks that the file holds exactly the tensors of the network's first layers, before the weights
 * take memory. */
static int check_tensors(const struct nn_network *net, int layers, const struct tensor_file *file,
                         struct err *err)
{
    const char *path = tensor_file_path(file);
    const long end = begins_names(net, layers);
    char name[NAME_TEXT];

    for (int i = 0; i < nn_network_tensors(net); i++) {
        const struct nn_tensor wanted = nn_network_tensor(net, i);
        const struct tensor *tensor = tensor_file_find(file, name_in(file, wanted.name, name));

        if (wanted.layer >= layers)
            continue;
        if (!tensor)
            return refuse_missing(net, file, name, err);
        if (tensor_expect(path, tensor, DTYPE_F32, wanted.ndim, wanted.dims, err))
            return -1;
    }
    for (int i = 0; i < tensor_file_count(file) && !is_checkpoint(file); i++) {
        const struct tensor *tensor = tensor_file_at(file, i);

        if (!is_batch_count(tensor) && !has_tensor(net, tensor->name) &&
            strtol(tensor->name, NULL, 10) < end)
            return err_set(err, EX_DATAERR, "%s: tensor '%s' is not part of the architecture", path,
                           tensor->name);
    }
    return 0;
}

static int read_weight(const struct nn_network *net, struct nn_weights *weights, int number,
                       struct tensor_file *file, struct err *err)
{
    struct nn_tensor tensor = nn_network_tensor(net, number);
    float *values = malloc((size_t)tensor.size * sizeof *values + 1);
    char name[NAME_TEXT];
    int result = -1;

    if (!values)
        return err_memory(err, "a model's weights", (size_t)tensor.size * sizeof *values);
    if (tensor_file_read(file, name_in(file, tensor.name, name), values, err))
        goto out;
    for (int64_t i = 0; i < tensor.size; i++)
        if (!isfinite(values[i])) {
            err_set(err, EX_DATAERR, "%s: number %lld of tensor '%s' is not finite",
                    tensor_file_path(file), (long long)i + 1, name);
            goto out;
        }
    nn_weights_import(weights, number, values);
    result = 0;
out:
    free(values);
    return result;
}

int model_read_weights(const struct nn_network *net, struct nn_weights *weights, int layers,
                       struct tensor_file *file, struct err *err)
{
    if (check_tensors(net, layers, file, err))
        return -1;
    for (int i = 0; i < nn_network_tensors(net); i++)
        if (nn_network_tensor(net, i).layer < layers && read_weight(net, weights, i, file, err))
            return -1;
    return tensor_file_verify(file, err);
}

int model_expect(const struct tensor_file *file, struct err *err)
{
    return is_checkpoint(file) ? 0 : tensor_file_expect(file, "model/1", err);
}

static int read_model(struct model *model, struct tensor_file *file, struct err *err)
{
    if (model_expect(file, err) || read_data_info(model, file, err) ||
        model_read_input(&model->input, &model->view, model->data.c, file, err) ||
        read_history(model, file, err) || seen_read(&model->seen, file, err) ||
        make_network(model, file, err) || check_tensors(model->net, INT_MAX, file, err))
        return -1;
    if (is_checkpoint(file)) {
        const char *kept = tensor_file_meta(file, "kept");

        model->stopped_in = (int)json_array_size(model->epochs) + 1;
        model->stopped_past = kept && strcmp(kept, "best.") == 0;
    }
    model->weights = nn_weights_new(model->net);
    if (!model->weights)
        return err_memory(err, "a model's weights", 0);
    return model_read_weights(model->net, model->weights, INT_MAX, file, err);
}

int model_load(struct model *model, const char *path, struct inputs *inputs, struct err *err)
{
    struct tensor_file *file;
    int result;

    *model = (struct model){0};
    if (tensor_file_open(&file, path, inputs, "model", err))
        return -1;
    memcpy(model->digest, tensor_file_digest(file), DIGEST_TEXT);
    model_read_trouble(model, file);
    result = read_model(model, file, err);
    tensor_file_close(file);
    if (result)
        model_free(model);
    return result;
}

/* ---- Writing ---- */

static int add_input(json_t *meta, const char *path, const struct model *model, struct err *err)
{
    const struct nn_input *input = &model->input;
    json_t *value = json_pack("{s:f, s:f, s:f}", "divisor", (double)input->divisor, "mean",
                              (double)input->mean, "std", (double)input->std);
    int result = view_add(value, &model->view, model->data.c, err);
    /* nine digits tell any two floats apart */
    char *text = json_text(value, JSON_COMPACT | JSON_REAL_PRECISION(9));

    if (result == 0)
        result = text ? meta_add(meta, path, "input", text, err) : err_memory(err, "metadata", 0);
    free(text);
    json_decref(value);
    return result;
}

static int add_shape(json_t *meta, const char *path, const struct dataset_info *data,
                     struct err *err)
{
    json_t *value = json_pack("[i, i, i]", data->c, data->h, data->w);
    int result = meta_add_json(meta, path, "shape", value, err);

    json_decref(value);
    return result;
}

int model_describe(json_t *meta, const char *path, const struct model *model, struct err *err)
{
    const struct dataset_info *data = &model->data;

    if (meta_add(meta, path, "architecture", nn_network_description(model->net), err) ||
        add_input(meta, path, model, err) || add_shape(meta, path, data, err) ||
        data_range_add(meta, path, &data->pixels, err) ||
        framing_add(meta, path, &model->framing, err) ||
        meta_add_list(meta, path, "classes", data->classes, data->class_count, err) ||
        meta_add_list(meta, path, "class_names", data->class_names, data->class_count, err) ||
        meta_add_list(meta, path, "columns", data->columns, data->column_count, err) ||
        meta_add_json(meta, path, "settings", model->settings, err) ||
        meta_add_json(meta, path, "epochs", model->epochs, err) ||
        seen_write(&model->seen, meta, path, err) ||
        (*model->trouble && meta_add(meta, path, "trouble", model->trouble, err)))
        return -1;
    return meta_add(meta, path, "data_digest", model->data_digest, err);
}

static int write_weight(const struct model *model, int number, struct tensor_writer *writer,
                        struct err *err)
{
    struct nn_tensor from = nn_network_tensor(model->net, number);
    struct tensor tensor = {.name = from.name, .dtype = DTYPE_F32, .ndim = from.ndim};
    float *values = malloc((size_t)from.size * sizeof *values + 1);
    int result = -1, added;

    if (!values)
        return err_memory(err, "a model's weights", (size_t)from.size * sizeof *values);
    memcpy(tensor.dims, from.dims, (size_t)from.ndim * sizeof *from.dims);
    nn_weights_export(model->weights, number, values);
    added = tensor_writer_add(writer, &tensor, false, err);
    if (added >= 0)
        result = tensor_writer_append(writer, added, values, tensor_rows(&tensor), err);
    free(values);
    return result;
}

int model_save(struct model *model, struct tensor_writer *writer, const json_t *options,
               const struct inputs *inputs, struct err *err)
{
    json_t *meta = json_object();
    const char *path = tensor_writer_path(writer);
    int result =
        meta_add(meta, path, "kind", "model/1", err) || model_describe(meta, path, model, err) ? -1
                                                                                               : 0;

    for (int i = 0; result == 0 && i < nn_network_tensors(model->net); i++)
        result = write_weight(model, i, writer, err);
    if (result == 0)
        result = tensor_writer_commit(writer, meta, options, inputs, err);
    if (result == 0)
        memcpy(model->digest, tensor_writer_digest(writer), DIGEST_TEXT);
    json_decref(meta);
    return result;
}

bool model_is_trial(const struct model *model)
{
    return json_is_true(json_object_get(model->settings, "trial"));
}

void model_free(struct model *model)
{
    nn_weights_free(model->weights);
    nn_network_free(model->net);
    dataset_info_free(&model->data);
    json_decref(model->settings);
    json_decref(model->epochs);
    seen_free(&model->seen);
    view_free(&model->view);
    *model = (struct model){0};
}
