#include "pipeline/tensor/npy.h"
#include "show.h"

#include <stdio.h>
#include <string.h>

/* Any safetensors file: bare weights, or a kind that has no view of its own. */
int show_tensors(struct show *show, struct err *err)
{
    struct tensor_file *file;

    if (tensor_file_open(&file, show->path, &show->inputs, "tensors", err))
        return -1;
    if (tensor_file_verify(file, err)) {
        tensor_file_close(file);
        return -1;
    }
    print_clean(show->path);
    printf(": ");
    print_clean(*tensor_file_kind(file) ? tensor_file_kind(file) : "tensors without metadata");
    printf("\n\n");
    print_tensors(file);
    show->summary = json_pack("{s:s, s:s, s:o}", "kind", tensor_file_kind(file), "digest",
                              tensor_file_digest(file), "tensors", tensors_json(file));
    tensor_file_close(file);
    return show->summary ? 0 : err_memory(err, "the summary", 0);
}

static int find_tensor(const struct tensor_file *file, const char *name, struct err *err)
{
    char names[400] = "";
    size_t used = 0;

    for (int i = 0; i < tensor_file_count(file); i++) {
        const char *at = tensor_file_at(file, i)->name;

        if (strcmp(at, name) == 0)
            return i;
        if (used < sizeof names)
            used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", i ? ", " : "", at);
    }
    return err_set(err, EX_DATAERR, "%s: has no tensor '%s'; it has %s%s", tensor_file_path(file),
                   name, names, used < sizeof names ? "" : "...");
}

int show_npy(struct show *show, struct err *err)
{
    struct inputs *inputs = &show->inputs;
    struct tensor_file *file = NULL;
    struct output *out = NULL;
    const char *path = show->output ? show->output : "-";
    int number, result = -1;

    if (output_open_bytes(&out, path, err) == 0 &&
        tensor_file_open(&file, show->path, inputs, "tensors", err) == 0 &&
        inputs_refuse_output(inputs, path, err) == 0 &&
        (number = find_tensor(file, show->npy, err)) >= 0 && npy_write(out, file, number, err) == 0)
        result = output_commit(out, inputs, err);
    output_close(out);
    if (result == 0)
        show->summary =
            json_pack("{s:s, s:s}", "tensor", show->npy, "digest", tensor_file_digest(file));
    tensor_file_close(file);
    return result;
}
