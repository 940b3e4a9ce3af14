/* BUDGET=auto: the largest network for which the time is enough. */
#include "auto.h"

#include "cmd/cli/line.h"
#include "cmd/cli/progress.h"
#include "cmd/cli/say.h"
#include "pipeline/chain/words.h"
#include "pipeline/files/output.h"
#include "pipeline/fit/training.h"
#include "pipeline/tune/networks.h"

#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Seconds for which steps are measured, but of all the time at most such a share for a network. */
static const double MEASURE = 1, SHARE = 0.02;
/* Share of the time that is left for training, beside validation and predictions. */
static const double TRAINING = 0.85;

enum { BATCH = 64 };

/* What of the data decides. */
struct pictures {
    struct nn_shape shape;
    int64_t rows;
    char digest[DIGEST_TEXT];
};

static int look(struct pictures *pictures, const char *data, struct err *err)
{
    struct inputs inputs = {0};
    struct dataset set;

    if (dataset_open(&set, data, &inputs, "data", err)) {
        inputs_free(&inputs);
        return -1;
    }
    pictures->shape = (struct nn_shape){set.info.c, set.info.h, set.info.w};
    pictures->rows = set.n;
    snprintf(pictures->digest, sizeof pictures->digest, "%s", inputs_digest(&inputs, 0));
    dataset_close(&set);
    inputs_free(&inputs);
    return 0;
}

/* Measures the seconds of a batch. */
static int measure(const char *data, const char *network, const char *augment, double most,
                   double *seconds, struct err *err)
{
    struct training_settings settings;
    char *files[] = {(char *)data};
    const struct training_files given = {.train = files, .train_count = 1};
    struct training training;
    struct nn_error fault;
    double begin = 0;
    int64_t steps = 0;
    int result;

    settings_reset(&settings);
    settings_complete(&settings);
    settings.arch = network;
    settings.augment = *augment ? augment : NULL;
    if (settings.augment && nn_augment_parse(&settings.nn.augment, augment, &fault))
        return err_set(err, EX_SOFTWARE, "%s", fault.text);
    result = training_open(&training, &settings, &given, (int)common.threads, err);
    if (result == 0)
        nn_trainer_begin_epoch(training.trainer, 1);
    while (result == 0 && (steps < 2 || now() - begin < most)) {
        const int got = nn_trainer_step(training.trainer);

        if (got < 0)
            break;
        if (got == 0)
            nn_trainer_begin_epoch(training.trainer, 1);
        else if (steps++ == 0) /* the first one is slow */
            begin = now();
    }
    *seconds = steps > 1 ? (now() - begin) / (double)(steps - 1) : INFINITY;
    training_close(&training);
    return result;
}

/* Finds the largest network that comes through its epochs in so many seconds, and what a batch of
 * it takes; the smallest one if none does. */
static int choose(const char *data, const struct pictures *pictures, double seconds, int *size,
                  double *step, struct pool *pool, struct err *err)
{
    const double steps = epochs_least(pictures->rows) * ceil((double)pictures->rows / BATCH);

    for (int i = 0; i < NETWORK_SIZES; i++) {
        const char *network = network_for(pictures->shape, i, pool);
        double took;

        if (pool->failed)
            return err_memory(err, "a network", 0);
        if (measure(data, network, augment_for(pictures->shape, pool),
                    fmin(MEASURE, SHARE * seconds), &took, err))
            return i == 0 ? -1 : 0; /* a larger one may want more memory than there is */
        if (i > 0 && steps * took > TRAINING * seconds)
            break;
        *size = i;
        *step = took;
    }
    return 0;
}

/* Tells whether a recipe begins with that line. */
static bool begins_with_line(const char *path, const char *line)
{
    FILE *file = fopen(path, "re");
    char *found = NULL;
    size_t room = 0;
    const bool same = file && getline(&found, &room, file) > 0 && strcmp(found, line) == 0;

    free(found);
    if (file)
        fclose(file);
    return same;
}

int auto_recipe(const char *data, const char *recipe, double seconds, const char *within,
                struct err *err)
{
    struct pool pool = {NULL, false};
    struct pictures pictures;
    const char *line;
    double step = 0;
    int size = 0, result = look(&pictures, data, err);

    if (result)
        return result;
    line = pool_text(&pool, "# BUDGET=auto WITHIN=%s, data %s\n", within, pictures.digest);
    if (begins_with_line(recipe, line)) {
        say("%s: nothing changed", recipe);
        result = utimensat(AT_FDCWD, recipe, NULL, 0);
        pool_free(&pool);
        return result ? err_set(err, EX_CANTCREAT, "%s: its time cannot be renewed", recipe) : 0;
    }
    result = choose(data, &pictures, seconds, &size, &step, &pool, err);
    if (result == 0) {
        const struct nn_shape is = pictures.shape;
        const int most = epochs_most(pictures.rows);
        const double batches = ceil((double)pictures.rows / BATCH);
        const double epochs = fmin(TRAINING * seconds / (step * batches), most);
        /* Few passes learn less of pictures that are changed each time. */
        const char *augment = epochs < epochs_least(pictures.rows) ? "" : augment_for(is, &pool);
        const char *about = pool_text(
            &pool, "network %d of %d by size for %dx%dx%d, %.2g s a batch: about %.0f epochs",
            size + 1, NETWORK_SIZES, is.c, is.h, is.w, step, epochs);

        say("%s: %s", recipe, about);
        result = output_whole(
            recipe,
            pool_text(
                &pool,
                "%s# %s in %.0f s\n--schedule one-cycle --lr 0.01 --batch %d --epochs %d%s%s%s\n"
                "--arch '%s'\n",
                line, about, seconds, BATCH, most, *augment ? " --augment '" : "", augment,
                *augment ? "'" : "", network_for(is, size, &pool)),
            err);
    }
    if (result == 0 && pool.failed)
        result = err_memory(err, "a recipe", 0);
    pool_free(&pool);
    return result;
}

int auto_space(const char *data, const char **options, const char **tried, struct pool *pool,
               struct err *err)
{
    struct pictures pictures;
    const char *augment, *networks[3];

    if (look(&pictures, data, err))
        return -1;
    for (int i = 0; i < 3; i++)
        networks[i] = network_for(pictures.shape, i + 1, pool);
    augment = augment_for(pictures.shape, pool);
    *options = pool_text(pool, "--arch '%s' --schedule one-cycle --lr 0.01 --epochs %d",
                         networks[1], epochs_least(pictures.rows));
    *tried =
        pool_text(pool, "--arch '%s|%s|%s' --lr 2e-3..3e-2", networks[0], networks[1], networks[2]);
    if (*augment)
        *tried = pool_text(pool, "%s --augment '|%s|%s, flip h'", *tried, augment, augment);
    return pool->failed ? err_memory(err, "what to try", 0) : 0;
}
