/* The table of kernels that a user asks for. */
#include "choose_kernels.h"

#include "nn/nn.h"
#include "options.h"

#include <stdlib.h>

int choose_kernels(void)
{
    const char *name = getenv("CSVNET_KERNELS");

    return nn_kernels_choose(name)
               ? usage_error("CSVNET_KERNELS=%s: this processor has no such kernels", name)
               : 0;
}
