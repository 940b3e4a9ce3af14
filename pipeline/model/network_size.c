/* Whether pictures are large enough for a network, and what takes them if not. */
#include "network_size.h"

#include "pipeline/base/strbuf.h"
#include "recipe.h"

#include <stdlib.h>

static bool takes(const char *description, struct nn_shape shape, int classes)
{
    struct nn_network *net;
    struct nn_error fault;

    if (nn_network_new(&net, description, shape, classes, &fault))
        return false;
    nn_network_free(net);
    return true;
}

/* Returns the side of the smallest square pictures, larger than `shape`, that the network takes; 0:
 * none are, so that their size is not what is wrong. */
static int side_needed(const char *description, struct nn_shape shape, int classes)
{
    enum { MOST = 256 };

    for (int side = (shape.h < shape.w ? shape.h : shape.w) + 1; side <= MOST; side++)
        if (takes(description, (struct nn_shape){shape.c, side, side}, classes))
            return side;
    return 0;
}

int network_check_size(const char *what, const char *description, struct nn_shape shape,
                       int classes, struct err *err)
{
    struct strbuf fitting = {0};
    int side;

    if (takes(description, shape, classes))
        return 0;
    side = side_needed(description, shape, classes);
    if (side == 0)
        return 0;
    for (int i = 0; presets[i].name; i++) {
        struct err ignored;
        char *preset = NULL;

        if (architecture_find(presets[i].name, &preset, &ignored) == 0 &&
            takes(preset, shape, classes))
            strbuf_printf(&fitting, "%s%s", fitting.size ? ", " : "", presets[i].name);
        free(preset);
    }
    err_set(err, EX_USAGE,
            "%s needs pictures of at least %dx%d pixels, these have %dx%d; presets that take "
            "them: %s",
            what, side, side, shape.h, shape.w, strbuf_shown(&fitting));
    strbuf_free(&fitting);
    return -1;
}
