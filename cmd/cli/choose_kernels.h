#ifndef CMD_CHOOSE_KERNELS_H
#define CMD_CHOOSE_KERNELS_H

/* Chooses the table of kernels that CSVNET_KERNELS names, else the best; before any thread. Returns
 * 0, or EX_USAGE after a mistake, which it has printed. */
int choose_kernels(void);

#endif
