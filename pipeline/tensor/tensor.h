#ifndef PIPELINE_TENSORFILE_H
#define PIPELINE_TENSORFILE_H

#include "pipeline/base/err.h"
#include "pipeline/files/inputs.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/* Tensor files: the safetensors format inside zstd frames. Content: header length (u64, little
 * endian), a JSON header padded with spaces to a multiple of 8, then the tensors, contiguous from
 * 0. Compressed: the header in one frame, then each tensor in frames of whole rows, every frame
 * with content size and checksum. `zstd -dc FILE` gives a plain safetensors file. */

enum dtype { DTYPE_U8, DTYPE_I64, DTYPE_F32, DTYPE_F64 };
enum { TENSOR_MAX_DIMS = 8 };

struct tensor {
    const char *name;
    enum dtype dtype;
    int ndim;
    int64_t
        dims[TENSOR_MAX_DIMS]; /* a row is what one index of dims[0] selects; a scalar is one row */
};

const char *dtype_name(enum dtype dtype); /* "U8", "I64", "F32", "F64" */

enum { SHAPE_TEXT = 24 * TENSOR_MAX_DIMS };

/* Writes "[42000,1,28,28]"; "[*,10]" where any size will do (-1). */
const char *shape_text(char text[SHAPE_TEXT], int ndim, const int64_t *dims);
size_t dtype_size(enum dtype dtype);
int64_t tensor_rows(const struct tensor *tensor);
size_t tensor_row_bytes(const struct tensor *tensor);
/* Fails with EX_DATAERR unless `tensor` has this type, number of dimensions and sizes; -1 in dims:
 * any size. */
MUST_CHECK int tensor_expect(const char *path, const struct tensor *tensor, enum dtype dtype,
                             int ndim, const int64_t *dims, struct err *err);

/* ---- Reading ---- */

struct tensor_file; /* open for reading; the header is held, the tensors are not */

/* Opens and checks `path` ("-": standard input, spooled to an unnamed temporary file first): the
 * chain of frames to the last byte, the header, and that the frames hold exactly what the header
 * describes. Notes it in `inputs` under `role` with its content digest. A file without __metadata__
 * (bare safetensors from PyTorch) opens, with kind ""; compressed or not is seen from the magic
 * bytes. inputs NULL: noted nowhere. EX_NOINPUT, EX_DATAERR, EX_IOERR. */
MUST_CHECK int tensor_file_open(struct tensor_file **file, const char *path, struct inputs *inputs,
                                const char *role, struct err *err);
void tensor_file_close(struct tensor_file *file);
/* Looks at the first bytes of a stream, before it is copied to be read: EX_DATAERR if no tensor
 * file begins so. */
MUST_CHECK int tensor_look(const char *name, const unsigned char *bytes, size_t size,
                           struct err *err);

const char *tensor_file_path(const struct tensor_file *file);
const char *tensor_file_kind(const struct tensor_file *file);
/* Returns the content digest that the file records or, where it records none, that of what it holds
 * (for which tensor_file_open() reads it to the end). */
const char *tensor_file_digest(const struct tensor_file *file);
/* Reads all tensors that no cursor has read to the end. EX_DATAERR if a frame's checksum or the
 * recorded content digest is not that of the content. */
MUST_CHECK int tensor_file_verify(struct tensor_file *file, struct err *err);
int tensor_file_count(const struct tensor_file *file);
const struct tensor *tensor_file_at(const struct tensor_file *file, int number);
const struct tensor *tensor_file_find(const struct tensor_file *file,
                                      const char *name); /* or NULL */
/* Returns the bytes of tensor `number` as the file stores them; -1: a frame holds more than this
 * tensor. */
int64_t tensor_file_stored_bytes(const struct tensor_file *file, int number);
const char *tensor_file_meta(const struct tensor_file *file, const char *key); /* or NULL */
/* Returns the metadata value `key` parsed as JSON (a new reference), EX_DATAERR if missing or not
 * JSON. */
json_t *tensor_file_meta_json(const struct tensor_file *file, const char *key, struct err *err);
/* Tells whether it records that this program's arithmetic made it: pipeline/base/arithmetic.h. */
bool tensor_file_of_this_arithmetic(const struct tensor_file *file);
/* Fails with EX_DATAERR unless the file is of this kind ("dataset/1"); the sentence says what it is
 * instead. */
MUST_CHECK int tensor_file_expect(const struct tensor_file *file, const char *kind,
                                  struct err *err);

/* Walks one tensor row by row; several cursors of one file may be used side by side (by one
 * thread at a time). The read that gives the last rows also checks the content digest, once all
 * tensors of the file were read. */
struct tensor_cursor;
MUST_CHECK int tensor_cursor_open(struct tensor_cursor **cursor, struct tensor_file *file,
                                  const char *name, struct err *err);
/* Reads `most` rows into `rows`, fewer only at the end; returns how many, 0 at the end, -1 on
 * error. */
MUST_CHECK int64_t tensor_cursor_read(struct tensor_cursor *cursor, void *rows, int64_t most,
                                      struct err *err);
/* Reads the rows that are left for their digest alone, without holding one: 0 or -1. */
MUST_CHECK int tensor_cursor_skim(struct tensor_cursor *cursor, struct err *err);
void tensor_cursor_close(struct tensor_cursor *cursor);

