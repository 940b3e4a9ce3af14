#ifndef CMD_FIT_SHARES_H
#define CMD_FIT_SHARES_H

#include "fit_team.h"
#include "pipeline/fit/training.h"

#include <jansson.h>

/* What each process of a team had of a training, and what it cost to share it. */
struct fit_shares {
    int ranks; /* 0: there is no team, or there was no step */
    int64_t steps, rows[NN_TEAM_MOST];
    struct fit_exchange before, exchange; /* of this process: until the first batch, and then */
    double seconds;                       /* that training and scoring took */
};

/* Notes what was done and exchanged before a training begins or goes on. */
void fit_shares_begin(struct fit_shares *shares, const struct training *training);
/* Gathers at its end what each process had, from all. */
void fit_shares_gather(struct fit_shares *shares, const struct training *training, double seconds);
void fit_shares_say(const struct fit_shares *shares);
/* Returns it as JSON, null without a team; NULL: out of memory. */
json_t *fit_shares_json(const struct fit_shares *shares);

#endif
