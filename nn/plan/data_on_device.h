#ifndef NN_PLAN_DATA_ON_DEVICE_H
#define NN_PLAN_DATA_ON_DEVICE_H

#include "nn/network/network.h"

/* The data on a device. */

/* Reserves memory for `rows` rows of data of these kinds of pictures and labels, and for what
 * augmentation draws for `augmented` pictures at a time; 0: there is none. */
void data_reserve_on_device(struct device_data *on_device, const struct nn_data *data,
                            const struct nn_network *net, int64_t rows, int augmented);
/* Returns the bytes that it reserves for the rows. */
size_t data_bytes_on_device(const struct nn_data *data, const struct nn_network *net, int64_t rows);
/* Uploads pictures and labels of the pass's first `count` rows, once memory is there. */
void data_upload_on_device(const struct device_data *on_device, const struct pass *pass,
                           int64_t count);

#endif
