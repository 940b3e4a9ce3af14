/* Scores a submission against true labels. */
#include "score.h"

#include "pipeline/base/idset.h"
#include "pipeline/base/text.h"
#include "pipeline/csv/reader.h"

#include <math.h>
#include <string.h>
#include <xxhash.h>

/* An id with its label as one key. */
static uint64_t pair_key(const struct csv_row *row)
{
    return XXH3_64bits_withSeed(csv_text(row, 1), row->fields[1].size,
                                idset_key(csv_text(row, 0), row->fields[0].size));
}

struct truth {
    struct idset ids, pairs;
    struct metrics *score;
};

typedef int visit_pair(struct truth *truth, const struct csv_reader *reader,
                       const struct csv_row *row, struct err *err);

static int learn(struct truth *truth, const struct csv_reader *reader, const struct csv_row *row,
                 struct err *err)
{
    char id[QUOTED_TEXT];
    int fresh = idset_add(&truth->ids, idset_key(csv_text(row, 0), row->fields[0].size), err);

    if (fresh == 0)
        return csv_reader_fail(reader, 0, err, "duplicate id %s",
                               text_quote(id, csv_text(row, 0), row->fields[0].size));
    return fresh < 0 || idset_add(&truth->pairs, pair_key(row), err) < 0 ? -1 : 0;
}

static int compare(struct truth *truth, const struct csv_reader *reader, const struct csv_row *row,
                   struct err *err)
{
    char id[QUOTED_TEXT];

    if (!idset_has(&truth->ids, idset_key(csv_text(row, 0), row->fields[0].size)))
        return csv_reader_fail(reader, 0, err, "the truth has no id %s",
                               text_quote(id, csv_text(row, 0), row->fields[0].size));
    truth->score->rows++;
    truth->score->correct += idset_has(&truth->pairs, pair_key(row));
    return 0;
}

static int each_pair(const char *path, const char *role, visit_pair *visit, struct truth *truth,
                     struct inputs *inputs, struct err *err)
{
    static char *const names[] = {"id", "label"};
    struct csv_file file;
    struct csv_row row;
    int got;

    if (csv_file_open(&file, path, inputs, role, err))
        return -1;
    got = csv_reader_next(file.reader, &row, err);
    if (got > 0 && row.count != 2)
        got = csv_reader_fail(file.reader, -1, err,
                              "%d column%s where two are expected, ids and labels", row.count,
                              plural(row.count));
    csv_reader_name_columns(file.reader, names);
    while (got > 0) {
        got = csv_reader_next(file.reader, &row, err);
        if (got > 0 && visit(truth, file.reader, &row, err))
            got = -1;
    }
    csv_file_close(&file);
    return got;
}

int submission_score(const char *path, const char *truth_path, struct inputs *inputs,
                     struct metrics *score, struct err *err)
{
    struct truth truth = {.score = score};
    int status = -1;

    memset(score, 0, sizeof *score);
    score->loss_sum = NAN;
    if (each_pair(truth_path, "truth", learn, &truth, inputs, err) ||
        each_pair(path, "submission", compare, &truth, inputs, err))
        goto out;
    if (score->rows < truth.ids.count)
        err_set(err, EX_DATAERR, "%s: %lld row%s where the truth, %s, has %lld", path,
                (long long)score->rows, plural(score->rows), truth_path,
                (long long)truth.ids.count);
    else
        status = 0;
out:
    idset_free(&truth.ids);
    idset_free(&truth.pairs);
    return status;
}
