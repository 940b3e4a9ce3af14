#ifndef CMD_INGEST_FAULTS_H
#define CMD_INGEST_FAULTS_H

#include "../pipeline/faults.h"

/* One line for each fault in the list, and one for each kind of which there are more. */
void print_faults(const struct faults *faults, const char *file);

#endif
