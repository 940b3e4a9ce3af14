#ifndef PIPELINE_MAKE_FOLDERS_H
#define PIPELINE_MAKE_FOLDERS_H

#include "pipeline/base/err.h"

/* Makes the folders above a file that are not there. EX_CANTCREAT. */
MUST_CHECK int make_folders(const char *path, struct err *err);

#endif
