/* A model as ONNX: the messages of onnx.proto in protobuf's encoding, of which three forms occur:
 * whole numbers, floats, and bytes with their length before them. */
#include "onnx.h"

#include "pipeline/base/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Protobuf ---- */

enum { VARINT = 0, BYTES = 2, FIXED32 = 5 };

static void put_varint(struct strbuf *to, uint64_t value)
{
    for (; value > 127; value >>= 7)
        strbuf_add(to, &(const char){(char)((value & 127) | 128)}, 1);
    strbuf_add(to, &(const char){(char)value}, 1);
}

static void put_key(struct strbuf *to, int field, int form)
{
    put_varint(to, (uint64_t)field << 3 | (uint64_t)form);
}

static void put_int(struct strbuf *to, int field, int64_t value)
{
    put_key(to, field, VARINT);
    put_varint(to, (uint64_t)value);
}

static void put_float(struct strbuf *to, int field, float value)
{
    put_key(to, field, FIXED32);
    strbuf_add(to, &value, sizeof value); /* little-endian, as all machines that it runs on */
}

static void put_bytes(struct strbuf *to, int field, const void *bytes, size_t size)
{
    put_key(to, field, BYTES);
    put_varint(to, size);
    strbuf_add(to, bytes, size);
}

static void put_string(struct strbuf *to, int field, const char *text)
{
    put_bytes(to, field, text, strlen(text));
}

/* Appends a message, and empties it. */
static void put_message(struct strbuf *to, int field, struct strbuf *message)
{
    to->failed |= message->failed;
    put_bytes(to, field, strbuf_text(message), message->size);
    strbuf_free(message);
}

/* ---- Parts of a graph, by the field numbers of onnx.proto ---- */

enum { FLOAT = 1, INT64 = 7 }; /* TensorProto.DataType */

/* Adds a constant to the graph. */
static void put_tensor(struct strbuf *graph, const char *name, int type, const int64_t *dims,
                       int ndim, const void *values, size_t size)
{
    struct strbuf tensor = {0};

    for (int i = 0; i < ndim; i++)
        put_int(&tensor, 1, dims[i]);
    put_int(&tensor, 2, type);
    put_string(&tensor, 8, name);
    put_bytes(&tensor, 9, values, size);
    put_message(graph, 5, &tensor);
}

static void put_scalar(struct strbuf *graph, const char *name, float value)
{
    put_tensor(graph, name, FLOAT, NULL, 0, &value, sizeof value);
}

static void add_ints(struct strbuf *node, const char *name, const int *values, int count)
{
    struct strbuf attribute = {0};

    put_string(&attribute, 1, name);
    for (int i = 0; i < count; i++)
        put_int(&attribute, 8, values[i]);
    put_int(&attribute, 20, 7); /* INTS */
    put_message(node, 5, &attribute);
}

static void add_int(struct strbuf *node, const char *name, int value)
{
    struct strbuf attribute = {0};

    put_string(&attribute, 1, name);
    put_int(&attribute, 3, value);
    put_int(&attribute, 20, 2); /* INT */
    put_message(node, 5, &attribute);
}

static void add_float(struct strbuf *node, const char *name, float value)
{
    struct strbuf attribute = {0};

    put_string(&attribute, 1, name);
    put_float(&attribute, 2, value);
    put_int(&attribute, 20, 1); /* FLOAT */
    put_message(node, 5, &attribute);
}

/* Begins a node with up to three inputs, NULL: fewer. */
static struct strbuf begin_node(const char *const inputs[3], const char *out)
{
    struct strbuf node = {0};

    for (int i = 0; i < 3 && inputs[i]; i++)
        put_string(&node, 1, inputs[i]);
    put_string(&node, 2, out);
    return node;
}

static void end_node(struct strbuf *graph, struct strbuf *node, const char *operator,
                     const char * name)
{
    put_string(node, 3, name);
    put_string(node, 4, operator);
    put_message(graph, 1, node);
}

/* Describes an input or output of shape [N, dims]. */
static void put_value(struct strbuf *graph, int field, const char *name, const int64_t *dims,
                      int ndim)
{
    struct strbuf value = {0}, type = {0}, tensor = {0}, shape = {0}, dim = {0};

    put_string(&dim, 2, "N");
    put_message(&shape, 1, &dim);
    for (int i = 0; i < ndim; i++) {
        put_int(&dim, 1, dims[i]);
        put_message(&shape, 1, &dim);
    }
    put_int(&tensor, 1, FLOAT);
    put_message(&tensor, 2, &shape);
    put_message(&type, 1, &tensor);
    put_string(&value, 1, name);
    put_message(&value, 2, &type);
    put_message(graph, field, &value);
}

