/* A folder of pictures as the input of ingest: listed or named by a CSV, decoded on all threads. */
#include "private.h"

#include "pipeline/base/path.h"
#include "pipeline/base/text.h"
#include "pipeline/dataset/keys.h"
#include "pipeline/files/noted.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    BATCH_BYTES = 256 * 1024, /* of decoded pictures */
    MOST_MEMORY = 16 << 20,   /* of all batches, but two there must be */
    HEADS = 100               /* files that are tried for the size of all */
};

/* Outcome of a file. */
struct outcome {
    XXH128_hash_t content;
    int64_t bytes;
    bool turned, resized;
    int status; /* 0, or that of an error, and its sentence */
    char *why;
};

/* Pictures that one thread decodes after one another. */
struct picture_batch {
    struct job job;
    struct ingest_pictures *pictures;
    int first, count; /* rows */
    struct decoder decoder;
    struct folder_bytes file;
    char *images;             /* [batch_rows][c][h][w] of uint8_t, or uint16_t for f32 */
    struct outcome *outcomes; /* [batch_rows] */
};

/* ---- Digests ---- */

static int digest_files(void *data, char digest[DIGEST_TEXT])
{
    struct ingest_pictures *p = data;
    struct folder_bytes file = {0};
    struct err ignored;
    int result = 0;

    XXH3_128bits_reset(p->hash);
    for (int i = 0; i < p->count && result == 0; i++) {
        result = folder_read(&p->folder, p->rows[i].file, &file, &ignored);
        if (result == 0)
            folder_add_digest(&p->folder, p->rows[i].file, XXH3_128bits(file.bytes, file.size),
                              p->hash);
    }
    digest_text(XXH3_128bits_digest(p->hash), digest);
    free(file.bytes);
    return result;
}

static const char *changed_file(void *data)
{
    return folder_changed(&((struct ingest_pictures *)data)->folder);
}

static bool has_file(void *data, const struct stat *status)
{
    return folder_has(&((struct ingest_pictures *)data)->folder, status);
}

/* ---- Rows of a folder without a CSV ---- */

/* Takes the class, the folder that the picture is in. */
static int take_class(struct ingest *in, struct picture_row *row, const char *path, size_t size,
                      struct err *err)
{
    char quoted[QUOTED_TEXT];

    text_quote(quoted, path, size);
    row->label = classes_find(&in->classes, path, size);
    if (row->label < 0 && !in->like_path && !label_is_clean((struct cell){path, size, true}))
        return err_set(err, EX_DATAERR,
                       "%s: the folder %s would be a class: its name has to be plain UTF-8 text "
                       "without spaces around it",
                       in->name, quoted);
    if (row->label < 0 && in->like_path)
        return err_set(
            err, EX_DATAERR,
            "%s: the folder %s is none of the %d classes of %s (%s/%.*s in its place: its "
            "pictures, without labels)",
            in->name, quoted, in->like.class_count, in->like_path, in->name, (int)size, path);
    if (row->label < 0 && in->classes.count == CLASSES_MOST)
        return err_set(err, EX_DATAERR, "%s: more than %d folders, which would be the classes",
                       in->name, CLASSES_MOST);
    if (row->label < 0)
        row->label = classes_add(&in->classes, path, size, row->row);
    if (row->label < 0)
        return err_memory(err, "the classes", 0);
    in->classes.list[row->label].rows++;
    return 0;
}

/* Takes every file as a row, in the order of their paths. Either all lie in folders or none does.
 */
