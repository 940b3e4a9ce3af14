/* A model as C source: weights as constants, a function for each kind of step, and their calls. */
#include "c_source.h"

#include "pipeline/model/built_in.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Functions that a kind of step needs, of steps/, each after those that it calls. */
enum { MOST_FUNCTIONS = 6 };
static const char *const functions[][MOST_FUNCTIONS] = {
    [PLAIN_CONV] = {"conv"},   [PLAIN_LINEAR] = {"linear"}, [PLAIN_SCALE] = {"scale"},
    [PLAIN_LEAKY] = {"relu"},  [PLAIN_MAXPOOL] = {"pool"},  [PLAIN_AVGPOOL] = {"pool"},
    [PLAIN_GLOBAL] = {"pool"}, [PLAIN_ADD] = {"add"},       [PLAIN_FLATTEN] = {NULL},
};
static const char *const byte_functions[][MOST_FUNCTIONS] = {
    [PLAIN_CONV] = {"byte", "scaled", "sum8", "conv8"},
    [PLAIN_LINEAR] = {"byte", "scaled", "sum8", "conv8"},
    [PLAIN_SCALE] = {"byte", "scaled", "scale8"},
    [PLAIN_LEAKY] = {"byte", "scaled", "relu8"},
    [PLAIN_MAXPOOL] = {"byte", "scaled", "pool8"},
    [PLAIN_AVGPOOL] = {"byte", "scaled", "pool8"},
    [PLAIN_GLOBAL] = {"byte", "scaled", "pool8"},
    [PLAIN_ADD] = {"byte", "scaled", "add8"},
    [PLAIN_FLATTEN] = {NULL},
};
static const char *const logits_functions[MOST_FUNCTIONS] = {"scaled", "sum8", "logits8"};

/* ---- Texts ---- */

/* Appends a function of steps/, whose names begin with net_, under the prefix. */
static void put_function(struct strbuf *text, const char *name, const char *prefix)
{
    static const char ours[] = "net_";
    const struct built_in *f = steps;

    while (strcmp(f->name, name))
        f++;
    strbuf_puts(text, "\n");
    for (const char *at = f->text, *next; *at; at = next) {
        next = strstr(at, ours);
        strbuf_add(text, at, next ? (size_t)(next - at) : strlen(at));
        if (!next)
            break;
        strbuf_printf(text, "%s_", prefix);
        next += strlen(ours);
    }
}

/* Appends a float so that it is read as the same one. */
static void put_number(struct strbuf *text, float value)
{
    char number[32];

    snprintf(number, sizeof number, "%.9g", (double)value);
    strbuf_printf(text, "%s%sf", number, strpbrk(number, ".e") ? "" : ".0");
}

/* An array of constants. */
struct numbers {
    const float *floats; /* one of these */
    const int8_t *bytes;
    const int32_t *words;
    const uint8_t *shifts;
};

