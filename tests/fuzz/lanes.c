#include "fuzz.h"
#include "tests/pipeline/ingest/ingest_file.h"

#include <string.h>
#include <unistd.h>

struct answer {
    int result;
    char digest[DIGEST_TEXT];
    char *faults; /* as JSON, or NULL */
    struct err err;
};

/* The first byte: the pixels' type, the header, two threads, no label, channels together,
 * semicolons. The second: the bytes of a piece. */
static struct ingest_options read_options(uint8_t kinds, uint8_t piece)
{
    static const enum header_choice headers[] = {HEADER_AUTO, HEADER_AUTO, HEADER_YES, HEADER_NO};

    return (struct ingest_options){.pixel = kinds & 1 ? DTYPE_F32 : DTYPE_U8,
                                   .columns.header = headers[kinds >> 1 & 3],
                                   .columns.label = kinds & 8 ? "none" : NULL,
                                   .columns.channels = kinds & 64 ? CHANNELS_LAST : CHANNELS_AUTO,
                                   .separator = kinds & 128 ? ';' : 0,
                                   .threads = kinds & 16 && kinds & 32 ? 2 : 1,
                                   .piece = piece < 255 ? 8u + 4u * piece : 0};
}

static void ask(const struct memory_file *csv, const char *out,
                const struct ingest_options *options, struct answer *answer)
{
    json_t *faults = NULL;

    *answer = (struct answer){0};
    answer->result = ingest_file(csv->path, out, options, answer->digest, &faults, &answer->err);
    HOLDS(answer->result >= 0, "status %d: %s", answer->err.status, answer->err.text);
    if (answer->result)
        answer->faults = json_dumps(faults, JSON_INDENT(1) | JSON_SORT_KEYS);
    json_decref(faults);
}

void fuzz_lanes(const uint8_t *data, size_t size)
{
    static struct memory_file csv;
    static char out[4096];
    const char *folder;
    struct answer plain, fast;
    struct ingest_options options;

    if (!csv.fd) {
        memory_file_open(&csv);
        folder = getenv("TMPDIR");
        snprintf(out, sizeof out, "%s/csvnet-fuzz-%ld", folder ? folder : "/tmp", (long)getpid());
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
    HOLDS(plain.result == fast.result, "libcsv %d, the lane %d\n%s%s", plain.result, fast.result,
          plain.result ? plain.faults : "", fast.result ? fast.faults : "");
    if (plain.result)
        HOLDS(strcmp(plain.faults, fast.faults) == 0, "libcsv: %s\nthe lane: %s", plain.faults,
              fast.faults);
    HOLDS(strcmp(plain.digest, fast.digest) == 0, "libcsv %s, the lane %s", plain.digest,
          fast.digest);
    free(plain.faults);
    free(fast.faults);
}
