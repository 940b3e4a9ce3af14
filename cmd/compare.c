/* compare: whether one of several predictions of the same rows is better, or only luckier; and
 * where no labels tell, how far they agree. */
#include "cmd/cli/options.h"
#include "cmd/cli/say.h"
#include "cmd/compare/compare_weigh.h"
#include "cmd/terminal/score_tables.h"
#include "cmd/terminal/table.h"
#include "pipeline/base/figures.h"
#include "pipeline/base/json.h"
#include "pipeline/base/path.h"
#include "pipeline/predict/comparison.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool markdown, latex;
static const char *weights;

static const struct option_spec options[] = {
    {OPTION_FLAG, "markdown", 0, NULL, &markdown, 0, 0, NULL,
     "print a table of the scores in Markdown, for a README"},
    {OPTION_FLAG, "latex", 0, NULL, &latex, 0, 0, NULL,
     "print it in LaTeX (package booktabs), for a paper"},
    OUTPUT("weigh", 0, &weights,
           "find weights for their mean, by rows that no model trained on, say what they gain, and "
           "write them as JSON for predict --weights FILE.json"),
    TITLE_OPTION,
    COMMON_OPTIONS};

static const struct command command = {
    .name = "compare",
    .synopsis = "PRED PRED... [options]",
    .summary =
        "Compares predictions of the same rows, out of fold for one. With labels: counts the rows "
        "that one alone has right, and says how likely so unequal counts are by chance (McNemar's "
        "exact test, two-sided), of more than two each against the first. Without: counts the "
        "rows that both predict alike.",
    .options = options,
    .min_operands = 2,
    .max_operands = -1,
    .example = "compare a.oof.pred.st.zst b.oof.pred.st.zst",
};

/* The first file against each of the others. */
struct comparisons {
    struct comparison *list; /* [count - 1] */
    char *const *paths;      /* [count] */
    int count;
};

/* Returns how likely the two are so far apart by chance. */
static double p_of(const struct comparison *c)
{
    return mcnemar_p(c->only[0], c->only[1]);
}

/* Finds whose scores and conditions those of file i are: side `*side` of the comparison. */
static const struct comparison *comparison_of(const struct comparisons *all, int i, int *side)
{
    *side = i > 0;
    return &all->list[i > 0 ? i - 1 : 0];
}

/* ---- Two ---- */

static void print_difference(const struct comparison *c)
{
    const double told_apart = 0.05, p = p_of(c);
    const struct interval ends = comparison_interval(c);
    const int trained = comparison_trained_side(c);
    char text[P_TEXT];

    printf("the first less the second: %+.3f %% ", 100 * comparison_difference(c));
    if (comparison_is_extreme(c))
        printf("(%+.3f to %+.3f %%)", 100 * ends.low, 100 * ends.high);
    else
        printf("+- %.3f %%", 100 * comparison_error(c));
    printf(", p %s: ", p_text(p, 3, text));
    if (trained >= 0) {
        printf("not compared fairly, for the %s these are %s\n", trained ? "second" : "first",
               relation_legend(relation_kind(&c->relation[trained])));
        return;
    }
    printf("%s\n", p >= told_apart           ? "not told apart"
                   : c->only[0] > c->only[1] ? "the first is better"
                                             : "the second is better");
}

static void print_labelled(const struct comparison *c, char *const paths[2])
{
    for (int s = 0; s < 2; s++) {
        const struct score score = metrics_score(&c->each[s]);
        char text[SCORE_TEXT], relation[RELATION_TEXT];

        print_shown(paths[s]);
        printf("%s: %s\n", c->trial[s] ? " (a trial)" : "", score_text(&score, text));
        if (*relation_text(&c->relation[s], relation))
            printf("    %s\n", relation);
        printf("    %s\n", contest_text(&score, text));
    }
    printf("right in both %lld, in the first alone %lld, in the second alone %lld, in neither "
           "%lld\n",
           (long long)c->both, (long long)c->only[0], (long long)c->only[1], (long long)c->neither);
    print_difference(c);
}

/* ---- Without labels ---- */

enum { MOST_PAIRS = 15 };

static int print_unlabelled(const struct comparison *c, struct err *err)
{
    const long long alike = (long long)c->against.correct;
    struct confusion list[MOST_PAIRS];
    const int count = metrics_confusions(&c->against, list, MOST_PAIRS);
    struct table table = {.columns = 3};
    char text[SHARE_TEXT];
    int result;

    printf("predicted alike %lld of %lld rows, %s %%; %lld differ\n", alike, (long long)c->rows,
           percent_text(metrics_accuracy(&c->against), 2, text), (long long)c->rows - alike);
    printf("that is how far they agree, not how good they are: there are no labels\n");
    if (count == 0)
        return 0;
    printf("\npredicted differently most often:\n");
    table_cell(&table, "the first");
    table_cell(&table, "the second");
    table_cell(&table, "rows");
    for (int i = 0; i < count; i++) {
        table_cell(&table, c->names[list[i].truth]);
        table_cell(&table, c->names[list[i].predicted]);
        snprintf(text, sizeof text, "%lld", (long long)list[i].rows);
        table_cell(&table, text);
    }
    result = table_print(&table, TABLE_PLAIN, err);
    table_free(&table);
    return result;
}

