#include "cell.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t';
}

struct cell cell_trim(struct cell cell)
{
    if (cell.quoted)
        return cell;
    while (cell.size && is_space(cell.text[cell.size - 1]))
        cell.size--;
    while (cell.size && is_space(*cell.text)) {
        cell.text++;
        cell.size--;
    }
    return cell;
}

bool cell_u8_any(struct cell cell, uint8_t *value)
{
    int number = 0;
    size_t i = 0;

    cell = cell_trim(cell);
    for (; i < cell.size && is_digit(cell.text[i]); i++) {
        if (i == 3)
            return false;
        number = 10 * number + (cell.text[i] - '0');
    }
    if (i == 0 || number > 255)
        return false;
    *value = (uint8_t)number;
    if (i == cell.size)
        return true;
    if (cell.text[i++] != '.' || i == cell.size)
        return false;
    while (i < cell.size)
        if (cell.text[i++] != '0')
            return false;
    return true;
}

/* How many digits begin at `i`. */
static size_t digits(struct cell cell, size_t i)
{
    size_t n = 0;

    while (i + n < cell.size && is_digit(cell.text[i + n]))
        n++;
    return n;
}

static bool is_decimal(struct cell cell)
{
    size_t i = 0, n;

    if (i < cell.size && (cell.text[i] == '+' || cell.text[i] == '-'))
        i++;
    n = digits(cell, i);
    if (n == 0)
        return false;
    i += n;
    if (i < cell.size && cell.text[i] == '.') {
        n = digits(cell, i + 1);
        if (n == 0)
            return false;
        i += 1 + n;
    }
    if (i < cell.size && (cell.text[i] == 'e' || cell.text[i] == 'E')) {
        i++;
        if (i < cell.size && (cell.text[i] == '+' || cell.text[i] == '-'))
            i++;
        n = digits(cell, i);
        if (n == 0)
            return false;
        i += n;
    }
    return i == cell.size;
}

/* The C library rounds correctly, and reads a point as a point because no program here calls
 * setlocale(). What follows the number is a space or the NUL. */
bool cell_f32(struct cell cell, float *value)
{
    cell = cell_trim(cell);
    if (!is_decimal(cell))
        return false;
    *value = strtof(cell.text, NULL);
    return isfinite(*value);
}

bool cell_number(struct cell cell, double *value)
{
    cell = cell_trim(cell);
    if (!is_decimal(cell))
        return false;
    *value = strtod(cell.text, NULL);
    return isfinite(*value);
}

bool cell_id(struct cell cell, int64_t *value)
{
    size_t sign, n;

    cell = cell_trim(cell);
    sign = cell.size && *cell.text == '-';
    n = digits(cell, sign);
    if (n == 0 || sign + n != cell.size)
        return false;
    if (cell.text[sign] == '0' && cell.size > 1)
        return false;
    errno = 0;
    *value = strtoll(cell.text, NULL, 10);
    return errno == 0;
}
