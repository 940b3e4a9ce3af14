/* Charts in characters. */
#include "text_chart.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HEIGHT = 9, MOST_WIDTH = 100, LABEL = 10, INDENT = 2 };

struct canvas {
    int columns, lines; /* cells */
    int across, down;   /* dots in a cell */
    struct scale x, y;  /* to dots */
    uint8_t *dots;      /* [lines][columns] bits of a Braille pattern */
    uint8_t *curve;     /* [lines][columns] 1 + the curve that was drawn last; 0: none */
};

/* ---- Drawing ---- */

/* Bits of the dots of U+2800's patterns by column and line (Unicode, "Braille Patterns"). */
static const uint8_t braille[2][4] = {{0x01, 0x02, 0x04, 0x40}, {0x08, 0x10, 0x20, 0x80}};

static void put_dot(struct canvas *c, int x, int y, int curve)
{
    const int column = x / c->across, line = y / c->down, at = line * c->columns + column;

    if (x < 0 || y < 0 || column >= c->columns || line >= c->lines)
        return;
    c->dots[at] |= braille[x % c->across][y % c->down];
    c->curve[at] = (uint8_t)(curve + 1);
}

/* Draws a line; `*steps` counts the dots of the whole curve: of a dotted one two of four are drawn.
 */
static void put_line(struct canvas *c, double x0, double y0, double x1, double y1, bool dotted,
                     int curve, int *steps)
{
    const int length = (int)(fmax(fabs(x1 - x0), fabs(y1 - y0)) + 1);

    for (int i = 0; i <= length; i++, ++*steps) {
        const double share = (double)i / length;

        if (!dotted || *steps % 4 < 2)
            put_dot(c, (int)(x0 + share * (x1 - x0) + 0.5), (int)(y0 + share * (y1 - y0) + 0.5),
                    curve);
    }
}

static void draw(struct canvas *c, const struct chart_line *curve, int number)
{
    double x0 = 0, y0 = 0;
    bool any = false;
    int steps = 0;

    for (int i = 0; i < curve->count; i++) {
        double x, y;

        if (!isfinite(curve->y[i]))
            continue;
        x = scale_at(&c->x, curve->x[i]);
        y = scale_at(&c->y, curve->y[i]);
        put_line(c, any ? x0 : x, any ? y0 : y, x, y, curve->dotted && c->across > 1, number,
                 &steps);
        x0 = x;
        y0 = y;
        any = true;
    }
}

/* ---- Printing ---- */

/* Told apart by the colour-blind too: blue, orange, green, purple (Okabe and Ito 2008), as numbers
 * of the 256-colour palette. */
static const int colours[TEXT_CHART_LINES] = {32, 214, 36, 175};
static const char letters[TEXT_CHART_LINES] = {'.', 'o', '+', 'x'};

static void begin_colour(const struct terminal *t, int curve)
{
    if (t->colour)
        printf("\033[38;5;%dm", colours[curve]);
}

static void end_colour(const struct terminal *t)
{
    if (t->colour)
        printf("\033[0m");
}

static void print_cells(const struct terminal *t, const struct canvas *c, int line)
{
    for (int x = 0; x < c->columns; x++) {
        const int at = line * c->columns + x, curve = c->curve[at] - 1;

        if (curve < 0) {
            putchar(' ');
            continue;
        }
        begin_colour(t, curve);
        if (t->utf8) /* U+2800 and the bits */
            printf("\342%c%c", 0xa0 | c->dots[at] >> 6, 0x80 | (c->dots[at] & 0x3f));
        else
            putchar(letters[curve]);
        end_colour(t);
    }
}

static int line_of(const struct canvas *c, double y)
{
    return (int)(y + 0.5) / c->down;
}

static int text_of(double value, int decimals, char text[32])
{
    return snprintf(text, 32, "%.*f", decimals, value);
}

