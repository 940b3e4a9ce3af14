/* submit: writes the CSV that a leaderboard takes, or checks one. */
#include "cmd/cli/options.h"
#include "cmd/cli/say.h"
#include "cmd/terminal/score_tables.h"

#include "pipeline/fit/runs.h"
#include "pipeline/submit/check.h"
#include "pipeline/submit/join.h"
#include "pipeline/submit/leaderboard.h"
#include "pipeline/submit/score.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static const char *output, *sample, *check, *truth, *given, *own, *runs;
static int metric;
static struct submission_format format = {.id_start = 1};
static struct submission_expected expected;
static bool vote, mean;

static const struct option_spec options[] = {
    OUTPUT("output", 'o', &output, "the CSV to write; - is standard output"),
    TEXT("header", "A,B", &format.header,
         "column names (default: ImageId,Label; with ids of the data their column's name and "
         "label)"),
    INT("id-start", "N", &format.id_start, -1e15, 1e15,
        "id of the first row, where the data has no ids"),
    FLAG("probabilities", &format.probabilities,
         "a column of probabilities for each class instead of the label; the second class's alone "
         "where --sample has one column"),
    INPUT("sample", &sample,
          "sample submission: header, columns, rows by their ids and the labels' spelling are as "
          "there; one column of fractions is the probability of the second of two classes"),
    TITLE_OPTION,
    HEADING("Joining submissions, CSVs in place of PRED"),
    FLAG("vote", &vote,
         "give each id the label that most of them have, of equals that of the first named"),
    FLAG("mean", &mean, "give each id the mean of their probabilities, column by column"),
    HEADING("Checking a submission, nothing is written"),
    INPUT("check", &check,
          "say what a leaderboard would reject in this CSV, held against PRED, --sample, both, or "
          "--expect-rows"),
    INT("expect-rows", "N", &expected.rows, 0, 1e15,
        "expect N rows with ids from --id-start on, 0: any"),
    INPUT("truth", &truth,
          "score it, labels or probabilities, against this CSV of ids and true labels"),
    HEADING("Noting what a leaderboard gave the submission of --check"),
    TEXT("score", "NUMBER|FILE", &given,
         "its score, or the list that `kaggle competitions submissions --csv` prints, - from "
         "standard input"),
    CHOICE("metric", &metric, leaderboard_metrics, "what the score is"),
    INPUT("own", &own,
          "predictions, of the models that made PRED, for rows with labels: the score that was "
          "expected"),
    OUTPUT("runs", 0, &runs, "runs.jsonl, which gets a line; csvnet show and report compare them"),
    COMMON_OPTIONS,
};

static const struct command command = {
    .name = "submit",
    .synopsis =
        "PRED -o FILE [options] or csvnet submit --vote|--mean CSV CSV... -o FILE or csvnet submit "
        "--check FILE [PRED] [--score NUMBER --runs FILE]",
    .summary =
        "Turns predictions into a submission: a row for each row of the data with its id and "
        "label as the training CSV spelt it. Uploads nothing. Or joins submissions, checks one, or "
        "notes its score.",
    .options = options,
    .min_operands = 0,
    .max_operands = -1,
    .example = "submit test.pred.st.zst -o submission.csv --sample sample.csv",
};

static int join_mistakes(int operands)
{
    const char *option = vote ? "--vote" : "--mean";

    if (vote && mean)
        return usage_error("--vote is for labels, --mean for probabilities: give one");
    if (check || truth || expected.rows || sample || format.header || format.probabilities ||
        format.id_start != 1)
        return usage_error("%s goes with -o alone: header, ids and labels are as in the first "
                           "submission",
                           option);
    if (operands < 2)
        return usage_error("%s takes two submissions or more", option);
    return output ? 0 : usage_error("-o FILE is missing");
}

/* Tells whether a name promises what is not written: leaderboards go by it. */
static bool is_named_packed(const char *path)
{
    static const char *const endings[] = {".gz", ".zip", ".zst", ".bz2", ".xz", ".7z"};
    const char *ending = strrchr(path, '.');

    for (size_t i = 0; ending && i < sizeof endings / sizeof *endings; i++)
        if (strcasecmp(ending, endings[i]) == 0)
            return true;
    return false;
}

