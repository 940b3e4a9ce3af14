#ifndef CMD_INIT_H
#define CMD_INIT_H

/* csvnet init. Returns the exit status. */
int init_main(int argc, char **argv);

#endif
