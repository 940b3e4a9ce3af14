/* The page around the sections of a report, and what they share. */
#include "pipeline/model/built_in.h"
#include "sections.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { COLOURS = 6 };

/* ---- What sections share ---- */

void report_begin(struct html *html, const char *id, const char *title)
{
    html_printf(html, "<section id=\"%s\">\n<h2>", id);
    html_text(html, title);
    html_raw(html, "</h2>\n");
}

void report_end(struct html *html)
{
    html_raw(html, "</section>\n");
}

void report_class(const struct report *report, int k, int columns, struct html *html)
{
    html_raw(html, "<bdi>");
    html_clipped(html, report->class_names[k], columns);
    html_raw(html, "</bdi>");
}

void report_share(struct html *html, double share, int decimals)
{
    if (isfinite(share))
        html_printf(html, "%.*f", decimals, 100 * share);
    else
        html_raw(html, "–");
}

void report_short(int64_t count, char *text, size_t size)
{
    if (count < 1000)
        snprintf(text, size, "%lld", (long long)count);
    else if (count < 9950)
        snprintf(text, size, "%.1fk", (double)count / 1e3);
    else if (count < 999500)
        snprintf(text, size, "%.0fk", (double)count / 1e3);
    else
        snprintf(text, size, "%.1fM", (double)count / 1e6);
}

void report_accuracy(struct html *html, double accuracy, double error)
{
    report_share(html, accuracy, 2);
    html_raw(html, isfinite(accuracy) ? " %" : "");
    if (isfinite(error))
        html_printf(html, " ± %.2f %%", 100 * error);
}

void report_group_name(const struct report *report, int group, struct html *html)
{
    const struct report_group *g = &report->groups[group];

    html_text(html, g->name);
    if (g->count > 1)
        html_printf(html, " <span class=\"what\">%d trainings</span>", g->count);
}

void report_colour(int group, char *class, size_t size)
{
    snprintf(class, size, "c%d d%d", group % COLOURS, group / COLOURS % 3);
}

/* ---- The page ---- */

static const char *text_of(const char *name)
{
    const struct built_in *file = page;

    while (strcmp(file->name, name))
        file++;
    return file->text;
}

static void write_title(const struct report *report, struct html *html)
{
    html_text(html, report->files.title ? report->files.title : "csvnet report");
}

static void write_head(const struct report *report, struct html *html)
{
    html_raw(html, text_of("head"));
    html_raw(html, "<title>");
    write_title(report, html);
    html_raw(html, "</title>\n<style>\n");
    html_raw(html, text_of("style"));
    html_raw(html, "</style>\n</head>\n<body>\n<header>\n<p class=\"over\">");
    write_title(report, html);
    html_raw(html, "</p>\n");
    report_write_headline(report, html);
    html_raw(html, "</header>\n<main>\n");
}

int report_write(struct report *report, struct html *html, struct err *err)
{
    write_head(report, html);
    report_write_samples(report, html);
    report_write_curves(report, html);
    report_write_models(report, html);
    for (int p = 0; p < report->files.data_count; p++)
        report_write_predictions(report, &report->parts[p], html);
    report_write_stages(report, html);
    report_write_settings(report, html);
    report_write_sources(report, html);
    html_raw(html, "</main>\n</body>\n</html>\n");
    return html->failed ? err_memory(err, "the page", html->used) : 0;
}
