/* ingest: a CSV, a pair of IDX files or a folder of pictures into a data set. */
#include "pipeline/ingest/ingest.h"

#include "cmd/cli/if_changed.h"
#include "cmd/cli/options.h"
#include "cmd/cli/progress.h"
#include "cmd/cli/say.h"
#include "pipeline/base/strbuf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char *const header_words[] = {"auto", "yes", "no", NULL};
static const char *const dtype_words[] = {"u8", "f32", NULL};
static const char *const background_words[] = {"none", "black", "white", NULL};

static int header = HEADER_AUTO, dtype, background;
static const char *out_path, *shape, *size;
static struct option_list drop;
static bool idx;
static struct ingest_options options;

static const struct option_spec table[] = {
    OUTPUT("output", 'o', &out_path, "the tensor file to write (needed)"),
    TEXT("like", "FILE", &options.like,
         "for test data: match the columns, shape and classes of this data set; labels may be "
         "missing"),
    TEXT("names", "FILE", &options.names,
         "display names of the classes: a CSV with rows CLASS,NAME"),
    FLAG("idx", &idx, "IN is pictures, and LABELS (if given) labels, in IDX files as MNIST's"),
    TITLE_OPTION,
    IF_CHANGED_OPTION,
    HEADING("Columns, by name or by number from 1"),
    CHOICE("header", &header, header_words, "whether the first row holds names"),
    TEXT("label", "COLUMN", &options.columns.label,
         "the labels' column, or none; else the one called label, class, target or y, or without a "
         "header the first if the others make a square"),
    TEXT(
        "id", "COLUMN", &options.columns.id,
        "the ids' column, or none; else the one called id or ImageId; ids are any text, each there "
        "once"),
    TEXT("group", "COLUMN", &options.columns.group,
         "rows with equal values here belong together, as pictures of one writer: split and fit "
         "--fold never part them"),
    LIST("drop", "COLUMN", &drop, "leave a column out; several times"),
    HEADING("Pictures"),
    TEXT("shape", "CxHxW", &shape, "channels, height, width; else a square of one channel"),
    FLAG("transpose", &options.columns.transpose,
         "the pixels lie column by column, as in EMNIST; test data follows its --like"),
    CHOICE("dtype", &dtype, dtype_words, "u8: whole numbers from 0 to 255; f32: any numbers"),
    HEADING("Files of pictures"),
    TEXT(
        "pictures", "FOLDER", &options.pictures.folder,
        "PNG and JPEG files, named by the --id column of the CSV IN, with or without .png, .jpg or "
        ".jpeg; without IN all of them, their labels the folders in it"),
    TEXT("size", "HxW", &size,
         "resize to this height and width: means of areas where pictures shrink, bilinear where "
         "they grow; else all have the size of the first"),
    FLAG("gray", &options.pictures.gray, "colour becomes gray: luma by ITU-R BT.601"),
    FLAG("color", &options.pictures.color, "gray becomes three equal channels"),
    CHOICE("background", &background, background_words,
           "what lies under pixels that are not opaque; none: refuse them"),
    COMMON_OPTIONS};

static const struct command command = {
    "ingest",
    "IN [LABELS] -o OUT [options]",
    "Reads a CSV of pictures, one per row, and writes a tensor file (.st.zst). IN may be "
    "plain, gzip or zstd, ARCHIVE.zip:FILE, or - for standard input; or a folder of PNG and JPEG "
    "files. What is not clear or not exact is refused.",
    table,
    0,
    2,
    "ingest train.csv -o train.st.zst &&\n"
    "  csvnet ingest test.csv --like train.st.zst -o test.st.zst"};

static void say_pictures(const char *path, const struct ingest *in, const char *label,
                         const char *id)
{
    const struct ingest_pictures *p = in->pictures;
    const struct columns *c = &in->columns;
    char others[60] = "", found[60];
    const int left = p->folder.others;

    snprintf(found, sizeof found, "%d picture%s of %dx%dx%d", p->count, plural(p->count), c->c,
             c->h, c->w);
    if (p->others)
        snprintf(others, sizeof others, ", %d column%s left out", p->others, plural(p->others));
    if (p->table)
        say("%s: %s%s%s; %s", path, label, id, others, found);
    else
        say("%s: %s, %s", path, found, in->info.has_labels ? "labelled by their folders" : label);
    if (!p->table && left)
        warn("%s: %d file%s left out, by the name no picture: %s%s", path, left,
             left == 1 ? " is" : "s are", p->folder.first_other, left == 1 ? "" : ", ...");
}

