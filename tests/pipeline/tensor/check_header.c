/* The JSON header of a tensor file, word by word. */
#include "pipeline/tensor/private.h"
#include "tests/support/scratch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

Suite *suite_header(void);

static struct err err;

/* "" where the header of so many bytes of data is accepted, else the sentence. */
static const char *parse(const char *text, int64_t data_bytes)
{
    struct tensor_header header;

    if (tensor_header_parse(&header, "t", text, strlen(text), data_bytes, &err))
        return err.text;
    tensor_header_free(&header);
    return "";
}

#define REFUSES(header_, bytes_, says_)                                                            \
    ck_assert_msg(strstr(parse(header_, bytes_), says_) != NULL, "%s", err.text)
#define TENSOR "\": {\"dtype\": \"U8\", \"shape\": [3], \"data_offsets\": [0, 3]}"

START_TEST(names_are_printable_and_not_long)
{
    char text[400], name[300];

    ck_assert_str_eq(parse("{\"a b" TENSOR "}", 3), "");
    ck_assert_str_eq(parse("{\"a\\u0080~" TENSOR "}  ", 3), "");
    REFUSES("{\"a\\u007f" TENSOR "}", 3, "not printable or over 256 bytes");
    REFUSES("{\"a\\u001f" TENSOR "}", 3, "not printable or over 256 bytes");
    REFUSES("{\"" TENSOR "}", 3, "is empty");
    for (int length = 255; length < 259; length++) {
        memset(name, 'n', sizeof name);
        snprintf(text, sizeof text, "{\"%.*s" TENSOR "}", length, name);
        ck_assert_int_eq(*parse(text, 3) == 0, length <= 256);
    }
    REFUSES("{\"__metadata__\": {\"\\u007f\": \"x\"}}", 0, "a metadata entry is not printable");
    ck_assert_str_eq(parse("{\"__metadata__\": {\"a b\": \"x\\u0001\"}}", 0), "");
}
END_TEST

START_TEST(a_header_is_one_object)
{
    ck_assert_str_eq(parse("{}", 0), "");
    ck_assert_str_eq(parse("{}    ", 0), "");
    REFUSES("", 0, "does not start with '{'");
    REFUSES(" {}", 0, "does not start with '{'");
    REFUSES("{}\n", 0, "does not end with '}'");
    REFUSES("{} x", 0, "does not end with '}'");
    REFUSES("{ ", 0, "does not end with '}'");
    REFUSES("{", 0, "does not end with '}'");
    REFUSES("{{}}", 0, "is not valid JSON");
    REFUSES("{\x7f}", 0, "is not valid JSON");
    ck_assert_ptr_null(strchr(err.text, 0x7f));
    REFUSES("{\x01}", 0, "is not valid JSON");
    ck_assert_ptr_null(strchr(err.text, 1));
}
END_TEST

START_TEST(tensors_lie_one_after_the_other)
{
    static const char two[] = "{\"a" TENSOR ", \"b\": {\"dtype\": \"U8\", \"shape\": [2], "
                              "\"data_offsets\": [%d, %d]}}";
    char text[300];

    snprintf(text, sizeof text, two, 3, 5);
    ck_assert_str_eq(parse(text, 5), "");
    REFUSES(text, 4, "tensor 'b' ends at byte 5 where the data has 4");
    REFUSES(text, 6, "the data has 1 bytes after the end of the last tensor");
    snprintf(text, sizeof text, two, 4, 6);
    REFUSES(text, 6, "tensor 'b' begins at byte 4 where the one before ends at 3: a gap");
    snprintf(text, sizeof text, two, 2, 4);
    REFUSES(text, 5, "tensor 'b' begins at byte 2 where the one before ends at 3: an overlap");
    snprintf(text, sizeof text, two, 3, 6);
    REFUSES(text, 6, "takes 2 bytes, but its data_offsets are 3 and 6");
    snprintf(text, sizeof text, two, 3, 2);
    REFUSES(text, 6, "takes 2 bytes, but its data_offsets are 3 and 2");
    REFUSES("{\"a\": {\"dtype\": \"U8\", \"shape\": [4611686018427387904, 4], \"data_offsets\": "
            "[0, 0]}}",
            0, "the sizes of shape");
    REFUSES("{\"a\": {\"dtype\": \"U8\", \"shape\": [3], \"data_offsets\": [0]}}", 3,
            "not two integers");
    REFUSES("{\"a\": {\"dtype\": \"U8\", \"shape\": [3], \"data_offsets\": [0, 3, 3]}}", 3,
            "not two integers");
    REFUSES("{\"a\": {\"dtype\": \"U8\", \"shape\": [3], \"data_offsets\": [-1, 3]}}", 3,
            "not two integers");
    REFUSES("{\"a\": {\"dtype\": \"U8\", \"shape\": [3], \"data_offsets\": [0, -3]}}", 3,
            "not two integers");
}
END_TEST

