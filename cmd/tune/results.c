/* What a tuning came to: the table, and the recipe. */
#include "private.h"

#include "cmd/cli/progress.h"
#include "cmd/cli/say.h"
#include "pipeline/base/json.h"
#include "pipeline/files/output.h"
#include "pipeline/model/recipe.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SHOWN = 12, FAILED_SHOWN = 3 };

/* ---- The table ---- */

/* Counts the candidates that a rung has judged: for others the time was not enough, or they failed.
 */
static int tried_count(const struct tune *t)
{
    int count = 0;

    for (int i = 0; i < t->count; i++)
        count += !t->candidates[i].failed && t->candidates[i].rung >= 0;
    return count;
}

static bool in_percent(const struct tune *t)
{
    return t->by == KEEP_ACCURACY;
}

/* Returns the figure of a score, as people know it. */
static double figure_of(const struct tune *t, double score)
{
    return keep_figures[t->by].higher ? score : -score;
}

const char *ranked_text(const struct tune *t, double score, char text[RANKED_TEXT])
{
    snprintf(text, RANKED_TEXT, in_percent(t) ? "%.2f %%" : "%.4f",
             in_percent(t) ? 100 * score : figure_of(t, score));
    return text;
}

static void print_row(const struct tune *t, const struct candidate *c, int rank)
{
    const int rung = c->rung;
    char score[RANKED_TEXT], spread[24] = "", trained[32];

    ranked_text(t, c->score, score);
    if (!isnan(c->spread))
        snprintf(spread, sizeof spread, in_percent(t) ? "+- %.2f" : "+- %.4f",
                 in_percent(t) ? 100 * c->spread : c->spread);
    snprintf(trained, sizeof trained, "%d x %d", halving_epochs(&t->halving, rung, c->epochs),
             halving_folds(&t->halving, rung));
    print_line("%4d  %6.*s %-*s  %6.4f  %6s  %6.1f  %s", rank, (int)strcspn(score, " "), score,
               in_percent(t) ? 7 : 9, spread, t->by == KEEP_BEST ? c->accuracy : c->loss, trained,
               c->seconds, c->number ? t->texts[c->number] : "as it is");
}

/* Prints the best, the model as it is, and what failed. */
static void print_table(const struct tune *t)
{
    int failed = 0;

    if (in_percent(t))
        print_line("      accuracy and    loss    epochs");
    else
        print_line("      %-18s%-8sepochs", keep_figures[t->by].name,
                   t->by == KEEP_BEST ? "acc." : "loss");
    print_line("rank  %-*s  x folds  seconds  options of %s", in_percent(t) ? 22 : 24,
               in_percent(t) ? "its spread, %" : "and its spread", t->model);
    for (int i = 0; i < t->count; i++) {
        const struct candidate *c = t->ranked[i];

        if (!c->failed && c->rung >= 0 && (i < SHOWN || c->number == 0))
            print_row(t, c, i + 1);
    }
    for (int i = 0; i < t->count; i++)
        if (t->candidates[i].failed && ++failed <= FAILED_SHOWN)
            print_line("failed: %s: %s", t->texts[i], t->reasons[i]);
    if (failed > FAILED_SHOWN)
        print_line("and %d more failed", failed - FAILED_SHOWN);
}

/* Says how far the best is ahead of the model as it is, where both came to the end. */
static void print_ahead(const struct tune *t, const struct candidate *best)
{
    const struct candidate *as_it_is = &t->candidates[0];
    const int last = t->halving.rungs - 1, folds = t->halving.folds;
    double ahead, error;

    if (tried_count(t) == 1 && t->failures == 0) {
        print_line("The time was enough for %s.fit as it is alone: nothing else was tried",
                   t->model);
    } else if (best == as_it_is) {
        print_line("Nothing that was tried is better than %s.fit as it is", t->model);
    } else if (best->rung == last && as_it_is->rung == last && !as_it_is->failed && folds > 1) {
        ahead = candidate_ahead(best, as_it_is, folds, &error);
        print_line("It is %.*f +- %.*f %sahead of %s.fit as it is, by the same folds%s",
                   in_percent(t) ? 2 : 4, in_percent(t) ? 100 * ahead : ahead,
                   in_percent(t) ? 2 : 4, in_percent(t) ? 100 * error : error,
                   in_percent(t) ? "% " : "", t->model,
                   ahead < 2 * error ? ": that may be chance" : "");
    }
}

/* ---- The recipe ---- */

/* Writes option words to a recipe, --recipe replaced by what is in it, letters by names; none of
 * those that `after` has too. */
static void add_to_recipe(struct tune *t, const struct words *words, const struct words *after,
                          struct strbuf *text)
{
    static const char *const names[][2] = {{"-a", "--arch"}, {"-e", "--epochs"}, {"-s", "--seed"}};

