/* split: the rows of a data set into parts, stratified by class. */
#include "pipeline/split/split.h"
#include "pipeline/base/path.h"
#include "pipeline/files/noted.h"
#include "pipeline/files/output.h"

#include "cmd/cli/hold.h"
#include "cmd/cli/if_changed.h"
#include "cmd/cli/options.h"
#include "cmd/cli/progress.h"
#include "cmd/cli/say.h"
#include "cmd/terminal/counts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct option_list requested;
static int64_t seed = 1, drawn_rows;
static bool stratify = true;

static const struct option_spec table[] = {
    OPTION(OPTION_LIST, "part", 'p', "FILE=SIZE", &requested, 0, 0, NULL,
           "a file to write, and its size: 70%, 10000 rows, or rest; several times"),
    OPTION(OPTION_INT, "seed", 's', "N", &seed, 0, 9007199254740992.0, NULL,
           "of the random choice"),
    NO("no-stratify", &stratify,
       "choose without regard to classes; else each part gets its share of every class"),
    INT("draw", "N", &drawn_rows, 1, 9e15,
        "the parts are of no more than N rows, chosen in the same way, and the others in none"),
    TITLE_OPTION,
    IF_CHANGED_OPTION,
    COMMON_OPTIONS};

static const struct command command = {
    "split",
    "IN --part FILE=SIZE --part FILE=SIZE... [options]",
    "Splits a data set into parts, at random and every row into exactly one; the rows keep their "
    "order. Shares have to make 100 %, and counts all rows, unless one part takes the rest. Groups "
    "of rows that ingest --group has kept go to a part as a whole.",
    table,
    1,
    1,
    "split train.st.zst --part a.st.zst=90% --part b.st.zst=10%"};

/* One part after the other, as they were requested. */
static struct split_part parts[SPLIT_MOST_PARTS];
static struct tensor_writer *writers[SPLIT_MOST_PARTS];
static json_t *settings[SPLIT_MOST_PARTS];
static const char *sizes[SPLIT_MOST_PARTS]; /* as typed */

static int parse_parts(void)
{
    struct err err;

    if (requested.count == 0 || requested.count > SPLIT_MOST_PARTS)
        return usage_error("name 1 to %d parts: --part FILE=SIZE", SPLIT_MOST_PARTS);
    for (int p = 0; p < requested.count; p++) {
        sizes[p] = strrchr(requested.items[p], '=');
        sizes[p] = sizes[p] ? sizes[p] + 1 : "";
        if (split_parse(&parts[p], (char *)requested.items[p], &err))
            return usage_error("%s", err.text);
        if (common.json && output_same_target(parts[p].path, common.json))
            return usage_error("--part and --json write one file, %s", common.json);
        if (common.depend && output_same_target(parts[p].path, common.depend))
            return usage_error("--part and --depend write one file, %s", common.depend);
        note_written(parts[p].path);
    }
    return split_refuse_same_targets(parts, requested.count, &err) ? fail(&err) : 0;
}

static int hold_parts(void)
{
    const char *paths[SPLIT_MOST_PARTS];

    for (int p = 0; p < requested.count; p++)
        paths[p] = parts[p].path;
    return hold_outputs(paths, requested.count);
}

/* Records what each part's bytes depend on, for the files' records. */
static void record(void)
{
    for (int p = 0; p < requested.count; p++) {
        json_t *all = json_array();

        for (int q = 0; q < requested.count; q++)
            json_array_append_new(all, json_string(sizes[q]));
        settings[p] = json_pack("{s:o, s:i, s:I, s:b}", "parts", all, "part", p + 1, "seed",
                                (json_int_t)seed, "stratify", stratify);
        if (drawn_rows)
            json_object_set_new(settings[p], "draw", json_integer(drawn_rows));
    }
}

static int open_all(struct split *split, const char *path, struct inputs *inputs, struct err *err)
{
    for (int p = 0; p < requested.count; p++)
        if (tensor_writer_open(&writers[p], parts[p].path, err))
            return -1;
    if (split_open(split, path, parts, requested.count,
                   &(struct split_options){stratify, (uint64_t)seed, drawn_rows}, inputs, err))
        return -1;
    for (int p = 0; p < requested.count; p++)
        if (inputs_refuse_output(inputs, parts[p].path, err))
            return -1;
    return outputs_refuse_inputs(inputs, err);
}

