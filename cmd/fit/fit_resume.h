#ifndef CMD_FIT_RESUME_H
#define CMD_FIT_RESUME_H

#include "fit_options.h"

/* Resumes from the checkpoint, if that is wanted and it matches this run: all processes of a team
 * from the one that the first resumed from. */
MUST_CHECK int fit_resume(const struct fit_options *options, struct training *training,
                          struct err *err);

#endif
