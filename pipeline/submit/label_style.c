/* Whole numbers as labels, with and without a point. */
#include "label_style.h"

#include "pipeline/csv/cell.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

int label_zeros(const char *text, size_t size)
{
    const size_t sign = size > 0 && *text == '-';
    size_t at = sign;
    int zeros = 0;

    while (at < size && text[at] >= '0' && text[at] <= '9')
        at++;
    if (at == sign || (text[sign] == '0' && (at > sign + 1 || sign)))
        return -1;
    if (at == size)
        return 0;
    if (text[at++] != '.')
        return -1;
    for (; at < size && text[at] == '0'; at++)
        zeros++;
    return at == size && zeros ? zeros : -1;
}

char *label_spelt(const char *label, int zeros)
{
    const size_t size = strlen(label);
    const double most = 1e15; /* exact as doubles */
    char text[64];
    double value;

    if (zeros < 0 || zeros > 20 || (label_zeros(label, size) < 0 && !strpbrk(label, "eE")) ||
        !cell_number((struct cell){label, size, true}, &value) || value != floor(value) ||
        fabs(value) > most)
        return strdup(label);
    snprintf(text, sizeof text, "%.*f", zeros, value);
    return strdup(text);
}
