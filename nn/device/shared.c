/* The driver of a process that joined a device which another one has, see serve.c. */
#include "shared.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Messages are sent when they are so many bytes, a third of a step or so: earlier takes more calls,
 * and later those wait who are to run the same. */
enum { SOON = 1 << 13 };

struct joined {
    struct nn_device device; /* first */
    int socket;
    size_t waiting; /* bytes of messages that are not sent yet */
    u8 message[SOON + sizeof(struct shared_message) + SHARED_BYTES];
};

static struct joined *of(struct nn_device *device)
{
    return (struct joined *)device;
}

int shared_send(int socket, const void *from, size_t bytes)
{
    const u8 *at = from;

    while (bytes > 0) {
        const ssize_t sent = send(socket, at, bytes, MSG_NOSIGNAL);

        if (sent < 0 && errno == EINTR)
            continue;
        if (sent <= 0)
            return -1;
        at += sent;
        bytes -= (size_t)sent;
    }
    return 0;
}

int shared_receive(int socket, void *to, size_t bytes)
{
    u8 *at = to;

    while (bytes > 0) {
        const ssize_t got = recv(socket, at, bytes, 0);

        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return -1;
        at += got;
        bytes -= (size_t)got;
    }
    return 0;
}

/* Notes the fault that a call failed by, if it did. */
static int check(struct joined *d, int status)
{
    return status ? device_fail(&d->device, NN_DEVICE_LOST, "the process that has it has ended")
                  : 0;
}

static int send_waiting(struct joined *d)
{
    const size_t bytes = d->waiting;

    d->waiting = 0;
    return check(d, shared_send(d->socket, d->message, bytes));
}

/* Puts a message behind those that wait, with its own bytes. */
static void put(struct joined *d, struct shared_message message, const void *behind)
{
    const size_t bytes = behind ? message.bytes : 0;

    memcpy(d->message + d->waiting, &message, sizeof message);
    if (behind)
        memcpy(d->message + d->waiting + sizeof message, behind, bytes);
    d->waiting += sizeof message + bytes;
    if (d->waiting >= SOON)
        send_waiting(d);
}

/* Sends a message, waits for the reply and takes over its fault. Returns its number, or -1. */
static int ask(struct joined *d, struct shared_message message, const void *behind)
{
    struct shared_reply reply;

    put(d, message, behind);
    if (d->device.fault || send_waiting(d) ||
        check(d, shared_receive(d->socket, &reply, sizeof reply)))
        return -1;
    d->device.fault = reply.fault;
    d->device.why = reply.why;
    return reply.fault ? -1 : reply.number;
}

/* Buffers and kernels are pointers to other drivers; here they are numbers from 1 on. */
static void *pointer(int number)
{
    return (void *)(uintptr_t)(number + 1);
}

static int number(const void *pointer)
{
    return (int)(uintptr_t)pointer - 1;
}

static void *make_buffer(struct nn_device *device, size_t bytes)
{
    return pointer(ask(of(device), (struct shared_message){SHARED_BUFFER, .bytes = bytes}, NULL));
}

static void release(struct nn_device *device, void *buffer)
{
    if (!device->fault)
        put(of(device), (struct shared_message){SHARED_RELEASE, .buffer = number(buffer)}, NULL);
}

static void write_bytes(struct nn_device *device, void *buffer, size_t at, const void *from,
                        size_t bytes)
{
    for (size_t done = 0; done < bytes && !device->fault; done += SHARED_BYTES) {
        const size_t part = bytes - done < SHARED_BYTES ? bytes - done : SHARED_BYTES;

        put(of(device), (struct shared_message){SHARED_WRITE, number(buffer), at + done, part, 0},
            (const u8 *)from + done);
    }
}

static void read_bytes(struct nn_device *device, void *buffer, size_t at, void *to, size_t bytes)
{
    struct joined *d = of(device);
    const struct shared_message message = {SHARED_READ, number(buffer), at, bytes, 0};

    if (ask(d, message, NULL) >= 0)
        check(d, shared_receive(d->socket, to, bytes));
}

static void *make_kernel(struct nn_device *device, const char *name)
{
    const struct shared_message message = {SHARED_KERNEL, .bytes = KERNEL_NAME};
    char text[KERNEL_NAME];

    snprintf(text, sizeof text, "%s", name);
    return pointer(ask(of(device), message, text));
}

static void run(struct nn_device *device, void *const *buffers, int count, void *kernel,
                size_t items, const void *arguments, size_t bytes)
{
    (void)count; /* 1 */
    put(of(device),
        (struct shared_message){SHARED_RUN, number(buffers[0]), (u64)number(kernel), bytes, items},
        arguments);
}

static void leave(struct nn_device *device)
{
    close(of(device)->socket);
}

static const struct device_driver joined_driver = {
    .name = "shared",
    .bytes = sizeof(struct joined),
    .close = leave,
    .buffer = make_buffer,
    .release = release,
    .write = write_bytes,
    .read = read_bytes,
    .kernel = make_kernel,
    .run = run,
};

/* Passes one end of a new pair of sockets through the door. Returns the other one, or -1. */
static int knock(int door)
{
    int pair[2], sent;
    char nothing = 0;
    struct iovec text = {&nothing, 1};
    union {
        struct cmsghdr head;
        char space[CMSG_SPACE(sizeof(int))];
    } control = {.head = {CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS}};
    const struct msghdr message = {.msg_iov = &text,
                                   .msg_iovlen = 1,
                                   .msg_control = &control,
                                   .msg_controllen = sizeof control};

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
        return -1;
    memcpy(CMSG_DATA(&control.head), &pair[1], sizeof(int));
    sent = (int)sendmsg(door, &message, MSG_NOSIGNAL);
    close(pair[1]);
    if (sent == 1)
        return pair[0];
    close(pair[0]);
    return -1;
}

struct nn_device *nn_device_join(int door, struct nn_error *error)
{
    struct joined *d = calloc(1, sizeof *d);
    struct shared_welcome welcome;

    error->out_of_memory = !d;
    if (!d)
        return NULL;
    d->device.driver = &joined_driver;
    d->socket = knock(door);
    if (d->socket >= 0 && shared_receive(d->socket, &welcome, sizeof welcome) == 0) {
        d->device.info = welcome.info;
        d->device.most = welcome.most;
        d->device.share = welcome.share;
        return &d->device;
    }
    snprintf(error->text, sizeof error->text, "the process that has the device has ended");
    if (d->socket >= 0)
        close(d->socket);
    free(d);
    return NULL;
}
