/* Numbers in the names of pixel columns, and the picture's shape by them. */
#include "pixel_numbering.h"

#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* A name taken apart: its kind, the text before the number or the two, and between them. */
struct part {
    const char *name;
    int kind, prefix, between; /* sizes in bytes */
    int number;                /* the only one, or the last */
    int row, column;
    bool turned;   /* the column stands before the row */
    bool doubtful; /* which is the row */
};

enum { MOST_DIGITS = 9 };

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Takes the number that ends at `end`; *begin is where its digits do. */
static bool take_digits(const char *name, size_t end, size_t *begin, int *number)
{
    *begin = end;
    while (*begin > 0 && is_digit(name[*begin - 1]))
        --*begin;
    if (*begin == end || end - *begin > MOST_DIGITS)
        return false;
    *number = (int)strtol(name + *begin, NULL, 10);
    return true;
}

/* Meaning of the word before a number. */
enum axis { NO_WORD, ACROSS, DOWN, OTHER_WORD };

/* Tells what the letters that end text[size], but for signs, mean; i and j are a matrix's row and
 * column. */
static enum axis axis_of(const char *text, size_t size)
{
    static const struct {
        const char *word;
        enum axis axis;
    } words[] = {{"x", ACROSS},    {"c", ACROSS}, {"col", ACROSS}, {"column", ACROSS},
                 {"w", ACROSS},    {"j", ACROSS}, {"px", ACROSS},  {"width", ACROSS},
                 {"y", DOWN},      {"r", DOWN},   {"row", DOWN},   {"h", DOWN},
                 {"height", DOWN}, {"i", DOWN},   {"py", DOWN}};
    size_t letters = 0;

    while (size && (ispunct((unsigned char)text[size - 1]) || text[size - 1] == ' '))
        size--;
    while (letters < size && isalpha((unsigned char)text[size - letters - 1]))
        letters++;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strlen(words[i].word) == letters &&
            strncasecmp(text + size - letters, words[i].word, letters) == 0)
            return words[i].axis;
    return letters ? OTHER_WORD : NO_WORD;
}

/* Takes PREFIX ROW BETWEEN COLUMN, or the other way round where the words around say so: x0y0. The
 * second word counts; without one, as in pixel0_0, the first is but what the pixels are called. */
static void take_two(struct part *part, size_t begin)
{
    const char *name = part->name;
    size_t end = begin, first;
    enum axis before, after;

    while (end > 0 && !is_digit(name[end - 1]))
        end--;
    if (end == begin || !take_digits(name, end, &first, &part->row) || begin > INT_MAX)
        return;
    part->column = part->number;
    before = axis_of(name, first);
    after = axis_of(name + end, begin - end);
    part->turned = before == ACROSS && after == DOWN;
    if (part->turned) {
        part->column = part->row;
        part->row = part->number;
    } else {
        part->doubtful = after != NO_WORD && (after != ACROSS || before == ACROSS);
    }
    part->kind = NUMBERING_GRID;
    part->prefix = (int)first;
    part->between = (int)(begin - end);
}

/* Takes a name apart; `two`: into two numbers, if there are. */
static struct part take_apart(const char *name, bool two)
{
    struct part part = {.name = name};
    size_t length = strlen(name), begin;

    if (!take_digits(name, length, &begin, &part.number) || begin > INT_MAX)
        return part;
    part.kind = NUMBERING_LINE;
    part.prefix = (int)begin;
    if (two)
        take_two(&part, begin);
    return part;
}

/* Returns the text after the first number. */
static const char *between(const struct part *part)
{
    const char *at = part->name + part->prefix;

    return at + strspn(at, "0123456789");
}

static bool same_pattern(const struct part *a, const struct part *b)
{
    return a->kind == b->kind && a->prefix == b->prefix &&
           memcmp(a->name, b->name, (size_t)a->prefix) == 0 && a->between == b->between &&
           memcmp(between(a), between(b), (size_t)a->between) == 0;
}

/* Finds the pattern that more than half of the names share, by Boyer and Moore's vote. */
static struct part majority(char *const *names, int n, bool two)
{
    struct part candidate = {0};
    int votes = 0;

    for (int i = 0; i < n; i++) {
        struct part part = take_apart(names[i], two);

        if (votes == 0)
            candidate = part;
        votes += same_pattern(&part, &candidate) ? 1 : -1;
    }
    return candidate;
}

/* Makes position[] count from 0 and notes the first number that is missing. -1: out of memory. */
static int place(struct numbering *numbering, int *position, int n)
{
    char *seen = calloc((size_t)n, 1);
    int number = 0;

    if (!seen)
        return -1;
    for (int i = 0; i < n; i++) {
        position[i] -= numbering->first;
        if (position[i] >= 0 && position[i] < n)
            seen[position[i]] = 1;
    }
    while (number < n && seen[number])
        number++;
    if (number < n)
        numbering->missing = number + numbering->first;
    free(seen);
    return 0;
}

