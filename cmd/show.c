/* show: what is in a tensor file or a history, on one screen. */
#include "show.h"

#include "say.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct show show;

static const struct option_spec options[] = {
    {OPTION_TEXT, "rows", 0, "ROWS", &show.rows, 0, 0, NULL,
     "rows to show, by their number in the CSV: 1-10, or 3,17,20-25, or random:10[:SEED] (default "
     "the first ten)"},
    {OPTION_TEXT, "pred", 0, "FILE", &show.pred, 0, 0, NULL,
     "predictions of the data set shown: titles are predicted (truth), and mistakes are marked"},
    {OPTION_LIST, "model", 0, "FILE", &show.models, 0, 0, NULL,
     "the same by what this model predicts, or the mean of several"},
    {OPTION_INT, "mistakes", 0, "N", &show.mistakes, 1, RANKING_MOST, NULL,
     "the N surest mistakes in place of --rows"},
    {OPTION_INT, "unsure", 0, "N", &show.unsure, 1, RANKING_MOST, NULL,
     "the N rows predicted least surely in place of --rows"},
    {OPTION_FLAG, "values", 0, NULL, &show.values, 0, 0, NULL,
     "the pixels' numbers in place of pictures"},
    {OPTION_TEXT, "png", 0, "FILE", &show.png, 0, 0, NULL,
     "write the pictures as a contact sheet too"},
    {OPTION_TEXT, "npy", 0, "TENSOR", &show.npy, 0, 0, NULL,
     "nothing but this tensor, for NumPy, on standard output or into the file of -o"},
    {OPTION_TEXT, "output", 'o', "FILE", &show.output, 0, 0, NULL, "where --npy writes"},
    COMMON_OPTIONS,
};

static const struct command command = {
    .name = "show",
    .synopsis = "FILE [options]",
    .summary = "Shows what is in a data set, a model, predictions, a checkpoint, or a history of "
               "fit (also runs.jsonl): figures, pictures, curves.",
    .options = options,
    .min_operands = 1,
    .max_operands = 1,
    .example = "show part-val.st.zst --model a.model.st.zst --mistakes 10",
};

static int check_options(void)
{
    if (show.pred && show.models.count > 0)
        return usage_error("--pred and --model are two sources of predictions: give one");
    if (!!show.rows + !!show.mistakes + !!show.unsure > 1)
        return usage_error("--rows, --mistakes and --unsure each choose the rows: give one");
    if ((show.mistakes || show.unsure) && !show.pred && show.models.count == 0)
        return usage_error("--mistakes and --unsure need --pred or --model");
    if (show.output && !show.npy)
        return usage_error("-o says where --npy writes, and is of no use without");
    return -1;
}

int main(int argc, char **argv)
{
    char **operands;
    int count, status = options_parse(&command, argc, argv, &operands, &count);
    struct err err;

    if (status != -1 || (status = check_options()) != -1)
        return status;
    if (nn_kernels_choose(getenv("CSVNET_KERNELS")))
        return usage_error("CSVNET_KERNELS=%s: this processor has no such kernels",
                           getenv("CSVNET_KERNELS"));
    if (show.rows && picks_parse(&show.picks, show.rows, &err))
        return usage_error("--rows: %s", err.text);
    show.path = operands[0];
    show.terminal = terminal_find();
    status = show_dataset(&show, &err) ? fail(&err) : write_summary(show.summary);
    if (status == 0 && (fflush(stdout) || ferror(stdout))) {
        err_set(&err, EX_IOERR, "standard output: cannot be written: %s", strerror(errno));
        status = fail(&err);
    }
    json_decref(show.summary);
    picks_free(&show.picks);
    return status;
}
