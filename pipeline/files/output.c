/* Outputs that are whole or not there: temporary file, checks, flush, rename. */
#include "output.h"

#include "pipeline/base/path.h"
#include "temporary.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BUFFER = 1 << 16 };

#ifdef __APPLE__
#define st_mtim st_mtimespec
#endif

struct output {
    char *path;      /* as the user wrote it */
    char *target;    /* the file to replace, or link; NULL: written to directly */
    char *folder;    /* of the target */
    char *temporary; /* its name, NULL while it has none */
    int fd;
    int lock; /* once fd is closed: keeps the temporary file locked until it is in its place */
    struct timespec opened;
    size_t used;
    unsigned char buffer[BUFFER];
};

static const char *name_of(const struct output *out)
{
    return strcmp(out->path, "-") ? out->path : "standard output";
}

/* Returns the folder of `path` as a new string, or NULL when out of memory. */
static char *folder_of(const char *path)
{
    char *copy = strdup(path);
    char *folder = copy ? strdup(dirname(copy)) : NULL;

    free(copy);
    return folder;
}

/* Gives a new file the owner, group and mode of the one that it replaces, as far as this user may.
 * Of a group that the new one cannot have the permissions are those of all others: another group
 * was not meant. */
static void take_mode(int fd, const struct stat *old)
{
    mode_t mode = old->st_mode & 0777;
    struct stat new;

    if (fchown(fd, old->st_uid, old->st_gid))
        (void)!fchown(fd, (uid_t)-1, old->st_gid);
    if (fstat(fd, &new) == 0 && new.st_gid != old->st_gid)
        mode = (mode & ~(mode_t)070) | (mode & 007) << 3;
    (void)!fchmod(fd, mode);
}

static int open_temporary(struct output *out, struct err *err)
{
    struct stat status;

    out->folder = folder_of(out->target);
    if (!out->folder)
        return err_memory(err, "an output", 0);
    out->fd = temporary_open(out->folder, &out->temporary);
    if (out->fd < 0 || fstat(out->fd, &status))
        return err_set(err, EX_CANTCREAT, "%s: cannot write a file in folder %s: %s", out->path,
                       out->folder, strerror(errno));
    out->opened = status.st_mtim;
    if (lstat(out->target, &status) == 0 && S_ISREG(status.st_mode))
        take_mode(out->fd, &status);
    return 0;
}

/* Returns why no file can be put in the place of the existing `target` though its folder takes
 * files; NULL: nothing is known to be against it. */
static const char *irreplaceable(const struct output *out, const struct stat *target)
{
    struct stat folder;
#ifdef STATX_ATTR_MOUNT_ROOT
    struct statx more;
#endif

#ifdef STATX_ATTR_MOUNT_ROOT
    if (statx(AT_FDCWD, out->target, AT_SYMLINK_NOFOLLOW, 0, &more) == 0) {
        const uint64_t set = more.stx_attributes & more.stx_attributes_mask;

        if (set & STATX_ATTR_MOUNT_ROOT)
            return "it is a mount point, as containers have for single files";
        if (set & (STATX_ATTR_IMMUTABLE | STATX_ATTR_APPEND))
            return "its attributes forbid it (lsattr)";
    }
#endif
    if (geteuid() != 0 && stat(out->folder, &folder) == 0 && folder.st_mode & S_ISVTX &&
        folder.st_uid != geteuid() && target->st_uid != geteuid())
        return "it is another user's, in a folder where only owners replace files";
    return NULL;
}

/* Finds what would make the last step fail, once the work is done. */
static int check_target(const struct output *out, struct err *err)
{
    const size_t length = strlen(out->target);
    struct stat status;
    const char *why = NULL;

    if (length > 0 && out->target[length - 1] == '/')
        why = "a file's name is missing at its end";
    else if (lstat(out->target, &status) == 0)
        why = irreplaceable(out, &status);
    else if (errno != ENOENT || length == 0)
        why = length ? strerror(errno) : "the name is empty";
    return why ? err_set(err, EX_CANTCREAT, "%s: cannot be written: %s", length ? out->path : "''",
                         why)
               : 0;
}