static int place_line(struct numbering *numbering, char *const *names, int n, int *position)
{
    numbering->first = 1;
    for (int i = 0; i < n; i++) {
        position[i] = take_apart(names[i], false).number;
        if (position[i] == 0)
            numbering->first = 0;
    }
    return place(numbering, position, n);
}

static int place_grid(struct numbering *numbering, char *const *names, int n, int *position)
{
    int first = 1, last_row = 0, last_column = 0;

    for (int i = 0; i < n; i++) {
        struct part part = take_apart(names[i], true);

        if (part.row == 0 || part.column == 0)
            first = 0;
        last_row = part.row > last_row ? part.row : last_row;
        last_column = part.column > last_column ? part.column : last_column;
    }
    numbering->h = last_row - first + 1;
    numbering->w = last_column - first + 1;
    if ((long long)numbering->h * numbering->w != n) {
        numbering->missing = first;
        return 0;
    }
    for (int i = 0; i < n; i++) {
        struct part part = take_apart(names[i], true);

        position[i] = (part.row - first) * numbering->w + part.column - first;
    }
    return place(numbering, position, n);
}

/* Tells whether the first of the two numbers is the same in all names of the pattern, as in v1_0,
 * v1_1: it is no row then. ROWxCOLUMN alone says what it is. */
static bool has_one_row(const struct part *pattern, char *const *names, int n)
{
    if (pattern->prefix == 0 && pattern->between == 1 && *between(pattern) == 'x')
        return false;
    for (int i = 0; i < n; i++) {
        struct part part = take_apart(names[i], true);

        if (same_pattern(&part, pattern) && (part.row != pattern->row))
            return false;
    }
    return true;
}

static struct part find_pattern(char *const *names, int n)
{
    struct part pattern = majority(names, n, true);

    if (pattern.kind == NUMBERING_GRID && has_one_row(&pattern, names, n))
        pattern = majority(names, n, false);
    return pattern;
}

static bool fits(const char *name, const struct part *pattern)
{
    struct part part = take_apart(name, pattern->kind == NUMBERING_GRID);

    return same_pattern(&part, pattern);
}

/* Tells whether the names are equal but for their numbers, and the first one that differs falls. */
static bool falls(const char *name, const char *next)
{
    int rises = 0; /* < 0: it falls */

    while (*name || *next) {
        size_t a, b;

        if (!is_digit(*name) || !is_digit(*next)) {
            if (*name++ != *next++)
                return false;
            continue;
        }
        name += strspn(name, "0");
        next += strspn(next, "0");
        a = strspn(name, "0123456789");
        b = strspn(next, "0123456789");
        if (rises == 0)
            rises = a != b ? (a < b ? 1 : -1) : memcmp(next, name, a);
        name += a;
        next += b;
    }
    return rises < 0;
}

/* Returns the first name that comes too late by its numbers, as columns sorted as text have it:
 * p_0_10_0, p_0_1_0. -1: none does. */
static int first_fallen(char *const *names, int n)
{
    for (int i = 1; i < n; i++)
        if (falls(names[i - 1], names[i]))
            return i;
    return -1;
}

/* Tells whether all names have the column before the row at their end: ch0x0y0, ch0x0y1. */
static bool all_turned(char *const *names, int n)
{
    for (int i = 0; i < n; i++)
        if (!take_apart(names[i], true).turned)
            return false;
    return true;
}

void numbering_odd(char *const *names, int n, bool *odd)
{
    struct part pattern = find_pattern(names, n);

    for (int i = 0; i < n; i++)
        odd[i] = !fits(names[i], &pattern);
}

int numbering_find(struct numbering *numbering, char *const *names, int n, int *position)
{
    struct part pattern = find_pattern(names, n);
    int matching = 0, failed = 0;

    *numbering =
        (struct numbering){.kind = NUMBERING_NONE, .odd = -1, .missing = -1, .doubtful = -1};
    for (int i = 0; i < n; i++)
        if (fits(names[i], &pattern))
            matching++;
        else if (numbering->odd < 0)
            numbering->odd = i;
    if (pattern.kind != NUMBERING_NONE && 2 * (long long)matching > n)
        numbering->kind = pattern.kind;
    if (numbering->kind == NUMBERING_NONE) {
        numbering->odd = -1;
        numbering->doubtful = all_turned(names, n) ? 0 : first_fallen(names, n);
    } else if (numbering->odd < 0 && numbering->kind == NUMBERING_LINE) {
        failed = place_line(numbering, names, n, position);
    } else if (numbering->odd < 0) {
        numbering->doubtful = pattern.doubtful ? 0 : -1;
        failed = place_grid(numbering, names, n, position);
    }
    if (!numbering_whole(numbering))
        for (int i = 0; i < n; i++)
            position[i] = i;
    return failed;
}
