/* A model as C source: weights as constants, a function for each kind of step, and their calls. */
#include "c_source.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Functions by kind; what stands for the prefix is @. A picture is [channel][row][column]. */
static const char *const functions[] = {
    [PLAIN_CONV] =
        "static void @_conv(const float *in, float *out, const float *w, const float *b, int c, int h, "
        "int v, int o,\n"
        "                   int oh, int ov, int kh, int kv, int sy, int sx, int pad)\n"
        "{\n"
        "    int n, y, x, m, i, j;\n"
        "\n"
        "    for (n = 0; n < o; n++) {\n"
        "        float *plane = out + n * oh * ov;\n"
        "\n"
        "        for (x = 0; x < oh * ov; x++)\n"
        "            plane[x] = b[n];\n"
        "        for (m = 0; m < c; m++)\n"
        "            for (i = 0; i < kh; i++)\n"
        "                for (j = 0; j < kv; j++) {\n"
        "                    const float k = *w++;\n"
        "                    const int begin = j < pad ? (pad - j + sx - 1) / sx : 0;\n"
        "                    int end = (v + pad - j + sx - 1) / sx;\n"
        "\n"
        "                    end = end < ov ? end : ov;\n"
        "                    for (y = 0; y < oh; y++) {\n"
        "                        const int p = y * sy + i - pad;\n"
        "\n"
        "                        if (p < 0 || p >= h)\n"
        "                            continue;\n"
        "                        for (x = begin; x < end; x++)\n"
        "                            plane[y * ov + x] += k * in[(m * h + p) * v + x * sx + j - pad];\n"
        "                    }\n"
        "                }\n"
        "    }\n"
        "}\n",
    [PLAIN_LINEAR] =
        "static void @_linear(const float *in, float *out, const float *w, const float *b, int c, int "
        "o)\n"
        "{\n"
        "    int n, i;\n"
        "\n"
        "    for (n = 0; n < o; n++) {\n"
        "        float sum = b[n];\n"
        "\n"
        "        for (i = 0; i < c; i++)\n"
        "            sum += in[i] * w[n * c + i];\n"
        "        out[n] = sum;\n"
        "    }\n"
        "}\n",
    [PLAIN_SCALE] =
        "static void @_scale(const float *in, float *out, const float *w, const float *b, int c, int "
        "each)\n"
        "{\n"
        "    int i;\n"
        "\n"
        "    for (i = 0; i < c * each; i++)\n"
        "        out[i] = in[i] * w[i / each] + b[i / each];\n"
        "}\n",
    [PLAIN_LEAKY] =
        "static void @_relu(const float *in, float *out, int size, float slope)\n"
        "{\n"
        "    int i;\n"
        "\n"
        "    for (i = 0; i < size; i++)\n"
        "        out[i] = in[i] > 0 ? in[i] : in[i] * slope;\n"
        "}\n",
    [PLAIN_MAXPOOL] =
        "static void @_maxpool(const float *in, float *out, int c, int h, int v, int oh, int ov, int kh, "
        "int kv,\n"
        "                      int sy, int sx, int pad)\n"
        "{\n"
        "    int m, y, x, i, j;\n"
        "\n"
        "    for (m = 0; m < c; m++)\n"
        "        for (y = 0; y < oh; y++)\n"
        "            for (x = 0; x < ov; x++) {\n"
        "                float most = 0;\n"
        "                int any = 0;\n"
        "\n"
        "                for (i = 0; i < kh; i++)\n"
        "                    for (j = 0; j < kv; j++) {\n"
        "                        const int p = y * sy + i - pad, q = x * sx + j - pad;\n"
        "\n"
        "                        if (p < 0 || p >= h || q < 0 || q >= v)\n"
        "                            continue;\n"
        "                        if (!any || in[(m * h + p) * v + q] > most)\n"
        "                            most = in[(m * h + p) * v + q];\n"
        "                        any = 1;\n"
        "                    }\n"
        "                out[(m * oh + y) * ov + x] = most;\n"
        "            }\n"
        "}\n",
    [PLAIN_AVGPOOL] =
        "static void @_avgpool(const float *in, float *out, int c, int h, int v, int oh, int ov, int kh, "
        "int kv,\n"
        "                      int sy, int sx, int pad)\n"
        "{\n"
        "    int m, y, x, i, j;\n"
        "\n"
        "    for (m = 0; m < c; m++)\n"
        "        for (y = 0; y < oh; y++)\n"
        "            for (x = 0; x < ov; x++) {\n"
        "                float sum = 0;\n"
        "\n"
        "                for (i = 0; i < kh; i++)\n"
        "                    for (j = 0; j < kv; j++) {\n"
        "                        const int p = y * sy + i - pad, q = x * sx + j - pad;\n"
        "\n"
        "                        if (p >= 0 && p < h && q >= 0 && q < v)\n"
        "                            sum += in[(m * h + p) * v + q];\n"
        "                    }\n"
        "                out[(m * oh + y) * ov + x] = sum / (float)(kh * kv);\n"
        "            }\n"
        "}\n",
    [PLAIN_GLOBAL] = "static void @_globalpool(const float *in, float *out, int c, int each)\n"
                     "{\n"
                     "    int m, i;\n"
                     "\n"
                     "    for (m = 0; m < c; m++) {\n"
                     "        float sum = 0;\n"
                     "\n"
                     "        for (i = 0; i < each; i++)\n"
                     "            sum += in[m * each + i];\n"
                     "        out[m] = sum / (float)each;\n"
                     "    }\n"
                     "}\n",
    [PLAIN_FLATTEN] = NULL,
};

