/* A training that is stopped after any step and resumed ends in the bytes of one that was not. */
#include "pipeline/fit/checkpoint.h"

#include "tests/support/presets.h"
#include "tests/support/scratch.h"

#include <string.h>

Suite *suite_checkpoint(void);

enum { SIDE = 28, PIXELS = SIDE * SIDE, CLASSES = 10, MOST_ROWS = 90 };
#ifdef SANITIZED
enum { STOPS = 2, LEAST = 2 }; /* each is a training, which takes ten times as long there */
#else
enum { STOPS = 8, LEAST = 5 };
#endif

static struct err err;

/* ---- Data: pictures of random bytes, labels by chance ---- */

static void write_data(const char *path, int rows)
{
    static char *classes[] = {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"};
    static int64_t numbers[MOST_ROWS];
    static uint8_t labels[MOST_ROWS][CLASSES], images[MOST_ROWS][PIXELS];
    const struct dataset_info info = {.c = 1,
                                      .h = SIDE,
                                      .w = SIDE,
                                      .pixel = DTYPE_U8,
                                      .has_labels = true,
                                      .class_count = CLASSES,
                                      .classes = classes,
                                      .class_names = classes,
                                      .column_count = PIXELS,
                                      .source = "made up",
                                      .source_digest = "0123456789abcdef0123456789abcdef"};
    const struct dataset_chunk chunk = {rows, rows, numbers, NULL, NULL, labels, images};
    const struct nn_random random = {5, 0, 0};
    json_t *options = json_object();
    struct tensor_writer *file;
    struct dataset_writer writer;

    memset(labels, 0, sizeof labels);
    for (int i = 0; i < rows; i++) {
        numbers[i] = i + 1;
        labels[i][nn_random_below(&random, (uint64_t)i, CLASSES)] = 1;
        for (int p = 0; p < PIXELS; p++)
            images[i][p] = (uint8_t)nn_random_below(&random, (uint64_t)(i * PIXELS + p), 256);
    }
    MUST(tensor_writer_open(&file, path, &err));
    MUST(dataset_writer_init(&writer, file, &info, &err));
    MUST(dataset_writer_append(&writer, &chunk, &err));
    MUST(dataset_writer_commit(&writer, &info, options, NULL, &err));
    dataset_writer_close(&writer);
    json_decref(options);
}

/* ---- Trainings ---- */

/* Adam on one cycle, the best epoch kept: whatever a checkpoint has to hold is in play. */
static struct training_settings usual(const char *arch)
{
    return (struct training_settings){.arch = arch,
                                      .divisor = "auto",
                                      .mean = "auto",
                                      .std = "auto",
                                      .folds = 3,
                                      .fold = 2,
                                      .fold_seed = 1,
                                      .keep_best = true,
                                      .nn = {.optimizer = NN_ADAM,
                                             .schedule = NN_ONE_CYCLE,
                                             .lr = 0.01,
                                             .beta1 = 0.9,
                                             .beta2 = 0.999,
                                             .epsilon = 1e-8,
                                             .gamma = 0.5,
                                             .epochs = 3,
                                             .batch = 7,
                                             .shuffle = true,
                                             .seed = 3}};
}

static void open_training(struct training *t, const struct training_settings *settings, int threads)
{
    char *const paths[] = {(char *)scratch("data")};
    const struct training_files files = {.train = paths, .train_count = 1};

    MUST(training_open(t, settings, &files, threads, &err));
}

static int64_t steps_of(const struct training *t)
{
    return (t->data.n + t->settings.nn.batch - 1) / t->settings.nn.batch;
}

static const char *checkpoint_at(int64_t step)
{
    char name[40];

    snprintf(name, sizeof name, "checkpoint-%lld", (long long)step);
    return scratch(name);
}

/* The rest of an epoch; a checkpoint is left at every step of the run that `saves` says. */
static int end_epoch(struct training *t, const bool *saves)
{
    const struct nn_progress *p = nn_trainer_progress(t->trainer);
    struct nn_score score;
    json_t *figures;
    int got;

    while ((got = nn_trainer_step(t->trainer)) == 1) {
        const int64_t step = (p->epoch - 1) * steps_of(t) + p->step;

        if (saves && saves[step])
            MUST(checkpoint_save(t, checkpoint_at(step), &err));
    }
    ck_assert_int_eq(got, 0);
    MUST(training_score(t, &score, &err));
    figures = json_pack("{s:i, s:f, s:f, s:f, s:I}", "epoch", p->epoch, "loss", p->loss / p->weight,
                        "lr", p->lr, "val", score.loss, "correct", (json_int_t)p->correct);
    got = training_end_epoch(t, p->epoch, figures, &err);
    json_decref(figures);
    return got;
}

/* From where it is to its end; the model goes to file `name`. */
static void train(struct training *t, const bool *saves, const char *name)
{
    struct tensor_writer *writer;
    int epoch = nn_trainer_progress(t->trainer)->epoch;

    if (epoch == 0)
        nn_trainer_begin_epoch(t->trainer, epoch = 1);
    while (end_epoch(t, saves) == 0 && ++epoch <= t->settings.nn.epochs)
        nn_trainer_begin_epoch(t->trainer, epoch);
    MUST(tensor_writer_open(&writer, scratch(name), &err));
    MUST(training_save(t, writer, &err));
    tensor_writer_close(writer);
    training_close(t);
}

static void expect_same(const char *path, const char *wanted, int64_t step)
{
    size_t size, wanted_size;
    char *bytes = slurp(path, &size), *wanted_bytes = slurp(wanted, &wanted_size);

    ck_assert_msg(size == wanted_size && memcmp(bytes, wanted_bytes, size) == 0,
                  "resumed after step %lld the model is another", (long long)step);
    free(bytes);
    free(wanted_bytes);
}

/* The last step of each epoch, and STOPS by chance, all if there are no more. */
static void choose_stops(bool *saves, int64_t steps, int64_t epoch_steps, uint64_t seed)
{
    const struct nn_random random = {seed, 0, 0};

    for (int64_t i = 1; i <= steps; i++)
        saves[i] = steps <= STOPS || i % epoch_steps == 0;
    for (uint64_t i = 0; i < STOPS && steps > STOPS; i++)
        saves[1 + nn_random_below(&random, i, (uint64_t)steps)] = true;
}

static void resume_everywhere(const struct training_settings *settings, int rows)
{
    bool saves[1000] = {false};
    struct training t;
    struct err why;
    int64_t steps;
    int resumed = 0;

    write_data(scratch("data"), rows);
    open_training(&t, settings, 2);
    steps = steps_of(&t) * settings->nn.epochs;
    ck_assert_int_lt(steps, 1000);
    choose_stops(saves, steps, steps_of(&t), 21);
    train(&t, saves, "whole");
    for (int64_t step = 1; step <= steps; step++)
        if (saves[step] && access(checkpoint_at(step), F_OK) == 0) {
            open_training(&t, settings, 1 + (int)(step % 3));
            ck_assert_msg(checkpoint_load(&t, checkpoint_at(step), &why, &err) == 1, "%s",
                          err.text);
            train(&t, NULL, "resumed");
            expect_same(scratch("resumed"), scratch("whole"), step);
            resumed++;
        }
    ck_assert_int_ge(resumed, LEAST); /* patience may end the run before the last stops */
}

START_TEST(every_preset_resumes_from_any_step)
{
    struct training_settings settings = usual(nets[_i].name);
    const bool slow = strlen(nets[_i].text) > 300;

    settings.nn.epochs = slow ? 2 : 3;
    settings.nn.batch = slow ? 6 : 4;
    resume_everywhere(&settings, slow ? 27 : 60);
}
END_TEST

static const struct {
    enum nn_optimizer optimizer;
    enum nn_schedule schedule;
    double lr, momentum;
    bool nesterov;
} ways[] = {{NN_SGD, NN_CONSTANT, 0.1, 0, false},
            {NN_SGD, NN_COSINE, 0.1, 0.9, false},
            {NN_SGD, NN_ONE_CYCLE, 0.1, 0, false},
            {NN_SGD, NN_STEP, 0.1, 0.9, true},
            {NN_ADAMW, NN_EXPONENTIAL, 0.01, 0, false}};
enum { WAYS = sizeof ways / sizeof *ways };

START_TEST(every_optimizer_resumes_from_any_step)
{
    struct training_settings settings =
        usual("conv 3 5x5 stride 3, batchnorm, relu, dropout 0.5, flatten, linear");

    settings.nn.optimizer = ways[_i].optimizer;
    settings.nn.schedule = ways[_i].schedule;
    settings.nn.lr = ways[_i].lr;
    settings.nn.momentum = ways[_i].momentum;
    settings.nn.nesterov = ways[_i].nesterov;
    settings.nn.step_epochs = 1;
    settings.nn.weight_decay = 0.01;
    settings.nn.label_smoothing = 0.1;
    settings.class_weights = "balanced";
    resume_everywhere(&settings, 90);
}
END_TEST

/* Of the last epoch and of the best one. */
START_TEST(averaged_weights_and_changed_pictures_resume_from_any_step)
{
    struct training_settings settings =
        usual("conv 3 5x5 stride 3, batchnorm, relu, dropout 0.2, flatten, linear 7, batchnorm, "
              "relu, linear");

    settings.keep_best = _i == 1;
    settings.nn.average = 0.9;
    settings.nn.augment =
        (struct nn_augment){.shift = 2, .rotate = 10, .elastic = 2, .erase = 4, .flip_h = true};
    settings.nn.plain_epochs = 1;
    resume_everywhere(&settings, 60);
}
END_TEST

/* Labels by chance are learnt by heart: the validation loss rises soon. */
START_TEST(the_best_epoch_and_patience_survive)
{
    struct training_settings settings = usual("linear 30, relu, linear");
    struct training t;
    struct err why;
    int best;
    double loss;

    settings.nn.epochs = 12;
    settings.nn.schedule = NN_CONSTANT;
    settings.patience = 4;
    resume_everywhere(&settings, 60);
    settings.keep = KEEP_AUC;
    resume_everywhere(&settings, 60);
    settings.keep = KEEP_LAST;
    open_training(&t, &settings, 1);
    nn_trainer_begin_epoch(t.trainer, 1);
    for (int epoch = 1; epoch <= 3; nn_trainer_begin_epoch(t.trainer, ++epoch))
        ck_assert_int_eq(end_epoch(&t, NULL), 0);
    ck_assert_int_eq(nn_trainer_step(t.trainer), 1);
    best = t.best_epoch;
    loss = t.best_figure;
    ck_assert_int_gt(best, 0);
    ck_assert_int_lt(best, 3);
    MUST(checkpoint_save(&t, scratch("checkpoint"), &err));
    training_close(&t);
    open_training(&t, &settings, 1);
    ck_assert_int_eq(checkpoint_load(&t, scratch("checkpoint"), &why, &err), 1);
    ck_assert_int_eq(t.best_epoch, best);
    ck_assert_double_eq(t.best_figure, loss);
    training_close(&t);
}
END_TEST

/* Exported from `weights`; the caller frees. */
static float *tensor_of(const struct nn_network *net, const struct nn_weights *weights, int tensor)
{
    float *values = malloc((size_t)nn_network_tensor(net, tensor).size * sizeof *values);

    ck_assert_ptr_nonnull(values);
    nn_weights_export(weights, tensor, values);
    return values;
}

START_TEST(a_checkpoint_of_few_steps_predicts_as_its_training_would)
{
    struct training_settings settings = usual("linear 5, batchnorm, relu, linear");
    struct training t;
    struct model model;
    int estimated = 0;

    settings.keep_best = false;
    write_data(scratch("data"), 40);
    open_training(&t, &settings, 1);
    nn_trainer_begin_epoch(t.trainer, 1);
    ck_assert_int_eq(nn_trainer_step(t.trainer), 1);
    MUST(checkpoint_save(&t, scratch("checkpoint"), &err));
    MUST(model_load(&model, scratch("checkpoint"), NULL, &err));
    nn_trainer_estimate(t.trainer);
    for (int i = 0; i < nn_network_tensors(model.net); i++) {
        const size_t size = (size_t)nn_network_tensor(model.net, i).size * sizeof(float);
        float *kept = tensor_of(t.model.net, t.scored_weights, i);
        float *trained = tensor_of(t.model.net, t.model.weights, i);
        float *loaded = tensor_of(model.net, model.weights, i);

        ck_assert_mem_eq(loaded, kept, size);
        estimated += memcmp(kept, trained, size) != 0;
        free(kept);
        free(trained);
        free(loaded);
    }
    ck_assert_int_eq(estimated, 2); /* mean and variance */
    model_free(&model);
    training_close(&t);
}
END_TEST

/* An epoch with the longest numbers that there are; `more` as the events of a history have it. */
static json_t *longest_epoch(int epoch, bool scored, bool more)
{
    const double number = -1.23456789012345e-105;
    json_t *scores = scored ? json_pack("{s:{s:f, s:f, s:f}}", "val", "loss", number, "accuracy",
                                        number, "balanced_accuracy", number)
                            : json_object();
    json_t *figures = json_pack("{s:i, s:f, s:f, s:f, s:o}", "epoch", epoch, "lr", number, "loss",
                                number, "accuracy", number, "scores", scores);

    if (more) {
        json_object_set_new(figures, "event", json_string("epoch"));
        json_object_set_new(figures, "images_per_second", json_real(number));
        json_object_set_new(figures, "seconds", json_real(number));
    }
    return figures;
}

/* Without data that is scored, and with a fold of it. */
START_TEST(as_many_epochs_as_may_be_are_read_again)
{
    struct training_settings settings = usual("linear");
    struct checkpoint_info info;
    struct tensor_file *file;
    struct training t;
    struct model model;
    json_t *events, *log_state;
    int most;

    settings.folds = _i ? 3 : 0;
    settings.keep = _i ? KEEP_BALANCED_ACCURACY : KEEP_LAST;
    settings.keep_best = false;
    write_data(scratch("data"), 40);
    open_training(&t, &settings, 1);
    most = training_epochs_most(&t);
    ck_assert_int_ge(most, 10000);
    t.log_state = json_pack("{s:f, s:[]}", "seconds", 1.5, "events");
    events = json_object_get(t.log_state, "events");
    for (int i = 0; i < 4000; i++)
        json_array_append_new(events, longest_epoch(i, _i == 1, true));
    for (int i = 1; i <= most; i++) {
        json_array_append_new(t.model.epochs, longest_epoch(i, _i == 1, false));
        json_array_append_new(events, longest_epoch(i, _i == 1, true));
    }
    nn_trainer_begin_epoch(t.trainer, most);
    MUST(checkpoint_save(&t, scratch("checkpoint"), &err));
    training_close(&t);
    MUST(tensor_file_open(&file, scratch("checkpoint"), NULL, "", &err));
    MUST(checkpoint_describe(&info, file, &err));
    ck_assert_int_eq(json_array_size(info.epochs), most);
    log_state = tensor_file_meta_json(file, "log_state", &err);
    ck_assert_int_eq(json_array_size(json_object_get(log_state, "events")), 4000 + most);
    json_decref(log_state);
    checkpoint_info_free(&info);
    tensor_file_close(file);
    MUST(model_load(&model, scratch("checkpoint"), NULL, &err));
    model_free(&model);
}
END_TEST

START_TEST(more_epochs_than_can_be_read_again_are_refused)
{
    static const struct nn_bend bends[] = {{0, 100000}, {0, INT64_C(1000000000000)}};
    char *const paths[] = {(char *)scratch("data")};
    const struct training_files files = {.train = paths, .train_count = 1};
    struct training_settings settings = usual("linear");
    struct training t;

    write_data(scratch("data"), 40);
    open_training(&t, &settings, 1);
    settings.nn.epochs = training_epochs_most(&t);
    training_close(&t);
    open_training(&t, &settings, 1);
    training_close(&t);
    settings.nn.epochs++;
    FAILS(EX_USAGE, training_open(&t, &settings, &files, 1, &err));
    SAYS("--epochs");
    training_close(&t);
    settings.within = 1; /* the clock decides */
    open_training(&t, &settings, 1);
    training_close(&t);
    for (size_t i = 0; i < sizeof bends / sizeof *bends; i++) {
        settings = usual("linear");
        settings.nn.bend[0] = bends[i];
        settings.nn.bends = 1;
        FAILS(EX_USAGE, training_open(&t, &settings, &files, 1, &err));
        SAYS("--steps");
        training_close(&t);
    }
}
END_TEST

/* ---- What does not fit ---- */

/* Refused with `word` in the reason (NULL: there is none), the file and the training being what
 * they were. */
static void is_refused(const struct training_settings *settings, const char *name, const char *word)
{
    struct training t;
    struct err note;
    size_t size = 0, after;
    char *bytes = word ? slurp(scratch(name), &size) : NULL, *later;

    open_training(&t, settings, 1);
    train(&t, NULL, "whole");
    open_training(&t, settings, 1);
    if (word) {
        FAILS(EX_DATAERR, checkpoint_load(&t, scratch(name), &note, &err));
        ck_assert_msg(strstr(err.text, word) != NULL, "'%s' is not in: %s", word, err.text);
        ck_assert_ptr_nonnull(strstr(err.text, name));
        later = slurp(scratch(name), &after);
        ck_assert(size == after && memcmp(bytes, later, size) == 0);
        free(later);
    } else
        ck_assert_int_eq(checkpoint_load(&t, scratch(name), &note, &err), 0);
    free(bytes);
    train(&t, NULL, "anew");
    expect_same(scratch("anew"), scratch("whole"), 0);
}

/* A checkpoint of the usual training in its second epoch. */
static void make_checkpoint(const struct training_settings *settings)
{
    struct training t;

    write_data(scratch("data"), 40);
    open_training(&t, settings, 1);
    nn_trainer_begin_epoch(t.trainer, 1);
    ck_assert_int_eq(end_epoch(&t, NULL), 0);
    nn_trainer_begin_epoch(t.trainer, 2);
    ck_assert_int_eq(nn_trainer_step(t.trainer), 1);
    MUST(checkpoint_save(&t, scratch("checkpoint"), &err));
    training_close(&t);
}

START_TEST(another_run_is_refused_with_all_that_differs)
{
    const struct training_settings settings = usual("linear 5, batchnorm, relu, linear");
    struct training_settings other = settings;

    make_checkpoint(&settings);
    is_refused(&settings, "missing", NULL);
    other.nn.lr = 0.02;
    other.nn.batch = 5;
    is_refused(&other, "checkpoint", "--lr is 0.02, was 0.01; --batch is 5, was 7");
    other = settings;
    other.nn.epochs = 4;
    is_refused(&other, "checkpoint", "--epochs is 4, was 3"); /* one cycle */
    other = settings;
    other.arch = "linear 6, batchnorm, relu, linear";
    is_refused(&other, "checkpoint", "the network is linear 6,");
    is_refused(&settings, "data", "dataset/1");
    write_data(scratch("data"), 41);
    is_refused(&settings, "checkpoint", "the training data is ");
}
END_TEST

/* Goes on from a checkpoint of `settings` to the model that `other` makes from its beginning. */
static void goes_on_as(const struct training_settings *settings,
                       const struct training_settings *other, const char *word)
{
    struct training t;
    struct err note;

    make_checkpoint(settings);
    open_training(&t, other, 2);
    train(&t, NULL, "whole");
    open_training(&t, other, 1);
    ck_assert_int_eq(checkpoint_load(&t, scratch("checkpoint"), &note, &err), 1);
    ck_assert_str_eq(note.text, word);
    train(&t, NULL, "resumed");
    expect_same(scratch("resumed"), scratch("whole"), 0);
}

START_TEST(what_is_still_to_come_may_differ)
{
    static const enum nn_schedule schedules[] = {NN_CONSTANT, NN_STEP, NN_EXPONENTIAL};
    struct training_settings settings = usual("linear 5, batchnorm, relu, linear");
    struct training_settings other;

    settings.nn.schedule = schedules[_i];
    settings.nn.step_epochs = 2;
    settings.nn.augment = (struct nn_augment){.shift = 1};
    other = settings;
    other.nn.epochs = 6;
    goes_on_as(&settings, &other, "--epochs is 6, was 3");
    other.nn.epochs = 2;
    goes_on_as(&settings, &other, "--epochs is 2, was 3");
    other.nn.epochs = 1;
    is_refused(&other, "checkpoint", "--epochs is 1, was 3, 2 of them begun");
    other = settings;
    other.keep_best = false;
    goes_on_as(&settings, &other, "--keep is last, was best");
    settings.keep_best = false;
    goes_on_as(&settings, &settings, "");
    other.keep_best = true;
    is_refused(&other, "checkpoint", "--keep is best, was last");
    settings.patience = 1;
    other = settings;
    other.patience = 9;
    goes_on_as(&settings, &other, "--patience is 9, was 1");
    goes_on_as(&other, &other, "");
    is_refused(&settings, "checkpoint", "--patience is 1, was 9");
    settings.patience = 0;
    settings.nn.plain_epochs = 1; /* the last of 3, and of 4 */
    other = settings;
    other.nn.epochs = 4;
    goes_on_as(&settings, &other, "--epochs is 4, was 3");
    settings.nn.plain_epochs = other.nn.plain_epochs = 2; /* the second of 3, but not of 4 */
    make_checkpoint(&settings);
    is_refused(&other, "checkpoint", "--epochs is 4, was 3");
}
END_TEST

START_TEST(a_checkpoint_set_aside_gets_a_free_name)
{
    char *kept[2];

    for (int i = 0; i < 2; i++) {
        spill(scratch("checkpoint"), i ? "b" : "a", 1);
        MUST(checkpoint_set_aside(scratch("checkpoint"), &kept[i], &err));
        ck_assert_int_ne(access(scratch("checkpoint"), F_OK), 0);
        ck_assert_int_eq(access(kept[i], F_OK), 0);
    }
    ck_assert_ptr_nonnull(strstr(kept[0], "/checkpoint.old"));
    ck_assert_str_ne(kept[0], kept[1]);
    for (int i = 0; i < 2; i++)
        free(kept[i]);
    FAILS(EX_CANTCREAT, checkpoint_set_aside(scratch("checkpoint"), &kept[0], &err));
    free(kept[0]);
}
END_TEST

START_TEST(a_damaged_file_is_refused)
{
    const struct training_settings settings = usual("linear 5, batchnorm, relu, linear");
    const struct nn_random random = {8, 0, 0};
    struct training t;
    struct err why;
    size_t size;
    char *bytes;
    int harmless = 0;

    make_checkpoint(&settings);
    bytes = slurp(scratch("checkpoint"), &size);
    open_training(&t, &settings, 1);
    for (uint64_t i = 0; i < 100; i++) {
        const size_t at = (size_t)nn_random_below(&random, i, size);

        bytes[at] ^= (char)(1 << i % 8);
        spill(scratch("damaged"), bytes, i % 2 ? size : at);
        bytes[at] ^= (char)(1 << i % 8);
        err.text[0] = 0;
        if (checkpoint_load(&t, scratch("damaged"), &why, &err) < 0) {
            ck_assert_int_eq(err.status, EX_DATAERR);
            SAYS("damaged");
        } else { /* one of the bits that zstd makes no use of: the content is what it was */
            harmless++;
            training_close(&t);
            open_training(&t, &settings, 1);
        }
    }
    ck_assert_int_le(harmless, 5);
    train(&t, NULL, "anew");
    open_training(&t, &settings, 2);
    train(&t, NULL, "whole");
    expect_same(scratch("anew"), scratch("whole"), 0);
    free(bytes);
}
END_TEST

START_TEST(a_place_that_takes_no_checkpoint_is_refused)
{
    const struct training_settings settings = usual("linear 5, batchnorm, relu, linear");

    make_checkpoint(&settings);
    MUST(checkpoint_check(scratch("checkpoint"), false, &err));
    MUST(checkpoint_check(scratch("new"), false, &err));
    ck_assert_int_ne(access(scratch("new"), F_OK), 0);
    spill(scratch("damaged"), "not a tensor file", 17);
    MUST(checkpoint_check(scratch("damaged"), true, &err));
    FAILS(EX_USAGE, checkpoint_check(scratch("damaged"), false, &err));
    spill(scratch("empty"), "", 0);
    MUST(checkpoint_check(scratch("empty"), false, &err));
    FAILS(EX_USAGE, checkpoint_check(scratch("data"), true, &err));
    FAILS(EX_USAGE, checkpoint_check("/dev/null", false, &err));
    FAILS(EX_USAGE, checkpoint_check("-", false, &err));
    FAILS(EX_CANTCREAT, checkpoint_check(scratch("missing/checkpoint"), false, &err));
}
END_TEST

START_TEST(nothing_but_a_checkpoint_is_removed)
{
    const struct training_settings settings = usual("linear 5, batchnorm, relu, linear");

    make_checkpoint(&settings);
    spill(scratch("text"), "not a tensor file", 17);
    for (int i = 0; i < 3; i++) {
        const char *path = scratch(i == 0 ? "text" : i == 1 ? "data" : "missing");

        checkpoint_remove(path);
        ck_assert_int_eq(access(path, F_OK) == 0, i < 2);
    }
    checkpoint_remove(scratch("checkpoint"));
    ck_assert_int_ne(access(scratch("checkpoint"), F_OK), 0);
}
END_TEST

Suite *suite_checkpoint(void)
{
    Suite *suite = suite_create("checkpoint");
    TCase *tests = tcase_create("checkpoints");

    tcase_add_checked_fixture(tests, scratch_make, scratch_remove);
    tcase_set_timeout(tests, 300);
    tcase_add_loop_test(tests, every_preset_resumes_from_any_step, 0, NETS);
    tcase_add_loop_test(tests, every_optimizer_resumes_from_any_step, 0, WAYS);
    tcase_add_loop_test(tests, averaged_weights_and_changed_pictures_resume_from_any_step, 0, 2);
    tcase_add_test(tests, the_best_epoch_and_patience_survive);
    tcase_add_test(tests, a_checkpoint_of_few_steps_predicts_as_its_training_would);
    tcase_add_loop_test(tests, as_many_epochs_as_may_be_are_read_again, 0, 2);
    tcase_add_test(tests, more_epochs_than_can_be_read_again_are_refused);
    tcase_add_test(tests, another_run_is_refused_with_all_that_differs);
    tcase_add_loop_test(tests, what_is_still_to_come_may_differ, 0, 3);
    tcase_add_test(tests, a_checkpoint_set_aside_gets_a_free_name);
    tcase_add_test(tests, a_damaged_file_is_refused);
    tcase_add_test(tests, a_place_that_takes_no_checkpoint_is_refused);
    tcase_add_test(tests, nothing_but_a_checkpoint_is_removed);
    suite_add_tcase(suite, tests);
    return suite;
}
