/* compare --weigh: weights for the mean of predictions, and whether they pay. */
#include "compare_weigh.h"

#include "cmd/cli/options.h"
#include "cmd/terminal/table.h"
#include "pipeline/base/figures.h"
#include "pipeline/base/json.h"
#include "pipeline/files/output.h"
#include "pipeline/predict/weigh.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static void add_row(struct table *table, const char *name, const struct metrics *metrics,
                    double weight)
{
    const struct score score = metrics_score(metrics);
    char text[ACCURACY_TEXT], loss[LOSS_TEXT];

    table_cell(table, name);
    table_cell(table, accuracy_text(score_accuracy(&score), (double)score.rows, "+-", text));
    table_cell(table, loss_text(score.loss, loss));
    snprintf(text, sizeof text, "%lld", (long long)(score.rows - score.correct));
    table_cell(table, text);
    snprintf(text, sizeof text, "%.3f", weight);
    table_cell(table, weight < 0 ? "" : text);
}

static int print_table(const struct weigh *w, struct err *err)
{
    static const char *const heads[] = {"model", "accuracy", "loss", "wrong", "weight"};
    struct table table = {.columns = sizeof heads / sizeof *heads};
    int result;

    for (int i = 0; i < table.columns; i++)
        table_cell(&table, heads[i]);
    for (int m = 0; m < w->count; m++)
        add_row(&table, w->names[m], &w->each[m], w->found[m]);
    add_row(&table, "all alike", &w->means[WEIGH_EQUAL], -1);
    add_row(&table, "so weighed", &w->means[WEIGH_FOUND], -1);
    add_row(&table, "cross-fitted", &w->means[WEIGH_CROSS], -1);
    result = table_print(&table, TABLE_PLAIN, err);
    table_free(&table);
    return result;
}

/* Says so where the weights lose more right rows than chance explains, by the errors of both
 * accuracies as if they were of different rows, which is on the safe side. */
static void print_loss_of_rows(const struct weigh *w)
{
    const struct score alike = metrics_score(&w->means[WEIGH_EQUAL]);
    const struct score fitted = metrics_score(&w->means[WEIGH_CROSS]);
    const double p = score_accuracy(&alike), rows = (double)alike.rows;
    const long long fewer = (long long)(alike.correct - fitted.correct);

    if (w->pays && (double)fewer > 2 * sqrt(2 * rows * p * (1 - p)))
        print_line(
            "but %lld rows fewer are right than with all alike, more than chance does: where "
            "accuracy counts, equal weights are better",
            fewer);
}

static void print_verdict(const struct weigh *w)
{
    char text[RELATION_TEXT];

    print_line("cross-fitted: found on four fifths of the rows, judged on the other fifth, where "
               "the loss is by %.5f +- %.5f %s than with all alike",
               w->gain < 0 ? -w->gain : w->gain, w->error, w->gain < 0 ? "more" : "less");
    print_line("%s", w->pays ? "that is more than chance does: the weights are taken"
                             : "that may be chance: the models stay alike in weight");
    print_loss_of_rows(w);
    if (*relation_text(&w->relation, text))
        print_line("%s", text);
}

static int write_weights(const struct weigh *w, struct output *out, const struct inputs *inputs,
                         struct err *err)
{
    json_t *json = weigh_json(w);
    char *text = json ? json_text(json, JSON_INDENT(2) | JSON_REAL_PRECISION(9)) : NULL;
    int result = text ? output_printf(out, err, "%s\n", text) : err_memory(err, "the weights", 0);

    free(text);
    json_decref(json);
    return result ? -1 : output_commit(out, inputs, err);
}

int compare_weigh(char *const *paths, int count, const char *output)
{
    struct weigh weigh = {.paths = NULL};
    struct output *out = NULL;
    struct inputs inputs = {0};
    struct err err;
    int status;

    if (output_open(&out, output, &err) ||
        weigh_make(&weigh, paths, count, output, &inputs, &err) ||
        outputs_refuse_inputs(&inputs, &err) || write_weights(&weigh, out, &inputs, &err) ||
        print_table(&weigh, &err)) {
        status = fail(&err);
    } else {
        print_verdict(&weigh);
        status = end_of_printing();
        if (status == 0)
            status = write_summary(weigh_json(&weigh), NULL);
    }
    output_close(out);
    weigh_close(&weigh);
    inputs_free(&inputs);
    return status;
}
