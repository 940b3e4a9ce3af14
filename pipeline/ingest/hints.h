#ifndef PIPELINE_HINTS_H
#define PIPELINE_HINTS_H

#include "classes.h"
#include "pipeline/dataset/dataset.h"

/* Hints at oddities of the pictures and labels of a data set, which might be meant otherwise. Said
 * only far from any doubt, and nearly all of no fewer than HINTS_ROWS rows: a hint too few costs
 * less than a wrong one. */

enum { HINTS_ROWS = 100, HINTS_MOST = 9 };

struct hints;

/* Opens them. `info`, kept: shape and type of the pictures, `transposed`, has_labels. `classes`,
 * kept: those that the labels count in. unlabelled_is_odd: nothing says yet that labels may be
 * missing. `matched`: there is a data set to match, whose pixels say what is usual. */
MUST_CHECK int hints_open(struct hints **hints, const struct dataset_info *info,
                          const struct classes *classes, bool unlabelled_is_odd, bool matched,
                          struct err *err);
/* Looks at the next rows: labels[count], numbers in the classes, or NULL; images[count]. Of the
 * pictures it looks at the first thousand and then one in sixteen, which takes about a hundredth of
 * the time that reading them takes. */
void hints_rows(struct hints *hints, const int32_t *labels, const void *images, int64_t count);
/* Lists, after the last row, up to HINTS_MOST sentences; returns their number. */
int hints_list(struct hints *hints, const char *list[HINTS_MOST]);
void hints_close(struct hints *hints); /* NULL is fine */

#endif
