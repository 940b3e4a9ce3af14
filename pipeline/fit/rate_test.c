/* Finds a learning rate by raising it. */
#include "rate_test.h"

#include "pipeline/base/json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* As fastai has them: the weight of what was before in the mean of the losses, and how many times
 * the least loss ends the test. */
static const double SMOOTH = 0.98, AWAY = 4;
/* A loss that falls by less has learnt nothing. */
static const double FALL = 0.05;

double rate_choose(const double *rate, const double *loss, int count, double share)
{
    int length[RATE_TEST_STEPS], end = 0;

    for (int i = 0; i < count; i++) {
        length[i] = 1;
        for (int j = 0; j < i; j++)
            if (loss[i] < loss[j] && length[i] <= length[j])
                length[i] = length[j] + 1;
        if (length[i] > length[end])
            end = i;
    }
    return count > 0 && loss[end] < (1 - FALL) * loss[0]
               ? rate[end - (int)((1 - share) * length[end])]
               : NAN;
}

/* Rounds to two digits, as one would write it. */
static double round_rate(double rate)
{
    char text[32];

    snprintf(text, sizeof text, "%.1e", rate);
    return strtod(text, NULL);
}

/* Takes the step number i. Returns the mean loss of its batch; INFINITY: it is none. */
static double step(struct nn_trainer *trainer, int i, double rate)
{
    const struct nn_progress *p = nn_trainer_progress(trainer);
    double loss, weight;
    int got;

    if (i == 0)
        nn_trainer_begin_epoch(trainer, 1);
    nn_trainer_set_rate(trainer, rate);
    loss = p->loss;
    weight = p->weight;
    got = nn_trainer_step(trainer);
    if (got == 0) {
        nn_trainer_begin_epoch(trainer, p->epoch + 1);
        loss = weight = 0;
        got = nn_trainer_step(trainer);
    }
    return got > 0 && nn_trainer_settle(trainer) == 0 && p->weight > weight
               ? (p->loss - loss) / (p->weight - weight)
               : INFINITY;
}

static void raise_rate(struct rate_test *test, struct nn_trainer *trainer)
{
    const double factor = RATE_TEST_HIGHEST / RATE_TEST_LOWEST;
    double mean = 0, weight = 0, least = INFINITY;

    for (int i = 0; i < RATE_TEST_STEPS; i++) {
        const double rate = RATE_TEST_LOWEST * pow(factor, (double)i / (RATE_TEST_STEPS - 1));
        const double loss = step(trainer, i, rate);

        mean = SMOOTH * mean + (1 - SMOOTH) * loss;
        weight = SMOOTH * weight + (1 - SMOOTH);
        if (!(mean / weight < AWAY * least) && i > 0)
            return;
        test->rate[i] = rate;
        test->loss[i] = mean / weight;
        test->count = i + 1;
        least = fmin(least, test->loss[i]);
    }
}

int rate_test(struct rate_test *test, const struct training_settings *settings,
              const struct training_files *files, int threads, struct err *err)
{
    struct training_settings probe = *settings;
    struct training_files alone = {.train = files->train, .train_count = files->train_count};
    struct training training;
    double rate;
    int result;

    *test = (struct rate_test){0};
    probe.nn.lr = RATE_TEST_LOWEST;
    probe.nn.schedule = NN_CONSTANT;
    probe.nn.bends = 0;
    probe.nn.plain_epochs = 0;
    probe.nn.epochs = RATE_TEST_STEPS;
    probe.keep = KEEP_LAST;
    probe.keep_best = false;
    probe.patience = 0;
    result = training_open(&training, &probe, &alone, threads, err);
    if (result == 0) {
        raise_rate(test, training.trainer);
        result = training_check_device(&training, err);
    }
    training_close(&training);
    if (result)
        return -1;
    rate = rate_choose(test->rate, test->loss, test->count,
                       settings->nn.schedule == NN_ONE_CYCLE ? 0.75 : 0.5);
    if (isnan(rate))
        return err_set(err, EX_DATAERR,
                       "--lr find: the loss falls at no rate from %g to %g: give a number%s",
                       RATE_TEST_LOWEST, RATE_TEST_HIGHEST,
                       settings->from ? ", for weights that are trained already a tenth of what "
                                        "trained them or less"
                                      : "");
    test->found = round_rate(rate);
    return 0;
}

json_t *rate_test_json(const struct rate_test *test)
{
    json_t *rates = json_array(), *losses = json_array();

    for (int i = 0; i < test->count; i++) {
        json_array_append_new(rates, json_real(test->rate[i]));
        json_array_append_new(losses, json_real(test->loss[i]));
    }
    return json_pack("{s:o, s:o, s:f}", "lr", rates, "loss", losses, "found", test->found);
}

struct rate_test rate_test_read(const json_t *json)
{
    const json_t *rates = json_object_get(json, "lr"), *losses = json_object_get(json, "loss");
    struct rate_test test = {.found = json_number(json, "found")};

    while (test.count < RATE_TEST_STEPS && test.count < (int)json_array_size(rates)) {
        const double rate = json_number_value(json_array_get(rates, (size_t)test.count));
        const double loss = json_number_value(json_array_get(losses, (size_t)test.count));

        if (!(rate > 0) || !(loss >= 0))
            break;
        test.rate[test.count] = rate;
        test.loss[test.count++] = loss;
    }
    return test;
}
