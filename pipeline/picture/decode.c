/* Decodes PNG and JPEG into planes: size, gray or colour, alpha. */
#include "decode_private.h"
#include "pipeline/base/magic.h"
#include "sample.h"

#include <stdlib.h>
#include <string.h>

/* ---- What kind of file ---- */

static bool begins(const uint8_t *bytes, size_t size, const char *with, size_t count)
{
    return size >= count && memcmp(bytes, with, count) == 0;
}

static int read_any(const uint8_t *bytes, size_t size, const struct decode_sink *sink,
                    struct err *err)
{
    const char *other;

    if (size == 0)
        return err_set(err, EX_DATAERR, "the file is empty");
    if (begins(bytes, size, "\x89PNG\r\n\x1a\n", 8))
        return png_read(bytes, size, sink, err);
    if (begins(bytes, size, "\xff\xd8\xff", 3))
        return jpeg_read(bytes, size, sink, err);
    other = magic_of_picture(bytes, size);
    return err_set(err, EX_DATAERR, "%s%sneither PNG nor JPEG%s", other ? other : "",
                   other ? ", " : "",
                   other && strstr(other, "picture")
                       ? " (mogrify -format png FILE, of ImageMagick, writes it as PNG)"
                       : "");
}

/* ---- The head alone ---- */

static int stop_at_head(void *data, const struct decode_head *head, struct err *err)
{
    (void)err;
    *(struct decode_head *)data = *head;
    return 1;
}

int decode_head(const void *bytes, size_t size, struct decode_head *head, struct err *err)
{
    return read_any(bytes, size, &(struct decode_sink){.begin = stop_at_head, .data = head}, err);
}

/* ---- Rows ---- */

static const char *kind_of(int channels)
{
    return channels == 1 ? "gray" : "colour";
}

static int begin(void *data, const struct decode_head *head, struct err *err)
{
    struct decoder *d = data;
    const struct decode_options *o = &d->options;
    const size_t room = (size_t)head->w * 4 * sizeof(uint16_t);

    d->head = *head;
    if (!o->resize && (head->w != o->w || head->h != o->h))
        return err_set(err, EX_DATAERR,
                       "%dx%d pixels, not %dx%d (height x width; --size %dx%d resizes)", head->h,
                       head->w, o->h, o->w, o->h, o->w);
    if (!o->convert && head->channels != o->channels)
        return err_set(err, EX_DATAERR,
                       "%s among %s pictures (--gray makes all gray, --rgb all of three "
                       "channels)",
                       kind_of(head->channels), kind_of(o->channels));
    if (o->wide_planes && head->wide != o->wide)
        return err_set(err, EX_DATAERR, "%d bits a sample among pictures of %d",
                       head->wide ? 16 : 8, o->wide ? 16 : 8);
    d->resize.wide = o->wide_planes;
    if (room > d->room) {
        free(d->row);
        d->row = malloc(room);
        d->room = d->row ? room : 0;
        if (!d->row)
            return err_memory(err, "a picture", room);
    }
    return resize_begin(&d->resize, head->w, head->h, o->channels, o->w, o->h, d->planes, err);
}

/* Makes a row as wide as the planes. 16 bits become 8 where these say the same, or by rounding. */
static int take_width(struct decoder *d, const void *pixels, struct err *err)
{
    const size_t count = (size_t)d->head.w * (size_t)(d->head.channels + d->head.alpha);

    for (size_t i = 0; i < count; i++) {
        const unsigned value = sample_at(pixels, i, d->head.wide);

        if (d->head.wide && value % 257 && !d->options.round)
            return err_set(
                err, EX_DATAERR,
                "samples of 16 bits, as %u, which do not fit 8 (ingest --dtype f32 keeps them; "
                "with --like, that data set needs it too)",
                value);
        sample_put(d->row, i, d->head.wide ? (value + 128) / 257 : value, !d->head.wide);
    }
    return 0;
}

/* Lays each pixel over the background; without one all have to be opaque. */
static int take_alpha(struct decoder *d, const void *pixels, struct err *err)
{
    const bool wide = d->options.wide_planes;
    const uint64_t most = wide && d->head.wide ? 65535 : 255;
    const uint64_t under = d->options.background == BACKGROUND_WHITE ? most : 0;
    const size_t channels = (size_t)d->head.channels, w = (size_t)d->head.w;

    for (size_t i = 0; i < w; i++) {
        const uint64_t alpha = sample_at(pixels, i * (channels + 1) + channels, wide);

        if (alpha < most && d->options.background == BACKGROUND_NONE)
            return err_set(err, EX_DATAERR,
                           "pixels that are not opaque (--background black or white lies under "
                           "them)");
        for (size_t c = 0; c < channels; c++) {
            const uint64_t over = sample_at(pixels, i * (channels + 1) + c, wide);
            const uint64_t sum = over * alpha + under * (most - alpha);

            sample_put(d->row, i * channels + c, (unsigned)((2 * sum + most) / (2 * most)), wide);
        }
    }
    return 0;
}

/* Turns red, green and blue to gray: luma by ITU-R BT.601 in 16 bits, rounded, as libjpeg and
 * Pillow compute it. */
static inline void make_gray(void *to, const void *pixels, int w, bool wide)
{
    for (size_t i = 0; i < (size_t)w; i++) {
        const uint32_t red = sample_at(pixels, 3 * i, wide),
                       green = sample_at(pixels, 3 * i + 1, wide),
                       blue = sample_at(pixels, 3 * i + 2, wide);

        sample_put(to, i, (19595 * red + 38470 * green + 7471 * blue + 32768) >> 16, wide);
    }
}

static int take_row(void *data, const void *pixels, struct err *err)
{
    struct decoder *d = data;
    const int w = d->head.w, wanted = d->options.channels;
    const bool wide = d->options.wide_planes;

    if (d->head.wide != wide) {
        if (take_width(d, pixels, err))
            return -1;
        pixels = d->row;
    }
    if (d->head.alpha) {
        if (take_alpha(d, pixels, err))
            return -1;
        pixels = d->row;
    }
    if (wanted < d->head.channels) {
        if (wide)
            make_gray(d->row, pixels, w, true);
        else
            make_gray(d->row, pixels, w, false);
        pixels = d->row;
    } else if (wanted > d->head.channels) {
        for (size_t i = (size_t)w * 3; i-- > 0;)
            sample_put(d->row, i, sample_at(pixels, i / 3, wide), wide);
        pixels = d->row;
    }
    resize_row(&d->resize, pixels);
    return 0;
}

int decode(struct decoder *d, const void *bytes, size_t size, void *planes, struct err *err)
{
    d->planes = planes;
    return read_any(bytes, size, &(struct decode_sink){begin, take_row, d}, err);
}

void decoder_free(struct decoder *d)
{
    free(d->row);
    resize_free(&d->resize);
    *d = (struct decoder){0};
}
