#ifndef PIPELINE_HEAT_H
#define PIPELINE_HEAT_H

#include "picture.h"

/* Maps drawn over pictures: what speaks for something in orange, what against it in blue, which are
 * told apart by every kind of sight. */

/* How a map is drawn: in these colours, or in gray for where there are none. */
enum heat_ink { HEAT_COLOURS, HEAT_GRAY };

/* Returns the largest absolute value; 0 without values. */
float heat_most(const float *map, int count);
/* Draws a map [h][w], stretched to the picture's size between the middles of its values, over the
 * picture in dim gray. Values of -most and most have the full colour; most 0: there is none. In
 * gray what is below zero is left out. */
MUST_CHECK int heat_over(struct picture *heat, const struct picture *picture, const float *map,
                         int h, int w, float most, enum heat_ink ink, struct err *err);
/* Draws a map [h][w] alone, on black; in gray -most is black. */
MUST_CHECK int heat_alone(struct picture *heat, const float *map, int h, int w, float most,
                          enum heat_ink ink, struct err *err);
/* Puts pictures of one size one below the other, with a black line between, each pixel magnified to
 * zoom x zoom. */
MUST_CHECK int picture_stack(struct picture *stack, const struct picture *const *list, int count,
                             int zoom, struct err *err);

#endif
