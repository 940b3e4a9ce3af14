#ifndef CMD_TUNE_AUTO_H
#define CMD_TUNE_AUTO_H

#include "pipeline/base/err.h"
#include "pipeline/chain/words.h"

/* BUDGET=auto: writes a recipe for a data set by its pictures and the time. Of networks of growing
 * size it measures what a batch takes on this machine, and takes the largest that comes through
 * enough epochs in `seconds`. A recipe that was made of the same data for the same `within` stays.
 */
MUST_CHECK int auto_recipe(const char *data, const char *recipe, double seconds, const char *within,
                           struct err *err);

/* Finds, for make tune where no model has NAME.try, options of fit and what to try of them:
 * networks of three sizes, learning rates, pictures as they are, changed, and mirrored. */
MUST_CHECK int auto_space(const char *data, const char **options, const char **tried,
                          struct pool *pool, struct err *err);

#endif
