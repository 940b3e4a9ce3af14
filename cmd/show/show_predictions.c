/* Shows predictions: what was predicted how surely, and each row's probabilities. */
#include "cmd/cli/progress.h"
#include "cmd/cli/say.h"
#include "cmd/terminal/bars.h"
#include "cmd/terminal/score_tables.h"
#include "pipeline/base/figures.h"
#include "pipeline/dataset/keys.h"
#include "pipeline/dataset/rows.h"
#include "pipeline/model/relation.h"
#include "pipeline/predict/prediction_stats.h"
#include "pipeline/tensor/meta.h"
#include "show.h"
#include "wrong_rows.h"

#include <stdio.h>
#include <stdlib.h>

/* Figures of predictions, gathered before they are shown. */
struct gathered {
    struct predictions file;
    struct prediction_stats stats;
    struct predictions_chunk picked; /* --rows */
    struct output *wrong;            /* --wrong */
    const struct ranking *order;     /* in which the picked rows are shown; NULL: */
    int *places;                     /* those of the picked rows, as requested */
};

/* ---- Gathering ---- */

/* Reads the file in one pass; the picks, if --rows requests any, are taken out of it. */
static int read_all(struct gathered *g, struct show *show, struct err *err)
{
    enum { BYTES = 4 << 20 };
    const int64_t row = g->file.class_count * (int64_t)sizeof(float);
    struct predictions_chunk chunk = {0};
    int got;

    if (show->rows && (picks_begin(&show->picks, show->name, g->file.n, err) ||
                       picks_predictions_room(&show->picks, &g->file, &g->picked, err)))
        return -1;
    progress_begin("reading", "rows", g->file.n);
    got = predictions_chunk_init(&chunk, &g->file, row < BYTES ? BYTES / row : 1, err);
    while (got >= 0 && (got = predictions_next(&g->file, &chunk, err)) > 0) {
        prediction_stats_add(&g->stats, chunk.rows, chunk.probabilities, chunk.labels, chunk.count);
        if (g->wrong && wrong_rows_add(g->wrong, &g->file, &chunk, err)) {
            got = -1;
            break;
        }
        if (show->rows)
            picks_from_predictions(&show->picks, &g->file, &chunk, &g->picked);
    }
    progress_end();
    predictions_chunk_free(&chunk);
    return got || !show->rows ? got : picks_end(&show->picks, show->name, g->file.last_row, err);
}

/* Picks the rows that --mistakes or --unsure choose, known after the pass. */
static int pick_ranked(struct gathered *g, struct show *show, struct err *err)
{
    struct ranking *ranking = show->mistakes ? &g->stats.mistakes : &g->stats.unsure;
    int64_t numbers[RANKING_MOST];
    struct predictions again;
    int result;

    for (int i = 0; i < ranking->count; i++)
        numbers[i] = ranking->list[i].row;
    if (picks_numbers(&show->picks, numbers, ranking->count, err) ||
        predictions_open(&again, show->path, NULL, "", err))
        return -1;
    result = picks_read_predictions(&show->picks, &again, &g->picked, err);
    predictions_close(&again);
    g->order = ranking;
    return result;
}

static int gather(struct gathered *g, struct show *show, struct err *err)
{
    if (predictions_open(&g->file, show->path, &show->inputs, "predictions", err) ||
        outputs_refuse_inputs(&show->inputs, err) ||
        (show->wrong && wrong_rows_open(&g->wrong, show->wrong, &g->file, err)))
        return -1;
    if (show->mistakes && !g->file.has_labels)
        return err_set(err, EX_DATAERR,
                       "%s: it has no labels, and without them nobody knows what is a mistake",
                       show->name);
    if (prediction_stats_init(&g->stats, g->file.n, g->file.class_count, g->file.has_labels,
                              g->file.soft_labels, err))
        return -1;
    g->stats.mistakes.most = (int)show->mistakes;
    g->stats.unsure.most = (int)show->unsure;
    if (read_all(g, show, err) || (g->wrong && output_commit(g->wrong, &show->inputs, err)))
        return -1;
    if (show->mistakes || show->unsure)
        return pick_ranked(g, show, err);
    g->places = calloc((size_t)g->picked.count + 1, sizeof *g->places);
    return g->places
               ? picks_order(&show->picks, g->picked.rows, (int)g->picked.count, g->places, err)
               : err_memory(err, "the rows' order", 0);
}

static void free_all(struct gathered *g)
{
    output_close(g->wrong);
    free(g->places);
    prediction_stats_free(&g->stats);
    predictions_chunk_free(&g->picked);
    predictions_close(&g->file);
}

/* ---- Printing ---- */

static struct class_list classes_of(const struct gathered *g, const struct show *show)
{
    return (struct class_list){g->file.classes, g->file.class_names, g->file.class_count,
                               !show->terminal.utf8};
}

