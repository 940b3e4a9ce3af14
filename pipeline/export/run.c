/* The functions of exported sources, compiled into csvnet. */
#include "run.h"

#include <stdlib.h>
#include <string.h>

#define net_const const /* of weights */
/* Each calls those before it. */
/* clang-format off */
#include "pipeline/export/steps/conv.h"
#include "pipeline/export/steps/linear.h"
#include "pipeline/export/steps/scale.h"
#include "pipeline/export/steps/relu.h"
#include "pipeline/export/steps/pool.h"
#include "pipeline/export/steps/add.h"
#include "pipeline/export/steps/exp.h"
#include "pipeline/export/steps/byte.h"
#include "pipeline/export/steps/scaled.h"
#include "pipeline/export/steps/sum8.h"
#include "pipeline/export/steps/conv8.h"
#include "pipeline/export/steps/logits8.h"
#include "pipeline/export/steps/scale8.h"
#include "pipeline/export/steps/relu8.h"
#include "pipeline/export/steps/pool8.h"
#include "pipeline/export/steps/add8.h"
/* clang-format on */

/* ---- Memory ---- */

int run_init(struct run *run, const struct model *model, enum dtype pixel,
             const struct plain *plain, bool bytes, struct err *err)
{
    int64_t size = shape_size(nn_network_input(model->net));

    *run = (struct run){.model = model,
                        .pixel = pixel,
                        .plain = plain,
                        .at = calloc((size_t)plain->count + 1, sizeof *run->at),
                        .logits = calloc((size_t)model->data.class_count, sizeof *run->logits)};
    for (int i = 0; run->at && i < plain->count; i++) {
        run->at[i + 1] = size;
        size += shape_size(plain->steps[i].out);
    }
    if (bytes)
        run->bytes = calloc((size_t)size, sizeof *run->bytes);
    else
        run->values = calloc((size_t)size, sizeof *run->values);
    return run->at && run->logits && (run->bytes || run->values)
               ? 0
               : err_memory(err, "the values of a picture", size);
}

void run_free(struct run *run)
{
    free(run->at);
    free(run->values);
    free(run->bytes);
    free(run->logits);
    *run = (struct run){.at = NULL};
}

/* ---- Floats ---- */

static void pool(const struct plain_step *s, const float *in, float *out)
{
    net_pool(in, out, s->kind != PLAIN_MAXPOOL, s->in.c, s->in.h, s->in.w, s->out.h, s->out.w,
             s->kernel_h, s->kernel_w, s->stride_h, s->stride_w, s->pad);
}

static void step_floats(const struct run *run, int i)
{
    const struct plain_step *s = &run->plain->steps[i];
    const float *in = run->values + run->at[s->from + 1];
    float *out = run->values + run->at[i + 1];
    const int size = (int)shape_size(s->in);

    switch (s->kind) {
    case PLAIN_CONV:
        net_conv(in, out, s->weights, s->bias, s->in.c, s->in.h, s->in.w, s->out.c, s->out.h,
                 s->out.w, s->kernel_h, s->kernel_w, s->stride_h, s->stride_w, s->pad);
        break;
    case PLAIN_LINEAR:
        net_linear(in, out, s->weights, s->bias, size, s->out.c);
        break;
    case PLAIN_SCALE:
        net_scale(in, out, s->weights, s->bias, s->bias_count, size / s->bias_count);
        break;
    case PLAIN_LEAKY:
        net_relu(in, out, size, s->slope);
        break;
    case PLAIN_MAXPOOL:
    case PLAIN_AVGPOOL:
    case PLAIN_GLOBAL:
        pool(s, in, out);
        break;
    case PLAIN_ADD:
        net_add(in, run->values + run->at[s->side + 1], out, size);
        break;
    case PLAIN_FLATTEN:
        memcpy(out, in, (size_t)size * sizeof *out);
        break;
    }
}

static float pixel_at(const struct run *run, const void *pixels, int64_t i)
{
    return run->pixel == DTYPE_U8 ? (float)((const uint8_t *)pixels)[i]
                                  : ((const float *)pixels)[i];
}

