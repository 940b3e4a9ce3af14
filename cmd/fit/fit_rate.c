/* fit --lr find: finds the learning rate, and shows by what. */
#include "fit_rate.h"

#include "cmd/cli/options.h"
#include "cmd/cli/say.h"
#include "cmd/terminal/rates.h"
#include "fit_members.h"

int fit_find_rate(struct fit_options *o, struct rate_test *test)
{
    const struct terminal terminal = terminal_find();
    struct err err, unshown;
    int result;

    *test = (struct rate_test){0};
    if (o->settings.nn.lr != RATE_TO_FIND)
        return 0;
    if (o->plan) /* which the first process makes alone */
        o->settings.nn.team = NULL;
    result = rate_test(test, &o->settings, &o->files, (int)common.threads, &err);
    if (o->plan && print_rates(&terminal, test, result ? &unshown : &err))
        result = -1;
    if (result)
        return fit_member_gives_way(o->settings.nn.device) ? err.status : fail(&err);
    o->settings.nn.lr = test->found;
    say("--lr %g, found in %d steps from %g to %g", test->found, test->count, test->rate[0],
        test->rate[test->count - 1]);
    return 0;
}
