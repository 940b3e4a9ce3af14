/* export: a model as source or file for other programs to compute it. */
#include "pipeline/export/c_source.h"
#include "pipeline/export/onnx.h"

#include "cmd/cli/options.h"
#include "cmd/cli/progress.h"
#include "cmd/cli/say.h"
#include "pipeline/files/output.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *output;

static const struct option_spec options[] = {
    OUTPUT("output", 'o', &output,
           "the file to write (needed): NAME.c, one file of C99 without any library, or NAME.onnx"),
    COMMON_OPTIONS};

static const struct command command = {
    .name = "export",
    .synopsis = "MODEL -o NAME.c or NAME.onnx [options]",
    .summary =
        "Writes a trained network for other programs: as C source that needs no library and "
        "allocates nothing, for anything that has a C compiler, or as ONNX, which many "
        "frameworks read. Pixels go in as ingest reads them, probabilities come out.",
    .options = options,
    .min_operands = 1,
    .max_operands = 1,
    .example = "export a.model.st.zst -o digits.c",
};

static bool ends_with(const char *text, const char *end)
{
    const size_t length = strlen(text), size = strlen(end);

    return length > size && strcmp(text + length - size, end) == 0;
}

/* Returns the output's name as the beginning of C's, for free(); NULL: out of memory. */
static char *prefix_of(const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    char *prefix;

    if (asprintf(&prefix, "%s%s", isalpha((unsigned char)*name) ? "" : "net_", name) < 0)
        return NULL;
    prefix[strlen(prefix) - strlen(".c")] = 0;
    for (char *c = prefix; *c; c++)
        if (!isalnum((unsigned char)*c))
            *c = '_';
    return prefix;
}

static int make(struct strbuf *bytes, const struct model *model, const struct plain *plain,
                const char *path, struct err *err)
{
    const char *slash = strrchr(path, '/');
    char *prefix;
    int result;

    if (ends_with(output, ".onnx"))
        return onnx_file(bytes, model, plain, err);
    prefix = prefix_of(output);
    if (!prefix)
        return err_memory(err, "a name", 0);
    result = c_source(bytes, model, plain, prefix, slash ? slash + 1 : path, err);
    free(prefix);
    return result;
}

static int say_size(const struct model *model, const struct plain *plain, size_t bytes,
                    double begin)
{
    const bool source = ends_with(output, ".c");
    const long long memory = c_source_memory(model, plain);
    json_t *summary;
    int status;

    say("%s: %.0f kB%s, %lld weights, %lld multiply-adds for a picture", output,
        (double)bytes / 1e3, source ? " of source" : "",
        (long long)nn_network_parameters(model->net),
        (long long)nn_network_multiply_adds(model->net));
    if (source)
        say("it takes %lld kB of constants and %lld kB of memory",
            (long long)nn_network_parameters(model->net) * 4 / 1000, memory / 1000);
    summary = json_pack("{s:s, s:s, s:I, s:I, s:I, s:I, s:f}", "export", output, "model",
                        model->digest, "bytes", (json_int_t)bytes, "weights",
                        (json_int_t)nn_network_parameters(model->net), "multiply_adds",
                        (json_int_t)nn_network_multiply_adds(model->net), "memory",
                        (json_int_t)memory, "seconds", now() - begin);
    status = write_summary(summary, NULL);
    json_decref(summary);
    return status;
}

static int run(const char *path)
{
    const double begin = now();
    struct output *out = NULL;
    struct inputs inputs = {0};
    struct model model = {0};
    struct plain plain = {0};
    struct strbuf bytes = {0};
    struct err err;
    int status = 0;

    if (output_open_bytes(&out, output, &err) || model_load(&model, path, &inputs, &err) ||
        outputs_refuse_inputs(&inputs, &err) || plain_make(&plain, &model, path, &err) ||
        make(&bytes, &model, &plain, path, &err) ||
        output_write(out, bytes.text, bytes.size, &err) || output_commit(out, &inputs, &err))
        status = fail(&err);
    else
        status = say_size(&model, &plain, bytes.size, begin);
    strbuf_free(&bytes);
    plain_free(&plain);
    model_free(&model);
    inputs_free(&inputs);
    output_close(out);
    return status;
}

int main(int argc, char **argv)
{
    char **operands;
    int count, status = options_parse(&command, argc, argv, &operands, &count);

    if (status)
        return status;
    if (!output)
        return usage_error("-o FILE is missing");
    if (!ends_with(output, ".c") && !ends_with(output, ".onnx"))
        return usage_error("-o %s: by its ending it is neither C (.c) nor ONNX (.onnx)", output);
    if (nn_kernels_choose(getenv("CSVNET_KERNELS")))
        return usage_error("CSVNET_KERNELS=%s: this processor has no such kernels",
                           getenv("CSVNET_KERNELS"));
    return end_of_run(run(operands[0]));
}
