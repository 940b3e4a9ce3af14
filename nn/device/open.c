/* Opens a device: compares its arithmetic with the processor's, bit by bit, before anything depends
 * on it: sums and products that are fused or are not, quotients, roots, conversions, doubles, and
 * numbers around 2^-126, below which both take all for zero. */
#include "nn/base/denormals.h"
#include "nn/base/exp_log.h"
#include "nn/kernels/kernels.h"
#include "private.h"
#include "self_test.cl"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CASES = 4096 };

/* Results and operands of all cases. */
struct cases {
    float floats[CASES][3], to_floats[CASES][TEST_FLOATS];
    double doubles[CASES][3], to_doubles[CASES][TEST_DOUBLES];
    u64 words[CASES];
    u32 to_words[CASES][4];
};

static uint64_t drawn(uint64_t index)
{
    const struct nn_random random = {1, NN_RANDOM_PICK, 0};
    uint32_t bits[4];

    nn_random_bits(&random, index, bits);
    return (uint64_t)bits[1] << 32 | bits[0];
}

/* Draws a number of either sign with all bits of its fraction random, and an exponent from `low` to
 * `low + range - 1`. */
static double draw(uint64_t index, int low, int range)
{
    const uint64_t word = drawn(index);
    const double fraction = 1 + (double)(word >> 12) * 0x1p-52;

    return ldexp(word & 1 ? -fraction : fraction, low + (int)(word >> 1 & 1023) % range);
}

/* Draws operands: of like size, so that their sums lose bits; and each fourth time such as make
 * products and quotients around 2^-126. */
static void draw_cases(struct cases *c)
{
    for (int i = 0; i < CASES; i++) {
        const bool edge = i % 4 == 0;

        for (int k = 0; k < 3; k++) {
            const uint64_t index = (uint64_t)(3 * i + k);

            c->floats[i][k] = (float)draw(index, edge ? k < 2 ? -64 : -128 : -12, edge ? 3 : 24);
            c->doubles[i][k] = draw(index + 3 * CASES, edge ? -150 : -12, edge ? 24 : 16);
        }
        if (edge && i % 8)
            c->floats[i][1] = (float)ldexp((double)c->floats[i][1], 126); /* quotients */
        if (edge && i % 16 == 0) /* a hair above and below 2^-126 */
            c->doubles[i][0] = ldexp(1 + (i % 32 ? -1 : 1) * ldexp(1, -22 - i / 32 % 8), -126);
        c->words[i] = drawn((uint64_t)(6 * CASES + i));
    }
}

/* Computes as the kernel does. */
static void compute(struct cases *c)
{
    const struct nn_random random = {0x123456789abcdef, 3, 7};

    for (int i = 0; i < CASES; i++) {
        const volatile float *f = c->floats[i];
        const volatile double *d = c->doubles[i];
        float *to = c->to_floats[i];
        double *wide = c->to_doubles[i], exps[EXPS] = {-fabs(d[2])};
        volatile float product = f[0] * f[1];
        volatile double wide_product = d[0] * d[1];

        to[0] = fmaf(f[0], f[1], f[2]);
        to[1] = f[0] / f[1];
        to[2] = sqrtf(fabsf(f[0]));
        to[3] = product + f[2];
        to[4] = (float)d[0];
        to[5] = (float)(int)(f[0] * 1000.0f);
        nn_exps(exps);
        wide[0] = wide_product + d[2];
        wide[1] = d[0] / d[1];
        wide[2] = sqrt(fabs(d[0]));
        wide[3] = (double)f[0];
        wide[4] = exps[0];
        wide[5] = nn_log(1 + fabs(d[2]));
        nn_random_bits(&random, c->words[i], c->to_words[i]);
    }
}

/* Computes the cases on the device, into *got. */
static void compute_on_device(struct device_memory *memory, const struct cases *c,
                              struct cases *got)
{
    struct self_test test = {.cases = CASES};

    device_twin(memory, c, sizeof *c);
    if (device_allocate(memory))
        return;
    device_upload(memory, c, sizeof *c);
    test.floats = device_at(memory, c->floats);
    test.doubles = device_at(memory, c->doubles);
    test.words = device_at(memory, c->words);
    test.to_floats = device_at(memory, c->to_floats);
    test.to_doubles = device_at(memory, c->to_doubles);
    test.to_words = device_at(memory, c->to_words);
    DEVICE_RUN(memory, "self_test", CASES, &test);
    device_read(memory, device_at(memory, c), got, sizeof *got);
}

