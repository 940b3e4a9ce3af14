#ifndef PIPELINE_PICTURE_DIGEST_H
#define PIPELINE_PICTURE_DIGEST_H

#include "pipeline/tensor/tensor.h"

/* Takes the digest that a run which makes this data set of the pictures in `folder` would record:
 * its ids name them. "" if one is not there, or it was not made of pictures. EX_NOINPUT: the folder
 * cannot be read. */
MUST_CHECK int picture_digest(struct tensor_file *file, const char *folder,
                              char digest[DIGEST_TEXT], struct err *err);

#endif
