/* Puts shards of a data set together to a list. */
#include "shards.h"

#include "classes.h"
#include "pipeline/base/memory.h"
#include "pipeline/base/text.h"
#include "pipeline/dataset/keys.h"
#include "pipeline/files/repeats.h"
#include "pipeline/tensor/meta.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- What shards have to share ---- */

static int refuse(const char *path, const char *first, const char *what, struct err *err)
{
    return err_set(err, EX_DATAERR,
                   "%s: its %s as those of %s are; shards of a data set are ingested with the same "
                   "options",
                   path, what, first);
}

static bool same_text(const char *a, const char *b)
{
    return !a == !b && (!a || strcmp(a, b) == 0);
}

/* Compares all but the classes, which are put together. */
static int compare(const char *path, const struct dataset_info *info, const char *first_path,
                   const struct dataset_info *first, struct err *err)
{
    struct dataset_info a = *info, b = *first;

    a.classes = b.classes = NULL;
    if (dataset_compatible(path, &a, first_path, &b, err))
        return -1;
    if (!a.columns != !b.columns)
        return err_set(err, EX_DATAERR,
                       "%s: its CSV has %s header, that of %s has %s; csvnet ingest --part-of "
                       "FIRST.csv gives a CSV the header of the first",
                       path, a.columns ? "a" : "no", first_path, b.columns ? "one" : "none");
    if (a.pixel != b.pixel)
        return refuse(path, first_path, "pixels are not of the type (--dtype)", err);
    if (a.transposed != b.transposed || a.interleaved != b.interleaved)
        return refuse(path, first_path, "pixels did not lie in the order (--transpose, --shape)",
                      err);
    if (a.has_labels != b.has_labels || a.soft_labels != b.soft_labels ||
        !same_text(a.label_column, b.label_column))
        return refuse(path, first_path, "labels are not in the same column (--label)", err);
    if (a.has_ids != b.has_ids || !same_text(a.id_column, b.id_column))
        return refuse(path, first_path, "ids are not in the same column (--id)", err);
    if (a.has_groups != b.has_groups || !same_text(a.group_column, b.group_column))
        return refuse(path, first_path, "groups are not in the same column (--group)", err);
    if (!same_text(a.background, b.background))
        return refuse(path, first_path, "pictures did not lie on the same (--background)", err);
    return 0;
}

/* ---- What is put together ---- */

static int digits(int64_t number)
{
    char text[24];

    return snprintf(text, sizeof text, "%lld", (long long)number);
}

/* How long texts are if some of the keys are: numbers become texts then. */
struct widths {
    bool text;
    int text_width, digits;
};

/* Finds how many digits the numbers have that a shard has for keys. */
static int see_keys(struct widths *w, const struct dataset *data, const char *name, int width,
                    struct err *err)
{
    enum { ROOM = 4096 };
    struct tensor_cursor *cursor;
    int64_t numbers[ROOM], got;

    if (width) {
        w->text = true;
        w->text_width = width > w->text_width ? width : w->text_width;
        return 0;
    }
    if (tensor_cursor_open(&cursor, data->file, name, err))
        return -1;
    while ((got = tensor_cursor_read(cursor, numbers, ROOM, err)) > 0)
        for (int64_t i = 0; i < got; i++)
            if (digits(numbers[i]) > w->digits)
                w->digits = digits(numbers[i]);
    tensor_cursor_close(cursor);
    return (int)got;
}

static int width_of(const struct widths *w)
{
    return !w->text ? 0 : w->text_width > w->digits ? w->text_width : w->digits;
}

/* Finds the number of the last row, which row numbers of the next shard go on after. */
static int find_last(struct dataset *data, int64_t *last, struct err *err)
{
    enum { ROOM = 4096 };
    int64_t numbers[ROOM], got;

    *last = 0;
    while ((got = tensor_cursor_read(data->rows, numbers, ROOM, err)) > 0)
        *last = numbers[got - 1];
    return (int)got;
}

/* The classes so far. */
struct gathered {
    struct classes classes;
    char **names; /* [names_count] for display */
    int names_count;
    bool same; /* all shards have the first one's, in its order */
};

