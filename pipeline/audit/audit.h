#ifndef PIPELINE_AUDIT_H
#define PIPELINE_AUDIT_H

#include "alike.h"
#include "confident.h"
#include "drift.h"
#include "findings.h"
#include "pipeline/dataset/framing.h"
#include "pipeline/files/output.h"
#include "pipeline/model/relation.h"

/* What is wrong with a data set, as far as it tells that itself, its out-of-fold predictions, and
 * the test data. Held are the pixels of both data sets once, and some 250 bytes a row. */

/* One of the two data sets. */
struct audited {
    const char *path; /* not owned */
    struct dataset_info info;
    char digest[DIGEST_TEXT];
    int64_t n, begin; /* rows; the first one's place in the pictures of both */
    int64_t *rows;    /* [n] numbers in the source */
    void *ids;        /* [n] or NULL */
    int32_t *labels;  /* [n] classes, or NULL */
};

struct audit {
    struct audited set[2]; /* the data; the test data */
    int sets;
    char *images; /* of both, one after the other */
    struct pictures pictures;
    struct framing framing; /* of the data */

    bool predicted; /* there are predictions, and so the rest of these */
    char pred_digest[DIGEST_TEXT];
    struct relation relation; /* of the rows to the models */
    struct confident confident;
    int32_t *guess;   /* [n] likeliest class */
    int32_t *suspect; /* [n] class that the label should be, the guess; -1: no suspicion */
    float *of_label, *of_guess; /* [n] probabilities */
    int64_t agreed;             /* rows whose label is the guess */

    bool near_gave_up, cut_is_usual;
    bool drift_measured; /* and with it the next two */
    struct drift drift;
    struct findings findings; /* ranked after audit_rank() */
};

/* Loads the data, and the test data unless it is NULL. EX_DATAERR: they have not the same shape, or
 * no rows. */
MUST_CHECK int audit_load(struct audit *audit, const char *data, const char *test,
                          struct inputs *inputs, struct err *err);
/* Finds labels that are likely wrong. EX_DATAERR: predictions of other data, without labels, or by
 * models that trained on the rows. */
MUST_CHECK int audit_labels(struct audit *audit, const char *pred, struct inputs *inputs,
                            struct err *err);
/* Finds pictures that are there more than once; after audit_labels(), if that is called. */
MUST_CHECK int audit_repeats(struct audit *audit, int threads, struct err *err);
/* Finds pictures that are empty, inverted or cut. */
MUST_CHECK int audit_pictures(struct audit *audit, struct err *err);
/* Measures how far the data sets can be told apart, unless one has too few rows. */
MUST_CHECK int audit_drift(struct audit *audit, struct nn_pool *pool,
                           void (*progress)(double share), struct err *err);
void audit_close(struct audit *audit);

/* Appends why a row was found: "likely 5". */
void audit_reason(const struct audit *audit, const struct finding *one, struct strbuf *text);
/* Writes all findings as a CSV. */
MUST_CHECK int audit_write(const struct audit *audit, struct output *out, struct err *err);
/* Writes a contact sheet as PNG: the first suspected labels, and some of each other kind; if
 * nothing was found, a blank one. */
MUST_CHECK int audit_sheet(const struct audit *audit, unsigned char **png, size_t *size,
                           struct err *err);
/* Returns counts and the first findings of each kind, as the report reads them; NULL: out of
 * memory. */
json_t *audit_json(const struct audit *audit);

#endif
