/* Brings home what a leaderboard gave: a number, or a row of Kaggle's list of submissions. */
#include "leaderboard.h"

#include "label_style.h"
#include "pipeline/base/json.h"
#include "pipeline/base/path.h"
#include "pipeline/base/text.h"
#include "pipeline/csv/reader.h"
#include "pipeline/dataset/predictions.h"
#include "pipeline/predict/metrics.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

const char *const leaderboard_metrics[LEADERBOARD_METRICS + 1] = {
    "accuracy", "log-loss", "macro-f1", "balanced-accuracy", "auc", NULL};

static const char *const keys[LEADERBOARD_METRICS] = {"accuracy", "loss", "macro_f1",
                                                      "balanced_accuracy", "auc"};

/* ---- Reading ---- */

/* Refuses what the metric cannot be, as percent. */
static int check_range(double score, enum leaderboard_metric metric, const char *where,
                       struct err *err)
{
    const bool share = metric != LEADERBOARD_LOG_LOSS;

    if (score >= 0 && (score <= 1 || !share))
        return 0;
    if (share && score > 1 && score <= 100)
        return err_set(
            err, EX_DATAERR,
            "%s: %g is more than 1: 99.65 %% is 0.9965; a loss goes with --metric log-loss", where,
            score);
    return err_set(err, EX_DATAERR, "%s: %g is no %s", where, score, leaderboard_metrics[metric]);
}

/* Columns of Kaggle's list; -1: it has none. */
struct columns {
    int file, date, public_score, private_score;
    char **names; /* of all, for messages; those of others are empty */
};

static int find_columns(struct columns *c, struct csv_reader *reader, const struct csv_row *row,
                        struct err *err)
{
    static char none[] = "", file[] = "fileName", date[] = "date", public_score[] = "publicScore",
                private_score[] = "privateScore";
    const struct {
        char *name;
        int *column;
    } wanted[] = {{file, &c->file},
                  {date, &c->date},
                  {public_score, &c->public_score},
                  {private_score, &c->private_score}};

    *c = (struct columns){-1, -1, -1, -1, calloc((size_t)row->count, sizeof *c->names)};
    if (!c->names)
        return err_memory(err, "the names of columns", 0);
    for (int i = 0; i < row->count; i++) {
        c->names[i] = none;
        for (size_t k = 0; k < sizeof wanted / sizeof *wanted; k++)
            if (strcmp(csv_text(row, i), wanted[k].name) == 0) {
                *wanted[k].column = i;
                c->names[i] = wanted[k].name;
            }
    }
    if (c->file >= 0 && c->date >= 0 && c->public_score >= 0) {
        csv_reader_name_columns(reader, c->names);
        return 0;
    }
    return csv_reader_fail(reader, -1, err,
                           "is no number, and no list as `kaggle competitions submissions "
                           "--csv` prints it, with fileName, date and publicScore");
}

/* Takes the row if it is a later upload of that file with a score. */
static int take_row(struct leaderboard_score *score, const struct columns *c, const char *name,
                    enum leaderboard_metric metric, const struct csv_reader *reader,
                    const struct csv_row *row, struct err *err)
{
    const char *date = csv_text(row, c->date), *text = csv_text(row, c->public_score);
    double number;
    char where[256], quoted[QUOTED_TEXT];

    if (strcmp(csv_text(row, c->file), name) != 0 || !*text ||
        strncmp(date, score->uploaded, sizeof score->uploaded - 1) < 0)
        return 0;
    if (!label_decimal(text, &number))
        return csv_reader_fail(reader, c->public_score, err, "%s is not a number",
                               text_quote(quoted, text, strlen(text)));
    snprintf(where, sizeof where, "%s: line %lld", csv_reader_name(reader),
             (long long)csv_reader_line(reader));
    if (check_range(number, metric, where, err))
        return -1;
    score->score = number;
    if (c->private_score < 0 || !label_decimal(csv_text(row, c->private_score), &number))
        number = NAN;
    score->private_score = number;
    snprintf(score->uploaded, sizeof score->uploaded, "%s", date);
    return 0;
}

/* Refuses a file that was written after the upload: what got the score is gone. */
static int check_upload(const struct leaderboard_score *score, const char *submission,
                        struct err *err)
{
    struct stat status;
    struct tm tm;
    char written[sizeof score->uploaded] = "";

    if (stat(submission, &status) == 0 && gmtime_r(&status.st_mtime, &tm))
        strftime(written, sizeof written, "%Y-%m-%d %H:%M:%S", &tm);
    if (strcmp(written, score->uploaded) <= 0)
        return 0;
    return err_set(err, EX_TEMPFAIL,
                   "%s: written at %s UTC, after the upload of %s: the score is of another file; "
                   "--score takes the number itself where it is of this one",
                   submission, written, score->uploaded);
}

