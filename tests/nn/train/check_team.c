/* Processes that train one network together get the bytes of one process, however many they are:
 * every preset and every layer, here as forks that exchange by shared memory. That they share the
 * work, and do not each do all of it, is seen by what they count, and by those that get the bytes
 * without having the others' rows. */
#include "nn/nn.h"

#include "tests/support/presets.h"

#include <check.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

Suite *suite_team(void);

enum { ROWS = 91, BATCH = 40, CLASSES = 10, ROOM = 64 << 20 };
#ifdef SANITIZED /* it all takes ten times as long */
enum { EPOCHS = 1, COUNTS = 1 };
static const int counts[COUNTS] = {3};
#else
enum { EPOCHS = 2, COUNTS = 3 };
/* That divide the shards of a batch, that do not, and more than there are shards. */
static const int counts[COUNTS] = {2, 5, 16};
#endif

/* What the processes share. */
struct table {
    pthread_barrier_t barrier;
    char *exchange, *results; /* [ROOM] and [ROOM] */
    size_t result_size;
    int ranks;
    int64_t rows[NN_TEAM_MOST]; /* that each worked on */
};

static void *share(size_t size)
{
    void *memory =
        mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    ck_assert_ptr_ne(memory, MAP_FAILED);
    return memory;
}

static struct table *table_new(int ranks)
{
    struct table *table = share(sizeof *table);
    pthread_barrierattr_t shared;

    pthread_barrierattr_init(&shared);
    pthread_barrierattr_setpshared(&shared, PTHREAD_PROCESS_SHARED);
    ck_assert_int_eq(pthread_barrier_init(&table->barrier, &shared, (unsigned)ranks), 0);
    table->exchange = share(ROOM);
    table->results = share(ROOM);
    table->ranks = ranks;
    return table;
}

static void table_free(struct table *table)
{
    munmap(table->exchange, ROOM);
    munmap(table->results, ROOM);
    munmap(table, sizeof *table);
}

struct seat {
    struct table *table;
    int rank;
};

static void gather(void *context, void *all, const size_t *begin)
{
    const struct seat *seat = context;
    struct table *table = seat->table;
    char *bytes = all;
    const size_t mine = begin[seat->rank], next = begin[seat->rank + 1];
    const size_t first = begin[0], end = begin[table->ranks];

    if (end > ROOM || mine > next)
        abort();
    memcpy(table->exchange + mine, bytes + mine, next - mine);
    pthread_barrier_wait(&table->barrier);
    memcpy(bytes + first, table->exchange + first, mine - first);
    memcpy(bytes + next, table->exchange + next, end - next);
    pthread_barrier_wait(&table->barrier);
}

/* ---- One training ---- */

struct job {
    const char *network;
    struct nn_shape shape;
    struct nn_training training;
    bool blind; /* each process has the pictures and labels of its shards alone */
    enum nn_precision precision;
};

/* ---- Data ---- */

struct rows {
    uint8_t *u8, *onehot;
    size_t pixels;
    int count;
};

static struct rows rows_new(int count, size_t pixels)
{
    struct rows rows = {malloc((size_t)count * pixels), calloc((size_t)count, CLASSES), pixels,
                        count};
    const struct nn_random random = {5, 0, 0};

    for (size_t i = 0; i < (size_t)count * pixels; i++)
        rows.u8[i] = (uint8_t)nn_random_below(&random, i, 256);
    for (int row = 0; row < count; row++)
        rows.onehot[row * CLASSES + row * 7 % CLASSES] = 1;
    return rows;
}

/* Puts other pictures and labels in place of these. */
static void rows_spoil(const struct rows *rows, int first, int next)
{
    const struct nn_random random = {6, 0, 0};

    for (size_t i = (size_t)first * rows->pixels; i < (size_t)next * rows->pixels; i++)
        rows->u8[i] = (uint8_t)nn_random_below(&random, i, 256);
    for (int row = first; row < next; row++) {
        memset(rows->onehot + row * CLASSES, 0, CLASSES);
        rows->onehot[row * CLASSES + row * 3 % CLASSES] = 1;
    }
}

