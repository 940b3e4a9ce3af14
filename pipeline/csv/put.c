/* Fields of a CSV that is written. */
#include "put.h"

#include <csv.h>
#include <stdlib.h>
#include <string.h>

bool csv_needs_quotes(const char *text, size_t size)
{
    return size == 0 || text[0] == ' ' || text[size - 1] == ' ' || memchr(text, ',', size) ||
           memchr(text, '"', size) || memchr(text, '\n', size) || memchr(text, '\r', size);
}

int csv_put_field(struct output *out, const char *text, size_t size, struct err *err)
{
    char *quoted;
    int status;

    if (!csv_needs_quotes(text, size))
        return output_write(out, text, size, err);
    quoted = malloc(2 * size + 2); /* every byte may be a quote */
    if (!quoted)
        return err_memory(err, "a field", 2 * size + 2);
    status = output_write(out, quoted, csv_write(quoted, 2 * size + 2, text, size), err);
    free(quoted);
    return status;
}
