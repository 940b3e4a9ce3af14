/* Makes a picture like those that a network was trained on, by the framing that its model records.
 */
#include "prepare.h"

#include "pipeline/base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    LONGEST = 2048, /* pixels of a side; larger pictures are made smaller first */
    WHITE = 255
};

/* ---- Levels ---- */

double prepare_level(const struct dataset_info *info, double share)
{
    const double white = data_range_divisor(&info->pixels);
    const double black = info->pixels.min < 0 ? -white : 0;

    return data_range_known(&info->pixels) ? black + share * (white - black) : share * WHITE;
}

/* ---- Size and colours only ---- */

static int decode_to(struct preparer *p, const void *bytes, size_t size, int channels, int h, int w,
                     enum background background, struct err *err)
{
    const int64_t room = (int64_t)channels * h * w;

    p->decoder.options = (struct decode_options){.round = p->info->pixels.max <= 255,
                                                 .w = w,
                                                 .h = h,
                                                 .resize = true,
                                                 .channels = channels,
                                                 .convert = true,
                                                 .background = background};
    free(p->planes);
    p->planes = rows_alloc(room, 1, "a picture", err);
    return p->planes ? decode(&p->decoder, bytes, size, p->planes, err) : -1;
}

/* Tells whether the corners are bright where those of the training pictures are dark, or the other
 * way round. */
static bool is_opposite(const struct preparer *p)
{
    static const double near_end = 0.15;
    const struct dataset_info *info = p->info;
    const struct data_range *usual = &info->pixels;
    const int w = info->w, area = info->h * w;
    const double here =
        (p->planes[0] + p->planes[w - 1] + p->planes[area - w] + p->planes[area - 1]) /
        (4.0 * WHITE);
    const double there = (usual->ground - usual->min) / (usual->max - usual->min);

    return info->c == 1 && usual->max > usual->min &&
           ((here > 1 - near_end && there < near_end) || (here < near_end && there > 1 - near_end));
}

static int fit_size(struct preparer *p, const void *bytes, size_t size, float *image,
                    struct prepared *done, struct err *err)
{
    const struct dataset_info *info = p->info;
    const int64_t count = (int64_t)info->c * info->h * info->w;

    if (decode_to(p, bytes, size, info->c, info->h, info->w, BACKGROUND_WHITE, err))
        return -1;
    done->turned_over =
        done->as != PREPARED_REQUESTED && done->as != PREPARED_ALIKE && is_opposite(p);
    for (int64_t i = 0; i < count; i++)
        image[i] =
            (float)prepare_level(info, (done->turned_over ? WHITE - p->planes[i] : p->planes[i]) / 255.0);
    return 0;
}

/* ---- Framed ---- */

static int get_room(struct preparer *p, int64_t source, int64_t rows, int64_t weights,
                    struct err *err)
{
    free(p->pixels);
    free(p->rows);
    free(p->weights);
    p->pixels = rows_alloc(source, sizeof *p->pixels, "a picture", err);
    p->rows = p->pixels ? rows_alloc(rows, sizeof *p->rows, "a picture", err) : NULL;
    p->weights = p->rows ? rows_alloc(weights, sizeof *p->weights, "a picture", err) : NULL;
    return p->weights ? 0 : -1;
}

/* Reads the file in gray, as large as it is, within LONGEST. What lies under pixels that are not
 * opaque is white, or black if all is white then. */
static int read_gray(struct preparer *p, const void *bytes, size_t size, int *h, int *w,
                     struct framed *framed, struct err *err)
{
    enum { BORDER_PART = 64 };
    const struct decode_head *head = &p->decoder.head;
    const int longest = head->w > head->h ? head->w : head->h;
    const double shrunk = longest > LONGEST ? (double)LONGEST / longest : 1;
    bool again = head->alpha;

    *w = (int)fmax(1, lround(head->w * shrunk));
    *h = (int)fmax(1, lround(head->h * shrunk));
    if (get_room(p, (int64_t)*w * *h, (int64_t)p->info->w * *h, (*w > *h ? *w : *h) + 2, err))
        return -1;
    for (enum background under = BACKGROUND_WHITE;; under = BACKGROUND_BLACK, again = false) {
        if (decode_to(p, bytes, size, 1, *h, *w, under, err))
            return -1;
        for (int64_t i = 0; i < (int64_t)*w * *h; i++)
            p->pixels[i] = p->planes[i];
        if (framing_look(framed, p->pixels, *h, *w, 1 + (*w < *h ? *w : *h) / BORDER_PART, err))
            return -1;
        if (!again || framed->ink != framed->ground)
            return 0;
    }
}