static int gather_classes(struct gathered *g, const char *path, const struct dataset_info *info,
                          bool first, struct err *err)
{
    g->same = first || (g->same && info->class_count == g->classes.count);
    for (int i = 0; i < info->class_count; i++) {
        const char *text = info->classes[i], *name = info->class_names[i];
        int number = classes_find(&g->classes, text, strlen(text));

        g->same &= first || number == i;
        if (number < 0) {
            char **names = realloc(g->names, ((size_t)g->names_count + 1) * sizeof *names);

            if (names)
                g->names = names;
            if (names && g->classes.count == CLASSES_MOST)
                return err_set(err, EX_DATAERR, "%s: more than %d classes in all", path,
                               CLASSES_MOST);
            number = names ? classes_add(&g->classes, text, strlen(text), 0) : -1;
            if (number < 0 || !(g->names[number] = strdup(name)))
                return err_memory(err, "the classes", 0);
            g->names_count++;
        } else if (strcmp(g->names[number], name)) {
            return err_set(err, EX_DATAERR,
                           "%s: class '%.40s' is shown as '%.40s', in a shard before as '%.40s' "
                           "(--names)",
                           path, text, name, g->names[number]);
        }
    }
    return 0;
}

/* Sorts the classes into info, as ingest does those of one CSV. */
static int settle_classes(struct shards *s, struct gathered *g, const char *path, struct err *err)
{
    struct dataset_info *info = &s->info;
    const size_t count = (size_t)g->classes.count;
    int *order = NULL, *place = NULL, result = -1;

    texts_free(info->classes, info->class_count);
    texts_free(info->class_names, info->class_count);
    info->class_count = 0;
    info->classes = calloc(count + 1, sizeof *info->classes);
    info->class_names = calloc(count + 1, sizeof *info->class_names);
    place = calloc(count + 1, sizeof *place);
    if (!info->classes || !info->class_names || !place) {
        err_memory(err, "the classes", 0);
        goto out;
    }
    for (int i = 0; i < g->classes.count && s->names.count; i++)
        place[i] = names_place(&s->names, g->classes.list[i].text);
    if (!g->same) {
        order = classes_sorted(&g->classes, s->names.count ? place : NULL, path, err);
        if (!order)
            goto out;
    }
    for (int i = 0; i < (int)count; i++) {
        const int from = order ? order[i] : i;

        info->classes[i] = strdup(g->classes.list[from].text);
        info->class_names[i] = strdup(g->names[from]);
        info->class_count++;
        if (!info->classes[i] || !info->class_names[i]) {
            err_memory(err, "the classes", 0);
            goto out;
        }
    }
    result = 0;
out:
    free(order);
    free(place);
    return result;
}

/* ---- Opening ---- */

/* What the shards opened so far make together. */
struct sum {
    struct gathered classes;
    struct widths ids, groups;
    XXH3_state_t *source;
    int64_t last;
};

static int add_shard(struct shards *s, struct sum *sum, const char *path, const char *first_path,
                     struct inputs *inputs, struct err *err)
{
    struct tensor_shard *shard = &s->list[s->count];
    struct dataset data;
    int64_t last;
    int result = -1;

    if (dataset_open(&data, path, inputs, "shard", err))
        return -1;
    if (s->count > 0 && compare(path, &data.info, first_path, &s->info, err))
        goto out;
    if (gather_classes(&sum->classes, path, &data.info, s->count == 0, err) ||
        (data.info.has_ids && see_keys(&sum->ids, &data, "ids", data.info.id_width, err)) ||
        (data.info.has_groups &&
         see_keys(&sum->groups, &data, "groups", data.info.group_width, err)) ||
        find_last(&data, &last, err))
        goto out;
    if (data.n == 0) {
        err_set(err, EX_DATAERR, "%s: a shard without rows; leave it out", path);
        goto out;
    }
    if (__builtin_add_overflow(sum->last, last, &sum->last) ||
        __builtin_add_overflow(s->rows, data.n, &s->rows)) {
        err_set(err, EX_DATAERR, "%s: its row numbers overflow", path);
        goto out;
    }
    shard->path = strdup(path);
    if (!shard->path) {
        err_memory(err, "a list of shards", 0);
        goto out;
    }
    shard->rows = data.n;
    shard->last = sum->last;
    memcpy(shard->digest, tensor_file_digest(data.file), DIGEST_TEXT);
    XXH3_128bits_update(sum->source, data.info.source_digest, DIGEST_TEXT);
    if (s->count == 0) {
        s->info = data.info;
        data.info = (struct dataset_info){0};
    } else {
        s->info.source_bytes += data.info.source_bytes;
        s->info.resized |= data.info.resized;
        s->info.reordered |= data.info.reordered;
    }
    s->count++;
    result = 0;
out:
    dataset_close(&data);
    return result;
}

