#include "csv_file.h"

#include <string.h>

int csv_file_open(struct csv_file *file, const char *path, struct inputs *inputs, const char *role,
                  struct err *err)
{
    memset(file, 0, sizeof *file);
    if (source_open(&file->source, path, inputs, role, err) == 0 &&
        csv_reader_open(&file->reader, file->source, err) == 0)
        return 0;
    csv_file_close(file);
    return -1;
}

void csv_file_close(struct csv_file *file)
{
    csv_reader_close(file->reader);
    source_close(file->source);
    memset(file, 0, sizeof *file);
}
