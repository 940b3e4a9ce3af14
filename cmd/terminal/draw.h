#ifndef CMD_DRAW_H
#define CMD_DRAW_H

#include "pipeline/picture/contact_sheet.h"
#include "terminal.h"

/* Draws pictures of one size on standard output, several side by side: with colours each character
 * cell is two pixels, one above the other (U+2580, the upper half block); without, a character of a
 * ramp from dark to bright. Pictures that are too wide for five in a line, or without colours for
 * two, are made smaller by averaging, small ones larger. -1: out of memory. */
MUST_CHECK int draw_pictures(const struct terminal *terminal, const struct captioned *list,
                             int count, struct err *err);

#endif