/* Turns values into shares of ink, 0 to 1; what hardly differs from the ground is ground. */
static void take_ink(float *pixels, int64_t count, const struct framed *framed)
{
    static const double faint = 0.125;

    for (int64_t i = 0; i < count; i++) {
        const double share = ((double)pixels[i] - framed->ground) / (framed->ink - framed->ground);

        pixels[i] = (float)(share < faint ? 0 : fmin(share, 1));
    }
}

/* A source's axis, s, on that of the result, t = scale * s + offset. */
struct axis {
    int from, to;
    double scale, offset;
};

/* Writes how much of each source pixel belongs to pixel `to`: the area that it covers, or where
 * the source is enlarged, the nearness of its two neighbours. Returns the first one. */
static int weigh(const struct axis *axis, int to, float *weights, int *count)
{
    const double width = fmax(1 / axis->scale, 1);
    const double middle = (to + 0.5 - axis->offset) / axis->scale;
    const double begin = middle - width / 2, end = middle + width / 2;
    const int first = begin > 0 ? (int)begin : 0;
    const int after = end < axis->from ? (int)ceil(end) : axis->from;

    *count = after > first ? after - first : 0;
    for (int i = 0; i < *count; i++)
        weights[i] = (float)((fmin(end, first + i + 1) - fmax(begin, first + i)) / width);
    return first;
}

/* Resamples p->pixels along x into p->rows, and these along y into out[to][to]; outside there is no
 * ink. Returns the largest value. */
static double resample(struct preparer *p, const struct axis *x, const struct axis *y, float *out)
{
    int first, count;
    float most = 0;

    for (int to = 0; to < x->to; to++) {
        first = weigh(x, to, p->weights, &count);
        for (int row = 0; row < y->from; row++) {
            const float *from = p->pixels + (size_t)row * (size_t)x->from + first;
            double sum = 0;

            for (int i = 0; i < count; i++)
                sum += (double)p->weights[i] * (double)from[i];
            p->rows[(size_t)row * (size_t)x->to + (size_t)to] = (float)sum;
        }
    }
    for (int to = 0; to < y->to; to++) {
        first = weigh(y, to, p->weights, &count);
        for (int column = 0; column < x->to; column++) {
            const float *from = p->rows + (size_t)first * (size_t)x->to + column;
            double sum = 0;

            for (int i = 0; i < count; i++)
                sum += (double)p->weights[i] * (double)from[(size_t)i * (size_t)x->to];
            out[to * x->to + column] = (float)sum;
            most = (float)sum > most ? (float)sum : most;
        }
    }
    return (double)most;
}

/* Scales the box, moves the centre, and gives it the training pictures' ground and ink. */
static void frame(struct preparer *p, int h, int w, const struct framed *f, float *image,
                  struct prepared *done)
{
    const struct dataset_info *info = p->info;
    const struct framing *like = p->framing;
    const int64_t count = (int64_t)info->h * info->w;
    double most;

    done->box_w = f->right - f->left;
    done->box_h = f->bottom - f->top;
    done->by_mass = framing_by_mass(like);
    done->scale = like->side.mean / (done->box_w > done->box_h ? done->box_w : done->box_h);
    most = resample(
        p,
        &(struct axis){w, info->w, done->scale,
                       done->by_mass ? like->mass_x.mean - done->scale * f->mass_x
                                     : like->box_x.mean - done->scale * (f->left + f->right) / 2.0},
        &(struct axis){h, info->h, done->scale,
                       done->by_mass ? like->mass_y.mean - done->scale * f->mass_y
                                     : like->box_y.mean - done->scale * (f->top + f->bottom) / 2.0},
        image);
    for (int64_t i = 0; i < count; i++)
        image[i] = (float)(like->ground +
                           (most > 0 ? (double)image[i] / most : 0) * (like->ink - like->ground));
}

/* Tells whether the picture is of the training pictures' size, and framed as they are. */
static bool is_alike(const struct preparer *p, const struct framed *framed)
{
    struct framed here = *framed;

    here.ground = prepare_level(p->info, framed->ground / WHITE);
    here.ink = prepare_level(p->info, framed->ink / WHITE);
    return p->decoder.head.w == p->info->w && p->decoder.head.h == p->info->h &&
           framing_is_alike(p->framing, &here);
}

