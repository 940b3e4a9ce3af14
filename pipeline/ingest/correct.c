/* Labels that are changed, and rows that are left out, while the rows are read. */
#include "private.h"

#include "pipeline/base/text.h"

#include <string.h>

int ingest_open_corrections(struct ingest *in, const struct ingest_options *options,
                            struct inputs *inputs, struct err *err)
{
    if (options->relabel && corrections_read(&in->relabel, options->relabel, true, inputs, err))
        return -1;
    return options->without ? corrections_read(&in->without, options->without, false, inputs, err)
                            : 0;
}

static struct cell cell_of(const char *text)
{
    return (struct cell){text, strlen(text), true};
}

static struct cell without_zeros(struct cell cell)
{
    for (; cell.size > 1 && *cell.text == '0'; cell.size--)
        cell.text++;
    return cell;
}

/* Tells whether both are one id; leading zeros aside, which spreadsheets drop. */
static bool same_id(struct cell a, struct cell b)
{
    a = without_zeros(a);
    b = without_zeros(b);
    return a.size == b.size && memcmp(a.text, b.text, a.size) == 0;
}

int ingest_check_lists(const struct ingest *in, struct err *err)
{
    const struct corrections *lists[] = {&in->relabel, &in->without};
    char quoted[QUOTED_TEXT];

    if (in->relabel.path && !in->info.has_labels)
        return err_set(err, EX_USAGE, "%s: it has no labels that --relabel could change", in->name);
    for (int i = 0; i < 2 && !in->info.has_ids; i++)
        for (int64_t k = 0; k < lists[i]->count; k++) {
            const struct correction *one = &lists[i]->list[k];

            if (one->id)
                return err_set(err, EX_DATAERR,
                               "%s: line %lld: row %lld is said to have the id %s, but %s has no "
                               "ids: is the list of other data? (without its column id it goes by "
                               "row numbers alone)",
                               lists[i]->path, (long long)one->line, (long long)one->row,
                               text_quote(quoted, one->id, strlen(one->id)), in->name);
        }
    return 0;
}

static bool same_label(const char *text, struct cell label)
{
    char a[LABEL_NUMBER], b[LABEL_NUMBER];
    const struct cell one = label_number(cell_of(text), a), other = label_number(label, b);

    return one.size == other.size && memcmp(one.text, other.text, one.size) == 0;
}

/* Compares the label that the list of rows to leave out says it has, or had when relabelled. */
static int check_label(const struct ingest *in, struct cell label, struct err *err)
{
    const struct correction *one = corrections_peek(&in->without, in->number + 1);
    const struct correction *relabel = corrections_peek(&in->relabel, in->number + 1);
    char quoted[QUOTED_TEXT];

    if (!one || !one->given || !label.text || same_label(one->given, label) ||
        (relabel && same_label(one->given, cell_of(relabel->label))))
        return 0;
    return err_set(err, EX_DATAERR,
                   "%s: line %lld: row %lld is said to be labelled '%.80s', but in %s it is %s: is "
                   "the list of other data?",
                   in->without.path, (long long)one->line, (long long)one->row, one->given,
                   in->name, text_quote(quoted, label.text, label.size));
}

int ingest_check_listed(const struct ingest *in, struct cell id, struct cell label, struct err *err)
{
    const struct corrections *lists[] = {&in->relabel, &in->without};
    char named[QUOTED_TEXT], quoted[QUOTED_TEXT];

    for (int i = 0; i < 2 && id.text; i++) {
        const struct correction *one = corrections_peek(lists[i], in->number + 1);

        if (one && one->id && !same_id(cell_of(one->id), id))
            return err_set(err, EX_DATAERR,
                           "%s: line %lld: row %lld is said to have the id %s, but in %s it has "
                           "%s: is the list of other data?",
                           lists[i]->path, (long long)one->line, (long long)one->row,
                           text_quote(named, one->id, strlen(one->id)), in->name,
                           text_quote(quoted, id.text, id.size));
    }
    return check_label(in, label, err);
}

