#ifndef PIPELINE_TENSOR_PRIVATE_H
#define PIPELINE_TENSOR_PRIVATE_H

#include "pipeline/base/workers.h"
#include "pipeline/files/output.h"
#include "tensor.h"

#include <sys/stat.h>
#include <zstd.h>

/* Shared by the parts of the tensor files. "Content" is the plain safetensors file, "stored" the
 * file as it lies on disk; both are counted in bytes from 0. */

enum {
    HEADER_LENGTH_BYTES = 8,
    HEADER_ALIGNMENT = 8,
    HEADER_LIMIT = 16 << 20, /* longer ones are refused: JSON takes many times its text's memory */
    TENSOR_LIMIT = 4096,     /* tensors are looked up by going through the list */
    WINDOW_LOG_LIMIT = 23    /* 8 MiB of memory per cursor; RFC 8878 asks readers for as much */
};

/* ---- types.c ---- */

/* Finds a type by its name; -1 if there is none. */
int dtype_find(const char *name, enum dtype *dtype);
/* Returns the bytes of all rows, -1 if the product of the sizes does not fit, whether or not one of
 * them is 0. */
int64_t tensor_bytes(const struct tensor *tensor);

/* ---- header.c ---- */

struct tensor_header {
    json_t *root;           /* holds the names and the metadata */
    const json_t *meta;     /* object of strings; NULL: none */
    struct tensor *tensors; /* [count] in the file's order */
    int64_t *begins;        /* [count] of each tensor's first byte in the content */
    int count;
};

/* Parses a header. text: `length` bytes that begin with `{`; data_bytes: what the content has after
 * them, -1: what the header says. */
MUST_CHECK int tensor_header_parse(struct tensor_header *header, const char *path, const char *text,
                                   size_t length, int64_t data_bytes, struct err *err);
void tensor_header_free(struct tensor_header *header);

/* Prints the content's beginning: length, JSON and padding, `*size` bytes; the caller frees. */
MUST_CHECK int tensor_header_print(unsigned char **bytes, size_t *size, const char *path,
                                   json_t *meta, const struct tensor *tensors, int count,
                                   struct err *err);

/* ---- content_digest.c ---- */

/* Computes the content digest: XXH3-128 of the JSON text, without spaces and with sorted keys,
 *     {"metadata":{KEY:VALUE,...},"tensors":[[NAME,DTYPE,SHAPE,DIGEST],...]}
 * where DIGEST is the XXH3-128 of the tensor's bytes and the metadata leave out the records of how
 * the file came to be: content_digest, inputs, options, csvnet, arithmetic; of data sets what
 * begins with source; of models seen, framing and trouble, of predictions relation. */
MUST_CHECK int tensor_content_digest(char digest[DIGEST_TEXT], const json_t *meta,
                                     const struct tensor *tensors, char (*digests)[DIGEST_TEXT],
                                     int count, struct err *err);

/* ---- frames.c ---- */

struct tensor_frame {
    int64_t stored, content; /* where it begins */
};
struct tensor_frames {
    struct tensor_frame *list;
    int64_t count, room;
    int64_t content; /* bytes in all */
};

/* Finds all frames of the file of `size` bytes by hopping over their blocks, without
 * decompressing. */
MUST_CHECK int tensor_frames_find(struct tensor_frames *frames, const char *path, int fd,
                                  int64_t size, struct err *err);
/* Returns the number of the frame that holds the byte `content`. */
int64_t tensor_frames_at(const struct tensor_frames *frames, int64_t content);
void tensor_frames_free(struct tensor_frames *frames);

/* ---- frame_writer.c ---- */

struct frame_buffer {
    unsigned char *bytes;
    size_t room;
};
/* Makes room for `size` bytes; what it held is lost. */
MUST_CHECK int frame_buffer_fit(struct frame_buffer *buffer, size_t size, struct err *err);

/* Compresses frames, several at a time if there are workers, and writes them in the order given. */
struct tensor_packer;

/* Keeps pointers to `path`, for messages, and to the workers, or NULL. */
MUST_CHECK int tensor_packer_open(struct tensor_packer **packer, const char *path,
                                  struct workers *workers, struct err *err);
/* Packs the first `size` bytes of `content` as the next frame of the file `fd`. Takes that buffer
 * and leaves another, perhaps an empty one. */
MUST_CHECK int tensor_packer_add(struct tensor_packer *packer, struct frame_buffer *content,
                                 size_t size, int fd, struct err *err);
/* Writes all frames given. */
MUST_CHECK int tensor_packer_end(struct tensor_packer *packer, struct err *err);
void tensor_packer_close(struct tensor_packer *packer);

/* ---- file.c ---- */

struct tensor_file {
    char *path; /* for messages */
    int fd;
    struct stat status;           /* when it was opened */
    bool list;                    /* its text lists shards (shards.c) */
    struct tensor_shards *shards; /* of a list, else NULL */
    bool compressed;
    struct tensor_frames frames; /* if compressed */
    int64_t content;             /* bytes */
    struct tensor_header header;
    char digest[DIGEST_TEXT];     /* recorded; computed where none is */
    char (*digests)[DIGEST_TEXT]; /* [count] of the tensors read so far, else "" */
};

