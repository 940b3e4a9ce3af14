/* A person's own pictures as rows to predict: found, read and prepared. */
#include "own_pictures.h"

#include "pipeline/base/magic.h"
#include "pipeline/base/memory.h"
#include "pipeline/dataset/keys.h"
#include "pipeline/files/noted.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifdef __APPLE__
#define st_mtim st_mtimespec
#endif

/* ---- Which there are ---- */

static int begins_as_picture(const char *path, struct err *err)
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    unsigned char bytes[MAGIC_BYTES];
    const char *what;
    size_t size = 0;
    ssize_t got = 1;

    if (fd < 0)
        return err_set(err, EX_NOINPUT, "%s: cannot be opened: %s", path, strerror(errno));
    while (got && size < sizeof bytes) {
        got = read(fd, bytes + size, sizeof bytes - size);
        if (got < 0 && errno != EINTR)
            break;
        size += got > 0 ? (size_t)got : 0;
    }
    if (got < 0)
        err_set(err, EX_IOERR, "%s: cannot be read: %s", path, strerror(errno));
    close(fd);
    if (got < 0)
        return -1;
    what = magic_of_picture(bytes, size);
    return (what && strstr(what, "picture")) || folder_takes(path);
}

int own_pictures_has(const char *path, struct err *err)
{
    struct stat status;

    if (stat(path, &status))
        return folder_takes(path);
    return S_ISREG(status.st_mode) ? begins_as_picture(path, err) : S_ISDIR(status.st_mode);
}

static int add(struct own_pictures *own, const char *folder, const char *name, struct err *err)
{
    struct own_picture *list = realloc(own->list, ((size_t)own->count + 1) * sizeof *own->list);
    struct own_picture *new;

    if (!list)
        return err_memory(err, "the names of pictures", 0);
    own->list = list;
    new = &list[own->count];
    *new = (struct own_picture){.path = NULL};
    if (asprintf(&new->path, "%s%s%s", folder, *folder ? "/" : "", name) < 0)
        return err_memory(err, "the names of pictures", 0);
    own->count++;
    if (strlen(new->path) > KEY_MOST)
        return err_set(err, EX_DATAERR, "%s: the name would be the id, which may have %d bytes",
                       new->path, KEY_MOST);
    if ((int)strlen(new->path) > own->id_width)
        own->id_width = (int)strlen(new->path);
    return 0;
}

static int add_folder(struct own_pictures *own, const char *path, struct err *err)
{
    struct folder folder = {0};
    int result = folder_open(&folder, path, err);

    if (result == 0 && folder.count == 0)
        result = err_set(err, EX_DATAERR, "%s: no file ends in .png, .jpg or .jpeg", path);
    for (int i = 0; i < folder.count && result == 0; i++)
        result = add(own, folder.path, folder.files[i].path, err);
    folder_close(&folder);
    return result;
}

/* ---- As an input of the run ---- */

