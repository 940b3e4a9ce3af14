#ifndef PIPELINE_ONNX_H
#define PIPELINE_ONNX_H

#include "pipeline/base/strbuf.h"
#include "plain.h"

/* Appends a model as an ONNX file (operators of version 13, IR version 7): input `pixels`, F32
 * [N][c][h][w] as ingest reads them, output `probabilities`, F32 [N][classes]; the classes' names
 * are in its metadata, `classes`, as JSON. */
MUST_CHECK int onnx_file(struct strbuf *bytes, const struct model *model, const struct plain *plain,
                         struct err *err);

#endif
