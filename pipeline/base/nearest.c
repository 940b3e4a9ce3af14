/* The word that was meant, for suggestions. */
#include "nearest.h"

#include <ctype.h>
#include <string.h>

enum { LONGEST = 40, LONG = 6 /* letters, from which on two may be wrong */ };

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static int lower(char c)
{
    return tolower((unsigned char)c);
}

size_t word_changes(const char *a, const char *b)
{
    const size_t rows = strlen(a), columns = strlen(b);
    size_t d[LONGEST + 1][LONGEST + 1];

    if (rows > LONGEST || columns > LONGEST)
        return LONGEST;
    for (size_t i = 0; i <= rows; i++)
        for (size_t k = 0; k <= columns; k++) {
            if (i == 0 || k == 0) {
                d[i][k] = i + k;
                continue;
            }
            d[i][k] = least(d[i - 1][k - 1] + (lower(a[i - 1]) != lower(b[k - 1])),
                            least(d[i - 1][k], d[i][k - 1]) + 1);
            if (i > 1 && k > 1 && lower(a[i - 1]) == lower(b[k - 2]) &&
                lower(a[i - 2]) == lower(b[k - 1]))
                d[i][k] = least(d[i][k], d[i - 2][k - 2] + 1);
        }
    return d[rows][columns];
}

/* Returns the only word that begins with `word`. */
static const char *only_longer(const char *word, const char *const *words)
{
    const char *found = NULL;
    int count = 0;

    for (; *words; words++)
        if (strncmp(word, *words, strlen(word)) == 0) {
            found = *words;
            count++;
        }
    return count == 1 ? found : NULL;
}

const char *nearest_word(const char *word, const char *const *words)
{
    enum { ALIKE = 3 }; /* so many first letters make a guess worth showing */
    const size_t length = strlen(word);
    size_t best = length < LONG ? 2 : 3;
    const char *nearest = NULL;

    if (length < 2)
        return NULL;
    for (const char *const *at = words; *at; at++) {
        const size_t changes = word_changes(word, *at);

        if (changes < best) {
            best = changes;
            nearest = *at;
        }
    }
    return nearest || length < ALIKE ? nearest : only_longer(word, words);
}
