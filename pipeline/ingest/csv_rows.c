/* Rows of a CSV to pixels, labels and ids, by libcsv. */
#include "private.h"

#include "pipeline/base/text.h"

#include <stdlib.h>
#include <string.h>

/* Rows as libcsv reads them. Once one is refused the rest are only checked. */

/* ---- Faults ---- */

enum taking ingest_refuse(struct ingest *in, const struct fault *what, struct err *err)
{
    const struct csv_field *field = &in->row.fields[what->column - 1];
    struct fault fault = *what;
    char quoted[QUOTED_TEXT];
    struct err place;

    csv_reader_fail(in->reader, what->column - 1, &place, "%s", what->text);
    text_quote(quoted, csv_text(&in->row, what->column - 1), field->size);
    quoted[strlen(quoted) - 1] = 0;
    fault.line = place.line;
    fault.row = place.row;
    fault.name = in->columns.named ? in->columns.names[what->column - 1] : NULL;
    fault.value = quoted + 1;
    fault.text = place.text;
    return faults_add(&in->faults, &fault, err) ? FAILED : REFUSED;
}

/* Hint for test data, where the labels may be left out. */
static const char no_labels[] = "--label none", no_labels_hint[] = "if the labels are not known";

/* Tells whether a cell has its column's name, as where files were joined with their headers. */
static bool is_header_again(const struct ingest *in, int column, struct cell cell)
{
    const char *name = in->columns.named ? in->columns.names[column] : "";

    return cell.size > 0 && strlen(name) == cell.size && memcmp(name, cell.text, cell.size) == 0;
}

/* Refuses a cell, or a value in it, that is not what is expected, as `kind` says; `hint` is what
 * the option does, both or none. */
static enum taking refuse_value(struct ingest *in, enum fault_kind kind, int column,
                                struct cell cell, const char *expected, const char *option,
                                const char *hint, struct err *err)
{
    bool empty = cell_trim(cell).size == 0;
    char text[400], quoted[QUOTED_TEXT];
    struct fault fault = {.kind = empty ? FAULT_EMPTY : kind,
                          .column = column + 1,
                          .expected = (char *)expected,
                          .option = option,
                          .text = text};

    if (faults_count(&in->faults, fault.kind, csv_reader_line(in->reader)))
        return REFUSED; /* every cell of a large file may come here */
    text_quote(quoted, cell.text, cell.size);
    if (empty)
        snprintf(text, sizeof text, "an empty cell; expected is %s", expected);
    else if (is_header_again(in, column, cell))
        snprintf(text, sizeof text,
                 "%s: the header again, as where files were joined; sed %lldd FILE | csvnet ingest "
                 "- leaves it out",
                 quoted, (long long)csv_reader_line(in->reader));
    else
        snprintf(text, sizeof text, "%s is not %s", quoted, expected);
    if (option)
        snprintf(text + strlen(text), sizeof text - strlen(text), " (%s%s%s)", option,
                 option == no_labels ? ", " : " ", hint);
    return ingest_refuse(in, &fault, err);
}

static enum taking refuse_cell(struct ingest *in, enum fault_kind kind, int column,
                               const char *expected, const char *option, const char *hint,
                               struct err *err)
{
    struct cell cell = csv_cell(&in->row, column);
    bool empty = cell_trim(cell).size == 0;

    return refuse_value(in, kind, column, cell, expected, empty ? NULL : option, hint, err);
}

static enum taking refuse_pixel(struct ingest *in, int column, struct cell cell, struct err *err)
{
    bool empty = cell_trim(cell).size == 0;
    float number;

    if (in->info.pixel == DTYPE_F32)
        return refuse_value(in, FAULT_NUMBER, column, cell, "a finite decimal number", NULL, NULL,
                            err);
    if (!empty && cell_f32(cell, &number))
        return refuse_value(in, FAULT_FRACTION, column, cell, "a whole number from 0 to 255",
                            "--dtype f32",
                            in->like_path ? "takes any number, of one scale in both data sets, "
                                            "where that of --like has it too"
                                          : "takes any number",
                            err);
    return refuse_value(in, FAULT_PIXEL, column, cell, "a whole number from 0 to 255", NULL, NULL,
                        err);
}

