#ifndef PIPELINE_CONTACT_SHEET_H
#define PIPELINE_CONTACT_SHEET_H

#include "picture.h"

/* A picture with what is written beneath it. */
struct captioned {
    struct picture picture;
    char *title; /* owned */
    char *note;  /* a second text in lines of its own, or NULL; owned */
    bool marked; /* a mistake */
};
void captioned_free(struct captioned *list, int count); /* the pictures, their texts and the list */

/* Draws pictures of one size on one white sheet, magnified by a whole number where they are small,
 * the marked ones framed and captioned in red. Captions are folded to the picture's width, in four lines
 * each at most. EX_DATAERR if the sheet would take more than 64 MiB. */
MUST_CHECK int contact_sheet(struct picture *sheet, const struct captioned *list, int count,
                             struct err *err);

#endif
