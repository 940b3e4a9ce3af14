#ifndef CMD_TEXT_CHART_H
#define CMD_TEXT_CHART_H

#include "pipeline/base/err.h"
#include "pipeline/report/chart.h"
#include "terminal.h"

/* Number of lines that have colours and letters of their own. */
enum { TEXT_CHART_LINES = 4 };

/* Prints the chart of up to TEXT_CHART_LINES lines on standard output: in UTF-8 by Braille
 * patterns, eight dots a cell, else by a letter for each line. Nothing where no line has two
 * points. -1: out of memory. */
MUST_CHECK int print_chart(const struct terminal *terminal, const struct chart *chart,
                           struct err *err);

#endif
