#include "fuzz.h"
#include "pipeline/picture/decode.h"

#include <string.h>

/* A picture is either refused with a sentence, or every byte of its planes comes from the file: the
 * same over whatever lay there before, and of the size that its head says. */

enum { MOST_PIXELS = 1 << 20 }; /* of a file: larger ones take long */

static struct decode_options read_options(const struct decode_head *head, uint8_t byte)
{
    struct decode_options options = {
        .h = head->h, .w = head->w, .channels = byte & 1 ? 1 : 3, .convert = byte & 2};

    options.background = (enum background)(byte >> 2) % 3;
    options.resize = byte & 16;
    if (options.resize) {
        options.h = 1 + (byte >> 5);
        options.w = 1 + (byte >> 4) % 7;
    }
    return options;
}

/* Over planes full of `before`. NULL: refused. */
static uint8_t *decode_over(const struct decode_options *options, const uint8_t *bytes, size_t size,
                            uint8_t before, size_t room)
{
    struct decoder decoder = {.options = *options};
    uint8_t *planes = malloc(room);
    struct err err = {0};
    int result;

    HOLDS(planes, "memory");
    memset(planes, before, room);
    result = decode(&decoder, bytes, size, planes, &err);
    decoder_free(&decoder);
    HOLDS(result == 0 || (err.status == EX_DATAERR && *err.text), "status %d: %s", err.status,
          err.text);
    if (result == 0)
        return planes;
    free(planes);
    return NULL;
}

void fuzz_pictures(const uint8_t *data, size_t size)
{
    struct decode_options options;
    struct decode_head head;
    struct err err = {0};
    uint8_t *first, *second;
    size_t room;

    if (size < 2)
        return;
    if (decode_head(data + 1, size - 1, &head, &err)) {
        HOLDS(err.status == EX_DATAERR && *err.text, "status %d: %s", err.status, err.text);
        return;
    }
    HOLDS(head.w > 0 && head.h > 0 && (head.channels == 1 || head.channels == 3), "%dx%dx%d",
          head.channels, head.h, head.w);
    if ((int64_t)head.w * head.h > MOST_PIXELS)
        return;
    options = read_options(&head, data[0]);
    room = (size_t)options.channels * (size_t)options.h * (size_t)options.w;
    first = decode_over(&options, data + 1, size - 1, 0x00, room);
    second = decode_over(&options, data + 1, size - 1, 0xff, room);
    HOLDS(!first == !second, "taken once, refused once");
    HOLDS(!first || memcmp(first, second, room) == 0, "another picture over other bytes");
    HOLDS(!first || options.convert || options.channels == head.channels, "of another kind");
    free(first);
    free(second);
}