/* ---- A table ---- */

static void add_row(struct table *table, const struct comparisons *all, int i, const char *sign)
{
    int side;
    const struct comparison *c = comparison_of(all, i, &side);
    const struct score score = metrics_score(&c->each[side]);
    const char *mark = relation_mark(relation_kind(&c->relation[side]));
    char text[ACCURACY_TEXT], loss[LOSS_TEXT], name[4096];

    snprintf(name, sizeof name, "%s%s%s%s", all->paths[i], c->trial[side] ? " (a trial)" : "",
             *mark ? " " : "", mark);
    table_cell(table, name);
    table_cell(table, accuracy_text(score_accuracy(&score), (double)score.rows, sign, text));
    table_cell(table, ratio_text(score.macro_f1, 4, text));
    table_cell(table, ratio_text(score.balanced_accuracy, 4, text));
    table_cell(table, ratio_text(score.auc, 4, text));
    snprintf(text, sizeof text, "%s%s", score.at_least ? ">" : "", loss_text(score.loss, loss));
    table_cell(table, text);
    snprintf(text, sizeof text, "%lld", (long long)(score.rows - score.correct));
    table_cell(table, text);
    snprintf(text, sizeof text, "%lld", (long long)score.rows);
    table_cell(table, text);
    p_text(p_of(c), 2, text);
    table_cell(table, i == 0 ? "-" : *text == '=' ? text + 2 : text);
}

/* Says what p and the marks after names stand for; in LaTeX as comments. */
static void print_legend(const struct comparisons *all, enum table_kind kind)
{
    const char *before = kind == TABLE_LATEX ? "% " : kind == TABLE_MARKDOWN ? "\n" : "";
    bool said[RELATION_UNKNOWN + 1] = {false};

    for (int i = 0; i < all->count; i++) {
        int side;
        const struct comparison *c = comparison_of(all, i, &side);
        const enum relation_kind of = relation_kind(&c->relation[side]);

        if (*relation_mark(of) && !said[of])
            printf("%s%s: %s\n", before, relation_mark(of), relation_legend(of));
        said[of] = true;
    }
    printf("%sp: McNemar's test against the first; without any difference one in twenty falls "
           "below 0.05\n",
           before);
}

static int print_table(const struct comparisons *all, struct err *err)
{
    static const char *const heads[] = {"predictions", "accuracy", "macro F1", "balanced", "AUC",
                                        "loss",        "wrong",    "rows",     "p"};
    const enum table_kind kind = markdown ? TABLE_MARKDOWN : latex ? TABLE_LATEX : TABLE_PLAIN;
    struct table table = {.columns = sizeof heads / sizeof *heads};
    int result;

    for (int i = 0; i < table.columns; i++)
        table_cell(&table, heads[i]);
    for (int i = 0; i < all->count; i++)
        add_row(&table, all, i, kind == TABLE_PLAIN ? "+-" : "±");
    result = table_print(&table, kind, err);
    table_free(&table);
    print_legend(all, kind);
    return result;
}

/* ---- JSON ---- */

static json_t *paths_json(const struct comparisons *all)
{
    json_t *list = json_array();

    for (int i = 0; i < all->count; i++)
        json_array_append_new(list, json_string(all->paths[i]));
    return list;
}

static json_t *interval_json(struct interval ends)
{
    return json_pack("[o, o]", json_real_or_null(ends.low), json_real_or_null(ends.high));
}

static json_t *unlabelled_json(const struct comparison *c)
{
    const int count = c->against.classes;
    json_t *pairs = json_array();

    for (int k = 0; k < count; k++)
        for (int l = 0; l < count; l++) {
            const int64_t rows = c->against.confusion[(size_t)k * (size_t)count + l];

            if (k != l && rows > 0)
                json_array_append_new(pairs,
                                      json_pack("{s:s, s:s, s:I}", "first", c->classes[k], "second",
                                                c->classes[l], "rows", (json_int_t)rows));
        }
    return json_pack("{s:I, s:I, s:I, s:o}", "rows", (json_int_t)c->rows, "alike",
                     (json_int_t)c->against.correct, "differ",
                     (json_int_t)(c->rows - c->against.correct), "pairs", pairs);
}

