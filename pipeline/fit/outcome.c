/* Whether a training went well, said with the option that helps. */
#include "outcome.h"

#include "pipeline/base/json.h"
#include "pipeline/base/strbuf.h"
#include "pipeline/dataset/rows.h"
#include "pipeline/predict/metrics.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Limits that no training of a preset, recipe or budget on digits comes near. */
static const double RAN_AWAY = 10;     /* times the loss of guessing */
static const double NEAR_GUESS = 0.98; /* of that loss: next to nothing was learnt */
static const double ROSE = 1.25;       /* times the lowest validation loss */
static const double ROSE_LEAST = 0.05; /* nats */
static const double USUAL_RATE = 1e-3; /* what a rate far below what is usual is compared with */
enum { FEW_UPDATES = 100, EPOCHS_APART = 2, STILL_HIGH = 10, ROWS_UNSEEN = 2, CLASSES_NAMED = 3 };

/* ---- Guessing ---- */

double outcome_guess(const double *counts, const double *weights, double smoothing, int classes)
{
    double sum = 0, entropy = 0;

    for (int k = 0; k < classes; k++)
        sum += counts[k] * (weights ? weights[k] : 1);
    for (int k = 0; k < classes && sum > 0; k++) {
        const double share =
            (1 - smoothing) * counts[k] * (weights ? weights[k] : 1) / sum + smoothing / classes;

        if (share > 0)
            entropy -= share * log(share);
    }
    return entropy;
}

/* ---- The losses of the epochs ---- */

static double loss_of(const struct outcome *o, int epoch)
{
    return json_number(json_array_get(o->epochs, (size_t)epoch - 1), "loss");
}

/* Returns NAN where there is no validation data. */
static double val_loss_of(const struct outcome *o, int epoch)
{
    const json_t *scores = json_object_get(json_array_get(o->epochs, (size_t)epoch - 1), "scores");

    return json_number(json_object_get(scores, "val"), "loss");
}

/* Finds the epoch with the highest training loss, or with the lowest validation loss. */
static int extreme_epoch(const struct outcome *o, double (*loss)(const struct outcome *, int),
                         bool highest)
{
    const int count = (int)json_array_size(o->epochs);
    int found = 1;

    for (int e = 2; e <= count; e++)
        if (highest ? loss(o, e) > loss(o, found) : loss(o, e) < loss(o, found))
            found = e;
    return found;
}

/* ---- What went wrong ---- */

/* Looks for a loss that was far above guessing and has not come far below it. */
static bool ran_away(const struct outcome *o, char text[TROUBLE_TEXT])
{
    const int worst = extreme_epoch(o, loss_of, true);

    if (!(loss_of(o, worst) > RAN_AWAY * o->guess) || loss_of(o, o->kept) < o->guess / 2)
        return false;
    snprintf(text, TROUBLE_TEXT,
             "the training ran away: loss %.4g in epoch %d, guessing gives %.4f; --lr %g is worth "
             "a try",
             loss_of(o, worst), worst, o->guess, o->lr / 10);
    return true;
}

/* Returns what helps a training that was too short. */
static const char *longer(const struct outcome *o)
{
    return o->by_clock ? "a longer --within is worth a try" : "more --epochs are worth a try";
}

static bool learnt_nothing(const struct outcome *o, char text[TROUBLE_TEXT])
{
    const double loss = loss_of(o, o->kept), val = val_loss_of(o, o->kept);
    char advice[96];

    if (loss < NEAR_GUESS * o->guess || val < NEAR_GUESS * o->val_guess)
        return false;
    snprintf(advice, sizeof advice, "%s", longer(o));
    if (o->slow || o->updates >= FEW_UPDATES)
        snprintf(advice, sizeof advice, "%s--lr %g is worth a try",
                 o->lr == 0 ? "--lr 0 leaves all weights as they are, "
                 : o->slow  ? "the learning rate is low, "
                            : "",
                 o->slow ? fmax(o->lr * 10, USUAL_RATE) : o->lr / 10);
    snprintf(text, TROUBLE_TEXT, "learnt %s: loss %.4f, guessing gives %.4f; %s",
             loss < o->guess ? "little" : "nothing", loss, o->guess, advice);
    return true;
}

static double rate_of(const struct outcome *o, int epoch)
{
    return json_number(json_array_get(o->epochs, (size_t)epoch - 1), "lr");
}

/* Looks for a learning rate that is still high where --patience stopped: such a schedule lowers the
 * loss most by its fall. */
static bool stopped_too_early(const struct outcome *o, char text[TROUBLE_TEXT])
{
    const int last = (int)json_array_size(o->epochs);

    if (!o->cut_off || rate_of(o, last) < o->lr / STILL_HIGH)
        return false;
    snprintf(text, TROUBLE_TEXT,
             "--patience stopped in epoch %d at a learning rate of %.3g, before --schedule %s had "
             "let it fall, which lowers the loss: leave --patience out, or take fewer --epochs",
             last, rate_of(o, last), o->cut_off);
    return true;
}

static bool passed_a_better_epoch(const struct outcome *o, char text[TROUBLE_TEXT])
{
    const int best = extreme_epoch(o, val_loss_of, false);
    const double lowest = val_loss_of(o, best), kept = val_loss_of(o, o->kept);

    if (o->keeps_best || o->kept - best < EPOCHS_APART ||
        !(kept > ROSE * lowest && kept > lowest + ROSE_LEAST))
        return false;
    snprintf(
        text, TROUBLE_TEXT,
        "validation loss rose from %.4f in epoch %d to %.4f in epoch %d, which is kept; --keep "
        "best keeps the former",
        lowest, best, kept, o->kept);
    return true;
}

