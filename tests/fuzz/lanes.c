#include "../ingest_file.h"
#include "fuzz.h"

#include <string.h>
#include <unistd.h>

struct answer {
    int result;
    char digest[DIGEST_TEXT];
    struct err err;
};

/* The first byte: the pixels' type, the header, two threads, no label. The second: the bytes of a
 * piece. */
static struct ingest_options read_options(uint8_t kinds, uint8_t piece)
{
    static const enum header_wish headers[] = {HEADER_AUTO, HEADER_AUTO, HEADER_YES, HEADER_NO};

    return (struct ingest_options){.pixel = kinds & 1 ? DTYPE_F32 : DTYPE_U8,
                                   .columns.header = headers[kinds >> 1 & 3],
                                   .columns.label = kinds & 8 ? "none" : NULL,
                                   .threads = kinds & 16 && kinds & 32 ? 2 : 1,
                                   .piece = piece < 255 ? 8u + 4u * piece : 0};
}

static void ask(const struct memory_file *csv, const char *out,
                const struct ingest_options *options, struct answer *answer)
{
    *answer = (struct answer){0};
    answer->result = ingest_file(csv->path, out, options, answer->digest, &answer->err);
}

void fuzz_lanes(const uint8_t *data, size_t size)
{
    static struct memory_file csv;
    static char out[64];
    struct answer plain, fast;
    struct ingest_options options;

    if (!csv.fd) {
        memory_file_open(&csv);
        snprintf(out, sizeof out, "/dev/shm/csvnet-fuzz-%ld", (long)getpid());
    }
    if (size < 2)
        return;
    options = read_options(data[0], data[1]);
    memory_file_fill(&csv, data + 2, size - 2);
    ask(&csv, out, &options, &fast);
    options.plain = true;
    options.threads = 1;
    ask(&csv, out, &options, &plain);
    unlink(out);
    HOLDS(plain.result == fast.result, "libcsv %d, the lane %d: %s%s", plain.result, fast.result,
          plain.err.text, fast.err.text);
    HOLDS(strcmp(plain.err.text, fast.err.text) == 0 && plain.err.status == fast.err.status,
          "libcsv: %d %s\nthe lane: %d %s", plain.err.status, plain.err.text, fast.err.status,
          fast.err.text);
    HOLDS(strcmp(plain.digest, fast.digest) == 0, "libcsv %s, the lane %s", plain.digest,
          fast.digest);
}
