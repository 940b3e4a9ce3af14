/* The page: reads all it tells from the files, then writes its sections in order. */
#include "pipeline/model/built_in.h"
#include "private.h"
#include "sections.h"

#include <stdlib.h>
#include <string.h>

/* ---- Reading ---- */

int report_open(struct report *report, const struct report_files *files, int threads,
                struct err *err)
{
    *report = (struct report){.files = *files};
    return report_open_parts(report, err) || report_open_models(report, threads, err) ||
                   report_open_preds(report, err) || report_read_histories(report, err) ||
                   report_read_stages(report, err) || report_read_runs(report, err) ||
                   report_read_weights(report, err) || report_read_tuned(report, err) ||
                   report_read_audit(report, err) || report_read_rows(report, err) ||
                   report_read_why(report, err) || report_read_map(report, err)
               ? -1
               : 0;
}

void report_close(struct report *report)
{
    for (int s = 0; report->stages && s < report->files.stage_count; s++)
        json_decref(report->stages[s]);
    free(report->stages);
    for (int t = 0; report->tuned && t < report->files.tuned_count; t++)
        json_decref(report->tuned[t]);
    free(report->tuned);
    json_decref(report->weights);
    report_close_map(report);
    report_close_preds(report);
    report_close_models(report);
    report_close_parts(report);
    free(report->same);
    run_entries_free(&report->entries);
    leaderboard_free(&report->leaderboard);
    runs_free(&report->runs);
    json_decref(report->audit.json);
    inputs_free(&report->inputs);
    *report = (struct report){0};
}

/* ---- Writing ---- */

static const char *text_of(const char *name)
{
    const struct built_in *file = page;

    while (strcmp(file->name, name))
        file++;
    return file->text;
}

static void write_title(const struct report *report, struct strbuf *html)
{
    html_text(html, report->files.title ? report->files.title : "csvnet report");
}

static void write_head(const struct report *report, struct strbuf *html)
{
    strbuf_puts(html, text_of("head"));
    strbuf_puts(html, "<title>");
    write_title(report, html);
    strbuf_puts(html, "</title>\n<style>\n");
    strbuf_puts(html, text_of("style"));
    strbuf_puts(html, "</style>\n</head>\n<body id=\"top\">\n");
    report_write_links(report, html);
    strbuf_puts(html, "<header>\n<p class=\"over\">");
    write_title(report, html);
    report_write_date(report, html);
    strbuf_puts(html, "</p>\n");
    report_write_headline(report, html);
    strbuf_puts(html, "</header>\n<main>\n");
}

int report_write(struct report *report, struct strbuf *html, struct err *err)
{
    report->common = common_part_of(report->class_names, report->classes);
    write_head(report, html);
    report_write_models(report, html);
    report_write_weights(report, html);
    report_write_tuned(report, html);
    report_write_runs(report, html);
    report_write_leaderboard(report, html);
    for (int p = 0; p < report->files.data_count; p++) {
        report_write_side_by_side(report, p, html);
        for (int i = 0; i < report->files.pred_count; i++)
            if (report->preds[i].part == p)
                report_write_predictions(report, &report->preds[i], html);
    }
    report_write_map(report, html);
    report_write_audit(report, html);
    report_write_curves(report, html);
    report_write_samples(report, html);
    report_write_settings(report, html);
    report_write_stages(report, html);
    report_write_sources(report, html);
    strbuf_puts(html, "</main>\n</body>\n</html>\n");
    return html->failed ? err_memory(err, "the page", html->size) : 0;
}
