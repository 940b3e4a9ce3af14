/* Shared by reading a CSV and reading IDX files, at their opening: the data set to match, and what
 * the data set to write says of itself. */
#include "private.h"

#include "pipeline/base/path.h"
#include "pipeline/base/strbuf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int open_like(struct ingest *in, const char *path, struct inputs *inputs, struct err *err)
{
    struct dataset dataset;

    if (dataset_open(&dataset, path, inputs, "like", err))
        return -1;
    in->like_path = path;
    in->like = dataset.info;
    dataset.info = (struct dataset_info){0};
    dataset_close(&dataset);
    for (int i = 0; i < in->like.class_count; i++) {
        const char *text = in->like.classes[i];

        if (classes_add(&in->classes, text, strlen(text), 0) < 0)
            return err_memory(err, "the classes", 0);
    }
    return 0;
}

int ingest_open_others(struct ingest *in, const struct ingest_options *options,
                       struct inputs *inputs, struct err *err)
{
    if (options->like && open_like(in, options->like, inputs, err))
        return -1;
    if (options->like && options->pixel == DTYPE_F32 && in->like.pixel != DTYPE_F32)
        return err_set(
            err, EX_USAGE,
            "--dtype f32: --like takes whole numbers from 0 to 255, which %s has; ingest "
            "both with it, or none",
            options->like);
    if (ingest_open_corrections(in, options, inputs, err))
        return -1;
    in->names_path = options->names;
    return options->names ? names_read(&in->names, options->names, inputs, err) : 0;
}

static char *column_name(const struct ingest *in, int column)
{
    char number[16];

    if (in->columns.named)
        return strdup(in->columns.names[column]);
    snprintf(number, sizeof number, "%d", column + 1);
    return strdup(number);
}

/* Returns the label as --label takes it: of one-hot labels the first and the last column, if no
 * other is between. */
char *ingest_label_name(const struct ingest *in)
{
    const struct columns *c = &in->columns;
    struct strbuf text = {0};
    bool range = c->onehot && c->onehot[c->onehot_count - 1] - c->label == c->onehot_count - 1;

    if (!c->onehot)
        return column_name(in, c->label);
    for (int i = 0; i < c->onehot_count; i += range ? c->onehot_count - 1 : 1) {
        char *name = column_name(in, c->onehot[i]);

        if (!name)
            text.failed = true;
        else
            strbuf_printf(&text, "%s%s", i == 0 ? "" : range ? "-" : ",", name);
        free(name);
    }
    return strbuf_take(&text);
}

/* Returns the pixel columns' names in the pictures' order, those of the data set to match if there
 * is one. */
static char **pixel_names(const struct ingest *in)
{
    const struct columns *c = &in->columns;
    char **names = calloc((size_t)c->pixels, sizeof *names);

    for (int i = 0; names && i < c->count; i++)
        if (c->position[i] >= 0) {
            int place = c->position[i];

            names[place] = strdup(in->like_path ? in->like.columns[place] : c->names[i]);
            if (!names[place]) {
                header_free(names, c->pixels);
                return NULL;
            }
        }
    return names;
}

int ingest_describe(struct ingest *in, const char *path, enum dtype pixel, struct err *err)
{
    struct dataset_info *info = &in->info;
    const struct columns *c = &in->columns;
    bool named = c->cell < 0 && (in->like_path ? in->like.columns != NULL : c->named);

    info->c = c->c;
    info->h = c->h;
    info->w = c->w;
    info->pixel = in->like_path ? in->like.pixel : pixel;
    info->has_ids = c->id >= 0;
    info->has_labels = c->label >= 0;
    info->has_groups = c->group >= 0;
    info->column_count = c->pixels;
    info->transposed = c->transposed || (in->like_path && in->like.transposed);
    info->interleaved = c->interleaved || (in->like_path && in->like.interleaved);
    info->reordered = c->reordered || (in->like_path && in->like.reordered);
    info->source = strdup(path_name(path));
    if (c->label >= 0)
        info->label_column = ingest_label_name(in);
    if (c->id >= 0)
        info->id_column = column_name(in, c->id);
    if (c->group >= 0)
        info->group_column = column_name(in, c->group);
    if (named)
        info->columns = pixel_names(in);
    if (!info->source || (c->label >= 0 && !info->label_column) ||
        (c->id >= 0 && !info->id_column) || (c->group >= 0 && !info->group_column) ||
        (named && !info->columns))
        return err_memory(err, "the columns' names", 0);
    return 0;
}

static void see_rival(struct ingest *in, const void *images, int64_t count)
{
    int64_t pixels = in->columns.pixels, at = in->columns.position[in->columns.rival];

    for (int64_t i = 0; i < count && !in->rival.varies; i++, at += pixels) {
        double value = in->info.pixel == DTYPE_U8 ? ((const uint8_t *)images)[at]
                                                  : (double)((const float *)images)[at];

        in->rival.varies = in->rival.seen && value != in->rival.value;
        in->rival.seen = true;
        in->rival.value = value;
    }
}

int ingest_look_at(struct ingest *in, const int32_t *labels, const void *images, int64_t count,
                   struct err *err)
{
    hints_rows(in->hints, labels, images, count);
    if (in->columns.rival >= 0)
        see_rival(in, images, count);
    return same_pictures_add(in->same, in->like_path != NULL, images,
                             dataset_image_bytes(&in->info), labels, count, err);
}

int ingest_write_chunk(struct ingest *in, struct err *err)
{
    if (in->faults.count)
        return 0;
    if (ingest_look_at(in, in->info.has_labels ? in->labels : NULL, in->chunk.images,
                       in->chunk.count, err))
        return -1;
    if (in->info.has_labels &&
        spool_append(&in->spool, in->labels, (size_t)in->chunk.count * sizeof *in->labels, err))
        return -1;
    return dataset_writer_append(&in->writer, &in->chunk, err);
}
