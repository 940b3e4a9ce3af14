/* Says which stages make would run, and because of what. */
#include "chain.h"

#include "pipeline/base/json.h"
#include "pipeline/fit/history.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Returns the seconds that the stage took last time, of a fit those of all processes that resumed
 * it. NAN: not known. */
static double seconds_of(struct chain *c, const struct stage *stage)
{
    struct inputs inputs = {NULL, 0};
    struct history history;
    struct err err;
    double seconds = stage->note.took;

    if (stage->fit &&
        history_read(&history, pool_text(&c->pool, "%s.history.jsonl", stage->fit->path), &inputs,
                     &err) == 0) {
        seconds = json_number(history.end, "seconds");
        history_free(&history);
    }
    inputs_free(&inputs);
    return seconds;
}

int chain_why(struct chain *c, FILE *out, struct err *err)
{
    int due = 0;

    for (int i = 0; i < c->stage_count; i++) {
        const struct stage *stage = &c->stages[i];
        double seconds;

        /* The page is not due as long as nobody requested it. */
        if (stage->due == NOT_DUE ||
            (stage->output == c->page && file_state(c->page).size == STATE_ABSENT))
            continue;
        due++;
        seconds = floor(seconds_of(c, stage));
        fprintf(out, "%s", stage->output);
        if (seconds >= 1)
            fprintf(out, ", took %.0f s last time", seconds);
        fprintf(out, ":\n%s\n", stage->reason);
    }
    if (c->pool.failed)
        return err_memory(err, "the chain", 0);
    if (due == 0)
        fprintf(out, "csvnet: nothing is out of date\n");
    return 0;
}
