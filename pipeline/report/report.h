#ifndef PIPELINE_REPORT_H
#define PIPELINE_REPORT_H

#include "html.h"
#include "pipeline/base/short_name.h"
#include "pipeline/dataset/picks.h"
#include "pipeline/dataset/same_pictures.h"
#include "pipeline/fit/history.h"
#include "pipeline/fit/runs.h"
#include "pipeline/picture/picture.h"
#include "pipeline/predict/comparison.h"
#include "pipeline/predict/ensemble.h"
#include "pipeline/predict/metrics.h"
#include "pipeline/predict/model_line.h"
#include "pipeline/predict/prediction_stats.h"
#include "pipeline/predict/ranking.h"
#include "pipeline/predict/why.h"
#include "pipeline/submit/leaderboard.h"
#include "run_entries.h"

/* Page of a run: its data, its models and their predictions, read from their files. Rows are
 * streamed; held are the figures, the pictures shown, and the models. */

enum { REPORT_SAMPLES = 10 };

/* Files that the page is made of; the texts are not owned. */
struct report_files {
    const char *title; /* or NULL */
    const char *const *data, *const *data_names;
    int data_count;
    const char *const *pred, *const *pred_names; /* names of data */
    int pred_count;
    const char *const *models;
    int model_count;
    const char *const *histories;
    int history_count;
    const char *const *stages;
    int stage_count;
    const char *runs;         /* or NULL */
    const char *audit;        /* what audit wrote by --json, or NULL */
    const char *weights;      /* what compare --weigh wrote, or NULL */
    const char *const *tuned; /* what make tune wrote */
    int tuned_count;
    bool map; /* draw the map of the rows */
    bool why; /* draw maps of what speaks for it below each mistake */
};

/* Predictions of one part of the data, of which there may be several. */
struct report_pred {
    const char *path;
    int part;   /* number of the part */
    int number; /* among its predictions, from 0 */
    struct comparison
        comparison; /* with its first predictions, which are the first; if number > 0 */
    char digest[DIGEST_TEXT];
    struct predictions file;
    json_t *models;   /* array of the models' digests */
    bool out_of_fold; /* each row by models that did not train on it */
    struct prediction_stats stats;
    struct score score; /* if labelled */
    struct why *why;    /* [stats.mistakes.count], NULL: not requested, or: */
    const char *no_why; /* why there are no such maps, or NULL */
};

/* A data set. */
struct report_part {
    const char *name, *path;
    struct dataset data;
    int64_t *class_rows; /* [classes], where there are labels */
    struct pixel_range range;
    struct dataset_chunk samples; /* REPORT_SAMPLES rows, or all if it has fewer */
    struct dataset_chunk ranked;  /* the rows in the rankings of all its predictions */
    float *guesses;               /* [samples][classes] probabilities, or NULL */
    struct report_pred *pred;     /* the first of its predictions, or NULL */
    int pred_count;
};

struct report_model {
    const char *path;
    char *name; /* its file's, without the ending: "a.s2.f3" */
    int group;  /* models of one name, "a", with other seeds and folds */
    int64_t parameters;
    struct history history; /* zeroed: none */
    int kept_epoch;         /* from 1; 0: not known */
    int scored_by;          /* the predictions (number in pred) that score it; -1: none */
    struct score score;
    enum relation_kind relation; /* of the rows that score it */
    const json_t *confusion;     /* of these, in a stage's summary; NULL: none */
};

/* Models that differ in seed and fold alone, by their files' names. */
struct report_group {
    char *name;
    int count; /* models */
};

/* An audit of one part. */
enum { AUDIT_LABELS, AUDIT_CONFLICTS, AUDIT_ODD, AUDIT_SHOWN };
struct report_audit {
    json_t *json; /* NULL: none */
    int part;
    struct ranking shown[AUDIT_SHOWN]; /* rows: as predicted, what is suggested, or -1 */
};

/* A map of rows by what a model gives its last layer: principal components, and t-SNE. */
enum { MAP_PCA, MAP_TSNE, MAPS };
struct report_map {
    const char *missing; /* why there is none, or NULL */
    int part, model;
    bool trained; /* the model trained on these rows */
    int count;
    int64_t size;  /* values of a row */
    int64_t *rows; /* [count] */
    int *truth, *predicted;
    double *at[MAPS]; /* [count][2] */
    double agreement[MAPS];
};

struct report {
    struct report_files files;
    struct inputs inputs;
    struct nn_pool *pool;
    struct ensemble ensemble; /* models in `ensemble.models` */
    struct report_part *parts;
    struct same_count *same; /* [data_count][data_count]: of one part, in another */
    struct report_pred *preds;
    struct report_model *models;
    struct report_group *groups;
    json_t **stages;                /* summaries of ingest, split and predict */
    struct runs runs;               /* of files.runs; zeroed: none */
    struct run_entries entries;     /* of its fits */
    struct leaderboard leaderboard; /* of its scores */
    json_t *weights;                /* NULL: none */
    json_t **tuned;                 /* [files.tuned_count] */
    struct report_audit audit;
    struct report_map map;
    int group_count;
    int classes;               /* 0: not known */
    char *const *class_names;  /* [classes], of the first file that has them */
    char *const *class_texts;  /* as the CSV spells them */
    struct common_part common; /* of all names */
};

/* Reads everything. EX_DATAERR where files do not belong together: predictions of other data,
 * models of other shapes or classes, the history of a model that is not there. */
MUST_CHECK int report_open(struct report *report, const struct report_files *files, int threads,
                           struct err *err);
/* Writes the page into *html, whose memory may have run out. */
MUST_CHECK int report_write(struct report *report, struct strbuf *html, struct err *err);
void report_close(struct report *report);

#endif