/* One line that says what was decided. */
static void say_columns(const char *path, const struct ingest *in)
{
    const struct columns *c = &in->columns;
    char label[120] = "no labels", id[260] = "";

    if (in->idx) {
        say("%s: %lld picture%s of %dx%dx%d%s, %s", path, (long long)in->idx->images.dims[0],
            plural(in->idx->images.dims[0]), c->c, c->h, c->w, c->transposed ? " (transposed)" : "",
            in->info.has_labels ? "with labels" : "no labels");
        return;
    }
    if (c->label >= 0)
        snprintf(label, sizeof label, "labels in column %d%s%.80s%s", c->label + 1,
                 c->header ? " (" : "", c->header ? c->names[c->label] : "", c->header ? ")" : "");
    if (c->id >= 0)
        snprintf(id, sizeof id, ", %s in column %d%s%.80s%s", in->pictures ? "names" : "ids",
                 c->id + 1, c->header ? " (" : "", c->header ? c->names[c->id] : "",
                 c->header ? ")" : "");
    if (c->group >= 0)
        snprintf(id + strlen(id), sizeof id - strlen(id), ", groups in column %d%s%.80s%s",
                 c->group + 1, c->header ? " (" : "", c->header ? c->names[c->group] : "",
                 c->header ? ")" : "");
    if (in->pictures) {
        say_pictures(path, in, label, id);
        return;
    }
    say("%s: %s, %s%s, %d pixel%s as %dx%dx%d in %s order%s", path,
        c->header ? "with a header" : "no header", label, id, c->pixels, plural(c->pixels), c->c,
        c->h, c->w,
        !c->header                       ? "the file's"
        : in->like_path                  ? "the other data set's"
        : numbering_whole(&c->numbering) ? "their names'"
                                         : "the file's",
        c->transposed ? ", transposed" : "");
}

static void say_classes(const struct ingest *in, double seconds)
{
    char text[400] = "", rows[40];
    size_t used = 0;

    snprintf(rows, sizeof rows, "%lld row%s", (long long)in->rows, plural(in->rows));
    for (int k = 0; k < in->info.class_count && used < sizeof text - 80; k++) {
        int number = classes_find(&in->classes, in->info.classes[k], strlen(in->info.classes[k]));

        used += (size_t)snprintf(text + used, sizeof text - used, "%s%.40s: %lld", k ? ", " : "",
                                 in->info.classes[k], (long long)in->classes.list[number].rows);
    }
    if (in->info.has_labels)
        say("%s, %d classes (%s%s), %.2f s", rows, in->info.class_count, text,
            used < sizeof text - 80 ? "" : ", ...", seconds);
    else
        say("%s, no labels, %.2f s", rows, seconds);
}

static json_t *text_or_null(const char *text)
{
    return text ? json_string(text) : json_null();
}

/* What follows the last slash, as text in JSON; one that ends the path does not count. */
static json_t *base_name(const char *path)
{
    size_t end = strlen(path), begin;

    while (end > 1 && path[end - 1] == '/')
        end--;
    for (begin = end; begin > 0 && path[begin - 1] != '/';)
        begin--;
    return json_stringn(path + begin, end - begin);
}

/* What the bytes depend on, for the file's record. */
static json_t *record(const char *path)
{
    const char *folder = options.pictures.folder;
    json_t *dropped = json_array(), *settings;

    for (int i = 0; i < drop.count; i++)
        json_array_append_new(dropped, json_string(drop.items[i]));
    settings =
        json_pack("{s:o, s:s, s:o, s:o, s:o, s:o, s:b, s:s}", "source", base_name(path), "header",
                  header_words[header], "label", text_or_null(options.columns.label), "id",
                  text_or_null(options.columns.id), "drop", dropped, "shape", text_or_null(shape),
                  "transpose", options.columns.transpose, "dtype", dtype_words[dtype]);
    if (options.columns.group)
        json_object_set_new(settings, "group", json_string(options.columns.group));
    if (folder) {
        json_object_set_new(settings, "pictures", base_name(folder));
        json_object_set_new(settings, "size", text_or_null(size));
        json_object_set_new(settings, "channels",
                            json_string(options.pictures.gray    ? "gray"
                                        : options.pictures.color ? "color"
                                                                 : "as found"));
        json_object_set_new(settings, "background", json_string(background_words[background]));
    }
    return settings;
}

