/* The device of a training: its faults, and the predictor there. */
#include "pipeline/base/device_fault.h"
#include "training.h"

int training_check_device(const struct training *t, struct err *err)
{
    return device_check(
        t->settings.nn.device,
        "; a smaller --batch needs less, as do fewer trainings at a time (make -j), "
        "and --device cpu none",
        "; a run with --checkpoint goes on by --resume, on any --device", err);
}

int training_move_predictor(struct training *t, struct err *err)
{
    if (nn_predictor_move(t->predictor, t->settings.nn.device) == 0)
        return 0;
    return training_check_device(t, err) ? -1 : err_memory(err, "predicting on the device", 0);
}