static int standard = STDOUT_FILENO;

int output_take_standard(int other, struct err *err)
{
    const int kept = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);

    if (kept < 0 || (other < 0 ? !freopen("/dev/null", "w", stdout)
                               : dup2(other, STDOUT_FILENO) != STDOUT_FILENO))
        return err_set(err, EX_OSERR, "standard output: %s", strerror(errno));
    standard = kept;
    return 0;
}

/* Opens standard output, or a target that is no regular file: nothing to replace. */
static int open_direct(struct output *out, struct err *err)
{
    if (strcmp(out->path, "-") == 0)
        out->fd = fcntl(standard, F_DUPFD_CLOEXEC, 3);
    else
        out->fd = open(out->path, O_WRONLY | O_CLOEXEC);
    if (out->fd < 0)
        return err_set(err, EX_CANTCREAT, "%s: cannot be written: %s", name_of(out),
                       strerror(errno));
    return 0;
}

/* Tells whether the folder of `path` is of the system's files, where /dev/stdout is a link to what
 * was meant. */
static bool in_system_folder(const char *path)
{
    char *folder = folder_of(path), *real = folder ? realpath(folder, NULL) : NULL;
    bool is = false;

    for (const char *const *system = (const char *const[]){"/dev", "/proc", NULL}; *system;
         system++)
        is |= real && strncmp(real, *system, strlen(*system)) == 0 &&
              (!real[strlen(*system)] || real[strlen(*system)] == '/');
    free(real);
    free(folder);
    return is;
}

static int open_any(struct output *out, struct err *err)
{
    struct stat status;
    bool exists;

    if (strcmp(out->path, "-") == 0)
        return open_direct(out, err);
    exists = stat(out->path, &status) == 0;
    if (exists && S_ISDIR(status.st_mode))
        return err_set(err, EX_CANTCREAT, "%s: is a folder", out->path);
    if (exists && !S_ISREG(status.st_mode))
        return open_direct(out, err);
    /* A link is replaced itself: what it leads to may be another tool's store. */
    out->target =
        exists && in_system_folder(out->path) ? realpath(out->path, NULL) : strdup(out->path);
    if (!out->target && errno == ENOMEM)
        return err_memory(err, "an output's name", 0);
    if (!out->target)
        return err_set(err, EX_CANTCREAT, "%s: cannot be written: %s", out->path, strerror(errno));
    return open_temporary(out, err) || check_target(out, err) ? -1 : 0;
}

int output_try(const char *path, struct err *err)
{
    struct output *out;
    struct stat status;

    if (strcmp(path, "-") == 0 ||
        (stat(path, &status) == 0 && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode)))
        return 0;
    if (output_open(&out, path, err))
        return -1;
    output_close(out);
    return 0;
}

int output_open(struct output **out, const char *path, struct err *err)
{
    struct output *new = calloc(1, sizeof *new);

    *out = NULL;
    if (!new)
        return err_memory(err, "an output", sizeof *new);
    new->fd = new->lock = -1;
    new->path = strdup(path);
    if (!new->path) {
        free(new);
        return err_memory(err, "an output", 0);
    }
    if (open_any(new, err)) {
        output_close(new);
        return -1;
    }
    *out = new;
    return 0;
}

int output_open_bytes(struct output **out, const char *path, struct err *err)
{
    if (output_open(out, path, err))
        return -1;
    if (!isatty((*out)->fd))
        return 0;
    err_set(err, EX_USAGE,
            "%s is a terminal, and what would be written is no text: name a file, or send it on by "
            "> or |",
            name_of(*out));
    output_close(*out);
    *out = NULL;
    return -1;
}

/* Writes all bytes; returns NULL, or why not. */
static const char *write_all(int fd, const void *data, size_t size)
{
    const char *bytes = data;

    while (size > 0) {
        ssize_t n = write(fd, bytes, size);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n < 0 ? strerror(errno) : "nothing was taken";
        bytes += n;
        size -= (size_t)n;
    }
    return NULL;
}

