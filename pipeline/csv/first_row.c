/* Decision whether the first row of a CSV is a header. */
#include "first_row.h"

#include "look.h"
#include "pipeline/base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Names or data ---- */

struct first_row {
    int numbers;
    int a_number, a_word; /* a column of each kind */
    bool counting;        /* the numbers count up by one from 0 or 1 */
    bool lists;           /* cells of several numbers are among them */
};

static struct first_row look(const struct csv_row *row)
{
    struct first_row found = {.counting = true};
    double before = 0, value;

    for (int i = 0; i < row->count; i++) {
        if (cell_is_list(csv_cell(row, i))) {
            found.numbers++;
            found.lists = true;
            found.counting = false;
            continue;
        }
        if (!cell_number(csv_cell(row, i), &value)) {
            found.a_word = i;
            continue;
        }
        found.a_number = i;
        if (found.numbers++ ? value != before + 1 : value != 0 && value != 1)
            found.counting = false;
        before = value;
    }
    return found;
}

/* Returns where a number `7.2` has its point, or its end. */
static size_t point_of(struct cell cell)
{
    const char *point = memchr(cell.text, '.', cell.size);

    return point ? (size_t)(point - cell.text) : cell.size;
}

/* A cell and how it stands to the others with the same digits before the point. */
struct repeat {
    struct cell cell;
    size_t point;
    int column;
};

static int by_base(const void *a, const void *b)
{
    const struct repeat *x = a, *y = b;
    size_t size = x->point < y->point ? x->point : y->point;
    int order = memcmp(x->cell.text, y->cell.text, size);

    if (order == 0)
        order = (x->point > y->point) - (x->point < y->point);
    return order ? order : (x->column > y->column) - (x->column < y->column);
}

/* Tells whether the k-th repeat of a value ends in .k, which is how pandas tells apart equal names.
 */
static bool counts_repeats(const struct repeat *sorted, int count)
{
    int repeats = 0, nth = 0;
    char number[16];

    for (int i = 0; i < count; i++) {
        const struct repeat *r = &sorted[i];
        size_t size;

        nth =
            i > 0 && r->point == r[-1].point && memcmp(r->cell.text, r[-1].cell.text, r->point) == 0
                ? nth + 1
                : 0;
        size = nth ? (size_t)snprintf(number, sizeof number, ".%d", nth) : 0;
        if (r->cell.size - r->point != size || memcmp(r->cell.text + r->point, number, size) != 0)
            return false;
        repeats += nth > 0;
    }
    return repeats > 1;
}

/* Tells whether the names are the pixels of a picture that pandas took for a header:
 * 7,0,0.1,0.2,18,0.3. -1: out of memory. */
static int is_renamed_data(const struct csv_row *row)
{
    struct repeat *sorted = calloc((size_t)row->count, sizeof *sorted);
    bool renamed;

    if (!sorted)
        return -1;
    for (int i = 0; i < row->count; i++) {
        struct cell cell = cell_trim(csv_cell(row, i));

        sorted[i] = (struct repeat){cell, point_of(cell), i};
    }
    qsort(sorted, (size_t)row->count, sizeof *sorted, by_base);
    renamed = counts_repeats(sorted, row->count);
    free(sorted);
    return renamed;
}

bool header_has_names(const struct csv_row *row)
{
    struct first_row found = look(row);

    return found.numbers < row->count || found.counting;
}

static int refuse_renamed(const struct csv_reader *reader, struct err *err)
{
    return csv_reader_fail(reader, -1, err,
                           "a picture that became a header: equal pixels were renamed 0, 0.1, 0.2 "
                           "as pandas does; --header yes leaves it out, and sed '1s/[.][0-9]*//g' "
                           "FILE | csvnet ingest - restores it");
}

int header_decide(bool *header, const struct csv_reader *reader, const struct csv_row *row,
                  enum header_choice choice, struct err *err)
{
    enum { FEW = 4 }; /* so short a row of data may well count up */
    struct first_row found = look(row);
    struct cell number = csv_cell(row, found.a_number), word = csv_cell(row, found.a_word);
    char one[QUOTED_TEXT], other[QUOTED_TEXT];
    bool data = found.numbers == row->count && !found.counting && !found.lists;
    int renamed = choice != HEADER_YES && data ? is_renamed_data(row) : 0;

