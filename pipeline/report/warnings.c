/* Warnings: what to look at before the score is believed, in the data and in the trainings. */
#include "pipeline/base/figures.h"
#include "pipeline/base/json.h"
#include "section.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

struct warnings {
    const struct report *r;
    struct strbuf *html;
    int count;
};

/* Names in one warning. */
enum { NAMED = 3 };

/* Begins a warning, and before the first the list. */
static void begin(struct warnings *w)
{
    if (w->count++ == 0)
        strbuf_puts(w->html, "<div class=\"warnings\">\n<h2 class=\"small\">Look at this</h2>\n"
                             "<ul>\n");
    strbuf_puts(w->html, "<li>");
}

static void end(struct warnings *w)
{
    strbuf_puts(w->html, "</li>\n");
}

/* Writes a name, or how many more there are after NAMED of `all`. */
static void write_name(struct warnings *w, int number, int all, const char *name)
{
    if (number < NAMED) {
        strbuf_puts(w->html, number ? ", <bdi>" : "<bdi>");
        html_text(w->html, name);
        strbuf_puts(w->html, "</bdi>");
    } else if (number == NAMED)
        strbuf_printf(w->html, " and %d more", all - NAMED);
}

/* ---- Trainings ---- */

static void warn_of_trials(struct warnings *w)
{
    int trials = 0;

    for (int m = 0; m < w->r->files.model_count; m++)
        trials += model_is_trial(&w->r->ensemble.models[m]);
    if (trials == 0)
        return;
    begin(w);
    strbuf_printf(w->html,
                  "<strong>A trial</strong>: %d of %d model%s had few rows and epochs; what they "
                  "score says little.",
                  trials, w->r->files.model_count, plural(w->r->files.model_count));
    end(w);
}

static const char *trouble_of(const struct report *r, int m)
{
    return r->ensemble.models[m].trouble;
}

/* Counts the models with the trouble of model m; 0 if that has none, or one before it has it. */
static int count_alike(const struct report *r, int m)
{
    int count = 0;

    for (int other = 0; other < r->files.model_count && *trouble_of(r, m); other++) {
        if (strcmp(trouble_of(r, other), trouble_of(r, m)))
            continue;
        if (other < m)
            return 0;
        count++;
    }
    return count;
}

/* Says which trainings went wrong, and what helps. */
static void warn_of_troubles(struct warnings *w)
{
    int more = 0;

    for (int m = 0, kinds = 0; m < w->r->files.model_count; m++) {
        const int alike = count_alike(w->r, m);
        int number = 0;

        if (alike == 0)
            continue;
        if (kinds++ >= NAMED) {
            more += alike;
            continue;
        }
        begin(w);
        strbuf_puts(w->html, "<strong>");
        for (int other = m; other < w->r->files.model_count; other++)
            if (strcmp(trouble_of(w->r, other), trouble_of(w->r, m)) == 0)
                write_name(w, number++, alike, w->r->models[other].name);
        strbuf_puts(w->html, "</strong>: ");
        html_text(w->html, trouble_of(w->r, m));
        end(w);
    }
    if (more) {
        begin(w);
        strbuf_printf(w->html, "%d more training%s went wrong.", more, plural(more));
        end(w);
    }
}

static double validation_loss(const json_t *epochs, int epoch)
{
    const json_t *scores = json_object_get(json_array_get(epochs, (size_t)epoch), "scores");

    return json_number(json_object_get(scores, "val"), "loss");
}

/* Tells whether the loss on validation was a twentieth higher in the epoch kept than in an earlier
 * one, whose number, from 1, goes to *lowest. */
static bool is_overfit(const struct report *r, int m, int *lowest)
{
    const json_t *epochs = r->ensemble.models[m].epochs;
    const int count = (int)json_array_size(epochs);
    const int kept = r->models[m].kept_epoch > 0 ? r->models[m].kept_epoch - 1 : count - 1;
    int best = 0;

    for (int e = 1; e < kept && e < count; e++)
        if (validation_loss(epochs, e) < validation_loss(epochs, best))
            best = e;
    *lowest = best + 1;
    return validation_loss(epochs, kept) > 1.05 * validation_loss(epochs, best);
}

