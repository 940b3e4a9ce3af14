#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* Each target reads any bytes, and aborts if what it tests does not hold of them. `make fuzz` runs
 * them under libFuzzer, check_fuzz.c on the inputs kept in fixtures/fuzz/TARGET. */

/* Tensor files. The first byte says what the others are: even, a stored file; odd, its content,
 * which has to be read alike whether it is plain or in zstd frames, and frames of any size. A
 * stored file that begins as a list of shards ends before the first NUL; what follows that is its
 * shard, which it calls 500. */
void fuzz_tensor(const uint8_t *data, size_t size);

/* The fast lane on one line. The first two bytes say which column is what: make_layout(). */
void fuzz_line(const uint8_t *data, size_t size);

/* A CSV through libcsv alone and through the fast lane, in pieces and by threads: the same data set
 * or the same refusal. The first two bytes are options: read_options(). */
void fuzz_lanes(const uint8_t *data, size_t size);

/* A PNG or JPEG. The first byte says what it has to become: read_options(). */
void fuzz_pictures(const uint8_t *data, size_t size);

/* A description of a network or of an augmentation, or the ends of a chart's scale, as the first
 * byte says. */
void fuzz_texts(const uint8_t *data, size_t size);

/* A recipe, a history, a submission, names of classes, rows to relabel or rows to leave out, as the
 * first byte says. */
void fuzz_tables(const uint8_t *data, size_t size);

#define HOLDS(condition, ...)                                                                      \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: ", __FILE__, __LINE__);                                        \
            fprintf(stderr, __VA_ARGS__);                                                          \
            fputc('\n', stderr);                                                                   \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

/* A file in memory, made anew for each input. */
struct memory_file {
    int fd;
    char path[32];
};
void memory_file_open(struct memory_file *file);
void memory_file_fill(const struct memory_file *file, const void *bytes, size_t size);

#endif
