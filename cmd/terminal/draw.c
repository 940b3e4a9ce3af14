/* Pictures in a terminal: half blocks in colours, or a ramp of characters. */
#include "draw.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { GAP = 2 };

/* The size at which all pictures are drawn, in cells, each two pixels high. */
struct layout {
    int columns, lines, per_line;
};

static int at_least(int value, int least)
{
    return value < least ? least : value;
}

static struct layout lay_out(const struct terminal *t, const struct picture *p, int count)
{
    enum { SMALL = 16 };
    const int wanted = t->colour && t->utf8 ? 5 : 2;
    const int side_by_side = count < wanted ? at_least(count, 1) : wanted;
    const int room = at_least((t->columns + GAP) / side_by_side - GAP, 1);
    struct layout l = {.columns = p->w};
    int height;

    if (p->w < SMALL)
        l.columns = p->w * at_least(SMALL / p->w, 1);
    if (l.columns > room)
        l.columns = room;
    height = (int)fmin((double)p->h * l.columns / p->w + 0.5, INT_MAX - 1);
    l.lines = at_least((height + 1) / 2, 1);
    if (l.lines > t->columns) { /* a very high picture */
        l.columns = at_least((int)((double)l.columns * t->columns / l.lines), 1);
        l.lines = t->columns;
    }
    l.per_line = at_least((t->columns + GAP) / (l.columns + GAP), 1);
    return l;
}

/* ---- Resampling ---- */

/* Returns the mean of the pixels in the box [x0,x1) x [y0,y1), in units of pixels, of one channel.
 */
static double box_mean(const struct picture *p, int channel, double x0, double x1, double y0,
                       double y1)
{
    double sum = 0, weight = 0;

    for (int y = (int)y0; y < p->h && y < y1; y++) {
        const double high = (y + 1 < y1 ? y + 1 : y1) - (y > y0 ? y : y0);

        for (int x = (int)x0; x < p->w && x < x1; x++) {
            const double wide = (x + 1 < x1 ? x + 1 : x1) - (x > x0 ? x : x0);
            const size_t at = ((size_t)y * p->w + x) * p->channels + channel;

            sum += p->pixels[at] * wide * high;
            weight += wide * high;
        }
    }
    return weight > 0 ? sum / weight : 0;
}

struct colour {
    int r, g, b;
};

/* Returns pixel (x, y) of the picture drawn at columns x (2 lines) pixels. */
static struct colour drawn_pixel(const struct picture *p, const struct layout *l, int x, int y)
{
    const double across = (double)p->w / l->columns, down = (double)p->h / (2 * l->lines);
    int c[3];

    for (int i = 0; i < 3; i++)
        c[i] = (int)(box_mean(p, p->channels == 3 ? i : 0, x * across, (x + 1) * across, y * down,
                              (y + 1) * down) +
                     0.5);
    return (struct colour){c[0], c[1], c[2]};
}

/* ---- Cells ---- */

/* Returns the number in the palette of 256 colours (xterm's) that comes nearest: 16 to 231 are a
 * cube of six levels each, 232 to 255 grays 8, 18, ..., 238. */
static int palette_number(struct colour c)
{
    static const int levels[] = {0, 95, 135, 175, 215, 255};
    const int parts[] = {c.r, c.g, c.b};
    int best[3], gray = (c.r + c.g + c.b) / 3, number, cube = 0, ramp = 0;

    for (int i = 0; i < 3; i++) {
        best[i] = 0;
        for (int k = 1; k < 6; k++)
            if (abs(levels[k] - parts[i]) < abs(levels[best[i]] - parts[i]))
                best[i] = k;
    }
    number = (gray - 3) / 10;
    number = number < 0 ? 0 : number > 23 ? 23 : number;
    for (int i = 0; i < 3; i++) {
        cube += abs(levels[best[i]] - parts[i]);
        ramp += abs(8 + 10 * number - parts[i]);
    }
    return ramp < cube ? 232 + number : 16 + 36 * best[0] + 6 * best[1] + best[2];
}

