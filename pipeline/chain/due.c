/* Rules for what is out of date, besides the times of files, which make compares: whether what made
 * an output is what would make it now. All of it is here: which files a stage depends on, what is
 * remembered of them and of the options, where, and how the two are compared. */
#include "chain.h"

#include "pipeline/files/folder.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* ---- What would make an output ---- */

/* Returns the options less those that cannot change a byte of the output. */
static struct words options_of(struct chain *c, const struct stage *stage)
{
    static const char *const with_value[] = {"--threads", "--json", "--checkpoint"};
    const struct words given = words_of(variable(&c->variables, stage->options, ""), &c->pool);
    struct words kept = {0};

    for (int i = 0; i < given.count; i++) {
        const char *word = given.list[i];
        bool passed = false;

        for (int o = 0; o < 3 && !passed; o++) {
            const size_t length = strlen(with_value[o]);

            passed = begins_with(word, with_value[o]) && (!word[length] || word[length] == '=');
            i += passed && !word[length];
        }
        if (!passed && strcmp(word, "--resume") && strcmp(word, "--restart") && strcmp(word, "--quiet") && strcmp(word, "-q"))
            words_add(&kept, &c->pool, word);
    }
    return kept;
}

/* Returns a path as the shell will find it. */
static const char *real_path(struct chain *c, const char *path)
{
    const char *home = getenv("HOME");

    return begins_with(path, "~/") && home ? pool_text(&c->pool, "%s%s", home, path + 1) : path;
}

/* Identifies a folder of pictures by their names, sizes and times. */
static const char *identity_of_folder(struct chain *c, const char *path)
{
    struct folder folder;
    struct err ignored;
    int64_t bytes;
    const char *text;

    if (folder_open(&folder, real_path(c, path), &ignored))
        return pool_text(&c->pool, " [%s]", path);
    text = pool_text(&c->pool, " [%s: %d files, state %016llx", path, folder.count,
                     (unsigned long long)folder_state(&folder, &bytes));
    text = pool_text(&c->pool, "%s, %lld bytes]", text, (long long)bytes);
    folder_close(&folder);
    return text;
}

/* Identifies a file by its size and time, which show where an older one replaces it; a pipe has
 * none. "": it is not there. */
static const char *identity(struct chain *c, const char *file)
{
    struct stat is;
    struct tm tm;
    char time[32] = "";

    if (stat(real_path(c, file), &is))
        return "";
    if (S_ISDIR(is.st_mode))
        return identity_of_folder(c, file);
    if (!S_ISREG(is.st_mode))
        return pool_text(&c->pool, " [%s]", file);
    if (gmtime_r(&is.st_mtime, &tm))
        strftime(time, sizeof time, "%Y-%m-%dT%H:%M:%SZ", &tm);
    return pool_text(&c->pool, " [%s: %lld bytes of %s]", file, (long long)is.st_size, time);
}

static bool is_in(const char *file, const char *folder)
{
    return begins_with(file, folder) && file[strlen(folder)] == '/';
}

/* Describes what makes the output: program version, program, its arguments, what files from outside
 * were, and the user's options. */
static const char *describe(struct chain *c, const struct stage *stage)
{
    const struct words options = options_of(c, stage);
    const char *text = pool_text(&c->pool, "csvnet %s: %s %s", CSVNET_VERSION, stage->program,
                                 words_text(&stage->arguments, &c->pool));

    for (int i = 0; i < stage->prerequisites.count; i++) {
        const char *file = stage->prerequisites.list[i];

        if (!is_in(file, c->out) && !is_in(file, c->programs))
            text = pool_text(&c->pool, "%s%s", text, identity(c, file));
    }
    return pool_text(&c->pool, "%s%s%s", text, options.count > 0 ? " " : "",
                     words_text(&options, &c->pool));
}

/* ---- What made it ---- */

/* Reads the one line of a file; "" where there is none, or it cannot be read. */
static const char *read_params(struct chain *c, const char *path)
{
    FILE *file = fopen(path, "re");
    char *line = NULL;
    size_t room = 0;
    const char *text = "";

    if (file && getline(&line, &room, file) > 0) {
        line[strcspn(line, "\n")] = 0;
        text = pool_text(&c->pool, "%s", line);
    }
    free(line);
    if (file)
        fclose(file);
    return text;
}

void due_read(struct chain *c)
{
    for (int i = 0; i < c->stage_count; i++) {
        struct stage *stage = &c->stages[i];
        const char *slash = strrchr(stage->output, '/');

        words_add_all(&stage->prerequisites, &c->pool, &stage->inputs);
        named_files(c, stage);
        words_add(&stage->prerequisites, &c->pool,
                  pool_text(&c->pool, "%s/%s", c->programs, stage->program));
        /* An output outside of OUT is the same file for every BUDGET. */
        stage->params =
            pool_text(&c->pool, "%s/%s.params", is_in(stage->output, c->out) ? c->out : c->base,
                      slash ? slash + 1 : stage->output);
        stage->now = describe(c, stage);
        stage->was = read_params(c, stage->params);
    }
}

bool stage_due(const struct chain *c, const struct stage *stage)
{
    bool due = c->ask_all || strcmp(stage->now, stage->was);

    for (int i = 0; i < stage->besides.count; i++)
        due |= access(stage->besides.list[i], F_OK) != 0;
    return due;
}

/* ---- Before and after a program runs ---- */

static int refuse_missing(const char *variable, struct err *err)
{
    struct pool pool = {NULL, false};
    const char *value = strchr(variable, '=');
    const struct words files = files_of(value ? value + 1 : "", &pool);
    int result = 0;

    for (int i = 0; result == 0 && i < files.count; i++)
        if (access(files.list[i], F_OK))
            result = err_set(err, EX_NOINPUT, "%.*s = %s: there is no file %s",
                             value ? (int)(value - variable) : 0, variable, value ? value + 1 : "",
                             files.list[i]);
    if (result == 0 && pool.failed)
        result = err_memory(err, "names of files", 0);
    pool_free(&pool);
    return result;
}

/* Makes the folders above a file. */
static int make_folders(const char *path, struct err *err)
{
    char *folder = strdup(path);
    int result = folder ? 0 : err_memory(err, "the name of a folder", 0);

    for (char *slash = folder; result == 0 && (slash = strchr(slash + 1, '/'));) {
        *slash = 0;
        if (mkdir(folder, 0777) && errno != EEXIST)
            result = err_set(err, EX_CANTCREAT, "%s: the folder cannot be made: %s", folder,
                             strerror(errno));
        *slash = '/';
    }
    free(folder);
    return result;
}

int stage_begin(const char *params, const char *variable, struct err *err)
{
    if ((variable && refuse_missing(variable, err)) || make_folders(params, err))
        return -1;
    if (unlink(params) && errno != ENOENT)
        return err_set(err, EX_CANTCREAT, "%s: cannot be removed: %s", params, strerror(errno));
    return 0;
}

int stage_end(const char *params, const char *text, struct err *err)
{
    FILE *file = fopen(params, "we");

    if (!file)
        return err_set(err, EX_CANTCREAT, "%s: cannot be made: %s", params, strerror(errno));
    fprintf(file, "%s\n", text);
    if (ferror(file) | fclose(file)) {
        const int fault = errno;

        unlink(params);
        return err_set(err, EX_IOERR, "%s: cannot be written: %s", params, strerror(fault));
    }
    return 0;
}
