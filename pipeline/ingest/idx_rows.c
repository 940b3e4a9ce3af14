/* A pair of IDX files as the input of ingest. */
#include "private.h"

#include <stdio.h>
#include <stdlib.h>

/* Numbers pixels as if the file were a CSV without a header. */
static int decide_columns(struct ingest *in, bool transpose, struct err *err)
{
    const struct idx *images = &in->idx->images;
    struct columns *c = &in->columns;
    int h = (int)images->dims[1], w = (int)images->dims[2];

    transpose = transpose || (in->like_path && in->like.transposed);
    *c = (struct columns){.label = -1,
                          .id = -1,
                          .group = -1,
                          .rival = -1,
                          .cell = -1,
                          .c = 1,
                          .transposed = transpose};
    c->h = transpose ? w : h;
    c->w = transpose ? h : w;
    c->count = c->pixels = h * w;
    c->position = calloc((size_t)c->pixels, sizeof *c->position);
    in->idx->image = malloc((size_t)c->pixels);
    if (!c->position || !in->idx->image)
        return err_memory(err, "a picture", (size_t)c->pixels);
    for (int i = 0; i < c->pixels; i++)
        c->position[i] = transpose ? i % c->h * c->w + i / c->h : i;
    if (in->like_path && (in->like.c != 1 || in->like.h != c->h || in->like.w != c->w))
        return err_set(err, EX_DATAERR, "%s: pictures of 1x%dx%d, but those of %s are %dx%dx%d",
                       in->name, c->h, c->w, in->like_path, in->like.c, in->like.h, in->like.w);
    return 0;
}

int ingest_idx_open(struct ingest *in, const char *images, const char *labels,
                    const struct ingest_options *options, struct inputs *inputs, struct err *err)
{
    *in = (struct ingest){.name = images, .next = ingest_idx_next, .threads = options->threads};
    in->idx = calloc(1, sizeof *in->idx);
    if (!in->idx)
        return err_memory(err, "reading IDX files", sizeof *in->idx);
    if (ingest_open_others(in, options, inputs, err) ||
        idx_open(&in->idx->images, images, 3, inputs, "images", err) ||
        (labels && idx_open(&in->idx->labels, labels, 1, inputs, "labels", err)) ||
        decide_columns(in, options->columns.transpose, err) ||
        ingest_describe(in, images, options->pixel, err))
        return -1;
    in->info.has_labels = labels != NULL;
    in->total = in->idx->images.dims[0];
    if (labels && in->idx->labels.dims[0] != in->idx->images.dims[0])
        return err_set(err, EX_DATAERR, "%s: %lld label%s for the %lld picture%s of %s", labels,
                       (long long)in->idx->labels.dims[0], plural(in->idx->labels.dims[0]),
                       (long long)in->idx->images.dims[0], plural(in->idx->images.dims[0]), images);
    return 0;
}

static int take_label(struct ingest *in, struct cell label, struct err *err)
{
    int number = classes_find(&in->classes, label.text, label.size);

    if (number < 0 && in->like_path)
        return err_set(err, EX_DATAERR, "%s: label %lld is %s, which is no class of %s",
                       source_name(in->idx->labels.source), (long long)in->idx->labels.done,
                       label.text, in->like_path);
    if (number < 0)
        number = classes_add(&in->classes, label.text, label.size, in->number);
    if (number < 0)
        return err_memory(err, "the classes", 0);
    in->classes.list[number].rows++;
    in->labels[in->chunk.count] = number;
    return ingest_relabel(in, &in->labels[in->chunk.count], err);
}

static int take_image(struct ingest *in, struct err *err)
{
    const int *position = in->columns.position;
    char *image =
        (char *)in->chunk.images + (size_t)in->chunk.count * dataset_image_bytes(&in->info);

    if (idx_next(&in->idx->images, in->idx->image, err))
        return -1;
    for (int i = 0; i < in->columns.pixels; i++)
        if (in->info.pixel == DTYPE_U8)
            ((uint8_t *)image)[position[i]] = in->idx->image[i];
        else
            ((float *)image)[position[i]] = in->idx->image[i];
    return 0;
}

/* Reads the next label as text; without labels label->text stays NULL. */
static int read_label(struct ingest *in, char text[8], struct cell *label, struct err *err)
{
    unsigned char number;

    if (!in->info.has_labels)
        return 0;
    if (idx_next(&in->idx->labels, &number, err))
        return -1;
    *label = (struct cell){text, (size_t)snprintf(text, 8, "%d", number), true};
    return 0;
}

/* Takes up to a chunk of rows. */
static int take_rows(struct ingest *in, struct err *err)
{
    struct dataset_chunk *chunk = &in->chunk;
    const struct cell none = {NULL, 0, false};

    while (chunk->count < chunk->room) {
        struct cell label = none;
        char text[8];

        if (in->number == in->idx->images.dims[0]) {
            if (in->info.has_labels && idx_end(&in->idx->labels, err))
                return -1;
            return idx_end(&in->idx->images, err);
        }
        if (read_label(in, text, &label, err) || ingest_check_listed(in, none, label, err))
            return -1;
        if (ingest_leaves_out(in)) {
            if (idx_next(&in->idx->images, in->idx->image, err))
                return -1;
            continue;
        }
        if ((in->info.has_labels && take_label(in, label, err)) || take_image(in, err))
            return -1;
        chunk->rows[chunk->count++] = in->number;
        in->rows++;
    }
    return 1;
}

int ingest_idx_next(struct ingest *in, struct err *err)
{
    int got;

    in->chunk.count = 0;
    got = take_rows(in, err);
    return got < 0 || ingest_write_chunk(in, err) ? -1 : got;
}

void ingest_idx_close(struct ingest *in)
{
    if (!in->idx)
        return;
    idx_close(&in->idx->images);
    idx_close(&in->idx->labels);
    free(in->idx->image);
    free(in->idx);
}