static int complete_info(struct shards *s, struct sum *sum, const char *path, struct err *err)
{
    struct dataset_info *info = &s->info;
    char *source = NULL;

    info->id_width = width_of(&sum->ids);
    info->group_width = width_of(&sum->groups);
    digest_text(XXH3_128bits_digest(sum->source), info->source_digest);
    if (s->count > 1) {
        source = malloc(strlen(info->source) + 40);
        if (!source)
            return err_memory(err, "a list of shards", 0);
        snprintf(source, strlen(info->source) + 40, "%s and %d more", info->source, s->count - 1);
        free(info->source);
        info->source = source;
    }
    if (info->class_count == 0)
        return 0;
    if (settle_classes(s, &sum->classes, path, err))
        return -1;
    if (info->class_count < 2)
        return err_set(err, EX_DATAERR,
                       "%s: all labels are '%.40s'; at least two classes are needed in all shards",
                       path, info->classes[0]);
    return 0;
}

static int open_all(struct shards *s, const char *path, struct err *err)
{
    enum { BLOCK = 1 << 20 };
    const size_t label = (size_t)s->info.class_count * (s->info.soft_labels ? sizeof(float) : 1);
    struct dataset_chunk *block = &s->block;
    struct tensor tensors[DATASET_TENSORS];
    const int count = dataset_tensors(&s->info, s->rows, tensors);
    const struct data_range unknown = {0};
    json_t *meta = json_object();
    int failed;

    failed = dataset_meta_add(meta, path, &s->info, &unknown, err) ||
             tensor_shards_open(&s->file, path, s->list, s->count, meta, tensors, count, err) ||
             tensor_cursor_open(&s->images, s->file, "images", err);
    json_decref(meta);
    if (failed)
        return -1;
    s->sums =
        (struct data_sums){.c = s->info.c, .h = s->info.h, .w = s->info.w, .pixel = s->info.pixel};
    block->room = (int64_t)(BLOCK / dataset_image_bytes(&s->info)) + 1;
    block->images = rows_alloc(block->room, dataset_image_bytes(&s->info), "images", err);
    s->classes = rows_alloc(block->room, sizeof *s->classes, "labels", err);
    s->class_rows = calloc((size_t)s->info.class_count + 1, sizeof *s->class_rows);
    if (!s->class_rows)
        return err_memory(err, "the classes", 0);
    if (!block->images || !s->classes || same_pictures_open(&s->same, path, err))
        return -1;
    if (!s->info.has_labels)
        return 0;
    block->labels = rows_alloc(block->room, label, "labels", err);
    return block->labels ? tensor_cursor_open(&s->labels, s->file, "labels", err) : -1;
}

int shards_open(struct shards *s, const char *path, char *const *paths, int count,
                const char *names, struct inputs *inputs, struct err *err)
{
    struct sum sum = {.source = XXH3_createState()};
    int result = 0;

    *s = (struct shards){.list = calloc((size_t)count, sizeof *s->list)};
    if (!s->list || !sum.source)
        result = err_memory(err, "a list of shards", 0);
    else
        XXH3_128bits_reset(sum.source);
    if (result == 0 && names)
        result = names_read(&s->names, names, inputs, err);
    for (int i = 0; i < count && result == 0; i++)
        result = add_shard(s, &sum, paths[i], paths[0], inputs, err);
    if (result == 0)
        result = complete_info(s, &sum, path, err) || open_all(s, path, err) ? -1 : 0;
    XXH3_freeState(sum.source);
    classes_free(&sum.classes.classes);
    texts_free(sum.classes.names, sum.classes.names_count);
    if (result)
        shards_close(s);
    return result;
}

/* ---- Rows ---- */

static int64_t next_labels(struct shards *s, int64_t count, struct err *err)
{
    if (tensor_cursor_read(s->labels, s->block.labels, count, err) < 0)
        return -1;
    for (int64_t i = 0; i < count; i++) {
        s->classes[i] = dataset_class(&s->info, &s->block, i);
        s->class_rows[s->classes[i]]++;
    }
    return 0;
}

