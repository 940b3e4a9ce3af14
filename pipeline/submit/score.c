/* Scores a submission against true labels. */
#include "score.h"

#include "label_style.h"
#include "pipeline/base/idset.h"
#include "pipeline/base/text.h"
#include "pipeline/csv/reader.h"
#include "pipeline/predict/metrics.h"
#include "pipeline/tensor/meta.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CLASSES_MOST = 4096 }; /* with more different ones they are no labels of classes */

struct slot {
    uint64_t key;
    int32_t number; /* from 1; 0: free */
};

/* Numbers by keys, for as many as were made room for: open addressing, at most half full. */
struct table {
    struct slot *slots;
    size_t room; /* a power of two, or 0 */
    int64_t count;
};

struct work {
    struct table ids;     /* class of each id of the truth */
    struct table classes; /* of labels or columns */
    bool probabilities;
    bool of_one;   /* in one column: of class 1, the other is 0 */
    bool between;  /* some are neither 0 nor 1 */
    bool of_words; /* as of_one, but neither label of the truth is 0 or 1, nor known to be meant */
    char **names;  /* [columns] the submission's */
    int columns;
    struct metrics metrics;
    double *row; /* [classes] probabilities */
};

/* ---- Numbers by keys ---- */

static struct slot *slot_of(const struct table *table, uint64_t key)
{
    size_t at = (size_t)((key * 0x9e3779b97f4a7c15u) >> 20) & (table->room - 1);

    while (table->slots[at].number && table->slots[at].key != key)
        at = (at + 1) & (table->room - 1);
    return &table->slots[at];
}

static int grow(struct table *table, struct err *err)
{
    const struct table old = *table;

    table->room = old.room ? 2 * old.room : 64;
    table->slots = calloc(table->room, sizeof *table->slots);
    if (!table->slots) {
        *table = old;
        return err_memory(err, "ids and labels", 2 * old.room * sizeof *table->slots);
    }
    for (size_t i = 0; i < old.room; i++)
        if (old.slots[i].number)
            *slot_of(table, old.slots[i].key) = old.slots[i];
    free(old.slots);
    return 0;
}

/* Returns 1 added, 0 was there, -1 out of memory. */
static int table_add(struct table *table, uint64_t key, int number, struct err *err)
{
    struct slot *slot;

    if (2 * (size_t)table->count >= table->room && grow(table, err))
        return -1;
    slot = slot_of(table, key);
    if (slot->number)
        return 0;
    *slot = (struct slot){key, number + 1};
    table->count++;
    return 1;
}

/* Finds a key; -1: it is not there. */
static int table_find(const struct table *table, uint64_t key)
{
    return table->room ? slot_of(table, key)->number - 1 : -1;
}

static uint64_t key_of(const struct csv_row *row, int column)
{
    return idset_key(csv_text(row, column), row->fields[column].size);
}

static uint64_t class_key(const struct csv_row *row, int column)
{
    return label_key(csv_text(row, column), row->fields[column].size);
}

/* ---- Rows ---- */

typedef int visit_row(struct work *work, const struct csv_reader *reader, const struct csv_row *row,
                      struct err *err);

static int refuse(const struct csv_reader *reader, const struct csv_row *row, int column,
                  const char *format, struct err *err)
{
    char text[QUOTED_TEXT];

    text_quote(text, csv_text(row, column), row->fields[column].size);
    return csv_reader_fail(reader, column, err, format, text);
}

/* Returns the class of a label; new labels get the next numbers. */
static int learn_label(struct work *w, const struct csv_reader *reader, const struct csv_row *row,
                       struct err *err)
{
    const uint64_t key = class_key(row, 1);
    const int class = table_find(&w->classes, key);

    if (class >= 0)
        return class;
    if (w->probabilities)
        return refuse(reader, row, 1, "no column of the submission is named %s", err);
    if (w->classes.count == CLASSES_MOST)
        return csv_reader_fail(reader, 1, err, "more than %d different labels", CLASSES_MOST);
    return table_add(&w->classes, key, (int)w->classes.count, err) < 0 ? -1
                                                                       : (int)w->classes.count - 1;
}

static int learn_truth(struct work *w, const struct csv_reader *reader, const struct csv_row *row,
                       struct err *err)
{
    const int class = learn_label(w, reader, row, err);
    int fresh;

