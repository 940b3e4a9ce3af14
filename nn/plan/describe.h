#ifndef NN_DESCRIBE_H
#define NN_DESCRIBE_H

#include "plan.h"

/* Describes a group of a plan's layers for nn_trainer_group(). */
struct nn_group plan_group(const struct plan *plan, int number);

#endif