/* e^x of x <= 0, so that no libm is needed: halved until a series of ten terms is exact. */
static const char exponential[] = "static float @_exp(float x)\n"
                                  "{\n"
                                  "    double y = x, term = 1, sum = 1;\n"
                                  "    int halved = 0, i;\n"
                                  "\n"
                                  "    if (x < -87)\n"
                                  "        return 0;\n"
                                  "    for (; y < -0.5; halved++)\n"
                                  "        y /= 2;\n"
                                  "    for (i = 1; i < 12; i++)\n"
                                  "        sum += term *= y / i;\n"
                                  "    for (; halved > 0; halved--)\n"
                                  "        sum *= sum;\n"
                                  "    return (float)sum;\n"
                                  "}\n";

/* ---- Texts ---- */

static void put(struct strbuf *text, const char *source, const char *prefix)
{
    for (; *source; source++)
        if (*source == '@')
            strbuf_puts(text, prefix);
        else
            strbuf_add(text, source, 1);
}

/* Appends a float so that it is read as the same one. */
static void put_number(struct strbuf *text, float value)
{
    char number[32];

    snprintf(number, sizeof number, "%.9g", (double)value);
    strbuf_printf(text, "%s%sf", number, strpbrk(number, ".e") ? "" : ".0");
}

static void put_numbers(struct strbuf *text, const char *prefix, const char *name, int step,
                        const float *values, int64_t count)
{
    enum { LINE = 8 };

    strbuf_printf(text, "static const float %s_%s%d[%lld] = {", prefix, name, step,
                  (long long)count);
    for (int64_t i = 0; i < count; i++) {
        strbuf_puts(text, i % LINE == 0 ? "\n    " : " ");
        put_number(text, values[i]);
        strbuf_puts(text, i + 1 < count ? "," : "");
    }
    strbuf_puts(text, "};\n");
}

/* Appends a text as a string constant. */
static void put_string(struct strbuf *text, const char *string)
{
    strbuf_puts(text, "\"");
    for (; *string; string++) {
        const unsigned char c = (unsigned char)*string;

        if (c < ' ' || c > '~' || c == '"' || c == '\\' || c == '?')
            strbuf_printf(text, "\\%03o", c);
        else
            strbuf_add(text, string, 1);
    }
    strbuf_puts(text, "\"");
}

/* ---- Calls ---- */

