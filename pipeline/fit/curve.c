/* Reads learning curves from the events that fit records. */
#include "curve.h"

#include "keep.h"
#include "pipeline/base/json.h"

#include <math.h>
#include <stdlib.h>

/* Returns NAN for a value that no axis can hold: files may say anything. */
static double within_reason(double value)
{
    return fabs(value) < 1e30 ? value : NAN;
}

static double place_of(const json_t *event, enum curve_by by, int64_t epoch_steps)
{
    const double epoch = json_number(event, "epoch"), step = json_number(event, "step");

    if (by == CURVE_BATCHES)
        return within_reason((epoch - 1) * (double)epoch_steps + step);
    return within_reason(isfinite(step) && epoch_steps > 0 ? epoch - 1 + step / (double)epoch_steps
                                                           : epoch);
}

static const json_t *score_of(const json_t *event, const char *score)
{
    return score ? json_object_get(json_object_get(event, "scores"), score) : event;
}

int curve_read(struct curve *curve, const struct training_record *record, enum curve_by by,
               const char *score, const char *key)
{
    const json_t *ends = by == CURVE_BATCHES ? NULL : record->epochs;
    const json_t *within = by == CURVE_EPOCHS ? NULL : score ? record->evals : record->steps;
    const size_t ends_count = json_array_size(ends), within_count = json_array_size(within);
    double last = -INFINITY; /* place of the last event within an epoch */

    *curve = (struct curve){.x = calloc(2 * (ends_count + within_count) + 1, sizeof *curve->x)};
    if (!curve->x)
        return -1;
    curve->y = curve->x + ends_count + within_count;
    for (size_t e = 0, w = 0; e < ends_count || w < within_count; curve->count++) {
        const json_t *end = json_array_get(ends, e), *inner = json_array_get(within, w);
        const double x_end = place_of(end, by, record->epoch_steps);
        const double x_inner = place_of(inner, by, record->epoch_steps);
        const bool takes_inner = inner && (!end || x_inner < x_end);
        double *x = &curve->x[curve->count], *y = &curve->y[curve->count];

        *x = takes_inner ? x_inner : x_end;
        *y = within_reason(json_number(score_of(takes_inner ? inner : end, score), key));
        if (!isfinite(*x) || (!takes_inner && !score && last > x_end - 1))
            *y = NAN;
        if (takes_inner) {
            last = x_inner;
            w++;
        } else
            e++;
    }
    return 0;
}

bool curve_has_points(const struct curve *curve)
{
    for (int i = 0; i < curve->count; i++)
        if (isfinite(curve->y[i]))
            return true;
    return false;
}

int curve_thin(struct curve *curve, int most, int marked)
{
    const int count = curve->count, stride = (count + most - 1) / most;
    int place = -1;

    curve->count = 0;
    for (int i = 0; i < count; i++)
        if ((count - 1 - i) % stride == 0 || i == marked) {
            if (i == marked)
                place = curve->count;
            curve->x[curve->count] = curve->x[i];
            curve->y[curve->count++] = curve->y[i];
        }
    return place;
}

void curve_free(struct curve *curve)
{
    free(curve->x);
    *curve = (struct curve){0};
}

int curve_best_epoch(const json_t *epochs, const json_t *settings)
{
    const enum keep keep = keep_recorded(settings);
    double figure = keep_figures[keep].higher ? -INFINITY : INFINITY;
    int best = -1;
    size_t i;
    json_t *epoch;

    json_array_foreach((json_t *)epochs, i, epoch)
    {
        const double value = json_number(score_of(epoch, "val"), keep_figures[keep].key);

        if (keep_is_better(keep, value, figure)) { /* not where it is NAN */
            figure = value;
            best = (int)i;
        }
    }
    return best;
}
