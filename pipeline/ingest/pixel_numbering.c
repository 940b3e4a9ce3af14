/* Numbers in the names of pixel columns, and the picture's shape by them. */
#include "pixel_numbering.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A name taken apart: its kind, the text before the number, the number or row and column. */
struct part {
    const char *name;
    int kind, prefix;
    int number, row, column;
};

enum { MOST_DIGITS = 9 };

static bool take_digits(const char **text, int *number)
{
    size_t n = strspn(*text, "0123456789");

    if (n == 0 || n > MOST_DIGITS)
        return false;
    *number = (int)strtol(*text, NULL, 10);
    *text += n;
    return true;
}

static struct part take_apart(const char *name)
{
    struct part part = {.name = name};
    const char *at = name;
    size_t length = strlen(name), digits = 0;

    if (take_digits(&at, &part.row) && *at == 'x' && (at++, take_digits(&at, &part.column)) &&
        !*at) {
        part.kind = NUMBERING_GRID;
        return part;
    }
    while (digits < length && name[length - digits - 1] >= '0' && name[length - digits - 1] <= '9')
        digits++;
    at = name + length - digits;
    if (length - digits <= INT_MAX && take_digits(&at, &part.number)) {
        part.kind = NUMBERING_LINE;
        part.prefix = (int)(length - digits);
    }
    return part;
}

static bool same_pattern(const struct part *a, const struct part *b)
{
    return a->kind == b->kind && a->prefix == b->prefix &&
           memcmp(a->name, b->name, (size_t)a->prefix) == 0;
}

/* The pattern that more than half of the names share, by Boyer and Moore's vote. */
static struct part majority(char *const *names, int n)
{
    struct part candidate = {0};
    int votes = 0;

    for (int i = 0; i < n; i++) {
        struct part part = take_apart(names[i]);

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
        position[i] = take_apart(names[i]).number;
        if (position[i] == 0)
            numbering->first = 0;
    }
    return place(numbering, position, n);
}

static int place_grid(struct numbering *numbering, char *const *names, int n, int *position)
{
    int first = 1, last_row = 0, last_column = 0;

    for (int i = 0; i < n; i++) {
        struct part part = take_apart(names[i]);

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
        struct part part = take_apart(names[i]);

        position[i] = (part.row - first) * numbering->w + part.column - first;
    }
    return place(numbering, position, n);
}

int numbering_find(struct numbering *numbering, char *const *names, int n, int *position)
{
    struct part pattern = majority(names, n);
    int matching = 0, failed = 0;

    *numbering = (struct numbering){.kind = NUMBERING_NONE, .odd = -1, .missing = -1};
    for (int i = 0; i < n; i++) {
        struct part part = take_apart(names[i]);

        if (same_pattern(&part, &pattern))
            matching++;
        else if (numbering->odd < 0)
            numbering->odd = i;
    }
    if (pattern.kind != NUMBERING_NONE && 2 * (long long)matching > n)
        numbering->kind = pattern.kind;
    if (numbering->kind == NUMBERING_NONE)
        numbering->odd = -1;
    else if (numbering->odd < 0 && numbering->kind == NUMBERING_LINE)
        failed = place_line(numbering, names, n, position);
    else if (numbering->odd < 0)
        failed = place_grid(numbering, names, n, position);
    if (!numbering_whole(numbering))
        for (int i = 0; i < n; i++)
            position[i] = i;
    return failed;
}