static void print_colour(const struct terminal *t, int layer, struct colour c)
{
    if (t->colour == COLOUR_TRUE)
        printf("\033[%d;2;%d;%d;%dm", layer, c.r, c.g, c.b);
    else
        printf("\033[%d;5;%dm", layer, palette_number(c));
}

static bool same(struct colour a, struct colour b)
{
    return a.r == b.r && a.g == b.g && a.b == b.b;
}

static void print_blocks(const struct terminal *t, const struct picture *p, const struct layout *l,
                         int line)
{
    struct colour fore = {-1, 0, 0}, back = {-1, 0, 0};

    for (int x = 0; x < l->columns; x++) {
        const struct colour upper = drawn_pixel(p, l, x, 2 * line);
        const struct colour lower = drawn_pixel(p, l, x, 2 * line + 1);

        if (!same(upper, fore))
            print_colour(t, 38, upper);
        if (!same(lower, back))
            print_colour(t, 48, lower);
        fore = upper;
        back = lower;
        printf("\342\226\200"); /* U+2580 in UTF-8 */
    }
    printf("\033[0m");
}

/* Weighs colours as luma does: ITU-R BT.601. */
static double brightness(struct colour c)
{
    return 0.299 * c.r + 0.587 * c.g + 0.114 * c.b;
}

static void print_ramp(const struct picture *p, const struct layout *l, int line)
{
    static const char ramp[] = " .:-=+*#%@";
    enum { STEPS = sizeof ramp - 1 };

    for (int x = 0; x < l->columns; x++) {
        const double value = (brightness(drawn_pixel(p, l, x, 2 * line)) +
                              brightness(drawn_pixel(p, l, x, 2 * line + 1))) /
                             2;

        putchar(ramp[(int)(value * STEPS / 255.001)]);
    }
}

static void print_picture_line(const struct terminal *t, const struct picture *p,
                               const struct layout *l, int line)
{
    if (t->colour && t->utf8)
        print_blocks(t, p, l, line);
    else
        print_ramp(p, l, line);
}

/* ---- Titles ---- */

/* Prints one line of the titles, or of the notes, of `count` pictures; rests[] are what is left of
 * them. Returns whether something is left. */
static bool print_titles(const struct captioned *list, int count, const struct layout *l,
                         const char **rests, bool coloured)
{
    bool left = false;

    for (int i = 0; i < count; i++) {
        const bool red = rests[i] && list[i].marked && coloured;
        int columns = 0;

        if (red)
            printf("\033[1;31m");
        if (rests[i])
            columns = print_line_of(rests[i], l->columns, &rests[i]);
        if (red)
            printf("\033[0m");
        if (i + 1 < count)
            printf("%*s", l->columns + GAP - columns, "");
        left = left || rests[i];
    }
    putchar('\n');
    return left;
}

static void print_line_of_pictures(const struct terminal *t, const struct captioned *list,
                                   int count, const struct layout *l, const char **rests)
{
    bool notes = false;

    for (int line = 0; line < l->lines; line++) {
        for (int i = 0; i < count; i++) {
            print_picture_line(t, &list[i].picture, l, line);
            if (i + 1 < count)
                printf("%*s", GAP, "");
        }
        putchar('\n');
    }
    for (int i = 0; i < count; i++)
        rests[i] = list[i].title;
    while (print_titles(list, count, l, rests, t->colour != COLOUR_NONE))
        ;
    for (int i = 0; i < count; i++) {
        rests[i] = list[i].note;
        notes = notes || rests[i];
    }
    while (notes && print_titles(list, count, l, rests, false))
        ;
}

int draw_pictures(const struct terminal *t, const struct captioned *list, int count,
                  struct err *err)
{
    struct layout l;
    const char **rests;

    if (count == 0)
        return 0;
    l = lay_out(t, &list[0].picture, count);
    rests = calloc((size_t)l.per_line, sizeof *rests);
    if (!rests)
        return err_memory(err, "titles", 0);
    for (int i = 0; i < count; i += l.per_line) {
        if (i > 0)
            putchar('\n');
        print_line_of_pictures(t, list + i, count - i < l.per_line ? count - i : l.per_line, &l,
                               rests);
    }
    free(rests);
    return 0;
}
