/* Messages on standard error, lines of results, and the summary of --json. */
#include "say.h"

#include "pipeline/base/json.h"
#include "pipeline/base/text.h"
#include "pipeline/base/utf8.h"
#include "pipeline/files/output.h"
#include "progress.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Prints the line where there is no memory for it: so much as fits, of printable ASCII. */
static void print_short(const char *who, const char *kind, const char *format, va_list args)
{
    char line[1024];

    vsnprintf(line, sizeof line, format, args);
    for (char *c = line; *c; c++)
        if (*c < ' ' || *c > '~')
            *c = '?';
    fprintf(stderr, "%s%s%s%s\n", who, *who ? ": " : "", kind, line);
}

/* Prints one line in one write. */
static void print(const char *who, const char *kind, const char *format, va_list args)
{
    struct strbuf whole = {0};
    char *message = NULL;
    va_list again;

    va_copy(again, args);
    if (vasprintf(&message, format, args) < 0)
        message = NULL;
    strbuf_puts(&whole, progress_interrupt());
    text_show(&whole, who);
    strbuf_printf(&whole, "%s%s", *who ? ": " : "", kind);
    if (message)
        text_show(&whole, message);
    strbuf_puts(&whole, "\n");
    if (message && !whole.failed)
        write_whole(whole.text);
    else
        print_short(who, kind, format, again);
    va_end(again);
    strbuf_free(&whole);
    free(message);
}

void say(const char *format, ...)
{
    va_list args;

    if (common.quiet)
        return;
    va_start(args, format);
    print(speaker(), "", format, args);
    va_end(args);
}

void warn(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    print(full_speaker(), "warning: ", format, args);
    va_end(args);
}

void complain(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    print(full_speaker(), "", format, args);
    va_end(args);
}

int fail(const struct err *err)
{
    progress_end();
    complain("%s", err->text);
    if (err->advice)
        fprintf(stderr, "%s\n", err->advice);
    return err->status;
}

int fail_memory(const char *what)
{
    struct err err;

    err_memory(&err, what, 0);
    return fail(&err);
}

void print_shown(const char *text)
{
    struct strbuf shown = {0};

    text_show(&shown, text);
    fputs(strbuf_shown(&shown), stdout);
    strbuf_free(&shown);
}

const char *output_name(const char *path)
{
    return strcmp(path, "-") ? path : "standard output";
}

const char *input_name(const char *path)
{
    return strcmp(path, "-") ? path : "standard input";
}

void print_line(const char *format, ...)
{
    va_list args;
    char *message = NULL;

    va_start(args, format);
    if (vasprintf(&message, format, args) < 0)
        message = NULL;
    va_end(args);
    print_shown(message ? message : format);
    putchar('\n');
    free(message);
}

void print_buffer(struct strbuf *line)
{
    print_line("%s", strbuf_shown(line));
    strbuf_clear(line);
}

int end_of_printing(void)
{
    struct err err;

    if (fflush(stdout) == 0 && !ferror(stdout))
        return 0;
    err_set(&err, EX_IOERR, "standard output: cannot be written: %s", strerror(errno));
    return fail(&err);
}

/* ---- Folded ---- */

/* Returns the bytes that stay in one line: up to a comma and the like, or, where that is more than
 * the line's columns, a word. */
static size_t unbroken(const char *text, int columns)
{
    size_t length = 0;

    while (text[length] && !(text[length] == ' ' && length && strchr(",;:", text[length - 1])))
        length++;
    return utf8_columns_within(text, length) <= columns ? length : strcspn(text, " ");
}

/* Writes the text in lines of at most `width` columns, each with the speaker's name, those after
 * the first indented. */
static void fold(struct strbuf *out, const char *text, int width)
{
    const int room = width - utf8_columns(speaker()) - (int)strlen(": ");
    int indent = 0;

    do {
        const size_t size = utf8_line(text, room - indent, unbroken);

        strbuf_printf(out, "%s: %*s%.*s\n", speaker(), indent, "", (int)size, text);
        text += size + (text[size] == ' ');
        indent = 2;
    } while (*text);
}

/* Returns whether there was memory for it. */
static bool say_in_lines(const char *message)
{
    struct strbuf whole = {0}, shown = {0};
    bool ok;

    text_show(&shown, message);
    strbuf_puts(&whole, progress_interrupt());
    fold(&whole, strbuf_text(&shown),
         isatty(STDERR_FILENO) ? progress_width() : INT_MAX); /* whole for grep */
    ok = !whole.failed && !shown.failed;
    if (ok)
        write_whole(whole.text);
    strbuf_free(&whole);
    strbuf_free(&shown);
    return ok;
}

void say_folded(const char *format, ...)
{
    char *message = NULL;
    va_list args;

    if (common.quiet)
        return;
    va_start(args, format);
    if (vasprintf(&message, format, args) < 0)
        message = NULL;
    va_end(args);
    if (!message || !say_in_lines(message)) {
        va_start(args, format);
        print(speaker(), "", format, args);
        va_end(args);
    }
    free(message);
}

int write_summary(json_t *summary, const struct inputs *inputs)
{
    struct output *out = NULL;
    struct err err;
    char *text = common.json ? json_text(summary, JSON_INDENT(2) | JSON_REAL_PRECISION(9)) : NULL;
    int status = 0;

    json_decref(summary);
    if (!common.json)
        return 0;
    if (!text)
        return fail_memory("the summary");
    if ((inputs && inputs_refuse_output(inputs, common.json, &err)) ||
        output_open(&out, common.json, &err) || output_printf(out, &err, "%s\n", text) ||
        output_commit(out, inputs, &err))
        status = fail(&err);
    output_close(out);
    free(text);
    return status;
}
