/* What make tune has tried: the table, and how the candidates came on from rung to rung. */
#include "pipeline/base/json.h"
#include "private.h"
#include "section.h"
#include "svg_chart.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SHOWN = 20, LINES = 30, RUNGS = 8 };

int report_read_tuned(struct report *r, struct err *err)
{
    r->tuned = calloc((size_t)r->files.tuned_count + 1, sizeof *r->tuned);
    if (!r->tuned)
        return err_memory(err, "tunings", 0);
    for (int t = 0; t < r->files.tuned_count; t++) {
        r->tuned[t] = report_read_summary(r, r->files.tuned[t], err);
        if (!r->tuned[t])
            return -1;
        if (!json_is_array(json_object_get(r->tuned[t], "tried")) ||
            !json_string_value(json_object_get(r->tuned[t], "tuned")))
            return err_set(err, EX_DATAERR, "%s: is not what make tune writes", r->files.tuned[t]);
    }
    return 0;
}

static bool in_percent(const json_t *tuned)
{
    return strcmp(report_text(tuned, "metric"), "accuracy") == 0;
}

/* ---- The curves ---- */

/* A line of the chart, by epochs. */
struct course {
    double epochs[RUNGS], scores[RUNGS];
    int count;
};

static void read_course(struct course *course, const json_t *tried, double scale)
{
    const json_t *rung;
    size_t i;

    course->count = 0;
    json_array_foreach(json_object_get(tried, "rungs"), i, rung)
    {
        if (course->count == RUNGS)
            break;
        course->epochs[course->count] = json_number(rung, "epochs");
        course->scores[course->count] = scale * json_number(rung, "score");
        if (isfinite(course->epochs[course->count]) && isfinite(course->scores[course->count]))
            course->count++;
    }
}

/* Draws those that were judged more than once, the best last, over the others. */
static void draw(const json_t *tuned, struct strbuf *html)
{
    const json_t *all = json_object_get(tuned, "tried"), *tried;
    const bool percent = in_percent(tuned);
    struct course *courses = calloc(LINES, sizeof *courses);
    struct chart_line lines[LINES];
    struct chart chart = {.title = report_text(tuned, "metric"),
                          .what = "epoch",
                          .unit = percent ? " %" : "",
                          .height = 250,
                          .ticks = 6,
                          .lines = lines};
    size_t i;

    if (!courses)
        return; /* the table says it all */
    for (i = json_array_size(all); i-- > 0;) {
        const bool best = i == 0;
        bool as_it_is;

        tried = json_array_get(all, i);
        as_it_is = json_is_true(json_object_get(tried, "as_it_is"));
        if (chart.count == LINES || (i >= LINES - 1 && !as_it_is))
            continue;
        read_course(&courses[chart.count], tried, percent ? 100 : 1);
        if (courses[chart.count].count < 2)
            continue;
        lines[chart.count] = (struct chart_line){.x = courses[chart.count].epochs,
                                                 .y = courses[chart.count].scores,
                                                 .count = courses[chart.count].count,
                                                 .label = best       ? "the best"
                                                          : as_it_is ? "as it is"
                                                                     : NULL,
                                                 .marked = -1};
        snprintf(lines[chart.count].class, sizeof lines[0].class, "%s",
                 best       ? "c0"
                 : as_it_is ? "c1"
                            : "c2 many");
        chart.count++;
    }
    if (chart.count > 0) {
        strbuf_puts(html, "<figure class=\"chart\">");
        svg_chart(html, &chart);
        strbuf_puts(html, "</figure>\n");
    }
    free(courses);
}

/* ---- The table ---- */

static void write_score(const json_t *tuned, const json_t *tried, struct strbuf *html)
{
    const double scale = in_percent(tuned) ? 100 : 1, spread = json_number(tried, "spread");
    const int decimals = in_percent(tuned) ? 2 : 4;

    report_begin_cell(html, report_text(tuned, "metric"));
    strbuf_printf(html, "%.*f%s", decimals, scale * json_number(tried, "score"),
                  in_percent(tuned) ? "\u00a0%" : "");
    if (isfinite(spread))
        strbuf_printf(html, " ±\u00a0%.*f", decimals, scale * spread);
    strbuf_puts(html, "</td>");
}

static void write_row(const json_t *tuned, const json_t *tried, size_t rank, struct strbuf *html)
{
    const bool as_it_is = json_is_true(json_object_get(tried, "as_it_is"));

    strbuf_printf(html, "<tr%s><th scope=\"row\">%zu</th>", as_it_is ? " class=\"sum\"" : "", rank);
    write_score(tuned, tried, html);
    report_begin_cell(html, "loss");
    report_loss(html, json_number(tried, "loss"), false);
    strbuf_puts(html, "</td>");
    report_number_cell(html, "epochs", json_number(tried, "epochs"), 0);
    report_number_cell(html, "folds", json_number(tried, "folds"), 0);
    report_number_cell(html, "seconds", json_number(tried, "seconds"), 1);
    strbuf_puts(html, "<td class=\"text options\" data-label=\"options\">");
    if (as_it_is) {
        strbuf_puts(html, "as it is");
    } else {
        strbuf_puts(html, "<code>");
        report_options(html, report_text(tried, "options"));
        strbuf_puts(html, "</code>");
    }
    strbuf_puts(html, "</td></tr>\n");
}

static void write_table(const json_t *tuned, struct strbuf *html)
{
    const json_t *all = json_object_get(tuned, "tried"), *tried;
    int left = 0;
    size_t i;

    report_begin_scroll(html, "Tuning");
    strbuf_printf(html, "<table class=\"cards runs\">\n<thead><tr><th scope=\"col\">rank</th><th "
                        "scope=\"col\">");
    html_text(html, report_text(tuned, "metric"));
    strbuf_puts(html, "</th><th scope=\"col\">loss</th><th scope=\"col\">epochs</th><th "
                      "scope=\"col\">folds</th><th scope=\"col\">seconds</th><th class=\"text\" "
                      "scope=\"col\">options</th></tr></thead>\n<tbody>\n");
    json_array_foreach(all, i, tried)
    {
        if (i < SHOWN || json_is_true(json_object_get(tried, "as_it_is")))
            write_row(tuned, tried, i + 1, html);
        else
            left++;
    }
    strbuf_puts(html, "</tbody>\n</table>\n</div>\n");
    if (left > 0)
        strbuf_printf(html, "<p class=\"says\">%d more, left behind early, are left out.</p>\n",
                      left);
}

void report_write_tuned(const struct report *r, struct strbuf *html)
{
    if (r->files.tuned_count == 0)
        return;
    report_begin(html, "tuned", "Tuning");
    strbuf_puts(html, "<p class=\"says\">Options that <code>make tune</code> tried, trained for "
                      "few epochs on one fold, the better ones longer and on more folds; ± is the "
                      "spread over the folds. Shaded: the model as it was. The best are so by the "
                      "rows that chose them, so that these figures flatter.</p>\n");
    for (int t = 0; t < r->files.tuned_count; t++) {
        const json_int_t failed = json_integer_value(json_object_get(r->tuned[t], "failed"));

        strbuf_puts(html, "<h3>");
        html_text(html, report_text(r->tuned[t], "tuned"));
        strbuf_puts(html, "</h3>\n");
        draw(r->tuned[t], html);
        write_table(r->tuned[t], html);
        if (failed > 0)
            strbuf_printf(html, "<p class=\"says\">%lld failed.</p>\n", (long long)failed);
    }
    report_end(html);
}