static json_t *labelled_json(const struct comparison *c)
{
    const struct score first = metrics_score(&c->each[0]), second = metrics_score(&c->each[1]);

    return json_pack(
        "{s:I, s:[f, f], s:[o, o], s:[f, f], s:[f, f], s:[f, f], s:[o, o], s:I, s:I, s:I, s:I, "
        "s:I, s:f, s:f, s:o, s:f, s:[b, b], s:[o, o]}",
        "rows", (json_int_t)c->rows, "accuracy", score_accuracy(&first), score_accuracy(&second),
        "ci95", interval_json(wilson_interval(score_accuracy(&first), (double)c->rows, Z_95)),
        interval_json(wilson_interval(score_accuracy(&second), (double)c->rows, Z_95)), "loss",
        first.loss, second.loss, "macro_f1", first.macro_f1, second.macro_f1, "balanced_accuracy",
        first.balanced_accuracy, second.balanced_accuracy, "auc", json_real_or_null(first.auc),
        json_real_or_null(second.auc), "both", (json_int_t)c->both, "first_only",
        (json_int_t)c->only[0], "second_only", (json_int_t)c->only[1], "neither",
        (json_int_t)c->neither, "alike", (json_int_t)c->against.correct, "difference",
        comparison_difference(c), "standard_error", comparison_error(c), "difference_ci95",
        interval_json(comparison_interval(c)), "p", p_of(c), "trial", c->trial[0], c->trial[1],
        "relation", relation_json(&c->relation[0]), relation_json(&c->relation[1]));
}

/* Returns the one comparison, or a list of all. */
static json_t *summary_of(const struct comparisons *all)
{
    json_t *list = json_array(), *summary;

    for (int i = 0; i + 1 < all->count; i++)
        json_array_append_new(list, all->list[i].labelled ? labelled_json(&all->list[i])
                                                          : unlabelled_json(&all->list[i]));
    summary = all->count == 2 ? json_incref(json_array_get(list, 0))
                              : json_pack("{s:O}", "against_first", list);
    json_decref(list);
    json_object_set_new(summary, "predictions", paths_json(all));
    return summary;
}

/* ---- Running ---- */

/* Tells whether a file begins with letters and the like, as tensor files do not. */
static bool is_text(const char *path)
{
    enum { LOOKED_AT = 8 };
    FILE *file = path_is_regular(path) ? fopen(path, "re") : NULL;
    int count = 0;

    for (int c; file && count < LOOKED_AT && (c = getc(file)) != EOF; count++)
        if (!isprint(c) && !isspace(c))
            break;
    if (file)
        fclose(file);
    return count == LOOKED_AT;
}

static bool is_model(const char *path)
{
    struct tensor_file *file = NULL;
    struct err ignored;
    bool is = path_is_regular(path) && tensor_file_open(&file, path, NULL, "", &ignored) == 0 &&
              strcmp(tensor_file_kind(file), "model/1") == 0;

    tensor_file_close(file);
    return is;
}

static int print(const struct comparisons *all, struct err *err)
{
    const struct comparison *c = all->list;

    if (!c->labelled && (markdown || latex || all->count > 2))
        return err_set(err, EX_USAGE,
                       "%s: it has no labels, and without them there is no score to put into a "
                       "table: compare two files, without --markdown and --latex",
                       all->paths[0]);
    if (!c->labelled)
        return print_unlabelled(c, err);
    if (markdown || latex || all->count > 2)
        return print_table(all, err);
    print_labelled(c, all->paths);
    return 0;
}

static int compare(struct comparisons *all)
{
    struct err err;
    int status;

    for (int i = 0; i + 1 < all->count; i++)
        if (comparison_make(&all->list[i], (char *const[]){all->paths[0], all->paths[i + 1]},
                            &err)) {
            status = fail(&err);
            if (is_text(all->paths[0]))
                complain(
                    "two submissions, or one and the truth: csvnet submit --check A --truth B");
            else if (is_model(all->paths[0]) && is_model(all->paths[i + 1]))
                complain("what differs between two models: csvnet explain MODEL MODEL");
            return status;
        }
    for (int i = 0; i + 1 < all->count; i++)
        if (all->list[i].by_id)
            say("%s: of other data than %s: compared by ids", all->paths[i + 1], all->paths[0]);
    if (print(all, &err))
        return fail(&err);
    status = end_of_printing();
    if (status || !common.json)
        return status;
    return write_summary(summary_of(all), NULL);
}

int main(int argc, char **argv)
{
    struct comparisons all = {0};
    char **operands;
    int status = options_parse(&command, argc, argv, &operands, &all.count);

    if (status)
        return status;
    if (markdown && latex)
        return usage_error("--markdown and --latex are two forms of one table: give one");
    if (weights && (markdown || latex))
        return usage_error("--markdown and --latex are for scores, --weigh finds weights");
    if (weights)
        return end_of_run(compare_weigh(operands, all.count, weights));
    all.paths = operands;
    all.list = calloc((size_t)all.count, sizeof *all.list);
    status = all.list ? compare(&all) : fail_memory("the comparisons");
    for (int i = 0; all.list && i < all.count; i++)
        comparison_free(&all.list[i]);
    free(all.list);
    return end_of_run(status);
}