static int write_through(const struct output *out, const void *data, size_t size, struct err *err)
{
    const char *why = write_all(out->fd, data, size);

    return why ? err_set(err, EX_IOERR, "%s: cannot be written: %s", name_of(out), why) : 0;
}

static int flush(struct output *out, struct err *err)
{
    if (write_through(out, out->buffer, out->used, err))
        return -1;
    out->used = 0;
    return 0;
}

int output_write(struct output *out, const void *data, size_t size, struct err *err)
{
    if (size > BUFFER - out->used && flush(out, err))
        return -1;
    if (size >= BUFFER)
        return write_through(out, data, size, err);
    if (size > 0)
        memcpy(out->buffer + out->used, data, size);
    out->used += size;
    return 0;
}

int output_printf(struct output *out, struct err *err, const char *format, ...)
{
    va_list args;
    char *text;
    int length, result;

    va_start(args, format);
    length = vasprintf(&text, format, args);
    va_end(args);
    if (length < 0)
        return err_memory(err, "a line of output", 0);
    result = output_write(out, text, (size_t)length, err);
    free(text);
    return result;
}

/* Returns the folder in which streams are spooled. */
static const char *temporary_folder(void)
{
    const char *folder = getenv("TMPDIR");

    return folder && *folder ? folder : "/tmp";
}

/* Copies the finished file `out->fd` to a new one in `folder`, for lack of its own. Returns its
 * name, or NULL. */
static char *copy_finished(const struct output *out, const char *folder)
{
    unsigned char bytes[BUFFER];
    char *name = NULL;
    off_t at = 0;
    ssize_t n = -1;
    int fd;
    bool kept;

    if (asprintf(&name, "%s/%s.finished-XXXXXX", folder, path_name(out->target)) < 0)
        return NULL;
    fd = mkostemp(name, O_CLOEXEC);
    while (fd >= 0 && (n = pread(out->fd, bytes, sizeof bytes, at)) > 0 &&
           !write_all(fd, bytes, (size_t)n))
        at += n;
    kept = fd >= 0 && n == 0 && fsync(fd) == 0;
    if (fd >= 0 && (close(fd) || !kept)) {
        unlink(name);
        kept = false;
    }
    if (kept)
        return name;
    free(name);
    return NULL;
}

/* Saves what was written from a folder that takes no name any more. */
static int refuse_name(const struct output *out, int error, struct err *err)
{
    char *name = error == ENOMEM ? NULL : copy_finished(out, ".");

    if (!name && error != ENOMEM)
        name = copy_finished(out, temporary_folder());
    if (error == ENOMEM)
        err_memory(err, "an output's name", 0);
    else
        err_set(err, EX_IOERR, "%s: the finished file cannot be given a name: %s%s%s", out->path,
                strerror(error), name ? "; a copy is " : "", name ? name : "");
    free(name);
    return -1;
}

/* Writes the temporary file to disk, gives it a name and closes it. */
static int finish_temporary(struct output *out, struct err *err)
{
    const struct timespec times[2] = {out->opened, out->opened};
    const int fd = out->fd;

    if (futimens(fd, times) || fsync(fd))
        return err_set(err, EX_IOERR, "%s: cannot be flushed to disk: %s", out->path,
                       strerror(errno));
    if (!out->temporary && temporary_link(fd, out->folder, &out->temporary))
        return refuse_name(out, errno, err);
    out->lock = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    out->fd = -1;
    if (close(fd) || out->lock < 0)
        return err_set(err, EX_IOERR, "%s: cannot be closed: %s", out->path, strerror(errno));
    return 0;
}

/* Pipes and devices have nothing to flush to disk and say EINVAL, some EROFS or ENOTSUP. */
static int finish_direct(struct output *out, struct err *err)
{
    int fd = out->fd;

    if (fsync(fd) && errno != EINVAL && errno != EROFS && errno != ENOTSUP)
        return err_set(err, EX_IOERR, "%s: cannot be flushed to disk: %s", name_of(out),
                       strerror(errno));
    out->fd = -1;
    if (close(fd))
        return err_set(err, EX_IOERR, "%s: cannot be closed: %s", name_of(out), strerror(errno));
    return 0;
}

