/* Durations as people write them. */
#include "duration.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

double duration_parse(const char *text)
{
    static const struct {
        char letter;
        double seconds;
    } units[] = {{'h', 3600}, {'m', 60}, {'s', 1}};
    double sum = 0;
    size_t next = 0; /* units come in this order, each once */

    if (!*text)
        return -1;
    while (*text) {
        char *end;
        const double number = *text >= '0' && *text <= '9' ? strtod(text, &end) : -1;

        if (number < 0)
            return -1;
        if (*end == 0 && next == 0) /* seconds */
            return number > 0 && number < 1e9 ? number : -1;
        while (next < 3 && units[next].letter != *end)
            next++;
        if (next == 3)
            return -1;
        sum += number * units[next++].seconds;
        text = end + (strncmp(end, "min", 3) == 0 ? 3 : 1);
    }
    return sum > 0 && sum < 1e9 ? sum : -1;
}
