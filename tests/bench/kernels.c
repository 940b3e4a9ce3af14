/* Speed of the products of the presets' layers, hot, on one thread, next to oneDNN's:
 *     kernels SECONDS FILE.net ...
 * For each layer with weights forward, the input's gradient and the weights' gradient of a batch;
 * SECONDS go to each layer, ours and oneDNN's in turn. Prints a table in Markdown; every figure is
 * a median. GFLOP/s count the layer's multiply-adds, whatever was computed. */
#include "kernels.h"
#include "nn/base/memory.h"
#include "nn/network/network.h"
#include "peak.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BATCH = 64, SHARDS = BATCH / SHARD, ROUNDS = 9, MAX_LAYERS = 64 };

static void *must(void *memory)
{
    if (!memory)
        abort();
    return memory;
}

/* ---- One layer by itself ---- */

static real *noise(size_t n)
{
    const struct nn_random random = {1, 0, 0};
    real *x = must(aligned_zeros((n + LANES) * sizeof(real)));

    for (size_t i = 0; i < n; i++)
        x[i] = (real)(nn_random_unit(&random, i) - 0.5);
    return x;
}

static struct grid make_grid(struct shape shape, int border, real **memory)
{
    struct grid grid = {.c = shape.c, .h = shape.h, .w = shape.w};

    grid.row = (ptrdiff_t)(shape.w + 2 * border) * shape.c;
    grid.picture = (shape.h + 2 * border) * grid.row;
    *memory = noise((size_t)(grid.picture * BATCH));
    grid.at = *memory + border * (grid.row + shape.c);
    return grid;
}

enum { GRIDS = 4 };
struct bench {
    struct node node;
    real *grid[GRIDS];
};

static struct bench make_bench(const struct layer *layer)
{
    struct bench b = {.node = {.layer = layer}};

    b.node.in = make_grid(layer->in, layer->border_in, &b.grid[0]);
    b.node.out = make_grid(layer->out, 0, &b.grid[1]);
    b.node.din = make_grid(layer->in, 0, &b.grid[2]);
    b.node.dout = make_grid(layer->out, layer->border_dout, &b.grid[3]);
    b.node.parameters = noise(layer->parameters);
    b.node.gradients = noise(layer->parameters);
    b.node.derived = noise(layer->derived.numbers);
    b.node.thread_scratch = must(aligned_zeros(layer->thread_bytes));
    b.node.shard_scratch = must(aligned_zeros(layer->shard_bytes * SHARDS));
    return b;
}

static void free_bench(struct bench *b)
{
    for (int i = 0; i < GRIDS; i++)
        free(b->grid[i]);
    free(b->node.parameters);
    free(b->node.gradients);
    free(b->node.derived);
    free(b->node.thread_scratch);
    free(b->node.shard_scratch);
}

static void each_shard(const struct bench *b, shard_function *run, bool input_gradient)
{
    const struct pass pass = {.training = true, .rows = BATCH};
    struct node node = b->node;

    if (!input_gradient)
        node.din.at = NULL;
    for (int i = 0; i < SHARDS; i++)
        run(&node, &pass, &(struct shard){i, i * SHARD, SHARD, i * SHARD, 0});
}

static void weight_gradients(const struct bench *b)
{
    const struct pass pass = {.training = true, .rows = BATCH};
    size_t begin, end;

    for (int i = 0; i < b->node.layer->blocks; i++)
        b->node.layer->type->weight_grad(&b->node, &pass, i, &begin, &end);
}

/* A layer's backward computes all that can be done shard by shard, so the input's gradient is the
 * time that it takes with it less that without. */
enum part { PART_FORWARD, PART_BACKWARD, PART_SHARDS, PART_WEIGHTS, PARTS };

static void run_part(const struct bench *b, enum part part)
{
    switch (part) {
    case PART_FORWARD:
        each_shard(b, b->node.layer->type->ops.forward, true);
        break;
    case PART_BACKWARD:
        each_shard(b, b->node.layer->type->ops.backward, true);
        break;
    case PART_SHARDS:
        each_shard(b, b->node.layer->type->ops.backward, false);
        break;
    default:
        weight_gradients(b);
    }
}

/* ---- Measuring ---- */

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return x < y ? -1 : x > y;
}

static double median(double *x)
{
    qsort(x, ROUNDS, sizeof *x, by_size);
    return x[ROUNDS / 2];
}

/* Seconds of one run, by as many as `budget` seconds hold. */
#define TIMED(budget, RUN, result)                                                                 \
    do {                                                                                           \
        const double begin_ = clock_now(CLOCK_THREAD_CPUTIME_ID);                                  \
        int runs_ = 0;                                                                             \
                                                                                                   \
        do {                                                                                       \
            RUN;                                                                                   \
            runs_++;                                                                               \
        } while (clock_now(CLOCK_THREAD_CPUTIME_ID) - begin_ < (budget));                          \
        *(result) = (clock_now(CLOCK_THREAD_CPUTIME_ID) - begin_) / runs_;                         \
    } while (0)

struct figures {
    double ours[TASKS], theirs[TASKS]; /* seconds */
    double peak;                       /* GFLOP/s */
};

static struct figures measure(const struct bench *b, struct onednn *onednn, double seconds)
{
    const double budget = seconds / ROUNDS / (PARTS + 1 + (onednn ? TASKS : 0));
    double ours[TASKS][ROUNDS], theirs[TASKS][ROUNDS], peak[ROUNDS], flops = 0;
    struct figures figures = {{0}, {0}, 0};

