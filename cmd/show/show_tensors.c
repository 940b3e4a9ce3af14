/* Shows the tensors of a file: type, shape, size. */
#include "show.h"

#include <stdio.h>
#include <string.h>

/* Shows any safetensors file: bare weights, or a kind that has no view of its own. */
int show_tensors(struct show *show, struct err *err)
{
    struct tensor_file *file;

    if (tensor_file_open(&file, show->path, &show->inputs, "tensors", err))
        return -1;
    if (tensor_file_verify(file, err)) {
        tensor_file_close(file);
        return -1;
    }
    print_clean(show->name);
    printf(": ");
    print_clean(*tensor_file_kind(file) ? tensor_file_kind(file) : "tensors without metadata");
    printf("\n\n");
    print_tensors(file);
    show->summary = json_pack("{s:s, s:s, s:o}", "kind", tensor_file_kind(file), "digest",
                              tensor_file_digest(file), "tensors", tensors_json(file));
    tensor_file_close(file);
    return show->summary ? 0 : err_memory(err, "the summary", 0);
}