static void print_line(const struct terminal *t, const struct canvas *c, int line,
                       const struct ticks *ticks, int margin, const struct chart *chart,
                       const struct chart_label *labels, int label_count)
{
    char text[32] = "";

    for (int i = 0; i < ticks->count; i++)
        if (line_of(c, scale_at(&c->y, ticks->at[i])) == line)
            text_of(ticks->at[i], ticks->decimals, text);
    printf("%*s%*s %s", INDENT, "", margin, text, t->utf8 ? "\342\224\202" : "|");
    print_cells(t, c, line);
    for (int i = 0; i < label_count; i++)
        if (line_of(c, labels[i].at) == line) {
            const int curve = (int)(labels[i].line - chart->lines);

            begin_colour(t, curve);
            printf(" %c%s", t->utf8 ? ' ' : letters[curve], t->utf8 ? "" : " ");
            print_clean(labels[i].line->label);
            end_colour(t);
        }
    putchar('\n');
}

static void print_x_axis(const struct terminal *t, const struct canvas *c, int margin,
                         const char *label)
{
    const struct ticks ticks = scale_whole_ticks(&c->x, 8);
    int at = 0;

    printf("%*s%*s %s", INDENT, "", margin, "", t->utf8 ? "\342\224\224" : "+");
    for (int i = 0; i < c->columns; i++)
        printf("%s", t->utf8 ? "\342\224\200" : "-");
    printf("\n%*s%*s  ", INDENT, "", margin, "");
    for (int i = 0; i < ticks.count; i++) {
        char text[32];
        const int length = text_of(ticks.at[i], 0, text);
        int column = (int)(scale_at(&c->x, ticks.at[i]) + 0.5) / c->across - length / 2;

        column = column < 0 ? 0 : column;
        if (at > 0 && column <= at)
            continue;
        at += printf("%*s%s", column - at, "", text);
    }
    printf("%*s%s\n", at + 2 < c->columns ? c->columns - at + 2 : 2, "", label);
}

/* Tells whether there is a line: it needs two points. */
static bool has_line(const struct chart *chart)
{
    for (int l = 0; l < chart->count; l++) {
        int points = 0;

        for (int i = 0; i < chart->lines[l].count; i++)
            points += isfinite(chart->lines[l].y[i]) != 0;
        if (points > 1)
            return true;
    }
    return false;
}

int print_chart(const struct terminal *t, const struct chart *chart, struct err *err)
{
    struct canvas c = {.lines = HEIGHT, .across = t->utf8 ? 2 : 1, .down = t->utf8 ? 4 : 1};
    struct chart_label labels[CHART_LABELS];
    struct ticks ticks;
    int margin = 1, room, label_count;

    if (!has_line(chart) || !chart_scales(chart, &c.x, &c.y))
        return 0;
    c.y.from = c.lines * c.down - 1;
    ticks = scale_ticks(&c.y, chart->ticks);
    for (int i = 0; i < ticks.count; i++) {
        char text[32];
        const int length = text_of(ticks.at[i], ticks.decimals, text);

        margin = length > margin ? length : margin;
    }
    room = t->columns - INDENT - margin - 2 - LABEL;
    c.columns = room < 10 ? 10 : room > MOST_WIDTH ? MOST_WIDTH : room;
    c.x.to = c.columns * c.across - 1;
    c.dots = calloc((size_t)c.columns * c.lines, 2);
    if (!c.dots)
        return err_memory(err, "a chart", 0);
    c.curve = c.dots + (size_t)c.columns * c.lines;
    for (int l = 0; l < chart->count; l++)
        draw(&c, &chart->lines[l], l);
    label_count = chart_labels(chart, &c.x, &c.y, c.down, labels);
    printf("\n%*s%s%s\n", INDENT, "", chart->title, scale_note(&c.y));
    for (int line = 0; line < c.lines; line++)
        print_line(t, &c, line, &ticks, margin, chart, labels, label_count);
    print_x_axis(t, &c, margin, chart->what);
    free(c.dots);
    return 0;
}