int ingest_check_listed_row(const struct ingest *in, struct err *err)
{
    const struct columns *c = &in->columns;
    const struct cell none = {NULL, 0, false};

    return ingest_check_listed(
        in, c->id >= 0 ? cell_trim(csv_cell(&in->row, c->id)) : none,
        c->label >= 0 && !c->onehot ? cell_trim(csv_cell(&in->row, c->label)) : none, err);
}

bool ingest_leaves_out(struct ingest *in)
{
    if (!corrections_next(&in->without, ++in->number))
        return false;
    in->left_out++;
    corrections_next(&in->relabel, in->number);
    return true;
}

/* Finds the class that a list calls so; -1: it was not met. */
static int find_class(const struct ingest *in, const char *label)
{
    char text[LABEL_NUMBER];
    struct cell form;

    return classes_find_label(&in->classes, cell_of(label), &form, text);
}

/* Finds the class that a row is to be of, or makes it one: its own rows may come later. */
static int class_to_be(struct ingest *in, const struct correction *one, struct err *err)
{
    char quoted[QUOTED_TEXT];
    int number = find_class(in, one->label);

    if (number >= 0)
        return number;
    if (in->like_path || in->classes.count == CLASSES_MOST || !label_is_clean(cell_of(one->label)))
        return err_set(err, EX_DATAERR, "%s: line %lld: %s is no class of %s", in->relabel.path,
                       (long long)one->line, text_quote(quoted, one->label, strlen(one->label)),
                       in->like_path ? in->like_path : in->name);
    number = classes_add(&in->classes, one->label, strlen(one->label), one->line);
    if (number < 0)
        return err_memory(err, "the classes", 0);
    in->classes.list[number].suggested = true;
    return number;
}

int ingest_relabel(struct ingest *in, int32_t *label, struct err *err)
{
    const struct correction *one = corrections_next(&in->relabel, in->number);
    const char *has = in->classes.list[*label].text;
    int number;

    in->classes.list[*label].suggested = false;
    if (!one)
        return 0;
    if (one->given && find_class(in, one->given) != *label)
        return err_set(err, EX_DATAERR,
                       "%s: line %lld: row %lld is said to be labelled '%.80s', but in %s it is "
                       "'%.80s': is the list of other data?",
                       in->relabel.path, (long long)one->line, (long long)one->row, one->given,
                       in->name, has);
    number = class_to_be(in, one, err);
    if (number < 0)
        return -1;
    in->classes.list[*label].rows--;
    in->classes.list[number].rows++;
    in->relabelled += number != *label;
    *label = number;
    return 0;
}

/* Fails if the list goes on: its rows are not there, or not in order. */
static int check_end(const struct ingest *in, const struct corrections *c, struct err *err)
{
    if (c->at == c->count)
        return 0;
    return err_set(err, EX_DATAERR, "%s: line %lld: there is no row %lld: %s has %lld", c->path,
                   (long long)c->list[c->at].line, (long long)c->list[c->at].row, in->name,
                   (long long)in->number);
}

/* Fails if a label to be is none of the rows'. */
static int check_classes(const struct ingest *in, struct err *err)
{
    for (int k = 0; k < in->classes.count; k++)
        if (in->classes.list[k].suggested)
            return err_set(err, EX_DATAERR, "%s: line %lld: '%.80s' is no class of %s",
                           in->relabel.path, (long long)in->classes.list[k].line,
                           in->classes.list[k].text, in->name);
    return 0;
}

int ingest_end_corrections(struct ingest *in, struct err *err)
{
    return check_end(in, &in->without, err) || check_end(in, &in->relabel, err) ||
                   check_classes(in, err)
               ? -1
               : 0;
}

void ingest_close_corrections(struct ingest *in)
{
    corrections_free(&in->relabel);
    corrections_free(&in->without);
}
