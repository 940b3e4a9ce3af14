/* Scales of axes, and round values on them. */
#include "scale.h"

#include <float.h>
#include <math.h>

/* Least width of a scale; values closer together count as one: far above where doubles lose their
 * digits. */
static const double LEAST_WIDTH = 1e-30;

/* Returns the scale of the distances below the limit, from the same end. */
static struct scale distances(const struct scale *s)
{
    return (struct scale){.low = s->limit - s->high,
                          .high = s->limit - s->low,
                          .from = s->to,
                          .to = s->from,
                          .logarithmic = true};
}

double scale_at(const struct scale *s, double value)
{
    const struct scale below = distances(s);
    double share;

    if (s->logarithmic && s->limit > 0)
        return scale_at(&below, s->limit - value);
    share = s->logarithmic ? (log(value) - log(s->low)) / (log(s->high) - log(s->low))
                           : (value / 2 - s->low / 2) / (s->high / 2 - s->low / 2);
    return s->from + share * (s->to - s->from);
}

void scale_choose(struct scale *s, double limit, double factor)
{
    const double least = limit > 0 ? limit - s->high : s->low;
    const double most = limit > 0 ? limit - s->low : s->high;

    s->limit = limit;
    s->logarithmic = least > 0 && most > factor * least;
}

const char *scale_note(const struct scale *s)
{
    return !s->logarithmic ? "" : s->limit > 0 ? " (logarithmic in the error)" : " (logarithmic)";
}

void scale_widen(double *low, double *high)
{
    const double most = fmax(fabs(*low), fabs(*high));
    const double more = most > LEAST_WIDTH ? 0.05 * most : 0.5;

    if (*high - *low > fmax(1e-9 * most, LEAST_WIDTH))
        return;
    *low = fmax(*low - more, -DBL_MAX);
    *high = fmin(*high + more, DBL_MAX);
}

void scale_margin(struct scale *s, double share)
{
    double more;

    scale_widen(&s->low, &s->high);
    more = share * s->high - share * s->low;
    s->low = fmax(s->low - more, -DBL_MAX);
    s->high = fmin(s->high + more, DBL_MAX);
}

/* Returns one of 1, 2, 5, 10, 20, ... times 10^-300 and so on: the round number after `step`. */
static double next_step(double step)
{
    const double power = pow(10, floor(log10(step) + 1e-9));
    const int first = (int)(step / power + 0.5);

    return power * (first == 1 ? 2 : first == 2 ? 5 : 10);
}

static int decimals_of(double step)
{
    const double power = floor(log10(step) + 1e-9); /* infinite where one tick has to do */

    return power < 0 ? -(int)power : 0;
}

static struct ticks linear_ticks(const struct scale *s, int most)
{
    struct ticks ticks = {.count = 0};
    const double share = s->high / most - s->low / most; /* the whole may be beyond all doubles */
    const double slack = 1e-6 * most * share;
    double step = pow(10, floor(log10(share)));
    double first, last;

    for (;;) {
        first = ceil(s->low / step - slack / step);
        last = floor(s->high / step + slack / step);
        if (last - first < most)
            break;
        step = next_step(step);
    }
    for (double i = first; i <= last; i++)
        ticks.at[ticks.count++] = i == 0 ? 0 : fmax(fmin(i * step, DBL_MAX), -DBL_MAX); /* no -0 */
    ticks.decimals = decimals_of(step);
    return ticks;
}

/* Takes the values d * 10^n for the digits given; -1 if they are more than `most`. */
static int take_decades(struct ticks *ticks, const struct scale *s, const char *digits, int most)
{
    ticks->count = 0;
    for (int power = (int)floor(log10(s->low)); power <= (int)ceil(log10(s->high)); power++)
        for (const char *digit = digits; *digit; digit++) {
            const double value = (*digit - '0') * pow(10, power);

            if (value < s->low * (1 - 1e-9) || value * (1 - 1e-9) > s->high)
                continue;
            if (ticks->count == most)
                return -1;
            if (ticks->count == 0)
                ticks->decimals = decimals_of(value);
            ticks->at[ticks->count++] = value;
        }
    return 0;
}

/* Returns the ticks of the distances, in reverse order. */
static struct ticks ticks_below(const struct scale *s, int most)
{
    const struct scale below = distances(s);
    const struct ticks from = scale_ticks(&below, most);
    struct ticks ticks = from;

    for (int i = 0; i < from.count; i++)
        ticks.at[i] = s->limit - from.at[from.count - 1 - i];
    return ticks;
}

struct ticks scale_ticks(const struct scale *s, int most)
{
    struct ticks ticks = {.count = 0};

    if (!s->logarithmic)
        return linear_ticks(s, most);
    if (s->limit > 0)
        return ticks_below(s, most);
    if (take_decades(&ticks, s, "125", most) && take_decades(&ticks, s, "1", most))
        ticks.count = most; /* so many decades that the first have to do */
    return ticks.count > 1 ? ticks : linear_ticks(s, most);
}

struct ticks scale_whole_ticks(const struct scale *s, int most)
{
    const struct ticks all = scale_ticks(s, most);
    struct ticks whole = {.count = 0};

    for (int i = 0; i < all.count; i++)
        if (all.at[i] == rint(all.at[i]))
            whole.at[whole.count++] = all.at[i];
    return whole;
}
