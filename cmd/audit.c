/* audit: what is wrong with a data set: labels, repeated pictures, odd pictures, other test data.
 */
#include "pipeline/audit/audit.h"

#include "cmd/cli/choose_kernels.h"
#include "cmd/cli/options.h"
#include "cmd/cli/progress.h"
#include "cmd/cli/say.h"
#include "cmd/terminal/table.h"
#include "pipeline/base/figures.h"
#include "pipeline/base/json.h"

#include <stdio.h>
#include <stdlib.h>

static const char *pred, *test, *csv, *png;

static const struct option_spec options[] = {
    OUTPUT("output", 'o', &csv,
           "write all that is found as a CSV, ranked: delete what you do not believe, then ingest "
           "--relabel or --without takes the rest; - is standard output"),
    OUTPUT("png", 0, &png,
           "write a contact sheet: the first 100 suspected labels, then 20 of each "
           "other kind"),
    HEADING("What it is compared with"),
    INPUT("pred", &pred,
          "predictions of DATA by models that did not train on its rows, as make oof and predict "
          "--oof make them: without them labels are not looked at"),
    INPUT("test", &test, "test data: pictures that both have, and whether it is of another kind"),
    TITLE_OPTION,
    COMMON_OPTIONS};

static const struct command command = {
    .name = "audit",
    .synopsis = "DATA [--pred PRED] [--test TEST] [-o AUDIT.csv] [options]",
    .summary =
        "Looks for labels that are likely wrong (confident learning), pictures that are there more "
        "than once or nearly so, contradicting labels, empty, inverted and cut pictures, and "
        "whether the test data is of another kind.",
    .options = options,
    .min_operands = 1,
    .max_operands = 1,
    .example = "audit train.st.zst --pred train.oof.pred.st.zst --test test.st.zst -o audit.csv",
};

/* ---- Looking ---- */

static void show_progress(double share)
{
    progress_share((int64_t)(100 * share), share);
}

static int look_for_drift(struct audit *a, struct err *err)
{
    struct nn_pool *pool;
    int result;

    if (a->sets < 2)
        return 0;
    pool = nn_pool_new((int)common.threads);
    if (!pool)
        return err_memory(err, "the threads", 0);
    progress_begin("telling data from test data", "percent", 100);
    result = audit_drift(a, pool, show_progress, err);
    progress_end();
    nn_pool_free(pool);
    return result;
}

static int look(struct audit *a, const char *data, struct inputs *inputs, struct err *err)
{
    if (audit_load(a, data, test, inputs, err) || (pred && audit_labels(a, pred, inputs, err)) ||
        outputs_refuse_inputs(inputs, err) || audit_repeats(a, (int)common.threads, err) ||
        audit_pictures(a, err) || look_for_drift(a, err))
        return -1;
    findings_rank(&a->findings);
    return 0;
}

/* ---- Saying ---- */

/* Prints how many rows of each kind there are. */
static void print_kinds(const struct audit *a)
{
    for (int k = 0; k < FINDING_KINDS; k++) {
        const bool asked = k == FOUND_LABEL                      ? a->predicted
                           : k == FOUND_LEAK || k == FOUND_DRIFT ? a->sets > 1
                                                                 : true;
        struct strbuf count = {0};

        strbuf_count(&count, a->findings.kinds[k]);
        if (asked)
            print_line("%-9s %8s  %s", finding_word((enum finding_kind)k), strbuf_shown(&count),
                       finding_says((enum finding_kind)k));
        strbuf_free(&count);
    }
}

/* Prints the labels suspected most. */
static int print_suspects(const struct audit *a, struct err *err)
{
    enum { MOST = 10 };
    static const char *const heads[] = {"row", "label", "rather", "p(label)", "p(rather)"};
    struct table table = {.columns = sizeof heads / sizeof *heads};
    char text[SHARE_TEXT];
    int result;

    for (int i = 0; i < table.columns; i++)
        table_cell(&table, heads[i]);
    for (int64_t i = 0; i < a->findings.kinds[FOUND_LABEL] && i < MOST; i++) {
        const struct finding *one = &a->findings.list[i];
        char *const *names = a->set[0].info.class_names;

        snprintf(text, sizeof text, "%lld", (long long)a->set[0].rows[one->row]);
        table_cell(&table, text);
        table_cell(&table, names[a->set[0].labels[one->row]]);
        table_cell(&table, names[one->suggested]);
        table_cell(&table, ratio_cut((double)a->of_label[one->row], 4, text));
        table_cell(&table, ratio_cut((double)a->of_guess[one->row], 4, text));
    }
    printf("\nsuspected most:\n");
    result = table_print(&table, TABLE_PLAIN, err);
    table_free(&table);
    return result;
}

