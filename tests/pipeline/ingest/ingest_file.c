#include "ingest_file.h"

#include <string.h>

static int read_all(struct ingest *in, const char *path, const char *out,
                    const struct ingest_options *options, struct inputs *inputs, struct err *err)
{
    struct tensor_writer *writer;
    int got;

    if (tensor_writer_open(&writer, out, err))
        return -1;
    if (ingest_open(in, path, options, inputs, err)) {
        tensor_writer_close(writer);
        return -1;
    }
    if (ingest_begin(in, writer, err))
        return -1;
    while ((got = ingest_next(in, err)) == 1)
        ;
    return got;
}

int ingest_file(const char *path, const char *out, const struct ingest_options *options,
                char digest[DIGEST_TEXT], json_t **faults, struct err *err)
{
    struct inputs inputs = {0};
    struct ingest in = {0};
    json_t *settings = json_object();
    int result = read_all(&in, path, out, options, &inputs, err);

    if (result == 0 && in.faults.count == 0) {
        result = ingest_finish(&in, settings, &inputs, err);
        if (result == 0)
            memcpy(digest, tensor_writer_digest(in.writer.file), DIGEST_TEXT);
    }
    if (result < 0 && err->status == EX_DATAERR)
        result = ingest_add_error(&in, err, err);
    if (result == 0 && in.faults.count > 0) {
        *faults = faults_json(&in.faults, path);
        result = 1;
    }
    ingest_close(&in);
    inputs_free(&inputs);
    json_decref(settings);
    return result;
}
