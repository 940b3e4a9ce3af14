/* One table of the foreign formats that people give by mistake, with one sentence for each. */
#include "magic.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

/* Readers that refuse a format. */
enum {
    PACKED = 1 << EXPECT_UNPACKED,
    CSV = 1 << EXPECT_CSV,
    TENSORS = 1 << EXPECT_TENSORS,
    PICTURES = 1 << EXPECT_PICTURE,
    LATER = CSV | TENSORS | PICTURES,
    ALL = PACKED | LATER
};

enum { EXPECTED = EXPECT_PICTURE + 1 };

/* Formats that one and the same sentence goes with. */
enum family { OWN, ARCHIVE, ARRAYS, PICTURE, WEIGHTS, TEXT };

/* The way on, by what is expected; pictures are refused with their names alone. */
static const char *const family_advice[][EXPECTED] = {
    [ARCHIVE] = {"unpack it first", "unpack it first", "unpack it first", ""},
    [ARRAYS] = {"write its arrays as CSV", "write its arrays as CSV",
                "write its arrays as CSV, which ingest reads; weights are read as safetensors", ""},
    [PICTURE] = {"",
                 "a CSV with a picture in each row is expected; ingest --pictures FOLDER reads "
                 "PNG and JPEG",
                 "a tensor file is expected; predict takes PNG and JPEG, ingest --pictures FOLDER "
                 "a folder of them",
                 ""},
    [WEIGHTS] = {"a CSV is expected", "a CSV is expected",
                 "fit --from takes its weights as safetensors, under PyTorch's names", ""},
    [TEXT] = {"a CSV is expected", "a CSV is expected", "a tensor file is expected", ""},
};

static const struct format {
    const char *magic; /* letters in any case */
    size_t size, at;   /* the place in the file */
    int refused;
    enum family family;
    const char *what;
    const char *advice; /* OWN */
} formats[] = {
    {"\xfd"
     "7zXZ",
     5, 0, ALL, OWN, "compressed by xz", "unpack it with xz -dc FILE | ... -"},
    {"BZh", 3, 0, ALL, OWN, "compressed by bzip2", "unpack it with bzip2 -dc FILE | ... -"},
    {"7z\xbc\xaf", 4, 0, ALL, OWN, "a 7-Zip archive", "unpack it with 7z x FILE"},
    {"Rar!\x1a", 5, 0, ALL, ARCHIVE, "a RAR archive", NULL},
    {"\x1f\x8b", 2, 0, TENSORS, OWN, "compressed by gzip", "tensor files are compressed by zstd"},
    {"\x1f\x8b", 2, 0, PICTURES, OWN, "a file compressed by gzip", NULL},

    {"PAR1", 4, 0, ALL, OWN, "a Parquet file", "write it as CSV"},
    {"ARROW1", 6, 0, ALL, OWN, "an Arrow file", "write it as CSV"},
    {"FEA1", 4, 0, ALL, OWN, "a Feather file", "write it as CSV"},
    {"SQLite format 3", 15, 0, ALL, OWN, "an SQLite database", "write its table as CSV"},
    {"\xd0\xcf\x11\xe0", 4, 0, ALL, OWN, "an Excel workbook or other document of old Office",
     "save its sheet as CSV"},
    {"MATLAB ", 7, 0, CSV, OWN, "a MATLAB file", "write its arrays as CSV, as by writematrix"},
    {"MATLAB ", 7, 0, TENSORS, ARRAYS, "a MATLAB file", NULL},
    {"\x89HDF\r\n", 6, 0, LATER, ARRAYS, "an HDF5 file", NULL},
    {"\x93NUMPY", 6, 0, LATER, ARRAYS, "a NumPy array", NULL},
    {"\0\0\10\3", 4, 0, LATER, OWN, "an IDX file", "it is read by ingest --idx IMAGES LABELS"},
    {"\0\0\10\1", 4, 0, LATER, OWN, "an IDX file", "it is read by ingest --idx IMAGES LABELS"},

    {"\x89PNG", 4, 0, LATER, PICTURE, "a PNG picture", NULL},
    {"\xff\xd8\xff", 3, 0, LATER, PICTURE, "a JPEG picture", NULL},
    {"GIF8", 4, 0, LATER, PICTURE, "a GIF picture", NULL},
    {"II*\0", 4, 0, LATER, PICTURE, "a TIFF picture", NULL},
    {"MM\0*", 4, 0, LATER, PICTURE, "a TIFF picture", NULL},
    {"WEBP", 4, 8, LATER, PICTURE, "a WebP picture", NULL},
    {"\0\0\0\x0cjP", 6, 0, LATER, PICTURE, "a JPEG 2000 picture", NULL},
    {"ftyp", 4, 4, LATER, PICTURE, "an AVIF or HEIC picture, or a film", NULL},
    {"<svg", 4, 0, LATER, PICTURE, "an SVG picture", NULL},
    {"P5", 2, 0, PICTURES, PICTURE, "a PGM picture", NULL},
    {"P6", 2, 0, PICTURES, PICTURE, "a PPM picture", NULL},

    {"TFL3", 4, 4, LATER, WEIGHTS, "a TensorFlow Lite model", NULL},
    {"GGUF", 4, 0, LATER, WEIGHTS, "a GGUF model", NULL},

    {"%PDF-", 5, 0, ALL, TEXT, "a PDF document", NULL},
    {"\xff\xfe", 2, 0, CSV, OWN, "UTF-16 text", "write it as UTF-8: iconv -f UTF-16 -t UTF-8"},
    {"\xfe\xff", 2, 0, CSV, OWN, "UTF-16 text", "write it as UTF-8: iconv -f UTF-16 -t UTF-8"},
    {"\xff\xfe", 2, 0, TENSORS, TEXT, "UTF-16 text", NULL},
    {"\xfe\xff", 2, 0, TENSORS, TEXT, "UTF-16 text", NULL},
    {"<!doctype", 9, 0, LATER, TEXT, "a web page, perhaps saved in place of the file", NULL},
    {"<html", 5, 0, LATER, TEXT, "a web page, perhaps saved in place of the file", NULL},
    {"<head", 5, 0, LATER, TEXT, "a web page, perhaps saved in place of the file", NULL},
    {"<?xml", 5, 0, LATER, TEXT, "an XML file", NULL},
    {"@relation", 9, 0, LATER, TEXT, "an ARFF file", NULL},
    {"version https://git-lfs", 23, 0, LATER, OWN, "a pointer of Git LFS in place of the file",
     "git lfs pull fetches it"},
    {"PK\3\4", 4, 0, PACKED | CSV, OWN, "a zip archive",
     "name the file in it: ARCHIVE.zip:FILE.csv"},
    {"PK\3\4", 4, 0, TENSORS | PICTURES, ARCHIVE, "a zip archive", NULL},
};

