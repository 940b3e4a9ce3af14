/* Decodes PNG and JPEG into planes: size, gray or colour, alpha. */
#include "decode_private.h"
#include "pipeline/base/magic.h"

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
    return err_set(err, EX_DATAERR, "%s%sneither PNG nor JPEG", other ? other : "",
                   other ? ", " : "");
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
    const size_t room = (size_t)head->w * 3;

    d->head = *head;
    if (!o->resize && (head->w != o->w || head->h != o->h))
        return err_set(err, EX_DATAERR,
                       "%dx%d pixels, not %dx%d (height x width; --size %dx%d resizes)", head->h,
                       head->w, o->h, o->w, o->h, o->w);
    if (!o->convert && head->channels != o->channels)
        return err_set(err, EX_DATAERR,
                       "%s among %s pictures (--gray makes all gray, --color all of three "
                       "channels)",
                       kind_of(head->channels), kind_of(o->channels));
    if (room > d->room) {
        free(d->row);
        d->row = malloc(room);
        d->room = d->row ? room : 0;
        if (!d->row)
            return err_memory(err, "a picture", room);
    }
    return resize_begin(&d->resize, head->w, head->h, o->channels, o->w, o->h, d->planes, err);
}

/* Lays each pixel over the background; without one all have to be opaque. */
static int take_alpha(struct decoder *d, const uint8_t *pixels, struct err *err)
{
    const unsigned under = d->options.background == BACKGROUND_WHITE ? 255 : 0;
    const int channels = d->head.channels;
    uint8_t *to = d->row;

    for (int i = 0; i < d->head.w; i++, pixels += channels + 1) {
        const unsigned alpha = pixels[channels];

        if (alpha < 255 && d->options.background == BACKGROUND_NONE)
            return err_set(err, EX_DATAERR,
                           "pixels that are not opaque (--background black or white lies under "
                           "them)");
        for (int c = 0; c < channels; c++)
            *to++ = (uint8_t)((2 * (pixels[c] * alpha + under * (255 - alpha)) + 255) / 510);
    }
    return 0;
}

static int take_row(void *data, const uint8_t *pixels, struct err *err)
{
    struct decoder *d = data;
    const int w = d->head.w, wanted = d->options.channels;

    if (d->head.alpha) {
        if (take_alpha(d, pixels, err))
            return -1;
        pixels = d->row;
    }
    if (wanted < d->head.channels) {
        for (int i = 0; i < w; i++)
            d->row[i] = gray_of(pixels + 3 * (size_t)i);
        pixels = d->row;
    } else if (wanted > d->head.channels) {
        for (int i = w - 1; i >= 0; i--)
            memset(d->row + 3 * (size_t)i, pixels[i], 3);
        pixels = d->row;
    }
    resize_row(&d->resize, pixels);
    return 0;
}

int decode(struct decoder *d, const void *bytes, size_t size, uint8_t *planes, struct err *err)
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
