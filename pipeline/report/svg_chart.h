#ifndef PIPELINE_SVG_CHART_H
#define PIPELINE_SVG_CHART_H

#include "chart.h"
#include "html.h"

/* Writes the chart as a drawing in SVG; nothing if no line has a point. */
void svg_chart(struct strbuf *html, const struct chart *chart);

#endif