int output_prepare(struct output *out, struct err *err)
{
    if (flush(out, err))
        return -1;
    return out->target ? finish_temporary(out, err) : finish_direct(out, err);
}

/* Leaves the finished file under a name that is free and that no later run takes for left. */
static int keep_finished(struct output *out, int error, struct err *err)
{
    char *name = NULL;
    bool kept = false;

    for (int i = 1; i < 1000 && !kept; i++) {
        free(name);
        if ((i == 1 ? asprintf(&name, "%s.finished", out->target)
                    : asprintf(&name, "%s.finished%d", out->target, i)) < 0)
            name = NULL;
        kept = name && link(out->temporary, name) == 0;
        if (!kept && (!name || errno != EEXIST))
            break;
    }
    /* where there are no links, or the name would be too long */
    if (!kept && name && access(name, F_OK))
        kept = rename(out->temporary, name) == 0;
    err_set(err, EX_IOERR, "%s: the finished file cannot be put in its place: %s; it stays as %s",
            out->path, strerror(error), kept ? name : out->temporary);
    if (kept)
        unlink(out->temporary);
    free(name);
    free(out->temporary);
    out->temporary = NULL;
    return -1;
}

/* Tells whether a file may take the place of that one: never of a device, which a superuser's
 * rename() would replace for everybody. */
static bool is_replaceable(const struct stat *target)
{
    return S_ISREG(target->st_mode) || S_ISLNK(target->st_mode);
}

/* Renames the finished file; its lock goes first where files are renamed only that nobody has open,
 * as by gcsfuse (its issue 2570). */
static int take_place(struct output *out)
{
    if (rename(out->temporary, out->target) == 0)
        return 0;
    if (errno != EOPNOTSUPP)
        return -1;
    close(out->lock);
    out->lock = -1;
    return rename(out->temporary, out->target);
}

int output_place(struct output *out, struct err *err)
{
    struct stat status;

    if (!out->target)
        return 0;
    if (lstat(out->target, &status) == 0 && !is_replaceable(&status)) /* any more */
        return keep_finished(out, EEXIST, err);
    if (take_place(out))
        return keep_finished(out, errno, err);
    free(out->temporary);
    out->temporary = NULL;
    return 0;
}

/* Flushes the folder, which some file systems cannot (EINVAL). */
int output_settle(struct output *out, struct err *err)
{
    int fd, result = 0;

    if (!out->target)
        return 0;
    fd = open(out->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || (fsync(fd) && errno != EINVAL))
        result = err_set(err, EX_IOERR, "%s: folder %s cannot be flushed to disk: %s", out->path,
                         out->folder, strerror(errno));
    if (fd >= 0)
        close(fd);
    return result;
}

int output_commit(struct output *out, const struct inputs *inputs, struct err *err)
{
    if (output_prepare(out, err) || (inputs && inputs_unchanged(inputs, err)) ||
        output_place(out, err))
        return -1;
    return output_settle(out, err);
}

int output_renew(struct output *out, struct err *err)
{
    const struct timespec times[2] = {out->opened, out->opened};

    if (out->target && utimensat(AT_FDCWD, out->target, times, AT_SYMLINK_NOFOLLOW))
        return err_set(err, EX_IOERR, "%s: its time cannot be set: %s", out->path, strerror(errno));
    return 0;
}

const char *output_path(const struct output *out)
{
    return out->path;
}

void output_close(struct output *out)
{
    if (!out)
        return;
    if (out->fd >= 0)
        close(out->fd);
    if (out->temporary)
        unlink(out->temporary);
    if (out->lock >= 0)
        close(out->lock);
    free(out->temporary);
    free(out->folder);
    free(out->target);
    free(out->path);
    free(out);
}

