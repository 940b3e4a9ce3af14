/* Names and sizes of the tensors' types. */
#include "private.h"

#include <stdio.h>
#include <string.h>

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "Tensors are stored as they lie in memory, and the format is little endian."
#endif
#if __SIZEOF_POINTER__ != 8
#error "csvnet needs a 64-bit processor."
#endif

static const struct {
    const char *name;
    size_t size;
} dtypes[] = {[DTYPE_U8] = {"U8", 1},
              [DTYPE_I64] = {"I64", 8},
              [DTYPE_F32] = {"F32", 4},
              [DTYPE_F64] = {"F64", 8}};

const char *dtype_name(enum dtype dtype)
{
    return dtypes[dtype].name;
}

size_t dtype_size(enum dtype dtype)
{
    return dtypes[dtype].size;
}

int dtype_find(const char *name, enum dtype *dtype)
{
    for (size_t i = 0; i < sizeof dtypes / sizeof *dtypes; i++)
        if (strcmp(dtypes[i].name, name) == 0) {
            *dtype = (enum dtype)i;
            return 0;
        }
    return -1;
}

const char *shape_text(char text[SHAPE_TEXT], int ndim, const int64_t *dims)
{
    size_t used = 0;

    for (int i = 0; i < ndim; i++) {
        const char *before = i ? "," : "[";
        size_t room = SHAPE_TEXT - used;
        int n = dims[i] < 0 ? snprintf(text + used, room, "%s*", before)
                            : snprintf(text + used, room, "%s%lld", before, (long long)dims[i]);

        used += (size_t)n;
    }
    snprintf(text + used, SHAPE_TEXT - used, ndim ? "]" : "[]");
    return text;
}

int64_t tensor_rows(const struct tensor *tensor)
{
    return tensor->ndim > 0 ? tensor->dims[0] : 1;
}

size_t tensor_row_bytes(const struct tensor *tensor)
{
    size_t bytes = dtype_size(tensor->dtype);

    for (int i = 1; i < tensor->ndim; i++)
        bytes *= (size_t)tensor->dims[i];
    return bytes;
}

int64_t tensor_bytes(const struct tensor *tensor)
{
    int64_t bytes = (int64_t)dtype_size(tensor->dtype);
    bool empty = false;

    for (int i = 0; i < tensor->ndim; i++)
        if (tensor->dims[i] == 0)
            empty = true;
        else if (__builtin_mul_overflow(bytes, tensor->dims[i], &bytes))
            return -1;
    return empty ? 0 : bytes;
}

int tensor_expect(const char *path, const struct tensor *tensor, enum dtype dtype, int ndim,
                  const int64_t *dims, struct err *err)
{
    char is[SHAPE_TEXT], wanted[SHAPE_TEXT];
    bool fits = tensor->ndim == ndim;

    if (tensor->dtype != dtype)
        return err_set(err, EX_DATAERR, "%s: tensor '%s' is of type %s, expected is %s%s", path,
                       tensor->name, dtype_name(tensor->dtype), dtype_name(dtype),
                       tensor->dtype == DTYPE_F64 && dtype == DTYPE_F32
                           ? ": convert it, as .float() of PyTorch does"
                           : "");
    for (int i = 0; fits && i < ndim; i++)
        fits = dims[i] < 0 || dims[i] == tensor->dims[i];
    if (fits)
        return 0;
    return err_set(
        err, EX_DATAERR, "%s: tensor '%s' has shape %s, expected is %s%s", path, tensor->name,
        shape_text(is, tensor->ndim, tensor->dims), shape_text(wanted, ndim, dims),
        ndim == 2 && tensor->ndim == 2 && tensor->dims[0] == dims[1] && tensor->dims[1] == dims[0]
            ? ": it is transposed"
            : "");
}