static int mistakes(char **operands_list, int operands)
{
    if (output && is_named_packed(output))
        return usage_error("-o %s: a submission is written as plain text; name it .csv and pack "
                           "that",
                           output);
    if (vote || mean)
        return join_mistakes(operands);
    if (operands > 1)
        return usage_error("unexpected operand '%s': a submission is of one file of predictions; "
                           "csvnet predict PRED PRED... -o PRED makes one of several, their mean, "
                           "and --vote or --mean joins submissions",
                           operands_list[1]);
    if (sample && format.id_start != 1)
        return usage_error("--sample brings its own ids: leave out --id-start");
    if (check && (output || format.probabilities))
        return usage_error("--check writes nothing: leave out %s",
                           output ? "-o" : "--probabilities");
    if (check && expected.rows && (operands || sample))
        return usage_error("--check takes --expect-rows without PRED and --sample");
    if (check && truth && strcmp(check, "-") == 0)
        return usage_error("--truth reads the submission twice, which standard input cannot do");
    if (!given != !runs)
        return usage_error("--score and --runs go together: what to note, and where");
    if (given && !check)
        return usage_error("--score needs --check FILE, the submission that got it");
    if (given && strcmp(check, "-") == 0)
        return usage_error("--score notes the submission's name: standard input has none");
    if (own && !given)
        return usage_error("--own goes with --score");
    if (own && operands == 0)
        return usage_error("--own needs PRED, which tells that the submission is of these models");
    if (check)
        return 0;
    if (truth || expected.rows)
        return usage_error("%s needs --check FILE", truth ? "--truth" : "--expect-rows");
    if (operands == 0)
        return usage_error("missing argument; usage: csvnet submit %s", command.synopsis);
    return output ? 0 : usage_error("-o FILE is missing");
}

static void print_score(const char *path, const struct score *score)
{
    char text[SCORE_TEXT];

    print_line("%s: %s", path, score_text(score, text));
    print_line("%s", contest_text(score, text));
}

/* ---- Writing ---- */

static int say_written(const char *path, const struct predictions *p, const struct metrics *score,
                       const struct submission_summary *summary)
{
    struct score figures;
    json_t *json = json_pack("{s:s, s:I, s:s}", "submission", output, "rows",
                             (json_int_t)summary->rows, "header", summary->header);
    const char *one = summary->probability_of;
    const bool each = format.probabilities && !one;

    say("%s: %lld row%s, ids %s to %s, %s%s%s%s%s", output_name(output), (long long)summary->rows,
        plural(summary->rows), summary->first_id, summary->last_id,
        each ? "a probability for each class" : "header ", each ? "" : summary->header,
        one ? ", the probability of class '" : "", one ? one : "", one ? "'" : "");
    if (*summary->doubt)
        warn("%s: %s", sample, summary->doubt);
    if (summary->endings) {
        say("%s: %lld id%s by another ending than the picture's: %s of %s", sample,
            (long long)summary->endings, plural(summary->endings), summary->ending,
            input_name(path));
        json_object_set_new(json, "ids_by_ending", json_integer(summary->endings));
    }
    if (summary->trusted)
        say("%s has no ids: its rows are taken to be in the order of %s", input_name(path), sample);
    if (p->trial)
        warn("%s: predicted by a trial's models: a complete submission, but not one to upload",
             path);
    if (p->has_labels) {
        figures = metrics_score(score);
        if (!common.quiet)
            print_score(input_name(path), &figures);
        say("the data is labelled: this is its score, and there may be nothing to upload");
        json_object_set_new(json, "score", metrics_json(score, p->classes, p->class_names));
    }
    return write_summary(json, NULL);
}

