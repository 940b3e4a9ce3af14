/* The map of rows by what a model gives its last layer: rows that are alike for it lie together. */
#include "chart.h"
#include "pipeline/base/figures.h"
#include "pipeline/base/memory.h"
#include "pipeline/predict/embed.h"
#include "section.h"
#include "svg_axes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAP_ROWS = 1000, LEAST_ROWS = 30, MOST_VALUES = 20000, NEAREST = 10 };

/* ---- Reading ---- */

/* The rows that are mapped, while they are read. */
struct reading {
    struct report *report;
    struct report_map *map;
    struct dataset data;
    struct dataset_chunk chunk;
    struct out_of_fold folds; /* models 0: all rows count */
    int64_t passed, stride;
    int64_t *index;       /* [chunk.room] */
    float *probabilities; /* [chunk.room][classes] */
    float *values;        /* [MAP_ROWS][size] */
};

static bool has_trained(const struct report *r, int m, int part)
{
    return strcmp(r->ensemble.models[m].data_digest,
                  tensor_file_digest(r->parts[part].data.file)) == 0;
}

/* Chooses the part of the headline, or the first with labels, and the first model that did not
 * train on it, or was validated on a fold of it. Returns why there is no map, or NULL. */
static const char *choose(struct report *r, struct reading *reading)
{
    const struct report_pred *pred = report_headline(r);
    const struct report_part *part = pred ? &r->parts[pred->part] : report_labelled_part(r);
    struct err ignored;

    if (r->files.model_count == 0)
        return "there is no model";
    if (!part || part->data.n < LEAST_ROWS)
        return "there are no 30 rows with labels";
    r->map.part = (int)(part - r->parts);
    for (int m = 0; m < r->files.model_count; m++)
        if (!has_trained(r, m, r->map.part)) {
            r->map.model = m;
            return NULL;
        }
    r->map.trained =
        out_of_fold_init(&reading->folds, r->ensemble.models, (char *const *)&r->files.models[0], 1,
                         part->path, &part->data.info, tensor_file_digest(part->data.file),
                         &ignored) != 0;
    if (r->map.trained) {
        out_of_fold_free(&reading->folds);
        reading->folds = (struct out_of_fold){0};
    }
    return NULL;
}

static int allocate(struct reading *reading, struct err *err)
{
    struct report_map *map = reading->map;
    const int classes = reading->report->classes;

    map->rows = calloc(MAP_ROWS, sizeof *map->rows);
    map->truth = calloc(MAP_ROWS, sizeof *map->truth);
    map->predicted = calloc(MAP_ROWS, sizeof *map->predicted);
    map->at[MAP_PCA] = calloc(2 * (size_t)MAP_ROWS, sizeof **map->at);
    map->at[MAP_TSNE] = calloc(2 * (size_t)MAP_ROWS, sizeof **map->at);
    reading->values = calloc((size_t)MAP_ROWS, (size_t)map->size * sizeof *reading->values);
    reading->index = calloc((size_t)reading->chunk.room, sizeof *reading->index);
    reading->probabilities =
        rows_alloc(reading->chunk.room, (size_t)classes * sizeof(float), "probabilities", err);
    if (!reading->probabilities)
        return -1;
    return map->rows && map->truth && map->predicted && map->at[MAP_PCA] && map->at[MAP_TSNE] &&
                   reading->values && reading->index
               ? 0
               : err_memory(err, "the map", 0);
}

/* Tells whether row i of the chunk is on the map. */
static bool takes(struct reading *reading, int64_t i, int class)
{
    if (reading->folds.models > 0) {
        out_of_fold_next(&reading->folds, &reading->chunk, i, class);
        if (!out_of_fold_has(&reading->folds, 0))
            return false;
    }
    return reading->passed++ % reading->stride == 0;
}

