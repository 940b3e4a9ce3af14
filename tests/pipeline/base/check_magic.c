#include "pipeline/base/magic.h"

#include <check.h>
#include <string.h>

Suite *suite_magic(void);

/* A zip archive's first bytes: the header of a member, with the length of its name. */
#define ZIP(length, name)                                                                          \
    "PK\3\4"                                                                                       \
    "......................" length "\0\0\0" name,                                                 \
        30 + sizeof name - 1

static const struct {
    const char *bytes;
    size_t size;
    enum magic_expected expected;
    const char *text; /* NULL: nothing is wrong */
} cases[] = {
    {ZIP("\5", "a.csv"), EXPECT_UNPACKED,
     "f: this is a zip archive; name the file in it: ARCHIVE.zip:FILE.csv"},
    {ZIP("\5", "a.csv"), EXPECT_TENSORS, "f: this is a zip archive; unpack it first"},
    {ZIP("\12", "w/data.pkl"), EXPECT_TENSORS, "f: this is a pickle"},
    {ZIP("\12", "w/data.pkl"), EXPECT_CSV, "f: this is a pickle, as torch.save writes it; a C"},
    {"\x80\2}q\0.", 6, EXPECT_TENSORS, "f: this is a pickle"},
    {"\x1f\x8b\10", 3, EXPECT_TENSORS, "f: this is compressed by gzip; tensor files"},
    {"\x1f\x8b\10", 3, EXPECT_UNPACKED, NULL}, /* read here */
    {"\0\0\10\3", 4, EXPECT_UNPACKED, NULL},
    {"\0\0\10\3", 4, EXPECT_CSV, "f: this is an IDX file; it is read by ingest --idx"},
    {"\0\0\10\3", 4, EXPECT_TENSORS, "f: this is an IDX file; it is read by ingest --idx"},
    {"<HTML>", 6, EXPECT_CSV, "f: this is a web page, perhaps saved in place of the file; a CSV"},
    {"<HTML>", 6, EXPECT_TENSORS, "f: this is a web page, perhaps saved in place of the file; a t"},
    {"<htm", 4, EXPECT_CSV, NULL}, /* too short to tell */
    {"", 0, EXPECT_TENSORS, NULL},
    {"a,b\n1,2\n", 8, EXPECT_CSV, NULL},
    /* A plain tensor file, whatever the length of its header looks like. */
    {"\x1f\x8b\1\0\0\0\0\0{", 9, EXPECT_TENSORS, NULL},
    {"\x80\2\0\0\0\0\0\0{", 9, EXPECT_TENSORS, NULL},
    {"BZh\0\0\0\0\0{", 9, EXPECT_TENSORS, NULL},
    {"MATLAB 5.0 MAT-file", 19, EXPECT_CSV, "f: this is a MATLAB file; write"},
    {"\x89HDF\r\n\x1a\n", 8, EXPECT_CSV, "f: this is an HDF5 file; write"},
    {"version https://git-lfs.github.com/spec/v1\n", 43, EXPECT_CSV,
     "f: this is a pointer of Git LFS in place of the file; git lfs pull fetches it"},
    {"\n \r\n<!DOCTYPE html>", 19, EXPECT_CSV, "f: this is a web page"},
    {"BZh9", 4, EXPECT_TENSORS, "f: this is compressed by bzip2; unpack it"},
    {"\x89PNG\r\n", 6, EXPECT_CSV, "f: this is a PNG picture; a CSV with a picture in each row"},
    {"\x89PNG\r\n", 6, EXPECT_TENSORS,
     "f: this is a PNG picture; a tensor file is expected; predict takes PNG"},
    {"\xff\xd8\xff\xe0", 4, EXPECT_CSV, "f: this is a JPEG picture; a CSV"},
    {"\xff\xd8\xff\xe0", 4, EXPECT_TENSORS, "f: this is a JPEG picture; a tensor file"},
    {"GIF89a", 6, EXPECT_TENSORS, "f: this is a GIF picture; "},
    {"BM\x36\0\0\0\0\0\0\0\x36", 11, EXPECT_CSV, "f: this is a BMP picture; "},
    {"BMI,age,y\n", 10, EXPECT_CSV, NULL},
    {"RIFF\1\0\0\0WEBPVP8 ", 16, EXPECT_CSV, "f: this is a WebP picture; "},
    {"P5,P6,label\n", 12, EXPECT_CSV, NULL},
    {"\x89HDF\r\n\x1a\n", 8, EXPECT_TENSORS, "f: this is an HDF5 file; write its arrays as CSV, "},
    {"\x93NUMPY\1\0", 8, EXPECT_CSV, "f: this is a NumPy array; write its arrays as CSV"},
    {"\x93NUMPY\1\0", 8, EXPECT_TENSORS, "f: this is a NumPy array; write its arrays as CSV, "},
    {"\x80\2}q\0.", 6, EXPECT_CSV, "f: this is a pickle, as torch.save writes it; a CSV"},
    {"\10\10\22\7pytorch", 11, EXPECT_TENSORS, "f: this is an ONNX model; fit --from takes"},
    {"\10\10\22\7pytorch", 11, EXPECT_CSV, "f: this is an ONNX model; a CSV is expected"},
    {"\x1c\0\0\0TFL3", 8, EXPECT_TENSORS, "f: this is a TensorFlow Lite model; fit --from"},
    {ZIP("\15", "metadata.json"), EXPECT_TENSORS, "f: this is a Keras model; fit --from"},
    {ZIP("\17", "config.json.csv"), EXPECT_TENSORS, "f: this is a zip archive; unpack it first"},
    {ZIP("\25", "dataset-metadata.json"), EXPECT_TENSORS,
     "f: this is a zip archive; unpack it first"},
    {ZIP("\5", "a.npy"), EXPECT_CSV, "f: this is a NumPy archive (.npz); write its arrays as CSV"},
    {"PAR1", 4, EXPECT_TENSORS, "f: this is a Parquet file; write it as CSV"},
    {"\x88\1\0\0\0\0\0\0{\"", 10, EXPECT_CSV, "f: this is a tensor file, where a CSV"},
};

START_TEST(a_tar_archive_is_named)
{
    char bytes[512] = "train.csv";
    struct err err = {0};

    ck_assert_int_eq(magic_refuse("f", bytes, sizeof bytes, EXPECT_CSV, &err), 0);
    memcpy(bytes + 257, "ustar", 5);
    ck_assert_int_eq(magic_refuse("f", bytes, sizeof bytes, EXPECT_CSV, &err), -1);
    ck_assert_str_eq(err.text, "f: this is a tar archive; unpack it with tar -xf FILE");
}
END_TEST

START_TEST(a_foreign_format_is_named)
{
    struct err err = {0};
    const int got = magic_refuse("f", cases[_i].bytes, cases[_i].size, cases[_i].expected, &err);

    if (!cases[_i].text) {
        ck_assert_msg(got == 0, "%s", err.text);
        return;
    }
    ck_assert_int_eq(got, -1);
    ck_assert_int_eq(err.status, EX_DATAERR);
    ck_assert_msg(strncmp(err.text, cases[_i].text, strlen(cases[_i].text)) == 0, "%s", err.text);
}
END_TEST

Suite *suite_magic(void)
{
    Suite *suite = suite_create("magic");
    TCase *tests = tcase_create("magic");

    tcase_add_loop_test(tests, a_foreign_format_is_named, 0, sizeof cases / sizeof *cases);
    tcase_add_test(tests, a_tar_archive_is_named);
    suite_add_tcase(suite, tests);
    return suite;
}
