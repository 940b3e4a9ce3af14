#ifndef TESTS_INGEST_FILE_H
#define TESTS_INGEST_FILE_H

#include "../pipeline/ingest.h"

/* The program ingest without its command line: reads the CSV `path` and writes the data set `out`.
 * 0 and the content digest; or -1. */
int ingest_file(const char *path, const char *out, const struct ingest_options *options,
                char digest[DIGEST_TEXT], struct err *err);

#endif
