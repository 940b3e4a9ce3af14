/* Shared by the parts of show: figures of tensors and classes, and rows chosen. */
#include "cmd/terminal/bars.h"
#include "pipeline/base/figures.h"
#include "show.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Tensors ---- */

static long long bytes_of(const struct tensor *tensor)
{
    return (long long)tensor_rows(tensor) * (long long)tensor_row_bytes(tensor);
}

void print_tensors(const struct tensor_file *file)
{
    int name = (int)strlen("tensor");
    char shape[SHAPE_TEXT];

    for (int i = 0; i < tensor_file_count(file); i++) {
        const int columns = text_columns(tensor_file_at(file, i)->name);

        name = columns > name ? columns : name;
    }
    name = name < 32 ? name : 32;
    printf("%-*s  type  %-20s %13s %11s\n", name, "tensor", "shape", "bytes", "stored");
    for (int i = 0; i < tensor_file_count(file); i++) {
        const struct tensor *tensor = tensor_file_at(file, i);
        const int64_t stored = tensor_file_stored_bytes(file, i);

        print_text(tensor->name, name, false);
        printf("  %-4s  %-20s %13lld", dtype_name(tensor->dtype),
               shape_text(shape, tensor->ndim, tensor->dims), bytes_of(tensor));
        if (stored >= 0)
            printf(" %11lld", (long long)stored);
        putchar('\n');
    }
}

json_t *tensors_json(const struct tensor_file *file)
{
    json_t *list = json_array();

    for (int i = 0; i < tensor_file_count(file); i++) {
        const struct tensor *tensor = tensor_file_at(file, i);
        const int64_t stored = tensor_file_stored_bytes(file, i);
        json_t *shape = json_array();

        for (int d = 0; d < tensor->ndim; d++)
            json_array_append_new(shape, json_integer(tensor->dims[d]));
        json_array_append_new(list, json_pack("{s:s, s:s, s:o, s:I, s:o}", "name", tensor->name,
                                              "dtype", dtype_name(tensor->dtype), "shape", shape,
                                              "bytes", (json_int_t)bytes_of(tensor), "stored_bytes",
                                              stored < 0 ? json_null() : json_integer(stored)));
    }
    return list;
}

void print_missing(const struct picks *picks)
{
    const long long requested = picks_requested(picks), found = picks->taken;

    if (found < requested)
        printf("\n%lld of the %lld requested rows %s in this file\n", found, requested,
               found == 1 ? "is" : "are");
}

/* ---- Class counts ---- */

enum { MOST_CLASSES = 60, MOST_OF_MANY = 30 };

struct counted {
    int class;
    int64_t rows;
};

static int by_rows(const void *a, const void *b)
{
    const struct counted *x = a, *y = b;

    if (x->rows != y->rows)
        return x->rows < y->rows ? 1 : -1;
    return x->class - y->class;
}

static void say_others(const struct counted *list, int shown, int count)
{
    int64_t rows = 0;

    for (int i = shown; i < count; i++)
        rows += list[i].rows;
    if (shown < count)
        printf("  and %d other classes, from %lld to %lld rows, %lld in all\n", count - shown,
               (long long)list[count - 1].rows, (long long)list[shown].rows, (long long)rows);
}

int print_class_counts(const struct terminal *t, const struct class_list *classes,
                       const int64_t *rows, struct err *err)
{
    const int count = classes->count;
    const int shown = count > MOST_CLASSES ? MOST_OF_MANY : count;
    struct counted *list = calloc((size_t)count + 1, sizeof *list);
    struct bar *bars = calloc((size_t)shown + 1, sizeof *bars);
    char(*labels)[CLASS_TEXT] = calloc((size_t)shown + 1, sizeof *labels);
    int64_t all = 0, most = 0;
    char share[SHARE_TEXT];

    for (int k = 0; k < count && list; k++) {
        list[k] = (struct counted){k, rows[k]};
        all += rows[k];
        most = rows[k] > most ? rows[k] : most;
    }
    if (list && bars && labels) {
        if (shown < count)
            qsort(list, (size_t)count, sizeof *list, by_rows);
        for (int i = 0; i < shown; i++) {
            bars[i].label = class_text(classes, list[i].class, true, labels[i]);
            bars[i].value = (double)list[i].rows;
            snprintf(bars[i].text, sizeof bars[i].text, "%lld %5s %%", (long long)list[i].rows,
                     percent_cut(all ? (double)list[i].rows / (double)all : 0, 1, share));
        }
        print_bars(t, bars, shown, bars_across(t, shown), (double)most);
        say_others(list, shown, count);
    }
    free(list);
    free(bars);
    free(labels);
    return list && bars && labels ? 0 : err_memory(err, "the classes' counts", 0);
}

json_t *class_counts_json(const struct class_list *classes, const int64_t *rows)
{
    json_t *list = json_array();

    for (int k = 0; k < classes->count; k++)
        json_array_append_new(list,
                              json_pack("{s:s, s:s, s:I}", "class", classes->spellings[k], "name",
                                        classes->names[k], "rows", (json_int_t)rows[k]));
    return list;
}
