/* The framing of pictures: ground, box and centre, measured and kept in models. */
#include "framing.h"

#include "pipeline/base/json.h"
#include "pipeline/base/memory.h"
#include "pipeline/tensor/meta.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- One picture ---- */

static int by_value(const void *a, const void *b)
{
    const float x = *(const float *)a, y = *(const float *)b;

    return (x > y) - (x < y);
}

/* Copies the border's values. Returns their number. */
static int64_t take_border(const float *pixels, int h, int w, int border, float *values)
{
    int64_t count = 0;

    for (int y = 0; y < h; y++)
        for (int x = 0; x < w; x++)
            if (y < border || y >= h - border || x < border || x >= w - border)
                values[count++] = pixels[(size_t)y * (size_t)w + (size_t)x];
    return count;
}

/* Distance from the ground, as a share of the ink's, from which a pixel is no ground. */
static const double part = 0.25;

static void find_box(struct framed *f, const float *pixels, int h, int w)
{
    const double least = part * fabs(f->ink - f->ground);
    double sum = 0, sum_x = 0, sum_y = 0;

    f->left = w;
    f->top = h;
    for (int y = 0; y < h; y++)
        for (int x = 0; x < w; x++) {
            const double d = fabs((double)pixels[(size_t)y * (size_t)w + (size_t)x] - f->ground);

            if (d < least)
                continue;
            f->left = x < f->left ? x : f->left;
            f->right = x >= f->right ? x + 1 : f->right;
            f->top = y < f->top ? y : f->top;
            f->bottom = y + 1;
            sum += d;
            sum_x += d * (x + 0.5);
            sum_y += d * (y + 0.5);
        }
    f->mass_x = sum_x / sum;
    f->mass_y = sum_y / sum;
}

int framing_look(struct framed *f, const float *pixels, int h, int w, int border, struct err *err)
{
    static const double most_of_it = 0.9;
    float *values = rows_alloc((int64_t)h * w, sizeof *values, "a picture's border", err);
    int64_t count, ground = 0;

    if (!values)
        return -1;
    count = take_border(pixels, h, w, border, values);
    qsort(values, (size_t)count, sizeof *values, by_value);
    *f = (struct framed){.ground = (double)values[count / 2]};
    f->ink = f->ground;
    for (int64_t i = 0; i < (int64_t)h * w; i++)
        if (fabs((double)pixels[i] - f->ground) > fabs(f->ink - f->ground))
            f->ink = (double)pixels[i];
    for (int64_t i = 0; i < count; i++)
        ground += fabs((double)values[i] - f->ground) < part * fabs(f->ink - f->ground);
    f->plain = (double)ground >= most_of_it * (double)count;
    free(values);
    if (f->ink != f->ground)
        find_box(f, pixels, h, w);
    return 0;
}

/* ---- Many ---- */

enum { FIGURES = 7 };

/* Writes what is summed up of a picture, in the order of struct framing. */
static void figures_of(const struct framed *f, double figure[FIGURES])
{
    const int w = f->right - f->left, h = f->bottom - f->top;

    figure[0] = f->ground;
    figure[1] = f->ink;
    figure[2] = w > h ? w : h;
    figure[3] = (f->left + f->right) / 2.0;
    figure[4] = (f->top + f->bottom) / 2.0;
    figure[5] = f->mass_x;
    figure[6] = f->mass_y;
}

static const float *picture_at(const struct dataset_info *info, const void *images, int64_t row,
                               float *room)
{
    const size_t size = (size_t)info->h * (size_t)info->w;
    const uint8_t *u8 = (const uint8_t *)images + (size_t)row * size;

    if (info->pixel == DTYPE_F32)
        return (const float *)images + (size_t)row * size;
    for (size_t i = 0; i < size; i++)
        room[i] = u8[i];
    return room;
}

static struct spread spread_of(double sum, double square, double n)
{
    const double mean = sum / n;

    return (struct spread){mean, sqrt(fmax(square / n - mean * mean, 0))};
}

static void conclude(struct framing *framing, const double *sum, const double *square, double plain)
{
    if (plain < 1)
        return;
    framing->plain = plain / (double)framing->rows;
    framing->ground = sum[0] / plain;
    framing->ink = sum[1] / plain;
    framing->side = spread_of(sum[2], square[2], plain);
    framing->box_x = spread_of(sum[3], square[3], plain);
    framing->box_y = spread_of(sum[4], square[4], plain);
    framing->mass_x = spread_of(sum[5], square[5], plain);
    framing->mass_y = spread_of(sum[6], square[6], plain);
}

