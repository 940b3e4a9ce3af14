/* One stage in its recipe: before its program, whether there is anything to do, by the content of
 * its files; after it, the note of what was done. */
#include "step.h"

#include "note.h"
#include "pipeline/base/path.h"
#include "pipeline/files/depend.h"
#include "pipeline/files/inputs.h"
#include "pipeline/files/make_folders.h"
#include "pipeline/fit/runs.h"
#include "pipeline/tensor/tensor.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* Ends of the names of files that lie next to the note while the program runs. */
#define BEGUN  ".begun"
#define DEPEND ".depend"

/* ---- Before the program ---- */

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

/* Tells whether a file is what is noted of it, if need be by its content, and renews its state.
 * `doubt`: the state alone does not count. */
static bool is_as_noted(struct note_file *file, bool doubt)
{
    struct note_file now = *file;

    now.state = file_state(file->path);
    if (now.state.size >= 0 && !file->digest[0])
        return false;
    if (!doubt && !file->young && same_state(&now.state, &file->state))
        return true;
    note_file_renew(&now);
    if (now.state.size < 0 ? !same_state(&now.state, &file->state)
                           : strcmp(now.digest, file->digest) != 0)
        return false;
    *file = now;
    return true;
}

/* Gives outputs that are earlier than an input its time, or that of now, so that rules of the
 * user's for either of them see the order of make. Where a file's owner is another, who alone may
 * do so, the order stays as it is. */
static void order_times(struct note *note)
{
    struct timespec newest = {0, 0}, now;

    for (int i = 0; i < note->count; i++) {
        const struct timespec time = note_file_time(&note->files[i]);

        if (note->files[i].role != NOTE_OUTPUT && is_later(time, newest))
            newest = time;
    }
    clock_gettime(CLOCK_REALTIME, &now);
    for (int i = 0; i < note->count; i++) {
        struct note_file *file = &note->files[i];
        const struct timespec time = is_later(newest, now) ? newest : now;

        if (file->role == NOTE_OUTPUT && is_later(newest, file->state.modified) &&
            utimensat(AT_FDCWD, file->path, (struct timespec[]){time, time}, 0) == 0)
            file->state = file_state(file->path);
    }
}

/* Tells whether the note is of this command, and all files are what it says. */
static bool nothing_changed(struct note *note, const struct step *step)
{
    char digest[DIGEST_TEXT];

    note_text_digest(note->text, digest);
    if (strcmp(digest, step->text))
        return false;
    for (int i = 0; i < step->inputs.count; i++)
        if (!note_find(note, false, step->inputs.list[i]))
            return false;
    for (int i = 0; i < step->outputs.count; i++)
        if (!note_find(note, true, step->outputs.list[i]))
            return false;
    for (int i = 0; i < note->count; i++)
        if (!is_as_noted(&note->files[i], step->doubt))
            return false;
    return true;
}

static const char *begun_of(const char *note, const char *make, struct pool *pool)
{
    return pool_text(pool, "%s.%s" BEGUN, note, make);
}

struct words step_files(const char *note, struct pool *pool)
{
    const char *name = path_name(note);
    const char *folder = pool_text(pool, "%.*s", (int)(name - note), note);
    const size_t length = strlen(name);
    struct words files = {0};
    const struct dirent *entry;
    DIR *open = opendir(folder[0] ? folder : ".");

    while (open && (entry = readdir(open)))
        if (begins_with(entry->d_name, name) && entry->d_name[length] == '.' &&
            (ends_with(entry->d_name, BEGUN) || ends_with(entry->d_name, DEPEND) ||
             ends_with(entry->d_name, SHARE)))
            words_add(&files, pool, pool_text(pool, "%s%s", folder, entry->d_name));
    if (open)
        closedir(open);
    return files;
}

/* Removes what runs of the stage noted before their programs; not if these are still running,
 * unless `all`: then the step_end() of another make leaves the note as this one wrote it. */
static void remove_begun(const char *note, bool all, struct pool *pool)
{
    const struct words files = step_files(note, pool);

    for (int i = 0; i < files.count; i++) {
        const int fd = all ? -1 : open(files.list[i], O_RDONLY | O_CLOEXEC);

        if (all || (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0))
            unlink(files.list[i]);
        if (fd >= 0)
            close(fd);
    }
}

/* Locks the file as long as this process and the program that it becomes are running. */
static void lock_begun(const char *begun)
{
    const int fd = open(begun, O_RDONLY);

    if (fd >= 0)
        (void)flock(fd, LOCK_SH);
}

/* Writes what the files are before the program runs, for step_end(), to which the time of this note
 * tells which of the files that the program will name changed since: none that was made just
 * before. */