static bool same_letters(const char *a, const char *b, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (tolower((unsigned char)a[i]) != tolower((unsigned char)b[i]))
            return false;
    return true;
}

/* A tar archive says so in the header of its first member. */
static bool is_tar(const char *bytes, size_t size)
{
    enum { AT = 257 };

    return size >= AT + 5 && memcmp(bytes + AT, "ustar", 5) == 0;
}

/* A BMP file has its size after the letters, and then two reserved fields, which are 0. */
static bool is_bmp(const char *bytes, size_t size)
{
    return size >= 10 && memcmp(bytes, "BM", 2) == 0 && memcmp(bytes + 6, "\0\0\0\0", 4) == 0;
}

/* Tells whether the first member of a zip archive is `name`, or, as "/data.pkl" and ".npy", whether
 * its name ends so. */
static bool begins_with_member(const char *bytes, size_t size, const char *name)
{
    enum { LENGTH = 26, NAME = 30 }; /* in the member's header */
    const size_t end = strlen(name);
    size_t length;

    if (size < NAME || memcmp(bytes, "PK\3\4", 4) != 0)
        return false;
    length = (unsigned char)bytes[LENGTH] | (size_t)(unsigned char)bytes[LENGTH + 1] << 8;
    return length <= size - NAME && length >= end && (length == end || strchr("/.", *name)) &&
           memcmp(bytes + NAME + length - end, name, end) == 0;
}

/* A web page may begin with blank lines. */
static size_t skip_blanks(const char *bytes, size_t size)
{
    size_t at = 0;

    while (at < size && isspace((unsigned char)bytes[at]))
        at++;
    return at < size && bytes[at] == '<' ? at : 0;
}

/* Looks for the length of a header of less than 16 MiB, little endian in 8 bytes, and the header.
 */
