/* An audit's steps: the data loaded, and each kind of finding. */
#include "audit.h"

#include "pipeline/base/memory.h"
#include "pipeline/dataset/keys.h"
#include "pipeline/dataset/predictions.h"
#include "pipeline/dataset/rows.h"
#include "unusual.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- Loading ---- */

static int open_set(struct audit *a, struct dataset *dataset, const char *path, const char *role,
                    struct inputs *inputs, struct err *err)
{
    struct audited *set = &a->set[a->sets];

    if (dataset_open(dataset, path, inputs, role, err))
        return -1;
    set->path = path;
    set->n = dataset->n;
    memcpy(set->digest, tensor_file_digest(dataset->file), DIGEST_TEXT);
    if (set->n == 0)
        return err_set(err, EX_DATAERR, "%s: it has no rows", path);
    if (a->sets == 0)
        return 0;
    set->begin = a->set[0].n;
    if (!dataset_same_shape(&a->set[0].info, &dataset->info) ||
        a->set[0].info.pixel != dataset->info.pixel)
        return err_set(err, EX_DATAERR,
                       "%s: its pictures are not as those of %s: %dx%dx%d and %dx%dx%d, or bytes "
                       "and other numbers",
                       path, a->set[0].path, dataset->info.c, dataset->info.h, dataset->info.w,
                       a->set[0].info.c, a->set[0].info.h, a->set[0].info.w);
    return 0;
}

static int take_set(struct audit *a, struct dataset *dataset, struct err *err)
{
    enum { ROOM = 1024 };
    struct audited *set = &a->set[a->sets];
    const struct dataset_info *info = &dataset->info;
    const size_t image = dataset_image_bytes(info);
    const size_t id = info->has_ids ? key_bytes(info->id_width) : 0;
    struct dataset_chunk chunk = {0};
    int64_t done = 0;
    int got = dataset_chunk_init(&chunk, dataset, ROOM, err);

    while (got >= 0 && (got = dataset_next(dataset, &chunk, err)) > 0) {
        memcpy(a->images + (size_t)(set->begin + done) * image, chunk.images,
               (size_t)chunk.count * image);
        memcpy(set->rows + done, chunk.rows, (size_t)chunk.count * sizeof *chunk.rows);
        if (id)
            memcpy((char *)set->ids + (size_t)done * id, chunk.ids, (size_t)chunk.count * id);
        for (int64_t i = 0; i < chunk.count && set->labels; i++)
            set->labels[done + i] = dataset_class(info, &chunk, i);
        done += chunk.count;
    }
    dataset_chunk_free(&chunk);
    return got;
}

static int load_set(struct audit *a, const char *path, const char *role, struct inputs *inputs,
                    struct err *err)
{
    struct audited *set = &a->set[a->sets];
    struct dataset dataset = {0};
    int result = open_set(a, &dataset, path, role, inputs, err);

    if (result == 0) {
        const struct dataset_info *info = &dataset.info;
        const size_t image = dataset_image_bytes(info);
        char *images = realloc(a->images, (size_t)(set->begin + set->n) * image);

        if (images)
            a->images = images;
        else
            err_memory(err, "the pictures", (unsigned long long)(set->begin + set->n) * image);
        set->rows = images ? rows_alloc(set->n, sizeof *set->rows, "row numbers", err) : NULL;
        if (set->rows && info->has_ids)
            set->ids = rows_alloc(set->n, key_bytes(info->id_width), "ids", err);
        if (set->rows && info->has_labels)
            set->labels = rows_alloc(set->n, sizeof *set->labels, "labels", err);
        result = !set->rows || (info->has_ids && !set->ids) || (info->has_labels && !set->labels)
                     ? -1
                     : take_set(a, &dataset, err);
        set->info = dataset.info;
        dataset.info = (struct dataset_info){0};
    }
    dataset_close(&dataset);
    a->sets += result == 0;
    return result;
}

int audit_load(struct audit *a, const char *data, const char *test, struct inputs *inputs,
               struct err *err)
{
    const struct dataset_info *info = &a->set[0].info;

    *a = (struct audit){.drift = {.auc = NAN}};
    if (load_set(a, data, "data", inputs, err) || (test && load_set(a, test, "test", inputs, err)))
        return -1;
    a->pictures = (struct pictures){.images = a->images,
                                    .pixel = info->pixel,
                                    .c = info->c,
                                    .h = info->h,
                                    .w = info->w,
                                    .n = a->set[0].n + a->set[1].n};
    return framing_measure(&a->framing, info, a->images, NULL, a->set[0].n, err);
}

