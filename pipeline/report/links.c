/* Links to the sections of the page. */
#include "section.h"

static void write_link(struct strbuf *html, const char *id, const char *title)
{
    strbuf_puts(html, "<a href=\"#");
    strbuf_puts(html, id);
    strbuf_puts(html, "\">");
    strbuf_puts(html, title);
    strbuf_puts(html, "</a>\n");
}

static void write_part_link(const struct report *r, int part, struct strbuf *html)
{
    strbuf_printf(html, "<a href=\"#both-%d\">", part + 1);
    html_text(html, r->parts[part].name);
    strbuf_puts(html, " side by side</a>\n");
}

static void write_pred_link(const struct report *r, const struct report_pred *pred,
                            struct strbuf *html)
{
    strbuf_puts(html, "<a href=\"#");
    report_pred_id(html, pred);
    strbuf_puts(html, "\">");
    if (r->parts[pred->part].pred_count > 1)
        report_file(html, pred->path);
    else
        html_text(html, r->parts[pred->part].name);
    strbuf_puts(html, "</a>\n");
}

void report_write_links(const struct report *r, struct strbuf *html)
{
    strbuf_puts(html, "<nav>\n");
    write_link(html, "top", report_headline(r) ? "Score" : "Top");
    if (r->files.model_count > 0)
        write_link(html, "models", "Models");
    if (r->weights)
        write_link(html, "weights", "Weights");
    if (r->files.tuned_count > 0)
        write_link(html, "tuned", "Tuning");
    if (r->entries.count > 0)
        write_link(html, "runs", "Runs");
    if (r->leaderboard.count > 0)
        write_link(html, "leaderboard", "Leaderboard");
    for (int p = 0; p < r->files.data_count; p++) {
        if (r->parts[p].pred_count > 1)
            write_part_link(r, p, html);
        for (int i = 0; i < r->files.pred_count; i++)
            if (r->preds[i].part == p && r->parts[p].data.n > 0)
                write_pred_link(r, &r->preds[i], html);
    }
    if (r->files.map)
        write_link(html, "map", "Map");
    if (r->audit.json)
        write_link(html, "audit", "Audit");
    if (report_has_curves(r))
        write_link(html, "curves", "Curves");
    write_link(html, "samples", "Samples");
    if (r->files.model_count > 0)
        write_link(html, "settings", "Settings");
    if (report_has_times(r))
        write_link(html, "stages", "Time");
    write_link(html, "sources", "Files");
    strbuf_puts(html, "</nav>\n");
}