static enum taking refuse_key(struct ingest *in, int column, struct err *err)
{
    return refuse_cell(in, FAULT_ID, column,
                       "plain UTF-8 text of up to 1024 bytes without spaces around it", "--drop",
                       "leaves it out", err);
}

static enum taking refuse_label(struct ingest *in, enum fault_kind kind, const char *expected,
                                const char *option, const char *text, struct err *err)
{
    const struct fault fault = {.kind = kind,
                                .column = in->columns.label + 1,
                                .expected = (char *)expected,
                                .option = option,
                                .text = (char *)text};

    return ingest_refuse(in, &fault, err);
}

enum taking ingest_refuse_width(struct ingest *in, const struct err *why, struct err *err)
{
    char expected[40], value[40];
    const struct fault fault = {.kind = FAULT_WIDTH,
                                .line = why->line,
                                .row = why->row,
                                .value = value,
                                .expected = expected,
                                .text = (char *)why->text};

    snprintf(value, sizeof value, "%d field%s", in->row.count, plural(in->row.count));
    snprintf(expected, sizeof expected, "%d field%s", in->columns.count, plural(in->columns.count));
    return faults_add(&in->faults, &fault, err) ? FAILED : REFUSED;
}

/* ---- One row ---- */

static bool take_value(const struct ingest *in, struct cell cell, char *image, int place)
{
    return in->info.pixel == DTYPE_U8 ? cell_u8(cell, (uint8_t *)image + place)
                                      : cell_f32(cell, (float *)image + place);
}

static enum taking refuse_count(struct ingest *in, int count, struct err *err)
{
    char value[40], expected[40], text[120];
    const struct fault fault = {
        .kind = FAULT_VALUES, .column = in->columns.cell + 1, .expected = expected, .text = text};

    if (faults_count(&in->faults, fault.kind, csv_reader_line(in->reader)))
        return REFUSED;
    snprintf(value, sizeof value, "%d value%s", count, plural(count));
    snprintf(expected, sizeof expected, "%d values", in->columns.pixels);
    snprintf(text, sizeof text, "%s where the first row has %d", value, in->columns.pixels);
    return ingest_refuse(in, &fault, err);
}

/* Takes all pixels, which are in one cell. */
static enum taking take_cell(struct ingest *in, char *image, struct err *err)
{
    const struct columns *c = &in->columns;
    struct cell_list list = cell_list(csv_cell(&in->row, c->cell));
    struct cell one;
    enum taking result = TAKEN;
    int count = 0;

    for (; cell_list_next(&list, &one); count++)
        if (count < c->pixels && result != FAILED && !take_value(in, one, image, c->places[count]))
            result = refuse_pixel(in, c->cell, one, err);
    if (count != c->pixels && result == TAKEN)
        result = refuse_count(in, count, err);
    return result;
}

static enum taking take_pixels(struct ingest *in, struct err *err)
{
    const struct csv_row *row = &in->row;
    const int *position = in->columns.position;
    enum taking result = TAKEN;
    char *image =
        (char *)in->chunk.images + (size_t)in->chunk.count * dataset_image_bytes(&in->info);

    if (in->columns.cell >= 0)
        return take_cell(in, image, err);
    for (int i = 0; i < row->count && result != FAILED; i++)
        if (position[i] >= 0 && !take_value(in, csv_cell(row, i), image, position[i]))
            result = refuse_pixel(in, i, csv_cell(row, i), err);
    return result;
}

/* Checks a label that was not seen before and is to be a class. */
static enum taking check_class(struct ingest *in, struct cell label, struct err *err)
{
    char quoted[QUOTED_TEXT], text[2 * QUOTED_TEXT + 400];
    int column = in->columns.label;

