/* Ranges and choices of options, and draws from them. */
#include "space.h"

#include "nn/nn.h"

#include <ctype.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* From which ratio of its ends on a range is drawn on a logarithmic scale. */
static const double DECADE = 9.999;
/* What share of a range lies at an end of it. */
static const double END = 0.1;
/* Of fewer choices nearly each is the first or the last. */
enum { CHOICES_WITH_ENDS = 3 };

struct range {
    double low, high;
    bool whole;
    int length; /* of its text */
};

/* Returns how long the number is that the text begins with, as 12, 0.5 or 3e-4; 0: none. Of "5..15"
 * it is 1. */
static int number_length(const char *text, bool *whole)
{
    const char *at = text;

    while (isdigit((unsigned char)*at))
        at++;
    *whole = true;
    if (at == text)
        return 0;
    if (*at == '.' && isdigit((unsigned char)at[1])) {
        for (at++; isdigit((unsigned char)*at); at++)
            continue;
        *whole = false;
    }
    if ((*at | 0x20) == 'e') {
        const char *digits = at + 1 + (at[1] == '-' || at[1] == '+');

        if (isdigit((unsigned char)*digits)) {
            for (at = digits; isdigit((unsigned char)*at); at++)
                continue;
            *whole = false;
        }
    }
    return (int)(at - text);
}

/* Reads a range that the text begins with. */
static bool range_read(struct range *range, const char *text)
{
    bool whole;
    const int first = number_length(text, &range->whole);
    int second;

    if (first == 0 || strncmp(text + first, "..", 2) != 0)
        return false;
    second = number_length(text + first + 2, &whole);
    range->low = strtod(text, NULL);
    range->high = strtod(text + first + 2, NULL);
    range->whole = range->whole && whole;
    range->length = first + 2 + second;
    return second > 0;
}

/* Tells whether a number could begin here: not in the middle of a word or of another number. */
static bool begins_number(const char *text, const char *at)
{
    return at == text || !(isalnum((unsigned char)at[-1]) || at[-1] == '.' || at[-1] == '_');
}

/* ---- Reading ---- */

/* Checks the ranges of a choice, and counts them. */
static int check_choice(const char *name, const char *option, const char *choice, int *ranges,
                        struct err *err)
{
    for (const char *at = choice; *at; at++) {
        struct range range;

        if (begins_number(choice, at) && range_read(&range, at)) {
            if (!(range.low < range.high))
                return err_set(err, EX_USAGE,
                               "%s: %s: %.*s: a range goes from the smaller number to the larger "
                               "one, as 3e-4..1e-2",
                               name, option, range.length, at);
            at += range.length - 1;
            ++*ranges;
        } else if (strncmp(at, "..", 2) == 0) {
            return err_set(err, EX_USAGE,
                           "%s: %s %s: '..' stands between two numbers, as 3e-4..1e-2", name,
                           option, choice);
        }
    }
    return 0;
}

/* Adds the choices of a value, without blanks around them. */
static int add_choices(struct tried_option *option, const char *name, const char *value,
                       int *ranges, struct pool *pool, struct err *err)
{
    for (;; value++) {
        const size_t length = strcspn(value, "|");
        const char *begin = value, *end = value + length;

        while (begin < end && isspace((unsigned char)*begin))
            begin++;
        while (end > begin && isspace((unsigned char)end[-1]))
            end--;
        words_add(&option->choices, pool, pool_text(pool, "%.*s", (int)(end - begin), begin));
        if (pool->failed)
            return err_memory(err, "what is tried", 0);
        if (check_choice(name, option->option, option->choices.list[option->choices.count - 1],
                         ranges, err))
            return -1;
        value += length;
        if (!*value)
            return 0;
    }
}

int space_parse(struct space *space, const char *name, const char *text, struct pool *pool,
                struct err *err)
{
    const struct words words = shell_words_of(text, pool);
    int varied = 0;

