#ifndef NN_EXP_LOG_H
#define NN_EXP_LOG_H

/* exp and log by ourselves, so that the same bits come out with every C library. Both are within
 * two units in the last place for normal results. */

enum { EXPS = 8 };
/* Replaces each x by its exp: together they take hardly longer than one. 0 below -708; none may be
 * above 709. */
void nn_exps(double x[EXPS]);
double nn_log(double x); /* x positive and normal */

#endif
