#ifndef CMD_COUNTS_H
#define CMD_COUNTS_H

#include <stdint.h>

/* Rows of each class in several data sets. */
struct counts {
    int sets, classes;
    const char *const *names;  /* [sets] */
    const int64_t *rows;       /* [sets] */
    char *const *class_names;  /* [classes] */
    const int64_t *class_rows; /* [sets][classes]; NULL: no labels */
};

/* Prints them as a table, one line a set, folded into 80 columns; of very many classes only the
 * sums. */
void print_counts(const struct counts *counts);

#endif
