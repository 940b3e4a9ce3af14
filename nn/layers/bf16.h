#ifndef NN_BF16_H
#define NN_BF16_H

#include "layer.h"

/* Products of bfloat16 numbers: float's exponent with 8 bits of precision. Operands are rounded to
 * nearest even just before they are multiplied, products are exact and the sums float. Two numbers
 * are a pair, with the size of one float, so that an array of pairs is handled as one of half as
 * many numbers: where a sum goes over a picture's channels, two of these, and where it goes over
 * pictures or positions, two of those. The last one of an odd number is paired with zero. */

/* Counts the pairs of n numbers. */
static inline int bf16_half(int n)
{
    return (n + 1) / 2;
}

/* Pairs n numbers, neighbours each. */
void bf16_row(const real *from, int n, real *to);
/* Pairs rows of weights [row][LANES]; to = from: in place. */
void bf16_weights(const real *from, int rows, real *to);
/* Pairs the even number of channels of a shard's pictures, with `border` pixels beside each row but
 * none above and below. Returns the grid, whose pictures have the same numbers as those of `from`.
 */
struct grid bf16_grid(const struct grid *from, int border, const struct shard *shard, real *to);
/* Counts the numbers that this takes for SHARD pictures. */
size_t bf16_grid_numbers(struct shape shape, int border);

#endif