    if (renamed)
        return renamed < 0 ? err_memory(err, "the first row", 0) : refuse_renamed(reader, err);
    if (choice != HEADER_AUTO) {
        *header = choice == HEADER_YES;
        return 0;
    }
    if (found.numbers == row->count && found.counting && row->count >= FEW)
        return csv_reader_fail(reader, -1, err,
                               "%d numbers that count up are names or data; say --header yes or "
                               "--header no",
                               row->count);
    if (found.numbers > 0 && found.numbers < row->count && !found.counting)
        return csv_reader_fail(reader, -1, err,
                               "numbers (%s, column %d) and words (%s, column %d); say --header "
                               "yes or --header no",
                               text_quote(one, number.text, number.size), found.a_number + 1,
                               text_quote(other, word.text, word.size), found.a_word + 1);
    *header = found.numbers < row->count;
    return 0;
}

/* ---- Names ---- */

char **header_names(const struct csv_reader *reader, const struct csv_row *row, struct err *err)
{
    char **names = calloc((size_t)row->count, sizeof *names), quoted[QUOTED_TEXT];

    for (int i = 0; names && i < row->count; i++) {
        struct cell cell = cell_trim(csv_cell(row, i));

        if (!text_is_clean(cell.text, cell.size) ||
            (cell.size >= 3 && memcmp(cell.text, "\xef\xbb\xbf", 3) == 0)) {
            csv_reader_fail(reader, i, err, "the name %s is not plain UTF-8 text",
                            text_quote(quoted, cell.text, cell.size));
            header_free(names, row->count);
            return NULL;
        }
        names[i] = strndup(cell.text, cell.size);
        if (!names[i]) {
            header_free(names, row->count);
            names = NULL;
        }
    }
    if (!names)
        err_memory(err, "the columns' names", 0);
    return names;
}

const char *header_column(char *const *names, int count, int column, char text[COLUMN_TEXT])
{
    text[0] = '@';
    snprintf(text + 1, COLUMN_TEXT - 1, "%d", column + 1);
    for (int i = 0; names && i < count; i++)
        if (strcmp(names[i], text + 1) == 0)
            return text;
    return memmove(text, text + 1, strlen(text));
}

void header_free(char **names, int count)
{
    for (int i = 0; names && i < count; i++)
        free(names[i]);
    free(names);
}

static int by_name(const void *a, const void *b)
{
    const struct header_entry *x = a, *y = b;
    int order = strcmp(x->name, y->name);

    return order ? order : (x->column > y->column) - (x->column < y->column);
}

struct header_entry *header_sort(char *const *names, int count)
{
    struct header_entry *sorted = calloc((size_t)count + 1, sizeof *sorted);

    if (!sorted)
        return NULL;
    for (int i = 0; i < count; i++)
        sorted[i] = (struct header_entry){names[i], i};
    qsort(sorted, (size_t)count, sizeof *sorted, by_name);
    return sorted;
}

int header_find(const struct header_entry *sorted, int count, const char *name)
{
    int low = 0, high = count;

    while (low < high) {
        int middle = low + (high - low) / 2;

        if (strcmp(sorted[middle].name, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < count && strcmp(sorted[low].name, name) == 0 ? sorted[low].column : -1;
}

int header_distinct(const struct csv_reader *reader, char *const *names, const bool *ignore,
                    int count, struct err *err)
{
    struct header_entry *sorted = header_sort(names, count);
    int before = -1, failed = 0;
    char text[COLUMN_TEXT];

    if (!sorted)
        return err_memory(err, "the columns' names", 0);
    for (int i = 0; i < count && !failed; i++) {
        int column = sorted[i].column;

        if (ignore[column])
            continue;
        if (before >= 0 && strcmp(names[before], names[column]) == 0)
            failed = csv_reader_fail(reader, -1, err,
                                     "columns %d and %d have the same name '%.80s'; --drop %s "
                                     "would leave the second out",
                                     before + 1, column + 1, names[column],
                                     header_column(names, count, column, text));
        before = column;
    }
    free(sorted);
    return failed;
}
