#ifndef PIPELINE_LABEL_STYLE_H
#define PIPELINE_LABEL_STYLE_H

#include <stddef.h>

/* Spelling of labels that are whole numbers in a table: `5`, or `5.0`, which other programs make of
 * it. */

/* Returns the zeros after the point of a whole number in its shortest form, 0 if there is no
 * point; -1: the text is anything else. */
int label_zeros(const char *text, size_t size);
/* Returns a new copy of `label`, as a whole number with so many zeros after the point if it is one
 * and zeros is not -1. NULL: out of memory. */
char *label_spelt(const char *label, int zeros);

#endif
