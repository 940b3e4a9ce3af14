/* Inputs as streams of bytes: plain, gzip, zstd, members of zip archives, standard input. */
#include "source.h"

#include "pipeline/base/digest.h"
#include "pipeline/base/magic.h"
#include "pipeline/base/strbuf.h"
#include "member.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

enum { STORED_ROOM = 128 * 1024, MAGIC = 6 /* as many as tell every packing */ };

enum packing { PLAIN, GZIP, ZSTD };

struct source {
    const char *name;
    int fd;
    struct inputs *inputs;
    int number; /* among the inputs */
    struct member *member; /* of a zip archive, whose bytes these are; else NULL */
    char *member_name;     /* ARCHIVE.zip:FILE of one that was not named; else NULL */
    enum packing packing;
    z_stream gzip;
    ZSTD_DStream *zstd;
    bool inside; /* a gzip member or zstd frame has begun and not ended */
    bool ended;  /* the stored bytes are all read */
    struct err
        failure; /* .status: 0, or that of the error to report once the bytes before it are read */
    bool failed; /* it was reported, and is again */
    size_t at, end;
    _Atomic int64_t bytes; /* which others may read while a thread reads ahead */
    XXH3_state_t *hash;
    char digest[DIGEST_TEXT];
    unsigned char stored[STORED_ROOM];
};

/* ---- Stored bytes ---- */

static int64_t read_bytes(const struct source *s, int fd, void *buffer, size_t size,
                          struct err *err)
{
    ssize_t got;
    int state;

    /* A thread that reads ahead is cancelled here and nowhere else: it may wait for ever. */
    pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &state);
    do
        got = read(fd, buffer, size);
    while (got < 0 && errno == EINTR);
    pthread_setcancelstate(state, NULL);
    if (got < 0)
        return err_set(err, EX_IOERR, "%s: cannot read: %s", s->name, strerror(errno));
    return got;
}

static int64_t read_stored(struct source *s, void *buffer, size_t size, struct err *err)
{
    int64_t got;

    if (s->ended)
        return 0;
    got = read_bytes(s, s->fd, buffer, size, err);
    if (got < 0)
        return -1;
    if (got == 0) {
        digest_text(XXH3_128bits_digest(s->hash), s->digest);
        if (s->inputs)
            inputs_set_digest(s->inputs, s->number, s->digest);
        s->ended = true;
    }
    XXH3_128bits_update(s->hash, buffer, (size_t)got);
    s->bytes += got;
    return got;
}

/* Reads a member's bytes: those stored are the archive's, and were read before. */
static int64_t read_member(struct source *s, void *buffer, size_t size, struct err *err)
{
    int state;

    pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &state);
    pthread_testcancel();
    pthread_setcancelstate(state, NULL);
    return member_read(s->member, buffer, size, err);
}

static int64_t read_packing(struct source *s, void *buffer, size_t size, struct err *err)
{
    return s->member ? read_member(s, buffer, size, err) : read_stored(s, buffer, size, err);
}

/* Makes sure that stored bytes are at hand: 1, or 0 at their end. */
static int fill(struct source *s, struct err *err)
{
    int64_t got;

    if (s->at < s->end)
        return 1;
    got = read_packing(s, s->stored, sizeof s->stored, err);
    if (got < 0)
        return -1;
    s->at = 0;
    s->end = (size_t)got;
    return got > 0;
}

/* ---- What the first bytes say ---- */

static int start_unpacking(struct source *s, struct err *err)
{
    static const unsigned char gzip[] = {0x1f, 0x8b};
    uint32_t magic = 0;

    if (s->end >= sizeof magic)
        memcpy(&magic, s->stored, sizeof magic);
    if (s->end >= sizeof gzip && memcmp(s->stored, gzip, sizeof gzip) == 0) {
        enum { GZIP_ONLY = 16 };

        if (inflateInit2(&s->gzip, MAX_WBITS + GZIP_ONLY) != Z_OK)
            return err_memory(err, "decompression", 0);
        s->packing = GZIP;
    } else if (magic == ZSTD_MAGICNUMBER || /* or a skippable frame, as pzstd begins with */
               (magic & ZSTD_MAGIC_SKIPPABLE_MASK) == ZSTD_MAGIC_SKIPPABLE_START) {
        s->zstd = ZSTD_createDStream();
        if (!s->zstd)
            return err_memory(err, "decompression", 0);
        s->packing = ZSTD;
    }
    return 0;
}

