#ifndef NN_PHILOX_H
#define NN_PHILOX_H

/* Philox 4x32-10: constants from Salmon et al. 2011, section 3 and Random123's philox.h. */
enum { PHILOX_ROUNDS = 10 };
#define PHILOX_MULTIPLIER_0 0xD2511F53u
#define PHILOX_MULTIPLIER_1 0xCD9E8D57u
#define PHILOX_WEYL_0       0x9E3779B9u
#define PHILOX_WEYL_1       0xBB67AE85u

#endif
