/* Shows a data set: tensors, class counts, pixel statistics, pictures. */
#include "cmd/cli/progress.h"
#include "cmd/cli/say.h"
#include "pipeline/dataset/data_stats.h"
#include "pipeline/predict/augmented.h"
#include "show_rows.h"

#include <stdio.h>
#include <stdlib.h>

/* Figures of a data set, gathered before it is shown. */
struct look {
    struct show *show;
    struct dataset data;
    struct predicted predicted;
    bool has_predicted; /* --pred or --model */
    struct ranking ranking;
    struct data_stats stats;
    struct dataset_chunk picked;
    float *probabilities;
    struct why *why; /* [picked.count] */
    int *order;
};

/* ---- Gathering ---- */

static int open_all(struct look *look, struct err *err)
{
    struct show *show = look->show;

    if (dataset_open(&look->data, show->path, &show->inputs, "data", err))
        return -1;
    look->has_predicted = show->pred || show->models.count > 0;
    if (look->has_predicted && predicted_open(&look->predicted, show->path, &look->data, show->pred,
                                              (char *const *)show->models.items, show->models.count,
                                              (int)common.threads, &show->inputs, err))
        return -1;
    return outputs_refuse_inputs(&show->inputs, err);
}

/* Picks the rows that rank first, by a pass over all. */
static int pick_ranked(struct look *look, struct err *err)
{
    struct show *show = look->show;
    struct ranking *ranking = &look->ranking;
    int64_t numbers[RANKING_MOST];

    if (show->mistakes && !look->data.info.has_labels)
        return err_set(err, EX_DATAERR,
                       "%s: it has no labels, and without them nobody knows what is a mistake; "
                       "--unsure works without",
                       show->name);
    ranking->most = (int)(show->mistakes ? show->mistakes : show->unsure);
    progress_begin("predicting", "rows", look->data.n);
    if (predicted_rank(&look->predicted, show->mistakes ? RANK_MISTAKES : RANK_UNSURE, ranking,
                       progress_update, err))
        return -1;
    progress_end();
    for (int i = 0; i < ranking->count; i++)
        numbers[i] = ranking->list[i].row;
    return picks_numbers(&show->picks, numbers, ranking->count, err);
}

static int choose_rows(struct look *look, struct err *err)
{
    struct show *show = look->show;

    if (show->mistakes || show->unsure)
        return pick_ranked(look, err);
    return show->rows ? 0 : picks_first(&show->picks, SHOW_ROWS, err);
}

/* Reads the figures of all rows, and the picked ones, in one pass. */
static int read_all(struct look *look, struct err *err)
{
    enum { BYTES = 4 << 20 };
    struct picks *picks = &look->show->picks;
    struct dataset_chunk chunk = {0};
    int got;

    if (picks_begin(picks, look->show->name, look->data.n, err) ||
        picks_dataset_room(picks, &look->data, &look->picked, err) ||
        data_stats_init(&look->stats, &look->data.info, err))
        return -1;
    progress_begin("reading", "rows", look->data.n);
    got = dataset_chunk_init(&chunk, &look->data, dataset_rows_in(&look->data.info, BYTES), err);
    while (got >= 0 && (got = dataset_next(&look->data, &chunk, err)) > 0) {
        picks_from_dataset(picks, &look->data, &chunk, &look->picked);
        data_stats_add(&look->stats, &look->data.info, &chunk);
        progress_update(look->stats.rows);
    }
    progress_end();
    dataset_chunk_free(&chunk);
    return got ? got : picks_end(picks, look->show->name, look->data.last_row, err);
}

static int change_rows(struct look *look, struct err *err)
{
    const struct show *show = look->show;

    if (show->normalize && normalized_rows(&look->picked, &look->data.info, &show->view, err))
        return -1;
    return show->changes ? augmented_rows(&look->picked, &look->data.info, &show->augment,
                                          (uint64_t)show->seed, (int)show->epochs, err)
                         : 0;
}

/* Orders them as they were requested, or as they rank. */
static int order_rows(struct look *look, struct err *err)
{
    const int count = (int)look->picked.count;

    look->order = calloc((size_t)count + 1, sizeof *look->order);
    if (!look->order)
        return err_memory(err, "the rows' order", 0);
    if (look->ranking.count == 0 && !look->show->changes)
        return picks_order(&look->show->picks, look->picked.rows, count, look->order, err);
    for (int i = 0; i < count; i++) {
        look->order[i] = i;
        for (int k = 0; k < count && look->ranking.count > 0; k++)
            if (look->picked.rows[k] == look->ranking.list[i].row)
                look->order[i] = k;
    }
    return 0;
}

static int explain_rows(struct look *look, struct err *err)
{
    int result;

    look->why = calloc((size_t)look->picked.count + 1, sizeof *look->why);
    if (!look->why)
        return err_memory(err, "maps", 0);
    progress_begin("covering", "pictures", look->picked.count);
    result =
        why_maps(&look->predicted.ensemble, &look->picked, NULL, look->why, progress_update, err);
    progress_end();
    return result;
}

static int gather(struct look *look, struct err *err)
{
    if (open_all(look, err) || choose_rows(look, err) || read_all(look, err) ||
        change_rows(look, err) || order_rows(look, err))
        return -1;
    if (look->has_predicted &&
        predicted_rows(&look->predicted, &look->picked, &look->probabilities, err))
        return -1;
    return look->show->why ? explain_rows(look, err) : 0;
}

static void free_all(struct look *look)
{
    free(look->order);
    free(look->probabilities);
    why_free(look->why, look->picked.count);
    free(look->why);
    dataset_chunk_free(&look->picked);
    data_stats_free(&look->stats);
    predicted_close(&look->predicted);
    dataset_close(&look->data);
}

