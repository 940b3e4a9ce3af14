/* Weights and values as bytes. */
#include "int8.h"

#include <math.h>
#include <stdlib.h>

enum { BYTE = 127, BIAS_BITS = 29, LOGIT_BITS = 22, ADD_BITS = 22 };

/* ---- Factors ---- */

/* Returns a factor as f / 2^shift with f of `bits` bits. */
static struct int8_factor factor_of(double value, int bits)
{
    int exponent = 0, shift;
    double f;

    frexp(value, &exponent);
    shift = bits - exponent;
    shift = shift > 62 ? 62 : shift < 1 ? 1 : shift;
    f = rint(ldexp(value, shift));
    return (struct int8_factor){f < INT32_MAX ? (int32_t)f : INT32_MAX, shift};
}

/* Sets scale and zero so that bytes span the range, and hold 0 exactly. */
static void span(struct int8_step *s, const struct int8_range *range)
{
    const double low = fmin(0, (double)range->low), high = fmax(0, (double)range->high);

    s->scale = high > low ? (high - low) / 255 : 1;
    s->zero = (int)lround(-128 - low / s->scale);
}

/* ---- Weights ---- */

/* Returns the place in PyTorch's order, channel by channel, of value i of a picture or of one that
 * was flattened. */
static int64_t torch_place(struct nn_shape of, int64_t i)
{
    return i % of.c * of.h * of.w + i / of.c;
}

/* Takes the weights of output channel n, in the order of the bytes. `from`: scale of the input;
 * `order`: the picture that the input is in the order of. */
static void take_channel(struct int8_step *to, const struct plain_step *s, int n, double from,
                         struct nn_shape order)
{
    const int64_t each = s->weight_count / s->bias_count;
    const float *w = s->weights + n * each;
    const double bias = (double)s->bias[n];
    struct int8_factor factor;
    double most = 0, scale;

    for (int64_t i = 0; i < each; i++)
        most = fmax(most, fabs((double)w[i]));
    scale = fmax(most / BYTE, ldexp(fabs(bias) / from, -BIAS_BITS));
    scale = scale > 0 ? scale : 1;
    for (int64_t i = 0; i < each; i++)
        to->weights[n * each + i] = (int8_t)lround((double)w[torch_place(order, i)] / scale);
    to->bias[n] = (int32_t)lround(bias / (from * scale));
    factor = factor_of(from * scale / to->scale, 31);
    to->factors[n] = factor.f;
    to->shifts[n] = (uint8_t)factor.shift;
}

/* `zero`: of the input; `order`: of a vector that was a picture. */
static int take_weights(struct int8_step *to, const struct plain_step *s, int number, double from,
                        int zero, struct nn_shape order, struct err *err)
{
    const int64_t each = s->weight_count / s->bias_count;
    const double value = fmax(127 - zero, 128 + zero);

    if (value > INT16_MAX || value * BYTE * (double)each + ldexp(1, BIAS_BITS) >= INT32_MAX)
        return err_set(err, EX_DATAERR,
                       "step %d sums up %lld products, which 32 bits do not hold; --int8 is for "
                       "smaller networks",
                       number, (long long)each);
    to->weights = calloc((size_t)s->weight_count, 1);
    to->bias = calloc((size_t)s->bias_count, sizeof *to->bias);
    to->factors = calloc((size_t)s->bias_count, sizeof *to->factors);
    to->shifts = calloc((size_t)s->bias_count, sizeof *to->shifts);
    if (!to->weights || !to->bias || !to->factors || !to->shifts)
        return err_memory(err, "weights", 0);
    if (s->kind == PLAIN_CONV)
        order = (struct nn_shape){s->in.c, s->kernel_h, s->kernel_w};
    for (int n = 0; n < s->bias_count; n++)
        if (s->kind == PLAIN_SCALE) { /* of a picture a channel's, of a vector a value's */
            const int64_t k = s->in.h * s->in.w > 1 ? n : torch_place(order, n);
            const struct plain_step one = {
                .weights = s->weights + k, .bias = s->bias + k, .weight_count = 1, .bias_count = 1};
            struct int8_step there = {.scale = to->scale,
                                      .weights = to->weights + n,
                                      .bias = to->bias + n,
                                      .factors = to->factors + n,
                                      .shifts = to->shifts + n};

            take_channel(&there, &one, 0, from, (struct nn_shape){1, 1, 1});
        } else {
            take_channel(to, s, n, from, order);
        }
    return 0;
}

/* ---- Steps ---- */

static bool is_relu(const struct plain_step *s)
{
    return s->kind == PLAIN_LEAKY && s->slope == 0;
}

/* Tells whether step i is a relu that the step before can do: bytes end at 0 there. */
static bool is_joined(const struct plain *plain, int i)
{
    const struct plain_step *s = &plain->steps[i];
    const struct plain_step *before = s - 1;

    if (!is_relu(s) || i == 0 || s->from != i - 1 || s->place != before->place ||
        before->kind == PLAIN_MAXPOOL || before->kind == PLAIN_LEAKY ||
        before->kind == PLAIN_FLATTEN)
        return false;
    return true;
}

