/* Jansson with a reserve for when memory runs out, and small readers of objects. */
#include "json.h"

#include "strbuf.h"

#include <errno.h>
#include <math.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RESERVE = 1 << 18 };

/* Memory handed out when malloc() fails, and not taken back. */
static _Alignas(max_align_t) unsigned char reserve[RESERVE];
static atomic_size_t reserve_used;
static atomic_bool failed;

/* What a text being read may still take, in this thread; whether it would have taken more. */
static _Thread_local size_t budget = SIZE_MAX;
static _Thread_local bool over;

static void *allocate(size_t size)
{
    size_t rounded, at;
    void *block;

    if (size > budget) {
        over = true;
        return NULL;
    }
    if (budget != SIZE_MAX)
        budget -= size;
    block = malloc(size);
    if (block)
        return block;
    rounded = (size + _Alignof(max_align_t) - 1) / _Alignof(max_align_t) * _Alignof(max_align_t);
    at = size < RESERVE ? atomic_fetch_add(&reserve_used, rounded) : RESERVE;
    if (at <= RESERVE - rounded)
        return reserve + at;
    atomic_store(&failed, true);
    return NULL;
}

static void release(void *block)
{
    if ((uintptr_t)block - (uintptr_t)reserve >= RESERVE)
        free(block);
}

void json_memory_watch(void)
{
    json_set_alloc_funcs(allocate, release);
}

int json_memory_check(const char *what, struct err *err)
{
    return atomic_exchange(&failed, false) ? err_memory(err, what, 0) : 0;
}

enum { MOST = 64 << 20 };

/* Reads text[size], or `file` if that is not NULL, within *left bytes, of which it leaves the rest. */
static json_t *read_within(const char *text, size_t size, FILE *file, size_t *left,
                           json_error_t *fault)
{
    json_error_t unused = {.line = 0};
    json_t *value;

    fault = fault ? fault : &unused;
    budget = *left;
    over = false;
    value = file ? json_loadf(file, JSON_REJECT_DUPLICATES, fault)
                 : json_loadb(text, size, JSON_REJECT_DUPLICATES, fault);
    *left = budget;
    budget = SIZE_MAX;
    if (!value && over) {
        snprintf(fault->text, sizeof fault->text, "more than 64 MiB of memory would be needed");
        fault->line = 1; /* where it begins */
    }
    return value;
}

json_t *json_read(const char *text, size_t size, json_error_t *fault)
{
    size_t left = MOST;

    return read_within(text, size, NULL, &left, fault);
}

json_t *json_read_file(FILE *file, json_error_t *fault)
{
    size_t left = MOST;

    return read_within(NULL, 0, file, &left, fault);
}

/* Reads the next line, with its end, or the beginning of one that is longer than LINE. */
enum { LINE = 16 << 20 };
static void read_line(FILE *file, struct strbuf *line)
{
    int c = 0;

    strbuf_clear(line);
    while (c != '\n' && line->size <= LINE && !line->failed && (c = getc_unlocked(file)) != EOF)
        strbuf_add(line, &(char){(char)c}, 1);
}

int json_lines_read(FILE *file, const char *path, json_line *take, void *data, struct err *err)
{
    enum { TIMES = 16 };
    struct strbuf line = {0};
    size_t left = MOST;
    int result = 0;

    for (long long number = 1; result == 0; number++) {
        json_t *value;

        read_line(file, &line);
        if (line.failed)
            result = err_memory(err, "a line", 0);
        else if (ferror(file))
            result = err_set(err, EX_IOERR, "%s: cannot be read: %s", path, strerror(errno));
        else if (line.size > LINE)
            result = err_set(err, EX_DATAERR, "%s:%lld: has more than 16 MiB", path, number);
        if (result || line.size == 0)
            break;
        left += TIMES * line.size;
        value = read_within(line.text, line.size, NULL, &left, NULL);
        result = !value && over
                     ? err_set(err, EX_DATAERR,
                               "%s:%lld: its lines would take more than 64 MiB of memory and %d "
                               "times their size",
                               path, number, TIMES)
                     : take(data, value, number, err);
    }
    strbuf_free(&line);
    return result;
}

char *json_text(const json_t *value, size_t flags)
{
    char *text, *copy;

    if (!(flags & JSON_REAL_PRECISION(31)))
        flags |= JSON_REAL_PRECISION(17);
    text = json_dumps(value, flags);
    copy = text ? strdup(text) : NULL;
    release(text);
    return copy;
}

double json_number(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);

    return json_is_number(value) ? json_number_value(value) : NAN;
}

json_t *json_real_or_null(double value)
{
    return isnan(value) ? json_null() : json_real(value);
}