static void print_head(const struct gathered *g, const struct show *show)
{
    const char *digest = tensor_file_meta(g->file.file, "data_digest");

    print_clean(show->name);
    printf(": predictions/1%s, %lld row%s, %d classes%s\n", g->file.trial ? " of a trial" : "",
           (long long)g->file.n, plural(g->file.n), g->file.class_count,
           g->file.has_labels ? "" : ", no labels");
    printf("of data ");
    print_clean(digest ? digest : "that it does not name");
    printf("\n\n");
}

static void print_figures(const struct gathered *g)
{
    const struct relation relation = relation_of_predictions(g->file.file);
    char text[SCORE_TEXT], mean[SHARE_TEXT], worth[RELATION_TEXT];
    struct score score;

    if (g->file.n == 0)
        return;
    printf("\nmean probability of the predicted class %s %%\n",
           percent_text(g->stats.confidence / (double)g->file.n, 2, mean));
    if (g->file.has_labels) {
        score = metrics_score(&g->stats.scores);
        printf("%s\n", score_text(&score, text));
        if (*relation_text(&relation, worth))
            printf("%s\n", worth);
        printf("%s\n", contest_text(&score, text));
    }
}

/* Returns the columns for the classes of a ranking: those of the longest, as far as there is room;
 * into a pipe none is cut. */
static int class_width(const struct class_list *classes, const struct show *show,
                       const struct ranking *ranking, bool labelled)
{
    enum { LEAST = 16, OTHERS = 27, OTHERS_LABELLED = 41 };
    const int room =
        labelled ? (show->terminal.columns - OTHERS_LABELLED) / 2 : show->terminal.columns - OTHERS;
    char text[CLASS_TEXT];
    int width = LEAST;

    for (int i = 0; i < ranking->count && i < SHOW_ROWS; i++) {
        const int of[] = {ranking->list[i].predicted, ranking->list[i].truth};

        for (int side = 0; side < 2; side++)
            if (of[side] >= 0) {
                const int columns = text_columns(class_text(classes, of[side], true, text));

                width = columns > width ? columns : width;
            }
    }
    return show->terminal.endless || width < room ? width : room > LEAST ? room : LEAST;
}

static void print_ranking(const struct gathered *g, const struct show *show,
                          const struct ranking *ranking, const char *title)
{
    const struct class_list classes = classes_of(g, show);
    const int width = class_width(&classes, show, ranking, g->file.has_labels);
    char text[CLASS_TEXT], share[SHARE_TEXT];

    if (ranking->count == 0)
        return;
    printf("\n%s\n  %9s  %-*s %12s", title, "row", width, "predicted", "probability");
    if (g->file.has_labels)
        printf("  %-*s %s", width, "truth", "probability");
    putchar('\n');
    for (int i = 0; i < ranking->count && i < SHOW_ROWS; i++) {
        const struct ranked *r = &ranking->list[i];

        printf("%c %9lld  ", r->truth >= 0 && r->truth != r->predicted ? 'x' : ' ',
               (long long)r->row);
        print_text(class_text(&classes, r->predicted, true, text), width, false);
        printf(" %10s %%", percent_cut(r->confidence, 2, share));
        if (r->truth >= 0) {
            printf("  ");
            print_text(class_text(&classes, r->truth, true, text), width, false);
            printf(" %9s %%", percent_cut(r->of_truth, 2, share));
        }
        putchar('\n');
    }
}

/* Prints "row 5: 7 (3), sum 1.000000" and a bar for each class, the truth's marked. */
static void print_row(const struct gathered *g, const struct show *show, int64_t row,
                      struct bar *bars, char (*labels)[CLASS_TEXT])
{
    const struct class_list classes = classes_of(g, show);
    const float *p = g->picked.probabilities + row * classes.count;
    const int predicted = metrics_largest(p, classes.count);
    const int truth = g->file.has_labels
                          ? label_class(g->picked.labels, g->file.soft_labels, classes.count, row)
                          : -1;
    const float least = 0.00005f; /* below it the bar would say more than the number */
    double sum = 0;
    char text[CLASS_TEXT], id[KEY_TEXT], share[SHARE_TEXT];

    for (int k = 0; k < classes.count; k++) {
        sum += (double)p[k];
        bars[k] = (struct bar){.label = class_text(&classes, k, true, labels[k]),
                               .value = p[k] < least ? 0 : (double)p[k],
                               .marked = k == truth};
        snprintf(bars[k].text, sizeof bars[k].text, "%s", ratio_cut((double)p[k], 4, share));
    }
    printf("\n%srow %lld: ", truth >= 0 && truth != predicted ? "x " : "",
           (long long)g->picked.rows[row]);
    print_clean(class_text(&classes, predicted, false, text));
    if (truth >= 0) {
        printf(" (");
        print_clean(class_text(&classes, truth, false, text));
        putchar(')');
    }
    if (g->picked.ids) {
        key_text(id, g->picked.ids, g->file.id_width, row);
        printf(", id ");
        print_clean(id);
    }
    printf(", sum %.6f\n", sum);
    print_bars(&show->terminal, bars, classes.count,
               bars_across(&show->terminal, 2 * classes.count), 1);
}

