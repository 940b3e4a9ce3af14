/* What a training may use of the processors of others. */
#include "fit_threads.h"

#include "cmd/cli/options.h"
#include "cmd/cli/processors.h"
#include "fit_members.h"

#include <sys/resource.h>

int fit_threads_most(const struct all_fits *fits)
{
    const int most = fits && all_fits_lend(fits) ? processors() : fit_member_threads_most();
    struct rlimit addresses;

    if (getrlimit(RLIMIT_AS, &addresses) == 0 && addresses.rlim_cur != RLIM_INFINITY)
        return (int)common.threads;
    return most > common.threads ? most : (int)common.threads;
}

void fit_threads_take(struct nn_pool *pool, struct all_fits *fits)
{
    nn_pool_limit(pool, fits ? all_fits_threads(fits, (int)common.threads, processors())
                             : fit_member_threads());
}
