/* Sources of it all: times of the stages, files and digests. */
#include "pipeline/base/json.h"
#include "section.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static void begin_table(struct strbuf *html, const char *label, const char *class,
                        const char *const *columns)
{
    report_begin_scroll(html, label);
    strbuf_printf(html, "<table class=\"%s\">\n<thead><tr>", class);
    for (; *columns; columns++) {
        strbuf_puts(html, "<th scope=\"col\">");
        strbuf_puts(html, *columns);
        strbuf_puts(html, "</th>");
    }
    strbuf_puts(html, "</tr></thead>\n<tbody>\n");
}

static void end_table(struct strbuf *html)
{
    strbuf_puts(html, "</tbody>\n</table>\n</div>\n");
}

/* ---- Times ---- */

static void write_rounded(struct strbuf *html, double value)
{
    if (value >= 0 && value < 1e15)
        strbuf_count(html, (int64_t)(value + 0.5));
}

static void write_seconds(struct strbuf *html, double seconds)
{
    if (seconds < 100)
        strbuf_printf(html, "%.2f", seconds);
    else
        write_rounded(html, seconds);
}

static void write_stage(struct strbuf *html, const char *what, const char *of, double rows,
                        double seconds, double rate)
{
    strbuf_puts(html, "<tr><th scope=\"row\">");
    strbuf_puts(html, what);
    strbuf_puts(html, "</th><td class=\"text\">");
    html_text(html, of);
    strbuf_puts(html, "</td><td>");
    write_rounded(html, rows);
    strbuf_puts(html, "</td><td>");
    write_seconds(html, seconds);
    strbuf_puts(html, "</td><td>");
    write_rounded(html, rate);
    strbuf_puts(html, "</td></tr>\n");
}

/* Writes a summary of ingest, split or predict; returns the seconds. */
static double write_summary(struct strbuf *html, const json_t *stage)
{
    const double rows = json_number(stage, "rows"), seconds = json_number(stage, "seconds");
    const bool predict = json_object_get(stage, "predictions") != NULL;
    const bool split = json_object_get(stage, "parts") != NULL;

    if (!isfinite(seconds))
        return 0;
    write_stage(html,
                predict ? "predict"
                : split ? "split"
                        : "ingest",
                predict ? report_text(stage, "data") : report_text(stage, "source"), rows, seconds,
                rows / seconds);
    return seconds;
}

/* The trainings of a group that ended: sums over them. */
struct trainings {
    int count;
    double rows, seconds, epochs, image_seconds; /* the last: an image's seconds, over the epochs */
};

static void add_training(struct trainings *all, const struct history *history)
{
    const double seconds = json_number(history->end, "seconds");
    size_t i;
    json_t *epoch;

    if (!isfinite(seconds))
        return;
    all->count++;
    all->seconds += seconds;
    all->rows += json_number(history->start, "rows");
    json_array_foreach(history->epochs, i, epoch)
    {
        const double rate = json_number(epoch, "images_per_second");

        if (isfinite(rate) && rate > 0) { /* not where an epoch was resumed */
            all->epochs += 1;
            all->image_seconds += 1 / rate;
        }
    }
}

static double write_fits(struct strbuf *html, const struct report *r, int group)
{
    struct trainings all = {.count = 0};
    char name[300]; /* a file's and a count */

    for (int m = 0; m < r->files.model_count; m++)
        if (r->models[m].group == group)
            add_training(&all, &r->models[m].history);
    if (all.count == 0)
        return 0;
    snprintf(name, sizeof name, all.count > 1 ? "%s, %d trainings" : "%s", r->groups[group].name,
             all.count);
    write_stage(html, "fit", name, all.rows / all.count, all.seconds,
                all.epochs / all.image_seconds);
    return all.seconds;
}

static bool is_predict(const json_t *stage)
{
    return json_object_get(stage, "predictions") != NULL;
}

void report_write_stages(const struct report *r, struct strbuf *html)
{
    static const char *const columns[] = {"stage", "of", "rows", "seconds", "images/s", NULL};
    double sum = 0;

    if (!report_has_times(r))
        return;
    report_begin(html, "stages", "Time");
    begin_table(html, "Time", "plain", columns);
    for (int s = 0; s < r->files.stage_count; s++)
        if (!is_predict(r->stages[s]))
            sum += write_summary(html, r->stages[s]);
    for (int g = 0; g < r->group_count; g++)
        sum += write_fits(html, r, g);
    for (int s = 0; s < r->files.stage_count; s++)
        if (is_predict(r->stages[s]))
            sum += write_summary(html, r->stages[s]);
    strbuf_puts(html, "<tr class=\"sum\"><th scope=\"row\">all</th><td></td><td></td><td>");
    write_seconds(html, sum);
    strbuf_puts(html, "</td><td></td></tr>\n");
    end_table(html);
    if (r->files.model_count > 0)
        strbuf_puts(html, "<p class=\"says\">Images per second of training alone, without scoring; "
                          "rows are those of one training. What ran side by side counts each for "
                          "itself.</p>\n");
    report_end(html);
}

/* ---- Files ---- */

static void write_file(struct strbuf *html, const char *what, const char *path, const char *digest,
                       const char *by)
{
    strbuf_puts(html, "<tr><th scope=\"row\">");
    html_text(html, what);
    strbuf_puts(html, "</th><td class=\"text\">");
    html_text(html, path);
    strbuf_puts(html, "</td><td class=\"digest\">");
    html_text(html, digest);
    strbuf_puts(html, "</td><td class=\"text\">");
    html_text(html, by);
    strbuf_puts(html, "</td></tr>\n");
}

static void write_tensor_file(struct strbuf *html, const char *what, const struct tensor_file *file)
{
    const char *version = tensor_file_meta(file, "csvnet");
    char by[64];

    snprintf(by, sizeof by, "csvnet %.40s", version ? version : "not recorded");
    write_file(html, what, tensor_file_path(file), tensor_file_digest(file), by);
}

/* Writes a model, and which of the parts it was trained on. */
static void write_model(const struct report *r, int m, struct strbuf *html)
{
    const struct model *model = &r->ensemble.models[m];
    char by[200];

    snprintf(by, sizeof by, "trained on %s", model->data_digest);
    for (int p = 0; p < r->files.data_count; p++)
        if (strcmp(tensor_file_digest(r->parts[p].data.file), model->data_digest) == 0)
            snprintf(by, sizeof by, "trained on %.150s", r->parts[p].name);
    write_file(html, "model", r->models[m].path, model->digest, by);
}

void report_write_sources(const struct report *r, struct strbuf *html)
{
    static const char *const columns[] = {"what", "file", "digest of its content", "origin", NULL};

    report_begin(html, "sources", "Files");
    begin_table(html, "Files", "plain files", columns);
    for (int p = 0; p < r->files.data_count; p++)
        write_tensor_file(html, r->parts[p].name, r->parts[p].data.file);
    for (int m = 0; m < r->files.model_count; m++)
        write_model(r, m, html);
    for (int p = 0; p < r->files.pred_count; p++)
        write_tensor_file(html, "predictions", r->preds[p].file.file);
    end_table(html);
    strbuf_puts(html, "<p class=\"says\">Page written by csvnet " CSVNET_VERSION
                      ". The digests are those of <code>csvnet explain FILE</code>.</p>\n");
    report_end(html);
}
