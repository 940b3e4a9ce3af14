/* Sets of pictures by their fingerprints: gathered, looked up, and written as text. */
#include "picture_set.h"

#include "pipeline/base/memory.h"
#include "pipeline/base/strbuf.h"

#include <stdlib.h>
#include <string.h>
#define XXH_STATIC_LINKING_ONLY /* the state's size */
#include <xxhash.h>

enum { PRINT_BITS = 36, LETTER_BITS = 6 };

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/* ---- Gathering ---- */

static bool are_bytes(const float *pixels, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!(pixels[i] >= 0 && pixels[i] <= 255 && pixels[i] == (float)(uint8_t)pixels[i]))
            return false;
    return true;
}

/* Returns the XXH3-64 of floats as the bytes that they are. */
static uint64_t hash_as_bytes(const float *pixels, size_t n)
{
    XXH3_state_t state;
    uint8_t bytes[1024];

    XXH3_64bits_reset(&state);
    for (size_t at = 0; at < n; at += sizeof bytes) {
        const size_t count = n - at < sizeof bytes ? n - at : sizeof bytes;

        for (size_t i = 0; i < count; i++)
            bytes[i] = (uint8_t)pixels[at + i];
        XXH3_64bits_update(&state, bytes, count);
    }
    return XXH3_64bits_digest(&state);
}

uint64_t picture_print(const void *picture, enum dtype pixel, size_t pixels)
{
    const uint64_t hash = pixel == DTYPE_F32 && are_bytes(picture, pixels)
                              ? hash_as_bytes(picture, pixels)
                              : XXH3_64bits(picture, pixels * dtype_size(pixel));

    return hash >> (64 - PRINT_BITS);
}

static int make_room(struct picture_set *set, int64_t more, struct err *err)
{
    const int64_t room = set->count + more;
    uint64_t *grown;

    if (room <= set->room)
        return 0;
    grown = realloc(set->prints, (size_t)room * sizeof *grown);
    if (!grown)
        return err_memory(err, "the pictures' fingerprints", (size_t)room * sizeof *grown);
    set->prints = grown;
    set->room = room;
    return 0;
}

int picture_set_add(struct picture_set *set, const void *images, enum dtype pixel, size_t pixels,
                    const int64_t *index, int64_t n, struct err *err)
{
    const size_t bytes = pixels * dtype_size(pixel);

    if (make_room(set, n, err))
        return -1;
    for (int64_t i = 0; i < n; i++) {
        const size_t row = (size_t)(index ? index[i] : i);

        set->prints[set->count++] =
            picture_print((const char *)images + row * bytes, pixel, pixels);
    }
    return 0;
}

int picture_set_join(struct picture_set *set, const struct picture_set *other, struct err *err)
{
    if (other->count == 0)
        return 0;
    if (make_room(set, other->count, err))
        return -1;
    memcpy(set->prints + set->count, other->prints, (size_t)other->count * sizeof *set->prints);
    set->count += other->count;
    return 0;
}

static int by_value(const void *a, const void *b)
{
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

void picture_set_seal(struct picture_set *set)
{
    int64_t kept = 0;

    if (set->count == 0)
        return;
    qsort(set->prints, (size_t)set->count, sizeof *set->prints, by_value);
    for (int64_t i = 0; i < set->count; i++)
        if (i == 0 || set->prints[i] != set->prints[i - 1])
            set->prints[kept++] = set->prints[i];
    set->count = kept;
}

void picture_set_free(struct picture_set *set)
{
    free(set->prints);
    *set = (struct picture_set){0};
}

/* ---- Looking up ---- */

bool picture_set_has(const struct picture_set *set, uint64_t print)
{
    return set->count > 0 &&
           bsearch(&print, set->prints, (size_t)set->count, sizeof print, by_value);
}

double picture_set_chance(const struct picture_set *set)
{
    return (double)set->count / (double)(UINT64_C(1) << PRINT_BITS);
}

/* ---- As text ---- */

/* Returns how many bits of a gap are written as they are: about log2(ln 2 * mean gap), the best for
 * gaps of an exponential distribution. */
static int plain_bits(int64_t count)
{
    const uint64_t most = (UINT64_C(69) << PRINT_BITS) / 100;
    int bits = 0;

    while (bits < PRINT_BITS && (uint64_t)count << (bits + 1) <= most)
        bits++;
    return bits;
}

struct bit_writer {
    struct strbuf text;
    unsigned letter;
    int bits; /* of it so far */
};

static void put_bit(struct bit_writer *w, unsigned bit)
{
    w->letter = w->letter << 1 | bit;
    if (++w->bits < LETTER_BITS)
        return;
    strbuf_add(&w->text, &letters[w->letter], 1);
    w->letter = 0;
    w->bits = 0;
}

char *picture_set_text(const struct picture_set *set)
{
    const int plain = plain_bits(set->count);
    struct bit_writer w = {.bits = 0};
    uint64_t next = 0;

    for (int64_t i = 0; i < set->count; i++) {
        const uint64_t gap = set->prints[i] - next;

        for (uint64_t ones = gap >> plain; ones > 0; ones--)
            put_bit(&w, 1);
        put_bit(&w, 0);
        for (int bit = plain - 1; bit >= 0; bit--)
            put_bit(&w, gap >> bit & 1);
        next = set->prints[i] + 1;
    }
    while (w.bits > 0)
        put_bit(&w, 0);
    return strbuf_take(&w.text);
}

struct bit_reader {
    const char *text;
    unsigned letter;
    int bits; /* of it still to read */
};

/* Returns the next bit; -1: the text is at its end or no text of ours. */
static int get_bit(struct bit_reader *r)
{
    if (r->bits == 0) {
        const char *at = *r->text ? strchr(letters, *r->text) : NULL;

        if (!at)
            return -1;
        r->text++;
        r->letter = (unsigned)(at - letters);
        r->bits = LETTER_BITS;
    }
    return (int)(r->letter >> --r->bits & 1);
}

static int read_gap(struct bit_reader *r, int plain, uint64_t *gap)
{
    int bit;

    *gap = 0;
    while ((bit = get_bit(r)) == 1)
        if (++*gap >> (PRINT_BITS - plain))
            return -1;
    for (int i = 0; i < plain && bit >= 0; i++) {
        bit = get_bit(r);
        *gap = *gap << 1 | (uint64_t)(bit == 1);
    }
    return bit < 0 ? -1 : 0;
}

int picture_set_read(struct picture_set *set, int64_t count, const char *text, struct err *err)
{
    struct bit_reader r = {.text = text};
    const int plain = plain_bits(count);
    uint64_t gap, next = 0;

    *set = (struct picture_set){0};
    if (count < 0 || count > PICTURE_SET_MOST || (size_t)count > LETTER_BITS * strlen(text))
        return 0;
    if (count > 0 && make_room(set, count, err))
        return -1;
    for (; set->count < count; set->count++) {
        if (read_gap(&r, plain, &gap) || (next += gap) >> PRINT_BITS) {
            picture_set_free(set);
            return 0;
        }
        set->prints[set->count] = next++;
    }
    if (!*r.text)
        return 1;
    picture_set_free(set);
    return 0;
}