void audit_close(struct audit *a)
{
    for (int s = 0; s < 2; s++) {
        dataset_info_free(&a->set[s].info);
        free(a->set[s].rows);
        free(a->set[s].ids);
        free(a->set[s].labels);
    }
    free(a->images);
    confident_free(&a->confident);
    free(a->guess);
    free(a->suspect);
    free(a->of_label);
    free(a->of_guess);
    drift_free(&a->drift);
    findings_free(&a->findings);
    *a = (struct audit){.sets = 0};
}

/* ---- Labels ---- */

/* Refuses predictions that say nothing of the labels. */
static int check_predictions(struct audit *a, const struct predictions *p, const char *path,
                             struct err *err)
{
    const struct audited *data = &a->set[0];
    const char *digest = tensor_file_meta(p->file, "data_digest");
    char text[RELATION_TEXT];
    enum relation_kind kind;

    if (!data->labels)
        return err_set(err, EX_DATAERR, "%s: it has no labels that predictions could contradict",
                       data->path);
    if (!digest || strcmp(digest, data->digest) || p->n != data->n ||
        p->class_count != data->info.class_count)
        return err_set(err, EX_DATAERR,
                       "%s: predictions of other data than %s is (csvnet explain tells both)", path,
                       data->path);
    a->relation = relation_of_predictions(p->file);
    kind = relation_kind(&a->relation);
    if (kind == RELATION_TRAINED || kind == RELATION_PART)
        return err_set(err, EX_DATAERR,
                       "%s: %s, and a model that has learnt a wrong label does not contradict it; "
                       "an audit takes predictions by models that did not see the rows: make oof, "
                       "or csvnet predict DATA MODEL... --oof of models that fit --fold has made",
                       path, relation_text(&a->relation, text));
    memcpy(a->pred_digest, tensor_file_digest(p->file), DIGEST_TEXT);
    return 0;
}

static void learn_row(struct audit *a, const float *p, int64_t row)
{
    confident_add(&a->confident, p, a->set[0].labels[row]);
}

static void count_row(struct audit *a, const float *p, int64_t row)
{
    (void)confident_count(&a->confident, p, a->set[0].labels[row]);
}

/* Takes note of the row, and offers it to be suspected. */
static void judge_row(struct audit *a, const float *p, int64_t row)
{
    const int label = a->set[0].labels[row];
    int best = 0;

    for (int k = 1; k < a->confident.classes; k++)
        best = p[k] > p[best] ? k : best;
    a->guess[row] = best;
    a->agreed += best == label;
    a->suspect[row] = -1;
    a->of_label[row] = p[label];
    a->of_guess[row] = p[best];
    confident_offer(&a->confident, p, label, row);
}

/* Passes over all rows. */
static int each_row(struct audit *a, struct predictions *p,
                    void (*take)(struct audit *, const float *, int64_t), struct err *err)
{
    enum { ROOM = 4096 };
    struct predictions_chunk chunk = {0};
    int64_t row = 0;
    int got = predictions_chunk_init(&chunk, p, ROOM, err);

    while (got >= 0 && (got = predictions_next(p, &chunk, err)) > 0)
        for (int64_t i = 0; i < chunk.count; i++)
            take(a, chunk.probabilities + i * p->class_count, row++);
    predictions_chunk_free(&chunk);
    return got;
}

static int read_predictions(struct audit *a, struct predictions *p, struct err *err)
{
    const int64_t n = a->set[0].n;

    a->guess = rows_alloc(n, sizeof *a->guess, "predicted classes", err);
    a->suspect = a->guess ? rows_alloc(n, sizeof *a->suspect, "suspected labels", err) : NULL;
    a->of_label = a->suspect ? rows_alloc(n, sizeof *a->of_label, "probabilities", err) : NULL;
    a->of_guess = a->of_label ? rows_alloc(n, sizeof *a->of_guess, "probabilities", err) : NULL;
    if (!a->of_guess || confident_init(&a->confident, p->class_count, err) ||
        each_row(a, p, learn_row, err))
        return -1;
    confident_settle(&a->confident);
    if (predictions_rewind(p, err) || each_row(a, p, count_row, err) ||
        confident_estimate(&a->confident, err))
        return -1;
    return predictions_rewind(p, err) || each_row(a, p, judge_row, err) ? -1 : 0;
}

/* Adds the suspects, each once and as its likeliest class, ranked by the normalized margin: the
 * label's probability less that of the likeliest other class, the smallest first. */
