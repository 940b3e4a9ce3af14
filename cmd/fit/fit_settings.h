#ifndef CMD_FIT_SETTINGS_H
#define CMD_FIT_SETTINGS_H

#include "fit_options.h"

/* Says the lines before the first epoch: device, network and data; with --verbose every setting in
 * effect. */
void fit_say_settings(const struct fit_options *options, const struct training *training);
/* Says what --precision bf16 is, and where float32 were faster. */
void fit_say_precision(const struct training *training);
/* Warns of classes without rows to train on, by name. */
MUST_CHECK int fit_warn_of_classes(const struct training *training, struct err *err);

#endif
