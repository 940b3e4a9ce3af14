#include "chart.h"

#include "svg_axes.h"

#include <math.h>
#include <stdio.h>

enum { LABEL_COLUMNS = 14, LABELS = 64, BESIDE = 18 /* from the lines' ends to their labels */ };

int chart_last(const double *values, int count)
{
    while (count > 0 && !isfinite(values[count - 1]))
        count--;
    return count - 1;
}

/* ---- What the axes have to hold ---- */

static bool find_range(const struct chart *chart, struct scale *x, struct scale *y)
{
    *x = *y = (struct scale){.low = INFINITY, .high = -INFINITY};
    for (int l = 0; l < chart->count; l++)
        for (int i = 0; i < chart->lines[l].count; i++) {
            const struct chart_line *line = &chart->lines[l];

            if (!isfinite(line->y[i]))
                continue;
            x->low = fmin(x->low, line->x[i]);
            x->high = fmax(x->high, line->x[i]);
            y->low = fmin(y->low, line->y[i]);
            y->high = fmax(y->high, line->y[i]);
        }
    if (!(x->low <= x->high))
        return false;
    if (chart->may_be_logarithmic)
        scale_choose(y, chart->limit, 10);
    if (chart->from_zero)
        y->low = fmin(y->low, 0);
    scale_widen(&x->low, &x->high);
    scale_widen(&y->low, &y->high);
    return true;
}

/* ---- Labels ---- */

struct label {
    double x, y, at; /* the line's end, and where the label stands */
    const struct chart_line *line;
};

static int gather(const struct chart *chart, const struct plot *plot, struct label *labels)
{
    int count = 0;

    for (int l = 0; l < chart->count && count < LABELS; l++) {
        const struct chart_line *line = &chart->lines[l];
        const int last = chart_last(line->y, line->count);
        struct label label;
        int at = count;

        if (!line->label || last < 0)
            continue;
        label = (struct label){.x = scale_at(&plot->x, line->x[last]),
                               .y = scale_at(&plot->y, line->y[last]),
                               .line = line};
        while (at > 0 && labels[at - 1].y > label.y) {
            labels[at] = labels[at - 1];
            at--;
        }
        labels[at] = label;
        count++;
    }
    return count;
}

/* Apart from each other and within the drawing, in the order of the lines' ends. */
static void spread(struct label *labels, int count, const struct plot *plot)
{
    double floor = plot->y.from;

    for (int i = 0; i < count; i++) {
        const double least = i ? labels[i - 1].at + PLOT_LINE : plot->y.to;

        labels[i].at = fmax(labels[i].y, least);
    }
    for (int i = count - 1; i >= 0; i--) {
        labels[i].at = fmin(labels[i].at, floor);
        floor = labels[i].at - PLOT_LINE;
    }
}

static void draw_labels(const struct chart *chart, struct plot *plot)
{
    struct label labels[LABELS];
    const int count = gather(chart, plot, labels);

    spread(labels, count, plot);
    for (int i = 0; i < count; i++) {
        const struct label *label = &labels[i];

        html_raw(plot->html, "<path class=\"lead ");
        html_raw(plot->html, label->line->class);
        html_printf(plot->html, "\" d=\"M%.1f %.1fH%.1fL%.1f %.1f\"/>\n", label->x, label->y,
                    plot->x.to, plot->x.to + BESIDE - 3, label->at);
        html_printf(plot->html, "<text x=\"%.1f\" y=\"%.1f\" class=\"label ", plot->x.to + BESIDE,
                    label->at + 4);
        html_raw(plot->html, label->line->class);
        html_raw(plot->html, "\">");
        html_clipped(plot->html, label->line->label, LABEL_COLUMNS);
        html_raw(plot->html, "</text>\n");
    }
}

/* Pixels that the widest label takes; their number goes to *count. */
static double label_room(const struct chart *chart, int *count)
{
    int widest = chart->columns;

    *count = 0;
    for (int l = 0; l < chart->count; l++)
        if (chart->lines[l].label) {
            const int columns = html_columns(chart->lines[l].label);

            widest = columns > widest ? columns : widest;
            (*count)++;
        }
    if (widest > LABEL_COLUMNS)
        widest = LABEL_COLUMNS;
    return widest ? BESIDE + 6.8 * widest + 2 : 10;
}

/* ---- The chart ---- */

static void draw_mark(const struct chart_line *line, struct plot *plot)
{
    if (line->marked < 0 || !isfinite(line->y[line->marked]))
        return;
    html_raw(plot->html, "<circle class=\"mark ");
    html_raw(plot->html, line->class);
    html_printf(plot->html, "\" cx=\"%.1f\" cy=\"%.1f\" r=\"3.5\"/>\n",
                scale_at(&plot->x, line->x[line->marked]),
                scale_at(&plot->y, line->y[line->marked]));
}

void chart_lines(struct html *html, const struct chart *chart)
{
    struct plot plot = {.html = html};
    char title[160];
    int labels;
    double right = label_room(chart, &labels);

    if (!find_range(chart, &plot.x, &plot.y))
        return;
    plot.height = fmax(chart->height, 70 + (labels < LABELS ? labels : LABELS) * PLOT_LINE);
    snprintf(title, sizeof title, "%s%s", chart->title, scale_note(&plot.y));
    plot_begin(&plot, title, right);
    plot_y_axis(&plot, chart->ticks, chart->unit);
    plot_x_axis(&plot, chart->what, chart->whole);
    for (int l = 0; l < chart->count; l++)
        plot_line(&plot, chart->lines[l].class, chart->lines[l].x, chart->lines[l].y,
                  chart->lines[l].count);
    for (int l = 0; l < chart->count; l++)
        draw_mark(&chart->lines[l], &plot);
    draw_labels(chart, &plot);
    plot_end(&plot);
}
