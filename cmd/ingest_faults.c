#include "ingest_faults.h"

#include "say.h"

#include <stdio.h>

/* 4096 as "4,096". */
static const char *with_commas(char text[32], int64_t number)
{
    char digits[24];
    int count = snprintf(digits, sizeof digits, "%lld", (long long)number), used = 0;

    for (int i = 0; i < count; i++) {
        if (i > 0 && (count - i) % 3 == 0)
            text[used++] = ',';
        text[used++] = digits[i];
    }
    text[used] = 0;
    return text;
}

void print_faults(const struct faults *faults, const char *file)
{
    char number[32];

    for (int i = 0; i < faults->count; i++)
        complain("%s", faults->list[i].text);
    for (int kind = 0; kind < FAULT_KINDS; kind++)
        if (faults->more[kind])
            complain("%s: and %s more row%s %s", file, with_commas(number, faults->more[kind]),
                     plural(faults->more[kind]), fault_which((enum fault_kind)kind));
}