static bool same_file(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

static bool has_file(void *data, const struct stat *status)
{
    const struct own_pictures *own = data;
    struct stat here;

    for (int i = 0; i < own->count; i++)
        if (stat(own->list[i].path, &here) == 0 && same_file(&here, status))
            return true;
    return false;
}

static const char *changed_file(void *data)
{
    const struct own_pictures *own = data;

    for (int i = 0; i < own->next; i++) {
        const struct stat *was = &own->list[i].status;
        struct stat now;

        if (stat(own->list[i].path, &now) || !same_file(&now, was) || now.st_size != was->st_size ||
            now.st_mtim.tv_sec != was->st_mtim.tv_sec ||
            now.st_mtim.tv_nsec != was->st_mtim.tv_nsec)
            return own->list[i].path;
    }
    return NULL;
}

static void add_digest(XXH3_state_t *hash, const char *path, const struct folder_bytes *file)
{
    XXH128_canonical_t bytes;

    XXH128_canonicalFromHash(&bytes, XXH3_128bits(file->bytes, file->size));
    XXH3_128bits_update(hash, path, strlen(path) + 1);
    XXH3_128bits_update(hash, bytes.digest, sizeof bytes.digest);
}

static int digest_again(void *data, char digest[DIGEST_TEXT])
{
    struct own_pictures *own = data;
    struct stat status;
    struct err ignored;
    int result = 0;

    XXH3_128bits_reset(own->hash);
    for (int i = 0; i < own->count && result == 0; i++) {
        result = folder_read_at(AT_FDCWD, own->list[i].path, &own->file, &status, &ignored);
        if (result == 0)
            add_digest(own->hash, own->list[i].path, &own->file);
    }
    digest_text(XXH3_128bits_digest(own->hash), digest);
    return result;
}

/* ---- Opening and reading ---- */

int own_pictures_open(struct own_pictures *own, char *const *paths, int count,
                      const struct model *model, bool plain, struct inputs *inputs, struct err *err)
{
    const struct input_files files = {own, digest_again, changed_file, has_file};
    const struct dataset_info *like = &model->data;

    *own = (struct own_pictures){.inputs = inputs, .hash = XXH3_createState()};
    if (!own->hash)
        return err_memory(err, "reading pictures", 0);
    XXH3_128bits_reset(own->hash);
    for (int i = 0; i < count; i++) {
        struct stat status;
        const bool folder = stat(paths[i], &status) == 0 && S_ISDIR(status.st_mode);

        if (folder ? add_folder(own, paths[i], err) : add(own, "", paths[i], err))
            return -1;
    }
    own->info = (struct dataset_info){.c = like->c,
                                      .h = like->h,
                                      .w = like->w,
                                      .pixel = DTYPE_F32,
                                      .pixels = like->pixels,
                                      .has_ids = true,
                                      .id_width = own->id_width,
                                      .id_column = (char *)"picture",
                                      .columns = like->columns,
                                      .column_count = like->column_count};
    if (like->c != 1 && like->c != 3)
        return err_set(err, EX_DATAERR,
                       "%s: the model is for pictures of %d channels, which a PNG or JPEG has not",
                       own->list[0].path, like->c);
    own->preparer =
        (struct preparer){.info = &own->info, .framing = &model->framing, .plain = plain};
    own->number = inputs_add_files(inputs, "pictures", ".", &files, err);
    return own->number < 0 ? -1 : 0;
}

int own_pictures_room(const struct own_pictures *own, struct dataset_chunk *chunk, int64_t room,
                      struct err *err)
{
    *chunk = (struct dataset_chunk){.room = room < own->count ? room : own->count};
    chunk->rows = rows_alloc(chunk->room, sizeof *chunk->rows, "row numbers", err);
    chunk->ids = chunk->rows ? rows_alloc(chunk->room, key_bytes(own->id_width), "ids", err) : NULL;
    chunk->images =
        chunk->ids ? rows_alloc(chunk->room, dataset_image_bytes(&own->info), "images", err) : NULL;
    return chunk->images ? 0 : -1;
}

static int take(struct own_pictures *own, struct dataset_chunk *chunk, struct err *err)
{
    struct own_picture *picture = &own->list[own->next];
    const size_t image = dataset_image_bytes(&own->info), id = key_bytes(own->id_width);
    struct err why;

    if (folder_read_at(AT_FDCWD, picture->path, &own->file, &picture->status, &why) ||
        prepare(&own->preparer, own->file.bytes, own->file.size,
                (float *)((char *)chunk->images + (size_t)chunk->count * image), &picture->done,
                &why))
        return err_set(err, why.status, "%s: %s", picture->path, why.text);
    note_read(picture->path);
    add_digest(own->hash, picture->path, &own->file);
    memset((char *)chunk->ids + (size_t)chunk->count * id, 0, id);
    memcpy((char *)chunk->ids + (size_t)chunk->count * id, picture->path, strlen(picture->path));
    chunk->rows[chunk->count++] = ++own->next;
    return 0;
}

int own_pictures_next(struct own_pictures *own, struct dataset_chunk *chunk, struct err *err)
{
    chunk->count = 0;
    while (chunk->count < chunk->room && own->next < own->count)
        if (take(own, chunk, err))
            return -1;
    if (own->next == own->count && chunk->count) {
        digest_text(XXH3_128bits_digest(own->hash), own->digest);
        inputs_set_digest(own->inputs, own->number, own->digest);
    }
    return chunk->count > 0;
}

void own_pictures_close(struct own_pictures *own)
{
    for (int i = 0; i < own->count; i++)
        free(own->list[i].path);
    free(own->list);
    free(own->file.bytes);
    preparer_free(&own->preparer);
    XXH3_freeState(own->hash);
    *own = (struct own_pictures){.list = NULL};
}