static int read_list(struct leaderboard_score *score, const char *path, const char *submission,
                     enum leaderboard_metric metric, struct inputs *inputs, struct err *err)
{
    const char *name = path_name(submission);
    struct csv_file file;
    struct csv_row row;
    struct columns columns = {0};
    int got;

    if (csv_file_open(&file, path, inputs, "scores", err))
        return -1;
    got = csv_reader_next(file.reader, &row, err);
    if (got == 0)
        got = err_set(err, EX_DATAERR, "%s: empty", csv_reader_name(file.reader));
    if (got > 0 && find_columns(&columns, file.reader, &row, err))
        got = -1;
    while (got > 0 && (got = csv_reader_next(file.reader, &row, err)) > 0)
        if (take_row(score, &columns, name, metric, file.reader, &row, err))
            got = -1;
    if (got == 0 && isnan(score->score))
        got = err_set(err, EX_DATAERR, "%s: has no score of a file %s",
                      csv_reader_name(file.reader), name);
    csv_file_close(&file);
    free(columns.names);
    return got < 0 ? -1 : check_upload(score, submission, err);
}

/* Refuses what is meant as a number, and no file. */
static int refuse_number(const char *text, struct err *err)
{
    char *end;
    const double number = strtod(text, &end);

    if (end == text || access(text, F_OK) == 0)
        return 0;
    if (end[strspn(end, " ")] == '%')
        return err_set(err, EX_USAGE,
                       "--score %s: a number without a percent sign is expected, here %.10g", text,
                       number / 100);
    return err_set(err, EX_USAGE, "--score %s: no number, as 0.9965, and no file", text);
}

int leaderboard_read(struct leaderboard_score *score, const char *text, const char *submission,
                     enum leaderboard_metric metric, struct inputs *inputs, struct err *err)
{
    double number;

    *score = (struct leaderboard_score){.score = NAN, .private_score = NAN};
    if (!label_decimal(text, &number))
        return refuse_number(text, err) || read_list(score, text, submission, metric, inputs, err)
                   ? -1
                   : 0;
    score->score = number;
    return check_range(number, metric, "--score", err);
}

/* ---- One's own rows ---- */

static int measure(struct metrics *metrics, struct predictions *predictions, struct err *err)
{
    enum { CHUNK_ROWS = 4096 };
    struct predictions_chunk chunk = {0};
    int got = -1;

    if (metrics_init(metrics, predictions->class_count, err) ||
        metrics_measure_auc(metrics, predictions->n, 1, err) ||
        predictions_chunk_init(&chunk, predictions, CHUNK_ROWS, err))
        goto out;
    while ((got = predictions_next(predictions, &chunk, err)) > 0)
        metrics_add(metrics, chunk.probabilities, chunk.labels, predictions->soft_labels, NULL,
                    chunk.count);
out:
    predictions_chunk_free(&chunk);
    return got;
}

int leaderboard_own(struct score *score, struct relation *relation, const char *path,
                    struct inputs *inputs, struct err *err)
{
    struct predictions predictions = {0};
    struct metrics metrics = {0};
    int result = predictions_open(&predictions, path, inputs, "own", err);

    if (result == 0 && !predictions.has_labels)
        result = err_set(
            err, EX_DATAERR,
            "%s: has no labels to score it by; predictions of rows that validate the model have",
            path);
    if (result == 0)
        result = measure(&metrics, &predictions, err);
    if (result == 0) {
        *score = metrics_score(&metrics);
        *relation = relation_of_predictions(predictions.file);
    }
    metrics_free(&metrics);
    predictions_close(&predictions);
    return result;
}

/* ---- The record ---- */

json_t *leaderboard_json(const struct leaderboard_score *score, const char *submission,
                         const char *digest, int64_t rows, enum leaderboard_metric metric,
                         const struct score *own)
{
    json_t *json =
        json_pack("{s:s, s:s, s:I, s:s, s:f, s:o}", "submission", submission, "digest", digest,
                  "rows", (json_int_t)rows, "metric", leaderboard_metrics[metric], "score",
                  score->score, "private_score", json_real_or_null(score->private_score));

    if (json && *score->uploaded)
        json_object_set_new(json, "uploaded", json_string(score->uploaded));
    if (json)
        json_object_set_new(json, "own", own ? score_json(own) : json_null());
    return json;
}

static const char *text_of(const json_t *line, const char *key)
{
    const char *text = json_string_value(json_object_get(line, key));

    return text ? text : "";
}

