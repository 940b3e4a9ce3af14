/* The data on a device: all rows that are worked on, in the order in which the data names them, or
 * those of one batch. */
#include "data_on_device.h"

#include <stdlib.h>
#include <string.h>

/* Bytes of a row's picture and labels; labels 0: it has none. */
struct row_bytes {
    size_t picture, labels;
};

static struct row_bytes row_bytes(const struct nn_data *data, int pixels, int classes)
{
    const size_t n = (size_t)pixels, k = (size_t)classes;

    return (struct row_bytes){
        n * (data->u8 ? sizeof *data->u8 : sizeof *data->f32),
        data->soft     ? k * sizeof *data->soft
        : data->onehot ? k
                       : 0,
    };
}

static int pixels_of(const struct nn_network *net)
{
    return net->input.c * net->input.h * net->input.w;
}

size_t data_bytes_on_device(const struct nn_data *data, const struct nn_network *net, int64_t rows)
{
    const struct row_bytes bytes = row_bytes(data, pixels_of(net), net->classes);

    return (size_t)rows * (bytes.picture + bytes.labels + sizeof(i64));
}

void data_reserve_on_device(struct device_data *on_device, const struct nn_data *data,
                            const struct nn_network *net, int64_t rows, int augmented)
{
    struct device_memory *memory = on_device->memory;
    const struct row_bytes bytes = row_bytes(data, pixels_of(net), net->classes);
    const size_t n = (size_t)rows;
    const bool numbers = augmented && (data->index || on_device->by_batch);

    on_device->pixels = pixels_of(net);
    on_device->classes = net->classes;
    on_device->pictures = device_reserve(memory, n * bytes.picture);
    on_device->labels = bytes.labels ? device_reserve(memory, n * bytes.labels) : -1;
    on_device->index = numbers ? device_reserve(memory, n * sizeof(i64)) : -1;
    on_device->background = device_reserve(memory, (size_t)net->input.c * sizeof(float));
    on_device->changes =
        device_reserve(memory, (size_t)augmented * change_bytes_on_device(net->input));
}

/* Uploads the rows of an array of rows, of `bytes` each; NULL: their numbers. They are gathered
 * some at a time unless they lie side by side. */
static void upload_rows(const struct device_data *on_device, i64 to, const void *from, size_t bytes,
                        const struct pass *pass, int64_t count)
{
    enum { AT_ONCE = 1 << 20 };
    const bool gathered = !from || pass->order || pass->data->index;
    const int64_t most = bytes < AT_ONCE ? (int64_t)(AT_ONCE / bytes) : 1;
    char *rows = gathered ? malloc((size_t)most * bytes) : NULL;

    if (!gathered)
        device_write(on_device->memory, to, (const char *)from + (size_t)pass->first * bytes,
                     (size_t)count * bytes);
    else if (!rows)
        device_fail(device_of(on_device->memory), NN_DEVICE_FULL, "no memory is left to fill it");
    for (int64_t first = 0; rows && first < count; first += most) {
        const int64_t now = count - first < most ? count - first : most;

        for (int64_t i = 0; i < now; i++) {
            const int64_t row = data_row(pass, first + i);

            memcpy(rows + (size_t)i * bytes,
                   from ? (const char *)from + (size_t)row * bytes : (const char *)&row, bytes);
        }
        device_write(on_device->memory, to + first * (i64)bytes, rows, (size_t)now * bytes);
    }
    free(rows);
}

void data_upload_on_device(const struct device_data *on_device, const struct pass *pass,
                           int64_t count)
{
    const struct nn_data *data = pass->data;
    const struct row_bytes bytes = row_bytes(data, on_device->pixels, on_device->classes);

    upload_rows(on_device, on_device->pictures,
                data->u8 ? (const void *)data->u8 : (const void *)data->f32, bytes.picture, pass,
                count);
    if (bytes.labels)
        upload_rows(on_device, on_device->labels,
                    data->soft ? (const void *)data->soft : (const void *)data->onehot,
                    bytes.labels, pass, count);
    if (on_device->index >= 0)
        upload_rows(on_device, on_device->index, NULL, sizeof(i64), pass, count);
}