static void warn_of_overfitting(struct warnings *w)
{
    int count = 0, all = 0, lowest;

    for (int m = 0; m < w->r->files.model_count; m++)
        all += is_overfit(w->r, m, &lowest);
    if (all == 0)
        return;
    begin(w);
    strbuf_puts(w->html, "<a href=\"#curves\">Loss on validation</a> has risen again before the "
                         "epoch kept: ");
    for (int m = 0; m < w->r->files.model_count; m++)
        if (is_overfit(w->r, m, &lowest)) {
            char text[400];

            snprintf(text, sizeof text, "%.300s (lowest in epoch %d of %zu)", w->r->models[m].name,
                     lowest, json_array_size(w->r->ensemble.models[m].epochs));
            write_name(w, count++, all, text);
        }
    strbuf_puts(w->html, ". Fewer epochs, <code>--augment</code> or <code>--keep best</code> may "
                         "help.");
    end(w);
}

/* ---- Data ---- */

/* Tells whether a stage before that one gave the same hint, as predictions of two data sets by the
 * same models do. */
static bool hinted_before(const struct report *r, int stage, const json_t *hint)
{
    for (int s = 0; s < stage; s++) {
        const json_t *earlier;
        size_t i;

        json_array_foreach(json_object_get(r->stages[s], "hints"), i, earlier)
        {
            if (json_equal(earlier, hint))
                return true;
        }
    }
    return false;
}

static void warn_of_hints(struct warnings *w)
{
    for (int s = 0; s < w->r->files.stage_count; s++) {
        json_t *hint;
        size_t i;

        json_array_foreach(json_object_get(w->r->stages[s], "hints"), i, hint)
        {
            if (!json_is_string(hint) || hinted_before(w->r, s, hint))
                continue;
            begin(w);
            html_text(w->html, json_string_value(hint));
            end(w);
        }
    }
}

/* Says where the classes of the labelled rows are of very different sizes. */
static void warn_of_imbalance(struct warnings *w)
{
    const double unequal = 10;
    const struct report_part *part = report_labelled_part(w->r);
    int most = 0, least = 0;

    for (int k = 1; part && k < w->r->classes; k++) {
        most = part->class_rows[k] > part->class_rows[most] ? k : most;
        least = part->class_rows[k] < part->class_rows[least] ? k : least;
    }
    if (!part || w->r->classes < 2 ||
        (double)part->class_rows[most] < unequal * (double)part->class_rows[least])
        return;
    begin(w);
    strbuf_puts(w->html, "<bdi>");
    html_text(w->html, part->name);
    strbuf_puts(w->html, "</bdi> has ");
    strbuf_count(w->html, part->class_rows[least]);
    strbuf_printf(w->html, " row%s of class ", plural(part->class_rows[least]));
    report_class(w->r, least, CLASS_LONG, w->html);
    strbuf_puts(w->html, " and ");
    strbuf_count(w->html, part->class_rows[most]);
    strbuf_puts(w->html, " of ");
    report_class(w->r, most, CLASS_LONG, w->html);
    strbuf_puts(w->html, ": see balanced accuracy and each class's recall; <code>--class-weights "
                         "balanced</code> has rare classes count more.");
    end(w);
}

/* Says where labelled rows have the pictures of other ones: then a score says less. */
static void warn_of_repeats(struct warnings *w)
{
    const int parts = w->r->files.data_count;

    for (int in = 0; in < parts; in++)
        for (int of = 0; of <= in; of++) {
            const struct same_count *same = &w->r->same[of * parts + in];
            const bool scored = of != in && w->r->parts[in].data.info.has_labels;

            if (same->relabelled == 0 && (!scored || same->rows == 0))
                continue;
            begin(w);
            report_write_repeat(w->r, of, in, w->html);
            end(w);
        }
}

/* ---- Predictions ---- */

/* Says where an unlabelled part is predicted to be of other shares than the labelled rows are. */
static void warn_of_drift(struct warnings *w, const struct report_pred *pred)
{
    const double points = 0.05, errors = 4;
    const struct report_part *known = report_labelled_part(w->r);
    const double n = (double)pred->file.n;
    int worst = -1;
    double shares[2] = {0, 0};

    for (int k = 0; known && n > 0 && k < w->r->classes; k++) {
        const double here = (double)pred->stats.predicted[k] / n;
        const double there = (double)known->class_rows[k] / (double)known->data.n;
        const double error =
            sqrt(there * (1 - there) * (1 / n + 1 / (double)known->data.n)) * errors;

        if (fabs(here - there) > fmax(fmax(points, error), fabs(shares[0] - shares[1]))) {
            worst = k;
            shares[0] = here;
            shares[1] = there;
        }
    }
    if (worst < 0)
        return;
    begin(w);
    strbuf_puts(w->html, "<a href=\"#");
    report_pred_id(w->html, pred);
    strbuf_puts(w->html, "\">");
    report_share(w->html, shares[0], 1);
    strbuf_puts(w->html, "\u00a0%</a> of <bdi>");
    html_text(w->html, w->r->parts[pred->part].name);
    strbuf_puts(w->html, "</bdi> is predicted as ");
    report_class(w->r, worst, CLASS_LONG, w->html);
    strbuf_puts(w->html, ", which is ");
    report_share(w->html, shares[1], 1);
    strbuf_puts(w->html, "\u00a0% of <bdi>");
    html_text(w->html, known->name);
    strbuf_puts(w->html, "</bdi>: these rows may be of another kind.");
    end(w);
}