bool outcome_text(const struct outcome *o, char text[TROUBLE_TEXT])
{
    *text = 0;
    if (o->kept < 1 || (size_t)o->kept > json_array_size(o->epochs) || !(o->guess > 0.01))
        return false;
    if (ran_away(o, text) || learnt_nothing(o, text))
        return true;
    if (o->rectified && (o->unseen || !o->meant)) {
        snprintf(text, TROUBLE_TEXT,
                 "the last layer is a rectifier, so that no class scores below 0: leave it out");
        return true;
    }
    if (stopped_too_early(o, text))
        return true;
    if (o->unseen) {
        snprintf(text, TROUBLE_TEXT, "%.160s never predicted on the validation data; %s", o->unseen,
                 o->rare ? "--class-weights balanced gives rare classes more weight" : longer(o));
        return true;
    }
    return passed_a_better_epoch(o, text);
}

/* ---- Judging a training ---- */

/* Adds up the labels of the data into counts[classes]. */
static void count_labels(const struct nn_data *data, int classes, double *counts)
{
    memset(counts, 0, (size_t)classes * sizeof *counts);
    for (int64_t i = 0; i < data->n; i++) {
        const int64_t row = (data->index ? data->index[i] : i) * classes;

        for (int k = 0; k < classes; k++)
            counts[k] += data->soft ? (double)data->soft[row + k] : data->onehot[row + k];
    }
}

static bool is_rectified(const struct nn_network *net)
{
    return strcmp(nn_network_layer(net, nn_network_layers(net) - 1).text, "relu") == 0;
}

/* Writes "class 'a' is" or "classes 'a', 'b', 'c' and 4 more are"; nothing if every class that was
 * trained on is predicted. */
static void name_unseen(const struct training *t, const struct metrics *m, const double *trained,
                        struct strbuf *text, bool *rare)
{
    struct strbuf names = {0};
    int count = 0;

    for (int k = 0; k < m->classes; k++) {
        if (metrics_support(m, k) < ROWS_UNSEEN || metrics_predicted(m, k) > 0 || !(trained[k] > 0))
            continue;
        *rare |= !t->class_weights && 2 * m->classes * trained[k] < (double)t->data.n;
        if (count++ < CLASSES_NAMED)
            strbuf_printf(&names, "%s'%.32s'", count > 1 ? ", " : "", t->train.info.class_names[k]);
    }
    if (count > CLASSES_NAMED)
        strbuf_printf(&names, " and %d more", count - CLASSES_NAMED);
    if (count)
        strbuf_printf(text, "class%s %s %s", count > 1 ? "es" : "", strbuf_shown(&names),
                      count > 1 ? "are" : "is");
    strbuf_free(&names);
}

/* The predictor for the epochs' weights has done its work, and gives its memory to one for those
 * that are kept. */
static int find_unseen(struct training *t, const double *trained, struct strbuf *text, bool *rare,
                       struct err *err)
{
    const int classes = t->train.info.class_count;
    struct metrics metrics = {0};
    int result = -1;

    nn_predictor_free(t->predictor);
    t->predictor = nn_predictor_new(t->model.net, t->model.weights, t->pool, &t->model.input);
    if (!t->predictor)
        err_memory(err, "predicting the validation data", 0);
    else if (training_move_predictor(t, err) == 0 && metrics_init(&metrics, classes, err) == 0 &&
             keep_gather(&metrics, t->predictor, &t->scored[0].data, err) == 0 &&
             training_check_device(t, err) == 0) {
        name_unseen(t, &metrics, trained, text, rare);
        result = 0;
    }
    metrics_free(&metrics);
    return result;
}

/* Returns the schedule that --patience ended before its learning rate was 0; NULL: it did not. */
static const char *schedule_cut_off(const struct training *t)
{
    const struct training_settings *s = &t->settings;
    const int epochs = (int)json_array_size(t->model.epochs);

    if (!s->patience || epochs - t->best_epoch < s->patience)
        return NULL;
    return s->nn.schedule == NN_ONE_CYCLE ? "one-cycle"
           : s->nn.schedule == NN_COSINE  ? "cosine"
                                          : NULL;
}

int training_judge(struct training *t, struct err *err)
{
    const struct training_settings *s = &t->settings;
    const int classes = t->train.info.class_count;
    const bool slow = s->nn.lr < (s->nn.optimizer == NN_SGD ? 1e-3 : 1e-5);
    double *counts = calloc(2 * (size_t)classes, sizeof *counts);
    struct strbuf unseen = {0};
    struct outcome outcome = {
        .epochs = t->model.epochs,
        .kept = t->best && t->best_epoch ? t->best_epoch : (int)json_array_size(t->model.epochs),
        .keeps_best = s->keep_best,
        .val_guess = NAN,
        .lr = s->nn.lr,
        .slow = slow,
        .updates = nn_trainer_updates(t->trainer),
        .cut_off = schedule_cut_off(t),
        .by_clock = s->within > 0 && s->nn.bends > 0,
        .rectified = is_rectified(t->model.net),
        .meant = s->preset || s->recipe};
    int result = 0;

    if (!counts)
        return err_memory(err, "class counts", 0);
    count_labels(&t->data, classes, counts);
    outcome.guess = outcome_guess(counts, t->class_weights, s->nn.label_smoothing, classes);
    if (t->has_validation && outcome.kept > 0) {
        count_labels(&t->scored[0].data, classes, counts + classes);
        outcome.val_guess = outcome_guess(counts + classes, NULL, 0, classes);
        result = find_unseen(t, counts, &unseen, &outcome.rare, err);
        outcome.unseen = unseen.size ? strbuf_shown(&unseen) : NULL;
    }
    if (result == 0)
        outcome_text(&outcome, t->model.trouble);
    strbuf_free(&unseen);
    free(counts);
    return result;
}