static int note_beginning(const struct step *step, struct pool *pool, struct err *err)
{
    struct note begun = {.text = step->accept ? "accepted" : "begun", .accepted = ""};

    await_tick();
    for (int i = 0; i < step->inputs.count; i++) {
        struct note_file *file = note_add(&begun, NOTE_INPUT, step->inputs.list[i], pool);

        if (file)
            file->state = file_state(file->path);
    }
    for (int i = 0; i < step->outputs.count; i++) {
        struct note_file *file = note_add(&begun, NOTE_OUTPUT, step->outputs.list[i], pool);

        if (file)
            file->state = file_state(file->path);
    }
    return pool->failed ? err_memory(err, "a note", 0)
                        : note_save(&begun, begun_of(step->note, step->make, pool), err);
}

/* ---- Former predictions ---- */

/* Returns where the predictions that a stage replaces stay, to be compared with the new ones; NULL:
 * its output is something else. */
static const char *former_of(const char *output, struct pool *pool)
{
    static const char *const endings[] = {".pred.st.zst", ".oof.st.zst"};
    const size_t whole = strlen(output), end = strlen(".st.zst");

    for (int i = 0; i < 2; i++)
        if (whole > strlen(endings[i]) &&
            strcmp(output + whole - strlen(endings[i]), endings[i]) == 0)
            return pool_text(pool, "%.*s.old.st.zst", (int)(whole - end), output);
    return NULL;
}

static const char *former_name(const char *note, struct pool *pool)
{
    return pool_text(pool, "%s.former", note);
}

/* Links the output, so that it is there when the program has replaced it. Where links cannot be
 * made there will be none. */
static void hold_former(const struct step *step, struct pool *pool)
{
    const char *name = former_name(step->note, pool);

    unlink(name);
    if (former_of(step->outputs.list[0], pool) && link(step->outputs.list[0], name))
        unlink(name);
}

/* Gives it its place if the program put another output there, else lets it go. Comes before the
 * states are noted: it changes that of an output which is still the same file. */
static void place_former(const char *path, const struct note *note, const struct note *was,
                         struct pool *pool)
{
    const char *name = former_name(path, pool);

    for (int i = 0; i < note->count; i++) {
        const struct note_file *file = &note->files[i], *before;
        const char *former;
        char digest[DIGEST_TEXT];

        if (file->role != NOTE_OUTPUT)
            continue;
        former = former_of(file->path, pool);
        before = note_find(was, true, file->path);
        if (!former || !before || file_digest(file->path, digest) ||
            strcmp(before->digest, digest) == 0 || rename(name, former))
            unlink(name);
        return;
    }
}

static bool all_there(const struct words *files)
{
    for (int i = 0; i < files->count; i++)
        if (access(files->list[i], F_OK))
            return false;
    return true;
}

/* Checks that tensor files hold what they record, for every later stage would refuse them. */
static int check_accepted(const struct words *files, struct err *err)
{
    int result = 0;

    for (int i = 0; i < files->count && result == 0; i++) {
        struct tensor_file *file = NULL;
        struct err why;

        if (!ends_with(files->list[i], ".st.zst") && !ends_with(files->list[i], ".shards"))
            continue;
        if (tensor_file_open(&file, files->list[i], NULL, "", &why) ||
            tensor_file_verify(file, &why))
            result =
                err_set(err, why.status, "%s; so csvnet_accept cannot take it as it is", why.text);
        tensor_file_close(file);
    }
    return result;
}

const char *step_keep_accepted(const struct step *step, struct pool *pool)
{
    const char *output = step->outputs.list[0], *kept = pool_text(pool, "%s.old", output);
    struct note note;

    if (!note_load(&note, step->note, pool) || !note.accepted[0])
        return NULL;
    for (int i = 2; access(kept, F_OK) == 0; i++) {
        if (file_state(kept).inode == file_state(output).inode)
            return NULL; /* by a run that was interrupted */
        kept = pool_text(pool, "%s.old%d", output, i);
    }
    return pool->failed || link(output, kept) ? NULL : kept;
}

enum step_result step_begin(const struct step *step, struct err *err)
{
    struct pool pool = {NULL, false};
    const bool accept = step->accept && all_there(&step->outputs);
    enum step_result result = STEP_RUN;
    struct note note;

