#ifndef TESTS_SCRATCH_H
#define TESTS_SCRATCH_H

#include <check.h>
#include <dirent.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A folder for the files of one test: scratch_make() and scratch_remove() are its fixture. */

static char scratch_folder[64];

static inline void scratch_make(void)
{
    snprintf(scratch_folder, sizeof scratch_folder, "/tmp/csvnet-check-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(scratch_folder));
}

static inline int scratch_unlink(const char *path, const struct stat *status, int type,
                                 struct FTW *place)
{
    (void)status, (void)type, (void)place;
    return remove(path);
}

static inline void scratch_remove(void)
{
    nftw(scratch_folder, scratch_unlink, 8, FTW_DEPTH | FTW_PHYS);
}

/* The path of `name` in the folder; the last four stay valid. */
static inline const char *scratch(const char *name)
{
    static char paths[4][256];
    static int next;
    char *path = paths[next++ % 4];

    snprintf(path, sizeof paths[0], "%s/%s", scratch_folder, name);
    return path;
}

/* All bytes of a file, with a NUL after them. */
static inline char *slurp(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    char *bytes;
    long length;

    ck_assert_msg(file != NULL, "%s cannot be opened", path);
    fseek(file, 0, SEEK_END);
    length = ftell(file);
    rewind(file);
    bytes = calloc(1, (size_t)length + 1);
    ck_assert_ptr_nonnull(bytes);
    ck_assert_uint_eq(fread(bytes, 1, (size_t)length, file), (size_t)length);
    fclose(file);
    *size = (size_t)length;
    return bytes;
}

static inline void spill(const char *path, const void *bytes, size_t size)
{
    FILE *file = fopen(path, "wb");

    ck_assert_msg(file != NULL, "%s cannot be written", path);
    ck_assert_uint_eq(fwrite(bytes, 1, size, file), size);
    ck_assert_int_eq(fclose(file), 0);
}

/* A call that has to succeed, or to fail with a status; `err` has to be in scope. */
#define MUST(call) ck_assert_msg((call) >= 0, "%s", err.text)
#define FAILS(status_, call)                                                                       \
    do {                                                                                           \
        err.status = 0;                                                                            \
        ck_assert_int_lt((call), 0);                                                               \
        ck_assert_msg(err.status == (status_), "status %d: %s", err.status, err.text);             \
    } while (0)
/* What the sentence in `err` has to say. */
#define SAYS(text_) ck_assert_msg(strstr(err.text, text_) != NULL, "%s", err.text)

static inline void expect_content(const char *path, const char *wanted)
{
    size_t size;
    char *is = slurp(path, &size);

    ck_assert_str_eq(is, wanted);
    free(is);
}

/* Counts what is in a folder. */
static inline int entries_of(const char *path)
{
    DIR *folder = opendir(path);
    int count = -2; /* . and .. */

    ck_assert_ptr_nonnull(folder);
    while (readdir(folder))
        count++;
    closedir(folder);
    return count;
}

#endif
