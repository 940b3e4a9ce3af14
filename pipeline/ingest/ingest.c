/* Opens a CSV, and what all of ingest goes through: beginning to write, the next rows, closing. */
#include "private.h"

#include "pipeline/base/text.h"
#include "pipeline/base/workers.h"
#include "pipeline/csv/layout.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Opening ---- */

static int decide(struct ingest *in, const struct csv_look *look,
                  const struct columns_options *options, struct err *err)
{
    int got = csv_reader_next(in->reader, &in->row, err);

    if (got < 0)
        return -1;
    if (got == 0)
        return err_set(err, EX_DATAERR, "%s: the file is empty", in->name);
    return columns_decide(&in->columns, in->reader, look, &in->row, options, in->like_path,
                          in->like_path ? &in->like : NULL, err);
}

/* Reads the header of the first part. */
static int read_part_names(struct ingest *in, const struct ingest_options *options, struct err *err)
{
    struct part_names *part = &in->part;
    struct source *source = NULL;
    struct csv_reader *reader = NULL;
    struct csv_row row = {0};
    bool header = false;
    int got = -1;

    part->path = options->part_of;
    if (source_open(&source, part->path, NULL, "part", err) == 0 &&
        csv_reader_open(&reader, source, err) == 0 &&
        csv_layout_find(reader, options->separator, NULL, err) == 0)
        got = csv_reader_next(reader, &row, err);
    if (got == 0)
        got = err_set(err, EX_DATAERR, "%s: the file is empty", part->path);
    if (got > 0 && header_decide(&header, reader, &row, options->columns.header, err))
        got = -1;
    if (got > 0 && header && header_has_names(&row)) {
        part->names = header_names(reader, &row, err);
        part->count = row.count;
        got = part->names ? 1 : -1;
    }
    csv_reader_close(reader);
    source_close(source);
    return got < 0 ? -1 : 0;
}

static int read_first_row(struct ingest *in, const struct ingest_options *options, struct err *err)
{
    struct columns *c = &in->columns;
    struct csv_look look;
    int failed;

    in->name = csv_reader_name(in->reader);
    if (csv_layout_find(in->reader, options->separator, &look, err))
        return -1;
    failed = decide(in, &look, &options->columns, err);
    csv_look_close(&look);
    if (failed)
        return -1;
    in->row_waits = !c->header || c->lent;
    if (c->header)
        csv_reader_name_columns(in->reader, c->names);
    in->plain |= csv_reader_layout(in->reader).separator != ',' || c->cell >= 0 || c->onehot ||
                 c->only_count > 0 || in->without.path || (in->relabel.path && c->id >= 0);
    return ingest_open_onehot(in, err);
}

/* Joins the labels' file and the source: the options say then which columns are what. `range` has
 * to last as long as they do. */
static int open_paste(struct ingest *in, struct ingest_options *options, char range[32],
                      struct inputs *inputs, struct err *err)
{
    struct columns_options *c = &options->columns;
    bool header;
    int columns;

    if (paste_open(&in->paste, in->source, options->labels, inputs, options->separator, c->header,
                   &header, &columns, err))
        return -1;
    csv_reader_go_on(in->reader, 0, paste_read, in->paste);
    c->header = header ? HEADER_YES : HEADER_NO;
    snprintf(range, 32, columns == 1 ? "@1" : "@1-@%d", columns);
    if (!c->label && (columns == 1 || !header))
        c->label = range;
    in->plain = true;
    return 0;
}

int ingest_open(struct ingest *in, const char *path, const struct ingest_options *options,
                struct inputs *inputs, struct err *err)
{
    struct ingest_options joined = *options;
    char range[32];

    joined.columns.part = options->part_of ? &in->part : NULL;
    *in = (struct ingest){.next = ingest_csv_next,
                          .threads = options->threads,
                          .plain = options->plain,
                          .piece = options->piece};
    if (ingest_open_others(in, options, inputs, err) ||
        source_open(&in->source, path, inputs, "csv", err) ||
        csv_reader_open(&in->reader, in->source, err) ||
        (options->labels && open_paste(in, &joined, range, inputs, err)) ||
        (options->part_of && read_part_names(in, options, err)) ||
        read_first_row(in, &joined, err) || ingest_describe(in, path, options->pixel, err)) {
        ingest_close(in);
        return -1;
    }
    return 0;
}

/* ---- Rows ---- */

/* More are not needed besides the one that reads, and take memory. */
enum { MOST_THREADS = 8 };

/* Adds the pictures of the data set to match, by whose scores a test that has them would say
 * little. */
static int add_like(struct ingest *in, struct err *err)
{
    enum { ROOM = 1024 };
    struct dataset like;
    struct dataset_chunk chunk = {0};
    int32_t labels[ROOM];
    int got = -1;

    if (dataset_open(&like, in->like_path, NULL, "like", err))
        return -1;
    if (dataset_chunk_init(&chunk, &like, ROOM, err) == 0)
        while ((got = dataset_next(&like, &chunk, err)) > 0) {
            for (int64_t i = 0; i < chunk.count && like.info.has_labels; i++)
                labels[i] = dataset_class(&like.info, &chunk, i);
            if (same_pictures_add(in->same, 0, chunk.images, dataset_image_bytes(&like.info),
                                  like.info.has_labels ? labels : NULL, chunk.count, err)) {
                got = -1;
                break;
            }
        }
    dataset_chunk_free(&chunk);
    dataset_close(&like);
    return got;
}

static int open_same(struct ingest *in, const char *path, struct err *err)
{
    if (same_pictures_open(&in->same, path, err))
        return -1;
    return in->like_path ? add_like(in, err) : 0;
}

