/* The first layer of every network: copies pictures of the data, [c][h][w], to the grid [h][w][c].
 */
#include "layer.h"

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

const struct layer_type layer_input = {
    .name = "input",
    .role = ROLE_INPUT,
    .ops = {.forward = forward},
};
