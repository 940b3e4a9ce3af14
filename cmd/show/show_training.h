#ifndef CMD_SHOW_TRAINING_H
#define CMD_SHOW_TRAINING_H

#include "cmd/terminal/terminal.h"

#include "pipeline/base/err.h"
#include "pipeline/fit/curve.h"

#include <jansson.h>

/* Figures of a training from models, checkpoints and histories, on standard output. */

/* Settings as fit records them: those that differ from fit's defaults first, a line each, then the
 * others folded into the terminal. */
MUST_CHECK int print_settings(const struct terminal *terminal, const json_t *settings,
                              struct err *err);

/* Prints a table of epochs as fit records them, of many the last and some before; `kept` is marked,
 * 0: none. */
void print_epochs(const json_t *epochs, int64_t kept);

/* Prints curves of loss and accuracy by epoch, of the training and of the first three data sets
 * that were scored. */
MUST_CHECK int print_curves(const struct terminal *terminal, const struct training_record *record,
                            struct err *err);

#endif
