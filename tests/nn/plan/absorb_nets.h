#ifndef TESTS_ABSORB_NETS_H
#define TESTS_ABSORB_NETS_H

/* Networks whose prediction absorbs normalizations into matrix layers, against the same layers one
 * by one. Built for float and for double. */

int absorb_net_count(void);
/* Fails the test that runs if a probability is off by more than `tolerance` of its size. */
void absorb_net_check(int number, double tolerance);

#endif
