#include "ingest_file.h"

#include <string.h>

int ingest_file(const char *path, const char *out, const struct ingest_options *options,
                char digest[DIGEST_TEXT], struct err *err)
{
    struct inputs inputs = {0};
    struct ingest in = {0};
    struct tensor_writer *writer;
    json_t *settings = json_object();
    int got = -1;

    if (tensor_writer_open(&writer, out, err) == 0) {
        if (ingest_open(&in, path, options, &inputs, err))
            tensor_writer_close(writer);
        else if (ingest_begin(&in, writer, err) == 0)
            while ((got = ingest_next(&in, err)) == 1)
                ;
    }
    if (got == 0)
        got = ingest_finish(&in, settings, &inputs, err);
    if (got == 0)
        memcpy(digest, tensor_writer_digest(in.writer.file), DIGEST_TEXT);
    ingest_close(&in);
    inputs_free(&inputs);
    json_decref(settings);
    return got;
}
