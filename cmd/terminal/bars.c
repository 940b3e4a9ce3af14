/* Bars of a terminal's characters. */
#include "bars.h"

#include <stdio.h>
#include <string.h>

enum { MOST_LABEL = 24, INDENT = 2, LEAST = 4, MOST = 40, GAP = 3, MARK = 2 };

struct layout {
    int label, text, bar; /* columns */
};

static int larger(int a, int b)
{
    return a > b ? a : b;
}

static int smaller(int a, int b)
{
    return a < b ? a : b;
}

static struct layout lay_out(const struct terminal *t, const struct bar *bars, int count,
                             int across)
{
    const int room = (t->columns - INDENT + GAP) / across - GAP - MARK;
    struct layout l = {1, 1, 0};

    for (int i = 0; i < count; i++) {
        l.label = larger(l.label, text_columns(bars[i].label));
        l.text = larger(l.text, (int)strlen(bars[i].text));
    }
    if (!t->endless) /* into a pipe none is cut */
        l.label = smaller(l.label, larger(1, smaller(MOST_LABEL, room - l.text - LEAST - 2)));
    l.bar = larger(LEAST, smaller(MOST, room - l.label - l.text - 2));
    return l;
}

/* Returns the columns. U+2501 is a heavy line, U+2578 the left half of one. */
static int print_lines(int halves)
{
    for (int i = 0; i < halves / 2; i++)
        printf("\342\224\201");
    if (halves % 2)
        printf("\342\225\270");
    return (halves + 1) / 2;
}

static int print_hashes(int length)
{
    for (int i = 0; i < length; i++)
        putchar('#');
    return length;
}

/* Returns a bar's length: a value above zero shows at least as the smallest bar. */
static int length_of(double value, double full, int longest)
{
    const double share = full > 0 ? value / full : 0;
    const int length = (int)((share < 1 ? share : 1) * longest + 0.5);

    return value > 0 ? larger(length, 1) : 0;
}

static void print_bar(const struct terminal *t, const struct bar *bar, const struct layout *l,
                      double full, bool last)
{
    int columns;

    print_text(bar->label, l->label, false);
    printf(" %*s ", l->text, bar->text);
    columns = t->utf8 ? print_lines(length_of(bar->value, full, 2 * l->bar))
                      : print_hashes(length_of(bar->value, full, l->bar));
    if (bar->marked)
        columns += printf(" <");
    if (!last)
        printf("%*s", larger(l->bar + MARK - columns, 0) + GAP, "");
}

int bars_across(const struct terminal *t, int count)
{
    const int room = larger(t->columns / 26, 1);

    return smaller(room, count <= 12 ? 1 : count <= 30 ? 2 : 3);
}

void print_bars(const struct terminal *t, const struct bar *bars, int count, int across,
                double full)
{
    const struct layout l = lay_out(t, bars, count, across);
    const int lines = (count + across - 1) / across;

    for (int line = 0; line < lines; line++) {
        printf("%*s", INDENT, "");
        for (int i = line; i < count; i += lines)
            print_bar(t, &bars[i], &l, full, i + lines >= count);
        putchar('\n');
    }
}
