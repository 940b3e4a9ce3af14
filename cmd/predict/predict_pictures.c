/* Predictions of a person's own pictures: what was done to them, what the network sees, and the
 * classes' probabilities. */
#include "predict_pictures.h"

#include "cmd/cli/options.h"
#include "cmd/cli/progress.h"
#include "cmd/cli/say.h"
#include "cmd/terminal/bars.h"
#include "cmd/terminal/class_text.h"
#include "cmd/terminal/draw.h"
#include "pipeline/csv/put.h"
#include "pipeline/dataset/predictions.h"
#include "pipeline/predict/metrics.h"
#include "pipeline/predict/own_pictures.h"
#include "pipeline/predict/tta.h"
#include "predict_models.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FEW = 10 }; /* pictures of which all is shown; of more each has a line */

/* All that is open during a run. */
struct run {
    const struct own_request *request;
    struct inputs inputs;
    struct own_pictures own;
    struct dataset_chunk chunk;
    struct nn_pool *pool;
    struct ensemble ensemble;
    struct tta tta;
    struct predictions_writer writer;
    struct output *csv;
    struct terminal terminal;
    struct class_list classes;
    int counts[PREPARED_EMPTY + 1], turned_over, odd; /* pictures so far */
    json_t *list;                                     /* of --json */
};

/* ---- Opening ---- */

/* Opens the models, and the pictures, which are prepared like the first one's. */
static int open_inputs(struct run *run, struct err *err)
{
    const struct own_request *r = run->request;
    struct ensemble *e = &run->ensemble;
    const struct model *first;

    if (ensemble_load(e, r->models, r->model_count, &run->inputs, err))
        return -1;
    ensemble_set_precision(e, r->precision);
    first = &e->models[0];
    if (own_pictures_open(&run->own, r->pictures, r->picture_count, first, r->plain, &run->inputs,
                          err) ||
        ensemble_begin(e, r->pictures[0], &run->own.info, run->pool, err) ||
        ensemble_move(e, r->device, err))
        return -1;
    if (models_weigh(e, r->weights_file, r->weights, err))
        return -1;
    run->classes = (struct class_list){first->data.classes, first->data.class_names, e->classes,
                                       !run->terminal.utf8};
    return r->views ? tta_init(&run->tta, e, (enum tta_views)r->views, r->tta_below, err) : 0;
}

static int open_outputs(struct run *run, struct err *err)
{
    const struct own_request *r = run->request;

    if (r->output && tensor_writer_open(&run->writer.file, r->output, err))
        return -1;
    return r->csv ? output_open(&run->csv, r->csv, err) : 0;
}

static int open_all(struct run *run, struct err *err)
{
    const struct own_request *r = run->request;

    run->terminal = terminal_find();
    run->list = json_array();
    run->pool = nn_pool_new((int)common.threads);
    if (!run->pool || !run->list)
        return err_memory(err, "the threads", 0);
    if (open_outputs(run, err) || open_inputs(run, err) ||
        outputs_refuse_inputs(&run->inputs, err) ||
        own_pictures_room(&run->own, &run->chunk, run->ensemble.room, err))
        return -1;
    return r->output ? predictions_writer_init(&run->writer, run->writer.file, &run->own.info,
                                               run->ensemble.classes, err)
                     : 0;
}

/* ---- One picture ---- */

static const float *probabilities_at(const struct run *run, int64_t row)
{
    return run->ensemble.mean + row * run->ensemble.classes;
}

static void say_done(const struct own_picture *picture, const struct run *run)
{
    struct strbuf text = {0};

    prepared_text(&picture->done, &run->own.preparer, &text);
    say_folded("%s: %s", picture->path, strbuf_shown(&text));
    strbuf_free(&text);
}

/* Says, of one of many pictures, what is odd, as long as these are few. */
static void say_odd(const struct own_picture *picture, struct run *run)
{
    struct strbuf text = {0};

    if (!odd_any(&picture->done.odd) || run->odd++ >= FEW)
        return;
    odd_text(&picture->done.odd, &text);
    say_folded("%s: %s", picture->path, strbuf_shown(&text) + strlen("; "));
    strbuf_free(&text);
}