static int print(const struct audit *a, struct err *err)
{
    char text[SHARE_TEXT];

    print_kinds(a);
    if (a->predicted)
        print_line("by the confident joint about %s %% of the labels are wrong",
                   percent_text(confident_noise(&a->confident), 2, text));
    if (a->drift_measured)
        print_line("data and test data: %s (AUC %.3f +- %.3f; 0.5: alike)",
                   drift_is_seen(&a->drift) ? "of different kinds" : "of one kind", a->drift.auc,
                   a->drift.error);
    return a->findings.kinds[FOUND_LABEL] ? print_suspects(a, err) : 0;
}

/* Says that rows which others repeat make a split's score too good, if there are many. */
static void say_repeats(const struct audit *a)
{
    const int64_t rows = a->set[0].n;
    char share[SHARE_TEXT];
    int64_t repeats = 0;

    for (int64_t i = 0; i < a->findings.count; i++)
        repeats += a->findings.list[i].set == 0 && (a->findings.list[i].kind == FOUND_NEAR ||
                                                    a->findings.list[i].kind == FOUND_DUPLICATE);
    if (20 * repeats > rows)
        say_folded("hint: %s %% of the rows repeat others: where a split puts those on both sides, "
                   "its score says too much; ingest --without this list leaves them out, ingest "
                   "--group COLUMN keeps those of one origin together",
                   percent_text((double)repeats / (double)rows, 1, share));
}

/* Says what was not looked at, and what the predictions are worth. */
static void say_limits(const struct audit *a)
{
    const double weak = 0.7;
    const enum relation_kind kind = relation_kind(&a->relation);
    char text[RELATION_TEXT], share[SHARE_TEXT];

    if (!a->predicted && a->set[0].labels)
        say("no predictions: labels are not looked at (--pred, from make oof)");
    if (a->predicted && kind != RELATION_FAIR)
        warn("%s: %s; wrong labels that were learnt do not show", pred,
             relation_text(&a->relation, text));
    if (a->predicted && (double)a->agreed < weak * (double)a->set[0].n)
        warn("%s: the models agree with %s %% of the labels: so weak ones say little of which are "
             "wrong",
             pred, percent_text((double)a->agreed / (double)a->set[0].n, 1, share));
    if (a->near_gave_up)
        warn("so many pictures are nearly alike that not all were compared");
    if (a->cut_is_usual)
        say("more than one of fifty pictures is cut off by an edge: these are not reported");
    if (a->sets > 1 && !a->drift_measured)
        say("%s: too few rows to tell whether the test data is of another kind (%d of each)", test,
            DRIFT_LEAST);
    say_repeats(a);
}

/* ---- Writing ---- */

static int write_csv(const struct audit *a, struct output *out, const struct inputs *inputs,
                     struct err *err)
{
    return audit_write(a, out, err) ? -1 : output_commit(out, inputs, err);
}

static int write_sheet(const struct audit *a, struct output *out, const struct inputs *inputs,
                       struct err *err)
{
    unsigned char *bytes = NULL;
    size_t size;
    int result = -1;

    if (audit_sheet(a, &bytes, &size, err) == 0 && output_write(out, bytes, size, err) == 0)
        result = output_commit(out, inputs, err);
    free(bytes);
    return result;
}

static int summarize(const struct audit *a, const struct inputs *inputs, double seconds)
{
    json_t *summary = audit_json(a);

    json_object_set_new(summary, "seconds", json_real(seconds));
    return write_summary(summary, inputs);
}

static int run(const char *data)
{
    const double begin = now();
    struct output *table = NULL, *sheet = NULL;
    struct inputs inputs = {0};
    struct audit audit = {0};
    struct err err;
    int status = 0;

    if ((csv && output_open(&table, csv, &err)) || (png && output_open_bytes(&sheet, png, &err)) ||
        look(&audit, data, &inputs, &err) || (table && write_csv(&audit, table, &inputs, &err)))
        status = fail(&err);
    if (status == 0 && sheet && write_sheet(&audit, sheet, &inputs, &err))
        status = fail(&err);
    if (status == 0) {
        say_limits(&audit);
        status = print(&audit, &err) ? fail(&err) : end_of_printing();
    }
    if (status == 0)
        status = summarize(&audit, &inputs, now() - begin);
    if (status == 0)
        say("%lld row%s, %.2f s", (long long)audit.pictures.n, plural(audit.pictures.n),
            now() - begin);
    audit_close(&audit);
    inputs_free(&inputs);
    output_close(table);
    output_close(sheet);
    return status;
}

int main(int argc, char **argv)
{
    char **operands;
    int count, status = options_parse(&command, argc, argv, &operands, &count);

    if (status)
        return status;
    status = choose_kernels();
    if (status)
        return status;
    return end_of_run(run(operands[0]));
}
