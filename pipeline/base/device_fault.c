/* A device's fault as an error. */
#include "device_fault.h"

int device_check(const struct nn_device *device, const char *if_full, const char *if_lost,
                 struct err *err)
{
    static const int status[] = {
        [NN_DEVICE_REFUSED] = EX_USAGE, [NN_DEVICE_FULL] = EX_OSERR, [NN_DEVICE_LOST] = EX_IOERR};
    const char *text = NULL;
    const enum nn_device_fault fault = device ? nn_device_fault(device, &text) : NN_DEVICE_WELL;

    if (fault == NN_DEVICE_WELL)
        return 0;
    return err_set(err, status[fault], "%s%s", text,
                   fault == NN_DEVICE_FULL   ? if_full
                   : fault == NN_DEVICE_LOST ? if_lost
                                             : "");
}