static void put_numbers(struct strbuf *text, const char *prefix, char name, int step,
                        const struct numbers *of, int64_t count)
{
    const int line = of->floats ? 8 : of->words ? 8 : 20;
    const char *type = of->floats  ? "float"
                       : of->bytes ? "int8_t"
                       : of->words ? "int32_t"
                                   : "uint8_t";

    strbuf_printf(text, "static %s_const %s %s_%c%d[%lld] = {", prefix, type, prefix, name, step,
                  (long long)count);
    for (int64_t i = 0; i < count; i++) {
        strbuf_puts(text, i % line == 0 ? "\n    " : " ");
        if (of->floats)
            put_number(text, of->floats[i]);
        else
            strbuf_printf(text, "%d",
                          of->bytes   ? of->bytes[i]
                          : of->words ? (int)of->words[i]
                                      : of->shifts[i]);
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

static int place_of(const struct plain *plain, int step)
{
    return step < 0 ? plain->input_place : plain->steps[step].place;
}

/* Appends the sizes of a window over a picture. */
static void put_window(struct strbuf *text, const struct plain_step *s)
{
    strbuf_printf(text, ", %d, %d, %d, %d, %d, %d", s->out.w, s->kernel_h, s->kernel_w, s->stride_h,
                  s->stride_w, s->pad);
}

static void put_call(struct strbuf *text, const struct plain *plain, int i, const char *prefix)
{
    static const char *const names[] = {
        [PLAIN_CONV] = "conv",   [PLAIN_LINEAR] = "linear", [PLAIN_SCALE] = "scale",
        [PLAIN_LEAKY] = "relu",  [PLAIN_MAXPOOL] = "pool",  [PLAIN_AVGPOOL] = "pool",
        [PLAIN_GLOBAL] = "pool", [PLAIN_ADD] = "add",
    };
    const struct plain_step *s = &plain->steps[i];
    const struct nn_shape in = s->in, out = s->out;
    const long long size = shape_size(in);

    if (s->kind == PLAIN_FLATTEN)
        return;
    strbuf_printf(text, "    %s_%s(%s_m%d, ", prefix, names[s->kind], prefix,
                  place_of(plain, s->from));
    if (s->kind == PLAIN_ADD)
        strbuf_printf(text, "%s_m%d, ", prefix, place_of(plain, s->side));
    strbuf_printf(text, "%s_m%d, ", prefix, s->place);
    if (s->weights)
        strbuf_printf(text, "%s_w%d, %s_b%d, ", prefix, i, prefix, i);
    switch (s->kind) {
    case PLAIN_CONV:
        strbuf_printf(text, "%d, %d, %d, %d, %d", in.c, in.h, in.w, out.c, out.h);
        put_window(text, s);
        break;
    case PLAIN_MAXPOOL:
    case PLAIN_AVGPOOL:
    case PLAIN_GLOBAL:
        strbuf_printf(text, "%d, %d, %d, %d, %d", s->kind != PLAIN_MAXPOOL, in.c, in.h, in.w,
                      out.h);
        put_window(text, s);
        break;
    case PLAIN_LINEAR:
        strbuf_printf(text, "%lld, %d", size, out.c);
        break;
    case PLAIN_SCALE:
        strbuf_printf(text, "%d, %lld", s->bias_count, size / s->bias_count);
        break;
    case PLAIN_LEAKY:
        strbuf_printf(text, "%lld, ", size);
        put_number(text, s->slope);
        break;
    case PLAIN_ADD:
        strbuf_printf(text, "%lld", size);
        break;
    case PLAIN_FLATTEN:
        break;
    }
    strbuf_puts(text, ");\n");
}

/* Appends the call of a step in bytes. */
static void put_call8(struct strbuf *text, const struct plain *plain, const struct int8 *bytes,
                      int i, const char *prefix)
{
    static const char *const names[] = {
        [PLAIN_CONV] = "conv8",   [PLAIN_LINEAR] = "conv8",  [PLAIN_SCALE] = "scale8",
        [PLAIN_LEAKY] = "relu8",  [PLAIN_MAXPOOL] = "pool8", [PLAIN_AVGPOOL] = "pool8",
        [PLAIN_GLOBAL] = "pool8", [PLAIN_ADD] = "add8",
    };
    const struct plain_step *s = &plain->steps[i];
    const struct int8_step *b = &bytes->steps[i];
    const struct nn_shape in = s->in, out = s->out;
    const long long size = shape_size(in);
    const bool last = bytes->wide && i == plain->count - 1;
    const int zero = int8_zero(bytes, s->from);

    if (s->kind == PLAIN_FLATTEN || b->same)
        return;
    strbuf_printf(text, "    %s_%s(%s_m%d, ", prefix, last ? "logits8" : names[s->kind], prefix,
                  place_of(plain, s->from));
    if (s->kind == PLAIN_ADD)
        strbuf_printf(text, "%s_m%d, ", prefix, place_of(plain, s->side));
    if (last)
        strbuf_puts(text, "logits, ");
    else
        strbuf_printf(text, "%s_m%d, ", prefix, s->place);
    if (s->weights)
        strbuf_printf(text, "%s_w%d, %s_b%d, %s_f%d, %s_s%d, ", prefix, i, prefix, i, prefix, i,
                      prefix, i);
    switch (s->kind) {
    case PLAIN_CONV:
        strbuf_printf(text, "%d, %d, %d, %d, %d, %d, %d", zero, b->zero, in.c, in.h, in.w, out.c,
                      out.h);
        put_window(text, s);
        break;
    case PLAIN_LINEAR:
        if (last)
            strbuf_printf(text, "%d, %lld, %d", zero, size, out.c);
        else
            strbuf_printf(text, "%d, %d, %lld, 1, 1, %d, 1, 1, 1, 1, 1, 1, 0", zero, b->zero, size,
                          out.c);
        break;
    case PLAIN_SCALE:
        strbuf_printf(text, "%d, %d, %d, %lld", zero, b->zero, s->bias_count, size / s->bias_count);
        break;
    case PLAIN_LEAKY:
        strbuf_printf(text, "%d, %d, %d, %d, %d, %lld", zero, b->zero, (int)b->factor.f,
                      (int)b->other, b->factor.shift, size);
        break;
    case PLAIN_MAXPOOL:
    case PLAIN_AVGPOOL:
    case PLAIN_GLOBAL:
        strbuf_printf(text, "%d, %d, %d, %d, %d, %d, %d, %d, %d", s->kind != PLAIN_MAXPOOL, zero,
                      b->zero, (int)b->factor.f, b->factor.shift, in.c, in.h, in.w, out.h);
        put_window(text, s);
        break;
    case PLAIN_ADD:
        strbuf_printf(text, "%d, %d, %d, %d, %d, %d, %lld", zero, int8_zero(bytes, s->side),
                      b->zero, (int)b->factor.f, (int)b->other, b->factor.shift, size);
        break;
    case PLAIN_FLATTEN:
        break;
    }
    strbuf_puts(text, ");\n");
}

/* ---- Sizes ---- */

/* Returns the numbers of a place; 0: it is the last step's alone, whose output is logits. */
static int64_t room_of(const struct plain *plain, const struct int8 *bytes, int place)
{
    bool used = place == plain->input_place || !bytes || !bytes->wide;

    for (int i = 0; i < plain->count - 1; i++)
        used |= plain->steps[i].place == place;
    return used ? plain->room[place] : 0;
}

int64_t c_source_constants(const struct plain *plain, const struct int8 *bytes)
{
    int64_t sum = 0;

    for (int i = 0; i < plain->count; i++) {
        const struct plain_step *s = &plain->steps[i];

        sum += bytes ? s->weight_count + s->bias_count * (int64_t)(2 * sizeof(int32_t) + 1)
                     : (s->weight_count + s->bias_count) * (int64_t)sizeof(float);
    }
    return sum;
}

int64_t c_source_memory(const struct model *model, const struct plain *plain,
                        const struct int8 *bytes)
{
    int64_t sum = bytes ? model->data.class_count * (int64_t)sizeof(int32_t) : 0;

    for (int m = 0; m < plain->places; m++)
        sum += room_of(plain, bytes, m) * (int64_t)(bytes ? 1 : sizeof(float));
    return sum;
}

/* ---- The file ---- */

static void put_head(struct strbuf *text, const struct model *model, const struct plain *plain,
                     const struct int8 *bytes, const char *prefix, const char *source)
{
    const struct nn_shape in = nn_network_input(model->net);

    strbuf_puts(text, "/* A network that csvnet has trained, ");
    for (; *source; source++)
        strbuf_add(text, *source == '*' || *source == '/' ? "_" : source, 1);
    strbuf_printf(
        text,
        " (%s).\n *\n"
        " * int %s_predict(const float *pixels, float *probabilities)\n"
        " * int %s_predict_bytes(const unsigned char *pixels, float *probabilities)\n *\n"
        " * take the pixels of a picture, %d x %d x %d (channels, rows, columns), as "
        "csvnet ingest reads them\n"
        " * (of a CSV: not divided by anything), and return the number of the likeliest of "
        "%d classes;\n"
        " * %s_classes[] has what they are called. They fill probabilities[%d], unless that "
        "is NULL%s.\n"
        " * No library is needed, nothing is allocated; %lld bytes of memory are static "
        "variables: one picture\n"
        " * at a time. C99; C++ takes it too. */\n\n",
        model->digest, prefix, prefix, in.c, in.h, in.w, model->data.class_count, prefix,
        model->data.class_count,
        !bytes               ? ""
        : bytes->input_bytes ? ";\n * but for these, and floats for pixels, all "
                               "arithmetic is in whole numbers"
                             : ";\n * but for these and the pixels, all arithmetic is in "
                               "whole numbers",
        (long long)c_source_memory(model, plain, bytes));
    if (bytes)
        strbuf_puts(text, "#include <stdint.h>\n\n");
    /* Else AVR's constants are copied to memory, of which it has little. */
    strbuf_printf(text,
                  "#ifdef __FLASH\n#define %s_const const __flash /* AVR, GNU C: they stay where "
                  "programs are */\n#else\n#define %s_const const\n#endif\n\n",
                  prefix, prefix);
}

static void put_classes(struct strbuf *text, const struct model *model, const char *prefix)
{
    /* Declared first: to C++ a constant that is not would be the file's own. */
    strbuf_printf(text,
                  "#ifdef __cplusplus\nextern \"C\" const char *const %s_classes[%d];\n#endif\n",
                  prefix, model->data.class_count);
    strbuf_printf(text, "const char *const %s_classes[%d] = {\n", prefix, model->data.class_count);
    for (int k = 0; k < model->data.class_count; k++) {
        strbuf_puts(text, "    ");
        put_string(text, model->data.class_names[k]);
        strbuf_puts(text, k + 1 < model->data.class_count ? ",\n" : "};\n\n");
    }
}

static void put_weights(struct strbuf *text, const struct plain *plain, const struct int8 *bytes,
                        const char *prefix)
{
    for (int i = 0; i < plain->count; i++) {
        const struct plain_step *s = &plain->steps[i];
        const struct int8_step *b = bytes ? &bytes->steps[i] : NULL;

        if (s->weights && b) {
            put_numbers(text, prefix, 'w', i, &(struct numbers){.bytes = b->weights},
                        s->weight_count);
            put_numbers(text, prefix, 'b', i, &(struct numbers){.words = b->bias}, s->bias_count);
            put_numbers(text, prefix, 'f', i, &(struct numbers){.words = b->factors},
                        s->bias_count);
            put_numbers(text, prefix, 's', i, &(struct numbers){.shifts = b->shifts},
                        s->bias_count);
        } else if (s->weights) {
            put_numbers(text, prefix, 'w', i, &(struct numbers){.floats = s->weights},
                        s->weight_count);
            put_numbers(text, prefix, 'b', i, &(struct numbers){.floats = s->bias}, s->bias_count);
        }
    }
}

/* Appends each function that a step needs, once. */
static void put_functions(struct strbuf *text, const struct plain *plain, const struct int8 *bytes,
                          const char *prefix)
{
    static const char *const order[] = {"conv",    "linear", "scale",  "relu",  "pool",
                                        "add",     "byte",   "scaled", "sum8",  "conv8",
                                        "logits8", "scale8", "relu8",  "pool8", "add8"};

    for (size_t k = 0; k < sizeof order / sizeof *order; k++) {
        bool used = false;

        for (int i = 0; i < plain->count; i++) {
            const enum plain_kind kind = plain->steps[i].kind;
            const bool last = bytes && bytes->wide && i == plain->count - 1;
            const char *const *needs = last    ? logits_functions
                                       : bytes ? byte_functions[kind]
                                               : functions[kind];

            if (bytes && bytes->steps[i].same)
                continue;
            for (int n = 0; n < MOST_FUNCTIONS && needs[n]; n++)
                used |= strcmp(needs[n], order[k]) == 0;
        }
        if (bytes && !bytes->input_bytes && strcmp(order[k], "byte") == 0)
            used = true;
        if (used)
            put_function(text, order[k], prefix);
    }
    put_function(text, "exp", prefix);
}

/* Appends what makes probabilities of the last step's output: out[i] times `scale`. */
static void put_end(struct strbuf *text, int classes, const char *prefix, float scale)
{
    strbuf_printf(text,
                  "    for (i = 1; i < %d; i++)\n"
                  "        if (out[i] > out[best])\n"
                  "            best = i;\n"
                  "    if (!probabilities)\n"
                  "        return best;\n"
                  "    for (i = 0; i < %d; i++)\n"
                  "        sum += probabilities[i] = %s_exp(",
                  classes, classes, prefix);
    strbuf_puts(text, scale == 1 ? "out[i] - out[best]" : "(float)(out[i] - out[best]) * ");
    if (scale != 1)
        put_number(text, scale);
    strbuf_printf(text,
                  ");\n"
                  "    for (i = 0; i < %d; i++)\n"
                  "        probabilities[i] /= sum;\n"
                  "    return best;\n}\n",
                  classes);
}

static void put_run(struct strbuf *text, const struct model *model, const struct plain *plain,
                    const struct int8 *bytes, const char *prefix)
{
    const int classes = model->data.class_count, end = place_of(plain, plain->count - 1);

    strbuf_puts(text, "\n");
    for (int m = 0; m < plain->places; m++)
        if (room_of(plain, bytes, m))
            strbuf_printf(text, "static %s %s_m%d[%lld];\n", bytes ? "int8_t" : "float", prefix, m,
                          (long long)plain->room[m]);
    strbuf_printf(text,
                  "\n/* Computes what the picture in m%d is. */\n"
                  "static int %s_run(float *probabilities)\n{\n",
                  plain->input_place, prefix);
    if (bytes && bytes->wide)
        strbuf_printf(text,
                      "    static int32_t logits[%d];\n    const int32_t *const out = logits;\n",
                      classes);
    else
        strbuf_printf(text, "    const %s *const out = %s_m%d;\n", bytes ? "int8_t" : "float",
                      prefix, end);
    strbuf_puts(text, "    float sum = 0;\n    int i, best = 0;\n\n");
    for (int i = 0; i < plain->count; i++)
        if (bytes)
            put_call8(text, plain, bytes, i, prefix);
        else
            put_call(text, plain, i, prefix);
    put_end(text, classes, prefix, bytes ? bytes->logits : 1);
}

/* Appends how pixel i becomes a number of the network. */
static void put_pixel(struct strbuf *text, const struct model *model, const struct int8 *bytes,
                      bool of_bytes, const char *prefix)
{
    if (!bytes) {
        strbuf_puts(text, "((float)pixels[i] / ");
        put_number(text, model->input.divisor);
        strbuf_puts(text, " - ");
        put_number(text, model->input.mean);
        strbuf_puts(text, ") / ");
        put_number(text, model->input.std);
    } else if (!bytes->input_bytes) {
        strbuf_printf(text, "%s_byte((int32_t)((float)pixels[i] * ", prefix);
        put_number(text, bytes->pixel_factor);
        strbuf_puts(text, " + ");
        put_number(text, bytes->pixel_bias);
        strbuf_printf(text, ") - %d)", INT8_LIFT);
    } else if (of_bytes) {
        strbuf_puts(text, "(int8_t)(pixels[i] - 128)");
    } else {
        strbuf_puts(text, "(int8_t)((pixels[i] < 0 ? 0 : pixels[i] > 255 ? 255 : (int)(pixels[i] + "
                          "0.5f)) - 128)");
    }
}

static void put_predict(struct strbuf *text, const struct model *model, const struct plain *plain,
                        const struct int8 *bytes, bool of_bytes, const char *prefix)
{
    const char *name = of_bytes ? "_bytes" : "", *pixel = of_bytes ? "unsigned char" : "float";
    const struct nn_shape in = nn_network_input(model->net);

    strbuf_printf(text,
                  "\n#ifdef __cplusplus\nextern \"C\"\n#endif\n"
                  "int %s_predict%s(const %s *pixels, float *probabilities);\n"
                  "int %s_predict%s(const %s *pixels, float *probabilities)\n{\n"
                  "    int i;\n\n"
                  "    for (i = 0; i < %lld; i++)\n        %s_m%d[",
                  prefix, name, pixel, prefix, name, pixel, (long long)shape_size(in), prefix,
                  plain->input_place);
    if (bytes && in.c > 1)
        strbuf_printf(text, "i %% %d * %d + i / %d", in.h * in.w, in.c, in.h * in.w);
    else
        strbuf_puts(text, "i");
    strbuf_puts(text, "] = ");
    put_pixel(text, model, bytes, of_bytes, prefix);
    strbuf_printf(text, ";\n    return %s_run(probabilities);\n}\n", prefix);
}

int c_source(struct strbuf *text, const struct model *model, const struct plain *plain,
             const struct int8 *bytes, const char *prefix, const char *source, struct err *err)
{
    put_head(text, model, plain, bytes, prefix, source);
    put_classes(text, model, prefix);
    put_weights(text, plain, bytes, prefix);
    put_functions(text, plain, bytes, prefix);
    put_run(text, model, plain, bytes, prefix);
    put_predict(text, model, plain, bytes, false, prefix);
    put_predict(text, model, plain, bytes, true, prefix);
    return text->failed ? err_memory(err, "the source", text->size) : 0;
}
