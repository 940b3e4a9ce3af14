/* csvnet devices: what there is besides this processor. */
#include "devices.h"

#include "cmd/cli/device.h"
#include "cmd/cli/say.h"
#include "nn/nn.h"

#include <stdio.h>

static void print_device(enum nn_driver driver, int number, const struct nn_device_info *info)
{
    struct nn_error error;
    struct nn_device *device = nn_device_open(driver, number, &error);

    printf("%s:%d  %s, %s, %lld MiB: ", driver_words[driver], number + 1, info->name,
           info->gpu ? "a GPU" : "no GPU, so only by this name", (long long)(info->bytes >> 20));
    if (device)
        printf("gives this processor's bytes\n");
    else
        printf("refused: %s\n", error.out_of_memory ? "out of memory" : error.text);
    nn_device_close(device);
}

int devices_print(void)
{
    struct nn_device_info list[NN_DEVICES_MOST];

    nn_kernels_choose(NULL);
    printf("cpu       this processor\n");
    for (int driver = 0; driver < NN_DRIVERS; driver++) {
        struct nn_error error;
        const int count = nn_devices((enum nn_driver)driver, list, &error);

        if (count == 0)
            printf("%-8s  none: no driver has a device\n", driver_words[driver]);
        if (count < 0)
            printf("%-8s  none: %s\n", driver_words[driver], error.text);
        for (int i = 0; i < count; i++)
            print_device((enum nn_driver)driver, i, &list[i]);
    }
    return end_of_printing();
}
