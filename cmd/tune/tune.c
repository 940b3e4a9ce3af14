/* make tune: draws options, trains them by successive halving, and keeps what was trained, so that
 * it goes on where it was ended. */
#include "tune.h"

#include "auto.h"
#include "private.h"

#include "cmd/cli/hold.h"
#include "cmd/cli/line.h"
#include "cmd/cli/progress.h"
#include "cmd/cli/say.h"
#include "pipeline/chain/chain.h"
#include "pipeline/tensor/tensor.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FOLDS = 3 };
/* Seconds for ending: fits save their checkpoints. */
static const double END = 0.5;

/* All that is tuned by one call. */
struct tuning {
    int jobs; /* fits side by side behind a launcher; 0: as many as processors */
    int caught;
    struct words trainings; /* names of all that were drawn */
};

/* Has signals wait until they are asked for; those that are ignored, as SIGHUP by nohup, would be
 * found too, and stay out. */
static void watch_signals(struct tune *t)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2, SIGXCPU};
    struct sigaction action;

    sigemptyset(&t->signals);
    sigaddset(&t->signals, SIGCHLD);
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        if (sigaction(signals[i], NULL, &action) == 0 && action.sa_handler != SIG_IGN)
            sigaddset(&t->signals, signals[i]);
    sigprocmask(SIG_BLOCK, &t->signals, &t->before);
}

static int digest_of(struct tune *t, struct err *err)
{
    struct tensor_file *file = NULL;

    if (tensor_file_open(&file, t->data, NULL, "data", err))
        return -1;
    t->data_digest = pool_text(t->pool, "%s", tensor_file_digest(file));
    tensor_file_close(file);
    return 0;
}

static int open_tune(struct tune *t, const char *tried, struct err *err)
{
    const char *name = pool_text(t->pool, "%s.try", t->model);

    if (space_parse(&t->space, name, tried, t->pool, err) || digest_of(t, err))
        return -1;
    t->halving =
        halving_new(options_epochs(&t->base), t->chain->folds ? (int)t->chain->folds : FOLDS);
    t->candidates = pool_alloc(t->pool, CANDIDATES_MOST * sizeof *t->candidates);
    t->drawn = pool_alloc(t->pool, CANDIDATES_MOST * sizeof *t->drawn);
    t->ends = pool_alloc(t->pool, CANDIDATES_MOST * sizeof *t->ends);
    t->texts = pool_alloc(t->pool, CANDIDATES_MOST * sizeof *t->texts);
    t->reasons = pool_alloc(t->pool, CANDIDATES_MOST * sizeof *t->reasons);
    t->ranked = pool_alloc(t->pool, CANDIDATES_MOST * sizeof *t->ranked);
    t->running = pool_alloc(t->pool, (size_t)t->lanes * sizeof *t->running);
    t->record = tried_read(t->record_path);
    return t->pool->failed || !t->record ? err_memory(err, "the tuning", 0) : 0;
}

static int tune_model(struct chain *c, const char *model, const char *options, const char *tried,
                      double until, struct tuning *tuning, struct err *err)
{
    struct tune t = {.chain = c,
                     .pool = &c->pool,
                     .model = model,
                     .data = c->fitted,
                     .folder = pool_text(&c->pool, "%s/tune", c->out),
                     .base = shell_words_of(options, &c->pool),
                     .seed = c->seed[0] ? strtoull(c->seed, NULL, 10) : 1,
                     .begin = now(),
                     .until = until,
                     .launcher = variable(&c->variables, "RUN_FIT", ""),
                     .device = variable(&c->variables, "DEVICE", ""),
                     .by = c->metric};
    const char *recipe = pool_text(&c->pool, "%s/%s.recipe", t.folder, model);
    int result;

    t.lanes = t.launcher[0] && tuning->jobs ? tuning->jobs : (int)common.threads;
    t.record_path = pool_text(&c->pool, "%s/tried.jsonl", t.folder);
    if (mkdir(t.folder, 0777) && errno != EEXIST)
        return err_set(err, EX_CANTCREAT, "%s: cannot be made: %s", t.folder, strerror(errno));
    if (hold_outputs(&recipe, 1))
        return err_set(err, EX_TEMPFAIL, "%s is being made", recipe);
    watch_signals(&t);
    result = open_tune(&t, tried, err);
    if (result == 0)
        result = rungs_run(&t, err);
    sigprocmask(SIG_SETMASK, &t.before, NULL);
    tuning->caught = t.caught;
    for (int i = 0; i < t.count; i++)
        for (int fold = 1; fold <= t.halving.folds; fold++)
            words_add(&tuning->trainings, t.pool, training_name(&t, &t.candidates[i], fold));
    if (result == 0 && !t.caught)
        result = tune_conclude(&t, recipe, err);
    else if (t.caught)
        say("%s: interrupted; make tune goes on from here", t.model);
    json_decref(t.record);
    return result;
}

/* Tunes a model of its own where none has what to try. */
static int tune_auto(struct chain *c, double until, struct tuning *tuning, struct err *err)
{
    const char *options, *tried;

    if (auto_space(c->fitted, &options, &tried, &c->pool, err))
        return -1;
    if (c->metric >= KEEP_MACRO_F1) /* which fit measures when asked to keep by it */
        options = pool_text(&c->pool, "%s --keep %s", options, keep_words[c->metric]);
    if (tune_model(c, "auto", options, tried, until - END, tuning, err))
        return -1;
    if (!tuning->caught)
        print_line("MODELS   = auto");
    return tuning->caught ? -1 : 0;
}

/* Removes what trainings of other data, options or ranges had left. */
static void sweep(struct chain *c, const struct tuning *tuning)
{
    const char *folder = pool_text(&c->pool, "%s/tune", c->out);
    DIR *files = opendir(folder);
    struct dirent *file;

    while (files && (file = readdir(files))) {
        const char *ending = strchr(file->d_name, '.');

        ending = ending && is_training_file(file->d_name) ? strchr(ending + 1, '.') : NULL;
        if (ending &&
            !words_have(&tuning->trainings,
                        pool_text(&c->pool, "%.*s", (int)(ending - file->d_name), file->d_name)))
            (void)unlink(pool_text(&c->pool, "%s/%s", folder, file->d_name));
    }
    if (files)
        closedir(files);
}

static int tune_all(struct chain *c, double until, struct tuning *tuning, struct err *err)
{
    int left = 0;

    for (int m = 0; m < c->model_count; m++)
        left += c->models[m].tried[0] != 0;
    if (left == 0)
        return tune_auto(c, until, tuning, err);
    for (int m = 0; m < c->model_count; m++)
        if (c->models[m].tried[0]) {
            const double begin = now();

            if (tune_model(c, c->models[m].name, c->models[m].options, c->models[m].tried,
                           begin + (until - END - begin) / left--, tuning, err) ||
                tuning->caught)
                return -1;
        }
    return 0;
}

int tune_models(struct chain *c, double until, int jobs, int *caught, struct err *err)
{
    struct tuning tuning = {.jobs = jobs};
    const int result = tune_all(c, until, &tuning, err);

    *caught = tuning.caught;
    if (result == 0 && !c->pool.failed)
        sweep(c, &tuning);
    return result;
}