/* Tells whether the ground is at the other end than that of the training pictures. */
static bool is_turned_over(const struct preparer *p, double ground, double ink)
{
    return (ground > ink) != (p->framing->ground > p->framing->ink);
}

static int prepare_gray(struct preparer *p, const void *bytes, size_t size, float *image,
                        struct prepared *done, struct err *err)
{
    static const double contrast = WHITE / 8.0;
    struct framed framed;
    int h, w;

    if (read_gray(p, bytes, size, &h, &w, &framed, err))
        return -1;
    done->as = fabs(framed.ink - framed.ground) < contrast ? PREPARED_EMPTY
               : is_alike(p, &framed)                      ? PREPARED_ALIKE
               : !framed.plain                             ? PREPARED_NO_GROUND
                                                           : PREPARED_FRAMED;
    if (done->as != PREPARED_FRAMED)
        return fit_size(p, bytes, size, image, done, err);
    done->turned_over = is_turned_over(p, framed.ground, framed.ink);
    take_ink(p->pixels, (int64_t)h * w, &framed);
    if (odd_find(&done->odd, p->pixels, h, w, &framed, err))
        return -1;
    frame(p, h, w, &framed, image, done);
    return 0;
}

/* ---- Either ---- */

int prepare(struct preparer *p, const void *bytes, size_t size, float *image, struct prepared *done,
            struct err *err)
{
    *done =
        (struct prepared){.as = p->plain                ? PREPARED_REQUESTED
                                : p->info->c != 1       ? PREPARED_UNLIKE
                                : p->framing->rows == 0 ? PREPARED_UNKNOWN
                                : framing_is_plain(p->framing, &p->info->pixels) ? PREPARED_FRAMED
                                                                                 : PREPARED_UNLIKE};
    if (decode_head(bytes, size, &p->decoder.head, err))
        return -1;
    done->head = p->decoder.head;
    return done->as == PREPARED_FRAMED ? prepare_gray(p, bytes, size, image, done, err)
                                       : fit_size(p, bytes, size, image, done, err);
}

void prepared_text(const struct prepared *done, const struct preparer *p, struct strbuf *text)
{
    static const char *const why[] = {
        [PREPARED_FRAMED] = "",
        [PREPARED_ALIKE] = "; framed as the training pictures are, it stays as it is",
        [PREPARED_REQUESTED] = "",
        [PREPARED_UNKNOWN] = "; the model does not record how its training pictures are framed",
        [PREPARED_UNLIKE] = "",
        [PREPARED_NO_GROUND] = "; its border is no plain ground, so that nothing was cut out",
        [PREPARED_EMPTY] = "; there is nothing on it",
    };
    const int channels = p->info->c;

    strbuf_printf(text, "%dx%d %s", done->head.h, done->head.w,
                  done->head.channels == 1 ? "gray" : "colour");
    if (channels != done->head.channels)
        strbuf_puts(text, channels == 1 ? ", made gray" : ", made three channels");
    if (done->turned_over)
        strbuf_printf(text, ", ground turned %s",
                      p->info->pixels.ground < (p->info->pixels.min + p->info->pixels.max) / 2
                          ? "dark"
                          : "bright");
    if (done->as == PREPARED_FRAMED)
        strbuf_printf(
            text, ", box of %dx%d scaled to %.0fx%.0f of %dx%d, centre of %s to %.1f, %.1f",
            done->box_h, done->box_w, done->box_h * done->scale, done->box_w * done->scale,
            p->info->h, p->info->w, done->by_mass ? "mass" : "the box",
            done->by_mass ? p->framing->mass_y.mean : p->framing->box_y.mean,
            done->by_mass ? p->framing->mass_x.mean : p->framing->box_x.mean);
    else if (done->head.h != p->info->h || done->head.w != p->info->w)
        strbuf_printf(text, ", resized to %dx%d", p->info->h, p->info->w);
    strbuf_puts(text, why[done->as]);
    odd_text(&done->odd, text);
    if (done->head.turned)
        strbuf_puts(text, "; its EXIF data say that it lies on its side, which is not undone");
}

void preparer_free(struct preparer *p)
{
    decoder_free(&p->decoder);
    free(p->planes);
    free(p->pixels);
    free(p->rows);
    free(p->weights);
    *p = (struct preparer){.info = NULL};
}
