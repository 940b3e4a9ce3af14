#ifndef PIPELINE_WORDS_H
#define PIPELINE_WORDS_H

#include "pipeline/base/strbuf.h"

#include <stdbool.h>
#include <stddef.h>

/* Texts and lists of words that live as long as their pool. Running out of memory is remembered,
 * and shows as empty texts and missing words; check `failed` once, before any result is used. */

struct pool {
    struct pool_block *blocks;
    bool failed;
};

/* Returns zeroed memory; NULL: out of memory. */
void *pool_alloc(struct pool *pool, size_t size);
const char *pool_text(struct pool *pool, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Returns the text of s, which it empties. */
const char *pool_take(struct pool *pool, struct strbuf *s);
void pool_free(struct pool *pool);

struct words {
    const char **list;
    int count, room;
};

/* Adds a word, which has to live as long as the pool. */
void words_add(struct words *words, struct pool *pool, const char *word);
void words_add_all(struct words *words, struct pool *pool, const struct words *more);
/* Returns the words of a text, which blanks, tabs and newlines part. */
struct words words_of(const char *text, struct pool *pool);
/* Returns the words that a shell makes of a text with quotes and backslashes; what else it would
 * expand stays as it is. */
struct words shell_words_of(const char *text, struct pool *pool);
/* Returns the files of words such as archive.zip:member. */
struct words files_of(const char *text, struct pool *pool);
/* Returns the words with a blank between them. */
const char *words_text(const struct words *words, struct pool *pool);
bool words_have(const struct words *words, const char *word);
/* Returns how many words the option `name` ("--epochs") takes from number `at` on, spelt in full or
 * shortened, or by its letter (0: none); 0: it is another one. *value: "" without one. */
int words_option(const struct words *words, int at, const char *name, char letter,
                 const char **value);
/* Returns a word of a command, quoted where the shell would not take it as it is. */
const char *shell_word(const char *word, struct pool *pool);
/* Tell whether it begins or ends with that text. */
bool begins_with(const char *word, const char *text);
bool ends_with(const char *word, const char *text);

#endif
