#ifndef PIPELINE_RELATION_H
#define PIPELINE_RELATION_H

#include "seen.h"

/* How rows that are scored relate to a model: what their score is worth. */
struct relation {
    int64_t rows;    /* that were compared with what the model records */
    int64_t trained; /* of these: rows whose picture was trained on */
    int64_t chose;   /* of the others: rows whose score chose the epoch */
    bool held_back;  /* from this very training: trained pictures among them are repeats */
    bool unknown;    /* the model, or one that it began with, records nothing */
    bool at_least;   /* trained and chose may be more: which rows these are is not known */
    double chance;   /* rows that would seem trained on by chance */
};

enum relation_kind {
    RELATION_FAIR,
    RELATION_REPEATS, /* few pictures are repeats of trained ones: the score is sound all the same
                       */
    RELATION_CHOSE,
    RELATION_REPEATED, /* many pictures are: the rows were held back, their pictures were not */
    RELATION_PART,     /* a part was trained on */
    RELATION_TRAINED,
    RELATION_UNKNOWN
};

/* Counts a row by what the model has seen of its picture; `seen` may be of several models. */
void relation_count(struct relation *relation, enum seen_as as, double chance);
/* Ends the counting: what may well be chance is no finding. */
void relation_settle(struct relation *relation);

enum relation_kind relation_kind(const struct relation *relation);
/* Return the kind as JSON has it ("trained"), as a mark after a score ("!"; "" for a sound one),
 * and what the mark stands for ("rows that were trained on"). */
const char *relation_word(enum relation_kind kind);
const char *relation_mark(enum relation_kind kind);
const char *relation_legend(enum relation_kind kind);
/* Writes "600 of these 600 rows were trained on: this says nothing about new rows"; "" where the
 * score is fair. */
enum { RELATION_TEXT = 200 };
const char *relation_text(const struct relation *relation, char text[RELATION_TEXT]);

/* Returns a new object; NULL: out of memory. */
json_t *relation_json(const struct relation *relation);
/* Reads such an object; anything else, as NULL, is an unknown relation. */
struct relation relation_read_json(const json_t *json);
/* Reads that of the mean which a file of predictions holds. */
struct relation relation_of_predictions(const struct tensor_file *file);

#endif
