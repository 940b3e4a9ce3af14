/* The layout of charts, whatever draws them. */
#include "chart.h"

#include <math.h>

int chart_last(const double *values, int count)
{
    while (count > 0 && !isfinite(values[count - 1]))
        count--;
    return count - 1;
}

bool chart_scales(const struct chart *chart, struct scale *x, struct scale *y)
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
    if (chart->low < chart->high) {
        y->low = fmin(y->low, chart->low);
        y->high = fmax(y->high, chart->high);
    }
    if (chart->logarithmic_from > 0)
        scale_choose(y, chart->limit, chart->logarithmic_from);
    if (chart->from_zero)
        y->low = fmin(y->low, 0);
    scale_widen(&x->low, &x->high);
    scale_widen(&y->low, &y->high);
    return true;
}

int chart_labels(const struct chart *chart, const struct scale *x, const struct scale *y,
                 double height, struct chart_label labels[CHART_LABELS])
{
    double above = y->to - height, below = y->from + height;
    int count = 0;

    for (int l = 0; l < chart->count && count < CHART_LABELS; l++) {
        const struct chart_line *line = &chart->lines[l];
        const int last = chart_last(line->y, line->count);
        struct chart_label label = {.line = line};
        int at = count;

        if (!line->label || last < 0)
            continue;
        label.x = scale_at(x, line->x[last]);
        label.y = scale_at(y, line->y[last]);
        for (; at > 0 && labels[at - 1].y > label.y; at--)
            labels[at] = labels[at - 1];
        labels[at] = label;
        count++;
    }
    for (int i = 0; i < count; i++)
        above = labels[i].at = fmax(labels[i].y, above + height);
    for (int i = count - 1; i >= 0; i--)
        below = labels[i].at = fmin(labels[i].at, below - height);
    return count;
}
