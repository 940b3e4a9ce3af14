#ifndef PIPELINE_UNUSUAL_H
#define PIPELINE_UNUSUAL_H

#include "alike.h"
#include "pipeline/dataset/framing.h"

/* Pictures that are not as the others: of one value all over; of a thing on a plain ground also
 * those with ground and thing the other way round, and those whose thing reaches the border. */

enum unusual { USUAL, UNUSUAL_EMPTY, UNUSUAL_INVERTED, UNUSUAL_CUT };

/* Fills kinds[n], of enum unusual. `framing` is that of the pictures that are as they should be.
 * Things that reach the border are unusual only where few do: *cut_is_usual says that more than a
 * fiftieth do. */
MUST_CHECK int unusual_find(uint8_t *kinds, bool *cut_is_usual, const struct pictures *pictures,
                            const struct framing *framing, const struct data_range *range,
                            struct err *err);

#endif