/* ---- Steps ---- */

enum { NAME = 24 };

static void add_window(struct strbuf *node, const struct plain_step *s)
{
    add_ints(node, "kernel_shape", (const int[]){s->kernel_h, s->kernel_w}, 2);
    add_ints(node, "strides", (const int[]){s->stride_h, s->stride_w}, 2);
    add_ints(node, "pads", (const int[]){s->pad, s->pad, s->pad, s->pad}, 4);
}

/* Adds the step's constants; flat: its input is [N][values], not [N][c][h][w]. */
static void put_weights(struct strbuf *graph, const struct plain_step *s, bool flat, const char *w,
                        const char *b)
{
    const bool scale = s->kind == PLAIN_SCALE, picture = scale && !flat;
    const int64_t conv[] = {s->out.c, s->in.c, s->kernel_h, s->kernel_w};
    const int64_t linear[] = {s->out.c, shape_size(s->in)};
    const int64_t channels[] = {s->bias_count, 1, 1}; /* broadcast over [N][c][h][w] */

    put_tensor(graph, w, FLOAT,
               s->kind == PLAIN_CONV ? conv
               : scale               ? channels
                                     : linear,
               s->kind == PLAIN_CONV ? 4
               : picture             ? 3
               : scale               ? 1
                                     : 2,
               s->weights, (size_t)s->weight_count * sizeof *s->weights);
    put_tensor(graph, b, FLOAT, channels, picture ? 3 : 1, s->bias,
               (size_t)s->bias_count * sizeof *s->bias);
}

/* Adds a step from value `in`, and of an addition `side`, to value `out`. */
static void put_step(struct strbuf *graph, const struct plain_step *s, int number, bool flat,
                     const char *in, const char *side, const char *out)
{
    char w[NAME], b[NAME], middle[NAME], name[NAME];
    struct strbuf node;

    snprintf(w, sizeof w, "w%d", number);
    snprintf(b, sizeof b, "b%d", number);
    snprintf(middle, sizeof middle, "m%d", number);
    snprintf(name, sizeof name, "step%d", number);
    if (s->weights)
        put_weights(graph, s, flat, w, b);
    switch (s->kind) {
    case PLAIN_CONV:
        node = begin_node((const char *const[3]){in, w, b}, out);
        add_window(&node, s);
        end_node(graph, &node, "Conv", name);
        break;
    case PLAIN_LINEAR:
        node = begin_node((const char *const[3]){in, w, b}, out);
        add_int(&node, "transB", 1);
        end_node(graph, &node, "Gemm", name);
        break;
    case PLAIN_SCALE:
        node = begin_node((const char *const[3]){in, w}, middle);
        end_node(graph, &node, "Mul", middle);
        node = begin_node((const char *const[3]){middle, b}, out);
        end_node(graph, &node, "Add", name);
        break;
    case PLAIN_LEAKY:
        node = begin_node((const char *const[3]){in}, out);
        if (s->slope != 0)
            add_float(&node, "alpha", s->slope);
        end_node(graph, &node, s->slope != 0 ? "LeakyRelu" : "Relu", name);
        break;
    case PLAIN_MAXPOOL:
        node = begin_node((const char *const[3]){in}, out);
        add_window(&node, s);
        end_node(graph, &node, "MaxPool", name);
        break;
    case PLAIN_AVGPOOL:
        node = begin_node((const char *const[3]){in}, out);
        add_window(&node, s);
        add_int(&node, "count_include_pad", 1);
        end_node(graph, &node, "AveragePool", name);
        break;
    case PLAIN_GLOBAL:
        node = begin_node((const char *const[3]){in}, middle);
        end_node(graph, &node, "GlobalAveragePool", middle);
        node = begin_node((const char *const[3]){middle}, out);
        end_node(graph, &node, "Flatten", name);
        break;
    case PLAIN_ADD:
        node = begin_node((const char *const[3]){in, side}, out);
        end_node(graph, &node, "Add", name);
        break;
    case PLAIN_FLATTEN:
        node = begin_node((const char *const[3]){in}, out);
        end_node(graph, &node, "Flatten", name);
        break;
    }
}

