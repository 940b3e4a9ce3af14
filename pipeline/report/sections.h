#ifndef PIPELINE_REPORT_SECTIONS_H
#define PIPELINE_REPORT_SECTIONS_H

#include "html.h"
#include "private.h"

/* The parts of the page, in its order. Each writes nothing where there is nothing to tell. */

void report_write_headline(const struct report *report, struct html *html);
void report_write_samples(const struct report *report, struct html *html);
void report_write_curves(const struct report *report, struct html *html);
void report_write_models(const struct report *report, struct html *html);
/* Of one part's predictions, with labels: confusion, classes, calibration, mistakes; without: the
 * shares of the classes. */
void report_write_predictions(const struct report *report, const struct report_part *part,
                              struct html *html);
void report_write_confusion(const struct report *report, const struct metrics *metrics,
                            struct html *html);
void report_write_classes(const struct report *report, const struct metrics *metrics,
                          struct html *html);
void report_write_shares(const struct report *report, const struct report_part *part,
                         struct html *html);
void report_write_ranking(const struct report *report, const struct report_part *part,
                          const struct ranking *ranking, const char *title, const char *says,
                          struct html *html);
bool report_has_times(const struct report *report);
void report_write_stages(const struct report *report, struct html *html);
void report_write_settings(const struct report *report, struct html *html);
void report_write_sources(const struct report *report, struct html *html);

/* ---- What they share ---- */

/* "<section id=ID><h2>TITLE</h2>" and the end. */
void report_begin(struct html *html, const char *id, const char *title);
void report_end(struct html *html);
/* A class's name in at most so many columns. */
enum { CLASS_SHORT = 11, CLASS_LONG = 24 };
void report_class(const struct report *report, int k, int columns, struct html *html);
/* "97.35", or a dash where it is no number. */
void report_share(struct html *html, double share, int decimals);
/* "873", "2.4k", "12k", "1.2M" */
void report_short(int64_t count, char *text, size_t size);
/* "97.35 % ± 0.12 %"; without an error that is no number, a dash without an accuracy. */
void report_accuracy(struct html *html, double accuracy, double error);
/* "b", "b 10 trainings" */
void report_group_name(const struct report *report, int group, struct html *html);
/* Classes of the style sheet for the group's colour and dash. */
void report_colour(int group, char *class, size_t size);

#endif
