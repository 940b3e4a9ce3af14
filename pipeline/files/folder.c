/* The files of a folder as one input: listed, found by name, read. */
#include "folder.h"

#include "pipeline/base/path.h"
#include "pipeline/base/strbuf.h"
#include "pipeline/base/text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#ifdef __APPLE__
#define st_mtim st_mtimespec
#define st_ctim st_ctimespec
#endif

/* ---- Names ---- */

bool folder_takes(const char *name)
{
    /* The last ones are not read here; they are refused by their content, not passed over. */
    static const char *const endings[] = {".png", ".jpg", ".jpeg", ".jpe",  ".jfif",
                                          ".bmp", ".gif", ".tif",  ".tiff", ".webp"};
    const char *point = strrchr(name, '.');

    for (size_t i = 0; point && i < sizeof endings / sizeof *endings; i++)
        if (strcasecmp(point, endings[i]) == 0)
            return true;
    return false;
}

struct text {
    const char *at;
    size_t size;
};

/* Returns the name within its path, less what follows the last point. */
static struct text stem_of(const char *path)
{
    const char *name = path_name(path);

    return (struct text){name, (size_t)(strrchr(name, '.') - name)};
}

static int compare_texts(struct text a, struct text b)
{
    const int by_bytes = memcmp(a.at, b.at, a.size < b.size ? a.size : b.size);

    return by_bytes ? by_bytes : (a.size > b.size) - (a.size < b.size);
}

/* ---- Listing ---- */

struct listing {
    const char *top;
    struct strbuf names; /* paths, each with its NUL */
    struct strbuf path;
    int64_t count;
    struct folder *folder;
    struct err *err;
};

static int note_other(struct listing *l, const char *path)
{
    struct folder *f = l->folder;

    f->others++;
    if (f->first_other && strcmp(f->first_other, path) < 0)
        return 0;
    free(f->first_other);
    f->first_other = strdup(path);
    return f->first_other ? 0 : err_memory(l->err, "names of files", 0);
}

static int note_file(struct listing *l, const char *name)
{
    const char *path = strbuf_text(&l->path);
    char quoted[QUOTED_TEXT];

    if (!folder_takes(name))
        return note_other(l, path);
    if (!text_is_clean(path, strlen(path)))
        return err_set(l->err, EX_DATAERR, "%s: the name %s is no plain UTF-8", l->top,
                       text_quote(quoted, path, strlen(path)));
    if (++l->count > FOLDER_MOST)
        return err_set(l->err, EX_DATAERR, "%s: more than %d files", l->top, FOLDER_MOST);
    strbuf_add(&l->names, path, strlen(path) + 1);
    return l->names.failed ? err_memory(l->err, "names of files", 0) : 0;
}

static int list_folder(struct listing *l, int fd, int depth);

static int fail_to_open(struct listing *l)
{
    const bool file = errno == ENOTDIR;

    if (errno == ENOMEM)
        return err_memory(l->err, "the list of a folder", 0);
    return err_set(l->err, EX_NOINPUT, "%s%s%s: cannot open the folder: %s%s", l->top,
                   l->path.size ? "/" : "", strbuf_text(&l->path), strerror(errno),
                   file ? " (an archive of pictures has to be unpacked first)" : "");
}

