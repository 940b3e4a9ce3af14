#ifndef NN_EXP_LOG_H
#define NN_EXP_LOG_H

#include <stdint.h>

/* exp, log, powers, sine and cosine by ourselves, so that the same bits come out with every C
 * library. exp and log are within two units in the last place for normal results. */

enum { EXPS = 8 };
/* Replaces each x by its exp: together they take hardly longer than one. 0 below -708; none may be
 * above 709. */
void nn_exps(double x[EXPS]);
double nn_log(double x); /* x positive and normal */
/* Returns x^n for n >= 0; the relative error is below n 2^-52. */
double nn_power(double x, int64_t n);
/* Computes sine and cosine of x, at most pi from zero; the absolute error is below 2^-49. */
void nn_sine_cosine(double x, double *sine, double *cosine);

#endif
