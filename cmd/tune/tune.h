#ifndef CMD_TUNE_H
#define CMD_TUNE_H

#include "pipeline/chain/chain.h"

/* Tunes the models of a chain that have NAME.try, one after the other, or where none has a model
 * `auto` (auto.h), until `until` by the clock
 * of now(): trains what is drawn by `fit`, several side by side, prints a table of it and writes
 * OUT/tune/NAME.recipe with the best. Behind RUN_FIT so many fits run side by side, 0: one for each
 * processor. The data that the fits read has to be up to date. EX_USAGE
 * where a variable is at fault; -1 with err->status 0: ended by the signal *caught. */
MUST_CHECK int tune_models(struct chain *chain, double until, int jobs, int *caught,
                           struct err *err);

#endif
