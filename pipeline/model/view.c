/* Normalization of pictures: kept in models, and done to rows. */
#include "view.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

bool view_any(const struct view *view)
{
    return *view->text;
}

bool view_same(const struct view *a, const struct view *b, int channels)
{
    if (strcmp(a->text, b->text))
        return false;
    for (int c = 0; view_any(a) && c < channels; c++)
        if (a->background[c] != b->background[c])
            return false;
    return true;
}

/* ---- The record ---- */

static int read_background(struct view *view, const json_t *list, int channels)
{
    if (!json_is_array(list))
        return -1;
    for (int c = 0; c < channels; c++) {
        const json_t *value = json_array_get(list, (size_t)c);

        view->background[c] = (float)json_number_value(value);
        if (!json_is_number(value) || !isfinite(view->background[c]))
            return -1;
    }
    return 0;
}

int view_read(struct view *view, const json_t *input, const char *path, int channels,
              struct err *err)
{
    const json_t *text = json_object_get(input, "normalize");
    const json_t *background = json_object_get(input, "background");
    struct nn_error why;

    *view = (struct view){.text = ""};
    if (!text)
        return 0;
    if (json_is_array(background) && json_array_size(background) != (size_t)channels)
        return err_set(err, EX_DATAERR,
                       "%s: its network sees pictures of %zu channels, these have %d", path,
                       json_array_size(background), channels);
    view->background = calloc((size_t)channels, sizeof *view->background);
    if (!view->background)
        return err_memory(err, "a model's background", 0);
    if (!json_is_string(text) || nn_normalize_parse(&view->how, json_string_value(text), &why) ||
        read_background(view, background, channels)) {
        view_free(view);
        return err_set(err, EX_DATAERR,
                       "%s: metadata 'input' has no 'normalize' that is known, with a finite "
                       "background for each channel",
                       path);
    }
    view->how.background = view->background;
    nn_normalize_text(&view->how, view->text);
    return 0;
}

int view_add(json_t *input, const struct view *view, int channels, struct err *err)
{
    json_t *list;
    int failed = 0;

    if (!view_any(view))
        return 0;
    list = json_array();
    for (int c = 0; c < channels; c++)
        failed |= json_array_append_new(list, json_real((double)view->background[c]));
    failed |= json_object_set_new(input, "normalize", json_string(view->text)) |
              json_object_set_new(input, "background", list);
    return failed ? err_memory(err, "metadata", 0) : 0;
}

/* ---- Rows ---- */

void view_apply(const struct view *view, const struct dataset_info *info, const void *images,
                int64_t n, void *out)
{
    const struct nn_shape shape = {info->c, info->h, info->w};
    const size_t size = dataset_image_bytes(info);

    for (int64_t i = 0; i < n; i++)
        nn_normalize_picture(&view->how, shape, (const char *)images + (size_t)i * size,
                             info->pixel == DTYPE_U8, (char *)out + (size_t)i * size);
}

int view_apply_here(const struct view *view, const struct dataset_info *info, void *images,
                    int64_t n, struct err *err)
{
    const size_t size = dataset_image_bytes(info);
    char *room = malloc(size);

    if (!room)
        return err_memory(err, "a picture", size);
    for (int64_t i = 0; i < n; i++) {
        view_apply(view, info, (char *)images + (size_t)i * size, 1, room);
        memcpy((char *)images + (size_t)i * size, room, size);
    }
    free(room);
    return 0;
}

void view_free(struct view *view)
{
    free(view->background);
    *view = (struct view){.text = ""};
}
