#ifndef PIPELINE_SAMPLE_H
#define PIPELINE_SAMPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Samples of pictures, bytes or, `wide`, numbers of 16 bits. Loops over them are inline functions
 * whose callers pass true or false, so that each has code of its own. */

static inline unsigned sample_at(const void *samples, size_t i, bool wide)
{
    return wide ? ((const uint16_t *)samples)[i] : ((const uint8_t *)samples)[i];
}

static inline void sample_put(void *samples, size_t i, unsigned value, bool wide)
{
    if (wide)
        ((uint16_t *)samples)[i] = (uint16_t)value;
    else
        ((uint8_t *)samples)[i] = (uint8_t)value;
}

#endif
