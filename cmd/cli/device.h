#ifndef CMD_DEVICE_H
#define CMD_DEVICE_H

#include "nn/nn.h"
#include "options.h"

/* Where to compute. */

/* The words that --device takes, for help and completion. */
extern const char *const device_words[];
/* Those of drivers, which may be followed by :N; and their names, for people. */
extern const char *const driver_words[NN_DRIVERS];
extern const char *const driver_names[NN_DRIVERS];
#define DEVICE_OPTION(target)                                                                      \
    OPTION(                                                                                        \
        OPTION_TEXT, "device", 0, "WHERE", target, 0, 0, device_words,                             \
        "where to compute: auto, a GPU if there is one that gives this processor's bytes; cpu; "   \
        "gpu; cuda:N or opencl:N, as csvnet devices lists them. The bytes are the same")

/* Tells whether --device may name one besides this processor. */
bool device_possible(const char *where);
/* Opens what --device names: *device NULL is this processor. Of auto it says why a GPU is not
 * used. Returns 0, or the exit status, the mistake having been printed. */
int device_open(struct nn_device **device, const char *where);

#endif