/* ---- Archives ---- */

/* What the names of an archive's files say. */
struct contents {
    struct strbuf list; /* of the first ones, in quotes */
    int listed;
    struct strbuf csv; /* the first that is a CSV */
    int csvs;          /* so called; one that is there again counts once */
    bool numpy, excel, pickle;
};

static bool ends_with(const char *name, size_t size, const char *end)
{
    size_t length = strlen(end);

    return size >= length && strncasecmp(name + size - length, end, length) == 0;
}

static bool is_csv(const char *name, size_t size)
{
    return ends_with(name, size, ".csv") || ends_with(name, size, ".csv.gz") ||
           ends_with(name, size, ".csv.zst");
}

static void note_name(void *data, const char *name, size_t size)
{
    enum { MOST = 10 };
    struct contents *contents = data;
    struct strbuf *csv = &contents->csv;

    if (contents->listed < MOST)
        strbuf_printf(&contents->list, "%s'%.*s'", contents->listed ? ", " : "", (int)size, name);
    else if (contents->listed == MOST)
        strbuf_puts(&contents->list, ", ...");
    contents->listed += contents->listed <= MOST;
    contents->numpy |= ends_with(name, size, ".npy");
    contents->excel |= strcmp(name, "[Content_Types].xml") == 0;
    contents->pickle |= ends_with(name, size, "/data.pkl");
    if (!is_csv(name, size) || memchr(name, 0, size))
        return;
    if (contents->csvs == 0)
        strbuf_add(csv, name, size);
    contents->csvs += contents->csvs == 0 || csv->size != size || memcmp(csv->text, name, size) != 0;
}

static void free_contents(struct contents *contents)
{
    strbuf_free(&contents->list);
    strbuf_free(&contents->csv);
}

/* Begins to read a member, after the archive's own bytes for their digest. */
static int begin_member(struct source *s, const char *archive, const char *member, struct err *err)
{
    struct contents contents = {0};
    struct err ignored;
    int64_t got = 1;
    size_t used;

    while (got > 0)
        got = read_stored(s, s->stored, sizeof s->stored, err);
    if (got < 0)
        return -1;
    if (member_open(&s->member, archive, member, s->name, err) == 0)
        return 0;
    used = strlen(err->text);
    if (err->status == EX_NOINPUT && archive_visit(archive, note_name, &contents, &ignored) == 0)
        snprintf(err->text + used, sizeof err->text - used, "; it has %s",
                 strbuf_text(&contents.list));
    free_contents(&contents);
    return -1;
}

static int refuse_archive(const struct source *s, struct contents *contents, struct err *err)
{
    if (contents->numpy)
        return err_set(err, EX_DATAERR, "%s: this is a NumPy archive; write its arrays as CSV",
                       s->name);
    if (contents->excel)
        return err_set(err, EX_DATAERR, "%s: this is an Excel workbook; save its sheet as CSV",
                       s->name);
    if (contents->pickle)
        return err_set(err, EX_DATAERR,
                       "%s: this is a pickle, as torch.save writes it; a CSV is expected", s->name);
    return err_set(err, EX_DATAERR, "%s: this is a zip archive; name the file in it, %s:FILE: %.1500s",
                   s->name, s->name, strbuf_text(&contents->list));
}

/* Goes on with the only CSV in the archive. */
static int enter_archive(struct source *s, const char *path, struct err *err)
{
    struct contents contents = {0};
    struct err unlisted;
    int result = -1;

    if (archive_visit(path, note_name, &contents, &unlisted)) {
        result = magic_refuse(s->name, s->stored, s->end, EXPECT_UNPACKED, err);
    } else if (contents.csvs != 1) {
        refuse_archive(s, &contents, err);
    } else if (contents.csv.failed ||
               asprintf(&s->member_name, "%s:%s", path, contents.csv.text) < 0) {
        s->member_name = NULL;
        err_memory(err, "reading a file", 0);
    } else {
        s->name = s->member_name;
        s->end = 0;
        result = begin_member(s, path, contents.csv.text, err);
    }
    free_contents(&contents);
    return result;
}