static int add_suspects(struct audit *a, struct err *err)
{
    const int pairs = a->confident.classes * a->confident.classes;

    for (int i = 0; i < pairs; i++)
        for (int64_t s = 0; s < a->confident.pair[i].count; s++) {
            const int64_t row = a->confident.pair[i].list[s].row;

            if (a->suspect[row] >= 0)
                continue;
            a->suspect[row] = a->guess[row];
            if (findings_add(&a->findings,
                             &(struct finding){
                                 .kind = FOUND_LABEL,
                                 .row = row,
                                 .suggested = a->guess[row],
                                 .key = (double)a->of_guess[row] - (double)a->of_label[row],
                                 .other = -1,
                                 .figure = (double)a->of_guess[row]},
                             err))
                return -1;
        }
    return 0;
}

int audit_labels(struct audit *a, const char *pred, struct inputs *inputs, struct err *err)
{
    struct predictions p = {0};
    int result = predictions_open(&p, pred, inputs, "predictions", err);

    if (result == 0)
        result = check_predictions(a, &p, pred, err) || read_predictions(a, &p, err) ||
                         add_suspects(a, err)
                     ? -1
                     : 0;
    predictions_close(&p);
    a->predicted = result == 0;
    return result;
}

/* ---- Repeats ---- */

static int set_of(const struct audit *a, int64_t at)
{
    return at >= a->set[0].n;
}

/* Begins a finding of the picture `at`, which is like `other`. */
static struct finding finding_of(const struct audit *a, enum finding_kind kind, int64_t at,
                                 int64_t other, double distance)
{
    struct finding one = {.kind = kind,
                          .set = set_of(a, at),
                          .suggested = -1,
                          .key = -distance,
                          .other = -1,
                          .figure = 1 - distance * distance / 2};

    one.row = at - a->set[one.set].begin;
    if (other >= 0) {
        one.other_set = set_of(a, other);
        one.other = other - a->set[one.other_set].begin;
    }
    return one;
}

static int add_pair(struct audit *a, enum finding_kind kind, int64_t at, int64_t other,
                    double distance, int suggested, struct err *err)
{
    struct finding one = finding_of(a, kind, at, other, distance);

    one.suggested = suggested;
    return findings_add(&a->findings, &one, err);
}

/* Finds the label that most rows with the picture `first` have, -1: two have equally many. */
static int find_common_label(const struct audit *a, const struct alike *alike, int64_t first,
                             int *label, struct err *err)
{
    const int classes = a->set[0].info.class_count;
    int64_t *votes = rows_alloc(classes, sizeof *votes, "labels of a picture", err);

    if (!votes)
        return -1;
    memset(votes, 0, (size_t)classes * sizeof *votes);
    for (int64_t i = first; i >= 0 && !set_of(a, i); i = alike->next[i])
        votes[a->set[0].labels[i]]++;
    *label = 0;
    for (int k = 1; k < classes; k++)
        *label = votes[k] > votes[*label] ? k : *label;
    for (int k = *label + 1, most = *label; k < classes; k++)
        if (votes[k] == votes[most])
            *label = -1;
    free(votes);
    return 0;
}

/* Returns the class to suggest for a row whose picture others have as of class `common`; -1: none
 * is. */
static int class_to_suggest(const struct audit *a, int64_t at, int common, int other)
{
    if (a->predicted && a->suspect[at] >= 0)
        return a->suspect[at];
    if (common >= 0)
        return common;
    return a->predicted && a->guess[at] == other ? other : -1;
}

/* Adds rows of the data that have one picture: contradictions, or all but the first. */
static int add_cluster(struct audit *a, const struct alike *alike, int64_t first, struct err *err)
{
    const int32_t *labels = a->set[0].labels;
    bool contradicted = false;
    int common = -1;

    for (int64_t i = first; i >= 0 && !set_of(a, i); i = alike->next[i])
        contradicted |= labels && labels[i] != labels[first];
    if (contradicted && find_common_label(a, alike, first, &common, err))
        return -1;
    for (int64_t i = first; i >= 0 && !set_of(a, i); i = alike->next[i]) {
        int64_t other = first;

        while (contradicted && other >= 0 && labels[other] == labels[i])
            other = alike->next[other];
        if (contradicted && labels[i] != common) {
            if (add_pair(a, FOUND_CONFLICT, i, other, 0,
                         class_to_suggest(a, i, common, labels[other]), err))
                return -1;
        } else if (i != first && add_pair(a, FOUND_DUPLICATE, i, first, 0, -1, err))
            return -1;
    }
    return 0;
}

