/* The data on a device: the rows that are worked on, in the order in which the data names them. */
#include "there.h"

#include <stdlib.h>
#include <string.h>

static size_t picture_bytes(const struct nn_data *data, struct nn_shape shape)
{
    return (size_t)shape.c * (size_t)shape.h * (size_t)shape.w *
           (data->u8 ? sizeof *data->u8 : sizeof *data->f32);
}

/* Returns the bytes of a row's labels; 0: it has none. */
static size_t label_bytes(const struct nn_data *data, int classes)
{
    return data->soft ? (size_t)classes * sizeof *data->soft : data->onehot ? (size_t)classes : 0;
}

void data_reserve_there(struct device_data *there, const struct nn_data *data,
                        const struct nn_network *net, int batch)
{
    const size_t n = (size_t)data->n, labels = label_bytes(data, net->classes);

    there->pictures = device_reserve(there->memory, n * picture_bytes(data, net->input));
    there->labels = labels ? device_reserve(there->memory, n * labels) : -1;
    there->index =
        data->index && batch ? device_reserve(there->memory, n * sizeof *data->index) : -1;
    there->background = device_reserve(there->memory, (size_t)net->input.c * sizeof(float));
    there->changes = device_reserve(there->memory, (size_t)batch * change_bytes_there(net->input));
}

/* Uploads the rows of an array of rows, some at a time where others lie between them. */
static void upload_rows(const struct device_data *there, i64 to, const void *from, size_t bytes,
                        const struct nn_data *data)
{
    enum { AT_ONCE = 1 << 20 };
    const int64_t most = bytes < AT_ONCE ? (int64_t)(AT_ONCE / bytes) : 1;
    char *rows = data->index ? malloc((size_t)most * bytes) : NULL;

    if (!data->index)
        device_write(there->memory, to, from, (size_t)data->n * bytes);
    else if (!rows)
        device_fail(device_of(there->memory), NN_DEVICE_FULL, "no memory is left to fill it");
    for (int64_t first = 0; rows && first < data->n; first += most) {
        const int64_t count = data->n - first < most ? data->n - first : most;

        for (int64_t i = 0; i < count; i++)
            memcpy(rows + (size_t)i * bytes,
                   (const char *)from + (size_t)data->index[first + i] * bytes, bytes);
        device_write(there->memory, to + first * (i64)bytes, rows, (size_t)count * bytes);
    }
    free(rows);
}

void data_upload_there(const struct device_data *there, const struct nn_data *data,
                       const struct nn_network *net, const float *background)
{
    const size_t labels = label_bytes(data, net->classes);

    upload_rows(there, there->pictures, data->u8 ? (const void *)data->u8 : (const void *)data->f32,
                picture_bytes(data, net->input), data);
    if (labels)
        upload_rows(there, there->labels,
                    data->soft ? (const void *)data->soft : (const void *)data->onehot, labels,
                    data);
    if (there->index >= 0)
        device_write(there->memory, there->index, data->index,
                     (size_t)data->n * sizeof *data->index);
    if (background)
        device_write(there->memory, there->background, background,
                     (size_t)net->input.c * sizeof *background);
}