static json_t *summary(const struct ingest *in, double seconds)
{
    json_t *classes = json_object();

    for (int k = 0; k < in->classes.count && in->info.has_labels; k++)
        json_object_set_new(classes, in->classes.list[k].text,
                            json_integer(in->classes.list[k].rows));
    return json_pack("{s:s, s:I, s:o, s:[i,i,i], s:b, s:o, s:o, s:I, s:s, s:f, s:f}", "source",
                     in->info.source, "rows", (json_int_t)in->rows, "classes", classes, "shape",
                     in->info.c, in->info.h, in->info.w, "header", in->columns.header,
                     "label_column", text_or_null(in->info.label_column), "id_column",
                     text_or_null(in->info.id_column), "bytes", (json_int_t)in->info.source_bytes,
                     "digest", tensor_writer_digest(in->writer.file), "seconds", seconds,
                     "flush_seconds", tensor_writer_flush_seconds(in->writer.file));
}

static int open_input(struct ingest *in, char **operands, int count, struct inputs *inputs,
                      struct err *err)
{
    if (idx)
        return ingest_open_idx(in, operands[0], count > 1 ? operands[1] : NULL, &options, inputs,
                               err);
    if (options.pictures.folder)
        return ingest_open_pictures(in, count ? operands[0] : NULL, &options, inputs, err);
    return ingest_open(in, operands[0], &options, inputs, err);
}

static int convert(struct ingest *in, struct err *err)
{
    int got;

    progress_begin("reading", "rows", in->total);
    while ((got = ingest_next(in, err)) == 1)
        if (in->total)
            progress_update(in->rows);
        else
            progress_share(in->rows, source_share(in->source));
    progress_end();
    return got;
}

static void say_hint(json_t *list, const char *text)
{
    say("hint: %s", text);
    json_array_append_new(list, json_string(text));
}

/* "12 rows have WHAT (the first: row 7, as row 3 WHERE), 2 of them with another label". */
static void say_same(json_t *list, const struct same_count *same, const char *what,
                     const char *where)
{
    struct strbuf text = {0};

    if (same->rows == 0)
        return;
    strbuf_printf(&text, "%lld row%s %s (the first: row %lld, as row %lld%s)",
                  (long long)same->rows, same->rows == 1 ? " has" : "s have", what,
                  (long long)same->first_row, (long long)same->first_of, where);
    if (same->relabelled)
        strbuf_printf(&text, ", %lld of them with another label", (long long)same->relabelled);
    say_hint(list, strbuf_text(&text));
    strbuf_free(&text);
}

static json_t *say_hints(const struct ingest *in)
{
    char text[DATA_RANGE_TEXT], unlike[DATA_RANGE_TEXT + 300];
    const char *hints[HINTS_MOST];
    int count = hints_list(in->hints, hints);
    json_t *list = json_array();

    for (int i = 0; i < count; i++)
        say_hint(list, hints[i]);
    if (in->like_path && data_range_differs(&in->info.pixels, &in->like.pixels, text)) {
        snprintf(unlike, sizeof unlike, "the pictures are not like those of %.200s but %s",
                 in->like_path, text);
        say_hint(list, unlike);
    }
    if (in->rows >= HINTS_ROWS) {
        say_same(list, &in->repeated, "the picture of an earlier one", "");
        say_same(list, &in->known, "a picture of the other data set", " there");
    }
    return list;
}

static int report(const struct ingest *in, double seconds)
{
    json_t *values = summary(in, seconds);
    int status;

    say_classes(in, seconds);
    json_object_set_new(values, "hints", say_hints(in));
    status = write_summary(values, NULL);
    json_decref(values);
    return status;
}

/* A tensor file where a CSV should be is named as that, not by what makes it a strange CSV. */
static void name_tensor_file(const char *path, struct err *why)
{
    struct tensor_file *file = NULL;
    struct err ignored;

    if (why->status != EX_DATAERR || tensor_file_open(&file, path, NULL, "", &ignored))
        return;
    err_set(why, EX_DATAERR, "%s: a tensor file already%s%s, not a CSV", path,
            *tensor_file_kind(file) ? " of kind " : "", tensor_file_kind(file));
    tensor_file_close(file);
}

/* 4096 as "4,096". */
static const char *with_commas(char text[32], int64_t number)
{
    char digits[24];
    int count = snprintf(digits, sizeof digits, "%lld", (long long)number), used = 0;

    for (int i = 0; i < count; i++) {
        if (i > 0 && (count - i) % 3 == 0)
            text[used++] = ',';
        text[used++] = digits[i];
    }
    text[used] = 0;
    return text;
}

/* Prints one line for each fault in the list, and one for each kind of which there are more. */
static void print_faults(const struct faults *faults, const char *file)
{
    char number[32];

    for (int i = 0; i < faults->count; i++)
        complain("%s", faults->list[i].text);
    for (int kind = 0; kind < FAULT_KINDS; kind++)
        if (faults->more[kind])
            complain("%s: and %s more row%s %s", file, with_commas(number, faults->more[kind]),
                     plural(faults->more[kind]), fault_which((enum fault_kind)kind));
}

