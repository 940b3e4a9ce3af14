/* Shows how the loss went as the learning rate rose. */
#include "rates.h"

#include "text_chart.h"

#include <math.h>
#include <stdio.h>

int print_rates(const struct terminal *t, const struct rate_test *test, struct err *err)
{
    double x[RATE_TEST_STEPS];
    const struct chart_line line = {.x = x, .y = test->loss, .count = test->count, .label = ""};
    const struct chart chart = {.title = "loss, smoothed",
                                .what = "log10 of lr",
                                .ticks = 5,
                                .logarithmic_from = 5,
                                .lines = &line,
                                .count = 1};

    if (test->count == 0)
        return 0;
    for (int i = 0; i < test->count; i++)
        x[i] = log10(test->rate[i]);
    printf("--lr find: %d steps from %g to %g", test->count, test->rate[0],
           test->rate[test->count - 1]);
    if (test->found > 0)
        printf(", found %g", test->found);
    putchar('\n');
    return print_chart(t, &chart, err);
}
