/* A CSV in place of a data set: ingest, a process of its own, makes one that is kept nowhere. */
#include "csv_as_data.h"

#include "cmd/cli/options.h"
#include "pipeline/files/member.h"
#include "pipeline/files/output.h"
#include "pipeline/files/source.h"
#include "pipeline/tensor/tensor.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Reads what the file begins with, unpacked if it is packed; returns how much, -1 where it cannot
 * be read. */
static int64_t read_head(const char *path, unsigned char *bytes, size_t size)
{
    struct source *source;
    struct err ignored;
    int64_t got = -1;

    if (source_open(&source, path, NULL, "csv", &ignored) == 0) {
        got = source_read(source, bytes, size, &ignored);
        source_close(source);
    }
    return got;
}

bool is_csv(const char *path)
{
    enum { LOOKED_AT = 16 };
    unsigned char bytes[LOOKED_AT];
    size_t archive;
    int64_t size;

    if (member_is_named(path, &archive))
        return true;
    size = read_head(path, bytes, LOOKED_AT);
    if (size > 0 && tensor_is_list(bytes, (size_t)size))
        return false;
    for (int64_t i = 0; i < size; i++) /* the length of a tensor file's header has zeros */
        if (bytes[i] < ' ' && !isspace(bytes[i]))
            return false;
    return size >= 4 && bytes[0] != '{';
}

/* Becomes ingest: the program next to this one, or this one under that name, if it has all. */
static void become_ingest(const char *csv, int to)
{
    char program[PATH_MAX], threads[24];
    const ssize_t length = readlink("/proc/self/exe", program, sizeof program - sizeof "ingest");
    char *const words[] = {
        "ingest", (char *)csv, "-o", "-", "--threads", threads, common.quiet ? "--quiet" : NULL,
        NULL};

    snprintf(threads, sizeof threads, "%lld", (long long)common.threads);
    if (length > 0 && dup2(to, STDOUT_FILENO) == STDOUT_FILENO) {
        program[length] = 0;
        memcpy(strrchr(program, '/') + 1, "ingest", sizeof "ingest");
        execv(program, words);
        execv("/proc/self/exe", words);
    }
    _exit(EX_OSERR);
}

int csv_as_data(const char *path, struct err *err)
{
    int ends[2], copy, status = 0, result = -1;
    pid_t child;

    if (pipe2(ends, O_CLOEXEC))
        return err_set(err, EX_OSERR, "%s: no pipe: %s", path, strerror(errno));
    child = fork();
    if (child == 0)
        become_ingest(path, ends[1]);
    close(ends[1]);
    if (child < 0) {
        close(ends[0]);
        return err_set(err, EX_OSERR, "%s: ingest cannot be run: %s", path, strerror(errno));
    }
    copy = output_scratch_copy(ends[0], path, NULL, err);
    close(ends[0]);
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        continue;
    if (copy >= 0)
        result = WIFEXITED(status) ? WEXITSTATUS(status) : EX_SOFTWARE;
    if (result == 0 && dup2(copy, STDIN_FILENO) != STDIN_FILENO)
        result = err_set(err, EX_IOERR, "%s: its copy cannot be opened: %s", path, strerror(errno));
    if (copy >= 0)
        close(copy);
    return result;
}
