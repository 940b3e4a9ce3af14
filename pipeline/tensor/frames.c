/* The frames of a zstd file (RFC 8878, section 3.1), found without decompressing: the frame header
 * says how much it holds, each block's header how long the block is. */
#include "private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    MAGIC_BYTES = 4,
    BLOCK_HEADER_BYTES = 3,
    CHECKSUM_BYTES = 4,
    BLOCK_LIMIT = 128 << 10 /* no block holds more */
};
static const uint32_t frame_magic = 0xFD2FB528, skippable_magic = 0x184D2A50;

struct walk {
    const char *path;
    int fd;
    int64_t size, at;
    int64_t begin, frame;       /* of the frame at hand; its number from 1 */
    unsigned char buffer[4096]; /* blocks are far apart, so more would be read in vain */
    int64_t buffer_at;
    int64_t held;
};

struct frame_header {
    int64_t content;
    int64_t block_limit; /* content bytes in a block */
};

/* Reads on from where the walk is, a buffer full unless the file ends; -1: error. */
static ssize_t fill(struct walk *walk)
{
    size_t held = 0;
    ssize_t n = 1;

    while (n != 0 && held < sizeof walk->buffer) {
        n = pread(walk->fd, walk->buffer + held, sizeof walk->buffer - held,
                  walk->at + (off_t)held);
        if (n < 0 && errno != EINTR)
            return -1;
        held += n > 0 ? (size_t)n : 0;
    }
    return (ssize_t)held;
}

/* Reads the little-endian number in the next `count` bytes, which are consumed; -1 if the file
 * ends. */
static int take(struct walk *walk, int count, uint64_t *number, struct err *err)
{
    const unsigned char *bytes;

    if (walk->at + count > walk->size)
        return err_set(err, EX_DATAERR,
                       "%s: is truncated: zstd frame %lld, which begins at byte %lld, does not end",
                       walk->path, (long long)walk->frame, (long long)walk->begin);
    if (walk->at < walk->buffer_at || walk->at + count > walk->buffer_at + walk->held) {
        ssize_t n = fill(walk);

        if (n < count)
            return err_set(err, EX_IOERR, "%s: cannot be read: %s", walk->path,
                           n < 0 ? strerror(errno) : "it became shorter");
        walk->buffer_at = walk->at;
        walk->held = n;
    }
    bytes = walk->buffer + (walk->at - walk->buffer_at);
    *number = 0;
    for (int i = count - 1; i >= 0; i--)
        *number = *number << 8 | bytes[i];
    walk->at += count;
    return 0;
}

static int take_magic(struct walk *walk, struct err *err)
{
    uint64_t magic;

    walk->frame++;
    walk->begin = walk->at;
    if (walk->size - walk->at < MAGIC_BYTES)
        return err_set(err, EX_DATAERR, "%s: %lld trailing byte%s after the last zstd frame",
                       walk->path, (long long)(walk->size - walk->at),
                       plural(walk->size - walk->at));
    if (take(walk, MAGIC_BYTES, &magic, err))
        return -1;
    if ((magic & 0xFFFFFFF0) == skippable_magic)
        return err_set(err, EX_DATAERR,
                       "%s: a skippable zstd frame at byte %lld; tensor files have none",
                       walk->path, (long long)walk->begin);
    if (magic != frame_magic)
        return err_set(err, EX_DATAERR, "%s: trailing bytes at byte %lld are no zstd frame",
                       walk->path, (long long)walk->begin);
    return 0;
}

static int64_t window_size(uint64_t descriptor)
{
    int64_t base = (int64_t)1 << (10 + (descriptor >> 3));

    return base + base / 8 * (int64_t)(descriptor & 7);
}

static int check_window(const struct walk *walk, struct frame_header *header, int64_t window,
                        struct err *err)
{
    if (window > (int64_t)1 << WINDOW_LOG_LIMIT)
        return err_set(err, EX_DATAERR,
                       "%s: zstd frame %lld needs %lld MiB of memory to decompress, the limit is "
                       "%d; compress it again without --long and --ultra",
                       walk->path, (long long)walk->frame, (long long)(window >> 20),
                       1 << (WINDOW_LOG_LIMIT - 20));
    header->block_limit = window < BLOCK_LIMIT ? window : BLOCK_LIMIT;
    return 0;
}

