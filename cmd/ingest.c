/* ingest: a CSV, a pair of IDX files or a folder of pictures into a data set. */
#include "pipeline/ingest/ingest.h"

#include "cmd/cli/hold.h"
#include "cmd/cli/if_changed.h"
#include "cmd/cli/options.h"
#include "cmd/cli/progress.h"
#include "cmd/cli/say.h"
#include "cmd/ingest/ingest_list.h"
#include "cmd/ingest/say_found.h"
#include "pipeline/base/strbuf.h"
#include "pipeline/csv/layout.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char *const header_words[] = {"auto", "yes", "no", NULL};
static const char *const dtype_words[] = {"u8", "f32", NULL};
static const char *const background_words[] = {"none", "black", "white", NULL};
static const char *const channel_words[] = {"auto", "first", "last", NULL};

static int header = HEADER_AUTO, dtype, background, channels = CHANNELS_AUTO;
static const char *out_path, *shape, *size, *separator;
static struct option_list drop, only;
static bool idx;
static struct ingest_options options;

static const struct option_spec table[] = {
    OUTPUT("output", 'o', &out_path, "the tensor file to write (needed); - is standard output"),
    INPUT("like", &options.like,
          "for test data: match the columns, shape and classes of this data set; labels may be "
          "missing"),
    INPUT(
        "names", &options.names,
        "display names of the classes: a CSV with rows CLASS,NAME, whose order classes that are no "
        "numbers take"),
    INPUT("part-of", &options.part_of,
          "IN is one of several CSVs, of which this is the first: its header says the columns and "
          "their order, and rows of one class are enough"),
    FLAG("idx", &idx, "IN is pictures, and LABELS (if given) labels, in IDX files as MNIST's"),
    HEADING("Rows of a list: a CSV with the column row, as audit writes it"),
    INPUT(
        "relabel", &options.relabel,
        "give these rows the label in the column suggested, where there is one; another label than "
        "in the column given is refused"),
    INPUT("without", &options.without, "leave these rows out; the others keep their numbers"),
    TITLE_OPTION,
    IF_CHANGED_OPTION,
    HEADING("Columns, by name or by number from 1 (@2: surely a number)"),
    TEXT("separator", "CHAR", &separator,
         "what separates fields: tab, space (any number of them) or a character; else found"),
    CHOICE("header", &header, header_words, "whether the first row holds names"),
    TEXT("label", "COLUMN", &options.columns.label,
         "the labels' column, or none; else the one called label, class, target or y, or without a "
         "header the first or the last, if only one can be it; several (A-J): a 1 in that of the "
         "class"),
    TEXT(
        "id", "COLUMN", &options.columns.id,
        "the ids' column, or none; else the one called id or ImageId; ids are any text, each there "
        "once"),
    TEXT("group", "COLUMN", &options.columns.group,
         "rows with equal values here belong together, as pictures of one writer: split and fit "
         "--fold never part them"),
    LIST("drop", "COLUMNS", &drop, "leave columns out: 3, 3-6, A-C, or several with commas"),
    LIST("only", "COLUMN=VALUE", &only,
         "leave out all rows with another value there; several times: any of a column's values"),
    HEADING("Pictures"),
    TEXT("shape", "CxHxW", &shape,
         "channels, height, width; HxWxC if a pixel's channels lie together; else a square of one "
         "channel"),
    CHOICE("channels", &channels, channel_words,
           "whether they are the first or the last of --shape's sizes"),
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
    FLAG("rgb", &options.pictures.color, "gray becomes three equal channels"),
    CHOICE("background", &background, background_words,
           "what lies under pixels that are not opaque; none: refuse them"),
    COMMON_OPTIONS};

static const struct command command = {
    "ingest",
    "IN [LABELS] -o OUT [options] or csvnet ingest SHARD... -o LIST.shards",
    "Reads a CSV of pictures, one per row, and writes a tensor file (.st.zst). IN may be "
    "plain, gzip or zstd, ARCHIVE.zip:FILE, or - for standard input; LABELS is a CSV of labels if "
    "IN has none; or IN is a folder of PNG and JPEG files. What is not clear or not exact is "
    "refused. Tensor files of CSVs that are parts of one data set become that by a list, "
    "LIST.shards, which all programs take as they do one file.",
    table,
    0,
    -1,
    "ingest train.csv -o train.st.zst &&\n"
    "  csvnet ingest test.csv --like train.st.zst -o test.st.zst"};

static json_t *text_or_null(const char *text)
{
    return text ? json_string(text) : json_null();
}

