#ifndef PIPELINE_SHIFT_H
#define PIPELINE_SHIFT_H

#include "pipeline/dataset/dataset.h"

/* Copies an image [c][h][w] of the data's kind, moved by x pixels along and y down; what comes in
 * at an edge repeats the edge. */
void shift_image(const struct dataset_info *info, const void *from, int x, int y, void *to);

#endif
