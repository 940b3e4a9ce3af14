#ifndef CMD_COMPARE_WEIGH_H
#define CMD_COMPARE_WEIGH_H

/* Finds weights for the mean of the predictions, prints what they gain, and writes them to
 * `output`. Returns the exit status: mistakes have been printed. */
int compare_weigh(char *const *paths, int count, const char *output);

#endif
