#ifndef NN_DEVICE_SHARED_H
#define NN_DEVICE_SHARED_H

#include "private.h"

/* What a process that joined a device and the one that has it say to each other, over a pair of
 * sockets of their own: messages, each with `bytes` of its own behind it where that is said, and
 * replies to some. */
enum shared_kind {
    SHARED_BUFFER,  /* reply: the new one's number */
    SHARED_RELEASE, /* of `buffer` */
    SHARED_WRITE,   /* bytes behind: what to write to `buffer`, at `at` */
    SHARED_READ,    /* reply, and if all is well `bytes` behind it */
    SHARED_KERNEL,  /* bytes behind: its name; reply: its number */
    SHARED_RUN      /* bytes behind: its arguments; at: its number */
};
struct shared_message {
    enum shared_kind kind;
    int buffer;
    u64 at, bytes, items;
};
struct shared_reply {
    enum nn_device_fault fault;
    int number;
    struct nn_error why;
};
/* What comes first, to one who joins. */
struct shared_welcome {
    struct nn_device_info info;
    size_t most, share;
};

enum {
    SHARED_BYTES = 1 << 16, /* behind a message at most */
    SHARED_BUFFERS = 8      /* that a process has at a time */
};

/* Send and receive all of so many bytes. Return -1: the other end is gone. */
int shared_send(int socket, const void *from, size_t bytes);
int shared_receive(int socket, void *to, size_t bytes);

#endif
