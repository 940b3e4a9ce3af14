#ifndef NN_PLAN_ON_DEVICE_H
#define NN_PLAN_ON_DEVICE_H

#include "plan.h"

/* A plan on a device. */

/* Reserves its memory there, for so many pictures. Returns -1, the device's fault noted, where a
 * layer has no kernels. */
int plan_reserve_on_device(struct plan *plan, int rows);
/* Run a batch forward and, if requested, backward; and make the derived numbers. */
void plan_run_on_device(const struct plan *plan, bool backward, const struct pass *pass);
void plan_refresh_on_device(const struct plan *plan);

#endif