/* Spoils the rows that are other processes' in batches in the rows' order: each works on
 * consecutive shards of 8. */
static void rows_spoil_others(const struct rows *rows, const struct nn_team *team)
{
    for (int batch = 0; batch < rows->count; batch += BATCH) {
        const int end = batch + BATCH < rows->count ? batch + BATCH : rows->count;
        const int shards = (end - batch + 7) / 8;
        const int first = batch + 8 * (shards * team->rank / team->ranks);
        const int next = batch + 8 * (shards * (team->rank + 1) / team->ranks);

        rows_spoil(rows, batch, first);
        if (next < end)
            rows_spoil(rows, next, end);
    }
}

static void rows_free(struct rows *rows)
{
    free(rows->u8);
    free(rows->onehot);
}

/* ---- Results ---- */

static size_t put_weights(char *to, size_t at, const struct nn_network *net,
                          const struct nn_weights *from)
{
    for (int t = 0; t < nn_network_tensors(net); t++) {
        nn_weights_export(from, t, (nn_real *)(to + at));
        at += (size_t)nn_network_tensor(net, t).size * sizeof(nn_real);
    }
    return at;
}

static size_t put_moments(char *to, size_t at, const struct nn_network *net,
                          const struct nn_trainer *from)
{
    for (int t = 0; t < nn_network_tensors(net); t++) {
        const struct nn_tensor tensor = nn_network_tensor(net, t);
        const size_t size = (size_t)tensor.size * sizeof(nn_real);

        if (tensor.statistic)
            continue;
        nn_trainer_export(from, NN_FIRST, t, (nn_real *)(to + at));
        nn_trainer_export(from, NN_SECOND, t, (nn_real *)(to + at + size));
        at += 2 * size;
    }
    return at;
}

/* Trains, and writes all tensors, moments and losses. Returns how many bytes; *worked: on how many
 * rows. */
static size_t train(const struct job *job, const struct nn_team *team, char *to, int64_t *worked)
{
    struct rows rows = rows_new(ROWS, (size_t)(job->shape.c * job->shape.h * job->shape.w));
    const struct nn_data data = {.n = ROWS, .u8 = rows.u8, .onehot = rows.onehot};
    struct nn_training training = job->training;
    struct nn_pool *pool = nn_pool_new(team ? 1 + team->rank % 2 : 1);
    struct nn_network *net = NULL;
    struct nn_trainer *trainer;
    struct nn_weights *weights;
    struct nn_error error;
    size_t size = 0;
    double loss[EPOCHS];

    if (job->blind && team)
        rows_spoil_others(&rows, team);
    if (nn_network_new(&net, job->network, job->shape, CLASSES, &error))
        abort();
    nn_network_set_precision(net, job->precision);
    weights = nn_weights_new(net);
    nn_weights_init(weights, 7);
    training.team = team;
    trainer =
        nn_trainer_new(net, weights, pool, &data, &(struct nn_input){255, 0.1f, 0.5f}, &training);
    for (int epoch = 1; epoch <= EPOCHS; epoch++) {
        nn_trainer_begin_epoch(trainer, epoch);
        while (nn_trainer_step(trainer) == 1)
            ;
        loss[epoch - 1] = nn_trainer_progress(trainer)->loss;
    }
    nn_trainer_gather(trainer);
    size = put_weights(to, size, net, weights);
    if (!job->blind) { /* the rows to estimate by are others */
        nn_trainer_estimate(trainer);
        size = put_weights(to, size, net, nn_trainer_kept(trainer));
    }
    size = put_moments(to, size, net, trainer);
    memcpy(to + size, loss, sizeof loss);
    size += sizeof loss;
    *worked = nn_trainer_own_rows(trainer);
    nn_trainer_free(trainer);
    nn_weights_free(weights);
    nn_network_free(net);
    nn_pool_free(pool);
    rows_free(&rows);
    return size;
}

static void wait_for_all(const char *network, int ranks)
{
    for (int rank = 0; rank < ranks; rank++) {
        int status;

        ck_assert_int_gt(wait(&status), 0);
        ck_assert_msg(status == 0, "%s: one of %d processes ended with %d", network, ranks, status);
    }
}