static void put_call(struct strbuf *text, const struct plain_step *s, const char *prefix, int step,
                     int from)
{
    const struct nn_shape in = s->in, out = s->out;
    char weights[200], names[40];

    if (s->kind == PLAIN_FLATTEN)
        return;
    snprintf(names, sizeof names, "%s_memory[%d], %s_memory[%d]", "@", from, "@", 1 - from);
    snprintf(weights, sizeof weights, "@_w%d, @_b%d", step, step);
    strbuf_puts(text, "    ");
    put(text, "@_", prefix);
    strbuf_puts(text, s->kind == PLAIN_CONV      ? "conv("
                      : s->kind == PLAIN_LINEAR  ? "linear("
                      : s->kind == PLAIN_SCALE   ? "scale("
                      : s->kind == PLAIN_LEAKY   ? "relu("
                      : s->kind == PLAIN_MAXPOOL ? "maxpool("
                      : s->kind == PLAIN_AVGPOOL ? "avgpool("
                                                 : "globalpool(");
    put(text, names, prefix);
    strbuf_puts(text, ", ");
    if (s->weights) {
        put(text, weights, prefix);
        strbuf_puts(text, ", ");
    }
    switch (s->kind) {
    case PLAIN_CONV:
        strbuf_printf(text, "%d, %d, %d, %d, %d, %d, %d, %d, %d, %d, %d", in.c, in.h, in.w, out.c,
                      out.h, out.w, s->kernel_h, s->kernel_w, s->stride_h, s->stride_w, s->pad);
        break;
    case PLAIN_MAXPOOL:
    case PLAIN_AVGPOOL:
        strbuf_printf(text, "%d, %d, %d, %d, %d, %d, %d, %d, %d, %d", in.c, in.h, in.w, out.h, out.w,
                      s->kernel_h, s->kernel_w, s->stride_h, s->stride_w, s->pad);
        break;
    case PLAIN_LINEAR:
        strbuf_printf(text, "%lld, %d", (long long)shape_size(in), out.c);
        break;
    case PLAIN_SCALE:
        strbuf_printf(text, "%d, %lld", s->bias_count, (long long)shape_size(in) / s->bias_count);
        break;
    case PLAIN_GLOBAL:
        strbuf_printf(text, "%d, %d", in.c, in.h * in.w);
        break;
    case PLAIN_LEAKY:
        strbuf_printf(text, "%lld, ", (long long)shape_size(in));
        put_number(text, s->slope);
        break;
    case PLAIN_FLATTEN:
        break;
    }
    strbuf_puts(text, ");\n");
}

/* ---- The file ---- */

static int64_t largest(const struct model *model, const struct plain *plain)
{
    int64_t most = shape_size(nn_network_input(model->net));

    for (int i = 0; i < plain->count; i++)
        most = shape_size(plain->steps[i].out) > most ? shape_size(plain->steps[i].out) : most;
    return most;
}

int64_t c_source_memory(const struct model *model, const struct plain *plain)
{
    return 2 * largest(model, plain) * (int64_t)sizeof(float);
}

static void put_head(struct strbuf *text, const struct model *model, const struct plain *plain,
                     const char *prefix, const char *source)
{
    const struct nn_shape in = nn_network_input(model->net);

    strbuf_puts(text, "/* A network that csvnet has trained, ");
    for (; *source; source++)
        strbuf_add(text, *source == '*' || *source == '/' ? "_" : source, 1);
    strbuf_printf(text,
                  " (%s).\n *\n"
                  " * int %s_predict(const float *pixels, float *probabilities)\n"
                  " * int %s_predict_bytes(const unsigned char *pixels, float *probabilities)\n *\n"
                  " * take the pixels of a picture, %d x %d x %d (channels, rows, columns), as "
                  "csvnet ingest reads them\n"
                  " * (of a CSV: not divided by anything), and return the number of the likeliest of "
                  "%d classes;\n"
                  " * %s_classes[] has what they are called. They fill probabilities[%d], unless that "
                  "is NULL.\n"
                  " * No library is needed, nothing is allocated; %lld bytes of memory are static "
                  "variables: one picture\n"
                  " * at a time. C99; C++ takes it too. */\n\n",
                  model->digest, prefix, prefix, in.c, in.h, in.w, model->data.class_count, prefix,
                  model->data.class_count, (long long)c_source_memory(model, plain));
}

