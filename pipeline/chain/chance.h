#ifndef PIPELINE_CHANCE_H
#define PIPELINE_CHANCE_H

#include "chain.h"
#include "pipeline/base/json.h"

/* Says of predict's summary which model is the best alone and from which chance does not tell it
 * apart, and what hurts the mean; nothing of fewer than two models. */
void chain_chance(struct chain *chain, const json_t *summary, FILE *out);

#endif
