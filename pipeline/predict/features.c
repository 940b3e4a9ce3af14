/* Writes the values before a network's last layer. */
#include "features.h"

#include "pipeline/base/memory.h"
#include "pipeline/dataset/keys.h"
#include "pipeline/dataset/rows.h"
#include "pipeline/tensor/meta.h"

#include <stdlib.h>
#include <string.h>

static int declare(struct features_writer *w, struct err *err)
{
    const struct dataset_info *data = w->ensemble->data;
    const int64_t labels[] = {0, data->class_count}, features[] = {0, w->size};
    const struct tensor ids = keys_tensor("ids", data->id_width);

    w->rows = rows_declare(w->file, "rows", DTYPE_I64, 1, labels, err);
    if (w->rows < 0)
        return -1;
    if (data->has_ids && (w->ids = tensor_writer_add(w->file, &ids, true, err)) < 0)
        return -1;
    if (data->has_labels &&
        (w->labels = rows_declare(w->file, "labels", data->soft_labels ? DTYPE_F32 : DTYPE_U8, 2,
                                  labels, err)) < 0)
        return -1;
    w->features = rows_declare(w->file, "features", DTYPE_F32, 2, features, err);
    return w->features < 0 ? -1 : 0;
}

int features_writer_init(struct features_writer *w, struct tensor_writer *file,
                         struct ensemble *ensemble, struct err *err)
{
    struct nn_shape shape;

    *w = (struct features_writer){
        .file = file, .ensemble = ensemble, .rows = -1, .ids = -1, .labels = -1, .features = -1};
    if (ensemble->count > 1)
        return err_set(err, EX_USAGE,
                       "%s and %s: --features takes one model, for the values of two are not of "
                       "one kind",
                       ensemble->paths[0], ensemble->paths[1]);
    w->layer = nn_network_output_layer(ensemble->models[0].net);
    if (nn_predictor_tap(ensemble->predictors[0], w->layer, &shape))
        return err_memory(err, "the features", 0);
    w->size = (int64_t)shape.c * shape.h * shape.w;
    w->values = rows_alloc(ensemble->room, (size_t)w->size * sizeof(float), "features", err);
    if (!w->values)
        return -1;
    w->ignored =
        rows_alloc(ensemble->room, (size_t)ensemble->classes * sizeof(float), "probabilities", err);
    return w->ignored ? declare(w, err) : -1;
}

int features_writer_append(struct features_writer *w, const struct dataset_chunk *chunk,
                           struct err *err)
{
    const bool bytes = w->ensemble->data->pixel == DTYPE_U8;
    const void *images = ensemble_images(w->ensemble, 0, chunk);
    const struct nn_data data = {
        .n = chunk->count, .u8 = bytes ? images : NULL, .f32 = bytes ? NULL : images};

    nn_predict_tapped(w->ensemble->predictors[0], &data, w->ignored, w->values);
    if (ensemble_check_device(w->ensemble, err) ||
        tensor_writer_append(w->file, w->rows, chunk->rows, chunk->count, err) ||
        (w->ids >= 0 && tensor_writer_append(w->file, w->ids, chunk->ids, chunk->count, err)) ||
        (w->labels >= 0 &&
         tensor_writer_append(w->file, w->labels, chunk->labels, chunk->count, err)))
        return -1;
    return tensor_writer_append(w->file, w->features, w->values, chunk->count, err);
}

int features_writer_prepare(struct features_writer *w, const char *data_digest,
                            const json_t *options, const struct inputs *inputs, struct err *err)
{
    const struct model *model = &w->ensemble->models[0];
    const struct dataset_info *of = &model->data;
    const char *path = tensor_writer_path(w->file);
    json_t *meta = json_object(), *models = json_pack("[s]", model->digest);
    const struct nn_layer_info layer = nn_network_layer(model->net, w->layer);
    int result = -1;

    if (meta_add(meta, path, "kind", "features/1", err) == 0 &&
        meta_add(meta, path, "before_layer", layer.text, err) == 0 &&
        meta_add_list(meta, path, "classes", of->classes, of->class_count, err) == 0 &&
        meta_add_list(meta, path, "class_names", of->class_names, of->class_count, err) == 0 &&
        meta_add(meta, path, "id_column", w->ensemble->data->id_column, err) == 0 &&
        meta_add_json(meta, path, "models", models, err) == 0 &&
        meta_add(meta, path, "data_digest", data_digest, err) == 0)
        result = tensor_writer_prepare(w->file, meta, options, inputs, err);
    json_decref(models);
    json_decref(meta);
    return result;
}

void features_writer_close(struct features_writer *w)
{
    tensor_writer_close(w->file);
    free(w->values);
    free(w->ignored);
    *w = (struct features_writer){.file = NULL};
}