    if (class < 0)
        return -1;
    fresh = table_add(&w->ids, key_of(row, 0), class, err);
    return fresh == 0 ? refuse(reader, row, 0, "duplicate id %s", err) : fresh < 0 ? -1 : 0;
}

static bool read_share(const struct csv_row *row, double *share)
{
    return label_share(csv_text(row, 1), row->fields[1].size, share);
}

static int look_for_shares(struct work *w, const struct csv_reader *reader,
                           const struct csv_row *row, struct err *err)
{
    double share;

    (void)reader, (void)err;
    w->of_one = w->of_one && read_share(row, &share);
    w->between |= w->of_one && share > 0 && share < 1;
    return 0;
}

static int learn_guess(struct work *w, const struct csv_reader *reader, const struct csv_row *row,
                       struct err *err)
{
    return learn_label(w, reader, row, err) < 0 ? -1 : 0;
}

/* Reads by Kaggle's rule for the loss: each row is divided by its sum. */
static int read_probabilities(struct work *w, const struct csv_reader *reader,
                              const struct csv_row *row, double *sum, struct err *err)
{
    *sum = 1;
    if (w->of_one) {
        if (!read_share(row, &w->row[1]))
            return refuse(reader, row, 1, "%s is no probability", err);
        w->row[0] = 1 - w->row[1];
        return 0;
    }
    *sum = 0;
    for (int k = 0; k + 1 < row->count; k++) {
        w->row[k] = strtod(csv_text(row, k + 1), NULL);
        if (!(w->row[k] >= 0))
            return refuse(reader, row, k + 1, "%s is no probability", err);
        *sum += w->row[k];
    }
    return *sum > 0 && isfinite(*sum)
               ? 0
               : csv_reader_fail(reader, -1, err, "the probabilities add up to %g", *sum);
}

static int compare(struct work *w, const struct csv_reader *reader, const struct csv_row *row,
                   struct err *err)
{
    const int truth = table_find(&w->ids, key_of(row, 0));
    double sum;

    if (truth < 0)
        return refuse(reader, row, 0, "the truth has no id %s", err);
    if (!w->probabilities) {
        metrics_count(&w->metrics, truth, table_find(&w->classes, class_key(row, 1)), NAN);
        return 0;
    }
    if (read_probabilities(w, reader, row, &sum, err))
        return -1;
    metrics_add_shares(&w->metrics, w->row, truth,
                       -log(fmin(fmax(w->row[truth] / sum, 1e-15), 1 - 1e-15)));
    return 0;
}

/* ---- Files ---- */

/* Takes the header's names for classes; where it has none, the first two are 0 and 1. */
static int learn_columns(struct work *w, const struct csv_reader *reader, const struct csv_row *row,
                         struct err *err)
{
    w->probabilities = row->count > 2;
    w->columns = row->count;
    w->names = calloc((size_t)row->count, sizeof *w->names);
    for (int i = 0; w->names && i < row->count; i++)
        if (!(w->names[i] = strdup(csv_text(row, i))))
            return err_memory(err, "the header", 0);
    if (!w->names)
        return err_memory(err, "the header", 0);
    if (!w->probabilities)
        return table_add(&w->classes, idset_key("0", 1), 0, err) < 0 ||
                       table_add(&w->classes, idset_key("1", 1), 1, err) < 0
                   ? -1
                   : 0;
    for (int i = 1; i < row->count; i++) {
        const int fresh = table_add(&w->classes, class_key(row, i), i - 1, err);

        if (fresh <= 0)
            return fresh == 0 ? refuse(reader, row, i, "duplicate column %s", err) : -1;
    }
    return 0;
}

/* Visits each row; header: the first one; each: the others. */
static int each_row(struct work *w, const char *path, const char *role, visit_row *header,
                    visit_row *each, struct inputs *inputs, struct err *err)
{
    static char *const names[] = {"id", "label"};
    struct csv_file file;
    struct csv_row row;
    int got;

    if (csv_file_open(&file, path, inputs, role, err))
        return -1;
    got = csv_reader_next(file.reader, &row, err);
    if (got > 0 && header(w, file.reader, &row, err))
        got = -1;
    if (got > 0)
        csv_reader_name_columns(file.reader, row.count == 2 ? names : w->names);
    while (each && got > 0) {
        got = csv_reader_next(file.reader, &row, err);
        if (got > 0 && each(w, file.reader, &row, err))
            got = -1;
    }
    csv_file_close(&file);
    return got < 0 ? -1 : 0;
}