static int take_files(struct ingest *in, struct err *err)
{
    struct ingest_pictures *p = in->pictures;
    const struct folder *f = &p->folder;

    if (f->count == 0)
        return err_set(err, EX_DATAERR, "%s: no file ends in .png, .jpg or .jpeg%s%s", in->name,
                       f->first_other ? "; one is " : "", f->first_other ? f->first_other : "");
    p->rows = calloc((size_t)f->count, sizeof *p->rows);
    if (!p->rows)
        return err_memory(err, "the names of pictures", (size_t)f->count * sizeof *p->rows);
    in->info.has_labels = strchr(f->files[0].path, '/') != NULL;
    for (int i = 0; i < f->count; i++) {
        const char *path = f->files[i].path, *slash = strchr(path, '/');
        struct picture_row *row = &p->rows[p->count];
        struct cell key;

        if (!key_cell((struct cell){path, strlen(path), true}, &key))
            return err_set(
                err, EX_DATAERR,
                "%.400s/%.1000s: the name would be the id, which may have %d bytes and no "
                "spaces around it",
                in->name, path, KEY_MOST);
        if (slash && strchr(slash + 1, '/'))
            return err_set(err, EX_DATAERR,
                           "%.400s/%.1000s lies in a folder of folders, where folders of pictures "
                           "are classes: give the folder that has these, or a CSV that names the "
                           "pictures",
                           in->name, path);
        if (in->info.has_labels != (slash != NULL))
            return err_set(err, EX_DATAERR,
                           "%s: pictures lie in the folder itself (%.200s) and in folders of it, "
                           "so that these are not the classes of all; a CSV may name them",
                           in->name, slash ? f->files[0].path : path);
        if (ingest_check_listed(
                in, key,
                (struct cell){slash ? path : NULL, (size_t)(slash ? slash - path : 0), true}, err))
            return -1;
        if (ingest_leaves_out(in))
            continue;
        *row = (struct picture_row){.file = i,
                                    .label = -1,
                                    .row = i + 1,
                                    .number = i + 1,
                                    .id_bytes = (uint16_t)strlen(path)};
        if (slash && (take_class(in, row, path, (size_t)(slash - path), err) ||
                      ingest_relabel(in, &row->label, err)))
            return -1;
        p->count++;
    }
    return 0;
}

/* ---- Opening ---- */

/* Looks at heads: the first file that can be read says what all are; if none can, that comes out
 * later, and this is of no importance. */
static int look_at_heads(struct ingest_pictures *p, struct decode_head *head, struct err *err)
{
    struct folder_bytes file = {0};
    struct err why;
    bool found = false;

    *head = (struct decode_head){.w = 1, .h = 1, .channels = 1};
    for (int i = 0; i < p->count && i < HEADS && !found; i++) {
        found = folder_read(&p->folder, p->rows[i].file, &file, &why) == 0 &&
                decode_head(file.bytes, file.size, head, &why) == 0;
        if (!found && why.status == EX_OSERR) {
            free(file.bytes);
            *err = why;
            return -1;
        }
    }
    p->legible = found;
    free(file.bytes);
    return 0;
}

static const char *const background_words[] = {"none", "black", "white"};

/* Compares with the data set to match, if it was made of files of pictures: what lies under them
 * has to be the same there, and so has the width of samples. */
static int match_options(const struct ingest *in, enum background background,
                         const struct decode_head *head, struct err *err)
{
    const struct dataset_info *like = &in->like;

    if (!like->background)
        return 0;
    if (background && strcmp(like->background, "none") &&
        strcmp(like->background, background_words[background]))
        return err_set(err, EX_USAGE,
                       "--background %s, but the pictures of %s were read with --background %.20s",
                       background_words[background], in->like_path, like->background);
    if (like->pixels.max > 255 && in->pictures->legible && !head->wide)
        return err_set(err, EX_DATAERR, "%s: pictures of 8 bits a sample, but those of %s have 16",
                       in->name, in->like_path);
    return 0;
}

/* Refuses pictures of another shape than those of the data set to match: the options that would
 * make it theirs. */
static int refuse_shape(const struct ingest *in, struct err *err)
{
    const struct dataset_info *like = &in->like;
    const struct decode_options *d = &in->pictures->decode;
    const char *channels = like->c == d->channels ? "" : like->c == 1 ? " --gray" : " --rgb";
    char size[40] = "";

    if (like->h != d->h || like->w != d->w)
        snprintf(size, sizeof size, " --size %dx%d", like->h, like->w);
    return err_set(err, EX_DATAERR,
                   "%s: pictures of %dx%dx%d, but those of %s are %dx%dx%d; this would make them "
                   "alike:%s%s",
                   in->name, d->channels, d->h, d->w, in->like_path, like->c, like->h, like->w,
                   size, like->c == 1 || like->c == 3 ? channels : "");
}