/* Returns the picked row that is shown at place `place`. */
static int64_t row_at(const struct gathered *g, int64_t place)
{
    for (int64_t i = 0; g->order && i < g->picked.count; i++)
        if (g->picked.rows[i] == g->order->list[place].row)
            return i;
    return g->places ? g->places[place] : place;
}

static int print_rows(const struct gathered *g, const struct show *show, struct err *err)
{
    const int count = g->file.class_count;
    struct bar *bars = calloc((size_t)count, sizeof *bars);
    char(*labels)[CLASS_TEXT] = calloc((size_t)count, sizeof *labels);
    const int failed = !bars || !labels;

    for (int64_t i = 0; i < g->picked.count && !failed; i++)
        print_row(g, show, row_at(g, i), bars, labels);
    free(bars);
    free(labels);
    return failed ? err_memory(err, "the rows' bars", 0) : 0;
}

/* ---- JSON ---- */

static json_t *ranking_json(const struct gathered *g, const struct ranking *ranking)
{
    json_t *list = json_array();

    for (int i = 0; i < ranking->count; i++) {
        const struct ranked *r = &ranking->list[i];
        json_t *one = json_pack("{s:I, s:s, s:f}", "row", (json_int_t)r->row, "predicted",
                                g->file.classes[r->predicted], "probability", r->confidence);

        if (r->truth >= 0) {
            json_object_set_new(one, "class", json_string(g->file.classes[r->truth]));
            json_object_set_new(one, "probability_of_class", json_real(r->of_truth));
        }
        json_array_append_new(list, one);
    }
    return list;
}

static json_t *row_json(const struct gathered *g, int64_t row)
{
    const int classes = g->file.class_count;
    const float *p = g->picked.probabilities + row * classes;
    json_t *list = json_array(), *one;

    for (int k = 0; k < classes; k++)
        json_array_append_new(list, json_real((double)p[k]));
    one = json_pack("{s:I, s:s, s:o}", "row", (json_int_t)g->picked.rows[row], "predicted",
                    g->file.classes[metrics_largest(p, classes)], "probabilities", list);
    if (g->picked.ids)
        json_object_set_new(one, "id", key_json(g->picked.ids, g->file.id_width, row));
    if (g->file.has_labels)
        json_object_set_new(
            one, "class",
            json_string(
                g->file.classes[label_class(g->picked.labels, g->file.soft_labels, classes, row)]));
    return one;
}

static json_t *summary_of(const struct gathered *g, const struct show *show)
{
    const struct class_list classes = classes_of(g, show);
    const struct relation relation = relation_of_predictions(g->file.file);
    json_t *picked = json_array(), *summary;

    for (int64_t i = 0; i < g->picked.count; i++)
        json_array_append_new(picked, row_json(g, row_at(g, i)));
    summary = json_pack(
        "{s:s, s:s, s:I, s:s?, s:o, s:o, s:o, s:o, s:o, s:o}", "kind", "predictions/1", "digest",
        tensor_file_digest(g->file.file), "rows", (json_int_t)g->file.n, "data_digest",
        tensor_file_meta(g->file.file, "data_digest"), "tensors", tensors_json(g->file.file),
        "predicted", class_counts_json(&classes, g->stats.predicted), "mean_probability",
        g->file.n ? json_real(g->stats.confidence / (double)g->file.n) : json_null(),
        "surest_mistakes", ranking_json(g, &g->stats.mistakes), "least_sure",
        ranking_json(g, &g->stats.unsure), "picked", picked);
    if (summary && g->file.trial)
        json_object_set_new(summary, "trial", json_true());
    if (summary)
        json_object_set_new(summary, "relation", relation_json(&relation));
    if (summary && g->file.has_labels)
        json_object_set_new(summary, "scores",
                            metrics_json(&g->stats.scores, g->file.classes, g->file.class_names));
    return summary;
}

int show_predictions(struct show *show, struct err *err)
{
    struct gathered g = {0};
    const bool rows = show->rows || show->mistakes || show->unsure;
    int result = gather(&g, show, err);

    if (result == 0) {
        const struct class_list classes = classes_of(&g, show);

        print_head(&g, show);
        print_tensors(g.file.file);
        printf("\npredicted classes\n");
        result = print_class_counts(&show->terminal, &classes, g.stats.predicted, err);
    }
    if (result == 0) {
        print_figures(&g);
        if (!rows) {
            print_ranking(&g, show, &g.stats.mistakes, "the surest mistakes");
            print_ranking(&g, show, &g.stats.unsure,
                          g.file.has_labels ? "the least sure rows (x: wrong)"
                                            : "the least sure rows");
        }
        print_missing(&show->picks);
        result = print_rows(&g, show, err);
    }
    if (result == 0) {
        show->summary = summary_of(&g, show);
        result = show->summary ? 0 : err_memory(err, "the summary", 0);
    }
    free_all(&g);
    return result;
}