/* Each shard of a batch has to be one process's work: with two or more nobody has all. */
static void check_shares(const struct table *table, const char *network)
{
    int64_t sum = 0;

    for (int rank = 0; rank < table->ranks; rank++) {
        sum += table->rows[rank];
        ck_assert_msg(table->ranks == 1 || table->rows[rank] <= ROWS * EPOCHS * 2 / 3,
                      "%s: process %d of %d did nearly all", network, rank, table->ranks);
    }
    ck_assert_int_eq(sum, ROWS * EPOCHS);
}

/* Has so many processes train; the last one's bytes have to be those of one alone. */
static void compare(const struct job *job, int ranks)
{
    struct table *table = table_new(ranks);
    char *alone = malloc(ROOM);
    int64_t all;
    const size_t size = train(job, NULL, alone, &all);

    for (int rank = 0; rank < ranks; rank++) {
        struct seat seat = {table, rank};
        const struct nn_team team = {rank, ranks, &seat, gather};

        if (fork() == 0) {
            char *own = rank == ranks - 1 ? table->results : malloc(ROOM);
            const size_t got = train(job, &team, own, &table->rows[rank]);

            if (rank == ranks - 1)
                table->result_size = got;
            _exit(0);
        }
    }
    wait_for_all(job->network, ranks);
    ck_assert_int_eq(all, ROWS * EPOCHS);
    check_shares(table, job->network);
    ck_assert_uint_eq(table->result_size, size);
    ck_assert_msg(memcmp(table->results, alone, size) == 0, "%s: %d processes differ from one",
                  job->network, ranks);
    free(alone);
    table_free(table);
}

static struct nn_training usual(void)
{
    static const float background[3];

    return (struct nn_training){.optimizer = NN_ADAM,
                                .lr = 0.01,
                                .beta1 = 0.9,
                                .beta2 = 0.999,
                                .epsilon = 1e-8,
                                .schedule = NN_ONE_CYCLE,
                                .batch = BATCH,
                                .epochs = EPOCHS,
                                .shuffle = true,
                                .seed = 1,
                                .tuned_rate = 1,
                                .augment = {.shift = 2, .rotate = 10, .background = background}};
}

/* With an average, and a last batch that is not of whole shards. */
START_TEST(presets_train_to_the_same_bytes)
{
    struct job job = {nets[_i / COUNTS].text, {1, 28, 28}, usual(), false, NN_F32};

    job.training.average = 0.9;
    compare(&job, counts[_i % COUNTS]);
}
END_TEST

/* Finds a layer that does not state what is to be exchanged. */
START_TEST(each_layer_trains_to_the_same_bytes)
{
    struct job job = {.shape = {3, 9, 8}, .training = usual()};
    char text[300];

    job.training.optimizer = NN_SGD;
    job.training.momentum = 0.9;
    job.training.schedule = NN_CONSTANT;
    job.network = text;
    for (int number = 0; nn_layer_example(number); number++) {
        const char *example = nn_layer_example(number);

        snprintf(text, sizeof text, "conv 5 3x3 pad 1, %s, batchnorm%s", example,
                 strstr(example, "flatten") ? ", linear" : ", flatten, linear");
        compare(&job, 3);
    }
}
END_TEST

START_TEST(frozen_and_tuned_layers_train_to_the_same_bytes)
{
    struct job job = {"conv 8 3x3, batchnorm, relu, conv 8 3x3, batchnorm, relu, maxpool 2, "
                      "flatten, linear 20, relu, linear",
                      {1, 12, 12},
                      usual(),
                      false,
                      NN_F32};

    job.training.frozen = 3;
    job.training.tuned = 7;
    job.training.tuned_rate = 0.1;
    compare(&job, 2);
    compare(&job, 4);
}
END_TEST