static int write_submission(const char *path)
{
    struct output *out = NULL;
    struct inputs inputs = {0};
    struct predictions predictions = {0};
    struct metrics score = {0};
    struct submission_summary summary = {0};
    struct err err;
    int status;

    if (output_open(&out, output, &err) ||
        predictions_open(&predictions, path, &inputs, "predictions", &err) ||
        metrics_init(&score, predictions.class_count, &err) ||
        metrics_measure_auc(&score, predictions.n, 1, &err) ||
        submission_write(out, &predictions, &format, sample, &inputs, &score, &summary, &err) ||
        outputs_refuse_inputs(&inputs, &err) || output_commit(out, &inputs, &err))
        status = fail(&err);
    else
        status = say_written(path, &predictions, &score, &summary);
    submission_summary_free(&summary);
    metrics_free(&score);
    predictions_close(&predictions);
    inputs_free(&inputs);
    output_close(out);
    return status;
}

/* ---- Joining ---- */

static int say_joined(char *const *paths, int count, const struct join_summary *summary)
{
    json_t *names = json_array(), *json;

    for (int i = 0; i < count; i++)
        json_array_append_new(names, json_string(paths[i]));
    if (mean) {
        say("%s: %lld row%s, the mean of %d submissions", output_name(output),
            (long long)summary->rows, plural(summary->rows), count);
        return write_summary(json_pack("{s:s, s:I, s:o}", "submission", output, "rows",
                                       (json_int_t)summary->rows, "mean", names),
                             NULL);
    }
    say("%s: %lld row%s by the votes of %d submissions; they agree on %lld; %s "
        "decides %lld tie%s",
        output_name(output), (long long)summary->rows, plural(summary->rows), count,
        (long long)summary->agreed, paths[0], (long long)summary->tied, plural(summary->tied));
    json = json_pack("{s:s, s:I, s:I, s:I, s:o}", "submission", output, "rows",
                     (json_int_t)summary->rows, "agreed", (json_int_t)summary->agreed, "tied",
                     (json_int_t)summary->tied, "votes", names);
    return write_summary(json, NULL);
}

static int join_submissions(char **paths, int count)
{
    struct output *out = NULL;
    struct inputs inputs = {0};
    struct join_summary summary;
    struct err err;
    int status;

    if (output_open(&out, output, &err) ||
        submission_join(out, mean ? JOIN_MEAN : JOIN_VOTE, paths, count, &inputs, &summary, &err) ||
        outputs_refuse_inputs(&inputs, &err) || output_commit(out, &inputs, &err))
        status = fail(&err);
    else
        status = say_joined(paths, count, &summary);
    inputs_free(&inputs);
    output_close(out);
    return status;
}

/* ---- Checking ---- */

/* Returns the score of --own, or NULL with the cause in err. */
static const struct score *read_own(struct score *score, const struct submission_check *found,
                                    const char *predictions, struct inputs *inputs, struct err *err)
{
    struct relation relation;
    char worth[RELATION_TEXT];

    if (found->changed > 0) {
        err_set(err, EX_DATAERR,
                "%s: %lld label%s not those of %s: name the predictions that it was written from, "
                "or leave out --own",
                input_name(check), (long long)found->changed, found->changed == 1 ? " is" : "s are",
                predictions);
        return NULL;
    }
    if (leaderboard_own(score, &relation, own, inputs, err))
        return NULL;
    if (*relation_text(&relation, worth))
        warn("%s: %s", own, worth);
    return score;
}

static void print_noted(const json_t *line, bool added)
{
    const struct leaderboard_line noted = leaderboard_line(line);
    char text[LEADERBOARD_TEXT];

    print_line("%s: %s%s", input_name(check), leaderboard_text(&noted, text),
               added ? "" : "; it was noted before");
}

/* Notes the score of --score. */
static int note_score(const struct submission_check *found, const char *predictions,
                      struct inputs *inputs, json_t *json)
{
    const struct score *expectation = NULL;
    struct leaderboard_score score;
    struct score of_own;
    struct err err;
    json_t *line = NULL;
    int added = -1;

