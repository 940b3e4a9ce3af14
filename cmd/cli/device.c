/* --device: which of the devices there are, if any. */
#include "device.h"

#include "pipeline/base/err.h"
#include "say.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *const device_words[] = {"auto", "cpu", "gpu", "opencl", NULL};

/* Tells whether the system has a device that may be a GPU: libraries and drivers take a quarter of
 * a second to say that there is none. */
static bool may_have_gpu(void)
{
    static const char *const files[] = {"/dev/nvidiactl", "/dev/kfd", "/dev/dri", "/dev/dxg"};

    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        if (access(files[i], F_OK) == 0)
            return true;
    return false;
}

/* Returns the number of the first GPU, or else of the first device with `any`; -1: there is none.
 */
static int find(bool any, struct nn_error *error)
{
    struct nn_device_info list[NN_DEVICES_MOST];
    const int count = nn_devices(list, error);

    for (int i = 0; i < count; i++)
        if (list[i].gpu)
            return i;
    if (count >= 0)
        snprintf(error->text, sizeof error->text,
                 "none of OpenCL's devices, %d in all, is a GPU; csvnet devices lists them", count);
    return any && count > 0 ? 0 : -1;
}

/* Reads a number after "opencl:", from 1. Returns it from 0, -1: it is none. */
static int number_of(const char *text)
{
    char *end;
    const long number = strtol(text, &end, 10);

    return *text >= '1' && *text <= '9' && *end == 0 && number <= NN_DEVICES_MOST ? (int)number - 1
                                                                                  : -1;
}

static struct nn_device *open_if(int number, struct nn_error *error)
{
    return number >= 0 ? nn_device_open(number, error) : NULL;
}

int device_open(struct nn_device **device, const char *where)
{
    struct nn_error error = {0};
    struct err err;

    *device = NULL;
    if (strcmp(where, "cpu") == 0)
        return 0;
    if (strcmp(where, "auto") == 0) {
        const int number = may_have_gpu() ? find(false, &error) : -1;

        *device = open_if(number, &error);
        if (number >= 0 && !*device)
            say("%s; going on with this processor", error.text);
        return 0;
    }
    if (strcmp(where, "gpu") == 0 || strcmp(where, "opencl") == 0)
        *device = open_if(find(strcmp(where, "gpu") != 0, &error), &error);
    else if (strncmp(where, "opencl:", 7) == 0 && number_of(where + 7) >= 0)
        *device = open_if(number_of(where + 7), &error);
    else
        return usage_error(
            "--device takes auto, cpu, gpu or opencl:N with N from 1 to %d, not '%s'",
            NN_DEVICES_MOST, where);
    if (*device)
        return 0;
    err_set(&err, error.out_of_memory ? EX_OSERR : EX_USAGE, "--device %s: %s", where,
            error.out_of_memory ? "out of memory" : error.text);
    return fail(&err);
}