/* Reads until there are enough bytes to tell the packing: a pipe may hand over single ones. */
static int look_at_start(struct source *s, const char *path, struct err *err)
{
    while (s->end < MAGIC) {
        int64_t got = read_packing(s, s->stored + s->end, sizeof s->stored - s->end, err);

        if (got < 0)
            return -1;
        if (got == 0)
            break;
        s->end += (size_t)got;
    }
    if (!s->member && strcmp(path, "-") && s->end >= 4 && memcmp(s->stored, "PK\3\4", 4) == 0)
        return enter_archive(s, path, err) || look_at_start(s, path, err) ? -1 : 0;
    if (magic_refuse(s->name, s->stored, s->end, EXPECT_UNPACKED, err))
        return -1;
    return start_unpacking(s, err);
}

/* ---- Opening ---- */

static int open_stored(struct source *s, const char *path, const char *role, struct err *err)
{
    struct stat stat;

    s->fd = strcmp(path, "-") == 0 ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (s->fd < 0)
        return err_set(err, EX_NOINPUT, "%s: cannot open: %s", path, strerror(errno));
    if (fstat(s->fd, &stat) == 0 && S_ISDIR(stat.st_mode))
        return err_set(err, EX_NOINPUT, "%s: this is a folder", path);
    s->number = s->inputs ? inputs_add(s->inputs, role, path, s->fd, file_digest, err) : 0;
    return s->number < 0 ? -1 : 0;
}

/* Opens a member; the archive is the input. */
static int open_member(struct source *s, const char *path, size_t length, const char *role,
                       struct err *err)
{
    char *archive = strndup(path, length);
    int result = -1;

    if (!archive)
        return err_memory(err, "reading a file", length);
    if (open_stored(s, archive, role, err) == 0)
        result = begin_member(s, archive, path + length + 1, err);
    free(archive);
    return result;
}

static int open_path(struct source *s, const char *path, const char *role, struct err *err)
{
    size_t length;

    if (member_is_named(path, &length))
        return open_member(s, path, length, role, err);
    return open_stored(s, path, role, err);
}

int source_open(struct source **source, const char *path, struct inputs *inputs, const char *role,
                struct err *err)
{
    struct source *s = calloc(1, sizeof *s);

    if (!s)
        return err_memory(err, "reading a file", sizeof *s);
    s->fd = -1;
    s->inputs = inputs;
    s->name = strcmp(path, "-") == 0 ? "standard input" : path;
    s->hash = XXH3_createState();
    if (!s->hash) {
        err_memory(err, "reading a file", 0);
        goto fail;
    }
    XXH3_128bits_reset(s->hash);
    if (open_path(s, path, role, err) || look_at_start(s, path, err))
        goto fail;
    *source = s;
    return 0;
fail:
    source_close(s);
    return -1;
}

void source_close(struct source *s)
{
    if (!s)
        return;
    if (s->packing == GZIP)
        inflateEnd(&s->gzip);
    ZSTD_freeDStream(s->zstd);
    XXH3_freeState(s->hash);
    if (s->fd > STDIN_FILENO)
        close(s->fd);
    member_close(s->member);
    free(s->member_name);
    free(s);
}

/* ---- Reading ---- */

static int64_t read_plain(struct source *s, void *buffer, size_t size, struct err *err)
{
    size_t held = s->end - s->at;

    if (held == 0)
        return read_packing(s, buffer, size, err);
    if (held > size)
        held = size;
    memcpy(buffer, s->stored + s->at, held);
    s->at += held;
    return (int64_t)held;
}

