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

int ingest_check_listed(const struct ingest *in, struct err *err)
{
    const struct corrections *lists[] = {&in->relabel, &in->without};
    char named[QUOTED_TEXT], quoted[QUOTED_TEXT];

    for (int i = 0; i < 2 && in->columns.id >= 0; i++) {
        const struct correction *one = corrections_peek(lists[i], in->number + 1);
        const struct cell id = cell_trim(csv_cell(&in->row, in->columns.id));

        if (one && one->id && !same_id((struct cell){one->id, strlen(one->id), true}, id))
            return err_set(err, EX_DATAERR,
                           "%s: line %lld: row %lld is said to have the id %s, but in %s it has "
                           "%s: is the list of other data?",
                           lists[i]->path, (long long)one->line, (long long)one->row,
                           text_quote(named, one->id, strlen(one->id)), in->name,
                           text_quote(quoted, id.text, id.size));
    }
    return 0;
}

bool ingest_leaves_out(struct ingest *in)
{
    if (!corrections_next(&in->without, ++in->number))
        return false;
    in->left_out++;
    corrections_next(&in->relabel, in->number);
    return true;
}

static struct cell cell_of(const char *text)
{
    return (struct cell){text, strlen(text), true};
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
