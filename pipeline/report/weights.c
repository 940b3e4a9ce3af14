/* The weights of the mean that were found by rows which no model trained on, and what they gain. */
#include "pipeline/base/json.h"
#include "private.h"
#include "section.h"

#include <math.h>
#include <string.h>

int report_read_weights(struct report *r, struct err *err)
{
    if (!r->files.weights)
        return 0;
    r->weights = report_read_summary(r, r->files.weights, err);
    if (!r->weights)
        return -1;
    if (json_is_array(json_object_get(r->weights, "models")) &&
        json_object_get(r->weights, "cross_fitted"))
        return 0;
    return err_set(err, EX_DATAERR, "%s: is not what compare --weigh writes", r->files.weights);
}

static void write_row(const char *name, const json_t *score, double found, double taken,
                      struct strbuf *html)
{
    strbuf_printf(html, "<tr%s><th scope=\"row\">", isfinite(taken) ? "" : " class=\"sum\"");
    html_text(html, name);
    strbuf_puts(html, "</th>");
    report_begin_cell(html, "accuracy");
    report_accuracy(html, json_number(score, "accuracy"), json_number(score, "rows"));
    strbuf_puts(html, "</td>");
    report_begin_cell(html, "loss");
    report_loss(html, json_number(score, "loss"), false);
    strbuf_puts(html, "</td>");
    report_number_cell(html, "weight found", found, 3);
    report_number_cell(html, "weight taken", taken, 3);
    strbuf_puts(html, "</tr>\n");
}

void report_write_weights(const struct report *r, struct strbuf *html)
{
    const double gain = json_number(r->weights, "gain"), error = json_number(r->weights, "error");
    const json_t *model;
    size_t m;

    if (!r->weights)
        return;
    report_begin(html, "weights", "Weights");
    strbuf_printf(html,
                  "<p class=\"says\">Found by rows that the models did not train on. Cross-fitted: "
                  "by four fifths of them, judged on the other fifth, where the loss is by %.5f "
                  "±\u00a0%.5f %s than with all alike: %s.</p>\n",
                  fabs(gain), error, gain < 0 ? "more" : "less",
                  json_is_true(json_object_get(r->weights, "pays"))
                      ? "more than chance does, so the weights are taken"
                      : "that may be chance, so the models stay alike");
    report_begin_scroll(html, "Weights");
    strbuf_puts(html, "<table class=\"cards\">\n<thead><tr><th scope=\"col\">model</th><th "
                      "scope=\"col\">accuracy</th><th scope=\"col\">loss</th><th "
                      "scope=\"col\">weight found</th><th scope=\"col\">weight taken</th></tr>"
                      "</thead>\n<tbody>\n");
    json_array_foreach(json_object_get(r->weights, "models"), m, model)
    {
        write_row(report_text(model, "name"), json_object_get(model, "score"),
                  json_number(model, "found"), json_number(model, "weight"), html);
    }
    write_row("all alike", json_object_get(r->weights, "equal"), NAN, NAN, html);
    write_row("so weighed", json_object_get(r->weights, "weighed"), NAN, NAN, html);
    write_row("cross-fitted", json_object_get(r->weights, "cross_fitted"), NAN, NAN, html);
    strbuf_puts(html, "</tbody>\n</table>\n</div>\n");
    report_end(html);
}