    for (int i = 0; i < words->count; i++) {
        const char *word = words->list[i], *value;
        const int recipe = words_option(words, i, "--recipe", 0, &value);
        struct recipe own = {0};
        struct err ignored;

        for (int n = 0; n < 3; n++)
            if (strcmp(word, names[n][0]) == 0)
                word = names[n][1];
        if (recipe && recipe_find(&own, value, &ignored) == 0) {
            const struct words options = {(const char **)own.option, own.options, own.options};

            add_to_recipe(t, &options, after, text);
            if (own.description[0] && !words_have(after, "--arch"))
                strbuf_printf(text, "\n--arch %s", shell_word(own.description, t->pool));
            i += recipe - 1;
        } else if (begins_with(word, "--") && words_have(after, word)) {
            while (i + 1 < words->count && words->list[i + 1][0] != '-')
                i++;
        } else {
            strbuf_printf(text, "%s%s", begins_with(word, "--") ? "\n" : " ",
                          shell_word(word, t->pool));
        }
        recipe_free(&own);
    }
}

static int write_recipe(struct tune *t, const char *path, struct err *err)
{
    const struct candidate *best = t->ranked[0];
    struct strbuf text = {0};
    char score[RANKED_TEXT];
    int result;

    strbuf_printf(&text,
                  "# By make tune: the best of %d, %s%s%s after %d epochs on %d folds; chosen by "
                  "that, so it flatters.",
                  tried_count(t), in_percent(t) ? "" : keep_figures[t->by].name,
                  in_percent(t) ? "" : " ", ranked_text(t, best->score, score),
                  halving_epochs(&t->halving, best->rung, best->epochs),
                  halving_folds(&t->halving, best->rung));
    add_to_recipe(t, &t->base, &t->drawn[best->number], &text);
    add_to_recipe(t, &t->drawn[best->number], &(struct words){0}, &text);
    strbuf_puts(&text, "\n");
    result = text.failed || t->pool->failed ? err_memory(err, "the recipe", 0)
                                            : output_whole(path, text.text, err);
    strbuf_free(&text);
    return result;
}

/* ---- The summary, for the report ---- */

static json_t *candidate_json(const struct tune *t, const struct candidate *c)
{
    json_t *rungs = json_array();

    for (int rung = 0; rung < t->halving.rungs; rung++)
        if (isfinite(c->judged[rung]))
            json_array_append_new(rungs, json_pack("{s:i, s:f}", "epochs",
                                                   halving_epochs(&t->halving, rung, c->epochs),
                                                   "score", figure_of(t, c->judged[rung])));
    return json_pack("{s:s, s:b, s:f, s:o, s:f, s:f, s:i, s:i, s:f, s:o}", "options",
                     t->texts[c->number], "as_it_is", c->number == 0, "score",
                     figure_of(t, c->score), "spread", json_real_or_null(c->spread), "accuracy",
                     c->accuracy, "loss", c->loss, "epochs",
                     halving_epochs(&t->halving, c->rung, c->epochs), "folds",
                     halving_folds(&t->halving, c->rung), "seconds", c->seconds, "rungs", rungs);
}

static int write_json(struct tune *t, const char *path, struct err *err)
{
    json_t *tried = json_array(), *json;
    const char *line;
    char *text;
    int result;

    for (int i = 0; i < t->count; i++)
        if (!t->ranked[i]->failed && t->ranked[i]->rung >= 0)
            json_array_append_new(tried, candidate_json(t, t->ranked[i]));
    json = json_pack("{s:s, s:s, s:i, s:f, s:o}", "tuned", t->model, "metric",
                     keep_figures[t->by].name, "failed", t->failures, "seconds", now() - t->begin,
                     "tried", tried);
    text = json ? json_text(json, JSON_INDENT(1) | JSON_REAL_PRECISION(9)) : NULL;
    line = pool_text(t->pool, "%s\n", text ? text : "");
    result =
        text && !t->pool->failed ? output_whole(path, line, err) : err_memory(err, "the table", 0);
    free(text);
    json_decref(json);
    return result;
}

int tune_conclude(struct tune *t, const char *recipe, struct err *err)
{
    const struct candidate *best;

    candidates_rank(t->ranked, t->count);
    best = t->ranked[0];
    if (t->count == 0 || best->failed || best->rung < 0)
        return err_set(err, EX_TEMPFAIL,
                       "WITHIN: %.0f seconds are not enough for epoch %d of %s on a fold; what was "
                       "trained is kept, so make tune goes on from there",
                       fmax(0, t->until - t->begin),
                       halving_epochs(&t->halving, 0, t->candidates[0].epochs), t->model);
    print_table(t);
    print_line(
        "%s: %d tried in %.0f s. The best is so by the rows that chose it: expect a little less",
        t->model, tried_count(t), now() - t->begin);
    print_ahead(t, best);
    for (int i = 0; i < t->ends[best->number].count; i++)
        print_line("%s; what is beyond may be better still: let %s.try go on there",
                   t->ends[best->number].list[i], t->model);
    if (t->chain->val[0] && !t->chain->val_csv[0])
        print_line("The rows of VAL had no part in it: make scores, with this, tells by them");
    if (best->rung + 1 < t->halving.rungs)
        print_line("The time ended before the last epochs: make tune again goes on from here");
    if (write_recipe(t, recipe, err) ||
        write_json(t, pool_text(t->pool, "%s/%s.json", t->folder, t->model), err))
        return -1;
    print_line("%s.fit = --recipe %s", t->model, recipe);
    return 0;
}