void run_floats(struct run *run, const void *pixels)
{
    const struct nn_input *input = &run->model->input;
    const int64_t count = shape_size(nn_network_input(run->model->net));

    for (int64_t i = 0; i < count; i++)
        run->values[i] = (pixel_at(run, pixels, i) / input->divisor - input->mean) / input->std;
    for (int i = 0; i < run->plain->count; i++)
        step_floats(run, i);
}

/* ---- Bytes ---- */

static int8_t *bytes_at(const struct run *run, int step)
{
    return run->bytes + run->at[step + 1];
}

static void step_bytes(const struct run *run, const struct int8 *net, int i)
{
    const struct plain_step *s = &run->plain->steps[i];
    const struct int8_step *b = &net->steps[i];
    const int8_t *in = bytes_at(run, s->from), *side = bytes_at(run, s->side);
    int8_t *out = bytes_at(run, i);
    const int zero = int8_zero(net, s->from), size = (int)shape_size(s->in);

    switch (s->kind) {
    case PLAIN_CONV:
        net_conv8(in, out, b->weights, b->bias, b->factors, b->shifts, zero, b->zero, s->in.c,
                  s->in.h, s->in.w, s->out.c, s->out.h, s->out.w, s->kernel_h, s->kernel_w,
                  s->stride_h, s->stride_w, s->pad);
        break;
    case PLAIN_LINEAR:
        if (net->wide && i == net->count - 1)
            net_logits8(in, run->logits, b->weights, b->bias, b->factors, b->shifts, zero, size,
                        s->out.c);
        else
            net_conv8(in, out, b->weights, b->bias, b->factors, b->shifts, zero, b->zero, size, 1,
                      1, s->out.c, 1, 1, 1, 1, 1, 1, 0);
        break;
    case PLAIN_SCALE:
        net_scale8(in, out, b->weights, b->bias, b->factors, b->shifts, zero, b->zero,
                   s->bias_count, size / s->bias_count);
        break;
    case PLAIN_LEAKY:
        if (b->same)
            memcpy(out, in, (size_t)size);
        else
            net_relu8(in, out, zero, b->zero, b->factor.f, b->other, b->factor.shift, size);
        break;
    case PLAIN_MAXPOOL:
    case PLAIN_AVGPOOL:
    case PLAIN_GLOBAL:
        net_pool8(in, out, s->kind != PLAIN_MAXPOOL, zero, b->zero, b->factor.f, b->factor.shift,
                  s->in.c, s->in.h, s->in.w, s->out.h, s->out.w, s->kernel_h, s->kernel_w,
                  s->stride_h, s->stride_w, s->pad);
        break;
    case PLAIN_ADD:
        net_add8(in, side, out, zero, int8_zero(net, s->side), b->zero, b->factor.f, b->other,
                 b->factor.shift, size);
        break;
    case PLAIN_FLATTEN:
        memcpy(out, in, (size_t)size);
        break;
    }
}

static void take_pixels(const struct run *run, const struct int8 *net, const void *pixels)
{
    const struct nn_shape in = nn_network_input(run->model->net);
    const int area = in.h * in.w;

    for (int i = 0; i < in.c * area; i++) {
        int8_t *to = &run->bytes[i % area * in.c + i / area];

        if (net->input_bytes)
            *to = (int8_t)(((const uint8_t *)pixels)[i] - 128);
        else
            *to = net_byte(
                (int32_t)(((const float *)pixels)[i] * net->pixel_factor + net->pixel_bias) -
                INT8_LIFT);
    }
}

int run_bytes(struct run *run, const struct int8 *net, const void *pixels, float *probabilities)
{
    const int classes = run->model->data.class_count;
    int best = 0;
    float sum = 0;

    take_pixels(run, net, pixels);
    for (int i = 0; i < net->count; i++)
        step_bytes(run, net, i);
    for (int k = 0; k < classes; k++) {
        if (!net->wide)
            run->logits[k] = bytes_at(run, net->count - 1)[k];
        best = run->logits[k] > run->logits[best] ? k : best;
    }
    for (int k = 0; k < classes; k++)
        sum += probabilities[k] =
            net_exp((float)(run->logits[k] - run->logits[best]) * net->logits);
    for (int k = 0; k < classes; k++)
        probabilities[k] /= sum;
    return best;
}