/* Reads the whole tensor `name` into `data`, which has room for all its rows. */
MUST_CHECK int tensor_file_read(struct tensor_file *file, const char *name, void *data,
                                struct err *err);

/* ---- Lists of shards ---- */

/* A list is a text file that names tensor files which are, one after the other, one data set.
 * tensor_file_open() opens it as that. */

/* Tells by its first bytes whether a file is such a list; 16 are enough. */
bool tensor_is_list(const void *bytes, size_t size);

struct tensor_shard {
    char *path;
    int64_t rows, last;       /* last: the number of its last row, counted through all shards */
    char digest[DIGEST_TEXT]; /* of its content */
};

/* Opens what a list `path` of these shards would be, of which nothing is on disk yet: meta and
 * tensors are those of the whole. Its digest is known once all tensors were read. No reference is
 * taken. */
MUST_CHECK int tensor_shards_open(struct tensor_file **file, const char *path,
                                  const struct tensor_shard *shards, int count, json_t *meta,
                                  const struct tensor *tensors, int tensor_count, struct err *err);
/* ---- Writing ---- */

struct tensor_writer;
struct workers;

/* Opens `path` as an output (see output.h: before the inputs are opened). */
MUST_CHECK int tensor_writer_open(struct tensor_writer **writer, const char *path, struct err *err);
/* Compresses on these threads, which have to last until tensor_writer_close(), from the first row
 * on. The bytes are the same. */
void tensor_writer_share(struct tensor_writer *writer, struct workers *workers);
/* Declares the next tensor in the file's order; dims[0] is ignored if `counted`, and then becomes
 * the number of rows appended. Returns the tensor's number from 0, or -1. */
MUST_CHECK int tensor_writer_add(struct tensor_writer *writer, const struct tensor *tensor,
                                 bool counted, struct err *err);
/* Gives tensor `number`, which has no rows yet, another type or shape: for sizes that are known
 * late, as the number of classes is. */
MUST_CHECK int tensor_writer_reshape(struct tensor_writer *writer, int number,
                                     const struct tensor *tensor, struct err *err);
/* Appends rows to tensor `number`; the tensors may grow in any order. */
MUST_CHECK int tensor_writer_append(struct tensor_writer *writer, int number, const void *rows,
                                    int64_t count, struct err *err);
/* Do a commit in two steps, for files that belong together: all are prepared before the first
 * replaces its target, so that only a failing rename leaves some new and some old. prepare: header
 * and tensors are written and flushed to disk. meta: a JSON object of strings, "kind" first, that
 * together with the tensors makes the content digest; options: a JSON object of the settings that
 * the bytes depend on, recorded next to the inputs' digests, csvnet's version and the number of its
 * arithmetic. Neither reference is taken. place: checks that the inputs are unchanged, and puts the
 * files in their places. */
MUST_CHECK int tensor_writer_prepare(struct tensor_writer *writer, const json_t *meta,
                                     const json_t *options, const struct inputs *inputs,
                                     struct err *err);
MUST_CHECK int tensor_writers_place(struct tensor_writer *const *writers, int count,
                                    const struct inputs *inputs, struct err *err);
/* Does both steps. */
MUST_CHECK int tensor_writer_commit(struct tensor_writer *writer, const json_t *meta,
                                    const json_t *options, const struct inputs *inputs,
                                    struct err *err);
/* Commits, in place of tensors, the list of the shards that tensor_shards_open() opened and of
 * which all tensors were read. meta may have more than it had then. */
MUST_CHECK int tensor_writer_commit_list(struct tensor_writer *writer, struct tensor_file *shards,
                                         const json_t *meta, const json_t *options,
                                         const struct inputs *inputs, struct err *err);
/* Tells whether the target, as it is, is what a run with these options and inputs would write:
 * intact, recording just these, and this arithmetic. Inputs that are not read yet are read
 * for their digests. 1 yes, 0 no, -1 error: EX_TEMPFAIL if an input changed meanwhile. */
MUST_CHECK int tensor_writer_current(struct tensor_writer *writer, const json_t *options,
                                     struct inputs *inputs, struct err *err);
/* Commits a copy of the file `path` in place of a run, if it is what that run would write. Returns
 * as tensor_writer_current() does. */
MUST_CHECK int tensor_writer_take(struct tensor_writer *writer, const char *path,
                                  const json_t *options, struct inputs *inputs, struct err *err);
/* Makes the key of what such a run would write: of its inputs' digests, its options, the number of
 * the arithmetic, and what `more` says. -1: an input has no digest, or out of memory. */
MUST_CHECK int tensor_store_key(char key[DIGEST_TEXT], const json_t *options, struct inputs *inputs,
                                const char *more);
/* Renews in place of a commit: the target stays, and gets the time of tensor_writer_open(). */
MUST_CHECK int tensor_writer_renew(struct tensor_writer *writer, struct err *err);
const char *tensor_writer_path(const struct tensor_writer *writer);
int64_t tensor_writer_rows(const struct tensor_writer *writer, int number); /* appended so far */
/* Returns the content digest, after the commit or where the target is current. */
const char *tensor_writer_digest(const struct tensor_writer *writer);
/* Returns the seconds that the finished file took to reach the disk, after the commit. */
double tensor_writer_flush_seconds(const struct tensor_writer *writer);
void tensor_writer_close(struct tensor_writer *writer); /* uncommitted: nothing is left behind */

#endif
