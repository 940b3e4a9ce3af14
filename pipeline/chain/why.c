/* Says which stages make would run, and because of what. */
#include "chain.h"

#include "pipeline/base/json.h"
#include "pipeline/fit/history.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Certainty that a stage will run and make its output again. */
enum { IDLE, MAY_RUN, HAS_TO };

/* Returns the modification time in seconds; NAN: there is no such file. */
static double time_of(const char *file)
{
    struct stat is;

    return stat(file, &is) ? NAN : (double)is.st_mtim.tv_sec + 1e-9 * (double)is.st_mtim.tv_nsec;
}

static bool is_newer(const char *file, const char *than)
{
    struct stat a, b;

    return stat(file, &a) == 0 && stat(than, &b) == 0 &&
           (a.st_mtim.tv_sec > b.st_mtim.tv_sec ||
            (a.st_mtim.tv_sec == b.st_mtim.tv_sec && a.st_mtim.tv_nsec > b.st_mtim.tv_nsec));
}

/* Estimates the seconds that the stage took last time: of a fit by its history, of others from the
 * output's time, which is that of its beginning, to that of its .params. NAN: not known. */
static double seconds_of(struct chain *c, const struct stage *stage)
{
    struct inputs inputs = {NULL, 0};
    struct history history;
    struct err err;
    double seconds = NAN;

    if (!stage->fit)
        return time_of(stage->params) - time_of(stage->output);
    if (history_read(&history, pool_text(&c->pool, "%s.history.jsonl", stage->fit->path), &inputs,
                     &err) == 0) {
        seconds = json_number(history.end, "seconds");
        history_free(&history);
    }
    inputs_free(&inputs);
    return seconds;
}

/* Returns why the stage would run, by what is known of those before it; *state: how sure that is.
 */
static const char *reason(struct chain *c, int number, int *state)
{
    const struct stage *stage = &c->stages[number];
    const char *text = c->ask_all ? "    csvnet_ask is set" : "";

    for (int i = 0; i < stage->prerequisites.count; i++) {
        const char *file = stage->prerequisites.list[i];
        const struct stage *maker = chain_stage(c, file);
        const int made = maker ? state[maker - c->stages] : IDLE;

        if (made == HAS_TO)
            text = pool_text(&c->pool, "    %s will be made again", file);
        else if (made == MAY_RUN)
            text = pool_text(&c->pool, "    %s may be made again", file);
        else if (is_newer(file, stage->output))
            text = pool_text(&c->pool, "    %s is newer", file);
    }
    if (strcmp(stage->now, stage->was))
        text = pool_text(&c->pool, "    was: %s\n    now: %s",
                         stage->was[0] ? stage->was : "not finished", stage->now);
    state[number] = text[0] ? MAY_RUN : IDLE;
    for (int i = 0; i <= stage->besides.count; i++) {
        const char *file = i < stage->besides.count ? stage->besides.list[i] : stage->output;

        if (isnan(time_of(file))) {
            text = pool_text(&c->pool, "    %s is missing", file);
            state[number] = HAS_TO;
        }
    }
    return text;
}

int chain_why(struct chain *c, FILE *out, struct err *err)
{
    int *state = pool_alloc(&c->pool, ((size_t)c->stage_count + 1) * sizeof *state);
    int due = 0;

    for (int i = 0; state && i < c->stage_count; i++) {
        const struct stage *stage = &c->stages[i];
        const char *text;
        double seconds;

        /* The page is not due as long as nobody requested it. */
        if (stage->output == c->page && isnan(time_of(c->page)))
            continue;
        text = reason(c, i, state);
        if (!text[0])
            continue;
        due++;
        seconds = floor(seconds_of(c, stage));
        fprintf(out, "%s", stage->output);
        if (seconds >= 1)
            fprintf(out, ", took %.0f s last time", seconds);
        fprintf(out, ":\n%s\n", text);
    }
    if (c->pool.failed)
        return err_memory(err, "the chain", 0);
    if (due == 0)
        fprintf(out, "csvnet: nothing is out of date\n");
    return 0;
}
