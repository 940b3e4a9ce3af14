/* Shows rows as pictures in the terminal, as numbers, or on a contact sheet. */
#include "show_rows.h"

#include "cmd/terminal/draw.h"
#include "pipeline/base/figures.h"
#include "pipeline/base/short_name.h"
#include "pipeline/dataset/keys.h"
#include "pipeline/files/output.h"
#include "pipeline/picture/heat.h"
#include "pipeline/picture/png.h"
#include "pipeline/predict/metrics.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Truth and prediction of one row. */
struct verdict {
    int truth, predicted; /* -1: unknown */
    double probability;   /* of the predicted class */
};

static struct verdict verdict_of(const struct shown_rows *s, int64_t row)
{
    struct verdict v = {-1, -1, 0};

    if (s->info->has_labels)
        v.truth = dataset_class(s->info, s->rows, row);
    if (s->probabilities) {
        const float *p = s->probabilities + row * s->classes.count;

        v.predicted = metrics_largest(p, s->classes.count);
        v.probability = (double)p[v.predicted];
    }
    return v;
}

static bool is_mistake(struct verdict v)
{
    return v.truth >= 0 && v.predicted >= 0 && v.truth != v.predicted;
}

/* ---- Captions ---- */

/* Appends the class's name, in so many columns at most. */
static void add_class(struct strbuf *title, const struct class_list *classes, int k, int columns)
{
    const struct common_part none = {0, 0};
    char text[CLASS_TEXT];

    short_name(title, class_text(classes, k, false, text), none, columns, "...");
}

/* Returns "7", "7 (1)" with "x " before a mistake, "7"; NULL: out of memory */
static char *title_of(const struct class_list *classes, struct verdict v, int columns)
{
    struct strbuf title = {0};

    strbuf_puts(&title, is_mistake(v) ? "x " : "");
    if (v.predicted >= 0)
        add_class(&title, classes, v.predicted, columns);
    strbuf_puts(&title, v.predicted >= 0 && v.truth >= 0 ? " (" : "");
    if (v.truth >= 0)
        add_class(&title, classes, v.truth, columns);
    strbuf_puts(&title, v.predicted >= 0 && v.truth >= 0 ? ")" : "");
    return strbuf_take(&title);
}

/* Returns the epoch in which a row is so seen, from 1; 0: it is as the data set has it. */
static int epoch_of(const struct shown_rows *s, int64_t row)
{
    return s->epochs > 0 ? (int)(row % s->epochs) + 1 : 0;
}

/* Appends "row 7" or "row 7, epoch 3". */
static void add_place(struct strbuf *text, const struct shown_rows *s, int64_t row)
{
    strbuf_printf(text, "row %lld", (long long)s->rows->rows[row]);
    if (epoch_of(s, row))
        strbuf_printf(text, ", epoch %d", epoch_of(s, row));
}

/* Returns by how much the probability falls where it falls most. */
static double most_fall(const struct shown_rows *s, int64_t row)
{
    double most = 0;

    for (int i = 0; i < s->info->h * s->info->w; i++)
        most = fmax(most, (double)s->why[row].occlusion[i]);
    return most;
}

/* Returns the place and the probability; NULL: out of memory. */
static char *note_of(const struct shown_rows *s, int64_t row, struct verdict v)
{
    struct strbuf text = {0};
    char share[SHARE_TEXT];

    add_place(&text, s, row);
    if (v.predicted >= 0)
        strbuf_printf(&text, " %s%%",
                      percent_cut(v.probability, v.probability < 0.999 ? 1 : 2, share));
    if (s->why)
        strbuf_printf(&text, " -%.1f", 100 * most_fall(s, row));
    return strbuf_take(&text);
}

/* Puts the maps below a picture, all magnified. */
static int add_maps(struct picture *picture, const struct why *why, int zoom, enum heat_ink ink,
                    struct err *err)
{
    const int size = picture->h * picture->w, area = why->activation_h * why->activation_w;
    const struct picture *list[3] = {picture};
    struct picture heat[2] = {{0}}, stack = {0};
    int count = 1, result;

