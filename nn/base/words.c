/* Descriptions taken apart: items between commas, words between blanks, numbers within bounds. */
#include "words.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

int words_error(const struct words *words, struct nn_error *error, const char *format, ...)
{
    va_list args;
    int used = snprintf(error->text, sizeof error->text, "%s %d, '%s': ", words->kind,
                        words->number, words->text);

    if (used < 0 || (size_t)used >= sizeof error->text)
        return -1;
    va_start(args, format);
    vsnprintf(error->text + used, sizeof error->text - (size_t)used, format, args);
    va_end(args);
    return -1;
}

/* Cuts words->text into words. */
static int cut(struct words *words, struct nn_error *error)
{
    const char *text = words->text;

    words->count = words->next = 0;
    for (;;) {
        size_t length;

        text += strspn(text, " \t\r\n");
        length = strcspn(text, " \t\r\n");
        if (length == 0)
            return 0;
        if (length >= MAX_WORD || words->count == MAX_WORDS)
            return words_error(words, error, "too long for a %s", words->kind);
        memcpy(words->word[words->count], text, length);
        words->word[words->count++][length] = 0;
        text += length;
    }
}

int words_take(struct words *words, const char **description, struct nn_error *error)
{
    const char *begin = *description + strspn(*description, " \t\r\n");
    size_t length = strcspn(begin, ",");

    *description = begin + length;
    while (length > 0 && isspace((unsigned char)begin[length - 1]))
        length--;
    snprintf(words->text, sizeof words->text, "%.*s", (int)length, begin);
    if (length >= sizeof words->text)
        return words_error(words, error, "too long for a %s", words->kind);
    if (length == 0)
        return words_error(words, error, "a %s is missing between two commas or at an end",
                           words->kind);
    return cut(words, error);
}

bool words_accept(struct words *words, const char *word)
{
    if (words->next == words->count || strcasecmp(words->word[words->next], word) != 0)
        return false;
    words->next++;
    return true;
}

/* Reads a whole number at the start of `text` and moves *end after it. Returns -1 if there is none,
 * or it is too large. */
static long whole(const char *text, char **end)
{
    long value;

    if (!isdigit((unsigned char)*text))
        return -1;
    errno = 0;
    value = strtol(text, end, 10);
    return errno ? -1 : value;
}

int words_int(struct words *words, int min, int max, int *value, struct nn_error *error)
{
    char *end;
    long number;

    if (words->next == words->count)
        return 0;
    number = whole(words->word[words->next], &end);
    if (number < 0 || *end)
        return 0;
    if (number < min || number > max)
        return words_error(words, error, "%ld is not within %d to %d", number, min, max);
    *value = (int)number;
    words->next++;
    return 1;
}

int words_size(struct words *words, int max, int *height, int *width, struct nn_error *error)
{
    char *end;
    long h, w;

    if (words->next == words->count)
        return 0;
    h = w = whole(words->word[words->next], &end);
    if (h >= 0 && *end == 'x')
        w = whole(end + 1, &end);
    if (h < 0 || w < 0 || *end)
        return 0;
    if (h < 1 || h > max || w < 1 || w > max)
        return words_error(words, error, "sizes go from 1 to %d", max);
    *height = (int)h;
    *width = (int)w;
    words->next++;
    return 1;
}

int words_real(struct words *words, double min, double max, double *value, struct nn_error *error)
{
    char *end;
    double number;

    if (words->next == words->count)
        return 0;
    if (words->word[words->next][strspn(words->word[words->next], "0123456789.")])
        return 0; /* strtod would also take a sign, an exponent, hexadecimal and nan */
    number = strtod(words->word[words->next], &end);
    if (end == words->word[words->next] || *end)
        return 0;
    if (!(number >= min && number <= max))
        return words_error(words, error, "%g is not within %g to %g", number, min, max);
    *value = number;
    words->next++;
    return 1;
}

int words_end(struct words *words, const char *usage, struct nn_error *error)
{
    if (words->next == words->count)
        return 0;
    return words_error(words, error, "'%s' is not understood; it is: %s", words->word[words->next],
                       usage);
}
