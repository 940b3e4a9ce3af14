#ifndef CMD_SAY_FOUND_H
#define CMD_SAY_FOUND_H

#include "pipeline/ingest/ingest.h"

/* Says in one line what was decided about columns and pictures. */
void say_columns(const char *path, const struct ingest *ingest);
/* Says how many rows there are, and of which classes. */
void say_classes(const struct ingest *ingest, double seconds);
/* Says what --relabel and --without did, and adds it to the summary. */
void say_corrections(const struct ingest *ingest, json_t *summary);
/* Says how many rows have the picture of an earlier one, and adds that to the list. */
void say_repeated(json_t *list, const struct same_count *repeated);
/* Says what may be a mistake in the data; returns the sentences, a new list. */
json_t *say_hints(const struct ingest *ingest);

#endif