static int settle_shape(struct ingest *in, const struct ingest_options *all, struct err *err)
{
    const struct pictures_options *options = &all->pictures;
    struct decode_options *d = &in->pictures->decode;
    const struct dataset_info *like = in->like_path ? &in->like : NULL;
    struct decode_head head;

    if (look_at_heads(in->pictures, &head, err) ||
        (like && match_options(in, options->background, &head, err)))
        return -1;
    *d = (struct decode_options){.h = options->h,
                                 .w = options->w,
                                 .resize = options->h > 0,
                                 .channels = options->gray    ? 1
                                             : options->color ? 3
                                                              : 0,
                                 .convert = options->gray || options->color,
                                 .background = options->background,
                                 .wide_planes = (like ? like->pixel : all->pixel) == DTYPE_F32,
                                 .wide = head.wide};
    if (!d->resize) {
        d->h = like ? like->h : head.h;
        d->w = like ? like->w : head.w;
    }
    if (!d->convert)
        d->channels = like && (like->c == 1 || like->c == 3) ? like->c : head.channels;
    if (d->h > DECODE_MADE || d->w > DECODE_MADE)
        return err_set(err, EX_DATAERR,
                       "%s: pictures of %dx%d pixels, where sides of %d are the most (--size HxW "
                       "makes them smaller)",
                       in->name, d->h, d->w, DECODE_MADE);
    if (like && (like->c != d->channels || like->h != d->h || like->w != d->w))
        return refuse_shape(in, err);
    return 0;
}

static char *copy_or_null(const char *text, bool *failed)
{
    char *copy = text ? strdup(text) : NULL;

    *failed = *failed || (text && !copy);
    return copy;
}

static int describe(struct ingest *in, const char *input, enum dtype pixel, struct err *err)
{
    struct dataset_info *info = &in->info;
    const struct decode_options *d = &in->pictures->decode;
    struct columns *c = &in->columns;
    bool failed = false;

    info->c = c->c = d->channels;
    info->h = c->h = d->h;
    info->w = c->w = d->w;
    info->column_count = c->pixels = d->channels * d->h * d->w;
    info->pixel = in->like_path ? in->like.pixel : pixel;
    info->source = copy_or_null(path_name(input), &failed);
    info->background = copy_or_null(background_words[d->background], &failed);
    info->resized = d->resize;
    info->has_ids = true;
    info->id_column = copy_or_null(c->header ? c->names[c->id] : "id", &failed);
    if (in->pictures->table) {
        info->has_labels = c->label >= 0;
        info->has_groups = c->group >= 0;
        if (c->group >= 0)
            info->group_column = copy_or_null(c->header ? c->names[c->group] : "group", &failed);
        if (c->header && c->label >= 0) {
            info->label_column = ingest_label_name(in);
            failed |= !info->label_column;
        }
    }
    if (in->like_path && in->like.columns) {
        info->columns = calloc((size_t)c->pixels, sizeof *info->columns);
        failed = failed || !info->columns;
        for (int i = 0; i < c->pixels && !failed; i++)
            info->columns[i] = copy_or_null(in->like.columns[i], &failed);
    }
    return failed ? err_memory(err, "the columns' names", 0) : 0;
}

static int read_table(struct ingest *in, const char *table, const struct ingest_options *options,
                      struct inputs *inputs, struct err *err)
{
    if (source_open(&in->source, table, inputs, "csv", err) ||
        csv_reader_open(&in->reader, in->source, err))
        return -1;
    in->name = csv_reader_name(in->reader);
    in->pictures->table = true;
    return ingest_picture_table(in, options, err);
}

int ingest_pictures_open(struct ingest *in, const char *table, const struct ingest_options *options,
                         struct inputs *inputs, struct err *err)
{
    struct ingest_pictures *p = calloc(1, sizeof *p);
    const struct input_files files = {p, digest_files, changed_file, has_file};

