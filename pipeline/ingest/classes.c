/* Classes as they are first seen, counted, and sorted at the end. */
#include "classes.h"

#include "pipeline/base/text.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <xxhash.h>

/* ---- Spelling ---- */

struct cell label_number(struct cell label, char text[LABEL_NUMBER])
{
    const double most = 9007199254740992.0; /* beyond it neighbours share one double */
    const char *digits = label.text + (label.size && strchr("+-", *label.text));
    double value;

    if (!memchr(label.text, '.', label.size) ||
        (digits[0] == '0' && digits[1] >= '0' && digits[1] <= '9') || !cell_number(label, &value) ||
        value != floor(value) || fabs(value) >= most)
        return label;
    return (struct cell){text, (size_t)snprintf(text, LABEL_NUMBER, "%.0f", value + 0.0), true};
}

bool label_is_clean(struct cell label)
{
    static const char *const unseen[] = {
        " ", "\t", "\xc2\xa0", "\xe2\x80\x8b", "\xe3\x80\x80", "\xef\xbb\xbf"};

    for (size_t i = 0; i < sizeof unseen / sizeof *unseen; i++) {
        const size_t size = strlen(unseen[i]);

        if (label.size >= size && (memcmp(label.text, unseen[i], size) == 0 ||
                                   memcmp(label.text + label.size - size, unseen[i], size) == 0))
            return false;
    }
    return text_is_clean(label.text, label.size);
}

/* ---- Finding ---- */

/* Returns the slot of `text`, or the free one where it belongs. */
static int *find_slot(const struct classes *c, const char *text, size_t size)
{
    size_t at = (size_t)XXH3_64bits(text, size);

    for (;; at++) {
        int *slot = &c->slots[at & (size_t)(c->slot_count - 1)];
        const char *known = *slot ? c->list[*slot - 1].text : NULL;

        if (!known || (strncmp(known, text, size) == 0 && known[size] == 0))
            return slot;
    }
}

static void fill_slots(struct classes *c)
{
    memset(c->slots, 0, (size_t)c->slot_count * sizeof *c->slots);
    for (int i = 0; i < c->count; i++)
        *find_slot(c, c->list[i].text, strlen(c->list[i].text)) = i + 1;
}

static int grow(struct classes *c)
{
    int room = c->room ? 2 * c->room : 16;
    struct class_entry *list = realloc(c->list, (size_t)room * sizeof *list);
    int *slots = malloc(4 * (size_t)room * sizeof *slots);

    if (list)
        c->list = list;
    if (!list || !slots) {
        free(slots);
        return -1;
    }
    free(c->slots);
    c->slots = slots;
    c->slot_count = 4 * room;
    c->room = room;
    fill_slots(c);
    return 0;
}

int classes_add(struct classes *c, const char *text, size_t size, int64_t line)
{
    struct class_entry *entry;

    if (c->count == c->room && grow(c))
        return -1;
    entry = &c->list[c->count];
    *entry = (struct class_entry){.text = strndup(text, size), .line = line};
    if (!entry->text)
        return -1;
    if (!cell_number((struct cell){entry->text, size, true}, &entry->number))
        entry->number = NAN;
    *find_slot(c, text, size) = ++c->count;
    return c->count - 1;
}

int classes_find(const struct classes *c, const char *text, size_t size)
{
    return c->count ? *find_slot(c, text, size) - 1 : -1;
}

int classes_find_label(const struct classes *c, struct cell label, struct cell *form,
                       char text[LABEL_NUMBER])
{
    int number;

    *form = label_number(label, text);
    number = classes_find(c, label.text, label.size);
    return number >= 0 || form->text == label.text ? number
                                                   : classes_find(c, form->text, form->size);
}

static int note_other(struct class_entry *entry, const char *text, size_t size)
{
    for (int i = 0; i < 2; i++) {
        if (!entry->other[i])
            return (entry->other[i] = strndup(text, size)) ? 0 : -1;
        if (strncmp(entry->other[i], text, size) == 0 && entry->other[i][size] == 0)
            return 0;
    }
    return 0; /* two are enough to tell */
}

int classes_note(struct classes *c, int number, struct cell label, struct cell form)
{
    struct class_entry *entry = &c->list[number];

    if (label.text != form.text)
        return note_other(entry, label.text, label.size);
    entry->spelt = true;
    return 0;
}

int classes_merge(struct classes *c, int number, const struct class_entry *from)
{
    struct class_entry *entry = &c->list[number];

    entry->spelt |= from->spelt;
    for (int i = 0; i < 2 && from->other[i]; i++)
        if (note_other(entry, from->other[i], strlen(from->other[i])))
            return -1;
    return 0;
}

/* ---- Order ---- */

struct ranked {
    double number; /* or its place */
    const char *text;
    int at;
};

