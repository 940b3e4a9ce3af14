/* Plain rows through fast_chunks, back to libcsv where one is not plain. */
#include "fast_chunks.h"
#include "private.h"

#include <stdlib.h>
#include <string.h>

struct ingest_lane {
    struct lane lane;
    struct pieces *pieces;
    int64_t rows;     /* taken */
    bool left;        /* libcsv takes the rest */
    int64_t *numbers; /* of the rows in a piece */
    int32_t *place;   /* of a piece's classes among all */
};

/* ---- A piece's rows ---- */

/* Says which of all classes each of the piece's is. Returns the piece's rows before the first one
 * of a class too many. */
static int64_t place_classes(struct ingest *in, const struct lane_rows *rows, int64_t line,
                             struct err *err)
{
    const struct classes *classes = &rows->classes;

    for (int i = 0; i < classes->count; i++) {
        const struct class_entry *entry = &classes->list[i];
        size_t size = strlen(entry->text);
        int number = classes_find(&in->classes, entry->text, size);

        if (number < 0 && in->classes.count == CLASSES_MOST)
            return entry->line;
        if (number < 0)
            number = classes_add(&in->classes, entry->text, size, line + entry->line);
        if (number < 0 || classes_merge(&in->classes, number, entry))
            return err_memory(err, "the classes", 0);
        in->lane->place[i] = number;
    }
    return rows->count;
}

/* Makes the rows' labels those of all classes and counts them. Returns how many rows can be taken.
 */
static int64_t take_labels(struct ingest *in, const struct lane_rows *rows, int64_t line,
                           struct err *err)
{
    const int32_t *place = in->lane->place;
    int64_t count = in->like_path ? rows->count : place_classes(in, rows, line, err);

    for (int64_t i = 0; i < count; i++) {
        if (!in->like_path)
            rows->labels[i] = place[rows->labels[i]];
        in->classes.list[rows->labels[i]].rows++;
    }
    return count;
}

/* Appends rows; `line`: of the first one. */
static int append(struct ingest *in, const struct lane_rows *rows, int64_t count, int64_t line,
                  struct err *err)
{
    const struct dataset_chunk chunk = {
        .count = count, .rows = in->lane->numbers, .images = rows->images};

    for (int64_t i = 0; i < count; i++) {
        chunk.rows[i] = in->number = ++in->rows;
        if (in->relabel.path && ingest_relabel(in, &rows->labels[i], err))
            return -1;
    }
    for (int64_t i = 0; i < count; i++)
        if ((in->ids && key_column_add(in->ids, rows->ids[i], line + i, err)) ||
            (in->groups && key_column_add(in->groups, rows->groups[i], line + i, err)))
            return -1;
    if (ingest_look_at(in, in->info.has_labels ? rows->labels : NULL, rows->images, count, err))
        return -1;
    if (in->info.has_labels &&
        spool_append(&in->spool, rows->labels, (size_t)count * sizeof *rows->labels, err))
        return -1;
    return dataset_writer_append(&in->writer, &chunk, err);
}

static size_t bytes_of_lines(const char *text, size_t size, int64_t lines)
{
    const char *at = text, *end = text + size;

    for (; lines > 0 && at < end; lines--) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));

        at = newline ? newline + 1 : end;
    }
    return (size_t)(at - text);
}

int ingest_lane_next(struct ingest *in, struct err *err)
{
    struct ingest_lane *l = in->lane;
    struct piece piece;
    int got = pieces_next(l->pieces, &piece, err);
    int64_t count, line;

    if (got <= 0)
        return got;
    count = piece.rows->count;
    line = csv_reader_next_line(in->reader) + l->rows;
    if (l->lane.labelled)
        count = take_labels(in, piece.rows, line, err);
    if (count < 0 || append(in, piece.rows, count, line, err))
        return -1;
    l->rows += count;
    if (count < piece.rows->count)
        piece.taken = bytes_of_lines(piece.text, piece.size, count);
    if (piece.taken < piece.size) {
        l->left = true;
        pieces_leave_lane(l->pieces, piece.taken);
        csv_reader_go_on(in->reader, l->rows, pieces_read, l->pieces);
    }
    return 1;
}

bool ingest_lane_takes(const struct ingest *in)
{
    return in->lane && !in->lane->left;
}

/* ---- Beginning and closing ---- */

int ingest_lane_begin(struct ingest *in, struct err *err)
{
    struct ingest_lane *l = calloc(1, sizeof *l);
    struct pieces_options options = {.bytes = in->piece};
    size_t rows;

    if (!l)
        return err_memory(err, "reading rows", sizeof *l);
    in->lane = l;
    csv_reader_rest(in->reader, &options.begin, &options.begin_size);
    if (lane_init(&l->lane, &in->columns, in->info.pixel, in->like_path ? &in->classes : NULL,
                  err) ||
        pieces_open(&l->pieces, in->source, &l->lane, in->workers, &options, err))
        return -1;
    rows = (size_t)pieces_room(l->pieces);
    l->numbers = malloc(rows * sizeof *l->numbers);
    l->place = malloc(rows * sizeof *l->place);
    return l->numbers && l->place ? 0 : err_memory(err, "reading rows", 0);
}

void ingest_lane_close(struct ingest *in)
{
    struct ingest_lane *l = in->lane;

    if (!l)
        return;
    pieces_close(l->pieces);
    lane_free(&l->lane);
    free(l->numbers);
    free(l->place);
    free(l);
}
