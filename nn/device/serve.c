/* Serves a device to processes that joined it: does what each of them asks for in its own order,
 * and what several are to run with the same arguments in one launch. Trainings of one network run
 * the same kernels in the same order, so that they meet. */
#include "shared.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

_Static_assert((int)NN_DEVICE_SIDES == (int)SIDES, "all of them run in one launch");

enum { PENDING = 1 << 18 }; /* more than one message, and some steps */

struct client {
    int socket;
    bool away;    /* it asked for nothing for a while, and is not waited for */
    bool hurries; /* the others wait for it */
    int64_t runs; /* of kernels */
    void *buffer[SHARED_BUFFERS];
    size_t begin, end; /* of what it sent and was not done yet */
    u8 sent[PENDING];
};

struct server {
    struct nn_device *device;
    struct shared_welcome welcome;
    int door; /* -1: closed */
    struct client *client[SIDES];
    int clients;
    int64_t most_runs;
    struct nn_device_served *served;
};

/* The first message of a client. */
struct letter {
    struct shared_message m;
    const u8 *behind;
    size_t bytes; /* of all of it */
};

static bool read_letter(const struct client *c, struct letter *letter)
{
    const size_t there = c->end - c->begin;

    if (there < sizeof letter->m)
        return false;
    memcpy(&letter->m, c->sent + c->begin, sizeof letter->m);
    letter->behind = c->sent + c->begin + sizeof letter->m;
    letter->bytes = sizeof letter->m;
    if (letter->m.kind == SHARED_WRITE || letter->m.kind == SHARED_KERNEL ||
        letter->m.kind == SHARED_RUN)
        letter->bytes += letter->m.bytes;
    return there >= letter->bytes;
}

/* ---- What one asks for ---- */

/* Sends a reply and what is behind it. That there is no room for a buffer is the matter of the one
 * who asked for it. */
static int reply(struct server *s, const struct client *c, int number, const void *behind,
                 size_t bytes)
{
    const struct shared_reply head = {s->device->fault, number, s->device->why};

    if (s->device->fault == NN_DEVICE_FULL)
        s->device->fault = NN_DEVICE_WELL;
    return shared_send(c->socket, &head, sizeof head) ||
                   (!head.fault && shared_send(c->socket, behind, bytes))
               ? -1
               : 0;
}

static int make_buffer(struct server *s, struct client *c, size_t bytes)
{
    int i = 0;

    while (i < SHARED_BUFFERS - 1 && c->buffer[i])
        i++;
    if (!s->device->fault)
        c->buffer[i] = s->device->driver->buffer(s->device, bytes);
    return reply(s, c, i, NULL, 0);
}

static void release_buffer(struct server *s, struct client *c, int i)
{
    if (c->buffer[i])
        s->device->driver->release(s->device, c->buffer[i]);
    c->buffer[i] = NULL;
}

static int read_buffer(struct server *s, const struct client *c, const struct shared_message *m)
{
    void *bytes = malloc(m->bytes);
    int status;

    if (!bytes)
        return -1;
    if (!s->device->fault)
        s->device->driver->read(s->device, c->buffer[m->buffer], m->at, bytes, m->bytes);
    status = reply(s, c, 0, bytes, m->bytes);
    free(bytes);
    return status;
}

/* Does what a client asks for, but to run a kernel. Returns -1: it is gone. */
static int answer(struct server *s, struct client *c, const struct letter *letter)
{
    const struct shared_message *m = &letter->m;

    c->begin += letter->bytes;
    switch (m->kind) {
    case SHARED_BUFFER:
        return make_buffer(s, c, m->bytes);
    case SHARED_RELEASE:
        release_buffer(s, c, m->buffer);
        return 0;
    case SHARED_WRITE:
        if (!s->device->fault)
            s->device->driver->write(s->device, c->buffer[m->buffer], m->at, letter->behind,
                                     m->bytes);
        return 0;
    case SHARED_READ:
        return read_buffer(s, c, m);
    case SHARED_KERNEL:
        return reply(s, c,
                     s->device->fault ? -1 : device_kernel(s->device, (const char *)letter->behind),
                     NULL, 0);
    default:
        return -1;
    }
}