    text_quote(quoted, label.text, label.size);
    if (in->like_path && in->like.class_count == 0)
        return csv_reader_fail(in->reader, column, err,
                               "a label, but %s has none; are training and test data swapped?",
                               in->like_path);
    if (in->like_path) {
        double value;
        bool missing = classes_missing(label.text, label.size) || cell_number(label, &value);

        snprintf(text, sizeof text, "%s is none of the %d classes of %.300s%s%s%s%s%s", quoted,
                 in->like.class_count, in->like_path, missing ? " (" : "", missing ? no_labels : "",
                 missing ? ", " : "", missing ? no_labels_hint : "", missing ? ")" : "");
        return refuse_label(in, FAULT_UNKNOWN_LABEL, "a class of the other data set",
                            missing ? no_labels : NULL, text, err);
    }
    if (!label_is_clean(label)) {
        snprintf(text, sizeof text,
                 "%s is neither a number nor plain UTF-8 text without spaces around it", quoted);
        return refuse_label(in, FAULT_LABEL,
                            "a number or plain UTF-8 text without spaces around it", NULL, text,
                            err);
    }
    if (in->classes.count == CLASSES_MOST)
        return csv_reader_fail(in->reader, column, err,
                               "more than %d different labels; is this the label column? --label "
                               "says which is",
                               CLASSES_MOST);
    return TAKEN;
}

/* Takes a one-hot label; the classes are known from the start, by their columns: see ingest_open().
 */
static enum taking take_onehot(struct ingest *in, int32_t *number, struct err *err)
{
    static const char expected[] = "a single 1 among the label's columns, and else 0";
    const struct columns *c = &in->columns;
    int one = -1;
    double value;

    for (int i = 0; i < c->onehot_count; i++) {
        bool taken = cell_number(csv_cell(&in->row, c->onehot[i]), &value);

        if (!taken || (value != 0 && value != 1))
            return refuse_cell(in, FAULT_LABEL, c->onehot[i], expected,
                               in->like_path ? no_labels : "--label",
                               in->like_path ? no_labels_hint
                                             : "names one of several targets, --drop the others",
                               err);
        if (value == 1 && one >= 0)
            return refuse_label(in, FAULT_LABEL, expected, NULL,
                                "two of the label's columns have a 1: a picture has one label "
                                "here, so --label names a single one of them and --drop the rest",
                                err);
        if (value == 1)
            one = i;
    }
    if (one < 0)
        return refuse_label(in, FAULT_LABEL, expected, NULL, "none of the label's columns has a 1",
                            err);
    *number = in->onehot_classes[one];
    in->classes.list[*number].rows++;
    return TAKEN;
}

static enum taking take_class(struct ingest *in, struct cell label, int32_t *number,
                              struct err *err)
{
    struct classes *classes = &in->classes;
    char text[LABEL_NUMBER];
    struct cell form;
    enum taking result;

    *number = classes_find_label(classes, label, &form, text);
    if (*number < 0) {
        result = check_class(in, form, err);
        if (result != TAKEN)
            return result;
        *number = classes_add(classes, form.text, form.size, csv_reader_line(in->reader));
    }
    if (*number < 0 || (!in->like_path && classes_note(classes, *number, label, form)))
        return (enum taking)err_memory(err, "the classes", 0);
    return TAKEN;
}

enum taking ingest_take_label(struct ingest *in, int32_t *number, struct err *err)
{
    struct cell found, label;
    enum taking result;
    double value;

    if (in->columns.onehot)
        return take_onehot(in, number, err);
    found = csv_cell(&in->row, in->columns.label);
    label = cell_trim(found);
    if (label.size == 0)
        return refuse_value(in, FAULT_LABEL, in->columns.label, found, "a label",
                            in->like_path ? no_labels : NULL, no_labels_hint, err);
    if (label.size != found.size && !cell_number(label, &value))
        label = found; /* spaces are ignored around numbers only */
    result = take_class(in, label, number, err);
    if (result == TAKEN)
        in->classes.list[*number].rows++;
    return result;
}

