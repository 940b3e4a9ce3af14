/* make tune: draws options, trains them by successive halving, and keeps what was trained, so that
 * it goes on where it was ended. */
#include "tune.h"

#include "auto.h"
#include "private.h"

#include "cmd/cli/hold.h"
#include "cmd/cli/line.h"
#include "cmd/cli/progress.h"
#include "cmd/cli/say.h"
#include "pipeline/tensor/tensor.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { FOLDS = 3 };
/* Seconds for ending: fits save their checkpoints. */
static const double END = 0.5;

static void watch_signals(struct tune *t)
{
    static const int signals[] = {SIGCHLD, SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2, SIGXCPU};

    sigemptyset(&t->signals);
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
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
    t->texts = pool_alloc(t->pool, CANDIDATES_MOST * sizeof *t->texts);
    t->reasons = pool_alloc(t->pool, CANDIDATES_MOST * sizeof *t->reasons);
    t->ranked = pool_alloc(t->pool, CANDIDATES_MOST * sizeof *t->ranked);
    t->running = pool_alloc(t->pool, (size_t)t->lanes * sizeof *t->running);
    t->record = tried_read(t->record_path);
    return t->pool->failed || !t->record ? err_memory(err, "the tuning", 0) : 0;
}

static int tune_model(struct chain *c, const char *model, const char *options, const char *tried,
                      double until, int *caught, struct err *err)
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
                     .lanes = (int)common.threads};
    const char *recipe = pool_text(&c->pool, "%s/%s.recipe", t.folder, model);
    int result;

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
    *caught = t.caught;
    if (result == 0 && !t.caught)
        result = tune_conclude(&t, recipe, err);
    else if (t.caught)
        say("%s: interrupted; make tune goes on from here", t.model);
    json_decref(t.record);
    return result;
}

/* Tunes a model of its own where none has what to try. */
static int tune_auto(struct chain *c, double until, int *caught, struct err *err)
{
    const char *options, *tried;

    if (auto_space(c->fitted, &options, &tried, &c->pool, err) ||
        tune_model(c, "auto", options, tried, until - END, caught, err))
        return -1;
    if (!*caught)
        print_line("MODELS   = auto");
    return *caught ? -1 : 0;
}

int tune_models(struct chain *c, double until, int *caught, struct err *err)
{
    int left = 0;

    *caught = 0;
    for (int m = 0; m < c->model_count; m++)
        left += c->models[m].tried[0] != 0;
    if (left == 0)
        return tune_auto(c, until, caught, err);
    for (int m = 0; m < c->model_count; m++)
        if (c->models[m].tried[0]) {
            const double begin = now();

            if (tune_model(c, c->models[m].name, c->models[m].options, c->models[m].tried,
                           begin + (until - END - begin) / left--, caught, err) ||
                *caught)
                return -1;
        }
    return 0;
}
