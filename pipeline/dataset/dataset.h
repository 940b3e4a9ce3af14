#ifndef PIPELINE_DATASET_H
#define PIPELINE_DATASET_H

#include "data_range.h"
#include "pipeline/tensor/tensor.h"

/* dataset/1 files: rows, ids (if the CSV has them), groups (on request), labels (unless
 * unlabelled), images. */

/* Pictures' limits, so that a row has its ceiling: the longest side, or the most channels, and all
 * pixels, of which no layer takes more. */
enum { PICTURE_MOST_SIDE = 4096, PICTURE_MOST_PIXELS = 1 << 26 };

/* Properties of all rows; strings and arrays are owned, dataset_info_free() frees them. */
struct dataset_info {
    int c, h, w;
    enum dtype pixel; /* DTYPE_U8 or DTYPE_F32 */
    struct data_range pixels;
    bool has_ids, has_labels;
    int id_width;       /* bytes of an id's text, 0: they are numbers (keys.h) */
    bool has_groups;    /* rows of one group belong together (row_groups.h) */
    int group_width;    /* as id_width */
    bool soft_labels;   /* labels are F32 shares that sum to 1, else U8 one-hot */
    int class_count;    /* 0: the classes are not known */
    char **classes;     /* [class_count] as the CSV spells them, sorted */
    char **class_names; /* [class_count] for display; the classes unless named otherwise */
    int column_count;   /* c*h*w */
    char **columns;  /* [column_count] pixel columns' names in the images' order; NULL: no header */
    bool transposed; /* the source has the pixels column by column, the images do not */
    bool interleaved;   /* the source has the channels of a pixel together, the images do not */
    bool reordered;     /* the columns' names put the pixels in another order than the source's */
    char *background;   /* of files of pictures: none, black, white; NULL: the source is no such */
    bool resized;       /* these had their sizes changed */
    char *label_column; /* name, NULL if none */
    char *id_column;    /* name, NULL if none */
    char *group_column; /* name, NULL if none */
    char *source;       /* base name of the CSV */
    int64_t source_bytes;
    char source_digest[DIGEST_TEXT];
};
void dataset_info_free(struct dataset_info *info);
size_t dataset_image_bytes(const struct dataset_info *info);
/* Fails with EX_DATAERR unless both have the same image shape, classes and columns; the sentence
 * names the two files and the difference. Classes are compared only if both have them. */
MUST_CHECK int dataset_compatible(const char *path_a, const struct dataset_info *a,
                                  const char *path_b, const struct dataset_info *b,
                                  struct err *err);

bool dataset_same_shape(const struct dataset_info *a, const struct dataset_info *b);
/* Returns the first class of `a` that `b` has not; NULL: none, or one of them has no classes. */
const char *dataset_class_missing(const struct dataset_info *a, const struct dataset_info *b);

/* ---- Reading ---- */

struct dataset {
    struct tensor_file *file;
    struct dataset_info info;
    int64_t n;
    int64_t last_row; /* number of the last row read */
    struct tensor_cursor *rows, *ids, *groups, *labels, *images;
};

/* Rows side by side. Buffers belong to the chunk; ids and labels NULL where the data has none. */
struct dataset_chunk {
    int64_t count, room;
    int64_t *rows; /* [count] data-row number in the source, from 1 */
    void *ids;     /* [count] I64, or texts of info.id_width bytes */
    void *groups;  /* likewise, or NULL */
    void *labels;  /* [count][classes] U8, or F32 if soft */
    void *images;  /* [count][c][h][w] U8 or F32 */
};

/* Opens and checks a dataset/1 file and places its cursors at the first row. */
MUST_CHECK int dataset_open(struct dataset *dataset, const char *path, struct inputs *inputs,
                            const char *role, struct err *err);
/* Returns how many rows, at least one, fit into so many bytes with all that they have. */
int64_t dataset_rows_in(const struct dataset_info *info, size_t bytes);
/* Buffers for `room` rows, or for all there are if they are fewer. */
MUST_CHECK int dataset_chunk_init(struct dataset_chunk *chunk, const struct dataset *dataset,
                                  int64_t room, struct err *err);
/* Reads the next up to `room` rows: 1 got some, 0 end, -1 error. Labels are checked: one-hot, or
 * shares that sum to 1 within 1e-5; rows count upwards. */
MUST_CHECK int dataset_next(struct dataset *dataset, struct dataset_chunk *chunk, struct err *err);
void dataset_chunk_free(struct dataset_chunk *chunk);
void dataset_close(struct dataset *dataset);
/* Loads all rows at once: a chunk with room for n. */
MUST_CHECK int dataset_load(struct dataset *dataset, struct dataset_chunk *all, struct err *err);

/* Returns the class of a row: the largest share, the first among equals. */
int dataset_class(const struct dataset_info *info, const struct dataset_chunk *chunk, int64_t row);

/* ---- Writing ---- */

enum { DATASET_TENSORS = 5 };
/* Fills in the tensors of a data set of n rows, in the file's order; returns how many. */
int dataset_tensors(const struct dataset_info *info, int64_t n,
                    struct tensor tensors[DATASET_TENSORS]);
/* Adds what `info` says, and `pixels`, to the metadata of the file `path`. */
MUST_CHECK int dataset_meta_add(json_t *meta, const char *path, const struct dataset_info *info,
                                const struct data_range *pixels, struct err *err);

struct dataset_writer {
    struct tensor_writer *file;
    int rows, ids, groups, labels, images; /* tensor numbers, -1: absent */
    struct data_sums sums;                 /* of the images */
};

/* Declares the tensors for `info` on a writer that tensor_writer_open() made; takes it over, on
 * failure too. info->class_count may be 0 for now if dataset_writer_classes() follows. */
MUST_CHECK int dataset_writer_init(struct dataset_writer *writer, struct tensor_writer *file,
                                   const struct dataset_info *info, struct err *err);
/* Says that the labels are of info->class_count classes and whether they are soft, before any label
 * is appended: a CSV tells its classes only at its end. */
MUST_CHECK int dataset_writer_classes(struct dataset_writer *writer,
                                      const struct dataset_info *info, struct err *err);
/* Says how wide ids and groups are, before any is appended: a CSV tells that only at its end. */
MUST_CHECK int dataset_writer_keys(struct dataset_writer *writer, const struct dataset_info *info,
                                   struct err *err);
/* Appends what the chunk has: a column that is NULL can follow in a later call, with the others
 * NULL. In the end all must have equally many rows. */
MUST_CHECK int dataset_writer_append(struct dataset_writer *writer,
                                     const struct dataset_chunk *chunk, struct err *err);
/* Returns the range of the pixels that were appended so far. */
struct data_range dataset_writer_pixels(const struct dataset_writer *writer);
/* Does the first step of a commit; the second is tensor_writers_place(). */
MUST_CHECK int dataset_writer_prepare(struct dataset_writer *writer,
                                      const struct dataset_info *info, const json_t *options,
                                      const struct inputs *inputs, struct err *err);
MUST_CHECK int dataset_writer_commit(struct dataset_writer *writer, const struct dataset_info *info,
                                     const json_t *options, const struct inputs *inputs,
                                     struct err *err);
void dataset_writer_close(struct dataset_writer *writer);

#endif
