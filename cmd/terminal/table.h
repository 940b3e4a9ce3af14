#ifndef CMD_TABLE_H
#define CMD_TABLE_H

#include "pipeline/base/err.h"
#include "pipeline/base/strbuf.h"

/* A small table on standard output: in columns, or to paste into a README or a paper. */
enum table_kind { TABLE_PLAIN, TABLE_MARKDOWN, TABLE_LATEX };

struct table {
    int columns;
    struct strbuf cells; /* each with its NUL, row by row, the heading first */
};

void table_cell(struct table *table, const char *text);
/* Prints it, the first column to the left and the others to the right; LaTeX as a tabular of
 * booktabs' rules. */
MUST_CHECK int table_print(const struct table *table, enum table_kind kind, struct err *err);
void table_free(struct table *table);

#endif
