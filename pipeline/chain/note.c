/* Notes of what made an output: read, written, and the files in them looked at. */
#include "note.h"

#include "pipeline/files/folder.h"
#include "pipeline/files/output.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#ifdef __APPLE__
#define st_mtim               st_mtimespec
#define st_ctim               st_ctimespec
#define CLOCK_REALTIME_COARSE CLOCK_REALTIME
#endif

static const char *const roles[] = {"in", "dep", "out"};

/* ---- Files ---- */

static struct file_state folder_state_of(const char *path)
{
    struct file_state state = {.size = STATE_ABSENT};
    struct folder folder;
    struct err ignored;
    int64_t bytes;

    if (folder_open(&folder, path, &ignored) == 0) {
        state = (struct file_state){.size = STATE_FOLDER, .inode = folder_state(&folder, &bytes)};
        folder_close(&folder);
    }
    return state;
}

struct file_state file_state(const char *path)
{
    struct stat is;

    if (stat(path, &is))
        return (struct file_state){.size = STATE_ABSENT};
    if (S_ISDIR(is.st_mode))
        return folder_state_of(path);
    if (!S_ISREG(is.st_mode))
        return (struct file_state){.size = STATE_STREAM};
    return (struct file_state){is.st_size, is.st_ino, is.st_mtim, is.st_ctim};
}

struct timespec note_file_time(const struct note_file *file)
{
    struct stat is;

    return file->state.size == STATE_FOLDER && stat(file->path, &is) == 0 ? is.st_mtim
                                                                          : file->state.modified;
}

