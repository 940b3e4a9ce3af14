/* One table of the foreign formats that people give by mistake, with one sentence for each. */
#include "magic.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

/* Programs that meet other formats. */
enum { PACKED = 1, WITH_CSV = 2, WITH_TENSORS = 4, WITH_BOTH = WITH_CSV | WITH_TENSORS };

static const struct {
    const char *magic; /* letters in any case */
    size_t size;
    int refused;
    const char *what, *advice;
    const char *tensor_advice; /* where a tensor file is expected; NULL: the same */
} formats[] = {
    {"PK\3\4", 4, PACKED | WITH_BOTH, "a zip archive", "name the file in it: ARCHIVE.zip:FILE.csv",
     "unpack it first"},
    {"\xfd"
     "7zXZ",
     5, PACKED | WITH_BOTH, "compressed by xz", "unpack it with xz -dc FILE | ... -", NULL},
    {"BZh", 3, PACKED | WITH_BOTH, "compressed by bzip2", "unpack it with bzip2 -dc FILE | ... -",
     NULL},
    {"7z\xbc\xaf", 4, PACKED | WITH_BOTH, "a 7-Zip archive", "unpack it with 7z x FILE", NULL},
    {"%PDF-", 5, PACKED | WITH_BOTH, "a PDF document", "a CSV file is expected",
     "a tensor file is expected"},
    {"PAR1", 4, PACKED | WITH_BOTH, "a Parquet file", "write it as CSV", NULL},
    {"\x1f\x8b", 2, WITH_TENSORS, "compressed by gzip", NULL,
     "tensor files are compressed by zstd"},
    {"\xff\xfe", 2, WITH_BOTH, "UTF-16 text", "write it as UTF-8: iconv -f UTF-16 -t UTF-8",
     "a tensor file is expected"},
    {"\xfe\xff", 2, WITH_BOTH, "UTF-16 text", "write it as UTF-8: iconv -f UTF-16 -t UTF-8",
     "a tensor file is expected"},
    {"\0\0\10\3", 4, WITH_BOTH, "an IDX file", "it is read by ingest --idx IMAGES LABELS", NULL},
    {"\0\0\10\1", 4, WITH_BOTH, "an IDX file", "it is read by ingest --idx IMAGES LABELS", NULL},
    {"<!doctype", 9, WITH_BOTH, "a web page, perhaps saved in place of the file",
     "a CSV is expected", "a tensor file is expected"},
    {"<html", 5, WITH_BOTH, "a web page, perhaps saved in place of the file", "a CSV is expected",
     "a tensor file is expected"},
    {"@relation", 9, WITH_BOTH, "an ARFF file", "a CSV is expected", "a tensor file is expected"},
    {"MATLAB ", 7, WITH_BOTH, "a MATLAB file", "write its arrays as CSV, as by writematrix",
     "a tensor file is expected"},
    {"\x89HDF\r\n", 6, WITH_BOTH, "an HDF5 file", "write its arrays as CSV",
     "a tensor file is expected"},
    {"version https://git-lfs", 23, WITH_BOTH, "a pointer of Git LFS in place of the file",
     "git lfs pull fetches it", NULL},
    {"<head", 5, WITH_BOTH, "a web page, perhaps saved in place of the file", "a CSV is expected",
     "a tensor file is expected"},
    {"\x93NUMPY", 6, WITH_BOTH, "a NumPy array", "a CSV is expected", "a tensor file is expected"},
    {"\x89PNG", 4, WITH_BOTH, "a PNG picture", "a CSV with a picture in each row is expected",
     "a tensor file is expected"},
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

/* An archive whose first member is an array, as numpy.savez writes it. */
static bool is_npz(const char *bytes, size_t size)
{
    static const char end[] = ".npy";

    if (size < 4 || memcmp(bytes, "PK\3\4", 4) != 0)
        return false;
    for (size_t i = 4; i + 4 <= size && i < MAGIC_BYTES; i++)
        if (memcmp(bytes + i, end, 4) == 0)
            return true;
    return false;
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
    static const char member[] = "/data.pkl";
    const size_t length = sizeof member - 1;

    if (size >= 2 && (unsigned char)bytes[0] == 0x80 && bytes[1] >= 1 && bytes[1] <= 5)
        return true;
    if (size < 4 || memcmp(bytes, "PK\3\4", 4) != 0)
        return false;
    for (size_t i = 4; i + length <= size && i + length <= MAGIC_BYTES; i++)
        if (memcmp(bytes + i, member, length) == 0)
            return true;
    return false;
}

static int refuse_pickle(const char *name, struct err *err)
{
    return err_set(err, EX_DATAERR,
                   "%s: this is a pickle, as torch.save writes it; it may run any code when it is "
                   "read. Convert it with Python:\n"
                   "    import torch\n"
                   "    from safetensors.torch import save_file\n"
                   "    weights = torch.load(\"%s\", map_location=\"cpu\", weights_only=True)\n"
                   "    save_file({name: t.contiguous() for name, t in weights.items()}, "
                   "\"weights.safetensors\")",
                   name, name);
}

int magic_refuse(const char *name, const void *bytes, size_t size, enum magic_expected expected,
                 struct err *err)
{
    static const int with[] = {PACKED, WITH_CSV, WITH_TENSORS};
    size_t blanks;

    if (is_plain_tensor_file(bytes, size))
        return 0;
    if (expected == EXPECT_TENSORS && is_pickle(bytes, size))
        return refuse_pickle(name, err);
    if (expected != EXPECT_UNPACKED && is_tar(bytes, size))
        return err_set(err, EX_DATAERR, "%s: this is a tar archive; unpack it with tar -xf FILE",
                       name);
    if (is_npz(bytes, size))
        return err_set(err, EX_DATAERR,
                       "%s: this is a NumPy archive (.npz); write its arrays as CSV", name);
    blanks = skip_blanks(bytes, size);
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        const char *advice = formats[i].advice;

        if (!(formats[i].refused & with[expected]) || size - blanks < formats[i].size ||
            !same_letters((const char *)bytes + blanks, formats[i].magic, formats[i].size))
            continue;
        if (expected == EXPECT_TENSORS && formats[i].tensor_advice)
            advice = formats[i].tensor_advice;
        return err_set(err, EX_DATAERR, "%s: this is %s; %s", name, formats[i].what, advice);
    }
    return 0;
}
