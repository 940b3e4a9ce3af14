/* Says what ingest decided, and found in the rows. */
#include "say_found.h"

#include "cmd/cli/say.h"
#include "pipeline/base/strbuf.h"
#include "pipeline/csv/layout.h"
#include "say_rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- What was decided ---- */

static const char *pixel_order(const struct ingest *in)
{
    const struct columns *c = &in->columns;

    if (!c->named || c->cell >= 0)
        return "the file's";
    if (in->like_path)
        return "the other data set's";
    return numbering_whole(&c->numbering) ? "their names'"
           : c->reordered                 ? "the first part's"
                                          : "the file's";
}

/* Adds "ids in column 1 (id)". */
static void add_column(struct strbuf *text, const struct columns *c, const char *what, int column)
{
    strbuf_printf(text, "%s in column %d", what, column + 1);
    if (c->named)
        strbuf_printf(text, " (%.80s)", c->names[column]);
}

static void add_labels(struct strbuf *text, const struct columns *c)
{
    if (c->onehot)
        strbuf_printf(text, "one-hot labels in %d columns from %d", c->onehot_count, c->label + 1);
    else if (c->label >= 0)
        add_column(text, c, "labels", c->label);
    else
        strbuf_puts(text, "no labels");
}

static void add_layout(struct strbuf *text, const struct ingest *in)
{
    const struct columns *c = &in->columns;
    struct csv_layout layout = csv_reader_layout(in->reader);
    char name[2];

    if (!in->pictures)
        strbuf_puts(text, c->lent     ? "with the header of the first part, "
                          : c->named  ? "with a header, "
                          : c->header ? "the first row left out, "
                                      : "no header, ");
    if (layout.separator != ',')
        strbuf_printf(text, "separated by %s%s, ", csv_separator_name(layout.separator, name),
                      layout.decimal_comma ? " with decimal commas" : "");
    if (layout.empty_last)
        strbuf_puts(text, "nothing in the last column, ");
}

static void add_pixels(struct strbuf *text, const struct ingest *in)
{
    const struct columns *c = &in->columns;

    strbuf_printf(text, ", %d pixel%s", c->pixels, plural(c->pixels));
    if (c->cell >= 0)
        strbuf_printf(text, " in column %d", c->cell + 1);
    strbuf_printf(text, " as %dx%dx%d in %s order%s%s", c->c, c->h, c->w, pixel_order(in),
                  c->interleaved ? ", channels together" : "", c->transposed ? ", transposed" : "");
}

static void add_pictures(struct strbuf *text, const struct ingest *in)
{
    const struct ingest_pictures *p = in->pictures;
    const struct columns *c = &in->columns;

    if (p->others)
        strbuf_printf(text, ", %d column%s left out (%s)", p->others, plural(p->others),
                      p->others_named);
    strbuf_printf(text, "%s%d picture%s", p->table ? "; " : "", p->count, plural(p->count));
    if (p->legible)
        strbuf_printf(text, " of %dx%dx%d", c->c, c->h, c->w);
    if (!p->table)
        strbuf_puts(text, in->info.has_labels ? ", labelled by their folders"
                          : in->like_path     ? ", no labels"
                                              : ", no labels (folders in it would be the classes)");
}

static void warn_of_others(const char *path, const struct folder *folder)
{
    const int left = folder->others;

    if (left)
        warn("%s: %d file%s left out, by the name no picture: %s%s", path, left,
             left == 1 ? " is" : "s are", folder->first_other, left == 1 ? "" : ", ...");
}

void say_columns(const char *path, const struct ingest *in)
{
    const struct columns *c = &in->columns;
    struct strbuf text = {0};

    if (in->idx) {
        say("%s: %lld picture%s of %dx%dx%d%s, %s", path, (long long)in->idx->images.dims[0],
            plural(in->idx->images.dims[0]), c->c, c->h, c->w, c->transposed ? " (transposed)" : "",
            in->info.has_labels ? "with labels" : "no labels");
        return;
    }
    if (!in->pictures || in->pictures->table) {
        add_layout(&text, in);
        add_labels(&text, c);
    }
    if (c->id >= 0) {
        strbuf_puts(&text, ", ");
        add_column(&text, c, in->pictures ? "names" : "ids", c->id);
    }
    if (c->group >= 0) {
        strbuf_puts(&text, ", ");
        add_column(&text, c, "groups", c->group);
    }
    if (in->pictures)
        add_pictures(&text, in);
    else
        add_pixels(&text, in);
    say("%s: %s", path, strbuf_text(&text));
    strbuf_free(&text);
    if (in->pictures && !in->pictures->table)
        warn_of_others(path, &in->pictures->folder);
}

/* ---- What the rows are ---- */

void say_classes(const struct ingest *in, double seconds)
{
    const int count = in->info.class_count;
    int64_t *rows = calloc((size_t)count + 1, sizeof *rows);

    for (int k = 0; rows && k < count; k++) {
        const char *class = in->info.classes[k];

        rows[k] = in->classes.list[classes_find(&in->classes, class, strlen(class))].rows;
    }
    say_rows(in->rows, rows && in->info.has_labels ? in->info.classes : NULL, rows, count, seconds);
    free(rows);
}

static void say_hint(json_t *list, const char *text)
{
    say("hint: %s", text);
    json_array_append_new(list, json_string(text));
}

/* Says "12 rows have WHAT (the first: row 7, as row 3 WHERE), 2 of them with another label". */
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

void say_repeated(json_t *list, const struct same_count *repeated)
{
    say_same(list, repeated, "the picture of an earlier one", "");
}

json_t *say_hints(const struct ingest *in)
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
    if (in->pictures && in->like.background && !in->like.resized && in->pictures->resized) {
        snprintf(unlike, sizeof unlike, "%d picture%s resized, those of %.200s were not",
                 in->pictures->resized, in->pictures->resized == 1 ? " is" : "s are",
                 in->like_path);
        say_hint(list, unlike);
    }
    if (in->pictures && in->pictures->turned) {
        snprintf(unlike, sizeof unlike,
                 "EXIF would turn or mirror %d picture%s; pixels come as they are stored (mogrify "
                 "-auto-orient, of ImageMagick, turns the files)",
                 in->pictures->turned, plural(in->pictures->turned));
        say_hint(list, unlike);
    }
    say_repeated(list, &in->repeated);
    say_same(list, &in->known, "a picture of the other data set", " there");
    return list;
}

void say_corrections(const struct ingest *in, json_t *values)
{
    const struct corrections *relabel = &in->relabel;

    if (relabel->path) {
        say("%s: %lld row%s relabelled", relabel->path, (long long)in->relabelled,
            plural(in->relabelled));
        if (relabel->passed_over)
            say("%s: %lld line%s without a label to be, passed over", relabel->path,
                (long long)relabel->passed_over, plural(relabel->passed_over));
        json_object_set_new(values, "relabelled", json_integer(in->relabelled));
    }
    if (in->without.path) {
        say("%s: %lld row%s left out", in->without.path, (long long)in->left_out,
            plural(in->left_out));
        json_object_set_new(values, "left_out", json_integer(in->left_out));
    }
}
