/* oneDNN's own primitives (Debian's libdnnl-dev, version 2) for the layers that kernels.c measures:
 * bare, with blocked formats of their own choice and no reorders. */
#include "kernels.h"

#include <stddef.h>

#if __has_include(<dnnl.h>)
#include <dnnl.h>
#include <stdio.h>
#include <stdlib.h>

enum { MAX_ARGUMENTS = 4 };

struct primitive {
    dnnl_primitive_t primitive;
    dnnl_exec_arg_t argument[MAX_ARGUMENTS];
    int arguments;
};

struct onednn {
    dnnl_engine_t engine;
    dnnl_stream_t stream;
    struct primitive task[TASKS];
};

/* Of the OpenMP library that oneDNN brings along. */
extern void omp_set_num_threads(int) __attribute__((weak));

static void check(dnnl_status_t status, const char *call)
{
    if (status == dnnl_success)
        return;
    fprintf(stderr, "oneDNN: %s: status %d\n", call, (int)status);
    exit(1);
}
#define CHECK(call) check(call, #call)

static dnnl_memory_desc_t describe(int dims, int a, int b, int c, int d, dnnl_format_tag_t format)
{
    dnnl_memory_desc_t desc;

    CHECK(dnnl_memory_desc_init_by_tag(&desc, dims, (dnnl_dims_t){a, b, c, d}, dnnl_f32, format));
    return desc;
}

/* Memory of the format that the primitive chose, filled with small numbers. */
static void add_argument(struct onednn *o, struct primitive *p, const_dnnl_primitive_desc_t chosen,
                         int number)
{
    const dnnl_memory_desc_t *desc =
        dnnl_primitive_desc_query_md(chosen, dnnl_query_exec_arg_md, number);
    dnnl_memory_t memory;
    void *data;

    CHECK(dnnl_memory_create(&memory, desc, o->engine, DNNL_MEMORY_ALLOCATE));
    CHECK(dnnl_memory_get_data_handle(memory, &data));
    for (size_t i = 0; i < dnnl_memory_desc_get_size(desc) / sizeof(float); i++)
        ((float *)data)[i] = (float)(i % 17) * 0.0625f - 0.5f;
    p->argument[p->arguments++] = (dnnl_exec_arg_t){number, memory};
}

static dnnl_primitive_desc_t choose(const struct onednn *o, const_dnnl_op_desc_t op,
                                    const_dnnl_primitive_desc_t hint)
{
    dnnl_primitive_desc_t desc;

    CHECK(dnnl_primitive_desc_create(&desc, op, NULL, o->engine, hint));
    return desc;
}

/* The three tasks of a layer as oneDNN has them. */
struct operations {
    dnnl_primitive_desc_t task[TASKS];
};

static struct operations convolution(const struct onednn *o, const struct problem *p)
{
    const dnnl_memory_desc_t x = describe(4, p->batch, p->c, p->h, p->w, dnnl_format_tag_any);
    const dnnl_memory_desc_t w = describe(4, p->outputs, p->c, p->kh, p->kw, dnnl_format_tag_any);
    const dnnl_memory_desc_t bias = describe(1, p->outputs, 0, 0, 0, dnnl_a);
    const dnnl_memory_desc_t y =
        describe(4, p->batch, p->outputs, p->out_h, p->out_w, dnnl_format_tag_any);
    const dnnl_dims_t stride = {p->stride, p->stride}, pad = {p->pad, p->pad};
    /* The far side that the last window leaves out is padding below zero. */
    const dnnl_dims_t far = {(p->out_h - 1) * p->stride + p->kh - p->h - p->pad,
                             (p->out_w - 1) * p->stride + p->kw - p->w - p->pad};
    const dnnl_alg_kind_t direct = dnnl_convolution_direct;
    dnnl_convolution_desc_t desc;
    struct operations ops;

    CHECK(dnnl_convolution_forward_desc_init(&desc, dnnl_forward_training, direct, &x, &w, &bias,
                                             &y, stride, pad, far));
    ops.task[FORWARD] = choose(o, &desc, NULL);
    CHECK(dnnl_convolution_backward_data_desc_init(&desc, direct, &x, &w, &y, stride, pad, far));
    ops.task[INPUT_GRADIENT] = choose(o, &desc, ops.task[FORWARD]);
    CHECK(dnnl_convolution_backward_weights_desc_init(&desc, direct, &x, &w, &bias, &y, stride, pad,
                                                      far));
    ops.task[WEIGHT_GRADIENT] = choose(o, &desc, ops.task[FORWARD]);
    return ops;
}

