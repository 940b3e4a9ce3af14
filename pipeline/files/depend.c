/* What this process read and wrote, as a rule for make. */
#include "depend.h"

#include "noted.h"
#include "output.h"
#include "pipeline/base/strbuf.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* ---- Writing ---- */

static const char escaped[] = " \t#:", escaped_in_targets[] = " \t#:%";

/* Appends a name as make reads it in a rule: characters of `special` get a backslash, and
 * so does each backslash right before one or the end. */
static void add_name(struct strbuf *rule, const char *name, const char *special)
{
    for (const char *c = name; *c; c++) {
        if (strchr(special, *c)) {
            for (const char *before = c; before > name && before[-1] == '\\'; before--)
                strbuf_puts(rule, "\\");
            strbuf_puts(rule, "\\");
        } else if (*c == '$') {
            strbuf_puts(rule, "$");
        }
        strbuf_add(rule, c, 1);
    }
    for (size_t end = strlen(name); end > 0 && name[end - 1] == '\\'; end--)
        strbuf_puts(rule, "\\");
}

static int check_names(const struct noted *paths, struct err *err)
{
    for (int i = 0; i < paths->count; i++)
        if (strpbrk(paths->list[i], "\r\n"))
            return err_set(err, EX_USAGE,
                           "--depend: make takes no name with a newline in it, as this one: %s",
                           paths->list[i]);
    return paths->failed ? err_memory(err, "the names of files", 0) : 0;
}

int depend_write(const char *path, struct err *err)
{
    struct strbuf rule = {0};
    struct stat status;
    int result;

    if (check_names(&noted_read, err) || check_names(&noted_written, err))
        return -1;
    for (int i = 0; i < noted_written.count; i++)
        if (strcmp(noted_written.list[i], "-") && stat(noted_written.list[i], &status) == 0 &&
            S_ISREG(status.st_mode)) {
            strbuf_puts(&rule, rule.size ? " " : "");
            add_name(&rule, noted_written.list[i], escaped_in_targets);
        }
    if (!rule.size)
        add_name(&rule, path, escaped_in_targets);
    strbuf_puts(&rule, ":");
    for (int i = 0; i < noted_read.count; i++) {
        strbuf_puts(&rule, " \\\n ");
        add_name(&rule, noted_read.list[i], escaped);
    }
    strbuf_puts(&rule, "\n");
    result =
        rule.failed ? err_memory(err, "the names of files", 0) : output_whole(path, rule.text, err);
    strbuf_free(&rule);
    return result;
}

/* ---- Reading ---- */

/* Reads the next name of the rule from *at into `name`; undoes what add_name() does. False: the
 * rule has no more. */
static bool next_name(const char **at, struct strbuf *name)
{
    const char *c = *at;

    strbuf_clear(name);
    while (*c && *c != '\n') {
        const size_t slashes = strspn(c, "\\");
        const char *after = c + slashes;

        if (slashes % 2 == 1 && *after == '\n') {
            strbuf_fill(name, '\\', (int)(slashes / 2));
            c = after + 1;
            if (name->size)
                break;
        } else if (slashes > 0 && (*after == '\n' || (*after && strchr(escaped, *after)))) {
            strbuf_fill(name, '\\', (int)(slashes / 2));
            c = after;
            if (slashes % 2 == 1)
                strbuf_add(name, c++, 1);
        } else if (slashes > 0) {
            strbuf_fill(name, '\\', (int)slashes);
            c = after;
        } else if (*c == ' ' || *c == '\t') {
            c++;
            if (name->size)
                break;
        } else {
            c += *c == '$' && c[1] == '$';
            strbuf_add(name, c++, 1);
        }
    }
    *at = c;
    return name->size > 0;
}

/* Returns what follows the colon after the targets; NULL: there is none. */
static const char *after_targets(const char *text)
{
    for (const char *c = text; *c; c++)
        if (*c == '\\' && c[1])
            c++;
        else if (*c == ':')
            return c + 1;
    return NULL;
}

static int parse(const char *path, const char *text, void (*add)(void *data, const char *file),
                 void *data, struct err *err)
{
    const char *at = after_targets(text);
    struct strbuf name = {0};
    int result;

    if (!at)
        return err_set(err, EX_DATAERR, "%s: is not a rule \"OUTPUT: FILE...\"", path);
    while (next_name(&at, &name))
        add(data, strbuf_text(&name));
    result = name.failed ? err_memory(err, "the names of files", 0) : 0;
    strbuf_free(&name);
    return result;
}

int depend_read(const char *path, void (*add)(void *data, const char *file), void *data,
                struct err *err)
{
    FILE *file = fopen(path, "re");
    char *text = NULL;
    size_t room = 0;
    bool read;
    int result;

    if (!file)
        return err_set(err, EX_NOINPUT, "%s: cannot be opened: %s", path, strerror(errno));
    read = getdelim(&text, &room, 0, file) >= 0;
    if (!read && !feof(file))
        result = errno == ENOMEM
                     ? err_memory(err, "a rule for make", 0)
                     : err_set(err, EX_IOERR, "%s: cannot be read: %s", path, strerror(errno));
    else /* of an empty file the text has no end */
        result = parse(path, read ? text : "", add, data, err);
    free(text);
    fclose(file);
    return result;
}
