#include "npy.h"

#include "pipeline/dataset/rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Magic bytes, version, and the length of the text that follows; together a multiple of 64. */
enum { PREFIX = 10, ALIGNMENT = 64, TEXT = 6 * ALIGNMENT };

static const char *descr(enum dtype dtype)
{
    static const char *const names[] = {
        [DTYPE_U8] = "|u1", [DTYPE_I64] = "<i8", [DTYPE_F32] = "<f4", [DTYPE_F64] = "<f8"};

    return names[dtype];
}

/* Eight sizes of 20 digits and their commas leave room. */
static size_t header_text(const struct tensor *tensor, char text[TEXT])
{
    size_t used = (size_t)snprintf(text, TEXT, "{'descr': '%s', 'fortran_order': False, 'shape': (",
                                   descr(tensor->dtype));

    for (int i = 0; i < tensor->ndim; i++)
        used += (size_t)snprintf(text + used, TEXT - used, "%lld,%s", (long long)tensor->dims[i],
                                 i + 1 < tensor->ndim ? " " : "");
    used += (size_t)snprintf(text + used, TEXT - used, "), }");
    while ((PREFIX + used + 1) % ALIGNMENT)
        text[used++] = ' ';
    text[used++] = '\n';
    return used;
}

static int write_header(struct output *out, const struct tensor *tensor, struct err *err)
{
    char text[TEXT];
    const size_t size = header_text(tensor, text);
    const unsigned char prefix[PREFIX] = {0x93, 'N', 'U', 'M',         'P',
                                          'Y',  1,   0,   size & 0xff, size >> 8};

    return output_write(out, prefix, sizeof prefix, err) || output_write(out, text, size, err) ? -1
                                                                                               : 0;
}

int npy_write(struct output *out, struct tensor_file *file, int number, struct err *err)
{
    enum { ROOM = 1 << 20 };
    const struct tensor *tensor = tensor_file_at(file, number);
    const size_t row = tensor_row_bytes(tensor);
    const int64_t most = row > 0 && row < ROOM ? (int64_t)(ROOM / row) : 1;
    struct tensor_cursor *cursor = NULL;
    int64_t n = -1;
    void *rows = rows_alloc(most, row, "the rows of a tensor", err);

    if (rows && write_header(out, tensor, err) == 0 &&
        tensor_cursor_open(&cursor, file, tensor->name, err) == 0)
        while ((n = tensor_cursor_read(cursor, rows, most, err)) > 0)
            if (output_write(out, rows, (size_t)n * row, err)) {
                n = -1;
                break;
            }
    tensor_cursor_close(cursor);
    free(rows);
    return n < 0 ? -1 : 0;
}
