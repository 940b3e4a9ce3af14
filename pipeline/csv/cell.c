/* Cells of a CSV to numbers, correctly rounded and without the locale. */
#include "cell.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t';
}

static void trim(struct cell *cell)
{
    if (cell->quoted)
        return;
    while (cell->size && is_space(cell->text[cell->size - 1]))
        cell->size--;
    while (cell->size && is_space(*cell->text)) {
        cell->text++;
        cell->size--;
    }
}

struct cell cell_trim(struct cell cell)
{
    trim(&cell);
    return cell;
}

/* Counts the digits that begin at `i`. */
static size_t digits(struct cell cell, size_t i)
{
    size_t n = 0;

    while (i + n < cell.size && is_digit(cell.text[i + n]))
        n++;
    return n;
}

/* A number as it is spelt: sign, mantissa * 10^exponent. */
struct decimal {
    bool negative, exact; /* exact: the next two say all, a double holds the mantissa */
    uint64_t mantissa;    /* not a multiple of 10, unless 0 */
    int exponent;
};

/* Takes the digits at *i into the mantissa, zeros only once another digit follows them: the
 * exponent counts those that wait. Returns how many digits there were. */
static size_t take_digits(struct cell cell, size_t *i, struct decimal *decimal)
{
    size_t n = digits(cell, *i);

    for (size_t end = *i + n; *i < end; (*i)++) {
        decimal->exponent++;
        if (cell.text[*i] == '0')
            continue;
        for (; decimal->exponent > 0 && decimal->exact && decimal->mantissa; decimal->exponent--)
            if (decimal->mantissa > (UINT64_C(1) << 53) / 10 - 1)
                decimal->exact = false;
            else
                decimal->mantissa *= 10;
        decimal->exponent = 0;
        decimal->mantissa += (uint64_t)(cell.text[*i] - '0');
    }
    return n;
}

/* Takes an exponent; one beyond the limit stays beyond it, whatever a field's most digits take
 * away. */
static bool take_exponent(struct cell cell, size_t *i, struct decimal *decimal)
{
    enum { LIMIT = 1000000 };
    bool negative = *i < cell.size && cell.text[*i] == '-';
    int exponent = 0;
    size_t n;

    if (*i < cell.size && (cell.text[*i] == '+' || cell.text[*i] == '-'))
        (*i)++;
    n = digits(cell, *i);
    for (size_t end = *i + n; *i < end; (*i)++)
        if (exponent < LIMIT)
            exponent = 10 * exponent + (cell.text[*i] - '0');
    decimal->exponent += negative ? -exponent : exponent;
    return n > 0;
}

static bool read_decimal(struct cell cell, struct decimal *decimal)
{
    size_t i = 0, n;

    *decimal = (struct decimal){.exact = true};
    if (i < cell.size && (cell.text[i] == '+' || cell.text[i] == '-'))
        decimal->negative = cell.text[i++] == '-';
    if (take_digits(cell, &i, decimal) == 0)
        return false;
    if (i < cell.size && cell.text[i] == '.') {
        i++;
        n = take_digits(cell, &i, decimal);
        if (n == 0)
            return false;
        decimal->exponent -= (int)n;
    }
    if (i < cell.size && (cell.text[i] == 'e' || cell.text[i] == 'E')) {
        i++;
        if (!take_exponent(cell, &i, decimal))
            return false;
    }
    return i == cell.size;
}

bool cell_u8_any(struct cell cell, uint8_t *value)
{
    struct decimal decimal;
    int number = 0;
    size_t i = 0;

    trim(&cell);
    for (; i < cell.size && i < 3 && is_digit(cell.text[i]); i++)
        number = 10 * number + (cell.text[i] - '0');
    if (i == 0 || i < cell.size) {
        if (!read_decimal(cell, &decimal) || !decimal.exact ||
            (decimal.mantissa && (decimal.negative || decimal.exponent < 0 ||
                                  decimal.exponent > 2 || decimal.mantissa > 255)))
            return false;
        number = (int)decimal.mantissa;
        for (; number && decimal.exponent > 0; decimal.exponent--)
            number *= 10;
    }
    if (number > 255)
        return false;
    *value = (uint8_t)number;
    return true;
}

