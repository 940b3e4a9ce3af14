/* Pictures of a report: samples of every part, and the rows of a ranking. */
#include "pipeline/base/figures.h"
#include "pipeline/fit/settings_line.h"
#include "pipeline/picture/heat.h"
#include "pipeline/picture/png.h"
#include "section.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A picture with what was predicted of it and the truth beneath: "7 (4)"; -1: not known. `note` is
 * our own text, or NULL. */
struct tile {
    const struct report_part *part;
    const struct dataset_chunk *chunk;
    int64_t row; /* in the chunk */
    int predicted, truth;
    const char *note;
    bool linked; /* has "row-3476" as its id */
    const struct why *why; /* maps to draw below the picture, or NULL */
};

/* ---- One picture ---- */

/* Together they stay below 1.3 MB of the page, were they noise that no compression helps: Base64
 * takes 4 bytes for 3. */
enum { ALL_BYTES = 1300 * 1000 * 3 / 4, PNG_OVERHEAD = 100 };

/* Returns the longest side that a picture may have. */
static int longest_side(const struct report *r)
{
    const int count = r->files.data_count * REPORT_SAMPLES +
                      r->files.pred_count * 2 * RANKING_FEW +
                      (r->audit.json ? AUDIT_SHOWN * RANKING_FEW : 0) +
                      (r->files.why ? r->files.pred_count * 6 * RANKING_FEW : 0);
    const double bytes = (double)ALL_BYTES / count - PNG_OVERHEAD;
    const double side = sqrt(bytes / picture_channels(&r->parts[0].data.info));

    return side > 8 ? (int)side : 8;
}

/* Reduces a picture: each pixel becomes the mean of a square of `times` x `times`. */
static void reduce(struct picture *picture, int times)
{
    const int w = picture->w / times, h = picture->h / times, channels = picture->channels;

    for (int y = 0; y < h; y++)
        for (int x = 0; x < w; x++)
            for (int c = 0; c < channels; c++) {
                unsigned sum = 0;

                for (int i = 0; i < times * times; i++)
                    sum += picture->pixels[((y * times + i / times) * picture->w + x * times +
                                            i % times) *
                                               channels +
                                           c];
                picture->pixels[(y * w + x) * channels + c] =
                    (uint8_t)(sum / (unsigned)(times * times));
            }
    picture->w = w;
    picture->h = h;
}

static int times_too_large(const struct picture *picture, int most)
{
    const int side = picture->w > picture->h ? picture->w : picture->h;
    const int narrow = picture->w < picture->h ? picture->w : picture->h;
    const int times = (side + most - 1) / most;

    return times < narrow ? times : narrow;
}

/* Puts the maps below the picture. -1: out of memory. */
static int add_maps(const struct report_part *part, const struct why *why, struct picture *picture)
{
    const struct dataset_info *info = &part->data.info;
    const int area = why->activation_h * why->activation_w;
    const struct picture *list[3] = {picture};
    struct picture heat[2] = {{0}}, stack = {0};
    struct err err;
    int count = 1, result;

    list[count++] = &heat[0];
    result = heat_over(&heat[0], picture, why->occlusion, info->h, info->w,
                       fmaxf(heat_most(why->occlusion, info->h * info->w), WHY_LEAST),
                       HEAT_COLOURS, &err);
    if (result == 0 && why->activation) {
        list[count++] = &heat[1];
        result = heat_over(&heat[1], picture, why->activation, why->activation_h,
                           why->activation_w, heat_most(why->activation, area), HEAT_COLOURS, &err);
    }
    if (result == 0)
        result = picture_stack(&stack, list, count, 1, &err);
    picture_free(&heat[0]);
    picture_free(&heat[1]);
    if (result == 0) {
        picture_free(picture);
        *picture = stack;
    }
    return result;
}

