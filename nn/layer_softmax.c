/* The other end of every network: softmax and cross-entropy. In training the gradient of the mean
 * loss over the batch by the logits is (probability - label) / rows. */
#include "exp_log.h"
#include "layer.h"

static double label(const struct nn_data *data, int64_t row, int classes, int k)
{
    if (data->soft)
        return (double)data->soft[row * classes + k];
    return data->onehot[row * classes + k];
}

static int largest(const real *values, int count)
{
    int best = 0;

    for (int k = 1; k < count; k++)
        if (values[k] > values[best])
            best = k;
    return best;
}

/* p = exp(logit - largest), not divided yet; returns their sum. */
static double exponentials(const real *logits, int classes, real highest, real *p)
{
    double sum = 0;

    for (int k = 0; k < classes; k++) {
        double e = nn_exp((double)logits[k] - (double)highest);

        sum += e;
        p[k] = (real)e;
    }
    return sum;
}

/* Sum over the classes of -label * log(probability), from the logits. */
static double cross_entropy(const struct nn_data *data, int64_t row, const real *logits,
                            int classes, double log_sum, int *truth)
{
    double loss = 0, top = -1;

    for (int k = 0; k < classes; k++) {
        double share = label(data, row, classes, k);

        if (share != 0)
            loss += share * (log_sum - (double)logits[k]);
        if (share > top) {
            top = share;
            *truth = k;
        }
    }
    return loss;
}

static void forward(const struct node *node, const struct pass *pass, const struct shard *shard)
{
    const int classes = node->in.c;
    const bool labelled = pass->data->onehot || pass->data->soft;

    for (int i = 0; i < shard->count; i++) {
        const int64_t at = shard->base + i;
        const int64_t row = pass->order ? pass->order[at] : pass->first + at;
        const real *logits = grid_row(&node->in, shard->first + i, 0);
        real *p = grid_row(&node->out, shard->first + i, 0);
        const int predicted = largest(logits, classes);
        const double sum = exponentials(logits, classes, logits[predicted], p);

        for (int k = 0; k < classes; k++)
            p[k] = (real)((double)p[k] / sum);
        if (pass->probabilities)
            for (int k = 0; k < classes; k++)
                pass->probabilities[at * classes + k] = p[k];
        if (labelled && pass->loss) {
            int truth = 0;

            pass->loss[at] = cross_entropy(pass->data, row, logits, classes,
                                           nn_log(sum) + (double)logits[predicted], &truth);
            pass->correct[at] = predicted == truth;
        }
    }
}

static void backward(const struct node *node, const struct pass *pass, const struct shard *shard)
{
    const int classes = node->in.c;

    for (int i = 0; i < shard->count; i++) {
        const int64_t row = pass->order[shard->base + i];
        const real *p = grid_row(&node->out, shard->first + i, 0);
        real *gradient = grid_row(&node->din, shard->first + i, 0);

        for (int k = 0; k < classes; k++)
            gradient[k] = (real)(((double)p[k] - label(pass->data, row, classes, k)) / pass->rows);
    }
}

const struct layer_type layer_softmax = {
    .name = "softmax",
    .role = ROLE_LOSS,
    .forward = forward,
    .backward = backward,
};