    *space =
        (struct space){pool_alloc(pool, ((size_t)words.count + 1) * sizeof *space->options), 0};
    if (!space->options || pool->failed)
        return err_memory(err, "what is tried", 0);
    for (int i = 0; i < words.count; i++) {
        struct tried_option *option = &space->options[space->count++];
        const char *word = words.list[i], *equals = strchr(word, '='), *value = NULL;

        if (!begins_with(word, "--") || !word[2] || word[2] == '=')
            return err_set(err, EX_USAGE,
                           "%s: '%s': it has options in full with what to try, as --lr 3e-4..1e-2 "
                           "--augment '|rotate 5..15'",
                           name, word);
        option->option = equals ? pool_text(pool, "%.*s", (int)(equals - word), word) : word;
        if (equals)
            value = equals + 1;
        else if (i + 1 < words.count && !begins_with(words.list[i + 1], "--"))
            value = words.list[++i];
        if (value && add_choices(option, name, value, &varied, pool, err))
            return -1;
        varied += option->choices.count > 1;
    }
    if (varied == 0)
        return err_set(err, EX_USAGE,
                       "%s: there is nothing to try in it: a range as --lr 3e-4..1e-2, or choices "
                       "as --arch 'lenet5|mlp-100'",
                       name);
    return 0;
}

/* ---- Drawing ---- */

static bool by_decades(const struct range *range)
{
    return range->low > 0 && range->high >= DECADE * range->low;
}

/* Appends a number of the range, `part` of the way from its beginning, and returns it. */
static double add_number(struct strbuf *text, const struct range *range, double part)
{
    const bool decades = by_decades(range);
    double value = decades ? range->low * pow(range->high / range->low, part)
                           : range->low + part * (range->high - range->low + range->whole);
    char shown[32];

    if (range->whole) {
        value = fmin(decades ? round(value) : floor(value), range->high);
        strbuf_printf(text, "%.0f", value);
        return value;
    }
    snprintf(shown, sizeof shown, "%.3g", value); /* rounded, it may lie outside */
    value = strtod(shown, NULL);
    if (value < range->low || value > range->high)
        snprintf(shown, sizeof shown, "%.10g", value < range->low ? range->low : range->high);
    strbuf_puts(text, shown);
    return strtod(shown, NULL);
}

/* Notes that a value lies within `near` of an end of a range, beyond which there may be others:
 * none is below 0. */
static void note_end(struct words *ends, struct pool *pool, const char *option, double value,
                     const struct range *range, double near, const char *text)
{
    const double part = by_decades(range) ? log(value / range->low) / log(range->high / range->low)
                                          : (value - range->low) / (range->high - range->low);
    const bool low = part <= near && range->low > 0;

    if (low || part >= 1 - near)
        words_add(ends, pool,
                  pool_text(pool, "%s: %.10g is at the %s end of %.*s", option, value,
                            low ? "lower" : "upper", range->length, text));
}

/* Does so for a choice of several, if all are numbers. */
static void note_end_of_choices(struct words *ends, struct pool *pool,
                                const struct tried_option *option, const char *chosen)
{
    struct range range = {.low = INFINITY, .high = -INFINITY, .length = INT_MAX};
    struct strbuf all = {0};

    for (int i = 0; i < option->choices.count; i++) {
        const char *choice = option->choices.list[i];
        const int length = number_length(choice, &range.whole);

        if (length == 0 || choice[length])
            range.low = NAN;
        range.low = isnan(range.low) ? NAN : fmin(range.low, strtod(choice, NULL));
        range.high = fmax(range.high, strtod(choice, NULL));
        strbuf_printf(&all, "%s%s", i ? "|" : "", choice);
    }
    if (range.low < range.high && option->choices.count >= CHOICES_WITH_ENDS)
        note_end(ends, pool, option->option, strtod(chosen, NULL), &range, 0, strbuf_text(&all));
    strbuf_free(&all);
}

struct words space_draw(const struct space *space, uint64_t seed, uint32_t number,
                        struct words *ends, struct pool *pool)
{
    const struct nn_random random = {seed, NN_RANDOM_TUNE, number};
    struct words words = {0};
    uint64_t drawn = 0;

    for (int i = 0; i < space->count; i++) {
        const struct tried_option *option = &space->options[i];
        struct strbuf value = {0};
        const char *choice;

        if (option->choices.count == 0) {
            words_add(&words, pool, option->option);
            continue;
        }
        choice = option->choices
                     .list[nn_random_below(&random, drawn++, (uint64_t)option->choices.count)];
        if (!*choice)
            continue;
        for (const char *at = choice; *at; at++) {
            struct range range;

            if (begins_number(choice, at) && range_read(&range, at)) {
                const double shown = add_number(&value, &range, nn_random_unit(&random, drawn++));

                note_end(ends, pool, option->option, shown, &range, END, at);
                at += range.length - 1;
            } else {
                strbuf_add(&value, at, 1);
            }
        }
        note_end_of_choices(ends, pool, option, choice);
        words_add(&words, pool, option->option);
        words_add(&words, pool, pool_take(pool, &value));
    }
    return words;
}
