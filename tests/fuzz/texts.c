/* Short texts and numbers that steer the network and the charts. */
#include "fuzz.h"
#include "nn/nn.h"
#include "pipeline/report/scale.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* A description that is taken is spelt in a way that is taken as the same. */
static void describe_network(const char *text)
{
    const struct nn_shape shape = {1, 28, 28};
    struct nn_network *net = NULL, *again = NULL;
    struct nn_error error = {.text = ""};

    if (nn_network_new(&net, text, shape, 10, &error)) {
        HOLDS(!net && (*error.text || error.out_of_memory), "refused without a word: %s", text);
        return;
    }
    HOLDS(nn_network_new(&again, nn_network_description(net), shape, 10, &error) == 0, "%s: %s",
          nn_network_description(net), error.text);
    HOLDS(strcmp(nn_network_description(net), nn_network_description(again)) == 0, "%s, then %s",
          nn_network_description(net), nn_network_description(again));
    nn_network_free(net);
    nn_network_free(again);
}

static void describe_changes(const char *text)
{
    struct nn_augment augment, again;
    char spelt[NN_AUGMENT_TEXT], other[NN_AUGMENT_TEXT];
    struct nn_error error = {.text = ""};

    if (nn_augment_parse(&augment, text, &error)) {
        HOLDS(*error.text, "refused without a word: %s", text);
        return;
    }
    nn_augment_text(&augment, spelt);
    if (!*spelt)
        return;
    HOLDS(nn_augment_parse(&again, spelt, &error) == 0, "%s: %s", spelt, error.text);
    nn_augment_text(&again, other);
    HOLDS(strcmp(spelt, other) == 0, "%s, then %s", spelt, other);
}

static void describe_view(const char *text)
{
    struct nn_normalize view, again;
    char spelt[NN_NORMALIZE_TEXT], other[NN_NORMALIZE_TEXT];
    struct nn_error error = {.text = ""};

    if (nn_normalize_parse(&view, text, &error)) {
        HOLDS(*error.text, "refused without a word: %s", text);
        return;
    }
    nn_normalize_text(&view, spelt);
    HOLDS(nn_normalize_parse(&again, spelt, &error) == 0, "%s: %s", spelt, error.text);
    nn_normalize_text(&again, other);
    HOLDS(strcmp(spelt, other) == 0, "%s, then %s", spelt, other);
}

/* Whatever the range: ticks within it but for rounding, in order, as many as there may be. */
static void choose_ticks(const uint8_t *data, size_t size)
{
    struct scale scale = {.to = 1};
    struct ticks ticks;
    double ends[2], slack;
    int most;

    if (size < 1 + sizeof ends)
        return;
    memcpy(ends, data + 1, sizeof ends);
    if (!isfinite(ends[0]) || !isfinite(ends[1]))
        return;
    scale.low = fmin(ends[0], ends[1]);
    scale.high = fmax(ends[0], ends[1]);
    most = 2 + data[0] % (SCALE_TICKS - 1);
    if (data[0] & 64)
        scale_choose(&scale, data[0] & 128 ? 1 : 0, 20);
    scale_widen(&scale.low, &scale.high);
    if (scale.logarithmic && (scale.limit > 0 ? scale.high >= scale.limit : scale.low <= 0))
        return;
    ticks = scale_ticks(&scale, most);
    slack = 4e-6 * (scale.high / 2 - scale.low / 2);
    HOLDS(ticks.count >= 0 && ticks.count <= most, "%g to %g: %d ticks of %d", scale.low,
          scale.high, ticks.count, most);
    for (int i = 0; i < ticks.count; i++)
        HOLDS(isfinite(ticks.at[i]) && ticks.at[i] >= scale.low - slack &&
                  ticks.at[i] <= scale.high + slack && (i == 0 || ticks.at[i] > ticks.at[i - 1]),
              "%.17g to %.17g: tick %d of %d, %.17g", scale.low, scale.high, i, ticks.count,
              ticks.at[i]);
    HOLDS(isfinite(scale_at(&scale, scale.low)), "%g to %g: its end", scale.low, scale.high);
}

void fuzz_texts(const uint8_t *data, size_t size)
{
    char *text;

    if (size < 1)
        return;
    text = strndup((const char *)data + 1, size - 1);
    HOLDS(text, "memory");
    switch (data[0] % 3) {
    case 0:
        describe_network(text);
        break;
    case 1:
        describe_changes(text);
        describe_view(text);
        break;
    default:
        choose_ticks(data + 1, size - 1);
    }
    free(text);
}