/* Do a step: take stored bytes and give what they make of them, perhaps nothing yet. */
static int gzip_step(struct source *s, void *buffer, size_t size, size_t *made, struct err *err)
{
    int code;

    /* After the last member there may be zeros, as tapes fill their blocks. */
    if (!s->inside && s->gzip.total_in > 0) {
        while (s->at < s->end && s->stored[s->at] == 0)
            s->at++;
        if (s->at == s->end)
            return 0;
    }
    if (!s->inside && inflateReset(&s->gzip) != Z_OK)
        return err_set(err, EX_SOFTWARE, "%s: zlib cannot be reset", s->name);
    s->inside = true;
    s->gzip.next_in = s->stored + s->at;
    s->gzip.avail_in = (uInt)(s->end - s->at);
    s->gzip.next_out = buffer;
    s->gzip.avail_out = (uInt)size;
    code = inflate(&s->gzip, Z_NO_FLUSH);
    s->at = s->end - s->gzip.avail_in;
    *made = size - s->gzip.avail_out;
    if (code == Z_STREAM_END)
        s->inside = false;
    else if (code == Z_MEM_ERROR)
        return err_memory(err, "decompression", 0);
    else if (code != Z_OK && code != Z_BUF_ERROR)
        return err_set(err, EX_DATAERR, "%s: damaged gzip data at byte %lld: %s", s->name,
                       (long long)(source_bytes(s) - (int64_t)(s->end - s->at)),
                       s->gzip.msg ? s->gzip.msg : "unexpected");
    return 0;
}

static int zstd_step(struct source *s, void *buffer, size_t size, size_t *made, struct err *err)
{
    ZSTD_inBuffer in = {s->stored, s->end, s->at};
    ZSTD_outBuffer out = {buffer, size, 0};
    size_t code = ZSTD_decompressStream(s->zstd, &out, &in);

    *made = out.pos;
    if (ZSTD_getErrorCode(code) == ZSTD_error_memory_allocation)
        return err_memory(err, "decompression", 0);
    if (ZSTD_getErrorCode(code) == ZSTD_error_frameParameter_windowTooLarge)
        return err_set(err, EX_DATAERR,
                       "%s: unpacking takes more than 128 MiB; zstd -dc --long=31 does it", s->name);
    if (ZSTD_isError(code))
        return err_set(err, EX_DATAERR, "%s: damaged zstd data near byte %lld: %s", s->name,
                       (long long)(source_bytes(s) - (int64_t)(s->end - s->at)),
                       ZSTD_getErrorName(code));
    s->inside = code != 0;
    s->at = in.pos;
    return 0;
}

/* Reads, whatever the buffers' sizes, all of damaged data before the damage. */
static int64_t read_packed(struct source *s, void *buffer, size_t size, struct err *err)
{
    size_t made = 0;

    while (made == 0) {
        int got = fill(s, err);

        if (got < 0)
            return -1;
        if (got == 0 && !s->inside)
            return 0;
        if (s->failure.status == 0 &&
            (s->packing == GZIP ? gzip_step : zstd_step)(s, buffer, size, &made, &s->failure) &&
            made > 0)
            break;
        if (s->failure.status) {
            *err = s->failure;
            return -1;
        }
        if (got == 0 && made == 0)
            return err_set(err, EX_DATAERR, "%s: the %s data ends too early, after %lld bytes",
                           s->name, s->packing == GZIP ? "gzip" : "zstd",
                           (long long)source_bytes(s));
    }
    return (int64_t)made;
}

int64_t source_read(struct source *s, void *buffer, size_t size, struct err *err)
{
    enum { MOST = 1 << 30 }; /* zlib counts in 32 bits */
    int64_t got = -1;

    if (size > MOST)
        size = MOST;
    if (s->failed)
        *err = s->failure;
    else if (s->packing == PLAIN)
        got = read_plain(s, buffer, size, err);
    else
        got = read_packed(s, buffer, size, err);
    if (got < 0 && !s->failed) {
        s->failure = *err;
        s->failed = true;
    }
    return got;
}

const char *source_name(const struct source *s)
{
    return s->name;
}

int64_t source_bytes(const struct source *s)
{
    return s->bytes;
}

double source_share(const struct source *s)
{
    struct stat status;

    if (s->member || fstat(s->fd, &status) || !S_ISREG(status.st_mode) || status.st_size <= 0)
        return -1;
    return (double)s->bytes / (double)status.st_size;
}

const char *source_digest(const struct source *s)
{
    return s->digest;
}
