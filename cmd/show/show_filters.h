#ifndef CMD_SHOW_FILTERS_H
#define CMD_SHOW_FILTERS_H

#include "show.h"

/* Draws the weights of the first layer that has any, a picture for each of its outputs, on standard
 * output, and on the sheet of --png. EX_DATAERR: they belong to no picture. */
MUST_CHECK int show_filters(const struct show *show, const struct model *model, struct err *err);

#endif