int ingest_begin(struct ingest *in, struct tensor_writer *writer, struct err *err)
{
    enum { CHUNK_BYTES = 1 << 20 };
    int threads = in->threads < 1 ? 1 : in->threads > MOST_THREADS ? MOST_THREADS : in->threads;
    const size_t image = dataset_image_bytes(&in->info);
    const size_t room = (size_t)dataset_rows_in(&in->info, CHUNK_BYTES);
    struct dataset_chunk *chunk = &in->chunk;

    in->writer.file = writer;
    if (ingest_check_lists(in, err) || dataset_writer_init(&in->writer, writer, &in->info, err) ||
        workers_start(&in->workers, threads, err) ||
        hints_open(&in->hints, &in->info, &in->classes, !in->like_path && in->source,
                   in->like_path != NULL, err))
        return -1;
    tensor_writer_share(writer, in->workers);
    chunk->room = (int64_t)room;
    chunk->rows = calloc(room, sizeof *chunk->rows);
    chunk->images = calloc(room, image);
    in->labels = calloc(room, sizeof *in->labels);
    if (!chunk->rows || !chunk->images || !in->labels)
        return err_memory(err, "a chunk of rows", room * image);
    if ((in->info.has_ids && key_column_open(&in->ids, tensor_writer_path(writer), true, err)) ||
        (in->info.has_groups && !in->groups &&
         key_column_open(&in->groups, tensor_writer_path(writer), false, err)))
        return -1;
    if (open_same(in, tensor_writer_path(writer), err))
        return -1;
    return in->info.has_labels ? spool_open(&in->spool, tensor_writer_path(writer), err) : 0;
}

/* Refuses repeated ids: a submission is matched by them. */
static int refuse_repeats(struct ingest *in, struct err *err)
{
    const int column = in->columns.id;
    const char *name = in->columns.header ? in->columns.names[column] : NULL;
    struct key_repeat list[KEY_REPEATS];
    const int64_t count = key_column_repeats(in->ids, list, err);

    for (int i = 0; i < count && i < KEY_REPEATS; i++) {
        const struct key_repeat *r = &list[i];
        char quoted[QUOTED_TEXT], text[1024];
        const struct fault fault = {.kind = FAULT_REPEATED_ID,
                                    .line = r->line,
                                    .row = r->row,
                                    .column = column + 1,
                                    .name = (char *)name,
                                    .value = (char *)r->text,
                                    .expected = "an id that no other row has",
                                    .option = "--drop",
                                    .text = text};

        snprintf(text, sizeof text,
                 "%s: line %lld, row %lld, column %d%s%.80s%s: duplicate id %s, which line %lld "
                 "has first (--drop leaves the column out)",
                 in->name, (long long)r->line, (long long)r->row, column + 1, name ? " (" : "",
                 name ? name : "", name ? ")" : "", text_quote(quoted, r->text, strlen(r->text)),
                 (long long)r->first_line);
        if (faults_add(&in->faults, &fault, err))
            return -1;
    }
    if (count > KEY_REPEATS)
        in->faults.more[FAULT_REPEATED_ID] = count - KEY_REPEATS;
    return count < 0 ? -1 : 0;
}

static int count_same(struct ingest *in, struct err *err)
{
    const int sets = 1 + (in->like_path != NULL);
    struct same_count counts[4];

    if (same_pictures_count(in->same, sets, counts, err))
        return -1;
    in->repeated = counts[sets * sets - 1];
    if (in->like_path)
        in->known = counts[1];
    return 0;
}

int ingest_next(struct ingest *in, struct err *err)
{
    int got = in->next(in, err);

    if (got || in->faults.count)
        return got;
    return (in->ids && refuse_repeats(in, err)) || ingest_end_corrections(in, err) ||
                   count_same(in, err)
               ? -1
               : 0;
}

/* ---- Closing ---- */

int ingest_add_error(struct ingest *in, const struct err *why, struct err *err)
{
    bool named = in->columns.named && why->column > 0 && why->column <= in->columns.count;

    return faults_add_error(&in->faults, why, named ? in->columns.names[why->column - 1] : NULL,
                            err);
}

int ingest_open_idx(struct ingest *in, const char *images, const char *labels,
                    const struct ingest_options *options, struct inputs *inputs, struct err *err)
{
    if (ingest_idx_open(in, images, labels, options, inputs, err) == 0)
        return 0;
    ingest_close(in);
    return -1;
}

int ingest_open_pictures(struct ingest *in, const char *table, const struct ingest_options *options,
                         struct inputs *inputs, struct err *err)
{
    if (ingest_pictures_open(in, table, options, inputs, err) == 0)
        return 0;
    ingest_close(in);
    return -1;
}

void ingest_close(struct ingest *in)
{
    ingest_pictures_close(in);
    ingest_lane_close(in);
    spool_close(&in->spool);
    key_column_close(in->ids);
    key_column_close(in->groups);
    same_pictures_close(in->same);
    hints_close(in->hints);
    if (in->writer.file)
        dataset_writer_close(&in->writer);
    dataset_chunk_free(&in->chunk);
    free(in->labels);
    free(in->onehot_classes);
    workers_stop(in->workers);
    csv_reader_close(in->reader);
    paste_close(in->paste);
    source_close(in->source);
    ingest_idx_close(in);
    names_free(&in->names);
    ingest_close_corrections(in);
    header_free(in->part.names, in->part.count);
    columns_free(&in->columns);
    classes_free(&in->classes);
    classes_free(&in->unwanted);
    faults_free(&in->faults);
    dataset_info_free(&in->info);
    dataset_info_free(&in->like);
    *in = (struct ingest){0};
}
