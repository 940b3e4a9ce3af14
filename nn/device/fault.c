/* What a device lacks, or what went wrong with it. */
#include "private.h"

#include <stdarg.h>
#include <stdio.h>

int device_fail(struct nn_device *device, enum nn_device_fault fault, const char *format, ...)
{
    va_list args;
    int used;

    if (device->fault)
        return -1;
    device->fault = fault;
    used = snprintf(device->why.text, sizeof device->why.text, "device '%s': ", device->info.name);
    va_start(args, format);
    vsnprintf(device->why.text + used, sizeof device->why.text - (size_t)used, format, args);
    va_end(args);
    return -1;
}

enum nn_device_fault nn_device_fault(const struct nn_device *device, const char **text)
{
    *text = device->why.text;
    return device->fault;
}

struct nn_device_info nn_device_info(const struct nn_device *device)
{
    return device->info;
}
