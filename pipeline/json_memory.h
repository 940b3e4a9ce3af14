#ifndef PIPELINE_JSON_MEMORY_H
#define PIPELINE_JSON_MEMORY_H

#include "err.h"

/* When memory runs out, Jansson leaves a value out, or takes a sound text for a damaged one, and
 * most callers cannot tell. So its allocations are watched, and asked after where it counts. */

/* Call once, before any use of Jansson. */
void json_memory_watch(void);
/* Out of memory (71) if an allocation of Jansson's failed since the last call. */
__attribute__((warn_unused_result)) int json_memory_check(const char *what, struct err *err);

#endif