/* Draws what the network sees. */
static int draw(const struct run *run, int64_t row, struct err *err)
{
    const struct data_range *pixels = &run->own.info.pixels;
    struct captioned one = {.title = NULL};
    int result;

    if (picture_of_row(&one.picture, &run->own.info,
                       ensemble_images(&run->ensemble, 0, &run->chunk), row,
                       picture_range(DTYPE_F32, pixels->min, pixels->max), err))
        return -1;
    one.title = strdup("");
    result =
        one.title ? draw_pictures(&run->terminal, &one, 1, err) : err_memory(err, "a picture", 0);
    free(one.title);
    picture_free(&one.picture);
    return result;
}

static int print_bars_of(const struct run *run, const float *p, struct err *err)
{
    const int count = run->ensemble.classes;
    const float least = 0.00005f; /* below it the bar would say more than the number */
    struct bar *bars = calloc((size_t)count, sizeof *bars);
    char(*labels)[CLASS_TEXT] = calloc((size_t)count, sizeof *labels);
    const bool failed = !bars || !labels;

    for (int k = 0; k < count && !failed; k++) {
        bars[k] = (struct bar){.label = class_text(&run->classes, k, true, labels[k]),
                               .value = p[k] < least ? 0 : (double)p[k]};
        snprintf(bars[k].text, sizeof bars[k].text, "%.4f", (double)p[k]);
    }
    if (!failed)
        print_bars(&run->terminal, bars, count, bars_across(&run->terminal, 2 * count), 1);
    free(bars);
    free(labels);
    return failed ? err_memory(err, "the classes' bars", 0) : 0;
}

static int print_one(const struct run *run, const struct own_picture *picture, int64_t row,
                     struct err *err)
{
    const bool few = run->own.count <= FEW;
    const float *p = probabilities_at(run, row);
    const int k = metrics_largest(p, run->ensemble.classes);
    char text[CLASS_TEXT];

    print_clean(picture->path);
    printf(": ");
    print_clean(class_text(&run->classes, k, true, text));
    printf(", %.2f %%\n", 100 * (double)p[k]);
    if ((run->request->show || (few && isatty(STDOUT_FILENO))) && draw(run, row, err))
        return -1;
    return few ? print_bars_of(run, p, err) : 0;
}

/* ---- The outputs ---- */

static int put_csv_head(struct run *run, struct err *err)
{
    if (!run->csv)
        return 0;
    if (output_printf(run->csv, err, "picture,predicted,probability"))
        return -1;
    for (int k = 0; k < run->classes.count; k++)
        if (output_write(run->csv, ",", 1, err) ||
            csv_put_field(run->csv, run->classes.spellings[k], strlen(run->classes.spellings[k]),
                          err))
            return -1;
    return output_write(run->csv, "\n", 1, err);
}

static int put_csv(struct run *run, const struct own_picture *picture, const float *p,
                   struct err *err)
{
    const int k = metrics_largest(p, run->classes.count);
    const char *class = run->classes.spellings[k];

    if (!run->csv)
        return 0;
    if (csv_put_field(run->csv, picture->path, strlen(picture->path), err) ||
        output_write(run->csv, ",", 1, err) || csv_put_field(run->csv, class, strlen(class), err) ||
        output_printf(run->csv, err, ",%.9g", (double)p[k]))
        return -1;
    for (int i = 0; i < run->classes.count; i++)
        if (output_printf(run->csv, err, ",%.9g", (double)p[i]))
            return -1;
    return output_write(run->csv, "\n", 1, err);
}

static int add_json(struct run *run, const struct own_picture *picture, const float *p,
                    struct err *err)
{
    const int k = metrics_largest(p, run->classes.count);
    json_t *all = json_array(), *one;
    struct strbuf done = {0};

    for (int i = 0; i < run->classes.count; i++)
        json_array_append_new(all, json_real((double)p[i]));
    prepared_text(&picture->done, &run->own.preparer, &done);
    one = json_pack("{s:s, s:s, s:b, s:s, s:f, s:o}", "picture", picture->path, "prepared",
                    strbuf_text(&done), "framed", picture->done.as == PREPARED_FRAMED, "predicted",
                    run->classes.spellings[k], "probability", (double)p[k], "probabilities", all);
    strbuf_free(&done);
    return json_array_append_new(run->list, one) ? err_memory(err, "the summary", 0) : 0;
}