    list[count++] = &heat[0];
    result = heat_over(&heat[0], picture, why->occlusion, picture->h, picture->w,
                       fmaxf(heat_most(why->occlusion, size), WHY_LEAST), ink, err);
    if (result == 0 && why->activation) {
        list[count++] = &heat[1];
        result = heat_over(&heat[1], picture, why->activation, why->activation_h, why->activation_w,
                           heat_most(why->activation, area), ink, err);
    }
    if (result == 0)
        result = picture_stack(&stack, list, count, zoom, err);
    picture_free(&heat[0]);
    picture_free(&heat[1]);
    if (result == 0) {
        picture_free(picture);
        *picture = stack;
    }
    return result;
}

/* Returns the rows' pictures in their order, with captions in the characters that can be shown and
 * names of at most so many columns. */
static struct captioned *captions(const struct shown_rows *s, bool ascii, int columns, int zoom,
                                  enum heat_ink ink, struct err *err)
{
    const int count = (int)s->rows->count;
    struct captioned *list = calloc((size_t)count + 1, sizeof *list);
    struct class_list classes = s->classes;

    if (!list) {
        err_memory(err, "pictures", 0);
        return NULL;
    }
    classes.ascii = ascii;
    for (int i = 0; i < count; i++) {
        const int64_t row = s->order[i];
        const struct verdict v = verdict_of(s, row);

        list[i].title = title_of(&classes, v, columns);
        list[i].note = note_of(s, row, v);
        list[i].marked = is_mistake(v);
        if (!list[i].title || !list[i].note)
            err_memory(err, "captions", 0);
        else if (picture_of_row(&list[i].picture, s->info, s->rows->images, row, s->range, err) ==
                     0 &&
                 (!s->why || add_maps(&list[i].picture, &s->why[row], zoom, ink, err) == 0))
            continue;
        captioned_free(list, count);
        return NULL;
    }
    return list;
}

int rows_draw(const struct shown_rows *s, const struct terminal *t, struct err *err)
{
    const int count = (int)s->rows->count;
    struct captioned *list =
        captions(s, !t->utf8, INT_MAX, 1, t->colour ? HEAT_COLOURS : HEAT_GRAY, err);
    const int result = list ? draw_pictures(t, list, count, err) : -1;

    captioned_free(list, count);
    return result;
}

/* ---- A contact sheet ---- */

static int write_bytes(const char *path, const struct inputs *inputs, const void *bytes,
                       size_t size, struct err *err)
{
    struct output *out = NULL;
    int result = -1;

    if (inputs_refuse_output(inputs, path, err) == 0 && output_open_bytes(&out, path, err) == 0 &&
        output_write(out, bytes, size, err) == 0)
        result = output_commit(out, inputs, err);
    output_close(out);
    return result;
}

int rows_write_png(const struct shown_rows *s, const char *path, const struct inputs *inputs,
                   struct err *err)
{
    enum { NAME = 36 /* two names have room in four lines */, WIDE = 140 };
    const int count = (int)s->rows->count;
    struct captioned *list;
    struct picture sheet = {0};
    unsigned char *bytes = NULL;
    size_t size;
    int result = -1;

    if (count == 0)
        return err_set(err, EX_DATAERR, "%s: there is no picture to put on the sheet", path);
    list = captions(s, false, NAME, s->info->w < WIDE ? WIDE / s->info->w : 1, HEAT_COLOURS, err);
    if (list && contact_sheet(&sheet, list, count, err) == 0 &&
        png_encode(&bytes, &size, &sheet, err) == 0)
        result = write_bytes(path, inputs, bytes, size, err);
    free(bytes);
    picture_free(&sheet);
    captioned_free(list, count);
    return result;
}

/* ---- Values ---- */

