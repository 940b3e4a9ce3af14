#include "inputs.h"

#include "pipeline/base/digest.h"
#include "pipeline/tensor/tensor.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifdef __APPLE__
#define st_mtim st_mtimespec
#endif

struct input {
    char *role, *path;
    enum digest_kind kind;
    bool regular; /* else it can be read only once and has nothing to compare */
    struct stat status;
    char digest[DIGEST_TEXT];
};

int inputs_add(struct inputs *inputs, const char *role, const char *path, int fd,
               enum digest_kind kind, struct err *err)
{
    struct input *list = realloc(inputs->list, ((size_t)inputs->count + 1) * sizeof *list);
    struct input *input;

    if (!list)
        return err_memory(err, "the list of inputs", 0);
    inputs->list = list;
    input = &list[inputs->count];
    *input = (struct input){.role = strdup(role), .path = strdup(path), .kind = kind};
    if (!input->role || !input->path || fstat(fd, &input->status)) {
        free(input->role);
        free(input->path);
        return err_set(err, EX_OSERR, "%s: cannot be noted as an input: %s", path, strerror(errno));
    }
    input->regular = S_ISREG(input->status.st_mode) && strcmp(path, "-");
    return inputs->count++;
}

void inputs_set_digest(struct inputs *inputs, int number, const char digest[DIGEST_TEXT])
{
    memcpy(inputs->list[number].digest, digest, DIGEST_TEXT);
}

int inputs_refuse_output(const struct inputs *inputs, const char *path, struct err *err)
{
    struct stat status;

    if (strcmp(path, "-") == 0 || stat(path, &status))
        return 0;
    for (int i = 0; i < inputs->count; i++) {
        const struct input *input = &inputs->list[i];

        if (input->regular && input->status.st_dev == status.st_dev &&
            input->status.st_ino == status.st_ino)
            return err_set(err, EX_USAGE, "%s: is the output and an input (%s) at once", path,
                           input->path);
    }
    return 0;
}

static bool same_time(struct timespec a, struct timespec b)
{
    return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

static bool same_file(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
           same_time(a->st_mtim, b->st_mtim);
}

/* XXH3-128 of all bytes of the file. -1: it cannot be read. */
static int stored_digest(const char *path, char digest[DIGEST_TEXT])
{
    static const size_t room = 1 << 16;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    void *buffer = malloc(room);
    XXH3_state_t *state = XXH3_createState();
    ssize_t n = -1;

    if (fd >= 0 && buffer && state) {
        XXH3_128bits_reset(state);
        while ((n = read(fd, buffer, room)) > 0 || (n < 0 && errno == EINTR))
            if (n > 0)
                XXH3_128bits_update(state, buffer, (size_t)n);
        digest_text(XXH3_128bits_digest(state), digest);
    }
    if (fd >= 0)
        close(fd);
    free(buffer);
    XXH3_freeState(state);
    return n == 0 ? 0 : -1;
}

/* The digest of what a tensor file holds now, not only of what it records. */
static int content_digest(const char *path, char digest[DIGEST_TEXT])
{
    struct tensor_file *file = NULL;
    struct err ignored;
    int result = -1;

    if (tensor_file_open(&file, path, NULL, "", &ignored) == 0 &&
        tensor_file_verify(file, &ignored) == 0) {
        memcpy(digest, tensor_file_digest(file), DIGEST_TEXT);
        result = 0;
    }
    tensor_file_close(file);
    return result;
}

int inputs_digest_now(const char *path, char digest[DIGEST_TEXT], struct err *err)
{
    if (content_digest(path, digest) == 0 || stored_digest(path, digest) == 0)
        return 0;
    return err_set(err, EX_NOINPUT, "%s: cannot be read: %s", path, strerror(errno));
}

int inputs_take_digests(struct inputs *inputs)
{
    for (int i = 0; i < inputs->count; i++) {
        struct input *input = &inputs->list[i];

        if (!*input->digest && (!input->regular || stored_digest(input->path, input->digest)))
            return -1;
    }
    return 0;
}

static int input_unchanged(const struct input *input, struct err *err)
{
    struct stat status;
    char digest[DIGEST_TEXT] = "";
    int failed;

    if (stat(input->path, &status))
        return err_set(err, EX_TEMPFAIL, "%s: went away while it was being read: %s", input->path,
                       strerror(errno));
    if (same_file(&status, &input->status))
        return 0;
    failed = input->kind == DIGEST_STORED ? stored_digest(input->path, digest)
                                          : content_digest(input->path, digest);
    if (failed || strcmp(digest, input->digest))
        return err_set(err, EX_TEMPFAIL, "%s: changed while it was being read; run this again",
                       input->path);
    return 0;
}

int inputs_unchanged(const struct inputs *inputs, struct err *err)
{
    for (int i = 0; i < inputs->count; i++)
        if (inputs->list[i].regular && input_unchanged(&inputs->list[i], err))
            return -1;
    return 0;
}

int inputs_count(const struct inputs *inputs)
{
    return inputs->count;
}

const char *inputs_role(const struct inputs *inputs, int number)
{
    return inputs->list[number].role;
}

const char *inputs_digest(const struct inputs *inputs, int number)
{
    return inputs->list[number].digest;
}

void inputs_free(struct inputs *inputs)
{
    for (int i = 0; i < inputs->count; i++) {
        free(inputs->list[i].role);
        free(inputs->list[i].path);
    }
    free(inputs->list);
    *inputs = (struct inputs){0};
}
