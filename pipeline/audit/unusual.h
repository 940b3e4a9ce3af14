#ifndef PIPELINE_UNUSUAL_H
#define PIPELINE_UNUSUAL_H

#include "alike.h"
#include "pipeline/dataset/framing.h"

/* Pictures that are not as the others: of one value all over; of a thing on a plain ground also
 * those with ground and thing the other way round, and those whose thing is cut off by an edge: a
 * quarter of it or more is no ground. */

enum unusual { USUAL, UNUSUAL_EMPTY, UNUSUAL_INVERTED, UNUSUAL_CUT };

/* Fills kinds[n], of enum unusual. `framing` is that of the pictures that are as they should be.
 * Cut pictures are unusual only where they are few: *cut_is_usual says that more than one of fifty
 * is. */
MUST_CHECK int unusual_find(uint8_t *kinds, bool *cut_is_usual, const struct pictures *pictures,
                            const struct framing *framing, const struct data_range *range,
                            struct err *err);

#endif
