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

static void write_rounded(struct html *html, double value)
{
    if (value >= 0 && value < 1e15)
        html_count(html, (int64_t)(value + 0.5));
}

static void write_seconds(struct html *html, double seconds)
{
    if (seconds < 100)
        html_printf(html, "%.2f", seconds);
    else
        write_rounded(html, seconds);
}

static void write_stage(struct html *html, const char *what, const char *of, double rows,
                        double seconds, double rate)
{
    html_raw(html, "<tr><th scope=\"row\">");
    html_raw(html, what);
    html_raw(html, "</th><td class=\"text\">");
    html_text(html, of);
    html_raw(html, "</td><td>");
    write_rounded(html, rows);
    html_raw(html, "</td><td>");
    write_seconds(html, seconds);
    html_raw(html, "</td><td>");
    write_rounded(html, rate);
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

static double write_fits(struct html *html, const struct report *r, int group)
{
    struct trainings all = {.count = 0};
    char name[300];

    for (int m = 0; m < r->files.model_count; m++)
        if (r->models[m].group == group)
            add_training(&all, &r->models[m].history);
    if (all.count == 0)
        return 0;
    snprintf(name, sizeof name, all.count > 1 ? "%.250s, %d trainings" : "%.250s",
             r->groups[group].name, all.count);
    write_stage(html, "fit", name, all.rows / all.count, all.seconds,
                all.epochs / all.image_seconds);
    return all.seconds;
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
    for (int g = 0; g < r->group_count; g++)
        sum += write_fits(html, r, g);
    for (int s = 0; s < r->files.stage_count; s++)
        if (is_predict(r->stages[s]))
            sum += write_summary(html, r->stages[s]);
    html_raw(html, "<tr class=\"sum\"><th scope=\"row\">all</th><td></td><td></td><td>");
    write_seconds(html, sum);
    html_raw(html, "</td><td></td></tr>\n");
    end_table(html);
    if (r->files.model_count > 1)
        html_raw(html, "<p class=\"says\">What ran side by side counts each for itself; rows are "
                       "those of one training.</p>\n");
    report_end(html);
}

/* ---- Settings ---- */

/* Models that are told of in one block: those of a group, or all. */
enum { ALL = -1 };

static bool is_of(const struct report *r, int m, int group)
{
    return group == ALL || r->models[m].group == group;
}

static int first_of(const struct report *r, int group)
{
    int m = 0;

    while (!is_of(r, m, group))
        m++;
    return m;
}

static const json_t *setting(const struct report *r, int m, const char *key)
{
    return json_object_get(r->ensemble.models[m].settings, key);
}

/* Whether all of them have the value that the first has. */
static bool same_in(const struct report *r, int group, const char *key)
{
    const json_t *first = setting(r, first_of(r, group), key);

    for (int m = 0; m < r->files.model_count; m++)
        if (is_of(r, m, group) && !json_equal(first, setting(r, m, key)))
            return false;
    return true;
}

static void write_value(struct html *html, const json_t *value)
{
    char *text = !value || json_is_string(value)
                     ? NULL
                     : json_text(value, JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(9));

    if (!value)
        html_raw(html, "–"); /* by a version that did not have it */
    else if (json_is_string(value))
        html_text(html, json_string_value(value));
    else if (text)
        html_text(html, text);
    else
        html->failed = true;
    free(text);
}

/* One value that they share, or each one's. */
static void write_values(const struct report *r, int group, const char *key, struct html *html)
{
    const bool same = same_in(r, group, key);
    const int first = first_of(r, group);

    write_value(html, setting(r, first, key));
    for (int m = first + 1; m < r->files.model_count && !same; m++)
        if (is_of(r, m, group)) {
            html_raw(html, ", ");
            write_value(html, setting(r, m, key));
        }
}

/* The settings of model m that are due in the list of its group and that no model before it has. */
static void write_settings(const struct report *r, int m, int group, struct html *html)
{
    const char *key;
    json_t *value;

    json_object_foreach(r->ensemble.models[m].settings, key, value)
    {
        int earlier = first_of(r, group);

        while (earlier < m && !(is_of(r, earlier, group) && setting(r, earlier, key)))
            earlier++;
        if (earlier < m || same_in(r, ALL, key) != (group == ALL))
            continue;
        html_raw(html, "<div><dt>");
        html_text(html, key);
        html_raw(html, "</dt><dd>");
        write_values(r, group, key, html);
        html_raw(html, "</dd></div>\n");
    }
}

/* Of all: the settings that are the same in them; of a group: those that are not. */
static void write_list(const struct report *r, int group, struct html *html)
{
    html_raw(html, "<dl class=\"settings\">\n");
    for (int m = first_of(r, group); m < r->files.model_count; m++)
        if (is_of(r, m, group))
            write_settings(r, m, group, html);
    html_raw(html, "</dl>\n");
}

/* Each network of theirs once. */
static void write_networks(const struct report *r, int group, struct html *html)
{
    const char *last = "";

    for (int m = 0; m < r->files.model_count; m++) {
        const char *network = nn_network_description(r->ensemble.models[m].net);

        if (!is_of(r, m, group) || strcmp(network, last) == 0)
            continue;
        html_raw(html, "<p class=\"network\">");
        html_text(html, network);
        html_raw(html, "</p>\n");
        last = network;
    }
}

void report_write_settings(const struct report *r, struct html *html)
{
    if (r->files.model_count == 0)
        return;
    report_begin(html, "settings", "Settings");
    for (int g = 0; g < r->group_count; g++) {
        html_raw(html, "<h3>");
        report_group_name(r, g, html);
        html_raw(html, "</h3>\n");
        write_networks(r, g, html);
        write_list(r, g, html);
    }
    if (r->group_count > 1)
        html_raw(html, "<h3>The same in all</h3>\n");
    write_list(r, ALL, html);
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