static int by_number(const void *a, const void *b)
{
    double x = ((const struct ranked *)a)->number, y = ((const struct ranked *)b)->number;

    return (x > y) - (x < y);
}

/* Returns the digits that a text begins with, leading zeros left out: *text is at the first other.
 */
static int digits_at(const char **text)
{
    *text += strspn(*text, "0");
    return (int)strspn(*text, "0123456789");
}

/* Compares by bytes, in which a number counts by its value: class2 is before class10. */
static int compare_texts(const char *a, const char *b)
{
    const char *x = a, *y = b;

    while (*x && *y) {
        int digits, others, order;

        if (!isdigit((unsigned char)*x) || !isdigit((unsigned char)*y)) {
            if (*x != *y)
                break;
            x++;
            y++;
            continue;
        }
        digits = digits_at(&x);
        others = digits_at(&y);
        order = digits != others ? digits - others : memcmp(x, y, (size_t)digits);
        if (order)
            return order;
        x += digits;
        y += digits;
    }
    return *x == *y ? strcmp(a, b) : (unsigned char)*x - (unsigned char)*y;
}

static int by_text(const void *a, const void *b)
{
    return compare_texts(((const struct ranked *)a)->text, ((const struct ranked *)b)->text);
}

bool classes_missing(const char *text, size_t size)
{
    static const char *const words[] = {"nan", "na", "n/a", "null", "none", "?"};

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strlen(words[i]) == size && strncasecmp(text, words[i], size) == 0)
            return true;
    return false;
}

static int check_texts(const struct classes *c, int numbers, const char *source, struct err *err)
{
    char quoted[QUOTED_TEXT];

    for (int i = 0; numbers > 0 && i < c->count; i++) {
        const struct class_entry *e = &c->list[i];

        if (isnan(e->number) && classes_missing(e->text, strlen(e->text)))
            return err_set(err, EX_DATAERR,
                           "%s: line %lld: the label %s looks like a missing value: others are "
                           "numbers",
                           source, (long long)e->line,
                           text_quote(quoted, e->text, strlen(e->text)));
    }
    return 0;
}

static int check_numbers(const struct classes *c, const struct ranked *ranked, const char *source,
                         struct err *err)
{
    for (int i = 1; i < c->count; i++)
        if (ranked[i].number <= ranked[i - 1].number)
            return err_set(err, EX_DATAERR,
                           "%s: the labels '%.40s' (line %lld) and '%.40s' (line %lld) are one "
                           "number in two spellings",
                           source, ranked[i - 1].text, (long long)c->list[ranked[i - 1].at].line,
                           ranked[i].text, (long long)c->list[ranked[i].at].line);
    return 0;
}

/* Makes classes that are numbers, among words, what their labels are: 1.0 is no 1 there. */
static int keep_spellings(struct classes *c, const char *source, struct err *err)
{
    for (int i = 0; i < c->count; i++) {
        struct class_entry *e = &c->list[i];
        char *text = e->text;

        if (!e->other[0])
            continue;
        if (e->spelt || e->other[1])
            return err_set(err, EX_DATAERR,
                           "%s: the labels '%.40s' and '%.40s' are one number in two spellings, "
                           "and others are words: make them one, or words",
                           source, e->other[0], e->spelt ? text : e->other[1]);
        e->text = e->other[0];
        e->other[0] = text;
    }
    fill_slots(c);
    return 0;
}

int *classes_sorted(struct classes *c, const int *place, const char *source, struct err *err)
{
    struct ranked *ranked = calloc((size_t)c->count, sizeof *ranked);
    int *order = calloc((size_t)c->count, sizeof *order), numbers = 0, failed = 0;

    if (!ranked || !order) {
        free(ranked);
        free(order);
        err_memory(err, "sorting the classes", 0);
        return NULL;
    }
    for (int i = 0; i < c->count; i++)
        numbers += !isnan(c->list[i].number);
    if (numbers < c->count)
        failed = check_texts(c, numbers, source, err) || keep_spellings(c, source, err);
    for (int i = 0; i < c->count; i++)
        ranked[i] = (struct ranked){numbers < c->count && place ? place[i] : c->list[i].number,
                                    c->list[i].text, i};
    qsort(ranked, (size_t)c->count, sizeof *ranked,
          numbers == c->count || place ? by_number : by_text);
    if (numbers == c->count)
        failed = check_numbers(c, ranked, source, err);
    for (int i = 0; i < c->count; i++)
        order[i] = ranked[i].at;
    free(ranked);
    if (failed) {
        free(order);
        return NULL;
    }
    return order;
}

void classes_free(struct classes *c)
{
    for (int i = 0; i < c->count; i++) {
        free(c->list[i].text);
        free(c->list[i].other[0]);
        free(c->list[i].other[1]);
    }
    free(c->list);
    free(c->slots);
    memset(c, 0, sizeof *c);
}
