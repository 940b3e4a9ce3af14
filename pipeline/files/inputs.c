/* The inputs of a run: what each was when it was opened, and whether it still is that. */
#include "inputs.h"

#include "noted.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifdef __APPLE__
#define st_mtim st_mtimespec
#define st_ctim st_ctimespec
#endif

struct input {
    char *role, *path;
    digest_function *again;
    bool regular; /* else it can be read only once and has nothing to compare */
    struct stat status;
    struct input_files files; /* in place of again, regular and status, if it has data */
    char digest[DIGEST_TEXT];
};

/* Adds one with its role and path. */
static struct input *add(struct inputs *inputs, const char *role, const char *path, struct err *err)
{
    struct input *list = realloc(inputs->list, ((size_t)inputs->count + 1) * sizeof *list);
    struct input *input;

    if (list)
        inputs->list = list;
    input = list ? &list[inputs->count] : NULL;
    if (input)
        *input = (struct input){.role = strdup(role), .path = strdup(path)};
    if (input && input->role && input->path)
        return input;
    if (input) {
        free(input->role);
        free(input->path);
    }
    err_memory(err, "the list of inputs", 0);
    return NULL;
}

int inputs_add(struct inputs *inputs, const char *role, const char *path, int fd,
               digest_function *again, struct err *err)
{
    struct input *input = add(inputs, role, path, err);

    if (!input)
        return -1;
    if (fstat(fd, &input->status)) {
        free(input->role);
        free(input->path);
        return err_set(err, EX_OSERR, "%s: cannot be noted as an input: %s", path, strerror(errno));
    }
    input->again = again;
    input->regular = S_ISREG(input->status.st_mode) && strcmp(path, "-");
    note_read(path);
    return inputs->count++;
}

int inputs_add_files(struct inputs *inputs, const char *role, const char *path,
                     const struct input_files *files, struct err *err)
{
    struct input *input = add(inputs, role, path, err);

    if (!input)
        return -1;
    input->files = *files;
    return inputs->count++;
}

struct inputs *inputs_parts(struct inputs *inputs, struct err *err)
{
    if (!inputs->parts && !(inputs->parts = calloc(1, sizeof *inputs->parts)))
        err_memory(err, "the list of inputs", 0);
    return inputs->parts;
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
        const bool many = input->files.data && input->files.has(input->files.data, &status);

        if (many || (input->regular && input->status.st_dev == status.st_dev &&
                     input->status.st_ino == status.st_ino))
            return err_set(err, EX_USAGE, "%s: is the output and an input (%s) at once", path,
                           input->path);
    }
    return inputs->parts ? inputs_refuse_output(inputs->parts, path, err) : 0;
}

static bool same_file(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
           a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec &&
           a->st_ctim.tv_sec == b->st_ctim.tv_sec && a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

int file_digest(const char *path, char digest[DIGEST_TEXT])
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

static int take_digest(struct input *input)
{
    if (input->files.data)
        return input->files.digest(input->files.data, input->digest);
    return input->regular ? file_digest(input->path, input->digest) : -1;
}

int inputs_take_digests(struct inputs *inputs)
{
    for (int i = 0; i < inputs->count; i++) {
        struct input *input = &inputs->list[i];

        if (!*input->digest && take_digest(input))
            return -1;
    }
    return 0;
}

static int input_unchanged(const struct input *input, struct err *err)
{
    struct stat status;
    char digest[DIGEST_TEXT] = "";

    if (stat(input->path, &status))
        return err_set(err, EX_TEMPFAIL, "%s: went away while it was being read: %s", input->path,
                       strerror(errno));
    if (same_file(&status, &input->status))
        return 0;
    if (input->again(input->path, digest) || strcmp(digest, input->digest))
        return err_set(err, EX_TEMPFAIL, "%s: changed while it was being read; run this again",
                       input->path);
    return 0;
}

static int files_unchanged(const struct input *input, struct err *err)
{
    const struct input_files *files = &input->files;
    const char *changed = files->changed(files->data);
    char digest[DIGEST_TEXT] = "";

    if (changed && (files->digest(files->data, digest) || strcmp(digest, input->digest)))
        return err_set(err, EX_TEMPFAIL, "%s/%s: changed while it was being read; run this again",
                       input->path, changed);
    return 0;
}

int inputs_unchanged(const struct inputs *inputs, struct err *err)
{
    for (int i = 0; i < inputs->count; i++) {
        const struct input *input = &inputs->list[i];

        if ((input->regular && input_unchanged(input, err)) ||
            (input->files.data && files_unchanged(input, err)))
            return -1;
    }
    return inputs->parts ? inputs_unchanged(inputs->parts, err) : 0;
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
    if (inputs->parts)
        inputs_free(inputs->parts);
    free(inputs->parts);
    *inputs = (struct inputs){0};
}
