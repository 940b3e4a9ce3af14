#ifndef PIPELINE_NPY_H
#define PIPELINE_NPY_H

#include "pipeline/files/output.h"
#include "tensor.h"

/* Appends tensor `number` of the file as NumPy's own format, version 1.0 (numpy.lib.format): what
 * numpy.load() opens. */
MUST_CHECK int npy_write(struct output *out, struct tensor_file *file, int number, struct err *err);

#endif
