#ifndef NN_WORDS_H
#define NN_WORDS_H

#include "nn/nn.h"

/* The words of one item of a description, such as the layer "conv 16 3x3 pad 1". */
enum { MAX_WORDS = 12, MAX_WORD = 32 };
struct words {
    const char *kind; /* of item, with its number for error sentences: "layer", 2 */
    int number;
    char text[160];
    char word[MAX_WORDS][MAX_WORD];
    int count, next;
};

/* Takes the words up to the next comma or the end, to which *description moves. */
int words_take(struct words *words, const char **description, struct nn_error *error);

/* Takes the next word if it is `word`, in large letters or small. */
bool words_accept(struct words *words, const char *word);
/* Takes the next word if it is a whole number. Returns 1 taken, 0 not there, -1 not within
 * min..max. */
int words_int(struct words *words, int min, int max, int *value, struct nn_error *error);
/* Takes "KxK" or "K"; likewise. */
int words_size(struct words *words, int max, int *height, int *width, struct nn_error *error);
/* Takes a number within min..max; likewise. */
int words_real(struct words *words, double min, double max, double *value, struct nn_error *error);
/* Returns -1 with a sentence if words are left over. */
int words_end(struct words *words, const char *usage, struct nn_error *error);

/* Sets the sentence "layer 2, 'conv 16': ..."; returns -1. */
int words_error(const struct words *words, struct nn_error *error, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