    *in = (struct ingest){.pictures = p, .next = ingest_pictures_next, .threads = options->threads};
    in->columns.label = in->columns.id = in->columns.group = -1;
    in->columns.rival = in->columns.cell = -1;
    if (!p)
        return err_memory(err, "reading pictures", sizeof *p);
    p->inputs = inputs;
    p->hash = XXH3_createState();
    if (!p->hash)
        return err_memory(err, "reading pictures", 0);
    if (ingest_open_others(in, options, inputs, err) ||
        folder_open(&p->folder, options->pictures.folder, err))
        return -1;
    in->name = p->folder.path;
    if (table ? read_table(in, table, options, inputs, err) : take_files(in, err))
        return -1;
    note_read(p->folder.path);
    p->number = inputs_add_files(inputs, "pictures", p->folder.path, &files, err);
    if (p->number < 0 || settle_shape(in, options, err) ||
        describe(in, table ? table : p->folder.path, options->pixel, err))
        return -1;
    in->total = p->count;
    return 0;
}

/* ---- Decoding ---- */

/* Returns the bytes of a decoded picture. */
static size_t picture_bytes(const struct ingest_pictures *p)
{
    const struct decode_options *d = &p->decode;

    return (size_t)d->channels * (size_t)d->h * (size_t)d->w << d->wide_planes;
}

static void decode_one(struct picture_batch *b, int i)
{
    struct ingest_pictures *p = b->pictures;
    struct outcome *outcome = &b->outcomes[i];
    const struct decode_options *d = &p->decode;
    const size_t size = picture_bytes(p);
    struct err err = {0};

    *outcome = (struct outcome){.bytes = 0};
    if (folder_read(&p->folder, p->rows[b->first + i].file, &b->file, &err) == 0) {
        outcome->content = XXH3_128bits(b->file.bytes, b->file.size);
        outcome->bytes = (int64_t)b->file.size;
        if (decode(&b->decoder, b->file.bytes, b->file.size, b->images + (size_t)i * size, &err) ==
            0) {
            outcome->turned = b->decoder.head.turned;
            outcome->resized = b->decoder.head.w != d->w || b->decoder.head.h != d->h;
            return;
        }
    }
    outcome->status = err.status;
    outcome->why = strdup(err.text);
}

static void run_batch(void *data)
{
    struct picture_batch *b = data;

    for (int i = 0; i < b->count; i++)
        decode_one(b, i);
}

static int begin_ring(struct ingest *in, struct err *err)
{
    struct ingest_pictures *p = in->pictures;
    const size_t size = picture_bytes(p);
    const int64_t rows = BATCH_BYTES / size + 1;
    const size_t wanted = 2 * (size_t)workers_threads(in->workers) + 1;
    size_t most;

    p->batch_rows = (int)(rows < in->chunk.room ? rows : in->chunk.room);
    most = MOST_MEMORY / ((size_t)p->batch_rows * size);
    p->ring_count = (int)(most < 2 ? 2 : most < wanted ? most : wanted);
    p->ring = calloc((size_t)p->ring_count, sizeof *p->ring);
    if (!p->ring)
        return err_memory(err, "reading pictures", 0);
    XXH3_128bits_reset(p->hash);
    for (int i = 0; i < p->ring_count; i++) {
        struct picture_batch *b = &p->ring[i];

        b->job = (struct job){.run = run_batch, .data = b};
        b->pictures = p;
        b->decoder.options = p->decode;
        b->images = malloc((size_t)p->batch_rows * size);
        b->outcomes = calloc((size_t)p->batch_rows, sizeof *b->outcomes);
        if (!b->images || !b->outcomes)
            return err_memory(err, "pictures", (size_t)p->batch_rows * size);
    }
    return 0;
}

static void submit_batches(struct ingest *in)
{
    struct ingest_pictures *p = in->pictures;

    while (p->submitted - p->taken < p->ring_count && p->given < p->count) {
        struct picture_batch *b = &p->ring[p->submitted++ % p->ring_count];
        const int left = p->count - p->given;

        b->first = p->given;
        b->count = left < p->batch_rows ? left : p->batch_rows;
        b->job.done = false;
        p->given += b->count;
        workers_submit(in->workers, &b->job);
    }
}

/* ---- Rows ---- */

