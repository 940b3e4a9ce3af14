#include "private.h"

#include "pipeline/base/text.h"
#include "pipeline/base/workers.h"

#include <stdlib.h>
#include <string.h>

/* ---- Opening ---- */

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
    in->names_path = options->names;
    return options->names ? names_read(&in->names, options->names, inputs, err) : 0;
}

static char *column_name(const struct ingest *in, int column)
{
    char number[16];

    if (in->columns.header)
        return strdup(in->columns.names[column]);
    snprintf(number, sizeof number, "%d", column + 1);
    return strdup(number);
}

/* The pixel columns' names in the pictures' order, those of the data set to match if there is one.
 */
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
    const char *slash = strrchr(path, '/');
    bool named = in->like_path ? in->like.columns != NULL : c->header;

    info->c = c->c;
    info->h = c->h;
    info->w = c->w;
    info->pixel = in->like_path ? in->like.pixel : pixel;
    info->has_ids = c->id >= 0;
    info->has_labels = c->label >= 0;
    info->column_count = c->pixels;
    info->transposed = c->transposed || (in->like_path && in->like.transposed);
    info->source = strdup(slash ? slash + 1 : path);
    if (c->label >= 0)
        info->label_column = column_name(in, c->label);
    if (c->id >= 0)
        info->id_column = column_name(in, c->id);
    if (named)
        info->columns = pixel_names(in);
    if (!info->source || (c->label >= 0 && !info->label_column) ||
        (c->id >= 0 && !info->id_column) || (named && !info->columns))
        return err_memory(err, "the columns' names", 0);
    return 0;
}

static int read_first_row(struct ingest *in, const struct columns_wish *wish, struct err *err)
{
    int got = csv_reader_next(in->reader, &in->row, err);

    in->name = csv_reader_name(in->reader);
    if (got < 0)
        return -1;
    if (got == 0)
        return err_set(err, EX_DATAERR, "%s: the file is empty", in->name);
    if (columns_decide(&in->columns, in->reader, &in->row, wish, in->like_path,
                       in->like_path ? &in->like : NULL, err))
        return -1;
    in->row_waits = !in->columns.header;
    if (in->columns.header)
        csv_reader_name_columns(in->reader, in->columns.names);
    return 0;
}

int ingest_open(struct ingest *in, const char *path, const struct ingest_options *options,
                struct inputs *inputs, struct err *err)
{
    *in = (struct ingest){
        .threads = options->threads, .plain = options->plain, .piece = options->piece};
    if (ingest_open_others(in, options, inputs, err) ||
        source_open(&in->source, path, inputs, "csv", err) ||
        csv_reader_open(&in->reader, in->source, err) ||
        read_first_row(in, &options->columns, err) ||
        ingest_describe(in, path, options->pixel, err)) {
        ingest_close(in);
        return -1;
    }
    return 0;
}

/* ---- Rows ---- */

/* More are not needed beside the one that reads, and take memory. */
enum { MOST_THREADS = 8 };

int ingest_begin(struct ingest *in, struct tensor_writer *writer, struct err *err)
{
    enum { CHUNK_BYTES = 1 << 20 };
    int threads = in->threads < 1 ? 1 : in->threads > MOST_THREADS ? MOST_THREADS : in->threads;
    size_t image = dataset_image_bytes(&in->info), room = CHUNK_BYTES / image + 1;
    struct dataset_chunk *chunk = &in->chunk;

    in->writer.file = writer;
    if (dataset_writer_init(&in->writer, writer, &in->info, err) ||
        workers_start(&in->workers, threads, err) ||
        hints_open(&in->hints, &in->info, &in->classes, !in->like_path && !in->idx, err))
        return -1;
    tensor_writer_share(writer, in->workers);
    chunk->room = (int64_t)room;
    chunk->rows = calloc(room, sizeof *chunk->rows);
    chunk->ids = in->info.has_ids ? calloc(room, sizeof *chunk->ids) : NULL;
    chunk->images = calloc(room, image);
    in->labels = calloc(room, sizeof *in->labels);
    if (!chunk->rows || (in->info.has_ids && !chunk->ids) || !chunk->images || !in->labels)
        return err_memory(err, "a chunk of rows", room * image);
    return in->info.has_labels ? spool_open(&in->spool, tensor_writer_path(writer), err) : 0;
}

static bool wants_lane(const struct ingest *in)
{
    return !in->lane && !in->idx && !in->plain && !in->row_waits && in->faults.count == 0;
}

int ingest_next(struct ingest *in, struct err *err)
{
    int got;

    if (wants_lane(in) && ingest_lane_begin(in, err))
        return -1;
    if (ingest_lane_takes(in))
        return ingest_lane_next(in, err);
    in->chunk.count = 0;
    got = in->idx ? ingest_idx_rows(in, err) : ingest_csv_rows(in, err);
    if (got < 0 || in->faults.count)
        return got;
    hints_rows(in->hints, in->info.has_labels ? in->labels : NULL, in->chunk.images,
               in->chunk.count);
    if (in->info.has_labels && spool_append(&in->spool, in->labels, in->chunk.count, err))
        return -1;
    if (dataset_writer_append(&in->writer, &in->chunk, err))
        return -1;
    return got;
}

/* ---- Closing ---- */

int ingest_add_error(struct ingest *in, const struct err *why, struct err *err)
{
    bool named = in->columns.names && why->column > 0 && why->column <= in->columns.count;

    return faults_add_error(&in->faults, why, named ? in->columns.names[why->column - 1] : NULL,
                            err);
}

void ingest_close(struct ingest *in)
{
    ingest_lane_close(in);
    spool_close(&in->spool);
    hints_close(in->hints);
    if (in->writer.file)
        dataset_writer_close(&in->writer);
    dataset_chunk_free(&in->chunk);
    free(in->labels);
    workers_stop(in->workers);
    csv_reader_close(in->reader);
    source_close(in->source);
    ingest_idx_close(in);
    names_free(&in->names);
    columns_free(&in->columns);
    classes_free(&in->classes);
    faults_free(&in->faults);
    dataset_info_free(&in->info);
    dataset_info_free(&in->like);
    *in = (struct ingest){0};
}
