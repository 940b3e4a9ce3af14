/* Finished files that are kept, and taken in place of a run: only what that run would write. */
#include "pipeline/files/store.h"
#include "pipeline/tensor/tensor.h"

#include "tests/support/scratch.h"

#include <string.h>

Suite *suite_kept(void);

static struct err err;
static const struct tensor letters = {.name = "a", .dtype = DTYPE_U8, .ndim = 2, .dims = {3, 5}};

/* Writes a file by that option; keeps it in `store` under its key if `keep`. */
static void write_by(const char *path, int seed, char key[DIGEST_TEXT], bool keep)
{
    json_t *meta = json_pack("{s:s}", "kind", "test/1"),
           *options = json_pack("{s:i}", "seed", seed);
    struct inputs inputs = {0};
    struct tensor_writer *writer;

    MUST(tensor_writer_open(&writer, path, &err));
    MUST(tensor_writer_add(writer, &letters, false, &err));
    MUST(tensor_writer_append(writer, 0, "fifteen letters", 3, &err));
    MUST(tensor_writer_commit(writer, meta, options, &inputs, &err));
    MUST(tensor_store_key(key, options, &inputs, ""));
    if (keep)
        MUST(store_keep(path, scratch("store"), key, ".st.zst", &err));
    tensor_writer_close(writer);
    json_decref(meta);
    json_decref(options);
}

/* Tries to take what is kept as the file `path` by that option. */
static int take(const char *path, int seed, const char *kept)
{
    json_t *options = json_pack("{s:i}", "seed", seed);
    struct inputs inputs = {0};
    struct tensor_writer *writer;
    int taken;

    MUST(tensor_writer_open(&writer, path, &err));
    taken = tensor_writer_take(writer, kept, options, &inputs, &err);
    tensor_writer_close(writer);
    json_decref(options);
    return taken;
}

static bool same_bytes(const char *a, const char *b)
{
    size_t sizes[2];
    char *one = slurp(a, &sizes[0]), *other = slurp(b, &sizes[1]);
    const bool same = sizes[0] == sizes[1] && memcmp(one, other, sizes[0]) == 0;

    free(one);
    free(other);
    return same;
}

START_TEST(what_is_kept_is_taken_by_the_same_options_alone)
{
    char key[DIGEST_TEXT], other[DIGEST_TEXT];
    char *kept;

    write_by(scratch("out"), 1, key, true);
    write_by(scratch("out2"), 2, other, false);
    ck_assert_str_ne(key, other);
    kept = store_path(scratch("store"), key, ".st.zst");
    ck_assert_int_eq(take(scratch("again"), 1, kept), 1);
    ck_assert(same_bytes(scratch("again"), scratch("out")));
    ck_assert_int_eq(take(scratch("out2"), 2, kept), 0); /* as if it had been found by mistake */
    ck_assert_int_eq(take(scratch("again"), 1, scratch("nowhere")), 0);
    free(kept);
}
END_TEST

START_TEST(no_byte_can_be_altered_or_lost_unseen)
{
    char key[DIGEST_TEXT];
    const char *copy = scratch("copy");
    size_t size;
    char *bytes;

    write_by(scratch("out"), 1, key, false);
    bytes = slurp(scratch("out"), &size);
    for (size_t at = 0; at < size; at++) {
        spill(copy, bytes, at);
        ck_assert_msg(take(scratch("again"), 1, copy) == 0, "cut at %zu", at);
        bytes[at] ^= 1;
        spill(copy, bytes, size);
        /* An altered byte may be one of no account, as in a frame's flags: then nothing is lost. */
        if (take(scratch("again"), 1, copy)) {
            char again[DIGEST_TEXT];

            ck_assert_int_eq(take(scratch("fresh"), 1, scratch("again")), 1);
            write_by(scratch("out"), 1, again, false);
            ck_assert_str_eq(key, again);
        }
        bytes[at] ^= 1;
    }
    ck_assert_int_ne(access(scratch("nowhere"), F_OK), 0);
    free(bytes);
}
END_TEST

START_TEST(keeping_links_and_replaces_what_was_there)
{
    char key[DIGEST_TEXT], *kept;
    struct stat one, other;

    write_by(scratch("out"), 1, key, true);
    kept = store_path(scratch("store"), key, ".st.zst");
    ck_assert_int_eq(stat(scratch("out"), &one) | stat(kept, &other), 0);
    ck_assert_uint_eq(one.st_ino, other.st_ino);
    MUST(store_keep(scratch("out"), scratch("store"), key, ".st.zst", &err)); /* is it already */
    ck_assert_int_eq(unlink(kept), 0);
    spill(kept, "damaged", 7);
    MUST(store_keep(scratch("out"), scratch("store"), key, ".st.zst", &err));
    ck_assert(same_bytes(kept, scratch("out")));
    spill(scratch("file"), "", 0);
    FAILS(EX_CANTCREAT, store_keep(scratch("out"), scratch("file"), key, ".st.zst", &err));
    FAILS(EX_NOINPUT, store_copy(scratch("nowhere"), scratch("copy"), &err));
    ck_assert_int_ne(access(scratch("copy"), F_OK), 0);
    free(kept);
}
END_TEST

Suite *suite_kept(void)
{
    Suite *suite = suite_create("kept");
    TCase *tcase = tcase_create("kept");

    tcase_add_checked_fixture(tcase, scratch_make, scratch_remove);
    tcase_add_test(tcase, what_is_kept_is_taken_by_the_same_options_alone);
    tcase_add_test(tcase, no_byte_can_be_altered_or_lost_unseen);
    tcase_add_test(tcase, keeping_links_and_replaces_what_was_there);
    suite_add_tcase(suite, tcase);
    return suite;
}
