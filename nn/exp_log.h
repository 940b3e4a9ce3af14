#ifndef NN_EXP_LOG_H
#define NN_EXP_LOG_H

/* exp and log of our own, so that the same bits come out with every C library. Both are within two
 * units in the last place for normal results. */

double nn_exp(double x); /* 0 below -708; x must not be above 709 */
double nn_log(double x); /* x positive and normal */

#endif
