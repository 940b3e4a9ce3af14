/* A set of ids that finds duplicates. */
#include "idset.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

/* 64 neighbouring keys; bits 0: the slot is empty. */
struct idset_word {
    uint64_t high, bits;
};

enum { FIRST_ROOM = 64 };

/* Reads the number that prints as `text`: no sign but '-', no leading zeros, at most 18 digits. */
static bool plain_number(const char *text, size_t size, uint64_t *number)
{
    bool negative = size > 1 && *text == '-';
    size_t digits = size - negative;
    uint64_t n = 0;

    text += negative;
    if (digits < 1 || digits > 18 || (*text == '0' && (digits > 1 || negative)))
        return false;
    for (size_t i = 0; i < digits; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        n = 10 * n + (uint64_t)(text[i] - '0');
    }
    *number = negative ? 0 - n : n;
    return true;
}

uint64_t idset_key(const char *text, size_t size)
{
    uint64_t number;

    return plain_number(text, size, &number) ? number : XXH3_64bits(text, size);
}

/* Returns the slot that holds `high`, or the empty one where it belongs. Half the slots are empty.
 */
static struct idset_word *slot(struct idset_word *words, size_t room, uint64_t high)
{
    size_t at = XXH3_64bits(&high, sizeof high) & (room - 1);

    while (words[at].bits && words[at].high != high)
        at = (at + 1) & (room - 1);
    return &words[at];
}

static int grow(struct idset *set, struct err *err)
{
    size_t room = set->room ? 2 * set->room : FIRST_ROOM;
    struct idset_word *words = calloc(room, sizeof *words);

    if (!words)
        return err_memory(err, "the ids", (unsigned long long)room * sizeof *words);
    for (size_t i = 0; i < set->room; i++)
        if (set->words[i].bits)
            *slot(words, room, set->words[i].high) = set->words[i];
    free(set->words);
    set->words = words;
    set->room = room;
    return 0;
}

int idset_add(struct idset *set, uint64_t key, struct err *err)
{
    uint64_t bit = UINT64_C(1) << (key & 63);
    struct idset_word *word;

    if (2 * set->used >= set->room && grow(set, err))
        return -1;
    word = slot(set->words, set->room, key >> 6);
    if (word->bits & bit)
        return 0;
    set->used += word->bits == 0;
    set->count++;
    word->high = key >> 6;
    word->bits |= bit;
    return 1;
}

bool idset_has(const struct idset *set, uint64_t key)
{
    return set->room && slot(set->words, set->room, key >> 6)->bits >> (key & 63) & 1;
}

void idset_free(struct idset *set)
{
    free(set->words);
    memset(set, 0, sizeof *set);
}
