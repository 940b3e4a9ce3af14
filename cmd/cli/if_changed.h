#ifndef CMD_CURRENT_H
#define CMD_CURRENT_H

#include "pipeline/tensor/tensor.h"

/* --if-changed: a run whose output is there already does nothing. */
extern bool if_changed;

#define IF_CHANGED_OPTION                                                                          \
    FLAG("if-changed", &if_changed,                                                                \
         "if the output is up to date (same inputs, options, arithmetic), only touch it")

/* Returns 1 if all outputs, writers[i] with options[i], are up to date: their times are renewed,
 * and a message says so. 0: there is work to do. -1: error. The summary of --json, and the file
 * `record` unless NULL, have to be there too and to name the outputs' digests. */
MUST_CHECK int already_made(struct tensor_writer *const *writers, json_t *const *options, int count,
                            struct inputs *inputs, const char *record, struct err *err);
/* Tells whether the summary of --json that is there has these files, and no others, under `key` in
 * its list `list`, in this order: an output of the same content may have been made of files by
 * other names. Without --json nothing is missed: true. */
bool summary_names(const char *list, const char *key, char *const *names, int count);
/* Tells whether a line of the file has this text in it; without a path nothing is missed: true. */
bool has_line_with(const char *path, const char *text);

#endif
