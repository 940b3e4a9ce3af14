#ifndef PIPELINE_ERR_H
#define PIPELINE_ERR_H

#include <stdint.h>
#include <sysexits.h>

/* Before a function whose result says whether it failed: ignoring it is a warning. */
#define MUST_CHECK __attribute__((warn_unused_result))

/* Error: a sentence fit to print as it stands, naming the file and the row, column or tensor, and
 * the exit status (sysexits.h) that the program ends with. Untouched on success. */
struct err {
    int status;
    int column;        /* from 1 */
    int64_t line, row; /* from 1; in a table, else 0 as the column */
    const char *advice; /* lines that follow the sentence, with nothing of a file in them; or NULL */
    char text[2048];
};

/* Fills *err with `status` and the formatted sentence; returns -1, so that a function can end with
 * `return err_set(...)`. */
int err_set(struct err *err, int status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Sets the error out of memory (71) for `what`, of which `bytes` were requested (0: not known).
 * Returns -1. */
int err_memory(struct err *err, const char *what, unsigned long long bytes);

/* Returns the ending of a noun after the number n: "%d row%s". */
static inline const char *plural(int64_t n)
{
    return n == 1 ? "" : "s";
}

#endif