static struct operations linear(const struct onednn *o, const struct problem *p)
{
    const dnnl_memory_desc_t x = describe(2, p->batch, p->c, 0, 0, dnnl_format_tag_any);
    const dnnl_memory_desc_t w = describe(2, p->outputs, p->c, 0, 0, dnnl_format_tag_any);
    const dnnl_memory_desc_t bias = describe(1, p->outputs, 0, 0, 0, dnnl_a);
    const dnnl_memory_desc_t y = describe(2, p->batch, p->outputs, 0, 0, dnnl_format_tag_any);
    dnnl_inner_product_desc_t desc;
    struct operations ops;

    CHECK(dnnl_inner_product_forward_desc_init(&desc, dnnl_forward_training, &x, &w, &bias, &y));
    ops.task[FORWARD] = choose(o, &desc, NULL);
    CHECK(dnnl_inner_product_backward_data_desc_init(&desc, &x, &w, &y));
    ops.task[INPUT_GRADIENT] = choose(o, &desc, ops.task[FORWARD]);
    CHECK(dnnl_inner_product_backward_weights_desc_init(&desc, &x, &w, &bias, &y));
    ops.task[WEIGHT_GRADIENT] = choose(o, &desc, ops.task[FORWARD]);
    return ops;
}

struct onednn *onednn_new(const struct problem *problem, int avx2_at_most)
{
    static const int arguments[TASKS][MAX_ARGUMENTS] = {
        {DNNL_ARG_SRC, DNNL_ARG_WEIGHTS, DNNL_ARG_BIAS, DNNL_ARG_DST},
        {DNNL_ARG_DIFF_DST, DNNL_ARG_WEIGHTS, DNNL_ARG_DIFF_SRC},
        {DNNL_ARG_SRC, DNNL_ARG_DIFF_DST, DNNL_ARG_DIFF_WEIGHTS, DNNL_ARG_DIFF_BIAS},
    };
    struct onednn *o = calloc(1, sizeof *o);
    struct operations ops;

    if (!o)
        abort();
    /* Refused from the second layer on, when it was said already. */
    if (avx2_at_most)
        (void)dnnl_set_max_cpu_isa(dnnl_cpu_isa_avx2);
    if (omp_set_num_threads)
        omp_set_num_threads(1);
    CHECK(dnnl_engine_create(&o->engine, dnnl_cpu, 0));
    CHECK(dnnl_stream_create(&o->stream, o->engine, dnnl_stream_default_flags));
    ops = problem->kh ? convolution(o, problem) : linear(o, problem);
    for (int t = 0; t < TASKS; t++) {
        CHECK(dnnl_primitive_create(&o->task[t].primitive, ops.task[t]));
        for (int i = 0; i < MAX_ARGUMENTS && arguments[t][i]; i++)
            add_argument(o, &o->task[t], ops.task[t], arguments[t][i]);
        CHECK(dnnl_primitive_desc_destroy(ops.task[t]));
    }
    return o;
}

void onednn_run(struct onednn *o, enum task task)
{
    const struct primitive *p = &o->task[task];

    CHECK(dnnl_primitive_execute(p->primitive, o->stream, p->arguments, p->argument));
    CHECK(dnnl_stream_wait(o->stream));
}

void onednn_free(struct onednn *o)
{
    for (int t = 0; o && t < TASKS; t++) {
        for (int i = 0; i < o->task[t].arguments; i++)
            CHECK(dnnl_memory_destroy(o->task[t].argument[i].memory));
        CHECK(dnnl_primitive_destroy(o->task[t].primitive));
    }
    if (o) {
        CHECK(dnnl_stream_destroy(o->stream));
        CHECK(dnnl_engine_destroy(o->engine));
    }
    free(o);
}

#else

struct onednn *onednn_new(const struct problem *problem, int avx2_at_most)
{
    (void)problem;
    (void)avx2_at_most;
    return NULL;
}

void onednn_run(struct onednn *o, enum task task)
{
    (void)o;
    (void)task;
}

void onednn_free(struct onednn *o)
{
    (void)o;
}

#endif
