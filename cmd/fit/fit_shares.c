/* How the processes of a team shared a training. */
#include "fit_shares.h"

#include "cmd/cli/say.h"

#include <stdio.h>

void fit_shares_begin(struct fit_shares *s, const struct training *t)
{
    s->steps = nn_trainer_updates(t->trainer);
    s->before = fit_team_exchange();
}

void fit_shares_gather(struct fit_shares *s, const struct training *t, double seconds)
{
    const struct nn_team *team = t->settings.nn.team;
    const struct fit_exchange all = fit_team_exchange();
    int64_t rows = 0;

    s->seconds = seconds;
    if (!team)
        return;
    fit_team_all(team, nn_trainer_own_rows(t->trainer), s->rows);
    s->exchange = (struct fit_exchange){all.count - s->before.count, all.bytes - s->before.bytes,
                                        all.seconds - s->before.seconds};
    s->steps = nn_trainer_updates(t->trainer) - s->steps;
    for (int r = 0; r < team->ranks; r++)
        rows += s->rows[r];
    s->ranks = rows > 0 ? team->ranks : 0;
}

void fit_shares_say(const struct fit_shares *s)
{
    int64_t least = s->rows[0], most = least, all = 0;
    char to[32];

    if (s->ranks == 0)
        return;
    for (int r = 0; r < s->ranks; r++) {
        least = s->rows[r] < least ? s->rows[r] : least;
        most = s->rows[r] > most ? s->rows[r] : most;
        all += s->rows[r];
    }
    snprintf(to, sizeof to, " to %lld", (long long)most);
    say_folded("processes: %d, of %lld pictures each computed %lld%s; exchanged %.3g MB a step, "
               "which took %.0f %% of the time",
               s->ranks, (long long)all, (long long)least, most > least ? to : "",
               s->exchange.bytes / 1e6 / (double)s->steps, 100 * s->exchange.seconds / s->seconds);
}

json_t *fit_shares_json(const struct fit_shares *s)
{
    json_t *rows;

    if (s->ranks == 0)
        return json_null();
    rows = json_array();
    for (int r = 0; r < s->ranks; r++)
        json_array_append_new(rows, json_integer(s->rows[r]));
    return json_pack("{s:o, s:I, s:I, s:f, s:f, s:f}", "rows", rows, "steps", (json_int_t)s->steps,
                     "exchanges", (json_int_t)s->exchange.count, "exchanged_bytes",
                     s->exchange.bytes, "exchange_seconds", s->exchange.seconds, "seconds",
                     s->seconds);
}