static int take(struct run *run, int64_t row, struct err *err)
{
    const struct own_picture *picture = &run->own.list[run->chunk.rows[row] - 1];
    const float *p = probabilities_at(run, row);

    run->counts[picture->done.as]++;
    run->turned_over += picture->done.turned_over;
    if (run->own.count <= FEW)
        say_done(picture, run);
    else
        say_odd(picture, run);
    return print_one(run, picture, row, err) || put_csv(run, picture, p, err) ||
                   (common.json && add_json(run, picture, p, err))
               ? -1
               : 0;
}

static int predict_all(struct run *run, struct err *err)
{
    int got;

    progress_begin("predicting", "pictures", run->own.count);
    if (put_csv_head(run, err))
        return -1;
    while ((got = own_pictures_next(&run->own, &run->chunk, err)) > 0) {
        if (ensemble_predict(&run->ensemble, &run->chunk, err) ||
            (run->request->views && tta_predict(&run->tta, &run->chunk, err)) ||
            (run->request->output &&
             predictions_writer_append(&run->writer, &run->chunk, run->ensemble.mean, err)))
            return -1;
        for (int64_t row = 0; row < run->chunk.count; row++)
            if (take(run, row, err))
                return -1;
        progress_update(run->own.next);
    }
    progress_end();
    return got;
}

/* ---- The end ---- */

/* Says, of many pictures, what was done to how many. */
static void say_counts_done(const struct run *run)
{
    static const char *const what[] = {
        [PREPARED_FRAMED] = "framed like the training pictures",
        [PREPARED_ALIKE] = "framed like them already",
        [PREPARED_REQUESTED] = "of which only the size and colours were adapted (--as-is)",
        [PREPARED_UNKNOWN] = "of which only the size was adapted: the model records no framing",
        [PREPARED_UNLIKE] = "of which only the size and colours were adapted",
        [PREPARED_NO_GROUND] = "of which nothing was cut out: their border is no plain ground",
        [PREPARED_EMPTY] = "with nothing on them",
    };

    if (run->own.count <= FEW)
        return;
    if (run->odd > FEW)
        say("and of %d more pictures such things (--json FILE has them)", run->odd - FEW);
    for (size_t i = 0; i < sizeof what / sizeof *what; i++)
        if (run->counts[i])
            say("%d of %d pictures %s", run->counts[i], run->own.count, what[i]);
    if (run->turned_over)
        say("%d of %d turned over, bright to dark", run->turned_over, run->own.count);
}

static int commit_predictions(struct run *run, struct err *err)
{
    const struct own_request *r = run->request;
    json_t *models = models_digests(&run->ensemble);
    json_t *settings = models_options(&run->ensemble, r->weights, r->views ? &run->tta : NULL);
    int result = -1;

    if (!models || json_object_set_new(settings, "as_is", json_boolean(r->plain)))
        err_memory(err, "the options", 0);
    else
        result = predictions_writer_prepare(&run->writer, &run->own.info, run->ensemble.classes,
                                            run->classes.spellings, run->classes.names, models,
                                            run->own.digest, settings, &run->inputs, err);
    json_decref(models);
    json_decref(settings);
    return result ? -1 : tensor_writers_place(&run->writer.file, 1, &run->inputs, err);
}

static int finish(struct run *run, struct err *err)
{
    if ((run->request->output && commit_predictions(run, err)) ||
        (run->csv && output_commit(run->csv, &run->inputs, err)))
        return -1;
    say_counts_done(run);
    say_models(&run->ensemble);
    json_decref(say_mirror_hint(&run->ensemble, run->request->views));
    return 0;
}

static int summarize(const struct run *run)
{
    const int status = end_of_printing();
    json_t *models;

    if (status)
        return status;
    models = json_array();
    for (int m = 0; m < run->ensemble.count; m++)
        json_array_append_new(models, model_summary(&run->ensemble, m));
    return write_summary(json_pack("{s:O, s:o}", "pictures", run->list, "models", models), NULL);
}

static void close_all(struct run *run)
{
    predictions_writer_close(&run->writer);
    output_close(run->csv);
    tta_free(&run->tta);
    ensemble_close(&run->ensemble);
    nn_pool_free(run->pool);
    dataset_chunk_free(&run->chunk);
    inputs_free(&run->inputs);
    own_pictures_close(&run->own);
    json_decref(run->list);
}

int predict_pictures(const struct own_request *request)
{
    struct run run = {.request = request};
    struct err err;
    int status;

    if (open_all(&run, &err) || predict_all(&run, &err) || finish(&run, &err))
        status = fail(&err);
    else
        status = summarize(&run);
    close_all(&run);
    return status;
}
