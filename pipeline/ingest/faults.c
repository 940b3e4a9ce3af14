/* Faults of rows: the first ten of each kind, and how many more there are. */
#include "faults.h"

#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name, *which;
} kinds[FAULT_KINDS] = {
    [FAULT_STRUCTURE] = {"structure", "with such a fault"},
    [FAULT_WIDTH] = {"width", "with another number of fields"},
    [FAULT_VALUES] = {"values", "with another number of values"},
    [FAULT_EMPTY] = {"empty", "with an empty cell"},
    [FAULT_PIXEL] = {"pixel", "with a pixel that is not a whole number from 0 to 255"},
    [FAULT_FRACTION] = {"fraction", "with a pixel that is a number, but not a whole one from 0 to "
                                    "255"},
    [FAULT_NUMBER] = {"number", "with a pixel that is not a finite decimal number"},
    [FAULT_LABEL] = {"label", "with a label that is neither a number nor plain text"},
    [FAULT_UNKNOWN_LABEL] = {"unknown label", "with a label that is none of the classes"},
    [FAULT_ID] = {"id", "with an id that is not plain text"},
    [FAULT_REPEATED_ID] = {"repeated id", "with an id that an earlier row has"},
    [FAULT_PICTURE] = {"picture", "with a picture that is missing or cannot be taken"},
};

const char *fault_which(enum fault_kind kind)
{
    return kinds[kind].which;
}

/* Copies: the caller's text becomes ours, so that faults_free() is right also when memory runs out.
 */
static int copy(char **to, const char *text)
{
    *to = text ? strdup(text) : NULL;
    return text && !*to ? -1 : 0;
}

bool faults_count(struct faults *faults, enum fault_kind kind, int64_t line)
{
    if (line && faults->last_line[kind] == line)
        return true;
    if (faults->shown[kind] < FAULTS_SHOWN)
        return false;
    faults->last_line[kind] = line;
    faults->more[kind]++;
    return true;
}

int faults_add(struct faults *faults, const struct fault *fault, struct err *err)
{
    struct fault *new = &faults->list[faults->count];

    if (faults_count(faults, fault->kind, fault->line))
        return 0;
    faults->last_line[fault->kind] = fault->line;
    faults->shown[fault->kind]++;
    faults->count++;
    *new = *fault;
    if (copy(&new->name, fault->name) | copy(&new->value, fault->value) |
        copy(&new->expected, fault->expected) | copy(&new->text, fault->text))
        return err_memory(err, "a list of faults", 0);
    return 0;
}

int faults_add_error(struct faults *faults, const struct err *why, const char *name,
                     struct err *err)
{
    const struct fault fault = {.kind = FAULT_STRUCTURE,
                                .line = why->line,
                                .row = why->row,
                                .column = why->column,
                                .name = (char *)name,
                                .text = (char *)why->text};

    return faults_add(faults, &fault, err);
}

/* ---- As data ---- */

static json_t *number(int64_t value)
{
    return value ? json_integer(value) : json_null();
}

/* Cleans a text: bytes that are no UTF-8, as a file's name may have, become question marks. */
static json_t *clean_text(const char *value)
{
    json_t *text = json_string(value);
    char *copy = text ? NULL : strdup(value);

    for (char *c = copy; c && *c; c++)
        if ((unsigned char)*c >= 0x80)
            *c = '?';
    if (copy)
        text = json_string(copy);
    free(copy);
    return text;
}

static json_t *text(const char *value)
{
    return value ? clean_text(value) : json_null();
}

static json_t *one_json(const struct fault *f, const char *file)
{
    return json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "kind",
                     kinds[f->kind].name, "file", text(file), "line", number(f->line), "row",
                     number(f->row), "column", number(f->column), "name", text(f->name), "value",
                     text(f->value), "expected", text(f->expected), "option", text(f->option),
                     "text", text(f->text));
}

json_t *faults_json(const struct faults *faults, const char *file)
{
    json_t *list = json_array(), *more = json_object();

    for (int i = 0; i < faults->count; i++)
        json_array_append_new(list, one_json(&faults->list[i], file));
    for (int kind = 0; kind < FAULT_KINDS; kind++)
        if (faults->more[kind])
            json_object_set_new(more, kinds[kind].name, json_integer(faults->more[kind]));
    return json_pack("{s:o, s:o}", "faults", list, "more", more);
}

void faults_free(struct faults *faults)
{
    for (int i = 0; i < faults->count; i++) {
        free(faults->list[i].name);
        free(faults->list[i].value);
        free(faults->list[i].expected);
        free(faults->list[i].text);
    }
    *faults = (struct faults){0};
}