START_TEST(there_are_so_many_tensors_at_most)
{
    static const char one[] = "%c\"%06d\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}";
    char *text = malloc((TENSOR_LIMIT + 1) * 60 + 2);

    for (int count = TENSOR_LIMIT; count <= TENSOR_LIMIT + 1; count++) {
        char *end = text;

        for (int i = 0; i < count; i++)
            end += sprintf(end, one, i ? ',' : '{', i);
        strcpy(end, "}");
        ck_assert_int_eq(*parse(text, 0) == 0, count == TENSOR_LIMIT);
    }
    free(text);
}
END_TEST

/* "" where a file may begin like this. */
static const char *look(const void *bytes, size_t size)
{
    return tensor_look("t", bytes, size, &err) ? err.text : "";
}

/* The bytes of a length, and what follows it. */
static const char *look_at_length(uint64_t length, char first, size_t size)
{
    char bytes[9];

    memcpy(bytes, &length, 8);
    bytes[8] = first;
    return look(bytes, size);
}

START_TEST(files_are_refused_by_their_first_bytes)
{
    static const char *const texts[] = {"label,a\nb", "a\tb\r\nc d e", "        x", "~~~~~~~~{"};
    static const char *const others[] = {"\x1f\x31\x31\x31\x31\x31\x31\x31{", "1111111\x1f{",
                                         "111\x08\x31\x31\x31\x31{"};

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        ck_assert_msg(strstr(look(texts[i], 9), "this is text") != NULL, "%s", err.text);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        ck_assert_msg(strstr(look(others[i], 9), "oversized: it claims") != NULL, "%s", err.text);
    ck_assert_str_eq(look("label,a", 7), ""); /* its end is said when it is read */
    ck_assert(strstr(look("label,a\n", 8), "this is text") != NULL);
    ck_assert(strstr(look("PK\3\4\0\0\0\0{", 9), "zip archive") != NULL);
    ck_assert_str_eq(look_at_length(HEADER_LIMIT, '{', 9), "");
    ck_assert_str_eq(look_at_length(HEADER_LIMIT, '[', 8), "");
    ck_assert_str_ne(look_at_length(HEADER_LIMIT, '[', 9), "");
    ck_assert_ptr_nonnull(strstr(look_at_length(HEADER_LIMIT + 1, '{', 9), "oversized: it claims"));
    ck_assert_str_eq(look("\x28\xb5\x2f\xfd\x24xxxx", 9), "");
    ck_assert_str_eq(look("\x5f\x2a\x4d\x18\x04xxxx", 9), "");
    ck_assert_str_ne(look("\x60\x2a\x4d\x18\x04xxxx", 9), "");
}
END_TEST

START_TEST(shapes_are_compared_and_shown)
{
    static const int64_t any[] = {-1, 0}, three[] = {3, 0}, none[] = {0, 0};
    const struct tensor tensor = {.name = "a", .dtype = DTYPE_U8, .ndim = 2, .dims = {3, 0}};
    char text[SHAPE_TEXT];

    ck_assert_str_eq(shape_text(text, 2, three), "[3,0]");
    ck_assert_str_eq(shape_text(text, 2, any), "[*,0]");
    ck_assert_str_eq(shape_text(text, 0, any), "[]");
    MUST(tensor_expect("t", &tensor, DTYPE_U8, 2, any, &err));
    MUST(tensor_expect("t", &tensor, DTYPE_U8, 2, three, &err));
    FAILS(EX_DATAERR, tensor_expect("t", &tensor, DTYPE_U8, 2, none, &err));
    ck_assert_str_eq(err.text, "t: tensor 'a' has shape [3,0], expected is [0,0]");
    FAILS(EX_DATAERR, tensor_expect("t", &tensor, DTYPE_U8, 1, three, &err));
    FAILS(EX_DATAERR, tensor_expect("t", &tensor, DTYPE_F32, 2, three, &err));
    ck_assert_str_eq(err.text, "t: tensor 'a' is of type U8, expected is F32");
}
END_TEST

Suite *suite_header(void)
{
    Suite *suite = suite_create("header");
    TCase *tests = tcase_create("header");

    tcase_add_test(tests, names_are_printable_and_not_long);
    tcase_add_test(tests, a_header_is_one_object);
    tcase_add_test(tests, tensors_lie_one_after_the_other);
    tcase_add_test(tests, shapes_are_compared_and_shown);
    tcase_add_test(tests, files_are_refused_by_their_first_bytes);
    tcase_add_test(tests, there_are_so_many_tensors_at_most);
    suite_add_tcase(suite, tests);
    return suite;
}
