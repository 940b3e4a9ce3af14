/* Shows a checkpoint: where the training stopped, and by which settings. */
#include "pipeline/base/figures.h"
#include "pipeline/fit/checkpoint.h"
#include "pipeline/fit/keep.h"
#include "show.h"
#include "show_training.h"

#include <stdio.h>

static void print_state(const struct checkpoint_info *info)
{
    const struct nn_progress *p = &info->progress;
    char share[SHARE_TEXT];

    printf("stopped in epoch %d after %lld batch%s (%lld picture%s), %lld update%s in all\n",
           p->epoch, (long long)p->step, p->step == 1 ? "" : "es", (long long)p->rows,
           plural(p->rows), info->updates, plural(info->updates));
    if (p->rows > 0 && p->weight > 0)
        printf("of that epoch: loss %.4f, accuracy %s %%, learning rate %g\n", p->loss / p->weight,
               percent_text((double)p->correct / (double)p->rows, 2, share), p->lr);
    if (info->best_epoch)
        printf("best epoch %d, validation %s %.4f\n", info->best_epoch,
               keep_figures[keep_recorded(info->settings)].name, info->best_figure);
    putchar('\n');
}

static json_t *summary_of(const struct checkpoint_info *info, const struct tensor_file *file)
{
    const struct nn_progress *p = &info->progress;
    const char *figure = keep_figures[keep_recorded(info->settings)].key;
    json_t *best = info->best_epoch ? json_pack("{s:i, s+:f}", "epoch", info->best_epoch, "val_",
                                                figure, info->best_figure)
                                    : json_null();

    return json_pack("{s:s, s:s, s:s, s:i, s:I, s:I, s:I, s:f, s:o, s:O, s:O, s:o}", "kind",
                     "checkpoint/1", "digest", tensor_file_digest(file), "architecture",
                     info->architecture, "epoch", p->epoch, "step", (json_int_t)p->step, "rows",
                     (json_int_t)p->rows, "updates", (json_int_t)info->updates, "lr", p->lr, "best",
                     best, "settings", info->settings, "epochs", info->epochs, "tensors",
                     tensors_json(file));
}

static int show_info(struct show *show, const struct checkpoint_info *info,
                     const struct tensor_file *file, struct err *err)
{
    print_clean(show->name);
    printf(": checkpoint/1\n");
    print_wrapped(&show->terminal, info->architecture);
    print_state(info);
    print_tensors(file);
    putchar('\n');
    if (print_settings(&show->terminal, info->settings, err))
        return -1;
    putchar('\n');
    print_epochs(info->epochs, info->best_epoch);
    if (print_curves(&show->terminal, &(struct training_record){.epochs = info->epochs}, err))
        return -1;
    show->summary = summary_of(info, file);
    return show->summary ? 0 : err_memory(err, "the summary", 0);
}

int show_checkpoint(struct show *show, struct err *err)
{
    struct checkpoint_info info = {0};
    struct tensor_file *file;
    int result = -1;

    if (tensor_file_open(&file, show->path, &show->inputs, "checkpoint", err))
        return -1;
    if (tensor_file_verify(file, err) == 0 && checkpoint_describe(&info, file, err) == 0)
        result = show_info(show, &info, file, err);
    checkpoint_info_free(&info);
    tensor_file_close(file);
    return result;
}
