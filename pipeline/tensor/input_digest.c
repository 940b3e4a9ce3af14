/* The digest by which any file is found among the inputs that a tensor file records. */
#include "input_digest.h"

#include "private.h"

#include <errno.h>
#include <string.h>

int input_digest(const char *path, char digest[DIGEST_TEXT], struct err *err)
{
    if (tensor_file_digest_again(path, digest) == 0 || file_digest(path, digest) == 0)
        return 0;
    return err_set(err, EX_NOINPUT, "%s: cannot be read: %s", path, strerror(errno));
}
