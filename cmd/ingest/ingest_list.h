#ifndef CMD_INGEST_LIST_H
#define CMD_INGEST_LIST_H

#include <stdbool.h>

/* Tells whether an output is a list of shards, by its name. */
bool is_list_name(const char *path);
/* Puts the data sets paths[count] together as the list `out`; names: as shards_open() takes them.
 * Returns the exit status. */
int ingest_list(const char *out, char **paths, int count, const char *names);

#endif