static int take_frame_header(struct walk *walk, struct frame_header *header, struct err *err)
{
    static const int content_bytes[] = {0, 2, 4, 8};
    uint64_t descriptor, window = 0, content = 0;
    int content_size;
    bool single;

    if (take(walk, 1, &descriptor, err))
        return -1;
    single = descriptor >> 5 & 1;
    content_size = content_bytes[descriptor >> 6];
    if (single && content_size == 0)
        content_size = 1;
    if (descriptor & 3)
        return err_set(err, EX_DATAERR, "%s: zstd frame %lld needs a dictionary", walk->path,
                       (long long)walk->frame);
    if (descriptor & 8)
        return err_set(err, EX_DATAERR, "%s: zstd frame %lld sets a reserved bit", walk->path,
                       (long long)walk->frame);
    if (!(descriptor & 4))
        return err_set(err, EX_DATAERR, "%s: zstd frame %lld has no checksum", walk->path,
                       (long long)walk->frame);
    if (content_size == 0)
        return err_set(err, EX_DATAERR, "%s: zstd frame %lld does not state its content size",
                       walk->path, (long long)walk->frame);
    if ((!single && take(walk, 1, &window, err)) || take(walk, content_size, &content, err))
        return -1;
    if (content_size == 2)
        content += 256;
    if (content > INT64_MAX)
        return err_set(err, EX_DATAERR, "%s: zstd frame %lld states a content size of over 2^63",
                       walk->path, (long long)walk->frame);
    header->content = (int64_t)content;
    return check_window(walk, header, single ? (int64_t)content : window_size(window), err);
}

/* Goes to the end of the frame. The blocks bound what it can hold, so that a small file cannot
 * claim any size. */
static int hop_blocks(struct walk *walk, const struct frame_header *header, struct err *err)
{
    enum { RAW, RLE, COMPRESSED, RESERVED };
    uint64_t block = 0, checksum;
    int64_t most = 0;

    while (!(block & 1)) {
        int64_t size;
        int type;

        if (take(walk, BLOCK_HEADER_BYTES, &block, err))
            return -1;
        size = (int64_t)(block >> 3);
        type = block >> 1 & 3;
        if (type == RESERVED || size > header->block_limit)
            return err_set(err, EX_DATAERR,
                           "%s: zstd frame %lld has a malformed block at byte %lld", walk->path,
                           (long long)walk->frame, (long long)walk->at - BLOCK_HEADER_BYTES);
        most += type == COMPRESSED ? header->block_limit : size;
        walk->at += type == RLE ? 1 : size;
    }
    if (take(walk, CHECKSUM_BYTES, &checksum, err))
        return -1;
    if (header->content > most)
        return err_set(err, EX_DATAERR,
                       "%s: zstd frame %lld states a content of %lld bytes, its blocks hold at "
                       "most %lld",
                       walk->path, (long long)walk->frame, (long long)header->content,
                       (long long)most);
    return 0;
}

static int append(struct tensor_frames *frames, const struct walk *walk,
                  const struct frame_header *header, struct err *err)
{
    if (frames->count == frames->room) {
        int64_t room = frames->room ? 2 * frames->room : 64;
        struct tensor_frame *list = realloc(frames->list, (size_t)room * sizeof *list);

        if (!list)
            return err_memory(err, "the list of zstd frames", (size_t)room * sizeof *list);
        frames->list = list;
        frames->room = room;
    }
    frames->list[frames->count++] = (struct tensor_frame){walk->begin, frames->content};
    if (__builtin_add_overflow(frames->content, header->content, &frames->content))
        return err_set(err, EX_DATAERR, "%s: the zstd frames state a content of over 2^63 bytes",
                       walk->path);
    return 0;
}

int tensor_frames_find(struct tensor_frames *frames, const char *path, int fd, int64_t size,
                       struct err *err)
{
    struct walk walk = {.path = path, .fd = fd, .size = size};
    struct frame_header header = {0};

    while (walk.at < size)
        if (take_magic(&walk, err) || take_frame_header(&walk, &header, err) ||
            hop_blocks(&walk, &header, err) || append(frames, &walk, &header, err))
            return -1;
    return 0;
}

int64_t tensor_frames_at(const struct tensor_frames *frames, int64_t content)
{
    int64_t low = 0, high = frames->count;

    while (high - low > 1) {
        int64_t middle = low + (high - low) / 2;

        if (frames->list[middle].content <= content)
            low = middle;
        else
            high = middle;
    }
    return low;
}

void tensor_frames_free(struct tensor_frames *frames)
{
    free(frames->list);
    *frames = (struct tensor_frames){0};
}
