/* Members of zip archives, through minizip. */
#include "member.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <unzip.h>

enum { NAME_ROOM = UINT16_MAX + 1 /* the format's longest, and a NUL */ };

struct member {
    const char *name; /* for messages */
    unzFile zip;
    uint64_t left; /* bytes until the stated size */
    bool ended;    /* all were read, and their CRC is right */
};

bool member_is_named(const char *path, size_t *length)
{
    const char *at = strstr(path, ".zip:");

    if (!at || at == path || !at[5] || access(path, F_OK) == 0)
        return false;
    *length = (size_t)(at - path) + 4;
    return true;
}

/* ---- The directory ---- */

static int damaged(const char *name, struct err *err)
{
    return err_set(err, EX_DATAERR, "%s: the zip archive is damaged", name);
}

/* Returns whether it names a folder, or is what Macintoshes add to every file. */
static bool is_no_file(const char *name, size_t size)
{
    static const char shadow[] = "__MACOSX/";

    return size == 0 || name[size - 1] == '/' || strncmp(name, shadow, strlen(shadow)) == 0;
}

/* Calls each(data, zip, name, size) for every entry, until one returns other than 0, which is
 * returned; -1 on error. */
static int walk(const char *archive, unzFile zip,
                int (*each)(void *data, unzFile zip, const char *name, size_t size), void *data,
                struct err *err)
{
    char *name = malloc(NAME_ROOM);
    int code = UNZ_OK, result = 0;
    unz_file_info64 info;

    if (!name)
        return err_memory(err, "an archive's names", NAME_ROOM);
    for (code = unzGoToFirstFile(zip); code == UNZ_OK && result == 0; code = unzGoToNextFile(zip)) {
        code = unzGetCurrentFileInfo64(zip, &info, name, NAME_ROOM, NULL, 0, NULL, 0);
        if (code != UNZ_OK)
            break;
        result = each(data, zip, name, info.size_filename);
    }
    free(name);
    if (result == 0 && code != UNZ_OK && code != UNZ_END_OF_LIST_OF_FILE)
        result = damaged(archive, err);
    return result;
}

/* Opens the archive; in messages it is called `name`. */
static unzFile open_archive(const char *archive, const char *name, struct err *err)
{
    unzFile zip = unzOpen64(archive);

    if (!zip)
        damaged(name, err);
    return zip;
}

struct visiting {
    visit_member *visit;
    void *data;
};

static int visit_one(void *data, unzFile zip, const char *name, size_t size)
{
    const struct visiting *visiting = data;

    (void)zip;
    if (!is_no_file(name, size))
        visiting->visit(visiting->data, name, size);
    return 0;
}

int archive_visit(const char *archive, visit_member *visit, void *data, struct err *err)
{
    struct visiting visiting = {visit, data};
    unzFile zip = open_archive(archive, archive, err);
    int result = zip ? walk(archive, zip, visit_one, &visiting, err) : -1;

    if (zip)
        unzClose(zip);
    return result;
}

/* ---- One member ---- */

struct wanted {
    const char *name;
    size_t size;
    bool found;
    unz64_file_pos at;
};

static int compare_one(void *data, unzFile zip, const char *name, size_t size)
{
    struct wanted *wanted = data;

    if (size == wanted->size && memcmp(name, wanted->name, size) == 0)
        wanted->found = unzGetFilePos64(zip, &wanted->at) == UNZ_OK;
    return 0;
}

/* Begins to read the entry where `zip` stands. */
static int begin(struct member *member, struct err *err)
{
    enum { ENCRYPTED = 1, STORED = 0, DEFLATED = 8 };
    unz_file_info64 info;
    int code = unzGetCurrentFileInfo64(member->zip, &info, NULL, 0, NULL, 0, NULL, 0);

    if (code == UNZ_OK && info.flag & ENCRYPTED)
        return err_set(err, EX_DATAERR,
                       "%s: is encrypted; unpack it by a program that takes the password",
                       member->name);
    if (code == UNZ_OK && info.compression_method != STORED && info.compression_method != DEFLATED)
        return err_set(err, EX_DATAERR,
                       "%s: is packed by zip's method %lu, and only deflated and stored files are "
                       "read; unpack it",
                       member->name, info.compression_method);
    if (code == UNZ_OK)
        code = unzOpenCurrentFile(member->zip);
    if (code == UNZ_INTERNALERROR)
        return err_memory(err, "decompression", 0);
    if (code != UNZ_OK)
        return damaged(member->name, err);
    member->left = info.uncompressed_size;
    return 0;
}

static int find_and_begin(struct member *member, const char *archive, const char *name,
                          struct err *err)
{
    struct wanted wanted = {.name = name, .size = strlen(name)};

    member->zip = open_archive(archive, member->name, err);
    if (!member->zip || walk(member->name, member->zip, compare_one, &wanted, err))
        return -1;
    if (!wanted.found)
        return err_set(err, EX_NOINPUT, "%s: the archive has no file of this name", member->name);
    if (unzGoToFilePos64(member->zip, &wanted.at) != UNZ_OK)
        return damaged(member->name, err);
    return begin(member, err);
}

int member_open(struct member **opened, const char *archive, const char *member, const char *name,
                struct err *err)
{
    struct member *new = calloc(1, sizeof *new);

    *opened = NULL;
    if (!new)
        return err_memory(err, "an archive", sizeof *new);
    new->name = name;
    if (find_and_begin(new, archive, member, err)) {
        member_close(new);
        return -1;
    }
    *opened = new;
    return 0;
}

int64_t member_read(struct member *member, void *buffer, size_t size, struct err *err)
{
    enum { MOST = 1 << 30 }; /* minizip counts in 32 bits */
    int got;

    if (member->ended)
        return 0;
    got = unzReadCurrentFile(member->zip, buffer, size < MOST ? (unsigned)size : MOST);
    if (got == UNZ_ERRNO && errno)
        return err_set(err, EX_IOERR, "%s: cannot read: %s", member->name, strerror(errno));
    if (got == Z_MEM_ERROR)
        return err_memory(err, "decompression", 0);
    if (got < 0 || (uint64_t)got > member->left)
        return damaged(member->name, err);
    member->left -= (uint64_t)got;
    member->ended = got == 0 && size > 0;
    /* the CRC is compared when it is closed, if nothing is missing */
    if (member->ended && (member->left > 0 || unzCloseCurrentFile(member->zip) != UNZ_OK))
        return damaged(member->name, err);
    return got;
}

void member_close(struct member *member)
{
    if (!member)
        return;
    if (member->zip)
        unzClose(member->zip);
    free(member);
}