static int list_entry(struct listing *l, int fd, const struct dirent *entry, int depth)
{
    struct stat status;
    int type = entry->d_type == DT_DIR ? S_IFDIR : entry->d_type == DT_REG ? S_IFREG : 0, inner;

    if (!type) /* a link, or a file system that does not tell */
        type = fstatat(fd, entry->d_name, &status, 0) ? S_IFREG : (int)(status.st_mode & S_IFMT);
    if (type != S_IFDIR)
        return note_file(l, entry->d_name);
    if (depth == FOLDER_DEPTH)
        return err_set(l->err, EX_DATAERR, "%s/%s: folders lie more than %d deep", l->top,
                       strbuf_text(&l->path), FOLDER_DEPTH);
    inner = openat(fd, entry->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return inner < 0 ? fail_to_open(l) : list_folder(l, inner, depth + 1);
}

/* Takes `fd` over. */
static int list_folder(struct listing *l, int fd, int depth)
{
    const size_t base = l->path.size;
    const struct dirent *entry;
    DIR *folder = fdopendir(fd);
    int result = 0;

    if (!folder) {
        close(fd);
        return fail_to_open(l);
    }
    while (result == 0 && (errno = 0, entry = readdir(folder))) {
        if (entry->d_name[0] == '.')
            continue;
        strbuf_printf(&l->path, "%s%s", base ? "/" : "", entry->d_name);
        result = l->path.failed ? err_memory(l->err, "names of files", 0)
                                : list_entry(l, dirfd(folder), entry, depth);
        l->path.size = base;
        if (l->path.text)
            l->path.text[base] = 0;
    }
    if (result == 0 && errno)
        result =
            err_set(l->err, EX_IOERR, "%s: cannot read the folder: %s", l->top, strerror(errno));
    closedir(folder);
    return result;
}

/* ---- Order ---- */

static int by_path(const void *a, const void *b)
{
    return strcmp(((const struct folder_file *)a)->path, ((const struct folder_file *)b)->path);
}

static int by_stem(const void *a, const void *b)
{
    const struct folder_file *x = *(struct folder_file *const *)a;
    const struct folder_file *y = *(struct folder_file *const *)b;
    const int by_text = compare_texts(stem_of(x->path), stem_of(y->path));

    return by_text ? by_text : (x > y) - (x < y);
}

static int sort(struct folder *f, int64_t count, struct err *err)
{
    const char *at = f->names;

    f->files = calloc((size_t)count + 1, sizeof *f->files);
    f->by_stem = calloc((size_t)count + 1, sizeof *f->by_stem);
    if (!f->files || !f->by_stem)
        return err_memory(err, "names of files", (size_t)count * sizeof *f->files);
    f->count = (int)count;
    for (int i = 0; i < f->count; i++, at += strlen(at) + 1)
        f->files[i].path = at;
    qsort(f->files, (size_t)count, sizeof *f->files, by_path);
    for (int i = 0; i < f->count; i++)
        f->by_stem[i] = &f->files[i];
    qsort(f->by_stem, (size_t)count, sizeof *f->by_stem, by_stem);
    return 0;
}

int folder_open(struct folder *f, const char *path, struct err *err)
{
    struct listing l = {.folder = f, .err = err};
    size_t size = strlen(path);
    int fd, result = -1;

    while (size > 1 && path[size - 1] == '/')
        size--;
    *f = (struct folder){.fd = -1, .path = strndup(path, size)};
    if (!f->path)
        return err_memory(err, "the name of a folder", size);
    l.top = f->path;
    f->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    fd = f->fd < 0 ? -1 : dup(f->fd);
    if (fd < 0)
        fail_to_open(&l);
    else
        result = list_folder(&l, fd, 0);
    if (result == 0) {
        f->names = strbuf_take(&l.names);
        result =
            l.count && !f->names ? err_memory(err, "names of files", 0) : sort(f, l.count, err);
    }
    strbuf_free(&l.names);
    strbuf_free(&l.path);
    if (result)
        folder_close(f);
    return result;
}

void folder_close(struct folder *f)
{
    if (f->path && f->fd >= 0)
        close(f->fd);
    free(f->path);
    free(f->files);
    free(f->by_stem);
    free(f->first_other);
    free(f->names);
    *f = (struct folder){.fd = -1};
}

/* ---- Finding ---- */

/* Returns the first place in by_stem[] whose stem is not before this one. */
static int first_stem(const struct folder *f, struct text stem)
{
    int low = 0, high = f->count;

    while (low < high) {
        const int middle = low + (high - low) / 2;

        if (compare_texts(stem_of(f->by_stem[middle]->path), stem) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Tells whether the path, or the name alone if `name` has no folder, is `name`, with an ending of
 * any case if so requested, or becomes it without its ending. */
static bool means(const char *path, struct text name, bool any_case)
{
    const struct text stem = stem_of(path);
    const char *begin = memchr(name.at, '/', name.size) ? path : stem.at;
    const size_t whole = strlen(begin), less = (size_t)(stem.at + stem.size - begin);

    if ((name.size != whole && name.size != less) || memcmp(begin, name.at, less) != 0)
        return false;
    return any_case ? strncasecmp(begin + less, name.at + less, name.size - less) == 0
                    : memcmp(begin + less, name.at + less, name.size - less) == 0;
}

/* Adds to two[] the files of this stem that `name` means; returns how many there are now. */
static int find_stem(const struct folder *f, struct text stem, struct text name, bool any_case,
                     int two[2], int found)
{
    for (int i = first_stem(f, stem); i < f->count; i++) {
        const int number = (int)(f->by_stem[i] - f->files);
        const char *path = f->by_stem[i]->path;

        if (compare_texts(stem_of(path), stem))
            break;
        if (strlen(path) == name.size && memcmp(path, name.at, name.size) == 0) {
            two[0] = number; /* nothing else can be meant */
            return 1;
        }
        if (means(path, name, any_case) && found < 2)
            two[found++] = number;
    }
    return found;
}

/* Does so for the name itself as a stem, and less what follows its last point. */
static int find_name(const struct folder *f, struct text name, bool any_case, int two[2])
{
    size_t begin = name.size, point = name.size;
    int found;

    while (begin > 0 && name.at[begin - 1] != '/')
        begin--;
    while (point > begin && name.at[point - 1] != '.')
        point--;
    found = find_stem(f, (struct text){name.at + begin, name.size - begin}, name, any_case, two, 0);
    if (point > begin)
        found = find_stem(f, (struct text){name.at + begin, point - 1 - begin}, name, any_case, two,
                          found);
    return found;
}

int folder_find(const struct folder *f, const char *name, size_t size, int two[2])
{
    const struct text all = {name, size};
    int found = find_name(f, all, false, two);

    if (found == 0)
        found = find_name(f, all, true, two);
    return found == 1 ? two[0] : found == 0 ? -1 : -2;
}

/* ---- Reading ---- */

static uint64_t state_of(const struct stat *s)
{
    const int64_t values[] = {(int64_t)s->st_dev, (int64_t)s->st_ino, (int64_t)s->st_size,
                              (int64_t)s->st_mtim.tv_sec, (int64_t)s->st_mtim.tv_nsec,
                              (int64_t)s->st_ctim.tv_sec, (int64_t)s->st_ctim.tv_nsec};

    return XXH3_64bits(values, sizeof values) | 1;
}

static int make_room(struct folder_bytes *b, size_t room, struct err *err)
{
    unsigned char *bytes;

    if (room <= b->room)
        return 0;
    bytes = realloc(b->bytes, room);
    if (!bytes)
        return err_memory(err, "a file", room);
    b->bytes = bytes;
    b->room = room;
    return 0;
}

/* Reads as many bytes as the file says that it has: if it grows meanwhile, its state shows it. */
static int read_all(int fd, size_t size, struct folder_bytes *b, struct err *err)
{
    if (make_room(b, size + !size, err))
        return -1;
    for (b->size = 0; b->size < size;) {
        const ssize_t got = read(fd, b->bytes + b->size, size - b->size);

        if (got == 0)
            break;
        if (got < 0 && errno != EINTR)
            return err_set(err, EX_IOERR, "cannot read: %s", strerror(errno));
        b->size += got > 0 ? (size_t)got : 0;
    }
    return 0;
}

int folder_read_at(int fd, const char *path, struct folder_bytes *b, struct stat *status,
                   struct err *err)
{
    const int file = openat(fd, path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    int result;

    if (file < 0)
        return err_set(err, EX_NOINPUT, "cannot open: %s", strerror(errno));
    if (fstat(file, status) || !S_ISREG(status->st_mode))
        result = err_set(err, EX_NOINPUT, "no regular file");
    else if (status->st_size > FOLDER_FILE_BYTES)
        result = err_set(err, EX_DATAERR, "more than %d MiB", FOLDER_FILE_BYTES >> 20);
    else
        result = read_all(file, (size_t)status->st_size, b, err);
    close(file);
    return result;
}

int folder_read(const struct folder *f, int number, struct folder_bytes *b, struct err *err)
{
    struct folder_file *file = &f->files[number];
    struct stat status;

    if (folder_read_at(f->fd, file->path, b, &status, err))
        return -1;
    file->state = state_of(&status);
    return 0;
}

void folder_add_digest(const struct folder *f, int number, XXH128_hash_t content, XXH3_state_t *all)
{
    const char *path = f->files[number].path;
    XXH128_canonical_t bytes;

    XXH128_canonicalFromHash(&bytes, content);
    XXH3_128bits_update(all, path, strlen(path) + 1);
    XXH3_128bits_update(all, bytes.digest, sizeof bytes.digest);
}

const char *folder_changed(const struct folder *f)
{
    struct stat status;

    for (int i = 0; i < f->count; i++)
        if (f->files[i].state && (fstatat(f->fd, f->files[i].path, &status, 0) ||
                                  state_of(&status) != f->files[i].state))
            return f->files[i].path;
    return NULL;
}

uint64_t folder_state(const struct folder *f, int64_t *bytes)
{
    uint64_t state = 0;

    *bytes = 0;
    for (int i = 0; i < f->count; i++) {
        struct stat s = {0};
        int64_t values[3];

        if (fstatat(f->fd, f->files[i].path, &s, 0))
            continue;
        values[0] = (int64_t)s.st_size;
        values[1] = (int64_t)s.st_mtim.tv_sec;
        values[2] = (int64_t)s.st_mtim.tv_nsec;
        *bytes += values[0];
        state = XXH3_64bits_withSeed(f->files[i].path, strlen(f->files[i].path), state);
        state = XXH3_64bits_withSeed(values, sizeof values, state);
    }
    return state;
}

bool folder_has(const struct folder *f, const struct stat *wanted)
{
    struct stat status;

    for (int i = 0; i < f->count; i++)
        if (fstatat(f->fd, f->files[i].path, &status, 0) == 0 && status.st_dev == wanted->st_dev &&
            status.st_ino == wanted->st_ino)
            return true;
    return false;
}
