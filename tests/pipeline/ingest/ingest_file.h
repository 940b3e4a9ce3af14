#ifndef TESTS_INGEST_FILE_H
#define TESTS_INGEST_FILE_H

#include "pipeline/ingest/ingest.h"

/* The program ingest without its command line: reads the CSV `path` and writes the data set `out`.
 * 0 and the content digest; 1 if it is refused, and what is wrong with it as JSON (a new
 * reference); -1 error. */
int ingest_file(const char *path, const char *out, const struct ingest_options *options,
                char digest[DIGEST_TEXT], json_t **faults, struct err *err);

#endif
