#ifndef PIPELINE_CSV_FILE_H
#define PIPELINE_CSV_FILE_H

#include "reader.h"

/* A CSV file opened by its name, for small tables; compressed ones too. */
struct csv_file {
    struct source *source;
    struct csv_reader *reader;
};

MUST_CHECK int csv_file_open(struct csv_file *file, const char *path, struct inputs *inputs,
                             const char *role, struct err *err);
/* A zeroed or closed one is fine. */
void csv_file_close(struct csv_file *file);

#endif
