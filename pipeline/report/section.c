/* Shared by the sections of a page: their frame, and how they write classes, shares and colours. */
#include "section.h"

#include "pipeline/base/figures.h"
#include "pipeline/base/path.h"
#include "pipeline/base/utf8.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COLOURS = 6 };

void report_begin(struct strbuf *html, const char *id, const char *title)
{
    strbuf_printf(html, "<section id=\"%s\">\n<h2>", id);
    html_text(html, title);
    strbuf_puts(html, "</h2>\n");
}

void report_end(struct strbuf *html)
{
    strbuf_puts(html, "</section>\n");
}

void report_begin_scroll(struct strbuf *html, const char *label)
{
    strbuf_printf(html, "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"%s\">\n",
                  label);
}

void report_begin_cell(struct strbuf *html, const char *column)
{
    strbuf_printf(html, "<td data-label=\"%s\">", column);
}

void report_number_cell(struct strbuf *html, const char *column, double value, int decimals)
{
    report_begin_cell(html, column);
    if (isfinite(value))
        strbuf_printf(html, "%.*f", decimals, value);
    else
        strbuf_puts(html, "–");
    strbuf_puts(html, "</td>");
}

void report_class(const struct report *report, int k, int columns, struct strbuf *html)
{
    const char *name = report->class_names[k], *spelt = report->class_texts[k];
    const int code = strcmp(name, spelt) ? utf8_columns(spelt) + 1 : 0;
    struct strbuf shown = {0};

    strbuf_puts(html, "<bdi>");
    if (code > 0 && utf8_columns(name) > columns) {
        html_clipped(html, spelt, columns / 2);
        strbuf_puts(html, " ");
        columns -= code < columns / 2 ? code : columns / 2;
    }
    short_name(&shown, name, report->common, columns, "…");
    html_text(html, strbuf_text(&shown));
    html->failed |= shown.failed;
    strbuf_free(&shown);
    strbuf_puts(html, "</bdi>");
}

void report_whole_class(const struct report *report, int k, struct strbuf *html)
{
    strbuf_puts(html, "<bdi>");
    if (strcmp(report->class_texts[k], report->class_names[k])) {
        html_text(html, report->class_texts[k]);
        strbuf_puts(html, " ");
    }
    html_text(html, report->class_names[k]);
    strbuf_puts(html, "</bdi>");
}

const char *report_text(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text ? text : "";
}

void report_pred_id(struct strbuf *html, const struct report_pred *pred)
{
    strbuf_printf(html, "part-%d", pred->part + 1);
    if (pred->number > 0)
        strbuf_printf(html, "-%d", pred->number + 1);
}

void report_file(struct strbuf *html, const char *path)
{
    strbuf_puts(html, "<bdi>");
    html_text(html, path_name(path));
    strbuf_puts(html, "</bdi>");
}

void report_share(struct strbuf *html, double share, int decimals)
{
    char text[SHARE_TEXT];

    if (isfinite(share))
        html_text(html, percent_text(share, decimals, text));
    else
        strbuf_puts(html, "–");
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

void report_accuracy(struct strbuf *html, double accuracy, double rows)
{
    char text[ACCURACY_TEXT];

    if (isfinite(accuracy))
        strbuf_puts(html, accuracy_text(accuracy, rows, "±", text));
    else
        strbuf_puts(html, "–");
}

void report_loss(struct strbuf *html, double loss, bool at_least)
{
    char text[LOSS_TEXT];

    strbuf_puts(html, at_least ? "at least " : "");
    strbuf_puts(html, isfinite(loss) ? loss_text(loss, text) : "–");
}

void report_ratio(struct strbuf *html, double ratio)
{
    char text[SHARE_TEXT];

    if (isfinite(ratio))
        html_text(html, ratio_text(ratio, 4, text));
    else
        strbuf_puts(html, "–");
}

void report_group_name(const struct report *report, int group, struct strbuf *html)
{
    const struct report_group *g = &report->groups[group];

    html_text(html, g->name);
    if (g->count > 1)
        strbuf_printf(html, " <span class=\"what\">%d trainings</span>", g->count);
}

void report_colour(int group, char *class, size_t size)
{
    snprintf(class, size, "c%d", group % COLOURS);
}

void report_options(struct strbuf *html, const char *text)
{
    while (*text) {
        const bool option = strncmp(text, "--", 2) == 0;
        const size_t size = strcspn(text, " ") + strspn(text + strcspn(text, " "), " ");
        char *word = strndup(text, size);

        strbuf_puts(html, option ? "<span class=\"option\">" : "");
        html_text(html, word ? word : "");
        strbuf_puts(html, option ? "</span>" : "");
        html->failed |= !word;
        free(word);
        text += size;
    }
}

bool report_has_times(const struct report *r)
{
    return r->files.stage_count > 0 || r->files.history_count > 0;
}
