#ifndef PIPELINE_PREDICT_GEOMETRIC_H
#define PIPELINE_PREDICT_GEOMETRIC_H

/* The geometric mean of probabilities, as the arithmetic one of their logarithms. */

/* Returns the logarithm of a probability that is taken for METRICS_FLOOR where it is less. */
double geometric_log(double probability);
/* Turns a row of mean logarithms into probabilities; returns the logarithm of what they added up
 * to. */
double geometric_normalize(double *row, int classes);

#endif
