/* The first layer of every network: copies pictures of the data, [c][h][w], to the grid [h][w][c].
 */
#include "layer_input.cl"
#include "layers_on_device.h"
#include "nn/augment/augment.h"

/* Loads a picture of one channel: rows of the grid are rows of the picture. */
static void load_grey(const uint8_t *from, const struct grid *to, int picture,
                      const struct nn_input *input)
{
    if (to->row == to->w)
        kernels->pixels(from, (ptrdiff_t)to->h * to->w, input, grid_row(to, picture, 0));
    else
        for (int y = 0; y < to->h; y++)
            kernels->pixels(from + (ptrdiff_t)y * to->w, to->w, input, grid_row(to, picture, y));
}

static void load_channels(const uint8_t *from, const struct grid *to, int picture,
                          const real *value)
{
    for (int y = 0; y < to->h; y++) {
        real *row = grid_row(to, picture, y);

        for (int c = 0; c < to->c; c++) {
            const uint8_t *pixels = from + ((ptrdiff_t)c * to->h + y) * to->w;

            for (int x = 0; x < to->w; x++)
                row[x * to->c + c] = value[pixels[x]];
        }
    }
}

static void load_f32(const float *from, const struct grid *to, int picture,
                     const struct nn_input *input)
{
    for (int y = 0; y < to->h; y++) {
        real *row = grid_row(to, picture, y);

        for (int c = 0; c < to->c; c++) {
            const float *pixels = from + ((ptrdiff_t)c * to->h + y) * to->w;

            for (int x = 0; x < to->w; x++)
                row[x * to->c + c] = (pixels[x] / input->divisor - input->mean) / input->std;
        }
    }
}

/* Returns the `size` pixels of a row of the data's arrays, augmented if the pass requests it. */
static const void *picture(const struct pass *pass, const struct shard *shard, int64_t row,
                           ptrdiff_t size)
{
    const struct nn_data *data = pass->data;
    const void *pixels = data->u8 ? (const void *)(data->u8 + row * size) : data->f32 + row * size;

    if (!pass->augmenter)
        return pixels;
    return nn_augment_picture(pass->augmenter, shard->number, pass->dropout.seed,
                              (int)pass->dropout.epoch, row, pixels, data->u8 != NULL);
}

static void forward(const struct node *node, const struct pass *pass, const struct shard *shard)
{
    const ptrdiff_t size = (ptrdiff_t)node->out.c * node->out.h * node->out.w;

    for (int i = 0; i < shard->count; i++) {
        const void *from = picture(pass, shard, data_row(pass, shard->base + i), size);

        if (pass->data->u8 && node->out.c == 1)
            load_grey(from, &node->out, shard->first + i, pass->input);
        else if (pass->data->u8)
            load_channels(from, &node->out, shard->first + i, pass->pixel_value);
        else
            load_f32(from, &node->out, shard->first + i, pass->input);
    }
}

static void device_forward(const struct node *node, const struct pass *pass)
{
    struct pictures_in in = {
        .out = grid_on_device(pass, &node->out),
        .pictures = pass->device->pictures,
        .order = place_on_device(pass, pass->order),
        .index = pass->device->index,
        .values = place_on_device(pass, pass->pixel_value),
        .changes = -1,
        .first = pass->first,
        .n = pass->rows,
        .f32 = pass->data->f32 != NULL,
        .divisor = pass->input->divisor,
        .mean = pass->input->mean,
        .std = pass->input->std,
    };

    if (pass->augmenter) {
        const struct nn_augment *a = augmenter_changes(pass->augmenter);

        in.changes = pass->device->changes;
        in.background = pass->device->background;
        in.seed = pass->dropout.seed;
        in.shift = a->shift;
        in.rotate = a->rotate;
        in.scale = a->scale;
        in.shear = a->shear;
        in.elastic = a->elastic;
        in.thickness = a->thickness;
        in.erase_area = a->erase_area;
        in.erase_chance = a->erase_chance;
        in.crop = a->crop;
        in.purpose = NN_RANDOM_AUGMENT;
        in.epoch = pass->dropout.epoch;
        in.erase = a->erase;
        in.flip_h = a->flip_h;
        in.flip_v = a->flip_v;
        in.flip_alternate = a->flip_alternate;
        DEVICE_RUN(pass->device->memory, "augment_draw", pass->rows, &in);
        if (a->erase_chance > 0)
            DEVICE_RUN(pass->device->memory, "augment_ranges", (int64_t)pass->rows * in.out.h, &in);
    }
    DEVICE_RUN(pass->device->memory, "load_pictures", numbers_on_device(pass, &node->out), &in);
}

size_t change_bytes_on_device(struct nn_shape shape)
{
    return sizeof(struct change_on_device) +
           2 * sizeof(float) * (size_t)(knots_along(shape.h) * knots_along(shape.w) + shape.h);
}

const struct layer_type layer_input = {
    .name = "input",
    .role = ROLE_INPUT,
    .ops = {.forward = forward, .device_forward = device_forward},
};
