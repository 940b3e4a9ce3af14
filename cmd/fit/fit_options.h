#ifndef CMD_FIT_OPTIONS_H
#define CMD_FIT_OPTIONS_H

#include "pipeline/fit/training.h"

/* Folds or seeds of which one command trains a model each. */
struct fit_members {
    const char *what; /* "fold" or "seed"; NULL: the command is one training */
    int64_t first, last;
};

/* fit's command line. */
struct fit_options {
    struct fit_members members;
    const char *out, *history, *checkpoint, *log;
    const char *device;   /* what device_open() takes */
    const char *all_fits; /* what all_fits_open() takes; NULL: this run is alone */
    double time_left;     /* seconds of --within for this run; NAN: all */
    bool resume, restart, plan, verbose;
    int64_t eval_every;
    int64_t pause_after; /* epochs after which the run stops in its checkpoint; 0: it does not */
    struct training_settings settings;
    struct training_files files;
};

/* Parses argv, recipes put in place of --recipe. Returns 0, or the exit status to end
 * with, mistakes having been printed, or OPTIONS_ANSWERED. What *options points to stays for the
 * process's life. */
int fit_options_parse(struct fit_options *options, int argc, char **argv);
/* Returns the model's name of that member, for free(); NULL: out of memory. */
char *fit_output_of_member(const struct fit_options *options, int64_t number);
/* Makes them those of one member: its fold or seed, and its number in place of % in the names of
 * the outputs. Returns as above. */
int fit_options_of_member(struct fit_options *options, int64_t number);

#endif