START_TEST(bfloat16_trains_to_the_same_bytes)
{
    struct job job = {"conv 8 3x3, relu, conv 16 3x3 pad 1, batchnorm, relu, conv 16 3x3 pad 1, "
                      "maxpool 2, conv 6 3x3 stride 2, flatten, linear 20, relu, linear",
                      {1, 12, 12},
                      usual(),
                      false,
                      NN_BF16};

    compare(&job, 2);
    compare(&job, 5);
}
END_TEST

START_TEST(no_process_needs_the_rows_of_another)
{
    struct job job = {"conv 8 3x3, batchnorm, relu, maxpool 2, flatten, linear 20, relu, dropout "
                      "0.2, linear",
                      {1, 12, 12},
                      usual(),
                      true,
                      NN_F32};

    job.training.shuffle = false;
    for (int ranks = 2; ranks <= 5; ranks++)
        compare(&job, ranks);
}
END_TEST

/* ---- Scoring ---- */

enum { SCORED = 4 * 96 };

struct scored {
    struct nn_score score;
    double losses[SCORED];
    nn_real probabilities[SCORED * CLASSES];
};

static void score(const char *network, const struct nn_team *team, struct scored *scored)
{
    const struct nn_shape shape = {1, 12, 12};
    struct rows rows = rows_new(SCORED, (size_t)(shape.h * shape.w));
    const struct nn_data data = {.n = SCORED, .u8 = rows.u8, .onehot = rows.onehot};
    struct nn_pool *pool = nn_pool_new(2);
    struct nn_predictor *predictor;
    struct nn_weights *weights;
    struct nn_network *net = NULL;
    struct nn_error error;

    if (team)
        rows_spoil(&rows, team->rank ? 0 : SCORED / 2, team->rank ? SCORED / 2 : SCORED);
    if (nn_network_new(&net, network, shape, CLASSES, &error))
        abort();
    weights = nn_weights_new(net);
    nn_weights_init(weights, 7);
    predictor = nn_predictor_new(net, weights, pool, &(struct nn_input){255, 0, 1});
    nn_predictor_share(predictor, team);
    nn_evaluate(predictor, &data, &scored->score);
    nn_predict_scored(predictor, &data, scored->probabilities, scored->losses);
    nn_predictor_free(predictor);
    nn_weights_free(weights);
    nn_network_free(net);
    nn_pool_free(pool);
    rows_free(&rows);
}

/* Two processes of which each has half of the rows. */
START_TEST(scoring_is_shared)
{
    static const char network[] = "conv 8 3x3, batchnorm, relu, flatten, linear";
    struct table *table = table_new(2);
    struct scored *alone = malloc(sizeof *alone), *shared = share(2 * sizeof *shared);

    score(network, NULL, alone);
    for (int rank = 0; rank < 2; rank++) {
        struct seat seat = {table, rank};
        const struct nn_team team = {rank, 2, &seat, gather};

        if (fork() == 0) {
            score(network, &team, &shared[rank]);
            _exit(0);
        }
    }
    wait_for_all(network, 2);
    ck_assert_int_gt(alone->score.correct, 0);
    for (int rank = 0; rank < 2; rank++)
        ck_assert_mem_eq(&shared[rank], alone, sizeof *alone);
    munmap(shared, 2 * sizeof *shared);
    free(alone);
    table_free(table);
}
END_TEST

static void choose_kernels(void)
{
    ck_assert_int_eq(nn_kernels_choose(NULL), 0);
}

Suite *suite_team(void)
{
    Suite *suite = suite_create("team");
    TCase *tests = tcase_create("processes");

    tcase_set_timeout(tests, 120);
    tcase_add_checked_fixture(tests, choose_kernels, NULL);
    tcase_add_loop_test(tests, presets_train_to_the_same_bytes, 0, NETS * COUNTS);
    tcase_add_test(tests, each_layer_trains_to_the_same_bytes);
    tcase_add_test(tests, frozen_and_tuned_layers_train_to_the_same_bytes);
    tcase_add_test(tests, bfloat16_trains_to_the_same_bytes);
    tcase_add_test(tests, no_process_needs_the_rows_of_another);
    tcase_add_test(tests, scoring_is_shared);
    suite_add_tcase(suite, tests);
    return suite;
}
