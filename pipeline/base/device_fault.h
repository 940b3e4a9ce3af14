#ifndef PIPELINE_DEVICE_FAULT_H
#define PIPELINE_DEVICE_FAULT_H

#include "err.h"
#include "nn/nn.h"

/* Fails with the device's fault, if it has one: EX_USAGE where it lacks what is needed, EX_OSERR
 * where its memory is too small, EX_IOERR where it stopped working; of these it says what helps,
 * `if_full` and `if_lost`. A device NULL is this processor, which has none. */
MUST_CHECK int device_check(const struct nn_device *device, const char *if_full,
                            const char *if_lost, struct err *err);

#endif