static double value_at(const struct shown_rows *s, int64_t row, size_t pixel)
{
    const size_t at = (size_t)row * s->info->c * s->info->h * s->info->w + pixel;

    return s->info->pixel == DTYPE_U8 ? ((const uint8_t *)s->rows->images)[at]
                                      : (double)((const float *)s->rows->images)[at];
}

static int widest(const struct shown_rows *s, int64_t row)
{
    const size_t pixels = (size_t)s->info->c * s->info->h * s->info->w;
    int width = 1;

    for (size_t i = 0; i < pixels; i++) {
        const int length = snprintf(NULL, 0, "%.4g", value_at(s, row, i));

        width = length > width ? length : width;
    }
    return width;
}

void rows_print_values(const struct shown_rows *s)
{
    for (int64_t i = 0; i < s->rows->count; i++) {
        const int64_t row = s->order[i];
        const int width = widest(s, row);
        struct strbuf place = {0};
        size_t at = 0;

        add_place(&place, s, row);
        for (int c = 0; c < s->info->c; c++) {
            printf("%s%s", i || c ? "\n" : "", strbuf_shown(&place));
            if (s->info->c > 1)
                printf(", channel %d", c);
            putchar('\n');
            for (int y = 0; y < s->info->h; y++)
                for (int x = 0; x < s->info->w; x++)
                    printf("%*.4g%c", width, value_at(s, row, at++),
                           x + 1 < s->info->w ? ' ' : '\n');
        }
        strbuf_free(&place);
    }
}

/* ---- JSON ---- */

static json_t *values_json(const struct shown_rows *s, int64_t row)
{
    const size_t pixels = (size_t)s->info->c * s->info->h * s->info->w;
    json_t *list = json_array();

    for (size_t i = 0; i < pixels; i++)
        json_array_append_new(list, s->info->pixel == DTYPE_U8
                                        ? json_integer((json_int_t)value_at(s, row, i))
                                        : json_real(value_at(s, row, i)));
    return list;
}

static void set_class(json_t *object, const char *key, const struct shown_rows *s, int class)
{
    if (class >= 0)
        json_object_set_new(object, key, json_string(s->classes.spellings[class]));
}

static json_t *map_json(const float *map, int h, int w)
{
    json_t *list = json_array();

    for (int y = 0; y < h; y++) {
        json_t *line = json_array();

        for (int x = 0; x < w; x++)
            json_array_append_new(line, json_real((double)map[y * w + x]));
        json_array_append_new(list, line);
    }
    return list;
}

static json_t *why_json(const struct shown_rows *s, int64_t row)
{
    const struct why *why = &s->why[row];
    json_t *json = json_pack("{s:s, s:o}", "class", s->classes.spellings[why->class], "occlusion",
                             map_json(why->occlusion, s->info->h, s->info->w));

    if (why->activation)
        json_object_set_new(json, "activation",
                            map_json(why->activation, why->activation_h, why->activation_w));
    return json;
}

json_t *rows_json(const struct shown_rows *s, bool values)
{
    json_t *list = json_array();

    for (int64_t i = 0; i < s->rows->count; i++) {
        const int64_t row = s->order[i];
        const struct verdict v = verdict_of(s, row);
        json_t *one = json_pack("{s:I}", "row", (json_int_t)s->rows->rows[row]);

        if (epoch_of(s, row))
            json_object_set_new(one, "epoch", json_integer(epoch_of(s, row)));
        if (s->rows->ids)
            json_object_set_new(one, "id", key_json(s->rows->ids, s->info->id_width, row));
        set_class(one, "class", s, v.truth);
        set_class(one, "predicted", s, v.predicted);
        if (v.predicted >= 0)
            json_object_set_new(one, "probability", json_real(v.probability));
        if (v.predicted >= 0 && v.truth >= 0)
            json_object_set_new(one, "mistake", json_boolean(is_mistake(v)));
        if (s->why)
            json_object_set_new(one, "why", why_json(s, row));
        if (values)
            json_object_set_new(one, "values", values_json(s, row));
        json_array_append_new(list, one);
    }
    return list;
}
