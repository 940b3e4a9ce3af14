#ifndef PIPELINE_DEVICE_FAULT_H
#define PIPELINE_DEVICE_FAULT_H

#include "err.h"
#include "nn/nn.h"

/* Fails with the device's fault, if it has one: EX_USAGE where it lacks what is needed, EX_OSERR
 * where its memory is too small, EX_IOERR where it stopped working, `then` being said of that. A
 * device NULL is this processor, which has none. */
MUST_CHECK int device_check(const struct nn_device *device, const char *then, struct err *err);

#endif