/* Adds the rows of the test data that have the picture `first`. */
static int add_test_rows(struct audit *a, const struct alike *alike, int64_t first, struct err *err)
{
    for (int64_t i = alike->next[first]; i >= 0; i = alike->next[i]) {
        if (!set_of(a, i))
            continue;
        if (!set_of(a, first) ? add_pair(a, FOUND_LEAK, first, i, 0, -1, err)
                              : add_pair(a, FOUND_DUPLICATE, i, first, 0, -1, err))
            return -1;
    }
    return 0;
}

/* Adds two pictures that are nearly alike, `of` the earlier one. */
static int add_near(struct audit *a, int64_t at, int64_t of, double distance, struct err *err)
{
    const int32_t *labels = a->set[0].labels;

    if (set_of(a, at) != set_of(a, of))
        return add_pair(a, FOUND_LEAK, of, at, distance, -1, err);
    if (set_of(a, at) || !labels || labels[at] == labels[of])
        return add_pair(a, FOUND_NEAR, at, of, distance, -1, err);
    if (a->predicted && a->of_label[of] < a->of_label[at]) {
        const int64_t kept = at;

        at = of;
        of = kept;
    }
    return add_pair(a, FOUND_CONFLICT, at, of, distance,
                    class_to_suggest(a, at, -1, labels[of]), err);
}

static int add_repeats(struct audit *a, const struct alike *alike, struct err *err)
{
    for (int64_t i = 0; i < alike->n; i++) {
        if (alike->first[i] != i)
            continue;
        if (alike->next[i] >= 0 && ((!set_of(a, i) && add_cluster(a, alike, i, err)) ||
                                    add_test_rows(a, alike, i, err)))
            return -1;
        if (alike->near[i] >= 0 &&
            add_near(a, i, alike->near[i], (double)alike->distance[i], err))
            return -1;
    }
    return 0;
}

int audit_repeats(struct audit *a, int threads, struct err *err)
{
    struct alike alike = {0};
    int result = alike_find(&alike, &a->pictures, threads, err);

    if (result == 0)
        result = add_repeats(a, &alike, err);
    a->near_gave_up = alike.gave_up;
    alike_free(&alike);
    return result;
}

/* ---- Pictures ---- */

int audit_pictures(struct audit *a, struct err *err)
{
    static const enum finding_kind kinds[] = {[UNUSUAL_EMPTY] = FOUND_EMPTY,
                                              [UNUSUAL_INVERTED] = FOUND_INVERTED,
                                              [UNUSUAL_CUT] = FOUND_CUT};
    uint8_t *found = rows_alloc(a->pictures.n, 1, "unusual pictures", err);
    int result = found ? unusual_find(found, &a->cut_is_usual, &a->pictures, &a->framing,
                                      &a->set[0].info.pixels, err)
                       : -1;

    for (int64_t i = 0; i < a->pictures.n && result == 0; i++)
        if (found[i] != USUAL)
            result = add_pair(a, kinds[found[i]], i, -1, 0, -1, err);
    free(found);
    return result;
}

/* ---- Drift ---- */

/* Adds the rows that are most surely of their own set. */
static int add_telling(struct audit *a, int set, struct err *err)
{
    enum { MOST = 20 };
    const struct audited *s = &a->set[set];
    struct finding best[MOST + 1];
    int count = 0;

    for (int64_t i = 0; i < s->n; i++) {
        const double first = (double)a->drift.first[s->begin + i], own = set ? 1 - first : first;
        int place = count;

        while (place > 0 && best[place - 1].key < own)
            place--;
        if (place == MOST)
            continue;
        memmove(best + place + 1, best + place, (size_t)(count - place) * sizeof *best);
        best[place] = finding_of(a, FOUND_DRIFT, s->begin + i, -1, 0);
        best[place].key = best[place].figure = own;
        count += count < MOST;
    }
    for (int i = 0; i < count; i++)
        if (findings_add(&a->findings, &best[i], err))
            return -1;
    return 0;
}

int audit_drift(struct audit *a, struct nn_pool *pool, void (*progress)(double share),
                struct err *err)
{
    const struct audited *data = &a->set[0], *test = &a->set[1];

    if (a->sets < 2 || data->n < DRIFT_LEAST || test->n < DRIFT_LEAST)
        return 0;
    if (drift_measure(&a->drift, &a->pictures, data->n, data_range_divisor(&data->info.pixels),
                      pool, progress, err))
        return -1;
    a->drift_measured = true;
    return drift_is_seen(&a->drift) && (add_telling(a, 0, err) || add_telling(a, 1, err)) ? -1 : 0;
}