/* ---- Showing ---- */

static struct class_list classes_of(const struct look *look)
{
    const struct dataset_info *info = &look->data.info;

    if (look->has_predicted)
        return (struct class_list){look->predicted.class_spellings, look->predicted.class_names,
                                   look->predicted.classes, !look->show->terminal.utf8};
    return (struct class_list){info->classes, info->class_names, info->class_count,
                               !look->show->terminal.utf8};
}

static void print_head(const struct look *look)
{
    const struct dataset_info *info = &look->data.info;

    print_clean(look->show->name);
    printf(": dataset/1, %lld row%s of %dx%dx%d pixels, ", (long long)look->data.n,
           plural(look->data.n), info->c, info->h, info->w);
    if (info->class_count)
        printf("%d classes%s", info->class_count, info->has_labels ? "" : ", no labels");
    else
        printf("no labels");
    printf("\nfrom ");
    print_clean(info->source);
    printf(" (%lld bytes)%s\n\n", (long long)info->source_bytes,
           info->transposed ? ", transposed" : "");
}

static void print_pixels(const struct look *look)
{
    const struct data_stats *s = &look->stats;

    if (s->rows == 0)
        return;
    printf("\npixels: mean %.5g, standard deviation %.5g, from %.5g to %.5g\n",
           data_stats_mean(s, -1), data_stats_std(s, -1), data_stats_min(s, -1),
           data_stats_max(s, -1));
    for (int c = 0; c < s->channels && s->channels > 1 && s->channels <= 8; c++)
        printf("  channel %d: mean %.5g, standard deviation %.5g, from %.5g to %.5g\n", c,
               data_stats_mean(s, c), data_stats_std(s, c), data_stats_min(s, c),
               data_stats_max(s, c));
}

static void print_choice(const struct look *look)
{
    const struct show *show = look->show;
    const int shown = (int)look->picked.count;

    print_missing(&show->picks);
    if (show->mistakes)
        printf(shown ? "\nthe %d surest mistakes, predicted (truth)\n\n" : "\nno mistakes\n",
               shown);
    else if (show->unsure)
        printf("\nthe %d least sure rows, predicted%s\n\n", shown,
               look->data.info.has_labels ? " (truth)" : "");
    else if (look->has_predicted)
        printf("\npredicted%s\n\n", look->data.info.has_labels ? " (truth)" : "");
    else
        putchar('\n');
    if (show->why) {
        const bool colour = show->terminal.colour;

        printf("below each picture: where covering it lowers the predicted class's probability%s\n",
               colour ? " (orange)\nor raises it (blue)" : "");
        if (shown > 0 && look->why[0].activation)
            printf("below that, the network's own map: what adds to the class%s\n",
                   colour ? " (orange) or takes from it (blue)" : "");
        printf("the last number is the most that it falls, in percentage points\n\n");
    }
}

static json_t *pixels_json(const struct data_stats *s, int channel)
{
    return json_pack("{s:f, s:f, s:f, s:f}", "mean", data_stats_mean(s, channel), "std",
                     data_stats_std(s, channel), "min", data_stats_min(s, channel), "max",
                     data_stats_max(s, channel));
}

static json_t *summary_of(const struct look *look, const struct shown_rows *shown)
{
    const struct dataset_info *info = &look->data.info;
    json_t *channels = json_array();
    const struct class_list classes = {info->classes, info->class_names, info->class_count, false};

    for (int c = 0; c < look->stats.channels; c++)
        json_array_append_new(channels, pixels_json(&look->stats, c));
    return json_pack("{s:s, s:s, s:s, s:I, s:[i, i, i], s:s, s:I, s:o, s:o, s:o, s:o, s:o}", "kind",
                     "dataset/1", "digest", tensor_file_digest(look->data.file), "source",
                     info->source, "source_bytes", (json_int_t)info->source_bytes, "shape", info->c,
                     info->h, info->w, "dtype", dtype_name(info->pixel), "rows",
                     (json_int_t)look->data.n, "tensors", tensors_json(look->data.file), "classes",
                     info->has_labels ? class_counts_json(&classes, look->stats.class_rows)
                                      : json_null(),
                     "pixels", pixels_json(&look->stats, -1), "channels", channels, "picked",
                     rows_json(shown, look->show->values));
}

static int show_all(struct look *look, struct err *err)
{
    struct show *show = look->show;
    const struct dataset_info *info = &look->data.info;
    const struct class_list classes = classes_of(look);
    const struct shown_rows shown = {info,
                                     &look->picked,
                                     look->probabilities,
                                     classes,
                                     look->order,
                                     picture_range(info->pixel, data_stats_min(&look->stats, -1),
                                                   data_stats_max(&look->stats, -1)),
                                     look->why,
                                     show->changes ? (int)show->epochs : 0};

    print_head(look);
    print_tensors(look->data.file);
    if (info->has_labels) {
        putchar('\n');
        if (print_class_counts(&show->terminal, &classes, look->stats.class_rows, err))
            return -1;
    }
    print_pixels(look);
    print_choice(look);
    if (show->values)
        rows_print_values(&shown);
    else if (rows_draw(&shown, &show->terminal, err))
        return -1;
    if (show->png && rows_write_png(&shown, show->png, &show->inputs, err))
        return -1;
    if (!common.json) /* with --values it is large */
        return 0;
    show->summary = summary_of(look, &shown);
    return show->summary ? 0 : err_memory(err, "the summary", 0);
}

int show_dataset(struct show *show, struct err *err)
{
    struct look look = {.show = show};
    const int result = gather(&look, err) ? -1 : show_all(&look, err);

    free_all(&look);
    return result;
}