/* Tells whether a step's output is [N][values], not [N][c][h][w]. */
static bool is_flat(const struct plain *plain, int step)
{
    if (step < 0)
        return false;
    switch (plain->steps[step].kind) {
    case PLAIN_LINEAR:
    case PLAIN_FLATTEN:
    case PLAIN_GLOBAL:
        return true;
    case PLAIN_CONV:
    case PLAIN_MAXPOOL:
    case PLAIN_AVGPOOL:
        return false;
    case PLAIN_SCALE:
    case PLAIN_LEAKY:
    case PLAIN_ADD:
        break;
    }
    return is_flat(plain, plain->steps[step].from);
}

/* Adds what makes numbers of pixels: (pixel / divisor - mean) / std. */
static void put_input(struct strbuf *graph, const struct nn_input *input)
{
    struct strbuf node;

    put_scalar(graph, "divisor", input->divisor);
    put_scalar(graph, "mean", input->mean);
    put_scalar(graph, "std", input->std);
    node = begin_node((const char *const[3]){"pixels", "divisor"}, "divided");
    end_node(graph, &node, "Div", "divided");
    node = begin_node((const char *const[3]){"divided", "mean"}, "centred");
    end_node(graph, &node, "Sub", "centred");
    node = begin_node((const char *const[3]){"centred", "std"}, "v0");
    end_node(graph, &node, "Div", "scaled");
}

/* Writes the name of a step's output, of the pixels' for -1. */
static const char *value_name(int step, char name[NAME])
{
    snprintf(name, NAME, "v%d", step + 1);
    return name;
}

static void put_graph(struct strbuf *graph, const struct model *model, const struct plain *plain)
{
    const struct nn_shape in = nn_network_input(model->net);
    char from[NAME], side[NAME], to[NAME];
    struct strbuf node;

    put_input(graph, &model->input);
    for (int i = 0; i < plain->count; i++) {
        const struct plain_step *s = &plain->steps[i];
        bool flat = is_flat(plain, s->from);

        value_name(s->from, from);
        if (s->kind == PLAIN_LINEAR && !flat) {
            snprintf(to, sizeof to, "f%d", i);
            node = begin_node((const char *const[3]){from}, to);
            end_node(graph, &node, "Flatten", to);
            memcpy(from, to, sizeof from);
        }
        put_step(graph, s, i, flat, from, value_name(s->side, side), value_name(i, to));
    }
    value_name(plain->count - 1, from);
    node = begin_node((const char *const[3]){from}, "probabilities");
    add_int(&node, "axis", 1);
    end_node(graph, &node, "Softmax", "probabilities");
    put_string(graph, 2, "csvnet");
    put_value(graph, 11, "pixels", (const int64_t[]){in.c, in.h, in.w}, 3);
    put_value(graph, 12, "probabilities", (const int64_t[]){model->data.class_count}, 1);
}

/* Adds a pair to the metadata. */
static void put_pair(struct strbuf *bytes, const char *key, const char *value)
{
    struct strbuf pair = {0};

    put_string(&pair, 1, key);
    put_string(&pair, 2, value);
    put_message(bytes, 14, &pair);
}

int onnx_file(struct strbuf *bytes, const struct model *model, const struct plain *plain,
              struct err *err)
{
    struct strbuf graph = {0}, operators = {0};
    json_t *classes = json_array();
    char *names;

    for (int k = 0; k < model->data.class_count; k++)
        json_array_append_new(classes, json_string(model->data.class_names[k]));
    names = json_text(classes, JSON_COMPACT);
    json_decref(classes);
    if (!names)
        return err_memory(err, "the classes", 0);
    put_int(bytes, 1, 7); /* IR version */
    put_string(bytes, 2, "csvnet");
    put_string(bytes, 3, CSVNET_VERSION);
    put_graph(&graph, model, plain);
    put_message(bytes, 7, &graph);
    put_string(&operators, 1, "");
    put_int(&operators, 2, 13);
    put_message(bytes, 8, &operators);
    put_pair(bytes, "classes", names);
    put_pair(bytes, "model", model->digest);
    free(names);
    return bytes->failed ? err_memory(err, "the file", bytes->size) : 0;
}
