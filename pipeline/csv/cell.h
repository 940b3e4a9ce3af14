#ifndef PIPELINE_CELL_H
#define PIPELINE_CELL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The grammar of cells. Spaces and tabs around an unquoted cell are ignored, inside quotes they
 * count. tests/csv_oracle.py states the same in Python. Texts end in NUL. */

struct cell {
    const char *text;
    size_t size;
    bool quoted;
};

/* Returns it without the spaces and tabs around it, if unquoted. */
struct cell cell_trim(struct cell cell);

/* Reads a whole number from 0 to 255 in any spelling that cell_f32() takes: 255, 255.0, 2.55e+02.
 */
bool cell_u8_any(struct cell cell, uint8_t *value);
/* Does the same without a call for the most frequent cells. */
static inline bool cell_u8(struct cell cell, uint8_t *value)
{
    unsigned digit = (unsigned)(unsigned char)*cell.text - '0';

    if (cell.size != 1 || digit > 9)
        return cell_u8_any(cell, value);
    *value = (uint8_t)digit;
    return true;
}
/* Reads [+-]digits[.digits][e[+-]digits], finite, correctly rounded. */
bool cell_f32(struct cell cell, float *value);
bool cell_number(struct cell cell, double *value);
/* Tells whether it is such a number, but with a comma for the point: 0,5. */
bool cell_decimal_comma(struct cell cell);

/* Values in a cell that are still to be taken: 1 2 3, or as arrays are printed: [1, 2, 3], [1 2 3]
 * and [[1 2] [3 4]] on any number of lines. */
struct cell_list {
    struct cell rest;
    bool brackets;
};
struct cell_list cell_list(struct cell cell);
/* Takes the next value; false: there is none left. */
bool cell_list_next(struct cell_list *list, struct cell *one);
/* Tells whether it is two or more numbers, or what stands for some. */
bool cell_is_list(struct cell cell);
/* Tells whether a value is the ... that numpy prints in the place of many. */
bool cell_is_left_out(struct cell one);

/* Reads a whole number in 64 bits, spelt as programs write it: no +, no leading zeros. */
bool cell_id(struct cell cell, int64_t *value);

#endif