    for (int r = 0; r < ROUNDS; r++) {
        double part[PARTS];

        for (int p = 0; p < PARTS; p++)
            TIMED(budget, run_part(b, (enum part)p), &part[p]);
        ours[FORWARD][r] = part[PART_FORWARD];
        ours[INPUT_GRADIENT][r] = part[PART_BACKWARD] - part[PART_SHARDS];
        ours[WEIGHT_GRADIENT][r] = part[PART_SHARDS] + part[PART_WEIGHTS];
        for (int t = 0; onednn && t < TASKS; t++)
            TIMED(budget, onednn_run(onednn, (enum task)t), &theirs[t][r]);
        TIMED(budget, flops = peak_loop(), &peak[r]);
    }
    figures.peak = flops / median(peak) * 1e-9;
    for (int t = 0; t < TASKS; t++) {
        figures.ours[t] = median(ours[t]);
        figures.theirs[t] = onednn ? median(theirs[t]) : 0;
    }
    return figures;
}

static struct problem problem_of(const struct layer *layer, const char *words)
{
    struct problem p = {.batch = BATCH,
                        .c = shape_size(layer->in),
                        .h = 1,
                        .w = 1,
                        .outputs = layer->out.c,
                        .out_h = layer->out.h,
                        .out_w = layer->out.w};
    const char *option;

    if (sscanf(words, "conv %*d %dx%d", &p.kh, &p.kw) != 2)
        return p;
    p.c = layer->in.c;
    p.h = layer->in.h;
    p.w = layer->in.w;
    option = strstr(words, "stride ");
    p.stride = option ? (int)strtol(option + 7, NULL, 10) : 1;
    option = strstr(words, "pad ");
    p.pad = option ? (int)strtol(option + 4, NULL, 10) : 0;
    return p;
}

static void print_figures(const struct layer *layer, const char *name, const struct figures *f)
{
    static const char *const task[] = {"forward", "input gradient", "weight gradient"};
    const double work = 2e-9 * BATCH * (double)layer->multiply_adds;

    for (int t = 0; t < TASKS; t++) {
        if (t == INPUT_GRADIENT && layer->number == 0)
            continue; /* never computed */
        printf("| %s | %s | %.0f | ", name, task[t], work / f->ours[t]);
        if (f->peak > 0)
            printf("%.0f %%", 100 * work / f->ours[t] / f->peak);
        if (f->theirs[t] > 0)
            printf(" | %.0f | %.2f |\n", work / f->theirs[t], f->theirs[t] / f->ours[t]);
        else
            printf(" | | |\n");
    }
    fflush(stdout);
}

/* A layer of the same description on the same input was measured already. */
static bool seen(const char *name)
{
    static char names[MAX_LAYERS][128];
    static int count;

    for (int i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    if (count < MAX_LAYERS)
        snprintf(names[count++], sizeof *names, "%s", name);
    return false;
}

static void measure_layer(const struct layer *layer, double seconds)
{
    char words[80], name[128];
    struct problem problem;
    struct bench bench;
    struct onednn *onednn;
    struct figures figures;

    layer->type->describe(layer, words, sizeof words);
    snprintf(name, sizeof name, "%s on %dx%dx%d", words, layer->in.c, layer->in.h, layer->in.w);
    if (seen(name))
        return;
    problem = problem_of(layer, words);
    onednn = onednn_new(&problem, strcmp(nn_kernels_name(), "avx2") == 0);
    bench = make_bench(layer);
    figures = measure(&bench, onednn, seconds);
    print_figures(layer, name, &figures);
    free_bench(&bench);
    onednn_free(onednn);
}

/* ---- Networks ---- */

/* A preset's lines as one description. */
static void read_description(const char *path, char *text, size_t size)
{
    FILE *file = must(fopen(path, "r"));
    char line[256];
    size_t used = 0;

    while (fgets(line, sizeof line, file))
        if (line[0] != '#')
            used += (size_t)snprintf(text + used, size - used, "%s%.*s", used ? ", " : "",
                                     (int)strcspn(line, "\n"), line);
    fclose(file);
}

static void measure_network(const char *path, double seconds)
{
    char description[2000];
    struct nn_network *net;
    struct nn_error error;

    read_description(path, description, sizeof description);
    if (nn_network_new(&net, description, (struct nn_shape){1, 28, 28}, 10, &error)) {
        fprintf(stderr, "%s: %s\n", path, error.text);
        exit(1);
    }
    for (int i = 0; i < net->layers; i++)
        if (net->layer[i].type->weight_grad && net->layer[i].multiply_adds > 0)
            measure_layer(&net->layer[i], seconds);
    nn_network_free(net);
}

int main(int argc, char **argv)
{
    if (argc < 3 || nn_kernels_choose(getenv("CSVNET_KERNELS"))) {
        fprintf(stderr, "usage: kernels SECONDS FILE.net ...\n");
        return 64;
    }
    printf("One thread, batch %d, kernels %s.\n\n", BATCH, nn_kernels_name());
    printf("| layer | | GFLOP/s | of peak | oneDNN | ours / oneDNN |\n|---|---|---|---|---|---|\n");
    for (int i = 2; i < argc; i++)
        measure_network(argv[i], strtod(argv[1], NULL));
    return 0;
}