/* Reads the number at once: a mantissa and a power of ten that a double holds exactly give, in one
 * operation, the number correctly rounded (Clinger, "How to Read Floating Point Numbers
 * Accurately", 1990). */
static bool quick_number(const struct decimal *decimal, double *value)
{
    static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                    1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                    1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    int most = sizeof powers / sizeof *powers - 1;
    double number = (double)decimal->mantissa;

    if (!decimal->exact || decimal->exponent > most || decimal->exponent < -most)
        return false;
    if (decimal->exponent < 0)
        number /= powers[-decimal->exponent];
    else
        number *= powers[decimal->exponent];
    *value = decimal->negative ? -number : number;
    return true;
}

/* Rounds once more, to a float, which, is right unless the double lies halfway between two floats,
 * where the number itself may be on either side. All of quick_number()'s are floats of full
 * precision. */
static bool quick_f32(const struct decimal *decimal, float *value)
{
    const uint64_t below_float = (UINT64_C(1) << 29) - 1, halfway = UINT64_C(1) << 28;
    double number;
    uint64_t bits;

    if (!quick_number(decimal, &number))
        return false;
    memcpy(&bits, &number, sizeof bits);
    *value = (float)number;
    return (bits & below_float) != halfway;
}

/* Reads a float. The C library rounds correctly, and reads a point as a point because no program
 * here calls setlocale(). What follows the number is a space, a NUL, a comma or a line end. */
bool cell_f32(struct cell cell, float *value)
{
    struct decimal decimal;

    trim(&cell);
    if (!read_decimal(cell, &decimal))
        return false;
    if (!quick_f32(&decimal, value))
        *value = strtof(cell.text, NULL);
    return isfinite(*value);
}

bool cell_number(struct cell cell, double *value)
{
    struct decimal decimal;

    trim(&cell);
    if (!read_decimal(cell, &decimal))
        return false;
    if (!quick_number(&decimal, value))
        *value = strtod(cell.text, NULL);
    return isfinite(*value);
}

bool cell_decimal_comma(struct cell cell)
{
    char text[64];
    char *comma;
    struct decimal decimal;

    trim(&cell);
    if (cell.size >= sizeof text)
        return false;
    memcpy(text, cell.text, cell.size);
    comma = memchr(text, ',', cell.size);
    if (!comma || memchr(text, '.', cell.size))
        return false;
    *comma = '.';
    return read_decimal((struct cell){text, cell.size, true}, &decimal);
}

struct cell_list cell_list(struct cell cell)
{
    struct cell_list list = {.rest = cell_trim((struct cell){cell.text, cell.size, false})};
    struct cell *rest = &list.rest;

    list.brackets = rest->size > 1 && rest->text[0] == '[' && rest->text[rest->size - 1] == ']';
    return list;
}

static bool is_between(const struct cell_list *list, char c)
{
    return is_space(c) || (list->brackets && c && strchr("[],\r\n", c));
}

bool cell_list_next(struct cell_list *list, struct cell *one)
{
    struct cell *rest = &list->rest;

    while (rest->size && is_between(list, *rest->text)) {
        rest->text++;
        rest->size--;
    }
    *one = (struct cell){rest->text, 0, true};
    while (one->size < rest->size && !is_between(list, one->text[one->size]))
        one->size++;
    rest->text += one->size;
    rest->size -= one->size;
    return one->size > 0;
}

bool cell_is_left_out(struct cell one)
{
    return one.size == 3 && memcmp(one.text, "...", 3) == 0;
}

bool cell_is_list(struct cell cell)
{
    struct cell_list list = cell_list(cell);
    struct decimal decimal;
    int count = 0;

    for (struct cell one; cell_list_next(&list, &one); count++)
        if (!read_decimal(one, &decimal) && !(list.brackets && cell_is_left_out(one)))
            return false;
    return count > 1;
}

bool cell_id(struct cell cell, int64_t *value)
{
    size_t sign, n;

    trim(&cell);
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