/* Says where probabilities are far from how often they are right. */
static void warn_of_calibration(struct warnings *w, const struct report_pred *pred)
{
    const double far = 0.05, error = calibration_error(&pred->stats.calibration);
    const double confidence = pred->stats.confidence / (double)pred->stats.scores.rows;
    const double accuracy = metrics_accuracy(&pred->stats.scores);
    char text[2][SHARE_TEXT];

    if (!(error > far))
        return;
    begin(w);
    strbuf_printf(
        w->html,
        "<a href=\"#part-%d\">Probabilities</a> are %s: %s\u00a0%% on average, where %s\u00a0%% of "
        "the rows are right.",
        pred->part + 1, confidence > accuracy ? "too high" : "too low",
        percent_text(confidence, 1, text[0]), percent_text(accuracy, 1, text[1]));
    end(w);
}

/* Says how many of the mistakes are so sure that the label may be one. */
static void warn_of_labels(struct warnings *w, const struct report_pred *pred)
{
    const double sure = 0.99;
    const struct ranking *mistakes = &pred->stats.mistakes;
    int count = 0;

    while (count < mistakes->count && mistakes->list[count].confidence >= sure)
        count++;
    if (count == 0)
        return;
    begin(w);
    strbuf_printf(
        w->html,
        "<a href=\"#part-%d\">%d row%s%s</a> predicted wrongly with 99\u00a0%% or more: look "
        "whether %s right.",
        pred->part + 1, count, plural(count),
        count == RANKING_FEW ? " or more were"
        : count > 1          ? " were"
                             : " was",
        count > 1 ? "the labels are" : "the label is");
    end(w);
}

/* Says where one of the models, or one's folds together, is better than the mean of all. */
static void warn_of_mean(struct warnings *w, const struct report_pred *pred)
{
    const struct report *r = w->r;
    const struct metrics *mean = &pred->stats.scores;
    int best = -1;
    int64_t most = mean->correct;

    for (int g = 0; g < r->group_count; g++) {
        int64_t rows = 0, correct = 0;

        for (int m = 0; m < r->files.model_count; m++)
            if (r->models[m].group == g && r->models[m].scored_by == (int)(pred - r->preds)) {
                rows += r->models[m].score.rows;
                correct += r->models[m].score.correct;
            }
        if (rows == mean->rows && correct > most) {
            best = g;
            most = correct;
        }
    }
    if (best < 0)
        return;
    begin(w);
    strbuf_puts(w->html, "<a href=\"#models\"><bdi>");
    html_text(w->html, r->groups[best].name);
    strbuf_puts(w->html, "</bdi> alone</a> has ");
    strbuf_count(w->html, most - mean->correct);
    strbuf_printf(w->html, " more row%s right than the mean of all.", plural(most - mean->correct));
    end(w);
}

void report_write_warnings(const struct report *r, struct strbuf *html)
{
    const struct report_pred *headline = report_headline(r);
    struct warnings w = {r, html, 0};

    warn_of_trials(&w);
    warn_of_troubles(&w);
    warn_of_hints(&w);
    warn_of_overfitting(&w);
    warn_of_repeats(&w);
    warn_of_imbalance(&w);
    if (headline && headline->stats.scores.rows > 0) {
        warn_of_mean(&w, headline);
        warn_of_calibration(&w, headline);
        warn_of_labels(&w, headline);
    }
    for (int p = 0; p < r->files.pred_count; p++)
        if (!r->preds[p].file.has_labels)
            warn_of_drift(&w, &r->preds[p]);
    if (w.count > 0)
        strbuf_puts(html, "</ul>\n</div>\n");
}
