/* The classes of one-hot labels, which their columns name. */
#include "private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Names a one-hot column's class: as the column, or by the number that ends its name if all are
 * numbered; without names they count from 0. */
static const char *onehot_name(const struct columns *c, bool numbered, int i, char number[16])
{
    const char *name = c->named ? c->names[c->onehot[i]] : NULL;

    if (!name)
        snprintf(number, 16, "%d", i);
    else if (numbered)
        snprintf(number, 16, "%d", atoi(name + strcspn(name, "0123456789")));
    return name && !numbered ? name : number;
}

/* Tells whether the one-hot columns' names are one text and a number, as label_0. */
static bool are_numbered(const struct columns *c)
{
    const char *first = c->named ? c->names[c->onehot[0]] : "";
    size_t size = strcspn(first, "0123456789");

    for (int i = 0; c->named && i < c->onehot_count; i++) {
        const char *name = c->names[c->onehot[i]];
        size_t digits = strlen(name) > size ? strspn(name + size, "0123456789") : 0;

        if (digits == 0 || digits > 9 || name[size + digits] || strncmp(name, first, size) != 0)
            return false;
    }
    return true;
}

/* Refuses a column whose class is that of one before. */
static int refuse_repeat(const struct ingest *in, int i, struct err *err)
{
    const struct columns *c = &in->columns;
    int first = 0;

    while (in->onehot_classes[first] != in->onehot_classes[i])
        first++;
    if (first == i)
        return 0;
    return csv_reader_fail(in->reader, -1, err,
                           "columns %d ('%.40s') and %d ('%.40s') of the label are both class "
                           "'%.40s'; rename one in the header",
                           c->onehot[first] + 1, c->names[c->onehot[first]], c->onehot[i] + 1,
                           c->names[c->onehot[i]], in->classes.list[in->onehot_classes[i]].text);
}

int ingest_open_onehot(struct ingest *in, struct err *err)
{
    const struct columns *c = &in->columns;
    bool numbered;
    char number[16];

    if (!c->onehot)
        return 0;
    numbered = are_numbered(c);
    in->onehot_classes = calloc((size_t)c->onehot_count, sizeof *in->onehot_classes);
    if (!in->onehot_classes)
        return err_memory(err, "the classes", 0);
    for (int i = 0; i < c->onehot_count; i++) {
        const char *name = onehot_name(c, numbered, i, number);
        int known = classes_find(&in->classes, name, strlen(name));

        if (known < 0 && in->like_path)
            return csv_reader_fail(in->reader, c->onehot[i], err,
                                   "class '%.40s' of the label's columns is none of %s", name,
                                   in->like_path);
        in->onehot_classes[i] =
            known < 0 ? classes_add(&in->classes, name, strlen(name), 1) : known;
        if (in->onehot_classes[i] < 0)
            return err_memory(err, "the classes", 0);
        if (refuse_repeat(in, i, err))
            return -1;
    }
    return 0;
}