static void take_input(struct int8 *bytes, const struct model *model, enum dtype pixel,
                       const struct int8_range *range)
{
    const double unit = 1 / ((double)model->input.divisor * (double)model->input.std);
    struct int8_step s;

    span(&s, range);
    bytes->input_bytes = pixel == DTYPE_U8;
    if (bytes->input_bytes) {
        s.scale = unit;
        s.zero = (int)lround((double)model->input.mean * (double)model->input.divisor) - 128;
    }
    bytes->input_scale = s.scale;
    bytes->input_zero = s.zero;
    bytes->pixel_factor = (float)(unit / s.scale);
    bytes->pixel_bias = (float)(INT8_LIFT + s.zero + 0.5 -
                                (double)model->input.mean / ((double)model->input.std * s.scale));
}

/* Makes one step; *order is the picture that its input is, or was before it was flattened, and
 * becomes its output's. */
static int take_step(struct int8 *bytes, const struct plain *plain, int i, struct nn_shape *order,
                     const struct int8_range *range, struct err *err)
{
    const struct plain_step *s = &plain->steps[i];
    struct int8_step *to = &bytes->steps[i];
    const double from = s->from < 0 ? bytes->input_scale : bytes->steps[s->from].scale;
    const int zero = int8_zero(bytes, s->from);
    const double side = s->side < 0 ? bytes->input_scale : bytes->steps[s->side].scale;

    span(to, range);
    switch (s->kind) {
    case PLAIN_CONV:
    case PLAIN_LINEAR:
    case PLAIN_SCALE:
        if (bytes->wide && i == plain->count - 1) {
            to->scale = fmax(fmax((double)range->high, -(double)range->low), 1e-6);
            to->scale = ldexp(to->scale, -LOGIT_BITS);
        }
        if (take_weights(to, s, i, from, zero, *order, err))
            return -1;
        break;
    case PLAIN_LEAKY:
        to->same = is_joined(plain, i);
        to->factor = factor_of(from * fmax(1, fabs((double)s->slope)) / to->scale, 30);
        to->factor.f = (int32_t)lround(ldexp(from / to->scale, to->factor.shift));
        to->other = (int32_t)lround(ldexp(from * (double)s->slope / to->scale, to->factor.shift));
        break;
    case PLAIN_AVGPOOL:
    case PLAIN_GLOBAL:
        to->factor = factor_of(from / (to->scale * s->kernel_h * s->kernel_w), 31);
        break;
    case PLAIN_ADD:
        to->factor = factor_of(fmax(from, side) / to->scale, ADD_BITS);
        to->factor.f = (int32_t)lround(ldexp(from / to->scale, to->factor.shift));
        to->other = (int32_t)lround(ldexp(side / to->scale, to->factor.shift));
        break;
    case PLAIN_MAXPOOL:
    case PLAIN_FLATTEN:
        to->scale = from;
        to->zero = zero;
        break;
    }
    if (shape_size(s->out) != shape_size(*order) || s->kind == PLAIN_LINEAR ||
        s->out.h * s->out.w > 1)
        *order = s->out;
    return 0;
}

int int8_make(struct int8 *bytes, const struct model *model, enum dtype pixel,
              const struct plain *plain, const struct int8_range *ranges, struct err *err)
{
    const struct plain_step *end = &plain->steps[plain->count - 1];
    struct nn_shape *orders = calloc((size_t)plain->count + 1, sizeof *orders);
    int result = 0;

    *bytes = (struct int8){.steps = calloc((size_t)plain->count, sizeof *bytes->steps),
                           .count = plain->count,
                           .wide = end->kind == PLAIN_LINEAR};
    if (!bytes->steps || !orders)
        result = err_memory(err, "the layers", 0);
    else {
        orders[0] = nn_network_input(model->net);
        take_input(bytes, model, pixel, &ranges[0]);
    }
    for (int i = 0; i < plain->count && result == 0; i++) {
        /* A relu that is done by the step before: that one's bytes span the relu's values. */
        const bool joined = i + 1 < plain->count && is_joined(plain, i + 1);

        orders[i + 1] = orders[plain->steps[i].from + 1];
        result = take_step(bytes, plain, i, &orders[i + 1], &ranges[i + 1 + joined], err);
    }
    if (result == 0)
        bytes->logits = (float)bytes->steps[plain->count - 1].scale;
    free(orders);
    return result;
}

void int8_free(struct int8 *bytes)
{
    for (int i = 0; bytes->steps && i < bytes->count; i++) {
        free(bytes->steps[i].weights);
        free(bytes->steps[i].bias);
        free(bytes->steps[i].factors);
        free(bytes->steps[i].shifts);
    }
    free(bytes->steps);
    *bytes = (struct int8){.count = 0};
}