/* ---- What several are to run ---- */

/* Tells whether two are to run the same kernel for as many items, and with the same arguments if
 * that is asked for. */
static bool alike(const struct letter *a, const struct letter *b, bool arguments)
{
    return a->m.at == b->m.at && a->m.items == b->m.items && a->m.bytes == b->m.bytes &&
           (!arguments || memcmp(a->behind, b->behind, a->m.bytes) == 0);
}

/* Finds those that are to run what `letter` says. */
static int find_alike(const struct server *s, const struct letter *letter, bool arguments,
                      struct client *list[SIDES])
{
    struct letter other;
    int count = 0;

    for (int i = 0; i < s->clients; i++)
        if (read_letter(s->client[i], &other) && alike(letter, &other, arguments))
            list[count++] = s->client[i];
    return count;
}

/* Returns the client whose turn it is: one that hurries; or else one of those of which most are to
 * run the same, so that those who are elsewhere wait until the others come there.
 * Each client's first message, if it is there, is to run something, and one is there. */
static const struct client *find_turn(const struct server *s)
{
    struct client *turn = NULL, *list[SIDES];
    struct letter letter;
    int most = 0;

    for (int i = 0; i < s->clients; i++) {
        struct client *c = s->client[i];
        int same;

        if (!read_letter(c, &letter))
            continue;
        same = find_alike(s, &letter, true, list);
        c->hurries &= same == 1;
        if (!turn || (!turn->hurries && (c->hurries || same > most))) {
            turn = c;
            most = same;
        }
    }
    return turn;
}

/* Has those hurry that are far behind the first, until they meet some or are as far. */
static void look_behind(struct server *s)
{
    enum { FAR = 400 }; /* a few steps */

    for (int i = 0; i < s->clients; i++)
        if (s->client[i]->runs > s->most_runs)
            s->most_runs = s->client[i]->runs;
    for (int i = 0; i < s->clients; i++) {
        struct client *c = s->client[i];

        c->hurries = c->runs < s->most_runs && (c->hurries || c->runs + FAR < s->most_runs);
    }
}

static void run(struct server *s, struct client *const *list, int count)
{
    void *buffers[SIDES];
    struct letter letter;

    for (int i = 0; i < count; i++) {
        read_letter(list[i], &letter);
        buffers[i] = list[i]->buffer[letter.m.buffer];
        list[i]->begin += letter.bytes;
        list[i]->runs++;
    }
    if (!s->device->fault)
        s->device->driver->run(s->device, buffers, count, s->device->kernel[letter.m.at].kernel,
                               letter.m.items, letter.behind, letter.m.bytes);
    s->served->kernels += count;
    s->served->launches++;
}

/* Runs what those whose turn it is are to run, and the same kernel with other arguments for those
 * who are to run that, as where seeds differ and random numbers are drawn. */
static void launch(struct server *s)
{
    struct client *list[SIDES];
    struct letter letter, other;
    int count;

    read_letter(find_turn(s), &letter);
    count = find_alike(s, &letter, false, list);
    while (count > 0) {
        int rest = 0;

        read_letter(list[count - 1], &letter);
        for (int i = 0; i < count; i++) {
            struct client *c = list[i];

            read_letter(c, &other);
            if (alike(&letter, &other, true))
                continue;
            list[i] = list[rest];
            list[rest++] = c;
        }
        run(s, list + rest, count - rest);
        count = rest;
    }
    look_behind(s);
}

/* ---- Who comes and goes ---- */

