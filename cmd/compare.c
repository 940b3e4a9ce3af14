/* compare: whether one of two predictions of the same labelled rows is better, or only luckier. */
#include "cmd/cli/options.h"
#include "cmd/cli/say.h"
#include "cmd/terminal/score_tables.h"
#include "pipeline/base/json.h"
#include "pipeline/predict/comparison.h"

#include <stdio.h>
#include <string.h>

static const struct option_spec options[] = {COMMON_OPTIONS};

static const struct command command = {
    .name = "compare",
    .synopsis = "PRED PRED [options]",
    .summary =
        "Compares two predictions of the same labelled rows, out of fold for one: counts the "
        "rows that one alone has right, and says how likely so unequal counts are by chance "
        "(McNemar's exact test, two-sided).",
    .options = options,
    .min_operands = 2,
    .max_operands = 2,
    .example = "compare a.oof.pred.st.zst b.oof.pred.st.zst",
};

static void print(const struct comparison *c, char *const paths[2])
{
    for (int s = 0; s < 2; s++) {
        const struct score score = metrics_score(&c->each[s]);
        char text[SCORE_TEXT], relation[RELATION_TEXT];

        printf("%s%s: %s\n", paths[s], c->trial[s] ? " (a trial)" : "", score_text(&score, text));
        if (*relation_text(&c->relation[s], relation))
            printf("    %s\n", relation);
        printf("    %s\n", contest_text(&score, text));
    }
    printf("right in both %lld, in the first alone %lld, in the second alone %lld, in neither "
           "%lld\n",
           (long long)c->both, (long long)c->only[0], (long long)c->only[1], (long long)c->neither);
    printf("the first less the second: %+.3f %% +- %.3f %%, p = %.3g\n",
           100 * comparison_difference(c), 100 * comparison_error(c),
           mcnemar_p(c->only[0], c->only[1]));
}

static int summarize(const struct comparison *c, char *const paths[2])
{
    const struct score first = metrics_score(&c->each[0]), second = metrics_score(&c->each[1]);
    json_t *summary;
    int status;

    if (!common.json)
        return 0;
    summary = json_pack(
        "{s:[s, s], s:I, s:[f, f], s:[f, f], s:[f, f], s:[f, f], s:[o, o], s:I, s:I, s:I, s:I, "
        "s:f, s:f, s:f, s:[b, b], s:[o, o]}",
        "predictions", paths[0], paths[1], "rows", (json_int_t)c->rows, "accuracy",
        score_accuracy(&first), score_accuracy(&second), "loss", first.loss, second.loss,
        "macro_f1", first.macro_f1, second.macro_f1, "balanced_accuracy", first.balanced_accuracy,
        second.balanced_accuracy, "auc", json_real_or_null(first.auc),
        json_real_or_null(second.auc), "both", (json_int_t)c->both, "first_only",
        (json_int_t)c->only[0], "second_only", (json_int_t)c->only[1], "neither",
        (json_int_t)c->neither, "difference", comparison_difference(c), "standard_error",
        comparison_error(c), "p", mcnemar_p(c->only[0], c->only[1]), "trial", c->trial[0],
        c->trial[1], "relation", relation_json(&c->relation[0]), relation_json(&c->relation[1]));
    status = write_summary(summary, NULL);
    json_decref(summary);
    return status;
}

int main(int argc, char **argv)
{
    struct comparison comparison;
    struct err err;
    char **operands;
    int count, status = options_parse(&command, argc, argv, &operands, &count);

    if (status)
        return status;
    if (comparison_make(&comparison, operands, &err)) {
        status = fail(&err);
    } else {
        if (!common.quiet)
            print(&comparison, operands);
        status = end_of_printing();
        if (status == 0)
            status = summarize(&comparison, operands);
    }
    comparison_free(&comparison);
    return end_of_run(status);
}
