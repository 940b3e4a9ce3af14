#ifndef CMD_DEVICES_H
#define CMD_DEVICES_H

/* Lists what --device can name, and whether each is fit for use. Returns the exit status. */
int devices_print(void);

#endif
