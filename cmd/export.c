/* export: a model as source or file for other programs to compute it. */
#include "pipeline/base/figures.h"
#include "pipeline/export/c_source.h"
#include "pipeline/export/calibrate.h"
#include "pipeline/export/onnx.h"
#include "pipeline/export/try_page.h"

#include "cmd/cli/choose_kernels.h"
#include "cmd/cli/options.h"
#include "cmd/cli/progress.h"
#include "cmd/cli/say.h"
#include "pipeline/files/output.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *output, *data;

static const struct option_spec options[] = {
    OUTPUT("output", 'o', &output,
           "the file to write (needed): NAME.c, one file of C99 without any library, NAME.onnx, or "
           "NAME.html, a page to draw on"),
    OPTION(OPTION_INPUT, "int8", 0, "DATA", &data, 0, 0, NULL,
           "C for small machines: weights and values are bytes, of ranges that are seen on rows of "
           "DATA; what that costs is measured on it"),
    COMMON_OPTIONS};

static const struct command command = {
    .name = "export",
    .synopsis = "MODEL -o NAME.c|NAME.onnx|NAME.html [options]",
    .summary = "Writes a trained network for other programs: as C source that needs no library and "
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

/* Everything that is open during a run. */
struct run {
    struct inputs inputs;
    struct ensemble models; /* the one */
    struct dataset dataset; /* of --int8 */
    struct nn_pool *pool;
    struct plain plain;
    struct calibration calibration;
    struct strbuf bytes;
};

static const struct int8 *of_bytes(const struct run *run)
{
    return data ? &run->calibration.bytes : NULL;
}

static int make(struct run *run, const char *path, struct err *err)
{
    const char *slash = strrchr(path, '/'), *source = slash ? slash + 1 : path;
    const struct model *model = &run->models.models[0];
    char *prefix;
    int result;

    if (ends_with(output, ".onnx"))
        return onnx_file(&run->bytes, model, &run->plain, err);
    if (ends_with(output, ".html"))
        return try_page(&run->bytes, model, &run->plain, source, err);
    prefix = prefix_of(output);
    if (!prefix)
        return err_memory(err, "a name", 0);
    result = c_source(&run->bytes, model, &run->plain, of_bytes(run), prefix, source, err);
    free(prefix);
    return result;
}

static void show_progress(const char *what, int64_t rows, int64_t done)
{
    static const char *begun;

    if (what != begun)
        progress_begin(what, "rows", rows);
    begun = what;
    progress_update(done);
}

/* Makes bytes of the network, by the data. */
static int make_bytes(struct run *run, struct err *err)
{
    struct calibration *c = &run->calibration;
    int result;

    *c = (struct calibration){.path = data, .plain = &run->plain, .threads = (int)common.threads};
    run->pool = nn_pool_new((int)common.threads);
    if (!run->pool)
        return err_memory(err, "the threads", 0);
    if (dataset_open(&run->dataset, data, &run->inputs, "data", err) ||
        ensemble_begin(&run->models, data, &run->dataset.info, run->pool, err))
        return -1;
    if (run->dataset.n == 0)
        return err_set(err, EX_DATAERR, "%s: it has no rows", data);
    result = calibrate(c, &run->models, show_progress, err);
    progress_end();
    return result;
}

/* ---- What it says ---- */

/* Says what bytes cost, as found on the data. */
static void say_cost(const struct calibration *c)
{
    char share[2][SHARE_TEXT], loss[2][LOSS_TEXT], relation[RELATION_TEXT];

    if (c->rows)
        say("%s: %s %% of %lld rows are given the class that floats give", data,
            percent_text((double)c->alike / (double)c->rows, 2, share[0]), (long long)c->rows);
    if (!c->scored.rows)
        return;
    say("%s: accuracy %s %%, of floats %s %%; loss %s, of floats %s", data,
        percent_text(metrics_accuracy(&c->scored), 2, share[0]),
        percent_text(metrics_accuracy(&c->floats), 2, share[1]),
        loss_text(metrics_loss(&c->scored), loss[0]), loss_text(metrics_loss(&c->floats), loss[1]));
    if (*relation_text(&c->relation, relation))
        say("%s: %s", data, relation);
}

/* Adds what bytes cost to the summary. */
static void summarize_cost(json_t *summary, const struct calibration *c)
{
    json_object_set_new(summary, "rows", json_integer(c->rows));
    json_object_set_new(summary, "alike", json_integer(c->alike));
    if (!c->scored.rows)
        return;
    json_object_set_new(summary, "accuracy", json_real(metrics_accuracy(&c->scored)));
    json_object_set_new(summary, "accuracy_of_floats", json_real(metrics_accuracy(&c->floats)));
    json_object_set_new(summary, "loss", json_real(metrics_loss(&c->scored)));
    json_object_set_new(summary, "loss_of_floats", json_real(metrics_loss(&c->floats)));
}

static int say_result(const struct run *run, double begin)
{
    const bool source = ends_with(output, ".c");
    const struct model *model = &run->models.models[0];
    const long long memory = c_source_memory(model, &run->plain, of_bytes(run));
    json_t *summary;

    say("%s: %.0f kB%s, %lld weights, %lld multiply-adds for a picture", output,
        (double)run->bytes.size / 1e3, source ? " of source" : "",
        (long long)nn_network_parameters(model->net),
        (long long)nn_network_multiply_adds(model->net));
    if (source)
        say("it takes %.1f kB of constants and %.1f kB of memory",
            (double)c_source_constants(&run->plain, of_bytes(run)) / 1e3, (double)memory / 1e3);
    if (!data && nn_network_precision(model->net) == NN_BF16)
        say("it computes in float32, where --precision bf16 of the training rounds operands");
    if (data)
        say_cost(&run->calibration);
    summary = json_pack("{s:s, s:s, s:I, s:I, s:I, s:I, s:f}", "export", output, "model",
                        model->digest, "bytes", (json_int_t)run->bytes.size, "weights",
                        (json_int_t)nn_network_parameters(model->net), "multiply_adds",
                        (json_int_t)nn_network_multiply_adds(model->net), "memory",
                        (json_int_t)memory, "seconds", now() - begin);
    if (data)
        summarize_cost(summary, &run->calibration);
    return write_summary(summary, NULL);
}

static int export_model(char *path)
{
    const double begin = now();
    struct output *out = NULL;
    struct run run = {0};
    struct err err;
    int status;

    if (output_open_bytes(&out, output, &err) ||
        ensemble_load(&run.models, &path, 1, &run.inputs, &err) ||
        plain_make(&run.plain, &run.models.models[0], path, &err) ||
        (data && make_bytes(&run, &err)) || outputs_refuse_inputs(&run.inputs, &err) ||
        make(&run, path, &err) || output_write(out, run.bytes.text, run.bytes.size, &err) ||
        output_commit(out, &run.inputs, &err))
        status = fail(&err);
    else
        status = say_result(&run, begin);
    strbuf_free(&run.bytes);
    calibration_free(&run.calibration);
    plain_free(&run.plain);
    ensemble_close(&run.models);
    nn_pool_free(run.pool);
    dataset_close(&run.dataset);
    inputs_free(&run.inputs);
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
    if (!ends_with(output, ".c") && !ends_with(output, ".onnx") && !ends_with(output, ".html"))
        return usage_error("-o %s: by its ending it is neither C (.c) nor ONNX (.onnx) nor a page "
                           "(.html)",
                           output);
    if (data && !ends_with(output, ".c"))
        return usage_error("--int8 is for C: -o NAME.c");
    status = choose_kernels();
    if (status)
        return status;
    return end_of_run(export_model(operands[0]));
}
