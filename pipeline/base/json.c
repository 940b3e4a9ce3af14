/* Jansson with a reserve for when memory runs out, and small readers of objects. */
#include "json.h"

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

/* Reads text[size], or `file` if that is not NULL. */
static json_t *read_within(const char *text, size_t size, FILE *file, json_error_t *fault)
{
    enum { MOST = 64 << 20 };
    json_error_t unused = {.line = 0};
    json_t *value;

    fault = fault ? fault : &unused;
    budget = MOST;
    over = false;
    value = file ? json_loadf(file, JSON_REJECT_DUPLICATES, fault)
                 : json_loadb(text, size, JSON_REJECT_DUPLICATES, fault);
    budget = SIZE_MAX;
    if (!value && over) {
        snprintf(fault->text, sizeof fault->text, "more than 64 MiB of memory would be needed");
        fault->line = 1; /* where it begins */
    }
    return value;
}

json_t *json_read(const char *text, size_t size, json_error_t *fault)
{
    return read_within(text, size, NULL, fault);
}

json_t *json_read_file(FILE *file, json_error_t *fault)
{
    return read_within(NULL, 0, file, fault);
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
