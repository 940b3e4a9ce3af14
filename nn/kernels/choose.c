/* The tables of this build and the choice among them. */
#include "kernels.h"

#include <string.h>

#ifdef __x86_64__
extern const struct kernels kernels_avx512bf16, kernels_avx512, kernels_avx2;
#endif
extern const struct kernels kernels_baseline;

const struct kernels *kernels = &kernels_baseline;

/* Best first. */
static const struct kernels *const tables[] = {
#ifdef __x86_64__
    &kernels_avx512bf16,
    &kernels_avx512,
    &kernels_avx2,
#endif
    &kernels_baseline,
};
enum { TABLES = sizeof tables / sizeof *tables };

#ifdef __x86_64__
static bool has_avx512(void)
{
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw");
}
#endif

static bool runs_here(const struct kernels *table)
{
#ifdef __x86_64__
    if (table == &kernels_avx512bf16)
        return has_avx512() && __builtin_cpu_supports("avx512bf16");
    if (table == &kernels_avx512)
        return has_avx512();
    if (table == &kernels_avx2)
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#endif
    return table == &kernels_baseline;
}

int nn_kernels_choose(const char *name)
{
    for (int i = 0; i < TABLES; i++)
        if (runs_here(tables[i]) && (!name || !*name || strcmp(name, tables[i]->name) == 0)) {
            kernels = tables[i];
            return 0;
        }
    return -1;
}

const char *nn_kernels_name(void)
{
    return kernels->name;
}

/* In G multiply-adds a second of one core, measured in registers, Intel's Emerald Rapids does 43 by
 * VDPBF16PS and 87 by VFMADD213PS; AMD's Zen 4 does 116 by the former. */
bool nn_kernels_bf16_is_faster(void)
{
#ifdef __x86_64__
    return kernels == &kernels_avx512bf16 && !__builtin_cpu_is("intel");
#else
    return false;
#endif
}

const char *const *nn_kernels_available(void)
{
    static const char *names[TABLES + 1];
    int count = 0;

    for (int i = 0; i < TABLES; i++)
        if (runs_here(tables[i]))
            names[count++] = tables[i]->name;
    names[count] = NULL;
    return names;
}