/* Prints what is wrong, rows and what ended the reading (NULL: nothing did); the exit status. */
static int refuse(struct ingest *in, const char *operand, const struct err *why)
{
    const char *file = strcmp(operand, "-") == 0 ? "standard input" : operand;
    struct err err;
    json_t *values;
    int status;

    progress_end();
    if (why && why->status == EX_DATAERR && ingest_add_error(in, why, &err))
        return fail(&err);
    print_faults(&in->faults, file);
    if (why && why->status != EX_DATAERR)
        return fail(why);
    values = faults_json(&in->faults, file);
    status = write_summary(values, NULL);
    json_decref(values);
    return status ? status : EX_DATAERR;
}

static bool is_folder(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

/* Completes options.pictures; 0, or the exit status of a mistake. A folder in place of IN is that
 * of the pictures. */
static int read_picture_options(char **operands, int *count)
{
    struct pictures_options *p = &options.pictures;
    struct columns_options parsed;

    p->background = (enum background)background;
    if (!p->folder && !idx && *count == 1 && is_folder(operands[0])) {
        p->folder = operands[0];
        *count = 0;
    }
    if (!p->folder && (size || p->gray || p->color || background))
        return usage_error("--size, --gray, --color and --background are for files of pictures: "
                           "--pictures FOLDER");
    if (!p->folder)
        return *count ? 0 : usage_error("no input is named");
    if (idx || shape || options.columns.transpose)
        return usage_error("--pictures leaves nothing to say about shape and order%s",
                           shape ? " (--size resizes)" : "");
    if (p->gray && p->color)
        return usage_error("--gray and --color contradict each other");
    if (!*count &&
        (header != HEADER_AUTO || drop.count || options.columns.label || options.columns.id))
        return usage_error("without a CSV there is nothing to say about columns");
    if (size && (columns_parse_shape(size, &parsed) || parsed.c != 1))
        return usage_error("--size takes HxW, each from 1 to 4096, not '%s'", size);
    p->h = size ? parsed.h : 0;
    p->w = size ? parsed.w : 0;
    return 0;
}

int main(int argc, char **argv)
{
    struct tensor_writer *writer = NULL, *mine;
    struct inputs inputs = {0};
    struct ingest in = {0};
    struct err err;
    json_t *settings = NULL;
    double begin = now();
    const char *input;
    char **operands;
    int current, count, status = options_parse(&command, argc, argv, &operands, &count);

    if (status)
        return status;
    if (!out_path)
        return usage_error("no output is named: -o FILE");
    if (shape && columns_parse_shape(shape, &options.columns))
        return usage_error("--shape takes CxHxW or HxW, each from 1 to 4096, not '%s'", shape);
    status = read_picture_options(operands, &count);
    if (status)
        return status;
    if (!idx && count > 1)
        return usage_error("unexpected operand '%s' (labels apart: --idx)", operands[1]);
    if (idx && (header != HEADER_AUTO || shape || drop.count || options.columns.label ||
                options.columns.id))
        return usage_error("--idx leaves nothing to say about columns and shape");
    input = count ? operands[0] : options.pictures.folder;
    options.columns.header = (enum header_choice)header;
    options.columns.drop = drop.items;
    options.columns.drop_count = drop.count;
    options.threads = (int)common.threads;
    options.pixel = dtype == 0 ? DTYPE_U8 : DTYPE_F32;
    settings = record(input);
    if (tensor_writer_open(&writer, out_path, &err) ||
        open_input(&in, operands, count, &inputs, &err) || outputs_refuse_inputs(&inputs, &err))
        goto failed;
    current = already_made(&writer, &settings, 1, &inputs, NULL, &err);
    if (current < 0)
        goto failed;
    status = 0;
    if (current)
        goto out;
    say_columns(input, &in);
    mine = writer;
    writer = NULL;
    if (ingest_begin(&in, mine, &err) || convert(&in, &err))
        goto failed;
    if (in.faults.count) {
        status = refuse(&in, input, NULL);
        goto out;
    }
    if (ingest_finish(&in, settings, &inputs, &err))
        goto failed;
    status = report(&in, now() - begin);
    goto out;
failed:
    if (strcmp(input, "-") && !idx && count)
        name_tensor_file(input, &err);
    status = refuse(&in, input, &err);
out:
    ingest_close(&in);
    tensor_writer_close(writer);
    inputs_free(&inputs);
    json_decref(settings);
    return status;
}