static int refuse_picture(struct ingest *in, const struct picture_row *row,
                          const struct outcome *outcome, struct err *err)
{
    const struct ingest_pictures *p = in->pictures;
    const char *path = p->folder.files[row->file].path;
    char place[600] = "", text[3000];
    const struct fault fault = {.kind = FAULT_PICTURE,
                                .line = row->line,
                                .row = row->row,
                                .value = (char *)path,
                                .text = text};

    if (!outcome->why)
        return err_memory(err, "a list of faults", 0);
    if (p->table)
        snprintf(place, sizeof place, "%.500s: line %d, row %d: ", in->name, row->line, row->row);
    snprintf(text, sizeof text, "%s%.600s/%.1000s: %s", place, p->folder.path, path, outcome->why);
    if (outcome->status != EX_DATAERR)
        return err_set(err, outcome->status, "%s", text);
    return faults_add(&in->faults, &fault, err);
}

/* Writes what the CSV calls the picture to id[]. */
static struct cell id_of(const struct picture_row *row, const char *path, char id[KEY_MOST])
{
    memcpy(id, path + row->id, row->id_bytes);
    for (int i = 0; row->other_case >> i; i++)
        if (row->other_case >> i & 1)
            id[row->id_bytes - 1 - i] ^= 'a' ^ 'A';
    return (struct cell){id, row->id_bytes, true};
}

/* Puts the picture into the chunk, and what it is called to the ids. */
static int take_picture(struct ingest *in, const struct picture_row *row, const void *image,
                        struct err *err)
{
    const char *path = in->pictures->folder.files[row->file].path;
    struct dataset_chunk *chunk = &in->chunk;
    const size_t size = (size_t)in->columns.pixels, at = (size_t)chunk->count * size;
    char id[KEY_MOST];

    if (in->info.pixel == DTYPE_U8)
        memcpy((uint8_t *)chunk->images + at, image, size);
    else
        for (size_t i = 0; i < size; i++)
            ((float *)chunk->images)[at + i] = ((const uint16_t *)image)[i];
    if (in->info.has_labels)
        in->labels[chunk->count] = row->label;
    chunk->rows[chunk->count++] = row->number;
    in->rows++;
    return key_column_add(in->ids, id_of(row, path, id), row->line, err);
}

static int take_batch(struct ingest *in, struct picture_batch *b, struct err *err)
{
    struct ingest_pictures *p = in->pictures;
    int result = 0;

    in->chunk.count = 0;
    for (int i = 0; i < b->count; i++) {
        const struct picture_row *row = &p->rows[b->first + i];
        struct outcome *outcome = &b->outcomes[i];

        p->bytes += outcome->bytes;
        p->turned += outcome->turned;
        p->resized += outcome->resized;
        folder_add_digest(&p->folder, row->file, outcome->content, p->hash);
        if (result == 0)
            result = outcome->status
                         ? refuse_picture(in, row, outcome, err)
                         : take_picture(in, row, b->images + (size_t)i * picture_bytes(p), err);
        free(outcome->why);
        outcome->why = NULL;
    }
    return result ? -1 : ingest_write_chunk(in, err);
}

int ingest_pictures_next(struct ingest *in, struct err *err)
{
    struct ingest_pictures *p = in->pictures;
    struct picture_batch *b;

    if (!p->ring && begin_ring(in, err))
        return -1;
    submit_batches(in);
    if (p->taken == p->submitted) {
        digest_text(XXH3_128bits_digest(p->hash), p->digest);
        inputs_set_digest(p->inputs, p->number, p->digest);
        return 0;
    }
    b = &p->ring[p->taken % p->ring_count];
    workers_wait(in->workers, &b->job);
    p->taken++;
    return take_batch(in, b, err) ? -1 : 1;
}

static void free_batch(struct picture_batch *b, int rows)
{
    for (int i = 0; i < rows && b->outcomes; i++)
        free(b->outcomes[i].why);
    decoder_free(&b->decoder);
    free(b->file.bytes);
    free(b->images);
    free(b->outcomes);
}

void ingest_pictures_close(struct ingest *in)
{
    struct ingest_pictures *p = in->pictures;

    if (!p)
        return;
    for (; p->taken < p->submitted; p->taken++)
        workers_wait(in->workers, &p->ring[p->taken % p->ring_count].job);
    for (int i = 0; i < p->ring_count && p->ring; i++)
        free_batch(&p->ring[i], p->batch_rows);
    free(p->ring);
    free(p->rows);
    free(p->row_of);
    free(p->others_named);
    folder_close(&p->folder);
    XXH3_freeState(p->hash);
    free(p);
}