int shards_next(struct shards *s, struct err *err)
{
    const int64_t got = tensor_cursor_read(s->images, s->block.images, s->block.room, err);

    if (got < 0 || (got == 0 && same_pictures_count(s->same, 1, &s->repeated, err)))
        return -1;
    if (got == 0)
        return 0;
    if (s->labels && next_labels(s, got, err))
        return -1;
    data_sums_add(&s->sums, s->block.images, got);
    if (same_pictures_add(s->same, 0, s->block.images, dataset_image_bytes(&s->info),
                          s->labels ? s->classes : NULL, got, err))
        return -1;
    s->done += got;
    return 1;
}

/* ---- Ids, each there once ---- */

struct twice {
    bool found;
    int64_t first, again; /* rows from 0 */
};

static void see_repeat(void *data, const struct repeat *first, const struct repeat *again)
{
    struct twice *twice = data;

    if (twice->found && twice->again <= again->row)
        return;
    *twice = (struct twice){true, first->row, again->row};
}

/* Returns the shard that has that row, which becomes the number among its rows, from 1. */
static const char *shard_of(const struct shards *s, int64_t *row)
{
    int i = 0;

    for (; i + 1 < s->count && *row >= s->list[i].rows; i++)
        *row -= s->list[i].rows;
    ++*row;
    return s->list[i].path;
}

static int refuse_twice(const struct shards *s, const struct twice *twice, struct err *err)
{
    int64_t first = twice->first, again = twice->again;
    const char *first_path = shard_of(s, &first), *again_path = shard_of(s, &again);

    return err_set(err, EX_DATAERR,
                   "%s: row %lld: its id (%.80s) is that of row %lld of %s; ids of a data set are "
                   "each there once (ingest --drop leaves the column out)",
                   again_path, (long long)again, s->info.id_column, (long long)first, first_path);
}

static int check_ids(struct shards *s, const char *path, struct err *err)
{
    enum { ROOM = 1024 };
    const int width = s->info.id_width;
    struct repeats *repeats = NULL;
    struct tensor_cursor *ids = NULL;
    struct twice twice = {0};
    char *block = malloc(ROOM * key_bytes(width));
    int64_t got = -1, row = 0;

    if (!block)
        return err_memory(err, "ids", 0);
    if (repeats_open(&repeats, path, REPEATS_ROOM, err) == 0 &&
        tensor_cursor_open(&ids, s->file, "ids", err) == 0)
        while ((got = tensor_cursor_read(ids, block, ROOM, err)) > 0)
            for (int64_t i = 0, n = got; i < n && got > 0; i++, row++)
                if (repeats_add(repeats, block + (size_t)i * key_bytes(width), key_bytes(width),
                                row, 0, err))
                    got = -1;
    if (got == 0 && repeats_find(repeats, see_repeat, &twice, err))
        got = -1;
    tensor_cursor_close(ids);
    repeats_close(repeats);
    free(block);
    if (got == 0 && twice.found)
        return refuse_twice(s, &twice, err);
    return got < 0 ? -1 : 0;
}

/* ---- The end ---- */

int shards_finish(struct shards *s, struct tensor_writer *writer, const json_t *options,
                  const struct inputs *inputs, struct err *err)
{
    const char *path = tensor_writer_path(writer);
    json_t *meta;
    int result = -1;

    if ((s->info.has_ids && check_ids(s, path, err)) || tensor_file_verify(s->file, err))
        return -1;
    s->info.pixels = data_sums_range(&s->sums);
    meta = json_object();
    if (dataset_meta_add(meta, path, &s->info, &s->info.pixels, err) == 0)
        result = tensor_writer_commit_list(writer, s->file, meta, options, inputs, err);
    json_decref(meta);
    return result;
}

void shards_close(struct shards *s)
{
    tensor_cursor_close(s->images);
    tensor_cursor_close(s->labels);
    same_pictures_close(s->same);
    tensor_file_close(s->file);
    for (int i = 0; s->list && i < s->count; i++)
        free(s->list[i].path);
    free(s->list);
    dataset_chunk_free(&s->block);
    free(s->classes);
    free(s->class_rows);
    names_free(&s->names);
    dataset_info_free(&s->info);
    *s = (struct shards){0};
}
