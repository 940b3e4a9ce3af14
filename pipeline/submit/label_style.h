#ifndef PIPELINE_LABEL_STYLE_H
#define PIPELINE_LABEL_STYLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Spelling of labels that are whole numbers in a table: `5`, or `5.0`, which other programs make of
 * it; and probabilities in the place of labels. */

/* Returns the zeros after the point of a whole number in its shortest form, 0 if there is no
 * point; -1: the text is anything else. */
int label_zeros(const char *text, size_t size);
/* Returns a new copy of `label`, as a whole number with so many zeros after the point if it is one
 * and zeros is not -1. NULL: out of memory. */
char *label_spelt(const char *label, int zeros);
/* Returns a key by which labels are compared: that of the number for a whole number with or without
 * zeros after the point, whatever blanks are around it; else the text's own, so that codes such as
 * `07` and `1E2` stay apart from `7` and `100`. */
uint64_t label_key(const char *text, size_t size);
/* Reads a finite decimal number; `number` may be NULL. */
bool label_decimal(const char *text, double *number);
/* Reads a number from 0 to 1, blanks around it aside. */
bool label_share(const char *text, size_t size, double *share);
/* Tells whether it is a number between 0 and 1, which is no whole one. */
bool label_is_fraction(const char *text, size_t size);

#endif
