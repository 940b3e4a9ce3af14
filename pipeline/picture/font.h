#ifndef PIPELINE_FONT_H
#define PIPELINE_FONT_H

#include <stdbool.h>

/* The printable characters of ASCII, five pixels wide and seven high; seen from far enough that a
 * pixel more between letters and two between lines are enough. */
enum { FONT_WIDTH = 5, FONT_HEIGHT = 7 };

/* Tells whether pixel (x, y), from the upper left, belongs to the character; others look like '?'.
 */
bool font_pixel(char c, int x, int y);

#endif
