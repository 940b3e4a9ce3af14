#ifndef PIPELINE_ODD_H
#define PIPELINE_ODD_H

#include "pipeline/base/strbuf.h"
#include "pipeline/dataset/framing.h"

/* What makes a person's picture of one thing on a plain ground another than it should be, as far as
 * the picture alone tells it: several things, dirt, shadows. */

struct odd_box {
    int w, h; /* pixels; 0: there is none */
};
struct odd {
    struct odd_box left, right; /* two strokes side by side */
    int speck_x, speck_y;       /* of the speck that widens the box */
    struct odd_box without;     /* the box without it */
    const char *edge;           /* "left", along which much is ink; NULL: none is */
    int gray; /* percent of the picture that is neither ground nor thing; 0: little */
};

/* Looks at shares of ink, 0 to 1, pixels[h][w]. -1: out of memory. */
MUST_CHECK int odd_find(struct odd *odd, const float *pixels, int h, int w,
                        const struct framed *framed, struct err *err);
bool odd_any(const struct odd *odd);
/* Appends "; two separate strokes side by side, ..." for each. */
void odd_text(const struct odd *odd, struct strbuf *text);

#endif
