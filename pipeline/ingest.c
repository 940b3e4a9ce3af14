#include "ingest_private.h"

#include "text.h"
#include "workers.h"

#include <stdlib.h>
#include <string.h>

/* ---- One row ---- */

static struct cell cell_at(const struct csv_row *row, int column)
{
    const struct csv_field *field = &row->fields[column];

    return (struct cell){csv_text(row, column), field->size, field->quoted};
}

static int refuse_cell(const struct ingest *in, int column, const char *wanted, struct err *err)
{
    struct cell cell = cell_at(&in->row, column);
    char quoted[QUOTED_TEXT];

    if (cell_trim(cell).size == 0)
        return csv_reader_fail(in->reader, column, err, "an empty cell; expected is %s", wanted);
    return csv_reader_fail(in->reader, column, err, "%s is not %s",
                           text_quote(quoted, cell.text, cell.size), wanted);
}

static int refuse_pixel(const struct ingest *in, int column, struct err *err)
{
    float number;

    if (in->info.pixel == DTYPE_F32)
        return refuse_cell(in, column, "a finite decimal number", err);
    if (cell_f32(cell_at(&in->row, column), &number))
        return refuse_cell(in, column,
                           "a whole number from 0 to 255 (--dtype f32 takes any number)", err);
    return refuse_cell(in, column, "a whole number from 0 to 255", err);
}

static int take_pixels(struct ingest *in, struct err *err)
{
    const struct csv_row *row = &in->row;
    const int *position = in->columns.position;
    char *image =
        (char *)in->chunk.images + (size_t)in->chunk.count * dataset_image_bytes(&in->info);

    for (int i = 0; i < row->count; i++) {
        bool taken;

        if (position[i] < 0)
            continue;
        if (in->info.pixel == DTYPE_U8)
            taken = cell_u8(cell_at(row, i), (uint8_t *)image + position[i]);
        else
            taken = cell_f32(cell_at(row, i), (float *)image + position[i]);
        if (!taken)
            return refuse_pixel(in, i, err);
    }
    return 0;
}

static bool has_space_around(struct cell cell)
{
    return strchr(" \t", *cell.text) || strchr(" \t", cell.text[cell.size - 1]);
}

/* A label that was not seen before; returns its number. */
static int new_class(struct ingest *in, struct cell label, struct err *err)
{
    int column = in->columns.label, number;
    char quoted[QUOTED_TEXT];

    text_quote(quoted, label.text, label.size);
    if (in->like_path && in->like.class_count == 0)
        return csv_reader_fail(in->reader, column, err,
                               "a label, but %s has none; are training and test data swapped?",
                               in->like_path);
    if (in->like_path)
        return csv_reader_fail(in->reader, column, err, "%s is none of the %d classes of %s",
                               quoted, in->like.class_count, in->like_path);
    if (has_space_around(label) || !text_is_clean(label.text, label.size))
        return csv_reader_fail(
            in->reader, column, err,
            "%s is neither a number nor plain UTF-8 text without spaces around it", quoted);
    if (in->classes.count == CLASSES_MOST)
        return csv_reader_fail(in->reader, column, err,
                               "more than %d different labels; is this the label column? --label "
                               "says which is",
                               CLASSES_MOST);
    number = classes_add(&in->classes, label.text, label.size, csv_reader_line(in->reader));
    return number < 0 ? err_memory(err, "the classes", 0) : number;
}

static int take_label(struct ingest *in, struct err *err)
{
    struct cell found = cell_at(&in->row, in->columns.label), label = cell_trim(found);
    double value;
    int number;

    if (label.size == 0)
        return refuse_cell(in, in->columns.label, "a label", err);
    if (label.size != found.size && !cell_number(label, &value))
        label = found; /* spaces are ignored around numbers only */
    number = classes_find(&in->classes, label.text, label.size);
    if (number < 0)
        number = new_class(in, label, err);
    if (number < 0)
        return -1;
    in->classes.list[number].rows++;
    in->labels[in->chunk.count] = number;
    return 0;
}

static int take_row(struct ingest *in, struct err *err)
{
    struct dataset_chunk *chunk = &in->chunk;
    int id = in->columns.id;

    if (in->columns.label >= 0 && take_label(in, err))
        return -1;
    if (id >= 0 && !cell_id(cell_at(&in->row, id), &chunk->ids[chunk->count]))
        return refuse_cell(in, id, "a whole number in its shortest form (--drop leaves it out)",
                           err);
    if (take_pixels(in, err))
        return -1;
    chunk->rows[chunk->count++] = ++in->rows;
    return 0;
}

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
        workers_start(&in->workers, threads, err))
        return -1;
    chunk->room = (int64_t)room;
    chunk->rows = calloc(room, sizeof *chunk->rows);
    chunk->ids = in->info.has_ids ? calloc(room, sizeof *chunk->ids) : NULL;
    chunk->images = calloc(room, image);
    in->labels = calloc(room, sizeof *in->labels);
    if (!chunk->rows || (in->info.has_ids && !chunk->ids) || !chunk->images || !in->labels)
        return err_memory(err, "a chunk of rows", room * image);
    return in->info.has_labels ? spool_open(&in->spool, tensor_writer_path(writer), err) : 0;
}

static int take_rows(struct ingest *in, struct err *err)
{
    while (in->chunk.count < in->chunk.room) {
        int got = csv_reader_next(in->reader, &in->row, err);

        if (got <= 0)
            return got;
        if (take_row(in, err))
            return -1;
    }
    return 1;
}

/* A chunk of rows that do not take the fast lane: IDX files, the first row, and what libcsv has to
 * read. */
static int fill_chunk(struct ingest *in, struct err *err)
{
    if (in->idx)
        return ingest_idx_rows(in, err);
    if (!in->row_waits)
        return take_rows(in, err);
    in->row_waits = false;
    return take_row(in, err) ? -1 : 1;
}

int ingest_next(struct ingest *in, struct err *err)
{
    int got;

    if (!in->idx && !in->plain && !in->row_waits && !in->lane && ingest_lane_begin(in, err))
        return -1;
    if (ingest_lane_takes(in))
        return ingest_lane_next(in, err);
    in->chunk.count = 0;
    got = fill_chunk(in, err);
    if (got < 0)
        return -1;
    if (in->info.has_labels && spool_append(&in->spool, in->labels, in->chunk.count, err))
        return -1;
    if (dataset_writer_append(&in->writer, &in->chunk, err))
        return -1;
    return got;
}

/* ---- Closing ---- */

void ingest_close(struct ingest *in)
{
    ingest_lane_close(in);
    spool_close(&in->spool);
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
    dataset_info_free(&in->info);
    dataset_info_free(&in->like);
    *in = (struct ingest){0};
}
