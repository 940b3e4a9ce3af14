#ifndef PIPELINE_NEAREST_H
#define PIPELINE_NEAREST_H

#include <stddef.h>

/* Returns how many letters have to be added, left out, changed or swapped with the next to make one
 * word of the other, whatever their case (optimal string alignment); of words over 40 letters 40.
 */
size_t word_changes(const char *a, const char *b);
/* Returns the word of words[], NULL at the end, that `word` is spelt most like: at most one letter
 * left out, put in, changed or exchanged with the next, of long words two; or else the only one
 * that begins with it. NULL: there is none. */
const char *nearest_word(const char *word, const char *const *words);

#endif
