/* --device: which of the devices there are, if any. */
#include "device.h"

#include "own_signals.h"
#include "pipeline/base/err.h"
#include "say.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *const device_words[] = {"auto", "cpu", "gpu", "cuda", "opencl", NULL};
const char *const driver_words[NN_DRIVERS] = {"cuda", "opencl"};
const char *const driver_names[NN_DRIVERS] = {"CUDA", "OpenCL"};

static bool exists(const char *path)
{
    return access(path, F_OK) == 0;
}

/* Tells whether the system has a device that may be a GPU: libraries and drivers take a quarter of
 * a second to say that there is none. */
static bool may_have_gpu(void)
{
    return exists("/dev/nvidiactl") || exists("/dev/kfd") || exists("/dev/dri") ||
           exists("/dev/dxg");
}

/* Opens a driver's device of that number, or below 0 its first GPU, or else with -2 its first
 * device. Returns NULL with the reason; *found: there is one. */
enum { FIRST_GPU = -1, FIRST = -2 };
static struct nn_device *open_of(enum nn_driver driver, int number, bool *found,
                                 struct nn_error *error)
{
    struct nn_device_info list[NN_DEVICES_MOST];
    int count, at = number < 0 ? -1 : number;

    if (number < 0) {
        count = nn_devices(driver, list, error);
        for (int i = count - 1; i >= 0; i--)
            at = list[i].gpu ? i : at;
        if (at < 0 && number == FIRST && count > 0)
            at = 0;
        if (at < 0 && count >= 0)
            snprintf(error->text, sizeof error->text,
                     "none of %s's devices, %d in all, is a GPU; csvnet devices lists them",
                     driver_names[driver], count);
    }
    *found = at >= 0;
    return at >= 0 ? nn_device_open(driver, at, error) : NULL;
}

/* Opens the first GPU that is fit, of CUDA and then of OpenCL. Returns NULL with the reasons in
 * *why; *found: there is one. Of one that is not fit, while another is, it says so. */
static struct nn_device *open_gpu(bool *found, struct err *why, struct nn_error *error)
{
    struct nn_error errors[NN_DRIVERS] = {0};
    bool there[NN_DRIVERS];
    const char *cuda = errors[NN_CUDA].text, *opencl = errors[NN_OPENCL].text;

    for (int driver = 0; driver < NN_DRIVERS; driver++) {
        struct nn_device *device =
            open_of((enum nn_driver)driver, FIRST_GPU, &there[driver], &errors[driver]);

        if (device && driver > 0 && there[NN_CUDA])
            say("%s; going on with %s", cuda, driver_names[driver]);
        if (device)
            return device;
        error->out_of_memory = error->out_of_memory || errors[driver].out_of_memory;
    }
    *found = there[NN_CUDA] || there[NN_OPENCL];
    if (there[NN_CUDA] == there[NN_OPENCL])
        err_set(why, EX_USAGE, "%s; %s", cuda, opencl);
    else
        err_set(why, EX_USAGE, "%s", there[NN_CUDA] ? cuda : opencl);
    return NULL;
}

/* Reads "cuda", "opencl:2" and the like. Returns -1: it is none. */
static int read_driver(const char *where, enum nn_driver *driver, int *number)
{
    for (int i = 0; i < NN_DRIVERS; i++) {
        const size_t length = strlen(driver_words[i]);
        const char *text = where + length;
        char *end;
        long value;

        if (strncmp(where, driver_words[i], length) != 0)
            continue;
        *driver = (enum nn_driver)i;
        *number = FIRST;
        if (*text == 0)
            return 0;
        value = *text == ':' && text[1] >= '1' && text[1] <= '9' ? strtol(text + 1, &end, 10) : 0;
        *number = (int)value - 1;
        return value >= 1 && value <= NN_DEVICES_MOST && *end == 0 ? 0 : -1;
    }
    return -1;
}

bool device_possible(const char *where)
{
    return strcmp(where, "cpu") && (strcmp(where, "auto") || may_have_gpu());
}

static int open_named(struct nn_device **device, const char *where)
{
    struct nn_error error = {0};
    enum nn_driver driver;
    struct err err, why;
    int number;
    bool found;

    *device = NULL;
    if (!device_possible(where))
        return 0;
    if (strcmp(where, "auto") == 0) {
        *device = open_gpu(&found, &why, &error);
        if (!*device && (found || exists("/dev/nvidiactl")))
            say("%s; going on with this processor", why.text);
        return 0;
    }
    if (strcmp(where, "gpu") == 0)
        *device = open_gpu(&found, &why, &error);
    else if (read_driver(where, &driver, &number) == 0) {
        *device = open_of(driver, number, &found, &error);
        err_set(&why, EX_USAGE, "%s", error.text);
    } else
        return usage_error(
            "--device takes auto, cpu, gpu, cuda:N or opencl:N with N from 1 to %d, not '%s'",
            NN_DEVICES_MOST, where);
    if (*device)
        return 0;
    err_set(&err, error.out_of_memory ? EX_OSERR : EX_USAGE, "--device %s: %s", where,
            error.out_of_memory ? "out of memory" : why.text);
    return fail(&err);
}

int device_open(struct nn_device **device, const char *where)
{
    struct own_signals own;
    int status;

    own_signals_keep(&own);
    status = open_named(device, where);
    own_signals_restore(&own);
    return status;
}
