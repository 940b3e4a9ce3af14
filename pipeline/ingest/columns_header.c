/* The header of a CSV: its own, or that of the first part, whose columns are found by names. */
#include "columns_private.h"

#include "pipeline/base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- The header ---- */

/* Decides whether there is a header, and takes its names. */
static int take_own_names(struct decision *d, const struct csv_row *first)
{
    struct columns *c = d->columns;

    if (header_decide(&c->header, d->reader, first, d->options->header, d->err))
        return -1;
    if (!c->header)
        return 0;
    c->names = header_names(d->reader, first, d->err);
    if (!c->names)
        return -1;
    c->named = header_has_names(first);
    if (strncmp(c->names[0], "# ", 2) == 0) /* as numpy.savetxt begins a header */
        memmove(c->names[0], c->names[0] + 2, strlen(c->names[0]) - 1);
    return 0;
}

/* Tells whether the row is the header of the first part. */
static bool is_header_of(const struct part_names *part, const struct csv_row *row)
{
    for (int i = 0; i < row->count && i < part->count; i++) {
        const struct cell cell = cell_trim(csv_cell(row, i));

        if (strlen(part->names[i]) != cell.size ||
            memcmp(part->names[i], cell.text, cell.size) != 0)
            return false;
    }
    return row->count == part->count;
}

/* Takes names from the first row of a part, or else the header of the first part. */
static int take_part_names(struct decision *d, const struct csv_row *first)
{
    const struct part_names *part = d->options->part;
    struct columns *c = d->columns;
    const bool same = is_header_of(part, first);
    struct err unclear;

    if (!same && header_decide(&c->header, d->reader, first, d->options->header, &unclear) == 0 &&
        c->header) {
        d->own_header = true;
        return take_own_names(d, first);
    }
    if (first->count != part->count)
        return csv_reader_fail(d->reader, -1, d->err,
                               "%d field%s and no header, and %s, of which it is a part, has %d "
                               "columns: a first row with names would tell which",
                               first->count, plural(first->count), part->path, part->count);
    c->header = true;
    c->lent = !same;
    c->names = calloc((size_t)part->count, sizeof *c->names);
    if (!c->names)
        return err_memory(d->err, "the columns", 0);
    for (int i = 0; i < part->count; i++)
        if (!(c->names[i] = strdup(part->names[i])))
            return err_memory(d->err, "the columns", 0);
    c->named = true;
    return 0;
}

int columns_take_names(struct decision *d, const struct csv_row *first)
{
    const struct part_names *part = d->options->part;
    struct columns *c = d->columns;

    c->count = first->count;
    c->label = c->id = c->group = c->rival = c->cell = -1;
    c->numbering = (struct numbering){.odd = -1, .missing = -1, .doubtful = -1};
    if (part && part->names ? take_part_names(d, first) : take_own_names(d, first))
        return -1;
    if (part && !part->names && c->header)
        return csv_reader_fail(d->reader, -1, d->err,
                               "there is a header, and none in %s, of which it is a part (--header "
                               "says otherwise)",
                               part->path);
    c->position = calloc((size_t)c->count, sizeof *c->position);
    d->roles = calloc((size_t)c->count, sizeof *d->roles);
    return c->position && d->roles ? 0 : err_memory(d->err, "the columns", 0);
}

/* ---- Columns that are dropped in the first part ---- */

/* Marks what an option drops there, of whose columns in[] is; false: it names none of them. */
static bool drop_there(const struct decision *d, const char *text, bool *in)
{
    struct columns there = {.count = d->options->part->count,
                            .header = true,
                            .named = true,
                            .names = d->options->part->names};
    struct err ignored;
    struct decision of_first = *d;

    of_first.columns = &there;
    of_first.err = &ignored;
    return columns_set(&of_first, "drop", text, in) > 0;
}

bool columns_part_drops(const struct decision *d, const char *text)
{
    bool *in = d->own_header ? calloc((size_t)d->options->part->count, sizeof *in) : NULL;
    const bool drops = in && drop_there(d, text, in);

    free(in);
    return drops;
}

/* ---- The same columns ---- */

/* Both parts' columns while they are compared. */
struct match {
    struct header_entry *ours, *theirs; /* sorted */
    bool *dropped;                      /* [part->count] in the first part */
    bool *in;                           /* [part->count] of one option */
    int *of;                            /* [count] the column there; -1: none */
    int extra, extra_count;             /* the first column that only this part has */
    int missing, missing_count;         /* that only the first one has */
};

