#ifndef NN_TRAIN_DATA_ON_DEVICE_H
#define NN_TRAIN_DATA_ON_DEVICE_H

#include "nn/plan/plan.h"

/* The data on a device. */

/* Reserves memory for the data's rows and labels, and for what augmentation draws for `batch`
 * pictures at a time; batch 0: there is none. */
void data_reserve_on_device(struct device_data *on_device, const struct nn_data *data,
                            const struct nn_network *net, int batch);
/* Uploads all of it, once memory is there; `background` [c] with augmentation. */
void data_upload_on_device(const struct device_data *on_device, const struct nn_data *data,
                           const struct nn_network *net, const float *background);

#endif