int output_whole(const char *path, const char *text, struct err *err)
{
    struct output *out;
    int result = output_open(&out, path, err);

    if (result == 0)
        result = output_write(out, text, strlen(text), err);
    if (result == 0)
        result = output_commit(out, NULL, err);
    output_close(out);
    return result;
}

/* ---- Several outputs ---- */

/* Returns a new string: the path without symbolic links and dots of the file that would be written
 * to `path`, which need not be there yet. NULL: its folder is missing, or out of memory. */
static char *resolve(const char *path, int links)
{
    char *folder = folder_of(path), *real = folder ? realpath(folder, NULL) : NULL, *whole = NULL;
    char target[PATH_MAX];
    const ssize_t length = readlink(path, target, sizeof target - 1);

    if (real && length > 0 && links > 0) {
        char *next = NULL;

        target[length] = 0;
        if (*target == '/')
            whole = resolve(target, links - 1);
        else if (asprintf(&next, "%s/%s", real, target) >= 0)
            whole = resolve(next, links - 1);
        free(next);
    } else if (real && asprintf(&whole, "%s/%s", real, path_name(path)) < 0) {
        whole = NULL;
    }
    free(real);
    free(folder);
    return whole;
}

bool output_same_target(const char *a, const char *b)
{
    enum { MOST_LINKS = 40 }; /* as Linux follows */
    struct stat in_a, in_b;
    bool same;
    char *one, *other;

    if (strcmp(a, "-") == 0 || strcmp(b, "-") == 0)
        return strcmp(a, b) == 0;
    if (stat(a, &in_a) == 0)
        return S_ISREG(in_a.st_mode) && stat(b, &in_b) == 0 && in_a.st_dev == in_b.st_dev &&
               in_a.st_ino == in_b.st_ino;
    one = resolve(a, MOST_LINKS);
    other = resolve(b, MOST_LINKS);
    same = one && other && strcmp(one, other) == 0;
    free(one);
    free(other);
    return same;
}

/* ---- Spooling ---- */

int output_scratch(const char *path, struct err *err)
{
    struct stat status;
    bool next_to_it =
        strcmp(path, "-") && (stat(path, &status) || S_ISREG(status.st_mode)); /* not in /dev */
    char *folder = next_to_it ? folder_of(path) : strdup(temporary_folder());
    int fd;

    if (!folder)
        return err_memory(err, "a temporary file", 0);
    fd = temporary_scratch(folder);
    if (fd < 0)
        err_set(err, EX_CANTCREAT, "%s: cannot make a temporary file in folder %s: %s", path,
                folder, strerror(errno));
    free(folder);
    return fd;
}

int output_scratch_write(int scratch, const char *path, const void *data, size_t size,
                         struct err *err)
{
    const char *why = write_all(scratch, data, size);

    return why ? err_set(err, EX_IOERR, "%s: cannot write a temporary file next to it: %s", path,
                         why)
               : 0;
}

/* Copies all, after a look at its beginning. Returns 0, or -1 with the cause in err. */
static int copy_all(int from, int to, const char *name, look_at_bytes *look, struct err *err)
{
    unsigned char buffer[BUFFER];
    const char *why;
    size_t held = 0;
    bool looked = false;
    ssize_t n;

    do {
        n = read(from, buffer + held, sizeof buffer - held);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return err_set(err, EX_IOERR, "%s: cannot be read: %s", name, strerror(errno));
        held += (size_t)n;
        if (!looked && n > 0 && held < LOOK_BYTES)
            continue;
        if (!looked && look && look(name, buffer, held, err))
            return -1;
        looked = true;
        why = write_all(to, buffer, held);
        if (why)
            return err_set(err, EX_IOERR, "%s: cannot be copied to a temporary file: %s", name,
                           why);
        held = 0;
    } while (n != 0);
    return 0;
}

int output_scratch_copy(int from, const char *name, look_at_bytes *look, struct err *err)
{
    const int copy = output_scratch("-", err);

    if (copy < 0 || copy_all(from, copy, name, look, err) == 0)
        return copy;
    close(copy);
    return -1;
}
