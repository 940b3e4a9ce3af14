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

/* Of a row: the largest logit and its class, and the sum over k of exp(logit[k] - largest). */
struct top {
    real largest;
    int at;
    double sum;
};

/* Finds the first of the largest logits, without branches: none would be foreseen. */
static struct top top_of(const real *logits, int classes)
{
    struct top top = {.largest = logits[0]};

    for (int k = 1; k < classes; k++)
        top.largest = logits[k] > top.largest ? logits[k] : top.largest;
    for (int k = classes - 1; k > 0; k--)
        top.at = logits[k] == top.largest ? k : top.at;
    top.at = logits[0] == top.largest ? 0 : top.at;
    return top;
}

/* Exps at a time: of several rows where these have few classes, since one exp alone waits for its
 * own steps. */
enum { TOGETHER = 16 * EXPS };

/* Sets p[k] = exp(logit[k] - largest) / sum for `rows` rows from `first` on, and each row's top. */
static void softmax(const struct node *node, int first, int rows, struct top *top)
{
    const int classes = node->in.c, width = classes < TOGETHER ? classes : TOGETHER;

    for (int r = 0; r < rows; r++)
        top[r] = top_of(grid_row(&node->in, first + r, 0), classes);
    for (int k = 0; k < classes; k += width) {
        const int count = classes - k < width ? classes - k : width;
        double e[TOGETHER] = {0};
        int n = 0;

        for (int r = 0; r < rows; r++)
            for (int i = 0; i < count; i++)
                e[n++] = (double)grid_row(&node->in, first + r, 0)[k + i] - (double)top[r].largest;
        for (int i = 0; i < n; i += EXPS)
            nn_exps(e + i);
        n = 0;
        for (int r = 0; r < rows; r++)
            for (int i = 0; i < count; i++, n++) {
                top[r].sum += e[n];
                grid_row(&node->out, first + r, 0)[k + i] = (real)e[n];
            }
    }
    for (int r = 0; r < rows; r++) {
        real *p = grid_row(&node->out, first + r, 0);

        for (int k = 0; k < classes; k++)
            p[k] = (real)((double)p[k] / top[r].sum);
    }
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

/* Writes what the pass asks of a row. */
static void give_row(const struct node *node, const struct pass *pass, const struct shard *shard,
                     int i, const struct top *top)
{
    const int classes = node->in.c;
    const int64_t at = shard->base + i, row = data_row(pass, at);
    const real *logits = grid_row(&node->in, shard->first + i, 0);
    const real *p = grid_row(&node->out, shard->first + i, 0);

    if (pass->probabilities)
        memcpy(pass->probabilities + at * classes, p, (size_t)classes * sizeof *p);
    if (pass->loss)
        pass->loss[at] =
            cross_entropy(pass, row, logits, classes, nn_log(top->sum) + (double)top->largest);
    if (pass->loss && pass->correct)
        pass->correct[at] = top->at == true_class(pass->data, row, classes);
}

static void forward(const struct node *node, const struct pass *pass, const struct shard *shard)
{
    const int classes = node->in.c, most = classes < TOGETHER ? TOGETHER / classes : 1;
    struct top top[TOGETHER];

    for (int first = 0; first < shard->count; first += most) {
        const int rows = shard->count - first < most ? shard->count - first : most;

        softmax(node, shard->first + first, rows, top);
        for (int i = 0; i < rows; i++)
            give_row(node, pass, shard, first + i, &top[i]);
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
