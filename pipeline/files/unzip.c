/* Members of zip archives, through unzip. */
#include "unzip.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

bool unzip_names_member(const char *path, size_t *length)
{
    const char *at = strstr(path, ".zip:");

    if (!at || at == path || !at[5] || access(path, F_OK) == 0)
        return false;
    *length = (size_t)(at - path) + 4;
    return true;
}

/* Escapes the name: unzip takes patterns; here a name is a name. */
static void escape(char *pattern, const char *name)
{
    for (; *name; name++) {
        if (strchr("*?[]\\", *name))
            *pattern++ = '\\';
        *pattern++ = *name;
    }
    *pattern = 0;
}

static int not_installed(struct err *err)
{
    return err_set(err, EX_NOINPUT,
                   "the program unzip, which reads archives, is not installed; install the "
                   "package unzip");
}

static int spawn(struct unzip *unzip, const char *archive, char *const argv[], const int ends[2],
                 struct err *err)
{
    posix_spawn_file_actions_t actions;
    int failed;

    if (posix_spawn_file_actions_init(&actions))
        return err_memory(err, "starting unzip", 0);
    failed = posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    if (!failed)
        failed =
            posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    if (!failed)
        failed = posix_spawnp(&unzip->child, argv[0], &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (!failed)
        return 0;
    unzip->child = 0;
    if (failed == ENOENT)
        return not_installed(err);
    return err_set(err, EX_NOINPUT, "%s: the program unzip cannot be started: %s", archive,
                   strerror(failed));
}

/* Starts unzip with an option; `pattern` may be NULL. */
static int start(struct unzip *unzip, const char *option, const char *archive, char *pattern,
                 struct err *err)
{
    char program[] = "unzip", flag[8], path[PATH_MAX];
    char *const argv[] = {program, flag, path, pattern, NULL};
    int ends[2], result;

    snprintf(flag, sizeof flag, "%s", option);
    /* a leading dash would be an option */
    snprintf(path, sizeof path, "%s%s", *archive == '-' ? "./" : "", archive);
    if (pipe2(ends, O_CLOEXEC))
        return err_set(err, EX_OSERR, "%s: no pipe to unzip: %s", archive, strerror(errno));
    result = spawn(unzip, archive, argv, ends, err);
    close(ends[1]);
    if (result == 0)
        unzip->fd = ends[0];
    else
        close(ends[0]);
    return result;
}

int unzip_start(struct unzip *unzip, const char *archive, const char *member, struct err *err)
{
    size_t room = 2 * strlen(member) + 1;
    char *pattern = malloc(room);
    int result;

    if (!pattern)
        return err_memory(err, "starting unzip", room);
    escape(pattern, member);
    result = start(unzip, "-p", archive, pattern, err);
    free(pattern);
    return result;
}

int unzip_list(const char *archive, struct strbuf *names, struct err *err)
{
    enum { MOST = 1 << 20 };
    struct unzip unzip = {0};
    char part[4096];
    ssize_t got;

    if (start(&unzip, "-Z1", archive, NULL, err))
        return -1;
    while (names->size < MOST && !names->failed &&
           ((got = read(unzip.fd, part, sizeof part)) > 0 || (got < 0 && errno == EINTR)))
        if (got > 0)
            strbuf_add(names, part, (size_t)got);
    close(unzip.fd);
    if (unzip_finish(&unzip, archive, err))
        return -1;
    return names->failed ? err_memory(err, "the archive's names", 0) : 0;
}

static int wait_for(struct unzip *unzip)
{
    int status = 0;

    while (waitpid(unzip->child, &status, 0) < 0 && errno == EINTR)
        ;
    unzip->child = 0;
    return status;
}

int unzip_finish(struct unzip *unzip, const char *name, struct err *err)
{
    /* Exit statuses: in unzip's manual; in POSIX where posix_spawn() finds no program. */
    enum { NO_MEMBER = 11, NO_PROGRAM = 127 };
    int status = wait_for(unzip);

    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return 0;
    if (WIFEXITED(status) && WEXITSTATUS(status) == NO_MEMBER)
        return err_set(err, EX_NOINPUT, "%s: the archive has no file of this name", name);
    if (WIFEXITED(status) && WEXITSTATUS(status) == NO_PROGRAM)
        return not_installed(err);
    return err_set(err, EX_DATAERR, "%s: unzip finds the archive damaged or cannot read it (%s %d)",
                   name, WIFEXITED(status) ? "exit status" : "signal",
                   WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
}

void unzip_stop(struct unzip *unzip)
{
    if (!unzip->child)
        return;
    close(unzip->fd); /* writing to nobody ends it */
    unzip->fd = -1;
    wait_for(unzip);
}
