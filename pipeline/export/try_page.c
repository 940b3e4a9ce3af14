/* A page to try a network on: the files of try/ with the network in their midst. */
#include "try_page.h"

#include "pipeline/base/json.h"
#include "pipeline/model/built_in.h"
#include "pipeline/picture/prepare.h"
#include "pipeline/report/html.h"

#include <stdlib.h>
#include <string.h>

/* ---- The network, as JSON ---- */

/* Appends a key and a number that is read as the same one. */
static void put_number(struct strbuf *json, const char *key, double value)
{
    strbuf_printf(json, ",\"%s\":%.17g", key, value);
}

static void put_shape(struct strbuf *json, const char *key, struct nn_shape shape)
{
    strbuf_printf(json, ",\"%s\":[%d,%d,%d]", key, shape.c, shape.h, shape.w);
}

static void put_floats(struct strbuf *json, const char *key, const float *values, int64_t count)
{
    strbuf_printf(json, ",\"%s\":\"", key);
    html_base64(json, values, (size_t)count * sizeof *values); /* little-endian, as browsers are */
    strbuf_puts(json, "\"");
}

static void put_step(struct strbuf *json, const struct plain_step *s)
{
    static const char *const kinds[] = {
        [PLAIN_CONV] = "conv",   [PLAIN_LINEAR] = "linear", [PLAIN_SCALE] = "scale",
        [PLAIN_LEAKY] = "relu",  [PLAIN_MAXPOOL] = "pool",  [PLAIN_AVGPOOL] = "pool",
        [PLAIN_GLOBAL] = "pool", [PLAIN_ADD] = "add",       [PLAIN_FLATTEN] = "flatten",
    };

    strbuf_printf(json, "{\"kind\":\"%s\",\"from\":%d,\"side\":%d", kinds[s->kind], s->from,
                  s->side);
    put_shape(json, "in", s->in);
    put_shape(json, "out", s->out);
    if (s->kernel_h)
        strbuf_printf(json, ",\"kh\":%d,\"kv\":%d,\"sy\":%d,\"sx\":%d,\"pad\":%d", s->kernel_h,
                      s->kernel_w, s->stride_h, s->stride_w, s->pad);
    if (s->kind == PLAIN_AVGPOOL || s->kind == PLAIN_GLOBAL)
        strbuf_puts(json, ",\"mean\":true");
    if (s->kind == PLAIN_LEAKY)
        put_number(json, "slope", (double)s->slope);
    if (s->weights) {
        put_floats(json, "weights", s->weights, s->weight_count);
        put_floats(json, "bias", s->bias, s->bias_count);
    }
    strbuf_puts(json, "}");
}

