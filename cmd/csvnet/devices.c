/* csvnet devices: what there is besides this processor. */
#include "devices.h"

#include "cmd/cli/say.h"
#include "nn/nn.h"

#include <stdio.h>

static void print_device(int number, const struct nn_device_info *info)
{
    struct nn_error error;
    struct nn_device *device = nn_device_open(number, &error);

    printf("opencl:%d  %s, %s, %lld MiB: ", number + 1, info->name,
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
    struct nn_error error;
    const int count = nn_devices(list, &error);

    nn_kernels_choose(NULL);
    printf("cpu       this processor\n");
    if (count <= 0)
        printf("no other: %s\n", count < 0 ? error.text : "no driver of OpenCL has a device");
    for (int i = 0; i < count; i++)
        print_device(i, &list[i]);
    return end_of_printing();
}
