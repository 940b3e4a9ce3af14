/* How rows that are scored relate to a model. */
#include "relation.h"

#include "pipeline/base/json.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Rows that are few enough to be repeats are below one in so many. */
enum { REPEATS_SHARE = 100 };

static const struct {
    const char *word, *mark, *legend, *text; /* text: after the rows counted */
} kinds[] = {
    [RELATION_FAIR] = {"fair", "", "", NULL},
    [RELATION_REPEATS] = {"repeats", "", "",
                          "have pictures that were trained on: too few to matter"},
    [RELATION_CHOSE] = {"chose", "~", "rows that chose the epoch",
                        "chose the epoch: new rows may fare worse"},
    [RELATION_REPEATED] = {"repeated", "!", "rows whose pictures were trained on",
                           "repeat pictures that were trained on: new rows will fare worse"},
    [RELATION_PART] = {"part", "!", "rows whose pictures were trained on",
                       "have pictures that were trained on: new rows will fare worse"},
    [RELATION_TRAINED] = {"trained", "!", "rows that were trained on",
                          "were trained on: this says nothing about new rows"},
    [RELATION_UNKNOWN] = {"unknown", "?", "rows that may have been trained on", NULL},
};

/* ---- Counting ---- */

void relation_count(struct relation *r, enum seen_as as, double chance)
{
    r->rows++;
    r->trained += as == SEEN_TRAINED;
    r->chose += as == SEEN_CHOSE;
    r->chance += chance;
}

/* Tells whether so many findings where `expected` come by chance are no more than that: the
 * probability of a Poisson distribution's tail is below expected^count / count!. */
static bool may_be_chance(int64_t count, double expected)
{
    const double least = 1e-4, n = (double)count;

    return count > 0 &&
           (n <= expected || (expected > 0 && n * log(expected) - lgamma(n + 1) > log(least)));
}

void relation_settle(struct relation *r)
{
    if (may_be_chance(r->trained, r->chance))
        r->trained = 0;
}

/* ---- What it comes to ---- */

static bool many(int64_t count, int64_t rows)
{
    return count > 0 && count > (rows - 1) / REPEATS_SHARE;
}

enum relation_kind relation_kind(const struct relation *r)
{
    if (many(r->trained, r->rows))
        return r->held_back            ? RELATION_REPEATED
               : r->trained == r->rows ? RELATION_TRAINED
                                       : RELATION_PART;
    if (r->unknown)
        return RELATION_UNKNOWN;
    if (many(r->chose, r->rows))
        return RELATION_CHOSE;
    return r->trained ? RELATION_REPEATS : RELATION_FAIR;
}

const char *relation_word(enum relation_kind kind)
{
    return kinds[kind].word;
}

const char *relation_mark(enum relation_kind kind)
{
    return kinds[kind].mark;
}

const char *relation_legend(enum relation_kind kind)
{
    return kinds[kind].legend;
}

const char *relation_text(const struct relation *r, char text[RELATION_TEXT])
{
    const enum relation_kind kind = relation_kind(r);
    const int64_t count = kind == RELATION_CHOSE ? r->chose : r->trained;

    *text = 0;
    if (kind == RELATION_UNKNOWN)
        snprintf(text, RELATION_TEXT, "whether these rows were trained on is not recorded");
    else if (kinds[kind].text)
        snprintf(text, RELATION_TEXT, "%s%lld of these %lld row%s %s",
                 r->at_least ? "at least " : "", (long long)count, (long long)r->rows,
                 plural(r->rows), kinds[kind].text);
    return text;
}

/* ---- As JSON ---- */

json_t *relation_json(const struct relation *r)
{
    return json_pack("{s:s, s:I, s:I, s:I, s:o*}", "kind", relation_word(relation_kind(r)), "rows",
                     (json_int_t)r->rows, "trained", (json_int_t)r->trained, "chose",
                     (json_int_t)r->chose, "at_least", r->at_least ? json_true() : NULL);
}

struct relation relation_read_json(const json_t *json)
{
    json_int_t rows = 0, trained = 0, chose = 0;
    const char *kind = NULL;

    if (json_unpack((json_t *)json, "{s:s, s:I, s:I, s:I}", "kind", &kind, "rows", &rows, "trained",
                    &trained, "chose", &chose) ||
        rows < 0 || trained < 0 || chose < 0 || trained > rows || chose > rows - trained)
        return (struct relation){.unknown = true};
    return (struct relation){.rows = rows,
                             .trained = trained,
                             .chose = chose,
                             .held_back = strcmp(kind, kinds[RELATION_REPEATED].word) == 0,
                             .unknown = strcmp(kind, kinds[RELATION_UNKNOWN].word) == 0,
                             .at_least = json_is_true(json_object_get(json, "at_least"))};
}

struct relation relation_of_predictions(const struct tensor_file *file)
{
    const char *text = tensor_file_meta(file, "relation");
    json_t *json = text ? json_read(text, strlen(text), NULL) : NULL;
    const struct relation relation = relation_read_json(json_object_get(json, "mean"));

    json_decref(json);
    return relation;
}