struct leaderboard_line leaderboard_line(const json_t *json)
{
    const json_t *own = json_object_get(json, "own");
    struct leaderboard_line line = {.time = text_of(json, "time"),
                                    .submission = text_of(json, "submission"),
                                    .digest = text_of(json, "digest"),
                                    .metric = text_of(json, "metric"),
                                    .score = json_number(json, "score"),
                                    .private_score = json_number(json, "private_score"),
                                    .own = NAN,
                                    .rows = json_number(json, "rows"),
                                    .own_rows = json_number(own, "rows"),
                                    .apart = NAN};

    for (int m = 0; m < LEADERBOARD_METRICS; m++)
        if (strcmp(line.metric, leaderboard_metrics[m]) == 0)
            line.own = json_number(own, keys[m]);
    if (strcmp(line.metric, leaderboard_metrics[LEADERBOARD_ACCURACY]) == 0)
        line.apart = (line.score - line.own) / hypot(accuracy_spread(line.own, line.own_rows),
                                                     accuracy_spread(line.score, line.rows));
    return line;
}

/* Adds a line in place of a former one of the same file, which it corrects. */
static void take_line(struct leaderboard *board, struct leaderboard_line line)
{
    int at = 0;

    while (at < board->count &&
           !(*line.digest && strcmp(board->lines[at].digest, line.digest) == 0 &&
             strcmp(board->lines[at].metric, line.metric) == 0))
        at++;
    if (at < board->count) {
        board->count--;
        memmove(&board->lines[at], &board->lines[at + 1],
                (size_t)(board->count - at) * sizeof line);
    }
    board->lines[board->count++] = line;
}

int leaderboard_open(struct leaderboard *board, const json_t *scores, struct err *err)
{
    const size_t count = json_array_size(scores);

    *board = (struct leaderboard){calloc(count + 1, sizeof *board->lines), 0};
    if (!board->lines)
        return err_memory(err, "the scores", 0);
    for (size_t i = 0; i < count; i++)
        take_line(board, leaderboard_line(json_array_get(scores, i)));
    return 0;
}

void leaderboard_free(struct leaderboard *board)
{
    free(board->lines);
    *board = (struct leaderboard){0};
}

bool leaderboard_has_pair(const struct leaderboard_line *line, const char *metric)
{
    return strcmp(line->metric, metric) == 0 && isfinite(line->own) && isfinite(line->score);
}

int leaderboard_curves(const struct leaderboard *board, const char *metric, double *number,
                       double *own, double *score)
{
    int count = 0;

    for (int i = 0; i < board->count; i++) {
        const struct leaderboard_line *line = &board->lines[i];

        if (!leaderboard_has_pair(line, metric))
            continue;
        number[count] = count + 1;
        own[count] = line->own;
        score[count++] = line->score;
    }
    return count;
}

const char *leaderboard_text(const struct leaderboard_line *line, char text[LEADERBOARD_TEXT])
{
    const double more = line->score - line->own;
    int size =
        snprintf(text, LEADERBOARD_TEXT, "%s %.5g on the leaderboard", line->metric, line->score);

    if (!isnan(line->private_score))
        size += snprintf(text + size, (size_t)(LEADERBOARD_TEXT - size), " (private %.5g)",
                         line->private_score);
    if (isnan(line->own))
        return text;
    size += snprintf(text + size, (size_t)(LEADERBOARD_TEXT - size), ", %.5g on own rows: %.2g %s",
                     line->own, fabs(more), more < 0 ? "lower" : "higher");
    if (!isnan(line->apart))
        snprintf(text + size, (size_t)(LEADERBOARD_TEXT - size),
                 fabs(line->apart) < Z_95 ? ", which may be chance"
                                          : ", more than chance explains (%.1f standard errors)",
                 fabs(line->apart));
    return text;
}

const char *leaderboard_agreement(const struct leaderboard *board, char text[LEADERBOARD_TEXT])
{
    long long pairs = 0, alike = 0;

    *text = 0;
    for (int i = 0; i < board->count; i++)
        for (int j = 0; j < i; j++) {
            const struct leaderboard_line *a = &board->lines[i], *b = &board->lines[j];
            const double own = a->own - b->own, score = a->score - b->score;

            if (strcmp(a->metric, b->metric) != 0 || isnan(own) || own == 0 || score == 0)
                continue;
            pairs++;
            alike += (own > 0) == (score > 0);
        }
    if (pairs > 0)
        snprintf(text, LEADERBOARD_TEXT,
                 "Of %lld pair%s of submissions the leaderboard ranks %lld as own rows do.", pairs,
                 plural(pairs), alike);
    return text;
}