static bool same_time(struct timespec a, struct timespec b)
{
    return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

/* No file system is noted: inode and time of change together do not come again on another. */
bool same_state(const struct file_state *a, const struct file_state *b)
{
    return a->size == b->size && a->inode == b->inode && same_time(a->modified, b->modified) &&
           same_time(a->changed, b->changed);
}

bool is_later(struct timespec a, struct timespec b)
{
    return a.tv_sec > b.tv_sec || (a.tv_sec == b.tv_sec && a.tv_nsec > b.tv_nsec);
}

/* Tells whether a change that follows might leave the state as it is, since the clock of the file
 * system has not moved on: one of seconds, or two, where no fraction is to be seen. */
static bool is_young(const struct file_state *state)
{
    const bool coarse = state->changed.tv_nsec == 0 && state->modified.tv_nsec == 0;
    const struct timespec t = state->changed;
    struct timespec now;

    clock_gettime(CLOCK_REALTIME_COARSE, &now);
    if (coarse)
        return t.tv_sec + 2 >= now.tv_sec;
    return !is_later(now, t);
}

/* Waits until the clock has moved on, where that takes milliseconds. */
static void let_age(const struct file_state *state)
{
    enum { MOST = 20 };

    if (state->changed.tv_nsec || state->modified.tv_nsec)
        for (int i = 0; i < MOST && is_young(state); i++)
            nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
}

void await_tick(void)
{
    enum { MOST = 500 };
    struct timespec begin, now;

    clock_gettime(CLOCK_REALTIME_COARSE, &begin);
    now = begin;
    for (int i = 0; i < MOST && !is_later(now, begin); i++) {
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
        clock_gettime(CLOCK_REALTIME_COARSE, &now);
    }
}

void note_file_renew(struct note_file *file)
{
    struct file_state after;

    file->state = file_state(file->path);
    file->digest[0] = 0;
    file->young = false;
    if (file->state.size < 0)
        return;
    let_age(&file->state);
    file->young = is_young(&file->state);
    if (file_digest(file->path, file->digest))
        file->digest[0] = 0;
    after = file_state(file->path);
    if (!same_state(&file->state, &after))
        file->digest[0] = 0;
}

/* ---- Notes ---- */

void note_text_digest(const char *text, char digest[DIGEST_TEXT])
{
    digest_text(XXH3_128bits(text, strlen(text)), digest);
}

struct note_file *note_add(struct note *note, enum note_role role, const char *path,
                           struct pool *pool)
{
    struct note_file *file;

    if (note->count == note->room) {
        const int room = note->room ? 2 * note->room : 8;
        struct note_file *files = pool_alloc(pool, (size_t)room * sizeof *files);

        if (!files)
            return NULL;
        if (note->count > 0)
            memcpy(files, note->files, (size_t)note->count * sizeof *files);
        note->files = files;
        note->room = room;
    }
    file = &note->files[note->count++];
    *file = (struct note_file){.role = role, .path = path};
    return file;
}

struct note_file *note_find(const struct note *note, bool output, const char *path)
{
    for (int i = 0; i < note->count; i++)
        if ((note->files[i].role == NOTE_OUTPUT) == output &&
            strcmp(note->files[i].path, path) == 0)
            return &note->files[i];
    return NULL;
}

/* Reads a line of a file; false: it is none. */
static bool read_file(struct note *note, const char *line, struct pool *pool)
{
    long long size, modified, changed;
    unsigned long long inode;
    long modified_nano, changed_nano;
    char role[4], young, digest[DIGEST_TEXT];
    int path = 0;
    struct note_file *file;

    if (sscanf(line, "%3[a-z]%c%lld %llu %lld.%ld %lld.%ld %32s %n", role, &young, &size, &inode,
               &modified, &modified_nano, &changed, &changed_nano, digest, &path) != 9 ||
        path == 0)
        return false;
    for (int r = NOTE_INPUT; r <= NOTE_OUTPUT; r++)
        if (strcmp(role, roles[r]) == 0) {
            file = note_add(note, (enum note_role)r, pool_text(pool, "%s", line + path), pool);
            if (!file)
                return false;
            file->young = young == '~';
            file->state = (struct file_state){
                size, inode, {modified, modified_nano}, {changed, changed_nano}};
            if (digest[0] != '-')
                memcpy(file->digest, digest, DIGEST_TEXT);
            return true;
        }
    return false;
}

bool note_load(struct note *note, const char *path, struct pool *pool)
{
    static const char accepted[] = "accepted ";
    FILE *file = fopen(path, "re");
    char *line = NULL;
    size_t room = 0;
    bool whole = false;

    *note = (struct note){.text = "", .accepted = ""};
    for (int number = 0; file && getline(&line, &room, file) > 0; number++) {
        line[strcspn(line, "\n")] = 0;
        if (number == 0)
            note->text = pool_text(pool, "%s", line);
        else if (begins_with(line, accepted))
            note->accepted = pool_text(pool, "%s", line + sizeof accepted - 1);
        else if (sscanf(line, "took %lf", &note->took) == 1)
            whole = true;
        else if (!read_file(note, line, pool))
            break;
    }
    free(line);
    if (file)
        fclose(file);
    if (!whole)
        *note = (struct note){.text = "", .accepted = ""};
    return whole;
}

static int write_file(struct output *out, const struct note_file *file, struct err *err)
{
    const struct file_state *s = &file->state;

    return output_printf(out, err, "%s%c%lld %llu %lld.%09ld %lld.%09ld %s %s\n", roles[file->role],
                         file->young ? '~' : ' ', (long long)s->size, (unsigned long long)s->inode,
                         (long long)s->modified.tv_sec, s->modified.tv_nsec,
                         (long long)s->changed.tv_sec, s->changed.tv_nsec,
                         file->digest[0] ? file->digest : "-", file->path);
}

int note_save(const struct note *note, const char *path, struct err *err)
{
    struct output *out;
    int result = output_open(&out, path, err);

    if (result == 0)
        result = output_printf(out, err, "%s\n", note->text);
    for (int i = 0; i < note->count && result == 0; i++)
        result = write_file(out, &note->files[i], err);
    if (result == 0 && note->accepted[0])
        result = output_printf(out, err, "accepted %s\n", note->accepted);
    if (result == 0)
        result = output_printf(out, err, "took %.3f\n", note->took);
    if (result == 0 && (output_prepare(out, err) || output_place(out, err)))
        result = -1;
    output_close(out);
    return result;
}