static bool is_plain_tensor_file(const char *bytes, size_t size)
{
    enum { LENGTH = 8 };

    return size > LENGTH && memcmp(bytes + 3, "\0\0\0\0\0{", 6) == 0;
}

/* Looks for a pickle as PyTorch writes it: in a zip archive whose first member is NAME/data.pkl,
 * before version 1.6 bare, which begins with the opcode 0x80 and the protocol. */
static bool is_pickle(const char *bytes, size_t size)
{
    return (size >= 2 && (unsigned char)bytes[0] == 0x80 && bytes[1] >= 1 && bytes[1] <= 5) ||
           begins_with_member(bytes, size, "/data.pkl");
}

/* Looks for ONNX, a message of Protocol Buffers: the version of the format, which is a number up to
 * 31, and the name of the program that wrote it. */
static bool is_onnx(const char *bytes, size_t size)
{
    return size >= 6 && bytes[0] == 8 && bytes[1] >= 1 && bytes[1] < ' ' && bytes[2] == 0x12 &&
           bytes[3] > 0 && bytes[3] < 64 && isalnum((unsigned char)bytes[4]) &&
           isalnum((unsigned char)bytes[5]);
}

static int refuse_pickle(const char *name, struct err *err)
{
    err_set(err, EX_DATAERR,
            "%s: this is a pickle, as torch.save writes it; it may run any code when it is read. "
            "Convert it with Python:",
            name);
    err->advice = "    import torch\n"
                  "    from safetensors.torch import save_file\n"
                  "    weights = torch.load(\"FILE\", map_location=\"cpu\", weights_only=True)\n"
                  "    save_file({name: t.contiguous() for name, t in weights.items()}, "
                  "\"weights.safetensors\")";
    return -1;
}

static bool is_format(const struct format *format, const char *bytes, size_t size)
{
    return size >= format->at + format->size &&
           same_letters(bytes + format->at, format->magic, format->size);
}

/* Finds what only some readers meet, or what more than one place tells. NULL: nothing of that. */
static const char *find_odd(const char *bytes, size_t size, enum magic_expected expected,
                            const char **advice)
{
    const bool packed = expected == EXPECT_UNPACKED;

    if (!packed && is_tar(bytes, size)) {
        *advice = "unpack it with tar -xf FILE";
        return "a tar archive";
    }
    *advice = family_advice[ARRAYS][EXPECT_CSV];
    if (begins_with_member(bytes, size, ".npy"))
        return "a NumPy archive (.npz)";
    *advice = family_advice[WEIGHTS][expected];
    if (begins_with_member(bytes, size, "metadata.json") ||
        begins_with_member(bytes, size, "config.json"))
        return "a Keras model";
    if (!packed && is_pickle(bytes, size))
        return "a pickle, as torch.save writes it";
    if (!packed && is_onnx(bytes, size))
        return "an ONNX model";
    *advice = family_advice[PICTURE][expected];
    return !packed && is_bmp(bytes, size) ? "a BMP picture" : NULL;
}

/* Finds the format, and the way on if there is one to name. NULL: none of those known here. */
static const char *find(const char *bytes, size_t size, enum magic_expected expected,
                        const char **advice)
{
    const size_t blanks = skip_blanks(bytes, size);
    const char *odd = find_odd(bytes, size, expected, advice);

    if (odd)
        return odd;
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        const struct format *format = &formats[i];

        if (!(format->refused & 1 << expected) || !is_format(format, bytes + blanks, size - blanks))
            continue;
        *advice = format->family == OWN ? format->advice : family_advice[format->family][expected];
        return format->what;
    }
    return NULL;
}

const char *magic_of_picture(const void *bytes, size_t size)
{
    const char *advice;

    return find(bytes, size, EXPECT_PICTURE, &advice);
}

int magic_refuse(const char *name, const void *bytes, size_t size, enum magic_expected expected,
                 struct err *err)
{
    const char *what, *advice;

    if (is_plain_tensor_file(bytes, size))
        return expected == EXPECT_CSV
                   ? err_set(err, EX_DATAERR,
                             "%s: this is a tensor file, where a CSV is expected (csvnet show says "
                             "what is in it)",
                             name)
                   : 0;
    if (expected == EXPECT_TENSORS && is_pickle(bytes, size))
        return refuse_pickle(name, err);
    what = find(bytes, size, expected, &advice);
    return what ? err_set(err, EX_DATAERR, "%s: this is %s; %s", name, what, advice) : 0;
}