static int two_columns(struct work *w, const struct csv_reader *reader, const struct csv_row *row,
                       struct err *err)
{
    (void)w;
    if (row->count == 2)
        return 0;
    return csv_reader_fail(reader, -1, err, "%d column%s where two are expected, ids and labels",
                           row->count, plural(row->count));
}

static int any_columns(struct work *w, const struct csv_reader *reader, const struct csv_row *row,
                       struct err *err)
{
    (void)w, (void)reader, (void)row, (void)err;
    return 0;
}

/* Tells whether the truth has two labels of which neither is 0 or 1. */
static bool has_two_words(const struct work *w)
{
    for (size_t i = 0; i < w->ids.room; i++)
        if (w->ids.slots[i].number == 1 || w->ids.slots[i].number == 2)
            return false;
    return w->classes.count == 4;
}

/* Finds the class of a word of the truth, in which 0 and 1 are none; -1: it is not there. */
static int class_of_word(const struct work *w, const char *word)
{
    const int class = word ? table_find(&w->classes, label_key(word, strlen(word))) : -1;

    return class < 2 ? -1 : class;
}

/* Makes the truth's two words the classes 0 and 1: this is the word `one`, or else `other`. false:
 * neither is one of them. */
static bool number_words(struct work *w, const char *one, const char *other)
{
    int meant = class_of_word(w, one);

    meant = meant < 0 ? class_of_word(w, other) : meant;
    if (meant < 0)
        return false;
    for (size_t i = 0; i < w->ids.room; i++)
        if (w->ids.slots[i].number)
            w->ids.slots[i].number = 1 + (w->ids.slots[i].number == 1 + meant);
    w->classes.count = 2; /* and no label is looked up from here on */
    return true;
}

/* Finds out what the second of two columns has. Besides 0 and 1 the truth may have two words; which
 * of them a column of shares is of, its name may say, or `second`. */
static int read_guesses(struct work *w, const char *path, const char *second, struct inputs *inputs,
                        struct err *err)
{
    const bool words = has_two_words(w);

    w->of_one = w->classes.count == 2 || words;
    if (w->of_one && each_row(w, path, "submission", any_columns, look_for_shares, inputs, err))
        return -1;
    w->of_one &= w->between;
    w->of_words = words && w->of_one && !number_words(w, w->names[1], second);
    w->of_one &= !w->of_words;
    w->probabilities = w->of_one;
    return w->of_one ? 0 : each_row(w, path, "submission", any_columns, learn_guess, inputs, err);
}

static int make_room(struct work *w, struct err *err)
{
    const int classes = (int)w->classes.count;

    if (metrics_init(&w->metrics, classes, err) ||
        (w->probabilities && metrics_measure_auc(&w->metrics, w->ids.count, 1, err)))
        return -1;
    w->row = calloc((size_t)classes, sizeof *w->row);
    return w->row ? 0 : err_memory(err, "a row", (size_t)classes * sizeof *w->row);
}

int submission_score(const char *path, const char *truth, const char *second, struct inputs *inputs,
                     struct score *score, struct err *err)
{
    struct work w = {.row = NULL};
    int status = -1;

    if (each_row(&w, path, "submission", learn_columns, NULL, inputs, err) ||
        each_row(&w, truth, "truth", two_columns, learn_truth, inputs, err) ||
        (!w.probabilities && read_guesses(&w, path, second, inputs, err)) || make_room(&w, err) ||
        each_row(&w, path, "submission", any_columns, compare, inputs, err))
        goto out;
    *score = metrics_score(&w.metrics);
    if (score->rows < w.ids.count)
        err_set(err, EX_DATAERR, "%s: %lld row%s where the truth, %s, has %lld", path,
                (long long)score->rows, plural(score->rows), truth, (long long)w.ids.count);
    else if (w.of_words && score->correct == 0)
        err_set(err, EX_DATAERR,
                "%s: its numbers are probabilities, and the two labels of %s are words: of which "
                "is it? Name the column after that one, give PRED, or write 1 for it and 0 for "
                "the other into the truth",
                path, truth);
    else
        status = 0;
out:
    metrics_free(&w.metrics);
    texts_free(w.names, w.columns);
    free(w.row);
    free(w.ids.slots);
    free(w.classes.slots);
    return status;
}
