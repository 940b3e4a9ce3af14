/* The last layer of every network: softmax and cross-entropy, as PyTorch's CrossEntropyLoss.
 *
 * The loss of a row is the sum over its classes of target[k] * -log(probability[k]). With s the
 * label (one-hot or shares), w the class weights, e the smoothing and K classes, target[k] = w[k]
 * ((1 - e) s[k] + e / K). The batch's loss is the sum of its rows' divided by the sum of their
 * labels' weights; with shares, by their number. A batch without any weight, which PyTorch makes
 * NaN, moves nothing. */
#include "layer_softmax.cl"
#include "layers_on_device.h"
#include "nn/base/exp_log.h"

static double class_weight(const struct pass *pass, int k)
{
    return pass->class_weights ? pass->class_weights[k] : 1;
}

static double share(const struct nn_data *data, int64_t row, int classes, int k)
{
    return data->soft ? (double)data->soft[row * classes + k] : data->onehot[row * classes + k];
}

static double target(const struct pass *pass, int64_t row, int classes, int k)
{
    const double label = share(pass->data, row, classes, k);

    return class_weight(pass, k) * ((1 - pass->smoothing) * label + pass->smoothing / classes);
}

double softmax_weight(const struct pass *pass, int classes)
{
    double sum = 0;

    if (!pass->class_weights || pass->data->soft)
        return pass->rows;
    for (int i = 0; i < pass->rows; i++)
        for (int k = 0; k < classes; k++)
            sum += pass->class_weights[k] * share(pass->data, data_row(pass, i), classes, k);
    return sum;
}

static int largest(const real *values, int count)
{
    int best = 0;

    for (int k = 1; k < count; k++)
        if (values[k] > values[best])
            best = k;
    return best;
}

/* Sets p[k] = exp(logit[k] - highest) / sum over k of exp(logit[k] - highest); returns that sum. */
static double softmax(const real *logits, int classes, real highest, real *p)
{
    double sum = 0;

    for (int k = 0; k < classes; k += EXPS) {
        const int count = classes - k < EXPS ? classes - k : EXPS;
        double e[EXPS] = {0};

        for (int i = 0; i < count; i++)
            e[i] = (double)logits[k + i] - (double)highest;
        nn_exps(e);
        for (int i = 0; i < count; i++) {
            sum += e[i];
            p[k + i] = (real)e[i];
        }
    }
    for (int k = 0; k < classes; k++)
        p[k] = (real)((double)p[k] / sum);
    return sum;
}

static double cross_entropy(const struct pass *pass, int64_t row, const real *logits, int classes,
                            double log_sum)
{
    double loss = 0;

    for (int k = 0; k < classes; k++) {
        const double t = target(pass, row, classes, k);

        if (t != 0)
            loss += t * (log_sum - (double)logits[k]);
    }
    return loss;
}

static int true_class(const struct nn_data *data, int64_t row, int classes)
{
    int best = 0;

    for (int k = 1; k < classes; k++)
        if (share(data, row, classes, k) > share(data, row, classes, best))
            best = k;
    return best;
}

static void forward(const struct node *node, const struct pass *pass, const struct shard *shard)
{
    const int classes = node->in.c;

    for (int i = 0; i < shard->count; i++) {
        const int64_t at = shard->base + i, row = data_row(pass, at);
        const real *logits = grid_row(&node->in, shard->first + i, 0);
        real *p = grid_row(&node->out, shard->first + i, 0);
        const int predicted = largest(logits, classes);
        const double sum = softmax(logits, classes, logits[predicted], p);

        if (pass->probabilities)
            for (int k = 0; k < classes; k++)
                pass->probabilities[at * classes + k] = p[k];
        if (pass->loss) {
            pass->loss[at] =
                cross_entropy(pass, row, logits, classes, nn_log(sum) + (double)logits[predicted]);
            if (pass->correct)
                pass->correct[at] = predicted == true_class(pass->data, row, classes);
        }
    }
}

/* Computes d loss / d logit[k] = (sum of all targets) * p[k] - target[k], over the batch's weight.
 */
static void backward(const struct node *node, const struct pass *pass, const struct shard *shard)
{
    const int classes = node->in.c;

    for (int i = 0; i < shard->count; i++) {
        const int64_t row = data_row(pass, shard->base + i);
        const real *p = grid_row(&node->out, shard->first + i, 0);
        real *gradient = grid_row(&node->din, shard->first + i, 0);
        double all = 0;

        for (int k = 0; k < classes; k++)
            all += target(pass, row, classes, k);
        for (int k = 0; k < classes; k++)
            gradient[k] =
                pass->weight > 0
                    ? (real)((all * (double)p[k] - target(pass, row, classes, k)) / pass->weight)
                    : 0;
    }
}

/* Does backward's work as well, where that is wanted. */
static void device_forward(const struct node *node, const struct pass *pass)
{
    const struct softmax_rows rows = {
        .in = grid_on_device(pass, &node->in),
        .out = grid_on_device(pass, &node->out),
        .din = grid_on_device(pass, &node->din),
        .labels = pass->loss ? pass->device->labels : -1,
        .class_weights = place_on_device(pass, pass->class_weights),
        .loss = place_on_device(pass, pass->loss),
        .correct = place_on_device(pass, pass->correct),
        .probabilities = place_on_device(pass, pass->probabilities),
        .order = place_on_device(pass, pass->order),
        .first = pass->first,
        .weight = pass->weight,
        .smoothing = pass->smoothing,
        .n = pass->rows,
        .soft = pass->data->soft != NULL,
    };

    DEVICE_RUN(pass->device->memory, "softmax_rows", pass->rows, &rows);
}

static void device_backward(const struct node *node, const struct pass *pass)
{
    (void)node, (void)pass;
}

const struct layer_type layer_softmax = {
    .name = "softmax",
    .role = ROLE_LOSS,
    .ops =
        {
            .forward = forward,
            .backward = backward,
            .device_forward = device_forward,
            .device_backward = device_backward,
        },
};
