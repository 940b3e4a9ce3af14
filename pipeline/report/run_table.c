/* History of the runs: which trainings there were before those of the page, and what got better. */
#include "pipeline/base/figures.h"
#include "pipeline/base/json.h"
#include "section.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Changes in the headline, and rows of the table before and after "earlier". */
enum { CHANGES = 4, SHOWN = 10, EARLIER = 200, LETTERS = 26 };

/* Tells whether the models of all its lines are on the page. */
static bool is_here(const struct report *r, int entry)
{
    bool here = true;

    for (int line = 0; line < (int)json_array_size(r->runs.fits) && here; line++)
        if (r->entries.of[line] == entry)
            here = report_find_model(
                       r, report_text(json_array_get(r->runs.fits, (size_t)line), "digest")) >= 0;
    return here;
}

/* Writes "2026-01-31" of a time, and if `minutes` " 09:30" after it. */
static void write_time(struct strbuf *html, const char *time, bool minutes)
{
    const size_t day = strlen("2026-01-31"), minute = strlen("T09:30");
    char text[32] = "";

    if (strlen(time) >= day)
        memcpy(text, time, day);
    if (minutes && strlen(time) >= day + minute) {
        memcpy(text + day, time + day, minute);
        text[day] = ' ';
    }
    html_text(html, text);
}

void report_write_date(const struct report *r, struct strbuf *html)
{
    const char *newest = "";
    json_t *run;
    size_t line;

    json_array_foreach(r->runs.fits, line, run)
    {
        if (strcmp(report_text(run, "time"), newest) > 0 &&
            report_find_model(r, report_text(run, "digest")) >= 0)
            newest = report_text(run, "time");
    }
    if (*newest) {
        strbuf_puts(html, " · trained until ");
        write_time(html, newest, true);
        strbuf_puts(html, " UTC");
    }
}

static void write_name(const struct run_entry *entry, struct strbuf *html)
{
    const double seed = json_number(entry->last, "seed");

    strbuf_puts(html, "<bdi>");
    html_text(html, report_text(entry->last, "name"));
    strbuf_puts(html, "</bdi>");
    if (seed > 1 && seed < 1e15)
        strbuf_printf(html, " <span class=\"what\">seed %.0f</span>", seed);
    if (entry->folds > 0 && entry->lines < entry->folds)
        strbuf_printf(html, " <span class=\"what\">%d of %d folds</span>", entry->lines,
                      entry->folds);
    else if (entry->folds > 0)
        strbuf_printf(html, " <span class=\"what\">%d folds</span>", entry->folds);
}

/* ---- In the headline ---- */

static void write_change(const struct run_entry *entry, const struct run_entry *before,
                         struct strbuf *html)
{
    const double told_apart = 0.05, points = 100 * (entry->accuracy - before->accuracy);
    const double p = proportions_p(entry->accuracy, before->accuracy, (double)entry->rows);
    char text[SHARE_TEXT], then[SHARE_TEXT], chance[P_TEXT];

    strbuf_puts(html, "<li><b>");
    write_name(entry, html);
    strbuf_printf(html, "</b> %s %% on validation, ", percent_text(entry->accuracy, 2, text));
    if (entry->wrong == before->wrong)
        strbuf_puts(html, "as");
    else
        strbuf_printf(html, "<b>%.2f points %s</b> than", fabs(points),
                      points > 0 ? "better" : "worse");
    strbuf_printf(html, " before (%s %%, ", percent_text(before->accuracy, 2, then));
    write_time(html, report_text(before->last, "time"), false);
    strbuf_puts(html, ")");
    if (entry->wrong != before->wrong && isfinite(p))
        strbuf_printf(html, p >= told_apart ? "; it may be chance (p %s)" : ", p %s",
                      p_text(p, 2, chance));
    strbuf_puts(html, "</li>\n");
}

void report_write_changes(const struct report *r, struct strbuf *html)
{
    int count = 0;

    for (int e = 0; e < r->entries.count; e++) {
        const int before = run_entry_before(&r->entries, e);

        if (before < 0 || !is_here(r, e) || is_here(r, before))
            continue;
        if (count++ == 0)
            strbuf_puts(html, "<h2 class=\"small\">Since the last run</h2>\n<ul>\n");
        if (count <= CHANGES)
            write_change(&r->entries.list[e], &r->entries.list[before], html);
    }
    if (count > CHANGES)
        strbuf_printf(html, "<li><a href=\"#runs\">%d more</a></li>\n", count - CHANGES);
    if (count > 0)
        strbuf_puts(html, "</ul>\n");
}

/* ---- The table ---- */

/* Returns the number of the rows that validated it, from 0, in the order of their first entry; -1:
 * not known, or beyond LETTERS. */
static int rows_number(const struct run_entries *entries, int entry)
{
    int first[LETTERS], count = 0;

    for (int e = 0; e < entries->count; e++) {
        int number = 0;

        while (number < count &&
               !run_entries_comparable(&entries->list[first[number]], &entries->list[e]))
            number++;
        if (number == count && count < LETTERS && entries->list[e].validated_on)
            first[count++] = e;
        if (e == entry)
            return number < count ? number : -1;
    }
    return -1;
}