enum taking ingest_take_key(struct ingest *in, int column, struct key_column *keys, struct err *err)
{
    struct cell key;

    if (!key_cell(csv_cell(&in->row, column), &key))
        return refuse_key(in, column, err);
    return key_column_add(keys, key, csv_reader_line(in->reader), err) ? FAILED : TAKEN;
}

static enum taking worse(enum taking a, enum taking b)
{
    return a == FAILED || b == TAKEN ? a : b;
}

bool ingest_is_wanted(const struct ingest *in)
{
    const struct columns *c = &in->columns;

    for (int i = 0; i < c->only_count; i++) {
        struct cell cell = cell_trim(csv_cell(&in->row, c->only[i].column));
        bool wanted = false;

        for (int k = 0; k < c->only_count && !wanted; k++)
            wanted = c->only[k].column == c->only[i].column &&
                     strlen(c->only[k].value) == cell.size &&
                     memcmp(c->only[k].value, cell.text, cell.size) == 0;
        if (!wanted)
            return false;
    }
    return true;
}

enum taking ingest_note_unwanted(struct ingest *in, struct err *err)
{
    struct cell cell = cell_trim(csv_cell(&in->row, in->columns.only[0].column));

    if (in->unwanted.count == ONLY_VALUES || classes_find(&in->unwanted, cell.text, cell.size) >= 0)
        return TAKEN;
    if (classes_add(&in->unwanted, cell.text, cell.size, csv_reader_line(in->reader)) < 0)
        return (enum taking)err_memory(err, "the values of a column", 0);
    return TAKEN;
}

/* Takes a row; all of its faults are found, whatever the first is. */
static enum taking take_row(struct ingest *in, struct err *err)
{
    struct err why;
    enum taking result = TAKEN;

    if (csv_reader_check_width(in->reader, &why))
        return ingest_refuse_width(in, &why, err);
    if (in->columns.only_count && !ingest_is_wanted(in))
        return ingest_note_unwanted(in, err);
    if (ingest_check_listed_row(in, err))
        return FAILED;
    if (ingest_leaves_out(in))
        return TAKEN;
    if (in->columns.label >= 0)
        result = ingest_take_label(in, &in->labels[in->chunk.count], err);
    if (in->columns.label >= 0 && result == TAKEN &&
        ingest_relabel(in, &in->labels[in->chunk.count], err))
        return FAILED;
    if (in->columns.id >= 0 && result != FAILED)
        result = worse(result, ingest_take_key(in, in->columns.id, in->ids, err));
    if (in->columns.group >= 0 && result != FAILED)
        result = worse(result, ingest_take_key(in, in->columns.group, in->groups, err));
    if (result != FAILED)
        result = worse(result, take_pixels(in, err));
    if (result == TAKEN) {
        in->chunk.rows[in->chunk.count++] = in->number;
        in->rows++;
    }
    return result;
}

/* ---- Rows ---- */

static int next_row(struct ingest *in, struct err *err)
{
    if (!in->row_waits)
        return csv_reader_next(in->reader, &in->row, err);
    in->row_waits = false;
    return 1;
}

/* Takes the waiting first row, or up to a chunk of rows. */
static int take_rows(struct ingest *in, struct err *err)
{
    int64_t most = in->row_waits ? 1 : in->chunk.room;

    csv_reader_allow_ragged(in->reader);
    for (int64_t i = 0; i < most; i++) {
        int got = next_row(in, err);

        if (got <= 0)
            return got;
        if (take_row(in, err) == FAILED)
            return -1;
    }
    return 1;
}

int ingest_csv_next(struct ingest *in, struct err *err)
{
    const bool fast = !in->plain && !in->row_waits && in->faults.count == 0;
    int got;

    if (fast && !in->lane && ingest_lane_begin(in, err))
        return -1;
    if (ingest_lane_takes(in))
        return ingest_lane_next(in, err);
    in->chunk.count = 0;
    got = take_rows(in, err);
    return got < 0 || ingest_write_chunk(in, err) ? -1 : got;
}
