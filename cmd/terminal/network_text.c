/* A network as a table: layers, outputs, weights, multiply-adds. */
#include "network_text.h"

#include <stdio.h>

const char *output_text(struct nn_shape s, char text[OUTPUT_TEXT])
{
    if (s.h == 1 && s.w == 1)
        snprintf(text, OUTPUT_TEXT, "%d", s.c);
    else
        snprintf(text, OUTPUT_TEXT, "%dx%dx%d", s.c, s.h, s.w);
    return text;
}

json_t *output_json(struct nn_shape s)
{
    return json_pack("[i, i, i]", s.c, s.h, s.w);
}

static int64_t statistics_of(const struct nn_network *net)
{
    int64_t count = 0;

    for (int i = 0; i < nn_network_tensors(net); i++)
        if (nn_network_tensor(net, i).statistic)
            count += nn_network_tensor(net, i).size;
    return count;
}

void print_network(const struct nn_network *net)
{
    const int64_t statistics = statistics_of(net);
    char shape[OUTPUT_TEXT];

    printf("%5s  %-34s %12s %11s %11s\n", "layer", "", "output", "parameters", "mult-adds");
    printf("%5s  %-34s %12s\n", "", "input", output_text(nn_network_input(net), shape));
    for (int i = 0; i < nn_network_layers(net); i++) {
        const struct nn_layer_info layer = nn_network_layer(net, i);

        printf("%5d  %*s%-*s %12s", i, 2 * layer.depth, "", 34 - 2 * layer.depth, layer.text,
               output_text(layer.out, shape));
        if (layer.parameters > 0 || layer.multiply_adds > 0)
            printf(" %11lld %11lld", (long long)layer.parameters, (long long)layer.multiply_adds);
        putchar('\n');
    }
    printf("%5s  %-34s %12s %11lld %11lld\n", "all", "", "", (long long)nn_network_parameters(net),
           (long long)nn_network_multiply_adds(net));
    if (statistics > 0)
        printf("and %lld running statistics\n", (long long)statistics);
}

json_t *network_json(const struct nn_network *net)
{
    json_t *layers = json_array();

    for (int i = 0; i < nn_network_layers(net); i++) {
        const struct nn_layer_info layer = nn_network_layer(net, i);

        json_array_append_new(layers, json_pack("{s:s, s:o, s:I, s:I}", "layer", layer.text,
                                                "output", output_json(layer.out), "parameters",
                                                (json_int_t)layer.parameters, "multiply_adds",
                                                (json_int_t)layer.multiply_adds));
    }
    return json_pack("{s:o, s:o, s:I, s:I, s:I}", "input", output_json(nn_network_input(net)),
                     "layers", layers, "parameters", (json_int_t)nn_network_parameters(net),
                     "statistics", (json_int_t)statistics_of(net), "multiply_adds",
                     (json_int_t)nn_network_multiply_adds(net));
}
