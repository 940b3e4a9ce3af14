#ifndef CMD_NEAREST_H
#define CMD_NEAREST_H

/* Returns the word of words[], NULL at the end, that `word` is spelt most like: at most one letter
 * left out, put in, changed or exchanged with the next, of long words two; or else the only one
 * that begins with it. NULL: there is none. */
const char *nearest_word(const char *word, const char *const *words);

#endif