static int take_chunk(struct reading *reading, struct err *err)
{
    struct report_map *map = reading->map;
    struct report *r = reading->report;
    const struct dataset_chunk *chunk = &reading->chunk;
    const struct view *view = &r->ensemble.models[map->model].view;
    const size_t size = dataset_image_bytes(&reading->data.info);
    const bool bytes = reading->data.info.pixel == DTYPE_U8;
    struct nn_data data = {.index = reading->index,
                           .u8 = bytes ? chunk->images : NULL,
                           .f32 = bytes ? NULL : chunk->images};

    for (int64_t i = 0; i < chunk->count; i++) {
        const int class = dataset_class(&reading->data.info, chunk, i);

        if (!takes(reading, i, class) || map->count + data.n == MAP_ROWS)
            continue;
        map->rows[map->count + data.n] = chunk->rows[i];
        map->truth[map->count + data.n] = class;
        reading->index[data.n++] = i;
        if (view_any(view) && view_apply_here(view, &reading->data.info,
                                              (char *)chunk->images + (size_t)i * size, 1, err))
            return -1;
    }
    if (data.n == 0)
        return 0;
    nn_predict_tapped(r->ensemble.predictors[map->model], &data, reading->probabilities,
                      reading->values + map->count * map->size);
    for (int64_t i = 0; i < data.n; i++)
        map->predicted[map->count + i] =
            metrics_largest(reading->probabilities + i * r->classes, r->classes);
    map->count += (int)data.n;
    return 0;
}

static int read_rows(struct reading *reading, struct err *err)
{
    struct report *r = reading->report;
    const struct report_part *part = &r->parts[r->map.part];
    const int folds = reading->folds.models > 0 ? reading->folds.division[0].count : 1;
    int got;

    reading->stride = (part->data.n / folds + MAP_ROWS - 1) / MAP_ROWS;
    reading->stride = reading->stride < 1 ? 1 : reading->stride;
    if (dataset_open(&reading->data, part->path, NULL, "", err))
        return -1;
    got = dataset_chunk_init(&reading->chunk, &reading->data,
                             dataset_rows_in(&reading->data.info, CHUNK_BYTES), err);
    if (got < 0 || allocate(reading, err))
        return -1;
    while ((got = dataset_next(&reading->data, &reading->chunk, err)) > 0)
        if (take_chunk(reading, err))
            return -1;
    return got;
}

static int draw_maps(struct reading *reading, struct err *err)
{
    struct report_map *map = reading->map;
    const size_t bytes = 2 * (size_t)map->count * sizeof **map->at;

    if (embed_pca(reading->values, map->count, map->size, map->at[MAP_PCA], err))
        return -1;
    memcpy(map->at[MAP_TSNE], map->at[MAP_PCA], bytes);
    if (embed_tsne(reading->values, map->count, map->size, map->at[MAP_TSNE], err))
        return -1;
    for (int k = 0; k < MAPS; k++)
        map->agreement[k] = embed_agreement(map->at[k], map->count, map->truth, NEAREST);
    return 0;
}

int report_read_map(struct report *r, struct err *err)
{
    struct reading reading = {.report = r, .map = &r->map};
    struct nn_shape shape;
    int result = 0;

    if (!r->files.map)
        return 0;
    r->map.missing = choose(r, &reading);
    if (!r->map.missing) {
        const struct nn_network *net = r->ensemble.models[r->map.model].net;

        if (nn_predictor_tap(r->ensemble.predictors[r->map.model], nn_network_output_layer(net),
                             &shape))
            result = err_memory(err, "the map", 0);
        else
            r->map.size = (int64_t)shape.c * shape.h * shape.w;
        if (r->map.size > MOST_VALUES)
            r->map.missing = "the last layer takes more than 20,000 values";
    }
    if (result == 0 && !r->map.missing)
        result = read_rows(&reading, err);
    if (result == 0 && !r->map.missing && r->map.count < LEAST_ROWS)
        r->map.missing = "there are no 30 rows with labels";
    if (result == 0 && !r->map.missing)
        result = draw_maps(&reading, err);
    if (reading.folds.models > 0)
        out_of_fold_free(&reading.folds);
    free(reading.index);
    free(reading.probabilities);
    free(reading.values);
    dataset_chunk_free(&reading.chunk);
    dataset_close(&reading.data);
    return result;
}

void report_close_map(struct report *r)
{
    free(r->map.rows);
    free(r->map.truth);
    free(r->map.predicted);
    free(r->map.at[MAP_PCA]);
    free(r->map.at[MAP_TSNE]);
}

/* ---- Writing ---- */

enum { COLOURS = 6, HEIGHT = 420, EDGE = 10 };

