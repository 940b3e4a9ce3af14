/* How much work the fits of a model are, before any was timed. */
#include "chain.h"

#include "nn/nn.h"
#include "pipeline/dataset/dataset.h"
#include "pipeline/model/recipe.h"

#include <limits.h>
#include <stdlib.h>

/* Epochs where none are given, as in fit; and what else a pixel takes, in multiply-adds of a layer:
 * about what `linear` takes longer than these say. */
enum { EPOCHS = 5, PIXEL = 30 };

/* Takes --epochs and the network of options, the last that are given, those of a recipe in its
 * place. */
static void look(const struct words *options, bool in_recipe, char **network, double *epochs)
{
    for (int i = 0; i < options->count; i++) {
        const char *value;
        const bool arch = words_option(options, i, "--arch", 'a', &value) > 0;
        const bool recipe =
            !arch && !in_recipe && words_option(options, i, "--recipe", 0, &value) > 0;
        struct recipe own = {0};
        struct err ignored;

        if (recipe && recipe_find(&own, value, &ignored) == 0)
            look(&(struct words){.list = (const char **)own.option, .count = own.options}, true,
                 network, epochs);
        if (arch || recipe) {
            free(*network);
            *network = network_of_option(arch ? "--arch" : "--recipe", value);
        } else if (words_option(options, i, "--epochs", 'e', &value)) {
            *epochs = strtod(value, NULL);
        }
        recipe_free(&own);
    }
}

int options_epochs(const struct words *options)
{
    double epochs = EPOCHS;
    char *network = NULL;

    look(options, false, &network, &epochs);
    free(network);
    return epochs >= 1 && epochs < INT_MAX ? (int)epochs : 1;
}

/* Returns the work of a fit with these options, in multiply-adds for a row; 0: its network cannot
 * be made. */
static double options_work(const char *options, struct nn_shape shape, int classes,
                           struct pool *pool)
{
    const struct words words = shell_words_of(options, pool);
    struct nn_network *net;
    struct nn_error fault;
    double epochs = EPOCHS, work = 0;
    char *network = network_of_option("--arch", "smallcnn");

    look(&words, false, &network, &epochs);
    if (network && nn_network_new(&net, network, shape, classes, &fault) == 0) {
        work = epochs * ((double)nn_network_multiply_adds(net) +
                         (double)PIXEL * shape.c * shape.h * shape.w);
        nn_network_free(net);
    }
    free(network);
    return work;
}

void models_work(struct chain *c, double *work)
{
    struct nn_shape shape = {1, 28, 28};
    struct dataset data;
    struct err ignored;
    double sum = 0;
    int classes = 10, known = 0;

    if (dataset_open(&data, c->ingested, NULL, "", &ignored) == 0) {
        shape = (struct nn_shape){data.info.c, data.info.h, data.info.w};
        classes = data.info.class_count > 0 ? data.info.class_count : classes;
        dataset_close(&data);
    }
    for (int m = 0; m < c->model_count; m++) {
        work[m] = options_work(c->models[m].options, shape, classes, &c->pool);
        sum += work[m];
        known += work[m] > 0;
    }
    for (int m = 0; m < c->model_count; m++)
        if (!(work[m] > 0))
            work[m] = known ? sum / known : 1;
}
