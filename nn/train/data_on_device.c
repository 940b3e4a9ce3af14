/* The data on a device: the rows that are worked on, in the order in which the data names them. */
#include "data_on_device.h"

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

void data_reserve_on_device(struct device_data *on_device, const struct nn_data *data,
                            const struct nn_network *net, int batch)
{
    const size_t n = (size_t)data->n, labels = label_bytes(data, net->classes);

    on_device->pictures = device_reserve(on_device->memory, n * picture_bytes(data, net->input));
    on_device->labels = labels ? device_reserve(on_device->memory, n * labels) : -1;
    on_device->index =
        data->index && batch ? device_reserve(on_device->memory, n * sizeof *data->index) : -1;
    on_device->background = device_reserve(on_device->memory, (size_t)net->input.c * sizeof(float));
    on_device->changes =
        device_reserve(on_device->memory, (size_t)batch * change_bytes_on_device(net->input));
}

/* Uploads the rows of an array of rows, some at a time where others lie between them. */
static void upload_rows(const struct device_data *on_device, i64 to, const void *from, size_t bytes,
                        const struct nn_data *data)
{
    enum { AT_ONCE = 1 << 20 };
    const int64_t most = bytes < AT_ONCE ? (int64_t)(AT_ONCE / bytes) : 1;
    char *rows = data->index ? malloc((size_t)most * bytes) : NULL;

    if (!data->index)
        device_write(on_device->memory, to, from, (size_t)data->n * bytes);
    else if (!rows)
        device_fail(device_of(on_device->memory), NN_DEVICE_FULL, "no memory is left to fill it");
    for (int64_t first = 0; rows && first < data->n; first += most) {
        const int64_t count = data->n - first < most ? data->n - first : most;

        for (int64_t i = 0; i < count; i++)
            memcpy(rows + (size_t)i * bytes,
                   (const char *)from + (size_t)data->index[first + i] * bytes, bytes);
        device_write(on_device->memory, to + first * (i64)bytes, rows, (size_t)count * bytes);
    }
    free(rows);
}

void data_upload_on_device(const struct device_data *on_device, const struct nn_data *data,
                           const struct nn_network *net, const float *background)
{
    const size_t labels = label_bytes(data, net->classes);

    upload_rows(on_device, on_device->pictures,
                data->u8 ? (const void *)data->u8 : (const void *)data->f32,
                picture_bytes(data, net->input), data);
    if (labels)
        upload_rows(on_device, on_device->labels,
                    data->soft ? (const void *)data->soft : (const void *)data->onehot, labels,
                    data);
    if (on_device->index >= 0)
        device_write(on_device->memory, on_device->index, data->index,
                     (size_t)data->n * sizeof *data->index);
    if (background)
        device_write(on_device->memory, on_device->background, background,
                     (size_t)net->input.c * sizeof *background);
}
