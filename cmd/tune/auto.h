#ifndef CMD_TUNE_AUTO_H
#define CMD_TUNE_AUTO_H

#include "pipeline/base/err.h"

/* BUDGET=auto: writes a recipe for a data set by its pictures and the time. Of networks of growing
 * size it measures what a batch takes on this machine, and takes the largest that comes through
 * enough epochs in `seconds`. A recipe that was made of the same data for the same `within` stays.
 */
MUST_CHECK int auto_recipe(const char *data, const char *recipe, double seconds, const char *within,
                           struct err *err);

#endif