/* Returns what follows the last slash, as text in JSON; one that ends the path does not count. */
static json_t *base_name(const char *path)
{
    size_t end = strlen(path), begin;

    while (end > 1 && path[end - 1] == '/')
        end--;
    for (begin = end; begin > 0 && path[begin - 1] != '/';)
        begin--;
    return json_stringn(path + begin, end - begin);
}

static json_t *list(const struct option_list *from)
{
    json_t *to = json_array();

    for (int i = 0; i < from->count; i++)
        json_array_append_new(to, json_string(from->items[i]));
    return to;
}

/* Records what the bytes depend on, for the file's record. */
static json_t *record(const char *path)
{
    const char *folder = options.pictures.folder;
    json_t *settings = json_pack(
        "{s:o, s:s, s:o, s:o, s:o, s:o, s:b, s:s}", "source", base_name(path), "header",
        header_words[header], "label", text_or_null(options.columns.label), "id",
        text_or_null(options.columns.id), "drop", list(&drop), "shape", text_or_null(shape),
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
    if (options.labels)
        json_object_set_new(settings, "labels", base_name(options.labels));
    if (only.count)
        json_object_set_new(settings, "only", list(&only));
    if (options.relabel)
        json_object_set_new(settings, "relabel", base_name(options.relabel));
    if (options.without)
        json_object_set_new(settings, "without", base_name(options.without));
    if (separator)
        json_object_set_new(settings, "separator", json_string(separator));
    if (channels != CHANNELS_AUTO)
        json_object_set_new(settings, "channels", json_string(channel_words[channels]));
    return settings;
}

/* Adds the header of the first part, by its digest: that is all that counts of that file. */
static void record_part(json_t *settings, const struct ingest *in)
{
    char digest[DIGEST_TEXT];
    struct strbuf text = {0};

    if (!in->part.path)
        return;
    for (int i = 0; i < in->part.count; i++)
        strbuf_add(&text, in->part.names[i], strlen(in->part.names[i]) + 1);
    digest_text(XXH3_128bits(strbuf_text(&text), text.size), digest);
    json_object_set_new(settings, "part_of", json_string(in->part.count ? digest : "no header"));
    strbuf_free(&text);
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

static int report(const struct ingest *in, double seconds)
{
    json_t *values = summary(in, seconds);

    say_classes(in, seconds);
    say_corrections(in, values);
    json_object_set_new(values, "hints", say_hints(in));
    return write_summary(values, NULL);
}

/* Names a tensor file where a CSV should be, instead of listing CSV errors. */
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

/* Prints one line for each fault in the list, and one for each kind of which there are more; only
 * the first of a kind that every row has, but all of pictures, whose reasons differ. */
static void print_faults(const struct ingest *in, const char *file)
{
    const struct faults *faults = &in->faults;
    int64_t rows = in->reader ? csv_reader_row(in->reader) : 0;
    bool all[FAULT_KINDS], printed[FAULT_KINDS] = {false};
    struct strbuf number = {0};

    for (int kind = 0; kind < FAULT_KINDS; kind++)
        all[kind] =
            kind != FAULT_PICTURE && rows > 2 && faults->shown[kind] + faults->more[kind] == rows;
    for (int i = 0; i < faults->count; i++) {
        enum fault_kind kind = faults->list[i].kind;

        if (!all[kind] || !printed[kind])
            complain("%s", faults->list[i].text);
        printed[kind] = true;
    }
    for (int kind = 0; kind < FAULT_KINDS; kind++) {
        strbuf_clear(&number);
        strbuf_count(&number, all[kind] ? rows - 1 : faults->more[kind]);
        if (all[kind])
            complain("%s: and so are all other %s rows", file, strbuf_shown(&number));
        else if (faults->more[kind])
            complain("%s: and %s more row%s %s", file, strbuf_shown(&number),
                     plural(faults->more[kind]), fault_which((enum fault_kind)kind));
    }
    strbuf_free(&number);
}

/* Prints what is wrong, rows and what ended the reading (NULL: nothing did); the exit status. */
static int refuse(struct ingest *in, const char *operand, const struct err *why)
{
    const char *file = strcmp(operand, "-") == 0 ? "standard input" : operand;
    struct err err;
    int status;

    progress_end();
    if (why && why->status == EX_DATAERR && ingest_add_error(in, why, &err))
        return fail(&err);
    print_faults(in, file);
    if (why && why->status != EX_DATAERR)
        return fail(why);
    status = write_summary(faults_json(&in->faults, file), NULL);
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
        return usage_error("--size, --gray, --rgb and --background are for files of pictures: "
                           "--pictures FOLDER");
    if (!p->folder)
        return *count ? 0 : usage_error("no input is named");
    if (idx || shape || options.columns.transpose || channels != CHANNELS_AUTO)
        return usage_error("--pictures leaves nothing to say about shape and order%s",
                           shape ? " (--size resizes)" : "");
    if (p->gray && p->color)
        return usage_error("--gray and --rgb contradict each other");
    if (!*count && (header != HEADER_AUTO || drop.count || only.count || options.columns.label ||
                    options.columns.id || separator))
        return usage_error("without a CSV there is nothing to say about columns");
    if (size && (columns_parse_shape(size, &parsed) || parsed.c != 1))
        return usage_error("--size takes HxW, each from 1 to 4096, not '%s'", size);
    p->h = size ? parsed.h : 0;
    p->w = size ? parsed.w : 0;
    return 0;
}

/* Puts data sets together; the exit status. Options that say how a CSV is read were for these. */
static int make_list(char **operands, int count)
{
    int status;

    if (!count)
        return usage_error("no shard is named");
    if (options.like || options.relabel || options.without || options.part_of || idx || separator ||
        header != HEADER_AUTO || options.columns.label || options.columns.id ||
        options.columns.group || drop.count || only.count || shape || channels != CHANNELS_AUTO ||
        options.columns.transpose || dtype || options.pictures.folder || size ||
        options.pictures.gray || options.pictures.color || background)
        return usage_error("a list of shards has nothing to say about columns and pictures: these "
                           "options are for the ingest of each shard");
    status = hold_outputs(&out_path, 1);
    return status ? status : ingest_list(out_path, operands, count, options.names);
}

/* Checks what the table of options cannot, and takes it over. Returns the exit status. */
static int read_options(char **operands, int *count, const char **input)
{
    int parsed, status;

    if (*count > 2)
        return usage_error("unexpected operand '%s' (data sets that are one become that by a list: "
                           "-o LIST.shards)",
                           operands[2]);
    if (options.part_of && (idx || options.pictures.folder || *count != 1))
        return usage_error("--part-of is for a CSV with the labels in it");
    if (options.part_of && (options.relabel || options.without))
        return usage_error("%s: its rows are numbered through all parts, of which %s is one: make "
                           "one CSV of the parts",
                           options.relabel ? "--relabel" : "--without", operands[0]);
    options.columns.channels = (enum channel_order)channels;
    parsed = shape ? columns_parse_shape(shape, &options.columns) : 0;
    if (parsed == -2)
        return usage_error("--shape %s may be CxHxW or HxWxC: say --channels first or --channels "
                           "last",
                           shape);
    if (parsed)
        return usage_error("--shape takes CxHxW, HxWxC or HxW, each from 1 to 4096, not '%s'",
                           shape);
    if (separator && !(options.separator = csv_separator_parse(separator)))
        return usage_error("--separator takes tab, space or a character that no number has, not "
                           "'%s'",
                           separator);
    status = read_picture_options(operands, count);
    if (status)
        return status;
    if (options.pictures.folder && *count > 1)
        return usage_error("unexpected operand '%s'", operands[1]);
    options.labels = !idx && *count > 1 ? operands[1] : NULL;
    if (idx && (header != HEADER_AUTO || shape || drop.count || only.count || separator ||
                channels != CHANNELS_AUTO || options.columns.label || options.columns.id))
        return usage_error("--idx leaves nothing to say about columns and shape");
    *input = *count ? operands[0] : options.pictures.folder;
    options.columns.header = (enum header_choice)header;
    options.columns.drop = drop.items;
    options.columns.drop_count = drop.count;
    options.columns.only = only.items;
    options.columns.only_count = only.count;
    options.threads = (int)common.threads;
    options.pixel = dtype == 0 ? DTYPE_U8 : DTYPE_F32;
    return 0;
}

/* Makes the data set of the input that the operands name. Returns the exit status. */
static int make_dataset(const char *input, char **operands, int count)
{
    struct tensor_writer *writer = NULL, *mine;
    struct inputs inputs = {0};
    struct ingest in = {0};
    struct err err;
    json_t *settings = record(input);
    const double begin = now();
    int current, status;

    if (tensor_writer_open(&writer, out_path, &err) ||
        open_input(&in, operands, count, &inputs, &err) || outputs_refuse_inputs(&inputs, &err))
        goto failed;
    record_part(settings, &in);
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

int main(int argc, char **argv)
{
    const char *input = NULL;
    char **operands;
    int count, status = options_parse(&command, argc, argv, &operands, &count);

    if (status)
        return status;
    if (!out_path)
        return usage_error("no output is named: -o FILE");
    if (is_list_name(out_path))
        return end_of_run(make_list(operands, count));
    status = read_options(operands, &count, &input);
    if (status == 0)
        status = hold_outputs(&out_path, 1);
    return status ? status : end_of_run(make_dataset(input, operands, count));
}
