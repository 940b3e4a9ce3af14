#ifndef PIPELINE_FRAMING_H
#define PIPELINE_FRAMING_H

#include "dataset.h"

/* Framing of gray pictures that show one thing on a plain ground, as written digits are: how
 * bright ground and thing are, how large the thing is, and what of it is in the middle. Models
 * record that of their training pictures, so that another picture can be prepared like them. */

/* One picture's. Coordinates go from 0 to its width and height. */
struct framed {
    bool plain;         /* its border is of one value: the ground's */
    double ground, ink; /* ink: the value farthest from the ground; equal: an empty picture */
    int left, top, right, bottom; /* box of what differs from the ground; right, bottom after it */
    double mass_x, mass_y;        /* centre of its mass, each pixel by its distance to the ground */
};
/* Looks at pixels[h][w], of which a border of `border` pixels should be ground. -1: out of memory.
 */
MUST_CHECK int framing_look(struct framed *framed, const float *pixels, int h, int w, int border,
                            struct err *err);

/* Mean over pictures, and standard deviation, in pixels. */
struct spread {
    double mean, deviation;
};

/* The training pictures'. */
struct framing {
    int64_t rows; /* looked at; 0: not known */
    double plain; /* share of them with a plain border; the rest is of these */
    double ground, ink;
    struct spread side;           /* longer side of the box */
    struct spread box_x, box_y;   /* centre of the box */
    struct spread mass_x, mass_y; /* centre of mass */
};
/* Measures rows of images[n][h][w], of which index[count] are meant (NULL: the first `count`);
 * up to 2,000 are looked at. Pictures with several channels: not known. */
MUST_CHECK int framing_measure(struct framing *framing, const struct dataset_info *info,
                               const void *images, const int64_t *index, int64_t count,
                               struct err *err);
/* Tells whether the pictures show things on a ground that is the same in all; where a thing fills
 * the picture it hides the ground, as clothes do, so that half of them are enough. */
bool framing_is_plain(const struct framing *framing, const struct data_range *pixels);
/* Tells whether the centres of mass lie closer together than those of the boxes. */
bool framing_by_mass(const struct framing *framing);
/* Tells whether a picture is framed as the training pictures are: ground, size and centre within
 * what they themselves differ by. */
bool framing_is_alike(const struct framing *framing, const struct framed *picture);

/* Adds metadata `framing`, unless it is unknown. */
MUST_CHECK int framing_add(json_t *meta, const char *path, const struct framing *framing,
                           struct err *err);
/* Reads it; unknown if the file has none. */
MUST_CHECK int framing_read(struct framing *framing, const struct tensor_file *file,
                            struct err *err);

#endif
