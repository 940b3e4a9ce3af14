/* The JSON header of a safetensors file. */
#include "pipeline/base/json.h"
#include "private.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* Tells whether a name may go into messages and onto terminals. */
static bool printable(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            return false;
    return true;
}

static int parse_json(struct tensor_header *header, const char *path, const char *text,
                      size_t length, struct err *err)
{
    json_error_t fault;
    size_t end = length;

    if (length == 0 || text[0] != '{')
        return err_set(err, EX_DATAERR, "%s: the header does not start with '{'", path);
    while (text[end - 1] == ' ')
        end--;
    if (text[end - 1] != '}')
        return err_set(err, EX_DATAERR,
                       "%s: the header does not end with '}' and spaces as padding", path);
    header->root = json_read(text, end, &fault);
    if (header->root)
        return 0;
    if (json_memory_check("a header", err))
        return -1;
    for (char *c = fault.text; *c; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            *c = '?';
    return err_set(err, EX_DATAERR, "%s: the header is not valid JSON: %s", path, fault.text);
}

static int parse_meta(struct tensor_header *header, const char *path, const json_t *meta,
                      struct err *err)
{
    const char *key;
    json_t *value;

    if (!json_is_object(meta))
        return err_set(err, EX_DATAERR, "%s: __metadata__ is not a JSON object", path);
    json_object_foreach((json_t *)meta, key, value)
    {
        if (!printable(key))
            return err_set(err, EX_DATAERR, "%s: the name of a metadata entry is not printable",
                           path);
        if (!json_is_string(value))
            return err_set(err, EX_DATAERR, "%s: metadata '%s' is not a string", path, key);
    }
    header->meta = meta;
    return 0;
}

/* Returns `value` as an integer from 0 on, or -1. */
static int64_t natural(const json_t *value)
{
    return json_is_integer(value) && json_integer_value(value) >= 0 ? json_integer_value(value)
                                                                    : -1;
}

static int parse_shape(struct tensor *tensor, const char *path, const json_t *shape,
                       struct err *err)
{
    if (!json_is_array(shape))
        return err_set(err, EX_DATAERR, "%s: tensor '%s': shape is missing or not a list", path,
                       tensor->name);
    if (json_array_size(shape) > TENSOR_MAX_DIMS)
        return err_set(err, EX_DATAERR, "%s: tensor '%s' has %zu dimensions, at most %d are read",
                       path, tensor->name, json_array_size(shape), TENSOR_MAX_DIMS);
    tensor->ndim = (int)json_array_size(shape);
    for (int i = 0; i < tensor->ndim; i++) {
        tensor->dims[i] = natural(json_array_get(shape, (size_t)i));
        if (tensor->dims[i] < 0)
            return err_set(err, EX_DATAERR,
                           "%s: tensor '%s': size %d of its shape is not an integer from 0 on",
                           path, tensor->name, i + 1);
    }
    return 0;
}

static int parse_dtype(struct tensor *tensor, const char *path, const json_t *dtype,
                       struct err *err)
{
    const char *name = json_string_value(dtype);

    if (!name)
        return err_set(err, EX_DATAERR, "%s: tensor '%s': dtype is missing or not a string", path,
                       tensor->name);
    if (dtype_find(name, &tensor->dtype))
        return err_set(err, EX_DATAERR,
                       "%s: tensor '%s' is of type '%.16s'; csvnet reads U8, I64, F32 and F64%s",
                       path, tensor->name, printable(name) ? name : "?",
                       strcmp(name, "F16") == 0 || strcmp(name, "BF16") == 0
                           ? ": convert it, as .float() of PyTorch does"
                           : "");
    return 0;
}

/* Reads where a tensor is: it has to begin at byte `begin` of the data, where the one before ends;
 * returns where it ends, or -1. */
static int64_t parse_offsets(const struct tensor *tensor, const char *path, const json_t *offsets,
                             int64_t begin, int64_t data_bytes, struct err *err)
{
    int64_t first = natural(json_array_get(offsets, 0)), last = natural(json_array_get(offsets, 1));
    const int64_t bytes = tensor_bytes(tensor);
    char shape[SHAPE_TEXT];

    if (json_array_size(offsets) != 2 || first < 0 || last < 0)
        return err_set(err, EX_DATAERR,
                       "%s: tensor '%s': data_offsets are not two integers from 0 on", path,
                       tensor->name);
    if (bytes < 0)
        return err_set(err, EX_DATAERR, "%s: tensor '%s': the sizes of shape %s overflow", path,
                       tensor->name, shape_text(shape, tensor->ndim, tensor->dims));
    if (first != begin)
        return err_set(err, EX_DATAERR,
                       "%s: tensor '%s' begins at byte %lld where the one before ends at %lld: %s",
                       path, tensor->name, (long long)first, (long long)begin,
                       first > begin ? "a gap" : "an overlap");
    if (last < first || last - first != bytes)
        return err_set(err, EX_DATAERR,
                       "%s: tensor '%s' of type %s and shape %s takes %lld bytes, but its "
                       "data_offsets are %lld and %lld",
                       path, tensor->name, dtype_name(tensor->dtype),
                       shape_text(shape, tensor->ndim, tensor->dims), (long long)bytes,
                       (long long)first, (long long)last);
    if (data_bytes >= 0 && last > data_bytes)
        return err_set(err, EX_DATAERR, "%s: tensor '%s' ends at byte %lld where the data has %lld",
                       path, tensor->name, (long long)last, (long long)data_bytes);
    return last;
}

static int refuse_other_fields(const struct tensor *tensor, const char *path, const json_t *entry,
                               struct err *err)
{
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)entry, key, value)
    {
        if (strcmp(key, "dtype") && strcmp(key, "shape") && strcmp(key, "data_offsets"))
            return err_set(err, EX_DATAERR, "%s: tensor '%s' has an unknown field '%.64s'", path,
                           tensor->name, printable(key) ? key : "?");
    }
    return 0;
}

