#ifndef PIPELINE_META_H
#define PIPELINE_META_H

#include "tensor.h"

/* Metadata of tensor files: texts, and lists of texts as JSON. `path` is for messages. */

/* Adds text `key`; nothing if `text` is NULL. EX_DATAERR if it is not UTF-8, which JSON needs. */
MUST_CHECK int meta_add(json_t *meta, const char *path, const char *key, const char *text,
                        struct err *err);
/* Adds a list; nothing if `texts` is NULL. */
MUST_CHECK int meta_add_list(json_t *meta, const char *path, const char *key, char *const *texts,
                             int count, struct err *err);
/* Adds any JSON as text. */
MUST_CHECK int meta_add_json(json_t *meta, const char *path, const char *key, const json_t *value,
                             struct err *err);

/* Gets a new copy of text `key`; NULL if there is none. */
MUST_CHECK int meta_get(const struct tensor_file *file, const char *key, char **text,
                        struct err *err);
/* Gets the list `key`; NULL and 0 if there is none. texts_free() frees it. */
MUST_CHECK int meta_get_list(const struct tensor_file *file, const char *key, char ***texts,
                             int *count, struct err *err);
/* Gets `classes` and `class_names`: both or neither; classes differ from each other. */
MUST_CHECK int meta_get_classes(const struct tensor_file *file, char ***classes, char ***names,
                                int *count, struct err *err);
/* Gets a digest that must be there. */
MUST_CHECK int meta_get_digest(const struct tensor_file *file, const char *key,
                               char digest[DIGEST_TEXT], struct err *err);
void texts_free(char **texts, int count);

#endif
