/* Errors: an exit status and a sentence fit to print. */
#include "err.h"

#include <stdarg.h>
#include <stdio.h>

int err_set(struct err *err, int status, const char *format, ...)
{
    va_list args;

    err->status = status;
    err->line = err->row = 0;
    err->column = 0;
    err->advice = NULL;
    va_start(args, format);
    vsnprintf(err->text, sizeof err->text, format, args);
    va_end(args);
    return -1;
}

int err_memory(struct err *err, const char *what, unsigned long long bytes)
{
    if (bytes == 0)
        return err_set(err, EX_OSERR, "out of memory for %s", what);
    return err_set(err, EX_OSERR, "out of memory: %s need %.1f MiB", what, (double)bytes / 1048576);
}