static int match_open(struct match *m, struct decision *d)
{
    const struct part_names *part = d->options->part;
    const size_t count = (size_t)d->columns->count;

    *m = (struct match){.ours = header_sort(d->columns->names, d->columns->count),
                        .theirs = header_sort(part->names, part->count),
                        .dropped = calloc((size_t)part->count, sizeof *m->dropped),
                        .in = calloc((size_t)part->count, sizeof *m->in),
                        .of = calloc(count, sizeof *m->of)};
    d->sequence = calloc(count, sizeof *d->sequence);
    return m->ours && m->theirs && m->dropped && m->in && m->of && d->sequence
               ? 0
               : err_memory(d->err, "the columns", 0);
}

static void match_close(struct match *m)
{
    free(m->ours);
    free(m->theirs);
    free(m->dropped);
    free(m->in);
    free(m->of);
}

/* Drops there what is dropped here, by its name, and what an option names that is not here. */
static void drop_in_first(struct match *m, const struct decision *d)
{
    const struct part_names *part = d->options->part;
    const struct columns *c = d->columns;
    struct decision quiet = *d;
    struct err ignored;
    bool *here = calloc((size_t)c->count, sizeof *here);

    quiet.err = &ignored;
    for (int i = 0; here && i < d->options->drop_count; i++)
        if (columns_set(&quiet, "drop", d->options->drop[i], here) < 0 &&
            drop_there(d, d->options->drop[i], m->in))
            for (int k = 0; k < part->count; k++)
                m->dropped[k] |= m->in[k];
    free(here);
    for (int i = 0; i < c->count; i++) {
        const int there = header_find(m->theirs, part->count, c->names[i]);

        if (d->roles[i] != PIXEL && there >= 0)
            m->dropped[there] = true;
    }
}

static void compare(struct match *m, const struct decision *d)
{
    const struct part_names *part = d->options->part;
    const struct columns *c = d->columns;

    for (int i = 0; i < c->count; i++) {
        m->of[i] = header_find(m->theirs, part->count, c->names[i]);
        if (d->roles[i] == PIXEL && (m->of[i] < 0 || m->dropped[m->of[i]]) && m->extra_count++ == 0)
            m->extra = i;
    }
    for (int k = 0; k < part->count; k++)
        if (!m->dropped[k] && header_find(m->ours, c->count, part->names[k]) < 0 &&
            m->missing_count++ == 0)
            m->missing = k;
}

static int refuse_columns(const struct match *m, const struct decision *d)
{
    const struct part_names *part = d->options->part;
    const char *missing = part->names[m->missing];
    char number[COLUMN_TEXT], more[40] = "";

    if (m->extra_count == 0) {
        if (m->missing_count > 1)
            snprintf(more, sizeof more, " (and %d more)", m->missing_count - 1);
        return csv_reader_fail(d->reader, -1, d->err,
                               "no column '%.40s'%s, which %s has, of which it is a part; --drop "
                               "leaves columns of all parts out",
                               missing, more, part->path);
    }
    columns_text(d, m->extra, number);
    if (m->missing_count)
        return csv_reader_fail(d->reader, m->extra, d->err,
                               "'%.40s' is no column of %s, of which it is a part, and '%.40s' of "
                               "that is none here; parts have the same columns, in any order, but "
                               "for those of --drop",
                               d->columns->names[m->extra], part->path, missing);
    if (m->extra_count > 1)
        snprintf(more, sizeof more, ", nor are %d more", m->extra_count - 1);
    return csv_reader_fail(d->reader, m->extra, d->err,
                           "'%.40s' is no column of %s, of which it is a part%s; --drop %s would "
                           "leave it out",
                           d->columns->names[m->extra], part->path, more, number);
}

/* Puts the columns in the order that they have there; then those that have no place. */
static void order(const struct match *m, struct decision *d)
{
    const struct columns *c = d->columns;
    int count = 0;

    for (int k = 0; k < d->options->part->count; k++) {
        const int here = header_find(m->ours, c->count, d->options->part->names[k]);

        if (!m->dropped[k] && here >= 0 && m->of[here] == k)
            d->sequence[count++] = here;
    }
    for (int i = 0; i < c->count; i++)
        if (m->of[i] < 0 || m->dropped[m->of[i]] ||
            header_find(m->ours, c->count, c->names[i]) != i)
            d->sequence[count++] = i;
}

int columns_part_match(struct decision *d)
{
    struct match m;
    int failed;

    if (!d->own_header)
        return 0;
    failed = match_open(&m, d);
    if (!failed) {
        drop_in_first(&m, d);
        compare(&m, d);
        if (m.extra_count || m.missing_count)
            failed = refuse_columns(&m, d);
        else
            order(&m, d);
    }
    match_close(&m);
    return failed;
}
