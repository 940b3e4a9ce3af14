#ifndef PIPELINE_CLASSES_H
#define PIPELINE_CLASSES_H

#include "pipeline/base/err.h"
#include "pipeline/csv/cell.h"

/* The labels of a data set: each text gets a number when first seen, and all their order at the
 * end. */
struct classes {
    struct class_entry *list;
    int count, room;
    int *slots; /* hash table of numbers + 1, 0: free */
    int slot_count;
};

struct class_entry {
    char *text;
    int64_t line;   /* on which it was first seen */
    int64_t rows;   /* so far; the caller counts */
    double number;  /* NAN: not a number */
    bool spelt;     /* so, by some label */
    bool suggested; /* --relabel names it, and no row has it so far */
    char *other[2]; /* other spellings of its number, by labels: 5.0, 5.00; NULL: none */
};

enum { CLASSES_MOST = 10000 };

/* A label as its class is spelt: a whole number with a point, as programs write numbers, in its
 * shortest form (5 for 5.0 and 5.00e+00), which is written to text[], else the label itself. What
 * has no point may be a code: 1E2 stays, and so does 007, also as 007.0. */
enum { LABEL_NUMBER = 24 };
struct cell label_number(struct cell label, char text[LABEL_NUMBER]);
/* Finds the class of a label, by its spelling or else by label_number(), which becomes *form. -1:
 * it was never added. */
int classes_find_label(const struct classes *classes, struct cell label, struct cell *form,
                       char text[LABEL_NUMBER]);
/* Takes note of a label of class `number`, whose form is `form`: that is one and the same class
 * only if no others turn out to be words. -1: out of memory. */
MUST_CHECK int classes_note(struct classes *classes, int number, struct cell label,
                            struct cell form);
/* Takes note of the spellings that another list met for the class. -1: out of memory. */
MUST_CHECK int classes_merge(struct classes *classes, int number, const struct class_entry *from);

/* Tells whether a text can be a class: UTF-8 without controls, and no space, tab or what looks like
 * one or like nothing (no-break space, byte-order mark) at its ends. */
bool label_is_clean(struct cell label);

/* Returns the number of class `text`, -1 if it was never added. */
int classes_find(const struct classes *classes, const char *text, size_t size);
/* Adds a new class, without a row; its number, or -1: out of memory. */
int classes_add(struct classes *classes, const char *text, size_t size, int64_t line);

/* Returns the numbers in sorted order: by value if all are numbers; else by place[count], if that
 * is given; else by bytes, in which a number counts by its value, so that class2 comes before
 * class10. Then a class becomes what its labels are, 1.0 and not 1. A new array of `count`, or
 * NULL. EX_DATAERR: one number in two spellings, or what looks like a missing value among numbers;
 * `source` names the file. */
int *classes_sorted(struct classes *classes, const int *place, const char *source, struct err *err);

/* Tells whether a label looks as if there were none: nan, NULL, ? and the like. */
bool classes_missing(const char *text, size_t size);

void classes_free(struct classes *classes);

#endif