/* Notes a fault with the first case that differs. */
static void compare(struct nn_device *device, const struct cases *here, const struct cases *there)
{
    static const char *const floats[] = {"a multiply-add",      "a quotient",
                                         "a square root",       "a product and a sum",
                                         "a double as a float", "a whole number"};
    static const char *const doubles[] = {"a product and a sum", "a quotient", "a square root",
                                          "a float as a double", "exp",        "log"};

    for (int i = 0; i < CASES && !device->fault; i++) {
        for (int k = 0; k < TEST_FLOATS; k++)
            if (memcmp(&here->to_floats[i][k], &there->to_floats[i][k], sizeof(float)))
                device_fail(device, NN_DEVICE_REFUSED,
                            "it computes otherwise than this processor: %s of %a, %a, %a is %a "
                            "there and %a here",
                            floats[k], (double)here->floats[i][0], (double)here->floats[i][1],
                            (double)here->floats[i][2], (double)there->to_floats[i][k],
                            (double)here->to_floats[i][k]);
        for (int k = 0; k < TEST_DOUBLES; k++)
            if (memcmp(&here->to_doubles[i][k], &there->to_doubles[i][k], sizeof(double)))
                device_fail(device, NN_DEVICE_REFUSED,
                            "it computes doubles otherwise than this processor: %s of %a, %a, %a "
                            "is %a there and %a here",
                            doubles[k], here->doubles[i][0], here->doubles[i][1],
                            here->doubles[i][2], there->to_doubles[i][k], here->to_doubles[i][k]);
        if (memcmp(here->to_words[i], there->to_words[i], sizeof *here->to_words))
            device_fail(device, NN_DEVICE_REFUSED, "it computes words otherwise");
    }
}

/* Notes a fault where a bit differs. */
static void test(struct nn_device *device)
{
    struct cases *here = calloc(1, sizeof *here), *there = calloc(1, sizeof *there);
    struct device_memory *memory = device_memory_new(device);

    if (here && there && memory) {
        const __typeof__(flush_begin()) mode = flush_begin();

        draw_cases(here);
        compute_on_device(memory, here, there);
        compute(here);
        if (!device->fault)
            compare(device, here, there);
        flush_restore(mode);
    } else
        device_fail(device, NN_DEVICE_FULL, "no memory is left to test it");
    device_memory_free(memory);
    free(here);
    free(there);
}

/* Tells whether this processor's kernels fuse multiply-adds, as every device does: of (1 + 2^-12)^2
 * - 1 a rounded product would leave 2^-11. */
static bool kernels_fuse(void)
{
    const real rate = 1 + (real)0x1p-12, to = (real)0x1p-12;
    real average = -1;

    kernels->ema(&average, &to, rate, 1);
    return average != (real)0x1p-11;
}

static const struct device_driver *const drivers[NN_DRIVERS] = {&cuda_driver, &opencl_driver};

int nn_devices(enum nn_driver driver, struct nn_device_info list[NN_DEVICES_MOST],
               struct nn_error *error)
{
    const int count = drivers[driver]->count(error);

    for (int i = 0; i < count; i++)
        drivers[driver]->describe(i, &list[i]);
    return count;
}

/* Opens a device, its arithmetic unseen; it may have a fault. NULL: the reason is in *error. */
static struct nn_device *open_unseen(const struct device_driver *driver, int number,
                                     struct nn_error *error)
{
    const int count = driver->count(error);
    struct nn_device *device;

    if (count >= 0 && number >= count)
        snprintf(error->text, sizeof error->text,
                 "there is no device %d: %s has %d in all; csvnet devices lists them", number + 1,
                 driver->name, count);
    device = number < count ? calloc(1, driver->bytes) : NULL;
    error->out_of_memory = number < count && !device;
    if (!device)
        return NULL;
    device->driver = driver;
    driver->describe(number, &device->info);
    driver->open(device, number);
    return device;
}

struct nn_device *nn_device_open(enum nn_driver driver, int number, struct nn_error *error)
{
    struct nn_device *device = open_unseen(drivers[driver], number, error);

    if (device && !kernels_fuse())
        device_fail(device, NN_DEVICE_REFUSED,
                    "it fuses multiply-adds, which this processor's kernels (%s) do not",
                    nn_kernels_name());
    if (device && !device->fault)
        test(device);
    if (!device || !device->fault)
        return device;
    *error = device->why;
    nn_device_close(device);
    return NULL;
}

void nn_device_close(struct nn_device *device)
{
    if (device)
        device->driver->close(device);
    free(device);
}
