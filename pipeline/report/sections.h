#ifndef PIPELINE_REPORT_SECTIONS_H
#define PIPELINE_REPORT_SECTIONS_H

#include "report.h"

/* The sections of the page, in its order. Each writes nothing where there is nothing to tell. */

void report_write_links(const struct report *report, struct strbuf *html);
void report_write_headline(const struct report *report, struct strbuf *html);
/* Writes parts of the headline: when the models were trained, the curve of accuracy, what got
 * better since the runs before, what to look at. */
void report_write_date(const struct report *report, struct strbuf *html);
void report_write_first_curve(const struct report *report, struct strbuf *html);
void report_write_changes(const struct report *report, struct strbuf *html);
void report_write_warnings(const struct report *report, struct strbuf *html);
void report_write_models(const struct report *report, struct strbuf *html);
void report_write_weights(const struct report *report, struct strbuf *html);
void report_write_tuned(const struct report *report, struct strbuf *html);
void report_write_runs(const struct report *report, struct strbuf *html);
void report_write_leaderboard(const struct report *report, struct strbuf *html);
/* Writes several predictions of one part next to each other, with the paired test. */
void report_write_side_by_side(const struct report *report, int part, struct strbuf *html);
/* Writes predictions, with labels: mistakes, confusion, classes, calibration; without: the shares
 * of the classes. */
void report_write_predictions(const struct report *report, const struct report_pred *pred,
                              struct strbuf *html);
void report_write_confusion(const struct report *report, const struct metrics *metrics,
                            struct strbuf *html);
void report_write_confusions(const struct report *report, const struct metrics *metrics,
                             struct strbuf *html);
void report_write_classes(const struct report *report, const struct metrics *metrics,
                          struct strbuf *html);
void report_write_shares(const struct report *report, const struct report_pred *pred,
                         struct strbuf *html);
void report_write_ranking(const struct report *report, const struct report_pred *pred,
                          const struct ranking *ranking, const char *title, const char *says,
                          struct strbuf *html);
void report_write_map(const struct report *report, struct strbuf *html);
void report_write_audit(const struct report *report, struct strbuf *html);
void report_write_curves(const struct report *report, struct strbuf *html);
/* Writes the range tests of --lr find, within the section of the curves. */
void report_write_rates(const struct report *report, struct strbuf *html);
void report_write_samples(const struct report *report, struct strbuf *html);
void report_write_settings(const struct report *report, struct strbuf *html);
void report_write_stages(const struct report *report, struct strbuf *html);
void report_write_sources(const struct report *report, struct strbuf *html);

#endif
