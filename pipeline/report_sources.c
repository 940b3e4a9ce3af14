/* Where it all comes from: times of the stages, settings of the trainings, files and digests. */
#include "json_memory.h"
#include "report_sections.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void begin_table(struct html *html, const char *label, const char *class,
                        const char *const *columns)
{
    html_printf(html,
                "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"%s\">\n<table "
                "class=\"%s\">\n<thead><tr>",
                label, class);
    for (; *columns; columns++) {
        html_raw(html, "<th scope=\"col\">");
        html_raw(html, *columns);
        html_raw(html, "</th>");
    }
    html_raw(html, "</tr></thead>\n<tbody>\n");
}

static void end_table(struct html *html)
{
    html_raw(html, "</tbody>\n</table>\n</div>\n");
}

/* ---- Times ---- */

static void write_stage(struct html *html, const char *what, const char *of, double rows,
                        double seconds, double rate)
{
    html_raw(html, "<tr><th scope=\"row\">");
    html_raw(html, what);
    html_raw(html, "</th><td class=\"text\">");
    html_text(html, of);
    html_raw(html, "</td><td>");
    if (rows >= 0 && rows < 1e15)
        html_count(html, (int64_t)rows);
    html_printf(html, "</td><td>%.2f</td><td>", seconds);
    if (rate >= 0 && rate < 1e15)
        html_count(html, (int64_t)(rate + 0.5));
    html_raw(html, "</td></tr>\n");
}

static const char *text_at(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text ? text : "";
}

/* What ingest, split or predict said; returns the seconds. */
static double write_summary(struct html *html, const json_t *stage)
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
                predict ? text_at(stage, "data") : text_at(stage, "source"), rows, seconds,
                rows / seconds);
    return seconds;
}

/* Images per second, the mean over the epochs' time. */
static double training_rate(const struct history *history)
{
    double seconds = 0, images = 0;
    size_t i;
    json_t *epoch;

    json_array_foreach(history->epochs, i, epoch)
    {
        const double rate = json_number(epoch, "images_per_second");

        if (isfinite(rate) && rate > 0) { /* not where an epoch was resumed */
            images += 1;
            seconds += 1 / rate;
        }
    }
    return images / seconds;
}

static double write_fit(struct html *html, const struct report_model *model)
{
    const double seconds = json_number(model->history.end, "seconds");

    if (!isfinite(seconds))
        return 0;
    write_stage(html, "fit", model->name, json_number(model->history.start, "rows"), seconds,
                training_rate(&model->history));
    return seconds;
}

static bool is_predict(const json_t *stage)
{
    return json_object_get(stage, "predictions") != NULL;
}

bool report_has_times(const struct report *r)
{
    return r->files.stage_count > 0 || r->files.history_count > 0;
}

void report_write_stages(const struct report *r, struct html *html)
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
    for (int m = 0; m < r->files.model_count; m++)
        sum += write_fit(html, &r->models[m]);
    for (int s = 0; s < r->files.stage_count; s++)
        if (is_predict(r->stages[s]))
            sum += write_summary(html, r->stages[s]);
    html_printf(html,
                "<tr class=\"sum\"><th scope=\"row\">all</th><td></td><td></td><td>%.2f</td>"
                "<td></td></tr>\n",
                sum);
    end_table(html);
    report_end(html);
}

/* ---- Settings ---- */

/* Whether all models have the value that the first has. */
static bool same_in_all(const struct report *r, const char *key)
{
    const json_t *first = json_object_get(r->ensemble.models[0].settings, key);

    for (int m = 1; m < r->files.model_count; m++)
        if (!json_equal(first, json_object_get(r->ensemble.models[m].settings, key)))
            return false;
    return true;
}

static void write_value(struct html *html, const json_t *value)
{
    char *text = json_is_string(value)
                     ? NULL
                     : json_text(value, JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(9));

    if (json_is_string(value))
        html_text(html, json_string_value(value));
    else if (text)
        html_text(html, text);
    else
        html->failed = true;
    free(text);
}

/* The settings that are the same in all models, or those that are not, as model m has them. */
static void write_list(const struct report *r, int m, bool same, struct html *html)
{
    const char *key;
    json_t *value;

    html_raw(html, "<dl class=\"settings\">\n");
    json_object_foreach(r->ensemble.models[m].settings, key, value)
    {
        if (same_in_all(r, key) != same)
            continue;
        html_raw(html, "<div><dt>");
        html_text(html, key);
        html_raw(html, "</dt><dd>");
        write_value(html, value);
        html_raw(html, "</dd></div>\n");
    }
    html_raw(html, "</dl>\n");
}

static void write_differences(const struct report *r, int m, struct html *html)
{
    html_raw(html, "<h3>");
    html_text(html, r->models[m].name);
    html_raw(html, "</h3>\n<p class=\"network\">");
    html_text(html, nn_network_description(r->ensemble.models[m].net));
    html_raw(html, "</p>\n");
    write_list(r, m, false, html);
}

void report_write_settings(const struct report *r, struct html *html)
{
    if (r->files.model_count == 0)
        return;
    report_begin(html, "settings", "Settings");
    for (int m = 0; m < r->files.model_count; m++)
        write_differences(r, m, html);
    html_raw(html, "<p class=\"says\">The same in all:</p>\n");
    write_list(r, 0, true, html);
    report_end(html);
}

/* ---- Files ---- */

static void write_file(struct html *html, const char *what, const char *path, const char *digest,
                       const char *by)
{
    html_raw(html, "<tr><th scope=\"row\">");
    html_text(html, what);
    html_raw(html, "</th><td class=\"text\">");
    html_text(html, path);
    html_raw(html, "</td><td class=\"digest\">");
    html_text(html, digest);
    html_raw(html, "</td><td class=\"text\">");
    html_text(html, by);
    html_raw(html, "</td></tr>\n");
}

static void write_tensor_file(struct html *html, const char *what, const struct tensor_file *file)
{
    const char *version = tensor_file_meta(file, "csvnet");
    char by[64];

    snprintf(by, sizeof by, "csvnet %.40s", version ? version : "not recorded");
    write_file(html, what, tensor_file_path(file), tensor_file_digest(file), by);
}

/* Which of the parts a model was trained on. */
static void write_model(const struct report *r, int m, struct html *html)
{
    const struct model *model = &r->ensemble.models[m];
    char by[200];

    snprintf(by, sizeof by, "trained on %s", model->data_digest);
    for (int p = 0; p < r->files.data_count; p++)
        if (strcmp(tensor_file_digest(r->parts[p].data.file), model->data_digest) == 0)
            snprintf(by, sizeof by, "trained on %.150s", r->parts[p].name);
    write_file(html, "model", r->models[m].path, model->digest, by);
}

void report_write_sources(const struct report *r, struct html *html)
{
    static const char *const columns[] = {"what", "file", "digest of its content", "origin", NULL};

    report_begin(html, "sources", "Files");
    begin_table(html, "Files", "plain files", columns);
    for (int p = 0; p < r->files.data_count; p++)
        write_tensor_file(html, r->parts[p].name, r->parts[p].data.file);
    for (int m = 0; m < r->files.model_count; m++)
        write_model(r, m, html);
    for (int p = 0; p < r->files.data_count; p++)
        if (r->parts[p].pred)
            write_tensor_file(html, "predictions", r->parts[p].pred->file.file);
    end_table(html);
    html_raw(html, "<p class=\"says\">Page written by csvnet " CSVNET_VERSION
                   ". The digests are those of <code>csvnet explain FILE</code>.</p>\n");
    report_end(html);
}