static void dismiss(struct server *s, int i)
{
    struct client *c = s->client[i];

    for (int k = 0; k < SHARED_BUFFERS; k++)
        release_buffer(s, c, k);
    close(c->socket);
    free(c);
    s->client[i] = s->client[--s->clients];
}

/* Takes in one who is at the door, or closes it when nobody can come any more. */
static void let_in(struct server *s)
{
    char nothing;
    struct iovec text = {&nothing, 1};
    union {
        struct cmsghdr head;
        char space[CMSG_SPACE(sizeof(int))];
    } control;
    struct msghdr message = {.msg_iov = &text,
                             .msg_iovlen = 1,
                             .msg_control = &control,
                             .msg_controllen = sizeof control};
    struct client *c;

    if (recvmsg(s->door, &message, MSG_CMSG_CLOEXEC) <= 0) {
        close(s->door);
        s->door = -1;
        return;
    }
    if (!CMSG_FIRSTHDR(&message) || !(c = calloc(1, sizeof *c)))
        return;
    memcpy(&c->socket, CMSG_DATA(&control.head), sizeof(int));
    c->runs = s->most_runs;
    s->client[s->clients++] = c;
    if (shared_send(c->socket, &s->welcome, sizeof s->welcome))
        dismiss(s, s->clients - 1);
}

/* Takes what a client sent. Returns -1: it is gone. */
static int hear(struct client *c)
{
    ssize_t got;

    memmove(c->sent, c->sent + c->begin, c->end - c->begin);
    c->end -= c->begin;
    c->begin = 0;
    got = recv(c->socket, c->sent + c->end, PENDING - c->end, 0);
    if (got <= 0)
        return -1;
    c->end += (size_t)got;
    c->away = false;
    return 0;
}

/* Waits for those who sent nothing to do, and the door; for milliseconds at most, -1: for one.
 * Those that keep silent all the time are away. */
static void listen_to_all(struct server *s, int milliseconds)
{
    struct pollfd poll_for[SIDES + 1];
    const int count = s->clients;
    struct letter letter;
    int heard;

    for (int i = 0; i < count; i++)
        poll_for[i] = (struct pollfd){
            read_letter(s->client[i], &letter) ? -1 : s->client[i]->socket, POLLIN, 0};
    poll_for[count] = (struct pollfd){count < SIDES ? s->door : -1, POLLIN, 0};
    heard = poll(poll_for, (nfds_t)count + 1, milliseconds);
    for (int i = count - 1; i >= 0; i--)
        if (poll_for[i].revents && hear(s->client[i]))
            dismiss(s, i);
        else if (heard == 0 && milliseconds > 0 && poll_for[i].fd >= 0)
            s->client[i]->away = true;
    if (poll_for[count].revents)
        let_in(s);
}

/* Does what is to be done before a kernel runs. */
static void answer_all(struct server *s)
{
    struct letter letter;

    for (int i = s->clients - 1; i >= 0; i--)
        while (read_letter(s->client[i], &letter) && letter.m.kind != SHARED_RUN)
            if (answer(s, s->client[i], &letter)) {
                dismiss(s, i);
                break;
            }
}

void nn_device_serve(struct nn_device *device, int door, int members,
                     struct nn_device_served *served)
{
    enum { PATIENCE = 5 }; /* milliseconds, in which a process sends more unless it is busy */
    const size_t share = device->most / (size_t)(members < SIDES ? members : SIDES);
    struct server s = {device, {device->info, device->most, share}, door, .served = served};

    *served = (struct nn_device_served){0};
    while (s.door >= 0 || s.clients > 0) {
        int runs = 0, silent = 0;

        answer_all(&s);
        for (int i = 0; i < s.clients; i++) {
            struct letter letter;
            const bool there = read_letter(s.client[i], &letter);

            runs += there;
            silent += !there && !s.client[i]->away;
        }
        if (runs > 0 && silent == 0)
            launch(&s);
        listen_to_all(&s, runs == 0 ? -1 : silent ? PATIENCE : 0);
    }
}
