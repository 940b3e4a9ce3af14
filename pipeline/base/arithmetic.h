#ifndef PIPELINE_BASE_ARITHMETIC_H
#define PIPELINE_BASE_ARITHMETIC_H

/* The number of the arithmetic. It is raised when some program writes other content for the same
 * inputs and options than before; what was made by another number then counts as made otherwise. A
 * release that leaves it as it is makes nothing anew. */
enum { ARITHMETIC = 1 };

#endif