/* Tells whether it is the best of at least two on its rows. */
static bool is_best(const struct run_entries *entries, int entry)
{
    const struct run_entry *of = &entries->list[entry];
    int others = 0;

    for (int e = 0; e < entries->count; e++) {
        const struct run_entry *other = &entries->list[e];

        if (e == entry || !run_entries_comparable(other, of))
            continue;
        if (other->wrong < of->wrong || (other->wrong == of->wrong && e < entry))
            return false;
        others++;
    }
    return others > 0;
}

/* Writes how many percentage points it is better than the one before. */
static void write_points(const struct run_entries *entries, int e, struct strbuf *html)
{
    const int before = run_entry_before(entries, e);
    const double points =
        before < 0 ? NAN : 100 * (entries->list[e].accuracy - entries->list[before].accuracy);

    report_begin_cell(html, "change, points");
    if (isfinite(points))
        strbuf_printf(html, "%s%.2f", points > 0 ? "+" : points < 0 ? "−" : "", fabs(points));
    else
        strbuf_puts(html, "–");
    strbuf_puts(html, "</td>");
}

static void write_rows(const struct run_entries *entries, int e, bool lettered, struct strbuf *html)
{
    const struct run_entry *entry = &entries->list[e];
    const int number = rows_number(entries, e);

    report_begin_cell(html, "rows");
    if (entry->rows > 0)
        strbuf_count(html, entry->rows);
    else
        strbuf_puts(html, "–");
    if (lettered && number >= 0)
        strbuf_printf(html, " %c", 'A' + number);
    strbuf_puts(html, "</td>");
}

static void write_row(const struct report *r, int e, bool lettered, struct strbuf *html)
{
    const struct run_entry *entry = &r->entries.list[e];

    strbuf_printf(html, "<tr%s><th scope=\"row\">", is_here(r, e) ? " class=\"sum\"" : "");
    write_name(entry, html);
    strbuf_puts(html, is_best(&r->entries, e) ? " <b>*</b></th>" : "</th>");
    report_begin_cell(html, "accuracy");
    report_accuracy(html, entry->accuracy, entry->rows > 0 ? (double)entry->rows : NAN);
    strbuf_puts(html, "</td>");
    write_points(&r->entries, e, html);
    write_rows(&r->entries, e, lettered, html);
    report_begin_cell(html, "loss");
    report_loss(html, entry->loss, false);
    strbuf_puts(html, "</td>");
    report_number_cell(html, "epochs", entry->epochs,
                       entry->epochs == floor(entry->epochs) ? 0 : 1);
    report_number_cell(html, "seconds", entry->seconds, 1);
    report_begin_cell(html, "ended, UTC");
    write_time(html, report_text(entry->last, "time"), true);
    strbuf_puts(html, "</td><td class=\"text options\" data-label=\"options\"><code>");
    report_options(html, report_text(entry->last, "options"));
    strbuf_puts(html, "</code></td></tr>\n");
}

/* Writes up to `most` entries, the latest first, from `from` on; returns how many. */
static int write_table(const struct report *r, int from, int most, bool lettered,
                       struct strbuf *html)
{
    int count = 0;

    report_begin_scroll(html, "Runs");
    strbuf_puts(html,
                "<table class=\"cards runs\">\n<thead><tr><th scope=\"col\">model</th><th "
                "scope=\"col\">accuracy</th><th scope=\"col\">change, points</th><th "
                "scope=\"col\">rows</th><th scope=\"col\">loss</th><th "
                "scope=\"col\">epochs</th><th scope=\"col\">seconds</th><th "
                "scope=\"col\">ended, UTC</th><th class=\"text\" scope=\"col\">options</th></tr>"
                "</thead>\n<tbody>\n");
    for (int e = from; e >= 0 && count < most; e--, count++)
        write_row(r, e, lettered, html);
    strbuf_puts(html, "</tbody>\n</table>\n</div>\n");
    return count;
}

void report_write_runs(const struct report *r, struct strbuf *html)
{
    const int count = r->entries.count;
    bool lettered = false;
    int left;

    if (count == 0)
        return;
    for (int e = 0; e < count && !lettered; e++)
        lettered = rows_number(&r->entries, e) > 0;
    report_begin(html, "runs", "Runs");
    strbuf_puts(html, "<p class=\"says\">Finished trainings, the latest first, with accuracy and "
                      "loss on validation. Shaded: those of this page. Change: against the run "
                      "before of the same name, seed and validation rows. *: the best on its rows");
    strbuf_puts(html, lettered ? "; only rows of one letter can be compared.</p>\n" : ".</p>\n");
    left = count - write_table(r, count - 1, SHOWN, lettered, html);
    if (left > 0) {
        strbuf_printf(html, "<details>\n<summary>%d earlier</summary>\n", left);
        left -= write_table(r, left - 1, EARLIER, lettered, html);
        strbuf_puts(html, "</details>\n");
    }
    if (left > 0)
        strbuf_printf(html,
                      "<p class=\"says\">%d still earlier ones are left out; <code>csvnet show "
                      "runs.jsonl</code> lists them.</p>\n",
                      left);
    report_end(html);
}
