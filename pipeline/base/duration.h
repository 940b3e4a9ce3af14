#ifndef PIPELINE_DURATION_H
#define PIPELINE_DURATION_H

/* Reads "90s", "10m" or "10min", "1h", "8h30m", "0.5s" or "90" as seconds; -1: it is none of these, or not
 * above 0. */
double duration_parse(const char *text);

#endif