/* Makes room for the digests, those of empty tensors filled in. */
MUST_CHECK int tensor_file_no_digests(struct tensor_file *file, struct err *err);
/* Returns the content digest that the metadata have, "" if they have none; NULL: it is no such. */
const char *tensor_file_recorded(const struct tensor_file *file, struct err *err);
/* Reads `size` bytes at `at` of the stored file. */
MUST_CHECK int tensor_file_stored(const struct tensor_file *file, void *data, size_t size,
                                  int64_t at, struct err *err);
/* Returns EX_TEMPFAIL if the file was changed since it was opened, else `status`. */
int tensor_file_fault(const struct tensor_file *file, int status);
/* Compares the content digest with the recorded one once all tensors' digests are known. */
MUST_CHECK int tensor_file_check_digest(struct tensor_file *file, struct err *err);

/* ---- container.c ---- */

/* Opens a file as tensor_file_open() does, but for its digest; of a list of shards nothing is read
 * yet. *number: that of the input. */
MUST_CHECK int tensor_container_open(struct tensor_file **file, const char *path,
                                     struct inputs *inputs, const char *role,
                                     digest_function *again, int *number, struct err *err);

enum { STREAM_BUFFER = 1 << 16 };

/* ---- shards.c ---- */

/* First line of a list of shards. Then, besides lines that begin with #, one for each shard, ROWS
 * LAST DIGEST FILE, and at the end the JSON header that one file of all rows would have. */
#define LIST_BEGIN "csvnet shards 1\n"

struct tensor_shards {
    struct tensor_shard *list;
    int count;
    int64_t *stored; /* [header.count] bytes of each tensor in all shards, as they are stored; -1:
                        not known of some */
};

/* Reads the list `file`, which is open, and checks that its shards are what it says; they are noted
 * as parts of the inputs, or nowhere if that is NULL. */
MUST_CHECK int tensor_shards_read(struct tensor_file *file, struct inputs *inputs,
                                  digest_function *again, struct err *err);

/* Returns the text of the list, whose tensors were all read, with `meta`, and the records as
 * tensor_writer_prepare() writes them. For free(); NULL: error. */
char *tensor_shards_text(struct tensor_file *file, const json_t *meta, const json_t *options,
                         const struct inputs *inputs, struct err *err);

/* Walks one tensor of all shards front to back. */
struct shard_walk;
MUST_CHECK int shard_walk_open(struct shard_walk **walk, struct tensor_file *file,
                               const struct tensor *tensor, struct err *err);
/* Reads the next `count` rows, which there have to be. */
MUST_CHECK int shard_walk_read(struct shard_walk *walk, void *rows, int64_t count, struct err *err);
/* Reads the rest of rows of more than STREAM_BUFFER bytes, which no shard has otherwise, and adds
 * them to the digest. */
MUST_CHECK int shard_walk_skim(struct shard_walk *walk, XXH3_state_t *digest, struct err *err);
void shard_walk_close(struct shard_walk *walk);

/* ---- open.c ---- */

/* Takes the digest of what a tensor file holds now, not only of what it records. */
MUST_CHECK int tensor_file_digest_again(const char *path, char digest[DIGEST_TEXT]);

/* ---- provenance.c ---- */

/* Adds to the metadata how the file came to be. -1: out of memory. */
MUST_CHECK int tensor_records_add(json_t *meta, const json_t *options, const struct inputs *inputs);
/* Tells whether the file records just these; false too if an input has no digest and none can be
 * taken. */
bool tensor_records_match(const struct tensor_file *file, const json_t *options,
                          struct inputs *inputs);

/* ---- stream.c ---- */

/* Walks the content from some byte on. */
struct tensor_stream {
    const struct tensor_file *file;
    int64_t at;     /* content */
    int64_t stored; /* next byte to fetch */
    int64_t frame;  /* number of the frame at hand, from 0 */
    ZSTD_DCtx *zstd;
    ZSTD_inBuffer in;
    bool inside; /* the frame was begun and its checksum not seen */
    unsigned char buffer[STREAM_BUFFER];
};

/* Begins at `content`, decompressing from the start of its frame. */
MUST_CHECK int tensor_stream_open(struct tensor_stream **stream, const struct tensor_file *file,
                                  int64_t content, struct err *err);
MUST_CHECK int tensor_stream_read(struct tensor_stream *stream, void *data, size_t size,
                                  struct err *err);
/* Reads on, if a frame ends here, to its checksum. */
MUST_CHECK int tensor_stream_end(struct tensor_stream *stream, struct err *err);
void tensor_stream_close(struct tensor_stream *stream);

/* ---- store.c ---- */

/* Copies a file's bytes as they are stored. */
MUST_CHECK int tensor_file_copy(struct tensor_file *file, struct output *out, struct err *err);

#endif