/* Appends a text as JSON; what could end the script that it lies in is escaped. */
static int put_text(struct strbuf *json, const char *key, json_t *value, struct err *err)
{
    char *text = value ? json_text(value, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;

    json_decref(value);
    if (!text)
        return err_memory(err, "the page", 0);
    strbuf_printf(json, ",\"%s\":", key);
    for (const char *c = text; *c; c++)
        if (*c == '<')
            strbuf_puts(json, "\\u003c");
        else
            strbuf_add(json, c, 1);
    free(text);
    return 0;
}

static bool is_framed(const struct model *model)
{
    return model->framing.rows > 0 && framing_is_plain(&model->framing, &model->data.pixels);
}

static void put_framing(struct strbuf *json, const struct framing *f)
{
    const bool mass = framing_by_mass(f);
    const struct spread x = mass ? f->mass_x : f->box_x, y = mass ? f->mass_y : f->box_y;

    strbuf_printf(json,
                  ",\"framing\":{\"ground\":%.17g,\"ink\":%.17g,\"mass\":%s,\"side\":[%.17g,%.17g],"
                  "\"x\":[%.17g,%.17g],\"y\":[%.17g,%.17g]}",
                  f->ground, f->ink, mass ? "true" : "false", f->side.mean, f->side.deviation,
                  x.mean, x.deviation, y.mean, y.deviation);
}

/* Says how a picture is prepared. */
static void say_how(struct strbuf *text, const struct model *model)
{
    const struct dataset_info *info = &model->data;
    const struct framing *f = &model->framing;

    if (is_framed(model))
        strbuf_printf(text,
                      "What you draw becomes %dx%d pixels as the training pictures are: on their "
                      "ground, %.0f pixels long, with the centre of %s in row %.1f and column "
                      "%.1f. Colours and "
                      "which of ground and ink is the darker do not matter.",
                      info->h, info->w, f->side.mean, framing_by_mass(f) ? "its mass" : "its box",
                      framing_by_mass(f) ? f->mass_y.mean : f->box_y.mean,
                      framing_by_mass(f) ? f->mass_x.mean : f->box_x.mean);
    else
        strbuf_printf(text, "A picture becomes %dx%d pixels%s.", info->h, info->w,
                      info->c == 1 ? ", gray" : "");
}

static int put_network(struct strbuf *json, const struct model *model, const struct plain *plain,
                       struct err *err)
{
    const struct data_range *pixels = &model->data.pixels;
    json_t *classes = json_array();
    struct strbuf how = {0};
    int result;

    for (int k = 0; k < model->data.class_count; k++)
        json_array_append_new(classes, json_string(model->data.class_names[k]));
    strbuf_printf(json, "{\"model\":\"%s\"", model->digest);
    say_how(&how, model);
    result = put_text(json, "classes", classes, err);
    if (result == 0)
        result = put_text(json, "how", json_string(strbuf_shown(&how)), err);
    strbuf_free(&how);
    put_shape(json, "in", nn_network_input(model->net));
    put_number(json, "divisor", (double)model->input.divisor);
    put_number(json, "mean", (double)model->input.mean);
    put_number(json, "std", (double)model->input.std);
    put_number(json, "black", prepare_level(&model->data, 0));
    put_number(json, "white", prepare_level(&model->data, 1));
    strbuf_printf(json, ",\"rounds\":%s", pixels->max <= 255 ? "true" : "false");
    if (pixels->max > pixels->min)
        put_number(json, "ground", (pixels->ground - pixels->min) / (pixels->max - pixels->min));
    else
        strbuf_puts(json, ",\"ground\":null");
    if (is_framed(model))
        put_framing(json, &model->framing);
    strbuf_puts(json, ",\"steps\":[");
    for (int i = 0; i < plain->count; i++) {
        strbuf_puts(json, i ? "," : "");
        put_step(json, &plain->steps[i]);
    }
    strbuf_puts(json, "]}");
    return result;
}

/* ---- The page ---- */

static const char *file_of(const char *name)
{
    const struct built_in *f = try_files;

    while (strcmp(f->name, name))
        f++;
    return f->text;
}

int try_page(struct strbuf *html, const struct model *model, const struct plain *plain,
             const char *source, struct err *err)
{
    static const char *const files[] = {"prepare", "network", "draw"};
    const int channels = nn_network_input(model->net).c;

    if (channels != 1 && channels != 3)
        return err_set(err, EX_DATAERR,
                       "%s: its pictures have %d channels; a page takes gray ones and colour",
                       source, channels);
    strbuf_puts(html, file_of("head"));
    strbuf_puts(html, "<title>");
    html_text(html, source);
    strbuf_puts(html, "</title>\n</head>\n<body>\n<h1>");
    html_text(html, source);
    strbuf_puts(html, "</h1>\n");
    strbuf_puts(html, file_of("page"));
    strbuf_puts(html, "<script id=\"network\" type=\"application/json\">");
    if (put_network(html, model, plain, err))
        return -1;
    strbuf_puts(html, "</script>\n<script>\n\"use strict\";\n");
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        strbuf_puts(html, file_of(files[i]));
    strbuf_puts(html, "</script>\n</body>\n</html>\n");
    return html->failed ? err_memory(err, "the page", html->size) : 0;
}
