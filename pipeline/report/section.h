#ifndef PIPELINE_REPORT_SECTION_H
#define PIPELINE_REPORT_SECTION_H

#include "private.h"
#include "sections.h"

/* Shared by the sections. */

/* Up to so many classes a table of them is short, and another one stands beside it. */
enum { REPORT_FEW_CLASSES = 15 };

/* Writes "<section id=ID><h2>TITLE</h2>", and the section's end. */
void report_begin(struct strbuf *html, const char *id, const char *title);
void report_end(struct strbuf *html);
/* Begins a "<div>" in which a wide table scrolls; `label` is for screen readers. */
void report_begin_scroll(struct strbuf *html, const char *label);
/* Begins a cell of a table of cards, in which its column's name stands next to it. */
void report_begin_cell(struct strbuf *html, const char *column);
/* Writes such a cell; a dash if the value is no number. */
void report_number_cell(struct strbuf *html, const char *column, double value, int decimals);
/* Writes a class in about so many columns: its name; where that is too long the CSV's spelling, if
 * that is another, and what tells the name from the others. */
enum { CLASS_SHORT = 11, CLASS_LONG = 24 };
void report_class(const struct report *report, int k, int columns, struct strbuf *html);
/* Writes all of its name, after the CSV's spelling if that is another. */
void report_whole_class(const struct report *report, int k, struct strbuf *html);
/* Returns the text `key` of an object, "" if it has none. */
const char *report_text(const json_t *object, const char *key);
/* Writes "part-1", and "part-1-2" for the second predictions of that part. */
void report_pred_id(struct strbuf *html, const struct report_pred *pred);
/* Writes the last part of a path. */
void report_file(struct strbuf *html, const char *path);
/* Writes "97.35", never 100 or 0 for what is not all or none; a dash if it is no number. */
void report_share(struct strbuf *html, double share, int decimals);
/* Prints "873", "2.4k", "12k", "1.2M". */
void report_short(int64_t count, char *text, size_t size);
/* Writes "97.35 % ± 0.12 %", or "100.00 % (92.86 to 100.00 %)"; a dash if it is no number, and
 * without the error if the rows are not known. */
void report_accuracy(struct strbuf *html, double accuracy, double rows);
/* Writes a command line's options; a line breaks before "--lr", not within. */
void report_options(struct strbuf *html, const char *text);
/* Writes a loss, "at least" that where `at_least`; a dash if it is no number. */
void report_loss(struct strbuf *html, double loss, bool at_least);
/* Writes "0.9735", or a dash. */
void report_ratio(struct strbuf *html, double ratio);
/* Writes "b", or "b 10 trainings". */
void report_group_name(const struct report *report, int group, struct strbuf *html);
/* Prints the style sheet's class for the group's colour. */
void report_colour(int group, char *class, size_t size);
/* Says whether the page has a section of times. */
bool report_has_times(const struct report *report);
/* Says whether it has learning curves. */
bool report_has_curves(const struct report *report);
/* Writes "12 rows of validation have the picture of a row of training", where there are some. */
void report_write_repeat(const struct report *report, int of, int in, struct strbuf *html);

#endif