static void put_classes(struct strbuf *text, const struct model *model, const char *prefix)
{
    strbuf_printf(text, "const char *const %s_classes[%d] = {\n", prefix, model->data.class_count);
    for (int k = 0; k < model->data.class_count; k++) {
        strbuf_puts(text, "    ");
        put_string(text, model->data.class_names[k]);
        strbuf_puts(text, k + 1 < model->data.class_count ? ",\n" : "};\n\n");
    }
}

static void put_predict(struct strbuf *text, const struct model *model, const struct plain *plain,
                        const char *prefix)
{
    const int classes = model->data.class_count;
    const long long size = shape_size(nn_network_input(model->net));
    int from = 0;

    strbuf_printf(text, "static float %s_memory[2][%lld];\n\n", prefix,
                  (long long)largest(model, plain));
    strbuf_printf(text,
                  "/* Computes what the picture in memory[0] is. */\n"
                  "static int %s_run(float *probabilities)\n{\n"
                  "    const float *out;\n    float sum = 0;\n    int i, best = 0;\n\n"
                  "    for (i = 0; i < %lld; i++)\n        %s_memory[0][i] = (%s_memory[0][i] / ",
                  prefix, size, prefix, prefix);
    put_number(text, model->input.divisor);
    strbuf_puts(text, " - ");
    put_number(text, model->input.mean);
    strbuf_puts(text, ") / ");
    put_number(text, model->input.std);
    strbuf_puts(text, ";\n");
    for (int i = 0; i < plain->count; i++) {
        put_call(text, &plain->steps[i], prefix, i, from);
        from = plain->steps[i].kind == PLAIN_FLATTEN ? from : 1 - from;
    }
    strbuf_printf(text,
                  "    out = %s_memory[%d];\n"
                  "    for (i = 1; i < %d; i++)\n"
                  "        if (out[i] > out[best])\n"
                  "            best = i;\n"
                  "    if (!probabilities)\n"
                  "        return best;\n"
                  "    for (i = 0; i < %d; i++)\n"
                  "        sum += probabilities[i] = %s_exp(out[i] - out[best]);\n"
                  "    for (i = 0; i < %d; i++)\n"
                  "        probabilities[i] /= sum;\n"
                  "    return best;\n}\n",
                  prefix, from, classes, classes, prefix, classes);
    for (int bytes = 0; bytes < 2; bytes++) {
        const char *name = bytes ? "_bytes" : "", *pixel = bytes ? "unsigned char" : "float";

        strbuf_printf(text,
                      "\nint %s_predict%s(const %s *pixels, float *probabilities);\n"
                      "int %s_predict%s(const %s *pixels, float *probabilities)\n{\n"
                      "    int i;\n\n"
                      "    for (i = 0; i < %lld; i++)\n        %s_memory[0][i] = pixels[i];\n"
                      "    return %s_run(probabilities);\n}\n",
                      prefix, name, pixel, prefix, name, pixel, size, prefix, prefix);
    }
}

int c_source(struct strbuf *text, const struct model *model, const struct plain *plain,
             const char *prefix, const char *source, struct err *err)
{
    bool used[PLAIN_FLATTEN + 1] = {false};

    put_head(text, model, plain, prefix, source);
    put_classes(text, model, prefix);
    for (int i = 0; i < plain->count; i++) {
        const struct plain_step *s = &plain->steps[i];

        used[s->kind] = true;
        if (s->weights) {
            put_numbers(text, prefix, "w", i, s->weights, s->weight_count);
            put_numbers(text, prefix, "b", i, s->bias, s->bias_count);
        }
    }
    for (int k = 0; k < PLAIN_FLATTEN; k++)
        if (used[k]) {
            strbuf_puts(text, "\n");
            put(text, functions[k], prefix);
        }
    strbuf_puts(text, "\n");
    put(text, exponential, prefix);
    strbuf_puts(text, "\n");
    put_predict(text, model, plain, prefix);
    return text->failed ? err_memory(err, "the source", text->size) : 0;
}
