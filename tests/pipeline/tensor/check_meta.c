/* Metadata of tensor files: lists, digests, and what a file is known by. */
#include "pipeline/tensor/input_digest.h"
#include "pipeline/tensor/meta.h"
#include "pipeline/tensor/private.h"
#include "tests/support/scratch.h"

#include <string.h>

Suite *suite_meta(void);

static struct err err;
static struct tensor_file *file;

/* Opens a file of kind k whose metadata has `text` under "key". */
static void open_with(const char *text)
{
    const struct tensor one = {.name = "one", .dtype = DTYPE_U8, .ndim = 1, .dims = {1}};
    json_t *meta = json_pack("{s:s, s:s}", "kind", "k", "key", text), *options = json_object();
    struct tensor_writer *writer;

    MUST(tensor_writer_open(&writer, scratch("t"), &err));
    MUST(tensor_writer_add(writer, &one, false, &err));
    MUST(tensor_writer_append(writer, 0, "x", 1, &err));
    MUST(tensor_writer_commit(writer, meta, options, NULL, &err));
    tensor_writer_close(writer);
    json_decref(meta);
    json_decref(options);
    MUST(tensor_file_open(&file, scratch("t"), NULL, "", &err));
}

START_TEST(lists_are_of_texts)
{
    static const char *const wrong[] = {"{}", "5", "[\"a\", 5]", "[\"a\"", "[[]]"};
    char **texts = (char **)&file;
    int count = 9;

    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        open_with(wrong[i]);
        FAILS(EX_DATAERR, meta_get_list(file, "key", &texts, &count, &err));
        ck_assert(texts == NULL && count == 0);
        tensor_file_close(file);
    }
    SAYS("entry 1 of metadata 'key' is not a string");
    open_with("[\"a\", \"\", \"c\"]");
    MUST(meta_get_list(file, "key", &texts, &count, &err));
    ck_assert(count == 3 && strcmp(texts[0], "a") == 0 && !*texts[1] && strcmp(texts[2], "c") == 0);
    texts_free(texts, count);
    MUST(meta_get_list(file, "other", &texts, &count, &err));
    ck_assert(texts == NULL && count == 0);
    tensor_file_close(file);
}
END_TEST

START_TEST(lists_are_of_utf_8)
{
    char *texts[] = {"a", "b\xff", "c"};
    json_t *meta = json_object();

    FAILS(EX_DATAERR, meta_add_list(meta, "t", "key", texts, 3, &err));
    ck_assert_str_eq(err.text, "t: entry 2 of key, 'b\xff', is not valid UTF-8");
    ck_assert_uint_eq(json_object_size(meta), 0);
    MUST(meta_add_list(meta, "t", "key", texts, 1, &err));
    ck_assert_str_eq(json_string_value(json_object_get(meta, "key")), "[\"a\"]");
    MUST(meta_add_list(meta, "t", "none", NULL, 1, &err));
    ck_assert_uint_eq(json_object_size(meta), 1);
    json_decref(meta);
}
END_TEST

START_TEST(texts_are_of_utf_8)
{
    json_t *meta = json_object(), *value;

    MUST(meta_add(meta, "t", "none", NULL, &err));
    ck_assert_uint_eq(json_object_size(meta), 0);
    FAILS(EX_DATAERR, meta_add(meta, "t", "key", "b\xff", &err));
    ck_assert_str_eq(err.text, "t: key 'b\xff' is not valid UTF-8");
    ck_assert_uint_eq(json_object_size(meta), 0);
    MUST(meta_add(meta, "t", "key", "", &err));
    ck_assert_str_eq(json_string_value(json_object_get(meta, "key")), "");
    json_decref(meta);
    open_with("[1]");
    err.status = 0;
    value = tensor_file_meta_json(file, "key", &err);
    ck_assert(json_is_array(value) && err.status == 0); /* which success leaves alone */
    json_decref(value);
    tensor_file_close(file);
    open_with("[1");
    ck_assert_ptr_null(tensor_file_meta_json(file, "key", &err));
    SAYS("metadata 'key' is not valid JSON (position 2)");
    tensor_file_close(file);
}
END_TEST

START_TEST(digests_are_32_hex_digits)
{
    static const char *const wrong[] = {
        "", "0123456789abcdef0123456789abcde", "0123456789abcdef0123456789abcdef0",
        "0123456789abcdef0123456789abcdeg", "0123456789ABCDEF0123456789abcdef"};
    char digest[DIGEST_TEXT];

    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        open_with(wrong[i]);
        FAILS(EX_DATAERR, meta_get_digest(file, "key", digest, &err));
        FAILS(EX_DATAERR, meta_get_digest(file, "other", digest, &err));
        tensor_file_close(file);
    }
    open_with("0123456789abcdef0123456789abcdef");
    MUST(meta_get_digest(file, "key", digest, &err));
    ck_assert_str_eq(digest, "0123456789abcdef0123456789abcdef");
    tensor_file_close(file);
}
END_TEST

START_TEST(an_input_is_known_by_its_content_or_its_bytes)
{
    char first[DIGEST_TEXT], again[DIGEST_TEXT];

    open_with("x");
    MUST(input_digest(scratch("t"), first, &err));
    ck_assert_str_eq(first, tensor_file_digest(file));
    tensor_file_close(file);
    spill(scratch("csv"), "1,2\n", 4);
    MUST(input_digest(scratch("csv"), first, &err));
    ck_assert_int_eq(file_digest(scratch("csv"), again), 0);
    ck_assert_str_eq(first, again);
    FAILS(EX_NOINPUT, input_digest(scratch("none"), first, &err));
}
END_TEST

START_TEST(a_header_is_at_most_16_mib)
{
    size_t size, room = HEADER_LIMIT - strlen("{\"__metadata__\":{\"k\":\"\"}}");
    char *text = calloc(1, room + 2);
    unsigned char *bytes;

    memset(text, 'x', room);
    for (int more = 0; more < 2; more++) {
        json_t *meta = json_pack("{s:s}", "k", text);

        ck_assert_ptr_nonnull(meta);
        if (more)
            FAILS(EX_DATAERR, tensor_header_print(&bytes, &size, "t", meta, NULL, 0, &err));
        else {
            MUST(tensor_header_print(&bytes, &size, "t", meta, NULL, 0, &err));
            ck_assert_uint_eq(size, 8 + HEADER_LIMIT);
            free(bytes);
        }
        json_decref(meta);
        text[room] = 'x';
    }
    free(text);
}
END_TEST

Suite *suite_meta(void)
{
    Suite *suite = suite_create("meta");
    TCase *tests = tcase_create("meta");

    tcase_add_checked_fixture(tests, scratch_make, scratch_remove);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, lists_are_of_texts);
    tcase_add_test(tests, lists_are_of_utf_8);
    tcase_add_test(tests, texts_are_of_utf_8);
    tcase_add_test(tests, digests_are_32_hex_digits);
    tcase_add_test(tests, an_input_is_known_by_its_content_or_its_bytes);
    tcase_add_test(tests, a_header_is_at_most_16_mib);
    suite_add_tcase(suite, tests);
    return suite;
}