static void write_image(const struct report *r, const struct tile *tile, struct strbuf *html)
{
    const struct dataset_info *info = &tile->part->data.info;
    struct picture picture = {0};
    unsigned char *png = NULL;
    size_t size;
    struct err err;

    if (picture_of_row(&picture, info, tile->chunk->images, tile->row, tile->part->range, &err)) {
        html->failed = true;
        return;
    }
    reduce(&picture, times_too_large(&picture, longest_side(r)));
    if ((tile->why && add_maps(tile->part, tile->why, &picture)) ||
        png_encode(&png, &size, &picture, &err))
        html->failed = true;
    else {
        strbuf_puts(html, "data:image/png;base64,");
        html_base64(html, png, size);
    }
    free(png);
    picture_free(&picture);
}

/* Writes "7 (4)", "7" or "(4)". */
static void write_names(const struct report *r, const struct tile *tile, struct strbuf *html)
{
    if (tile->predicted >= 0)
        report_class(r, tile->predicted, CLASS_SHORT, html);
    if (tile->truth < 0)
        return;
    strbuf_puts(html, tile->predicted >= 0 ? " <span class=\"truth\">(" : "");
    report_class(r, tile->truth, CLASS_SHORT, html);
    strbuf_puts(html, tile->predicted >= 0 ? ")</span>" : "");
}

static void write_tile(const struct report *r, const struct tile *tile, struct strbuf *html)
{
    const bool wrong = tile->predicted >= 0 && tile->truth >= 0 && tile->predicted != tile->truth;
    const long long row = (long long)tile->chunk->rows[tile->row];
    struct strbuf command = {0};

    strbuf_printf(html, "<figure class=\"tile%s\"", wrong ? " wrong" : "");
    if (tile->linked)
        strbuf_printf(html, " id=\"row-%lld\"", row);
    strbuf_puts(&command, "csvnet show");
    shell_word_add(&command, tile->part->path);
    strbuf_puts(html, " title=\"");
    html_text(html, strbuf_shown(&command));
    html->failed |= command.failed;
    strbuf_printf(html, " --rows %lld\"><img alt=\"row %lld\" src=\"", row, row);
    strbuf_free(&command);
    write_image(r, tile, html);
    strbuf_puts(html, "\"/><figcaption>");
    if (wrong)
        strbuf_puts(html, "<b class=\"cross\">✗</b> ");
    write_names(r, tile, html);
    if (tile->note)
        strbuf_printf(html, "<small>%s</small>", tile->note);
    strbuf_puts(html, "</figcaption></figure>\n");
}

/* ---- Samples ---- */

static void write_grid(const struct report *r, const struct report_part *part, struct strbuf *html)
{
    strbuf_puts(html, "<div class=\"tiles\">\n");
    for (int64_t i = 0; i < part->samples.count; i++) {
        struct tile tile = {part, &part->samples, i, -1, -1, NULL, false, NULL};

        if (part->data.info.has_labels)
            tile.truth = dataset_class(&part->data.info, &part->samples, i);
        if (part->guesses)
            tile.predicted = metrics_largest(part->guesses + i * r->classes, r->classes);
        write_tile(r, &tile, html);
    }
    strbuf_puts(html, "</div>\n");
}

/* Says which of the models trained on the part. */
static const char *seen_by(const struct report *r, const struct report_part *part)
{
    const int trained = report_trained_on(r, tensor_file_digest(part->data.file));

    return trained == 0                     ? ""
           : trained < r->files.model_count ? ", some of which trained on these rows"
                                            : ", which trained on these rows";
}

void report_write_repeat(const struct report *r, int of, int in, struct strbuf *html)
{
    const struct same_count *same = &r->same[of * r->files.data_count + in];

    if (same->rows == 0)
        return;
    strbuf_count(html, same->rows);
    strbuf_printf(html, " row%s of <bdi>", plural(same->rows));
    html_text(html, r->parts[in].name);
    strbuf_printf(html, "</bdi> ha%s the picture of %s", same->rows == 1 ? "s" : "ve",
                  of == in ? "an earlier one" : "a row of <bdi>");
    if (of != in) {
        html_text(html, r->parts[of].name);
        strbuf_puts(html, "</bdi>");
    }
    if (same->relabelled) {
        strbuf_puts(html, ", ");
        strbuf_count(html, same->relabelled);
        strbuf_puts(html, " of them with another label");
    }
}

/* Writes pictures that are in several rows, where a score of one part is to say something of
 * another. */
