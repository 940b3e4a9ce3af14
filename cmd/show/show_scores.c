/* Shows the scores that were brought home from a leaderboard. */
#include "cmd/terminal/table.h"
#include "cmd/terminal/text_chart.h"
#include "pipeline/base/figures.h"
#include "pipeline/submit/leaderboard.h"
#include "show.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static void number_cell(struct table *table, double value)
{
    char text[32];

    snprintf(text, sizeof text, isnan(value) ? "-" : "%.5f", value);
    table_cell(table, text);
}

static int print_lines(const struct leaderboard *board, struct err *err)
{
    static const char *const heading[] = {"submission",  "noted",   "score",     "own rows",
                                          "leaderboard", "private", "difference"};
    struct table table = {.columns = sizeof heading / sizeof *heading};
    int result;

    for (int c = 0; c < table.columns; c++)
        table_cell(&table, heading[c]);
    for (int i = 0; i < board->count; i++) {
        const struct leaderboard_line *line = &board->lines[i];
        char text[64];

        table_cell(&table, line->submission);
        snprintf(text, sizeof text, "%.10s", line->time);
        table_cell(&table, text);
        table_cell(&table, line->metric);
        number_cell(&table, line->own);
        number_cell(&table, line->score);
        number_cell(&table, line->private_score);
        snprintf(text, sizeof text, isnan(line->own) ? "-" : "%+.5f%s", line->score - line->own,
                 fabs(line->apart) >= Z_95 ? " !" : "");
        table_cell(&table, text);
    }
    result = table_print(&table, TABLE_PLAIN, err);
    table_free(&table);
    return result;
}

static int plot(const struct terminal *t, const struct leaderboard *board, struct err *err)
{
    const char *metric = board->lines[board->count - 1].metric;
    double *values = calloc(3 * (size_t)board->count, sizeof *values);
    struct chart_line lines[] = {{.x = values, .label = "own rows", .dotted = true},
                                 {.x = values, .label = "leaderboard"}};
    const struct chart chart = {
        .title = metric, .what = "submission", .ticks = 5, .lines = lines, .count = 2};
    int result;

    if (!values)
        return err_memory(err, "a curve", 0);
    lines[0].count = lines[1].count =
        leaderboard_curves(board, metric, values, values + board->count, values + 2 * board->count);
    lines[0].y = values + board->count;
    lines[1].y = values + 2 * board->count;
    result = print_chart(t, &chart, err);
    free(values);
    return result;
}

static int print_board(const struct show *show, const struct leaderboard *board, struct err *err)
{
    char text[LEADERBOARD_TEXT];

    printf("\nscores of a leaderboard; !: further from that of own rows than chance explains, if "
           "all rows count there\n");
    if (print_lines(board, err))
        return -1;
    if (*leaderboard_agreement(board, text))
        puts(text);
    return plot(&show->terminal, board, err);
}

int show_scores(struct show *show, const json_t *scores, struct err *err)
{
    struct leaderboard board;
    int result = leaderboard_open(&board, scores, err);

    if (result == 0 && board.count > 0)
        result = print_board(show, &board, err);
    if (result == 0)
        json_object_set(show->summary, "scores", (json_t *)scores);
    leaderboard_free(&board);
    return result;
}
