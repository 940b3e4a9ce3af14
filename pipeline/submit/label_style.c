/* Whole numbers as labels, with and without a point, and probabilities in their place. */
#include "label_style.h"

#include "pipeline/base/idset.h"
#include "pipeline/csv/cell.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
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

uint64_t label_key(const char *text, size_t size)
{
    const struct cell label = cell_trim((struct cell){text, size, false});
    const int zeros = label_zeros(label.text, label.size);

    if (zeros < 0)
        return idset_key(text, size);
    return idset_key(label.text, zeros ? label.size - (size_t)zeros - 1 : label.size);
}

bool label_decimal(const char *text, double *number)
{
    char *end;
    const double value = strtod(text, &end);

    if (number)
        *number = value;
    return end != text && !*end && isfinite(value) && !text[strspn(text, "0123456789+-.eE")];
}

bool label_share(const char *text, size_t size, double *share)
{
    const struct cell cell = cell_trim((struct cell){text, size, false});
    char *end;

    *share = strtod(cell.text, &end);
    return cell.size && end == cell.text + cell.size &&
           strspn(cell.text, "0123456789+-.eE") >= cell.size && *share >= 0 && *share <= 1;
}

bool label_is_fraction(const char *text, size_t size)
{
    double share;

    return label_share(text, size, &share) && share > 0 && share < 1;
}
