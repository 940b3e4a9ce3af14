/* Draws how --lr find went: the loss by learning rate, and the rate that was chosen. */
#include "pipeline/fit/rate_test.h"
#include "section.h"
#include "svg_axes.h"

#include <math.h>

enum { HEIGHT = 250, LINES_MOST = 30 };

/* Widens the axes by a test; a loss that runs away to more than twice that of its start is cut off.
 */
static void widen(struct svg *svg, const struct rate_test *test)
{
    for (int i = 0; i < test->count; i++) {
        const double x = log10(test->rate[i]), y = fmin(test->loss[i], 2 * test->loss[0]);

        svg->x.low = fmin(svg->x.low, x);
        svg->x.high = fmax(svg->x.high, x);
        svg->y.low = fmin(svg->y.low, y);
        svg->y.high = fmax(svg->y.high, y);
    }
}

static void draw_test(const struct report *r, int m, struct svg *svg)
{
    const struct rate_test test = rate_test_read(r->models[m].history.rates);
    double x[RATE_TEST_STEPS], y[RATE_TEST_STEPS];
    char class[24];
    int at = 0;

    report_colour(r->models[m].group, class, sizeof class);
    for (int i = 0; i < test.count; i++) {
        x[i] = log10(test.rate[i]);
        y[i] = test.loss[i] <= svg->y.high ? test.loss[i] : NAN;
        at = test.rate[i] <= test.found ? i : at;
    }
    svg_line(svg, class, x, y, test.count);
    strbuf_puts(svg->html, "<circle class=\"mark ");
    strbuf_puts(svg->html, class);
    strbuf_printf(svg->html, "\" cx=\"%.1f\" cy=\"%.1f\" r=\"4\"><title>",
                  scale_at(&svg->x, log10(test.found)), scale_at(&svg->y, test.loss[at]));
    html_text(svg->html, r->models[m].name);
    strbuf_printf(svg->html, ": %.3g</title></circle>\n", test.found);
}

void report_write_rates(const struct report *r, struct strbuf *html)
{
    struct svg svg = {html, HEIGHT, {.low = INFINITY, .high = -INFINITY}, {.low = INFINITY}};
    int found[LINES_MOST], count = 0;

    for (int m = 0; m < r->files.model_count && count < LINES_MOST; m++) {
        const struct rate_test test = rate_test_read(r->models[m].history.rates);

        if (test.count < 2 || !(test.found > 0))
            continue;
        widen(&svg, &test);
        found[count++] = m;
    }
    if (count == 0)
        return;
    strbuf_puts(html, "<h3>Learning rate, found</h3>\n<p class=\"says\">The loss, smoothed, while "
                      "the learning rate rises with each batch; the dot is the rate that "
                      "<code>--lr find</code> chose.</p>\n<figure class=\"chart\">");
    svg_begin(&svg, "Loss by learning rate", 16);
    svg_x_axis(&svg, "learning rate, as a power of ten");
    svg_y_axis(&svg, 5, "");
    for (int i = 0; i < count; i++)
        draw_test(r, found[i], &svg);
    svg_end(&svg);
    strbuf_puts(html, "</figure>\n");
}