/* Returns where the tensor ends in the data, or -1. */
static int64_t parse_tensor(struct tensor *tensor, const char *path, const char *name,
                            const json_t *entry, int64_t begin, int64_t data_bytes, struct err *err)
{
    if (!*name || !printable(name) || strlen(name) > 256)
        return err_set(err, EX_DATAERR,
                       "%s: the name of a tensor is empty, not printable or over 256 bytes long",
                       path);
    tensor->name = name;
    if (!json_is_object(entry))
        return err_set(err, EX_DATAERR, "%s: tensor '%s' is not described by a JSON object", path,
                       name);
    if (refuse_other_fields(tensor, path, entry, err) ||
        parse_dtype(tensor, path, json_object_get(entry, "dtype"), err) ||
        parse_shape(tensor, path, json_object_get(entry, "shape"), err))
        return -1;
    return parse_offsets(tensor, path, json_object_get(entry, "data_offsets"), begin, data_bytes,
                         err);
}

static int parse_tensors(struct tensor_header *header, const char *path, int64_t data_begin,
                         int64_t data_bytes, struct err *err)
{
    int64_t at = 0;
    const char *key;
    json_t *value;

    json_object_foreach(header->root, key, value)
    {
        if (strcmp(key, "__metadata__") == 0) {
            if (parse_meta(header, path, value, err))
                return -1;
            continue;
        }
        header->begins[header->count] = data_begin + at;
        at = parse_tensor(&header->tensors[header->count], path, key, value, at, data_bytes, err);
        if (at < 0)
            return -1;
        header->count++;
    }
    if (data_bytes >= 0 && at < data_bytes)
        return err_set(err, EX_DATAERR,
                       "%s: the data has %lld bytes after the end of the last tensor", path,
                       (long long)(data_bytes - at));
    return 0;
}

static int make_room(struct tensor_header *header, const char *path, struct err *err)
{
    size_t count =
        json_object_size(header->root) - (json_object_get(header->root, "__metadata__") != NULL);

    if (count > TENSOR_LIMIT)
        return err_set(err, EX_DATAERR, "%s: has %zu tensors, at most %d are read", path, count,
                       TENSOR_LIMIT);
    header->tensors = calloc(count + 1, sizeof *header->tensors);
    header->begins = calloc(count + 1, sizeof *header->begins);
    if (!header->tensors || !header->begins)
        return err_memory(err, "the tensors of a header", count * sizeof *header->tensors);
    return 0;
}

int tensor_header_parse(struct tensor_header *header, const char *path, const char *text,
                        size_t length, int64_t data_bytes, struct err *err)
{
    *header = (struct tensor_header){0};
    if (parse_json(header, path, text, length, err) || make_room(header, path, err) ||
        parse_tensors(header, path, HEADER_LENGTH_BYTES + (int64_t)length, data_bytes, err)) {
        tensor_header_free(header);
        return -1;
    }
    return 0;
}

void tensor_header_free(struct tensor_header *header)
{
    json_decref(header->root);
    free(header->tensors);
    free(header->begins);
    *header = (struct tensor_header){0};
}

/* Returns the entry of a tensor whose data begins at *at, which moves on to its end. */
static json_t *tensor_entry(const struct tensor *tensor, int64_t *at)
{
    int64_t begin = *at;
    json_t *shape = json_array();

    for (int i = 0; i < tensor->ndim; i++)
        json_array_append_new(shape, json_integer(tensor->dims[i]));
    *at += tensor_bytes(tensor);
    return json_pack("{s:s, s:o, s:[I, I]}", "dtype", dtype_name(tensor->dtype), "shape", shape,
                     "data_offsets", (json_int_t)begin, (json_int_t)*at);
}

static char *header_text(json_t *meta, const struct tensor *tensors, int count)
{
    json_t *root = json_object();
    int64_t at = 0;
    int failed = json_object_set(root, "__metadata__", meta);
    char *text;

    for (int i = 0; i < count; i++)
        failed |= json_object_set_new(root, tensors[i].name, tensor_entry(&tensors[i], &at));
    text = failed ? NULL : json_text(root, JSON_COMPACT);
    json_decref(root);
    return text;
}

int tensor_header_print(unsigned char **bytes, size_t *size, const char *path, json_t *meta,
                        const struct tensor *tensors, int count, struct err *err)
{
    char *text = header_text(meta, tensors, count);
    size_t length = text ? strlen(text) : 0;
    size_t padded = (length + HEADER_ALIGNMENT - 1) / HEADER_ALIGNMENT * HEADER_ALIGNMENT;
    uint64_t stored = padded;

    *bytes = NULL;
    if (padded > HEADER_LIMIT) {
        free(text);
        return err_set(err, EX_DATAERR, "%s: the header would take %zu bytes, at most %d are read",
                       path, padded, HEADER_LIMIT);
    }
    if (text)
        *bytes = malloc(HEADER_LENGTH_BYTES + padded);
    if (!*bytes) {
        free(text);
        return err_memory(err, "a header", 0);
    }
    memcpy(*bytes, &stored, HEADER_LENGTH_BYTES);
    memcpy(*bytes + HEADER_LENGTH_BYTES, text, length);
    memset(*bytes + HEADER_LENGTH_BYTES + length, ' ', padded - length);
    *size = HEADER_LENGTH_BYTES + padded;
    free(text);
    return 0;
}
