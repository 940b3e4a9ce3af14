/* Says which stages make would run, and because of what. */
#include "chain.h"

#include <math.h>

int chain_why(struct chain *c, FILE *out, struct err *err)
{
    int due = 0;

    for (int m = 0; m < c->model_count; m++)
        if (c->models[m].brought[0] && file_state(c->models[m].brought).size == STATE_ABSENT)
            fprintf(out, "%s.model = %s: there is no such file\n", c->models[m].name,
                    c->models[m].brought);
    for (int i = 0; i < c->stage_count; i++) {
        const struct stage *stage = &c->stages[i];
        double seconds;

        /* What is aside is not due as long as nobody requested it. */
        if (stage->due == NOT_DUE ||
            (stage->aside && file_state(stage->output).size == STATE_ABSENT))
            continue;
        due++;
        seconds = floor(stage_seconds(c, stage));
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