int framing_measure(struct framing *framing, const struct dataset_info *info, const void *images,
                    const int64_t *index, int64_t count, struct err *err)
{
    enum { MOST_ROWS = 2000 };
    const int64_t step = count / MOST_ROWS + 1; /* evenly, since rows may be sorted by class */
    double sum[FIGURES] = {0}, square[FIGURES] = {0}, plain = 0;
    float *room;

    *framing = (struct framing){.rows = 0};
    if (info->c != 1)
        return 0;
    room = rows_alloc((int64_t)info->h * info->w, sizeof *room, "a picture", err);
    for (int64_t i = 0; room && i < count; i += step) {
        struct framed framed;
        double figure[FIGURES];

        if (framing_look(&framed, picture_at(info, images, index ? index[i] : i, room), info->h,
                         info->w, 1, err)) {
            free(room);
            return -1;
        }
        framing->rows++;
        if (!framed.plain || framed.ink == framed.ground)
            continue;
        plain++;
        figures_of(&framed, figure);
        for (int k = 0; k < FIGURES; k++) {
            sum[k] += figure[k];
            square[k] += figure[k] * figure[k];
        }
    }
    conclude(framing, sum, square, plain);
    free(room);
    return room ? 0 : -1;
}

/* ---- What it means ---- */

bool framing_is_plain(const struct framing *framing, const struct data_range *pixels)
{
    static const double half_of_them = 0.5, apart = 0.5;

    return framing->plain >= half_of_them &&
           fabs(framing->ink - framing->ground) >= apart * (pixels->max - pixels->min);
}

bool framing_by_mass(const struct framing *framing)
{
    return hypot(framing->mass_x.deviation, framing->mass_y.deviation) <
           hypot(framing->box_x.deviation, framing->box_y.deviation);
}

static bool within(const struct spread *usual, double value)
{
    static const double pixels = 1.5, deviations = 3;

    return fabs(value - usual->mean) <= fmax(pixels, deviations * usual->deviation);
}

bool framing_is_alike(const struct framing *framing, const struct framed *picture)
{
    static const double apart = 0.25;
    double figure[FIGURES];

    figures_of(picture, figure);
    if (!picture->plain ||
        fabs(picture->ground - framing->ground) > apart * fabs(framing->ink - framing->ground) ||
        !within(&framing->side, figure[2]))
        return false;
    return framing_by_mass(framing)
               ? within(&framing->mass_x, figure[5]) && within(&framing->mass_y, figure[6])
               : within(&framing->box_x, figure[3]) && within(&framing->box_y, figure[4]);
}

/* ---- In files ---- */

int framing_add(json_t *meta, const char *path, const struct framing *framing, struct err *err)
{
    enum { DIGITS = 6 };
    json_t *value;
    char *text;
    int result;

    if (framing->rows == 0)
        return 0;
    value = json_pack(
        "{s:I, s:f, s:f, s:f, s:[f, f], s:[f, f], s:[f, f], s:[f, f], s:[f, f]}", "rows",
        (json_int_t)framing->rows, "plain", framing->plain, "ground", framing->ground, "ink",
        framing->ink, "side", framing->side.mean, framing->side.deviation, "box_x",
        framing->box_x.mean, framing->box_x.deviation, "box_y", framing->box_y.mean,
        framing->box_y.deviation, "mass_x", framing->mass_x.mean, framing->mass_x.deviation,
        "mass_y", framing->mass_y.mean, framing->mass_y.deviation);
    text = json_text(value, JSON_COMPACT | JSON_REAL_PRECISION(DIGITS));
    result = text ? meta_add(meta, path, "framing", text, err) : err_memory(err, "metadata", 0);
    free(text);
    json_decref(value);
    return result;
}

static bool is_sound(const struct framing *f)
{
    const struct spread *all[] = {&f->side, &f->box_x, &f->box_y, &f->mass_x, &f->mass_y};
    bool sound = isfinite(f->ground) && isfinite(f->ink) && f->plain >= 0 && f->plain <= 1;

    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        sound = sound && isfinite(all[i]->mean) && all[i]->deviation >= 0;
    return sound && f->rows > 0 && (f->plain == 0 || f->side.mean >= 1);
}

int framing_read(struct framing *framing, const struct tensor_file *file, struct err *err)
{
    struct framing f = {0};
    json_t *value;
    json_int_t rows = 0;
    int failed;

    *framing = f;
    if (!tensor_file_meta(file, "framing"))
        return 0;
    value = tensor_file_meta_json(file, "framing", err);
    if (!value)
        return -1;
    failed = json_unpack(
        value, "{s:I, s:F, s:F, s:F, s:[F, F !], s:[F, F !], s:[F, F !], s:[F, F !], s:[F, F !] !}",
        "rows", &rows, "plain", &f.plain, "ground", &f.ground, "ink", &f.ink, "side", &f.side.mean,
        &f.side.deviation, "box_x", &f.box_x.mean, &f.box_x.deviation, "box_y", &f.box_y.mean,
        &f.box_y.deviation, "mass_x", &f.mass_x.mean, &f.mass_x.deviation, "mass_y", &f.mass_y.mean,
        &f.mass_y.deviation);
    json_decref(value);
    f.rows = rows;
    if (!failed && is_sound(&f)) {
        *framing = f;
        return 0;
    }
    return json_memory_check("metadata", err)
               ? -1
               : err_set(err, EX_DATAERR,
                         "%s: metadata 'framing' is not what fit writes of its training pictures",
                         tensor_file_path(file));
}