static int distribute(struct split *split, struct err *err)
{
    int got;

    progress_begin("splitting", "rows", split->dataset.n);
    while ((got = split_next(split, err)) == 1)
        progress_update(split->done);
    progress_end();
    return got;
}

/* ---- What is said ---- */

static void print_parts(const struct split *split)
{
    const char *names[SPLIT_MOST_PARTS];
    const struct dataset_info *info = &split->dataset.info;

    for (int p = 0; p < split->count; p++)
        names[p] = path_name(parts[p].path);
    print_counts(&(struct counts){split->count, info->class_count, names, split->sizes,
                                  info->classes, split->class_rows});
}

/* Warns of a class that a part lacks: it cannot be learnt from it, or is not judged by it. */
static void warn_of_missing(const struct split *split)
{
    enum { MOST = 10 };
    const struct dataset_info *info = &split->dataset.info;
    int missing = 0;

    for (int k = 0; split->class_rows && !common.quiet && k < info->class_count; k++) {
        int64_t rows = 0;

        for (int p = 0; p < split->count; p++)
            rows += split->class_rows[p * info->class_count + k];
        for (int p = 0; p < split->count && rows > 0; p++)
            if (split->class_rows[p * info->class_count + k] == 0 && ++missing <= MOST)
                warn("%s has no row of class '%s', of which there %s %lld", parts[p].path,
                     info->classes[k], rows == 1 ? "is" : "are", (long long)rows);
    }
    if (missing > MOST)
        warn("and %d more like these", missing - MOST);
}

static json_t *summary(const struct split *split, double seconds)
{
    const struct dataset_info *info = &split->dataset.info;
    json_t *list = json_array();

    for (int p = 0; p < split->count; p++) {
        json_t *classes = json_object();

        for (int k = 0; split->class_rows && k < info->class_count; k++)
            json_object_set_new(classes, info->classes[k],
                                json_integer(split->class_rows[p * info->class_count + k]));
        json_array_append_new(list,
                              json_pack("{s:s, s:I, s:o, s:s}", "file", path_name(parts[p].path),
                                        "rows", (json_int_t)split->sizes[p], "classes", classes,
                                        "digest", tensor_writer_digest(split->writers[p].file)));
    }
    return json_pack("{s:I, s:b, s:I, s:o, s:f}", "rows", (json_int_t)split->dataset.n,
                     "stratified", split->stratified, "groups", (json_int_t)split->groups.count,
                     "parts", list, "seconds", seconds);
}

static int report(const struct split *split, double seconds)
{
    const int64_t left_out = split->sizes[split->count];
    json_t *values = summary(split, seconds);
    char of[32] = "";

    if (!common.quiet)
        print_parts(split);
    warn_of_missing(split);
    if (left_out)
        snprintf(of, sizeof of, " of %lld", (long long)split->dataset.n);
    say("%lld%s row%s into %d part%s, %.2f s", (long long)(split->dataset.n - left_out), of,
        plural(split->dataset.n), split->count, plural(split->count), seconds);
    return write_summary(values, NULL);
}

int main(int argc, char **argv)
{
    struct inputs inputs = {0};
    struct split split = {0};
    struct err err;
    double begin = now();
    char **operands;
    int current, count, status = options_parse(&command, argc, argv, &operands, &count);

    if (status == 0)
        status = parse_parts();
    if (status == 0)
        status = hold_parts();
    if (status)
        return status;
    record();
    if (open_all(&split, operands[0], &inputs, &err))
        goto failed;
    current = already_made(writers, settings, requested.count, &inputs, NULL, &err);
    if (current < 0)
        goto failed;
    status = 0;
    if (current)
        goto out;
    if (split.groups.count)
        say("%s: %d group%s by %s stay%s whole", operands[0], split.groups.count,
            plural(split.groups.count), split.dataset.info.group_column,
            split.groups.count == 1 ? "s" : "");
    if (stratify && !split.stratified)
        say("%s: no labels: rows are chosen without regard to classes", operands[0]);
    if (split_begin(&split, writers, &err) || distribute(&split, &err) ||
        split_finish(&split, settings, &inputs, &err))
        goto failed;
    status = report(&split, now() - begin);
    goto out;
failed:
    status = fail(&err);
out:
    split_close(&split);
    for (int p = 0; p < requested.count; p++) {
        tensor_writer_close(writers[p]);
        json_decref(settings[p]);
    }
    inputs_free(&inputs);
    return end_of_run(status);
}