static void write_repeats(const struct report *r, int in, struct strbuf *html)
{
    for (int of = 0; of <= in; of++)
        if (r->same[of * r->files.data_count + in].rows > 0) {
            strbuf_puts(html, "<p class=\"says\">");
            report_write_repeat(r, of, in, html);
            strbuf_puts(html, "</p>\n");
        }
}

static void write_part(const struct report *r, const struct report_part *part, struct strbuf *html)
{
    const bool labels = part->data.info.has_labels;

    strbuf_puts(html, "<h3>");
    html_text(html, part->name);
    strbuf_puts(html, " <span class=\"what\">");
    strbuf_count(html, part->data.n);
    strbuf_printf(html, " rows%s</span></h3>\n", labels ? "" : ", without labels");
    write_repeats(r, (int)(part - r->parts), html);
    if (part->guesses)
        strbuf_printf(html, "<p class=\"says\">Predicted%s%s%s</p>\n", labels ? " (truth)" : "",
                      part->pred ? "" : ", by the mean of the models",
                      part->pred ? "" : seen_by(r, part));
    else
        strbuf_printf(html, "<p class=\"says\">%s</p>\n",
                      labels ? "With their classes" : "Nothing is known of them");
    write_grid(r, part, html);
}

void report_write_samples(const struct report *r, struct strbuf *html)
{
    report_begin(html, "samples", "Samples");
    for (int p = 0; p < r->files.data_count; p++)
        write_part(r, &r->parts[p], html);
    report_end(html);
}

/* ---- Rankings ---- */

static int64_t find_row(const struct dataset_chunk *chunk, int64_t number)
{
    int64_t i = 0;

    while (i < chunk->count && chunk->rows[i] != number)
        i++;
    return i;
}

/* Tells whether a link to a row of the list leads to its picture there: that of the headline's
 * predictions, and of two pictures the one among the mistakes. */
static bool is_linked(const struct report *r, const struct report_pred *pred,
                      const struct ranking *ranking, int64_t row)
{
    const struct ranking *mistakes = &pred->stats.mistakes;
    int i = 0;

    while (ranking != mistakes && i < mistakes->count && mistakes->list[i].row != row)
        i++;
    return pred == report_headline(r) && (ranking == mistakes || i == mistakes->count);
}

/* Says what the maps below the mistakes are, or why there are none. */
static void write_legend(const struct report_pred *pred, struct strbuf *html)
{
    if (pred->no_why)
        strbuf_printf(html, " No maps below them: %s.", pred->no_why);
    else if (pred->why)
        strbuf_printf(html,
                      " Below each picture: covering what is orange lowers the probability of what "
                      "was predicted, covering what is blue raises it.%s",
                      pred->why[0].activation
                          ? " Below that the network's own map: what adds to that class, and what "
                            "takes from it."
                          : "");
}

void report_write_ranking(const struct report *r, const struct report_pred *pred,
                          const struct ranking *ranking, const char *title, const char *says,
                          struct strbuf *html)
{
    const struct report_part *part = &r->parts[pred->part];

    if (ranking->count == 0)
        return;
    strbuf_printf(html, "<h3>%s</h3>\n<p class=\"says\">%s", title, says);
    if (ranking == &pred->stats.mistakes)
        write_legend(pred, html);
    strbuf_puts(html, "</p>\n<div class=\"tiles\">\n");
    for (int i = 0; i < ranking->count; i++) {
        const struct ranked *row = &ranking->list[i];
        char note[80], share[SHARE_TEXT];

        percent_text(row->confidence, 2, share);
        snprintf(note, sizeof note, "%s%srow %lld", isfinite(row->confidence) ? share : "",
                 isfinite(row->confidence) ? " %<br/>" : "", (long long)row->row);
        write_tile(r,
                   &(struct tile){part, &part->ranked, find_row(&part->ranked, row->row),
                                  row->predicted, row->truth, note,
                                  is_linked(r, pred, ranking, row->row),
                                  pred->why && ranking == &pred->stats.mistakes ? &pred->why[i]
                                                                                : NULL},
                   html);
    }
    strbuf_puts(html, "</div>\n");
}
