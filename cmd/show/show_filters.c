/* Shows the first layer's weights as pictures: kernels of a convolution, rows of a linear layer. */
#include "show_filters.h"

#include "cmd/terminal/draw.h"
#include "pipeline/files/output.h"
#include "pipeline/picture/heat.h"
#include "pipeline/picture/png.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILTERS_MOST = 256 };

/* The weights [outputs][c][h][w] of a layer. */
struct filters {
    struct nn_layer_info layer;
    int64_t outputs;
    struct nn_shape shape;
    float *values;
    float most;   /* the largest absolute value of all */
    bool classes; /* an output for each class */
};

/* Finds the first tensor of weights: "weight" of a convolution or a linear layer. */
static int find_tensor(const struct nn_network *net, struct nn_tensor *tensor)
{
    for (int i = 0; i < nn_network_tensors(net); i++) {
        *tensor = nn_network_tensor(net, i);
        if (tensor->ndim == 4 || tensor->ndim == 2)
            return i;
    }
    return -1;
}

/* Returns the shape of the pictures that a linear layer sees flattened; c 0: it sees none. */
static struct nn_shape seen_by(const struct nn_network *net, const struct nn_tensor *tensor)
{
    for (int i = tensor->layer - 1; i >= -1; i--) {
        const struct nn_shape shape = i < 0 ? nn_network_input(net) : nn_network_layer(net, i).out;

        if ((i < 0 || shape.h * shape.w > 1) &&
            (int64_t)shape.c * shape.h * shape.w == tensor->dims[1])
            return shape;
    }
    return (struct nn_shape){0};
}

static int read_filters(struct filters *f, const struct show *show, const struct model *model,
                        struct err *err)
{
    struct nn_tensor tensor;
    const int number = find_tensor(model->net, &tensor);

    if (number >= 0)
        f->shape = tensor.ndim == 4 ? (struct nn_shape){(int)tensor.dims[1], (int)tensor.dims[2],
                                                        (int)tensor.dims[3]}
                                    : seen_by(model->net, &tensor);
    if (number < 0 || f->shape.c == 0)
        return err_set(err, EX_DATAERR, "%s: its first weights are those of no picture",
                       show->name);
    f->layer = nn_network_layer(model->net, tensor.layer);
    f->outputs = tensor.dims[0];
    f->classes = tensor.layer == nn_network_output_layer(model->net);
    f->values = calloc((size_t)tensor.size, sizeof *f->values);
    if (!f->values)
        return err_memory(err, "the weights", 0);
    nn_weights_export(model->weights, number, f->values);
    f->most = heat_most(f->values, (int)tensor.size);
    return 0;
}

/* Draws three channels as red, green and blue, with gray for zero. */
static int draw_colours(struct picture *picture, const struct filters *f, const float *values,
                        struct err *err)
{
    const int plane = f->shape.h * f->shape.w;

    if (picture_init(picture, f->shape.w, f->shape.h, 3, err))
        return -1;
    for (int i = 0; i < plane; i++)
        for (int k = 0; k < 3; k++)
            picture->pixels[3 * i + k] =
                f->most > 0 ? (uint8_t)(127.5 + 127.5 * (double)(values[k * plane + i] / f->most) +
                                        0.5 * (values[k * plane + i] < f->most))
                            : 128;
    return 0;
}

/* Makes the picture of output `number`; of other channels than one or three the maps are drawn one
 * below the other. */
static int draw_filter(struct captioned *one, const struct filters *f, int number,
                       const struct class_list *classes, enum heat_ink ink, struct err *err)
{
    const int plane = f->shape.h * f->shape.w, size = plane * f->shape.c;
    const float *values = f->values + (size_t)number * size;
    char title[CLASS_TEXT], note[32];

    snprintf(note, sizeof note, "to %.3g", (double)heat_most(values, size));
    if (f->classes)
        class_text(classes, number, false, title);
    else
        snprintf(title, sizeof title, "%d", number);
    one->title = strdup(title);
    one->note = strdup(note);
    if (!one->title || !one->note)
        return err_memory(err, "captions", 0);
    return f->shape.c == 3 ? draw_colours(&one->picture, f, values, err)
                           : heat_alone(&one->picture, values, f->shape.h * f->shape.c, f->shape.w,
                                        f->most, ink, err);
}

static int write_sheet(const struct show *show, const struct captioned *list, int count,
                       struct err *err)
{
    struct picture sheet = {0};
    unsigned char *bytes = NULL;
    struct output *out = NULL;
    size_t size;
    int result = -1;

    if (output_open_bytes(&out, show->png, err) == 0 &&
        contact_sheet(&sheet, list, count, err) == 0 &&
        png_encode(&bytes, &size, &sheet, err) == 0 && output_write(out, bytes, size, err) == 0)
        result = output_commit(out, &show->inputs, err);
    output_close(out);
    free(bytes);
    picture_free(&sheet);
    return result;
}

static void print_head(const struct filters *f, int shown, enum heat_ink ink)
{
    printf("weights of layer %s: %lld of %dx%dx%d, from %.3g to %.3g", f->layer.text,
           (long long)f->outputs, f->shape.c, f->shape.h, f->shape.w, -(double)f->most,
           (double)f->most);
    if (shown < f->outputs)
        printf("; the first %d", shown);
    printf(f->shape.c == 3    ? "\nred, green and blue, gray: 0\n\n"
           : ink == HEAT_GRAY ? "\nbright: above 0, dark: below\n\n"
                              : "\norange: above 0, blue: below, black: 0\n\n");
}

/* Returns the pictures of the first `count` outputs; NULL: out of memory. */
static struct captioned *draw_all(const struct filters *f, int count,
                                  const struct class_list *classes, enum heat_ink ink,
                                  struct err *err)
{
    struct captioned *list = calloc((size_t)count + 1, sizeof *list);

    if (!list)
        err_memory(err, "the filters", 0);
    for (int i = 0; i < count && list; i++)
        if (draw_filter(&list[i], f, i, classes, ink, err)) {
            captioned_free(list, count);
            return NULL;
        }
    return list;
}

int show_filters(const struct show *show, const struct model *model, struct err *err)
{
    const enum heat_ink ink = show->terminal.colour ? HEAT_COLOURS : HEAT_GRAY;
    struct class_list classes = {model->data.classes, model->data.class_names,
                                 model->data.class_count, !show->terminal.utf8};
    struct filters f = {.values = NULL};
    struct captioned *list, *sheet;
    int count, result = -1;

    if (read_filters(&f, show, model, err))
        return -1;
    count = f.outputs < FILTERS_MOST ? (int)f.outputs : FILTERS_MOST;
    list = draw_all(&f, count, &classes, ink, err);
    if (list) {
        print_head(&f, count, ink);
        result = draw_pictures(&show->terminal, list, count, err);
    }
    if (result == 0 && show->png) {
        classes.ascii = false;
        sheet = draw_all(&f, count, &classes, HEAT_COLOURS, err);
        result = sheet ? write_sheet(show, sheet, count, err) : -1;
        captioned_free(sheet, count);
    }
    captioned_free(list, count);
    free(f.values);
    return result;
}
