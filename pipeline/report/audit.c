/* What an audit has found: suspected labels, odd pictures, and how like the test data is. */
#include "pipeline/audit/findings.h"
#include "pipeline/base/figures.h"
#include "pipeline/base/json.h"
#include "private.h"
#include "section.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const titles[] = {
    [AUDIT_LABELS] = "Labels that are likely wrong",
    [AUDIT_CONFLICTS] = "One picture, two labels",
    [AUDIT_ODD] = "Empty, inverted and cut pictures",
};
static const char *const says[] = {
    [AUDIT_LABELS] = "Suggested (label), by models that did not see the row",
    [AUDIT_CONFLICTS] = "Suggested, if the others or the models agree (label)",
    [AUDIT_ODD] = "With their labels",
};

/* ---- Reading ---- */

static int class_of(const struct report *r, const json_t *finding, const char *key)
{
    const char *text = json_string_value(json_object_get(finding, key));

    for (int k = 0; text && k < r->classes; k++)
        if (strcmp(text, r->class_texts[k]) == 0)
            return k;
    return -1;
}

/* Returns which pictures a finding is shown among, -1: it is not. */
static int shown_among(const json_t *finding)
{
    const char *kind = report_text(finding, "kind");

    if (strcmp(report_text(finding, "set"), "data"))
        return -1;
    return strcmp(kind, finding_word(FOUND_LABEL)) == 0      ? AUDIT_LABELS
           : strcmp(kind, finding_word(FOUND_CONFLICT)) == 0 ? AUDIT_CONFLICTS
           : strcmp(kind, finding_word(FOUND_EMPTY)) == 0 ||
                   strcmp(kind, finding_word(FOUND_INVERTED)) == 0 ||
                   strcmp(kind, finding_word(FOUND_CUT)) == 0
               ? AUDIT_ODD
               : -1;
}

static void take_findings(struct report *r)
{
    const json_t *finding;
    size_t i;

    json_array_foreach(json_object_get(r->audit.json, "findings"), i, finding)
    {
        const int among = shown_among(finding);
        const json_int_t row = json_integer_value(json_object_get(finding, "row"));

        if (among >= 0 && row > 0)
            ranking_add(&r->audit.shown[among],
                        (struct ranked){.key = -(double)i,
                                        .row = row,
                                        .predicted = class_of(r, finding, "suggested"),
                                        .truth = class_of(r, finding, "given"),
                                        .confidence = json_number(finding, "p")});
    }
}

int report_read_audit(struct report *r, struct err *err)
{
    const char *digest;

    if (!r->files.audit)
        return 0;
    r->audit.json = report_read_summary(r, r->files.audit, err);
    if (!r->audit.json)
        return -1;
    digest = json_string_value(json_object_get(r->audit.json, "data_digest"));
    if (!digest || !json_object_get(r->audit.json, "kinds"))
        return err_set(err, EX_DATAERR, "%s: is not what audit writes by --json", r->files.audit);
    for (int p = 0; p < r->files.data_count; p++)
        if (strcmp(tensor_file_digest(r->parts[p].data.file), digest) == 0) {
            r->audit.part = p;
            take_findings(r);
            return 0;
        }
    return err_set(err, EX_DATAERR, "%s: an audit of data that is not among those given; make it again",
                   r->files.audit);
}

int report_audit_rows(const struct report *r, int part, int64_t *numbers)
{
    int count = 0;

    for (int a = 0; a < AUDIT_SHOWN; a++)
        for (int i = 0; r->audit.json && r->audit.part == part && i < r->audit.shown[a].count; i++)
            numbers[count++] = r->audit.shown[a].list[i].row;
    return count;
}

/* ---- Writing ---- */

static void write_kinds(const struct report *r, struct strbuf *html)
{
    const json_t *kinds = json_object_get(r->audit.json, "kinds");

    report_begin_scroll(html, "What was found");
    strbuf_puts(html, "<table>\n<thead><tr><th scope=\"col\">kind</th><th scope=\"col\">found</th>"
                      "<th scope=\"col\" class=\"text\">what</th></tr></thead>\n<tbody>\n");
    for (int k = 0; k < FINDING_KINDS; k++) {
        const char *word = finding_word((enum finding_kind)k);

        strbuf_printf(html, "<tr><th scope=\"row\">%s</th><td>", word);
        strbuf_count(html, json_integer_value(json_object_get(kinds, word)));
        strbuf_printf(html, "</td><td class=\"text\">%s</td></tr>\n",
                      finding_says((enum finding_kind)k));
    }
    strbuf_puts(html, "</tbody>\n</table>\n</div>\n");
}

static void write_drift(const struct report *r, struct strbuf *html)
{
    const json_t *drift = json_object_get(r->audit.json, "drift");
    const double auc = json_number(drift, "auc"), error = json_number(drift, "standard_error");

    if (!isfinite(auc))
        return;
    strbuf_printf(html,
                  "<p>A small network that is told to tell these rows from the test data has an AUC "
                  "of %.3f\u00a0±\u00a0%.3f (0.5: it cannot): %s.</p>\n",
                  auc, error,
                  json_is_true(json_object_get(drift, "seen"))
                      ? "the test data is of another kind, and the score on it may differ"
                      : "they are of one kind");
}

void report_write_audit(const struct report *r, struct strbuf *html)
{
    const double noise = json_number(json_object_get(r->audit.json, "labels"), "noise");
    struct report_pred stub = {.part = r->audit.part};

    if (!r->audit.json)
        return;
    report_begin(html, "audit", "Audit");
    strbuf_puts(html, "<p class=\"says\">Of <bdi>");
    html_text(html, r->parts[r->audit.part].name);
    strbuf_puts(html, "</bdi>, by <code>csvnet audit</code>");
    if (isfinite(noise)) {
        strbuf_puts(html, "; about ");
        report_share(html, noise, 2);
        strbuf_puts(html, "\u00a0% of the labels are wrong by its estimate");
    }
    strbuf_puts(html, "</p>\n");
    write_kinds(r, html);
    write_drift(r, html);
    for (int a = 0; a < AUDIT_SHOWN; a++)
        report_write_ranking(r, &stub, &r->audit.shown[a], titles[a], says[a], html);
    report_end(html);
}
