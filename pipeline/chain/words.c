/* Texts and lists of words of the chain, freed together. */
#include "words.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct pool_block {
    struct pool_block *next;
    max_align_t memory[];
};

void *pool_alloc(struct pool *pool, size_t size)
{
    struct pool_block *block = calloc(1, sizeof *block + size);

    if (!block) {
        pool->failed = true;
        return NULL;
    }
    block->next = pool->blocks;
    pool->blocks = block;
    return block->memory;
}

const char *pool_text(struct pool *pool, const char *format, ...)
{
    va_list args, again;
    char *text;
    int length;

    va_start(args, format);
    va_copy(again, args);
    length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    text = length < 0 ? NULL : pool_alloc(pool, (size_t)length + 1);
    if (text)
        vsnprintf(text, (size_t)length + 1, format, again);
    else
        pool->failed = true;
    va_end(again);
    return text ? text : "";
}

const char *pool_take(struct pool *pool, struct strbuf *s)
{
    const char *text = pool_text(pool, "%s", strbuf_text(s));

    pool->failed |= s->failed;
    strbuf_free(s);
    return text;
}

void pool_free(struct pool *pool)
{
    while (pool->blocks) {
        struct pool_block *block = pool->blocks;

        pool->blocks = block->next;
        free(block);
    }
}

void words_add(struct words *words, struct pool *pool, const char *word)
{
    if (words->count == words->room) {
        const int room = words->room ? 2 * words->room : 8;
        const char **list = pool_alloc(pool, (size_t)room * sizeof *list);

        if (!list)
            return;
        if (words->count > 0)
            memcpy(list, words->list, (size_t)words->count * sizeof *list);
        words->list = list;
        words->room = room;
    }
    words->list[words->count++] = word;
}

void words_add_all(struct words *words, struct pool *pool, const struct words *more)
{
    for (int i = 0; i < more->count; i++)
        words_add(words, pool, more->list[i]);
}

struct words words_of(const char *text, struct pool *pool)
{
    static const char blanks[] = " \t\r\n\v\f";
    struct words words = {0};

    for (text += strspn(text, blanks); *text; text += strspn(text, blanks)) {
        const int length = (int)strcspn(text, blanks);

        words_add(&words, pool, pool_text(pool, "%.*s", length, text));
        text += length;
    }
    return words;
}

struct words shell_words_of(const char *text, struct pool *pool)
{
    static const char blanks[] = " \t\r\n\v\f";
    struct words words = {0};

    for (text += strspn(text, blanks); *text; text += strspn(text, blanks)) {
        char *word = pool_alloc(pool, strlen(text) + 1), *end = word, quote = 0;

        for (; word && *text && (quote || !strchr(blanks, *text)); text++)
            if (quote ? *text == quote : *text == '\'' || *text == '"')
                quote = quote ? 0 : *text;
            else if (*text == '\\' && quote != '\'' && text[1])
                *end++ = *++text;
            else
                *end++ = *text;
        if (!word)
            break;
        words_add(&words, pool, word);
    }
    return words;
}

struct words files_of(const char *text, struct pool *pool)
{
    struct words words = words_of(text, pool);

    for (int i = 0; i < words.count; i++)
        words.list[i] = pool_text(pool, "%.*s", (int)strcspn(words.list[i], ":"), words.list[i]);
    return words;
}

const char *words_text(const struct words *words, struct pool *pool)
{
    struct strbuf text = {0};

    for (int i = 0; i < words->count; i++)
        strbuf_printf(&text, "%s%s", i > 0 ? " " : "", words->list[i]);
    return pool_take(pool, &text);
}

bool words_have(const struct words *words, const char *word)
{
    for (int i = 0; i < words->count; i++)
        if (strcmp(words->list[i], word) == 0)
            return true;
    return false;
}

bool begins_with(const char *word, const char *text)
{
    return strncmp(word, text, strlen(text)) == 0;
}

bool ends_with(const char *word, const char *text)
{
    const size_t length = strlen(word), size = strlen(text);

    return length >= size && strcmp(word + length - size, text) == 0;
}

const char *shell_word(const char *word, struct pool *pool)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "_-+=.,:/%@^";
    const char *rest = begins_with(word, "~/") ? word + 1 : word; /* a home the shell finds */
    const char *quoted = "'";

    if (rest[0] && rest[strspn(rest, plain)] == 0)
        return word;
    while (*word) {
        const int length = (int)strcspn(word, "'");

        quoted = pool_text(pool, "%s%.*s%s", quoted, length, word, word[length] ? "'\\''" : "");
        word += length + (word[length] != 0);
    }
    return pool_text(pool, "%s'", quoted);
}

int words_option(const struct words *words, int at, const char *name, char letter,
                 const char **value)
{
    enum { LEAST = 5 }; /* "--epo" */
    const char *word = words->list[at], *next = at + 1 < words->count ? words->list[at + 1] : NULL;
    const size_t length = strcspn(word, "=");

    *value = next ? next : "";
    if (letter && word[0] == '-' && word[1] == letter) {
        if (!word[2])
            return next ? 2 : 1;
        *value = word + 2;
        return 1;
    }
    if (strncmp(word, name, length) || (length < LEAST && name[length]))
        return 0;
    if (!word[length])
        return next ? 2 : 1;
    *value = word + length + 1;
    return 1;
}