    if (!step->force && note_load(&note, step->note, &pool) && nothing_changed(&note, step)) {
        remove_begun(step->note, false, &pool);
        order_times(&note);
        result = note_save(&note, step->note, err) ? STEP_SAME_UNNOTED : STEP_SAME;
    } else if ((step->brought && refuse_missing(step->brought, err)) ||
               (accept && check_accepted(&step->outputs, err)) || make_folders(step->note, err)) {
        result = STEP_FAILED;
    } else {
        struct step begun = *step;

        remove_begun(step->note, false, &pool);
        begun.accept = accept;
        hold_former(step, &pool);
        result = note_beginning(&begun, &pool, err) ? STEP_FAILED
                 : begun.accept                     ? STEP_ACCEPTED
                                                    : STEP_RUN;
        if (result == STEP_RUN)
            lock_begun(begun_of(step->note, step->make, &pool));
    }
    pool_free(&pool);
    return result;
}

/* ---- After it ---- */

struct found {
    struct note *note;
    struct pool *pool;
};

/* Adds an input that the program reported, unless it is one of the rule's. */
static void add_found(void *data, const char *path)
{
    const struct found *found = data;

    if (!note_find(found->note, false, path) && !note_find(found->note, true, path))
        (void)note_add(found->note, NOTE_FOUND, pool_text(found->pool, "%s", path), found->pool);
}

/* Renews what is noted of a file after the program ran. An input that changed since it began may
 * have been read before or after: its digest is not known. */
static void renew_after(struct note_file *file, struct timespec began)
{
    const struct file_state before = file->state;

    note_file_renew(file);
    if ((file->role == NOTE_INPUT && !same_state(&before, &file->state)) ||
        (file->role == NOTE_FOUND &&
         (!is_later(began, file->state.changed) || !is_later(began, file->state.modified))))
        file->digest[0] = 0;
}

/* Seconds that the output took: those of the run before, where this one left it as it was. */
static double seconds_taken(const struct note *note, const struct note *was, struct timespec began)
{
    struct timespec now;

    for (int i = 0; i < note->count; i++) {
        const struct note_file *file = &note->files[i];
        const struct note_file *before = note_find(was, true, file->path);

        if (file->role == NOTE_OUTPUT && before && before->state.inode == file->state.inode)
            return was->took;
    }
    clock_gettime(CLOCK_REALTIME, &now);
    return (double)(now.tv_sec - began.tv_sec) + 1e-9 * (double)(now.tv_nsec - began.tv_nsec);
}

static int end(const char *path, const char *make, const char *text, struct pool *pool,
               struct err *err)
{
    const char *begun = begun_of(path, make, pool);
    const char *found = pool_text(pool, "%s.%s" DEPEND, path, make);
    const struct file_state beginning = file_state(begun);
    struct note note, was;
    struct err fault;
    char time_text[32];
    const time_t now = time(NULL);
    struct tm tm;

    if (!note_load(&note, begun, pool))
        return 0; /* another make, which did the same, has noted it meanwhile */
    (void)note_load(&was, path, pool);
    if (strcmp(note.text, "accepted") == 0 && gmtime_r(&now, &tm) &&
        strftime(time_text, sizeof time_text, "%Y-%m-%dT%H:%M:%SZ", &tm))
        note.accepted = time_text;
    note.text = text;
    if (depend_read(found, add_found, &(struct found){&note, pool}, &fault) &&
        fault.status != EX_NOINPUT) {
        *err = fault;
        return -1;
    }
    place_former(path, &note, &was, pool);
    for (int i = 0; i < note.count; i++)
        renew_after(&note.files[i], beginning.modified);
    note.took = seconds_taken(&note, &was, beginning.modified);
    if (pool->failed)
        return err_memory(err, "a note", 0);
    if (note_save(&note, path, err))
        return -1;
    remove_begun(path, true, pool);
    return 0;
}

/* Refuses to note a stage whose command ended well without its output: a launcher that does not
 * wait for what it launched, as sbatch. */
static int refuse_unmade(const struct note *begun, struct err *err)
{
    for (int i = 0; i < begun->count; i++)
        if (begun->files[i].role == NOTE_OUTPUT)
            return access(begun->files[i].path, F_OK) == 0
                       ? 0
                       : err_set(err, EX_CANTCREAT,
                                 "%s is not there, though its command ended well: what RUN_FIT or "
                                 "the like names has to end with the program that it starts",
                                 begun->files[i].path);
    return 0;
}

int step_end(const char *note, const char *make, const char *text, char *const *run,
             struct err *err)
{
    struct pool pool = {NULL, false};
    struct note begun;
    int result = 0;

    if (note_load(&begun, begun_of(note, make, &pool), &pool)) {
        result = refuse_unmade(&begun, err);
        if (result == 0 && run && access(run[1], F_OK) == 0 && strcmp(begun.text, "accepted"))
            result = runs_add(run[0], run[1], run[2], run[3], run[4], err);
        if (result == 0)
            result = end(note, make, text, &pool, err);
    }
    if (result == 0 && pool.failed)
        result = err_memory(err, "a note", 0);
    pool_free(&pool);
    return result;
}