    if (leaderboard_read(&score, given, check, (enum leaderboard_metric)metric, inputs, &err) ==
            0 &&
        (!own || (expectation = read_own(&of_own, found, predictions, inputs, &err))) &&
        outputs_refuse_inputs(inputs, &err) == 0) {
        line = leaderboard_json(&score, check, inputs_digest(inputs, 0), found->rows,
                                (enum leaderboard_metric)metric, expectation);
        added = line ? runs_add_score(runs, line, &err) : err_memory(&err, "a score", 0);
    }
    if (added >= 0) {
        print_noted(line, added > 0);
        json_object_set(json, "noted", line);
    }
    json_decref(line);
    return added < 0 ? fail(&err) : 0;
}

static int reject(const struct submission_check *found)
{
    struct err verdict;
    char counts[80] = "";

    for (int i = 0; i < SUBMISSION_FAULTS && i < found->faults; i++)
        fail(&found->first[i]);
    if (found->whole && found->expected_rows && found->expected_rows != found->rows)
        snprintf(counts, sizeof counts, " (rows: %lld, expected: %lld)", (long long)found->rows,
                 (long long)found->expected_rows);
    err_set(&verdict, EX_DATAERR, "%s: %lld fault%s%s%s: a leaderboard would reject it",
            input_name(check), (long long)found->faults, plural(found->faults), counts,
            found->faults > SUBMISSION_FAULTS ? ", the first ten above" : "");
    return fail(&verdict);
}

static void approve(const struct submission_check *found)
{
    print_line("%s: no fault in %lld row%s%s", input_name(check), (long long)found->rows,
               plural(found->rows),
               found->expected_rows ? ", the ids are those expected"
               : truth
                   ? ""
                   : "; which ids are expected is not known: give PRED, --sample or --expect-rows");
    if (*found->doubt)
        warn("%s", found->doubt);
}

static json_t *check_json(const struct submission_check *found)
{
    json_t *first = json_array();

    for (int i = 0; i < SUBMISSION_FAULTS && i < found->faults; i++)
        json_array_append_new(first, json_string(found->first[i].text));
    return json_pack("{s:s, s:I, s:I, s:I, s:o}", "submission", check, "rows",
                     (json_int_t)found->rows, "expected_rows", (json_int_t)found->expected_rows,
                     "faults", (json_int_t)found->faults, "first_faults", first);
}

/* Prints the score against --truth. */
static void print_truth(const struct score *score, json_t *json)
{
    print_score(input_name(check), score);
    if (score->correct == 0)
        warn("%s: no row is right: are labels spelt as in %s?", check, truth);
    json_object_set_new(json, "score", score_json(score));
}

/* Scores it; a column of probabilities is of the predictions' second class, if there are two. */
static int score(const char *path, struct inputs *inputs, json_t *json)
{
    struct predictions predictions = {0};
    struct score score;
    struct err err;
    int status = 0;

    if ((path && predictions_open(&predictions, path, NULL, "", &err)) ||
        submission_score(check, truth, predictions.class_count == 2 ? predictions.classes[1] : NULL,
                         inputs, &score, &err))
        status = fail(&err);
    else
        print_truth(&score, json);
    predictions_close(&predictions);
    return status;
}

static int check_submission(const char *predictions)
{
    struct inputs inputs = {0};
    struct submission_check found;
    struct err err;
    json_t *json;
    int status, written;

    expected.header = format.header;
    expected.id_start = format.id_start;
    expected.sample = sample;
    expected.predictions = predictions;
    expected.labels = own != NULL;
    if (submission_check(check, &expected, &inputs, &found, &err)) {
        status = fail(&err);
        goto out;
    }
    json = check_json(&found);
    status = found.faults ? reject(&found) : 0;
    if (status == 0)
        approve(&found);
    if (truth && status == 0)
        status = score(predictions, &inputs, json);
    if (given && status == 0)
        status = note_score(&found, predictions, &inputs, json);
    written = write_summary(json, &inputs);
    status = status ? status : written;
out:
    inputs_free(&inputs);
    return status;
}

int main(int argc, char **argv)
{
    char **operands;
    int count, status = options_parse(&command, argc, argv, &operands, &count);

    if (status)
        return status;
    status = mistakes(operands, count);
    if (status)
        return status;
    return end_of_run(vote || mean ? join_submissions(operands, count)
                      : check      ? check_submission(count ? operands[0] : NULL)
                                   : write_submission(operands[0]));
}
