/* Sums up the lines of runs.jsonl: folds of one training are one entry. */
#include "run_entries.h"

#include "pipeline/base/json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const json_t *line_at(const json_t *runs, int line)
{
    return json_array_get(runs, (size_t)line);
}

static bool same_value(const json_t *a, const json_t *b, const char *key)
{
    const json_t *one = json_object_get(a, key), *other = json_object_get(b, key);

    return one ? json_equal(one, other) : !other;
}

/* Returns K of a line's "fold": "2/K"; 0: it has none. */
static int folds_of(const json_t *line)
{
    const char *fold = json_string_value(json_object_get(line, "fold"));
    const char *slash = fold ? strchr(fold, '/') : NULL;
    const long folds = slash ? strtol(slash + 1, NULL, 10) : 0;

    return folds > 0 && folds < 1000000 ? (int)folds : 0;
}

static bool has_fold(const struct run_entries *entries, const json_t *runs, int entry, int line)
{
    for (int other = 0; other < line; other++)
        if (entries->of[other] == entry &&
            same_value(line_at(runs, other), line_at(runs, line), "fold"))
            return true;
    return false;
}

/* Returns the entry whose folds a line goes with: the latest of its name, options and seed, unless
 * that has its fold already. -1: a new one. */
static int find_entry(const struct run_entries *entries, const json_t *runs, int line)
{
    const json_t *run = line_at(runs, line);
    const int folds = folds_of(run);

    for (int e = entries->count - 1; e >= 0 && folds > 0; e--) {
        const struct run_entry *entry = &entries->list[e];

        if (entry->folds == folds && same_value(entry->last, run, "name") &&
            same_value(entry->last, run, "options") && same_value(entry->last, run, "seed"))
            return has_fold(entries, runs, e, line) ? -1 : e;
    }
    return -1;
}

/* Takes 64 bits of the digest of a line's validation rows. 0: not recorded. */
static uint64_t rows_of(const json_t *line)
{
    const char *digest = json_string_value(json_object_get(line, "val_digest"));
    char half[17];

    if (!digest || strlen(digest) < sizeof half)
        return 0;
    memcpy(half, digest, sizeof half - 1);
    half[sizeof half - 1] = 0;
    return strtoull(half, NULL, 16);
}

/* Adds a line; sums stand in the entry until end_entry() divides them. */
static void add_line(struct run_entry *entry, const json_t *line)
{
    const double rows = json_number(line, "val_rows"), wrong = json_number(line, "val_wrong");
    const uint64_t validated_on = rows_of(line);
    const bool known = validated_on && rows >= 1 && rows < 1e9 && wrong >= 0 && wrong <= rows;

    if (entry->lines > 0 && entry->rows == 0) {
        /* one of its lines does not say: nothing is known of all */
    } else if (known) {
        entry->rows += (int64_t)rows;
        entry->wrong += (int64_t)wrong;
        entry->validated_on ^= validated_on; /* whatever the order of the folds */
    } else {
        entry->rows = entry->wrong = 0;
        entry->validated_on = 0;
    }
    entry->last = line;
    entry->lines++;
    entry->accuracy += json_number(line, "val_accuracy");
    entry->loss += json_number(line, "val_loss");
    entry->epochs += json_number(line, "epochs");
    entry->seconds += json_number(line, "seconds");
}

static void end_entry(struct run_entry *entry)
{
    entry->accuracy = entry->rows > 0 ? 1 - (double)entry->wrong / (double)entry->rows
                                      : entry->accuracy / entry->lines;
    if (!(entry->accuracy >= 0 && entry->accuracy <= 1))
        entry->accuracy = NAN;
    entry->loss /= entry->lines;
    entry->epochs /= entry->lines;
}

int run_entries_find(struct run_entries *entries, const json_t *runs, struct err *err)
{
    const size_t lines = json_array_size(runs);

    *entries = (struct run_entries){.list = calloc(lines + 1, sizeof *entries->list),
                                    .of = calloc(lines + 1, sizeof *entries->of)};
    if (!entries->list || !entries->of) {
        run_entries_free(entries);
        return err_memory(err, "the runs", 0);
    }
    for (int line = 0; line < (int)lines; line++) {
        int e = find_entry(entries, runs, line);

        if (e < 0) {
            e = entries->count++;
            entries->list[e].folds = folds_of(line_at(runs, line));
        }
        entries->of[line] = e;
        add_line(&entries->list[e], line_at(runs, line));
    }
    for (int e = 0; e < entries->count; e++)
        end_entry(&entries->list[e]);
    return 0;
}

void run_entries_free(struct run_entries *entries)
{
    free(entries->list);
    free(entries->of);
    *entries = (struct run_entries){0};
}

bool run_entries_comparable(const struct run_entry *a, const struct run_entry *b)
{
    return a->validated_on && a->validated_on == b->validated_on && a->rows == b->rows;
}

int run_entry_before(const struct run_entries *entries, int number)
{
    const struct run_entry *entry = &entries->list[number];
    int e = number - 1;

    while (e >= 0 && !(run_entries_comparable(&entries->list[e], entry) &&
                       same_value(entries->list[e].last, entry->last, "name") &&
                       same_value(entries->list[e].last, entry->last, "seed")))
        e--;
    return e;
}