static void draw_row(const struct report *r, int i, struct svg *svg, const double *at)
{
    const struct report_map *map = &r->map;
    const int truth = map->truth[i], predicted = map->predicted[i];
    char class[8];

    snprintf(class, sizeof class, "c%d", truth % COLOURS);
    strbuf_printf(svg->html, "<g><title>row %lld: ", (long long)map->rows[i]);
    html_clipped(svg->html, r->class_names[truth], CLASS_LONG);
    if (predicted != truth) {
        strbuf_puts(svg->html, ", predicted ");
        html_clipped(svg->html, r->class_names[predicted], CLASS_LONG);
    }
    strbuf_puts(svg->html, "</title>");
    svg_shape(svg->html, truth % SHAPES + 1, class, scale_at(&svg->x, at[0]),
              scale_at(&svg->y, at[1]));
    if (predicted != truth)
        strbuf_printf(svg->html,
                      "<circle class=\"missed\" fill=\"none\" cx=\"%.1f\" cy=\"%.1f\" r=\"7\"/>",
                      scale_at(&svg->x, at[0]), scale_at(&svg->y, at[1]));
    strbuf_puts(svg->html, "</g>\n");
}

/* Draws the rows that are predicted wrong last, above the others. */
static void draw_map(const struct report *r, int kind, const char *title, struct strbuf *html)
{
    const struct report_map *map = &r->map;
    const double *at = map->at[kind];
    struct svg svg = {
        html, HEIGHT, {.low = INFINITY, .high = -INFINITY}, {.low = INFINITY, .high = -INFINITY}};

    for (int i = 0; i < map->count; i++) {
        svg.x.low = fmin(svg.x.low, at[2 * i]);
        svg.x.high = fmax(svg.x.high, at[2 * i]);
        svg.y.low = fmin(svg.y.low, at[2 * i + 1]);
        svg.y.high = fmax(svg.y.high, at[2 * i + 1]);
    }
    scale_widen(&svg.x.low, &svg.x.high);
    scale_widen(&svg.y.low, &svg.y.high);
    strbuf_puts(html, "<figure class=\"chart\">");
    svg_begin(&svg, title, EDGE);
    svg.x.from = EDGE;
    svg.y.from = HEIGHT - EDGE;
    for (int wrong = 0; wrong < 2; wrong++)
        for (int i = 0; i < map->count; i++)
            if ((map->predicted[i] != map->truth[i]) == wrong)
                draw_row(r, i, &svg, at + 2 * (size_t)i);
    svg_end(&svg);
    strbuf_puts(html, "</figure>\n");
}

static void write_key(const struct report *r, struct strbuf *html)
{
    strbuf_puts(html, "<p class=\"keys\">");
    for (int k = 0; k < r->classes && k < COLOURS * SHAPES / 2; k++) {
        char class[8];

        snprintf(class, sizeof class, "c%d", k % COLOURS);
        strbuf_puts(html, "<span><svg class=\"key\" width=\"30\" viewBox=\"-15 -5 30 10\">");
        svg_shape(html, k % SHAPES + 1, class, 0, 0);
        strbuf_puts(html, "</svg>");
        report_class(r, k, CLASS_LONG, html);
        strbuf_puts(html, "</span> ");
    }
    strbuf_puts(html, "</p>\n");
}

void report_write_map(const struct report *r, struct strbuf *html)
{
    const struct report_map *map = &r->map;

    if (!r->files.map)
        return;
    report_begin(html, "map", "Map of the rows");
    if (map->missing) {
        strbuf_printf(html, "<p class=\"says\">No map: %s.</p>\n", map->missing);
        report_end(html);
        return;
    }
    strbuf_puts(html, "<p class=\"says\">");
    strbuf_count(html, map->count);
    strbuf_puts(html, " rows of <bdi>");
    html_text(html, r->parts[map->part].name);
    strbuf_puts(html, "</bdi> by the ");
    strbuf_count(html, map->size);
    strbuf_puts(html, " values that <bdi>");
    html_text(html, r->models[map->model].name);
    strbuf_printf(
        html,
        "</bdi> gives its last layer%s. Point at a mark for its row; rings: predicted "
        "wrong. Of the %d nearest neighbours on the left map ",
        map->trained ? ", which it trained on, so that they lie apart better than new ones" : "",
        NEAREST);
    report_share(html, map->agreement[MAP_TSNE], 1);
    strbuf_puts(html, " % are of the row's class, on the right one ");
    report_share(html, map->agreement[MAP_PCA], 1);
    strbuf_puts(html, " %. Distances between groups on the left one say little; the axes have no "
                      "meaning.</p>\n");
    write_key(r, html);
    strbuf_puts(html, "<div class=\"charts\">\n");
    draw_map(r, MAP_TSNE, "t-SNE: who is next to whom", html);
    draw_map(r, MAP_PCA, "The two principal components", html);
    strbuf_puts(html, "</div>\n");
    report_end(html);
}
