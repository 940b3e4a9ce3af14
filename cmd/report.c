/* report: one page that tells everything about a run. */
#include "pipeline/report/report.h"
#include "cmd/cli/choose_kernels.h"
#include "cmd/cli/options.h"
#include "cmd/cli/progress.h"
#include "cmd/cli/say.h"
#include "pipeline/files/output.h"
#include "pipeline/report/html.h"

#include <stdlib.h>
#include <string.h>

static const char *output, *title, *runs, *audit, *weights;
static bool map, why;
static struct option_list data, models, preds, histories, stages, tuned;

static const struct option_spec options[] = {
    OUTPUT("output", 'o', &output, "the page to write, HTML"),
    {OPTION_LIST, "data", 0, "NAME=DATA", &data, 0, 0, NULL,
     "a data set, shown under that name: training, validation, test"},
    {OPTION_LIST, "model", 0, "MODEL", &models, 0, 0, NULL, "a model; its file's name is shown"},
    {OPTION_LIST, "pred", 0, "NAME=PRED", &preds, 0, 0, NULL,
     "predictions of the data of that name; those given first that have labels are the headline, "
     "several of one data set are shown side by side"},
    {OPTION_LIST, "history", 0, "FILE", &histories, 0, 0, NULL,
     "what fit --history wrote of one of the models: seconds, and curves by batch"},
    {OPTION_LIST, "stage", 0, "FILE", &stages, 0, 0, NULL,
     "what ingest, split or predict wrote by --json: seconds, and predict's score of each model"},
    INPUT("runs", &runs,
          "runs.jsonl, in which make keeps each finished fit: a table, and what got better"),
    INPUT("weights", &weights, "what compare --weigh wrote"),
    {OPTION_LIST, "tuned", 0, "FILE", &tuned, 0, 0, NULL,
     "NAME.json in csvnet.out/tune, which make tune writes: a table of what was tried"},
    INPUT("audit", &audit, "what audit wrote by --json of one of the data sets"),
    FLAG("why", &why,
         "below each of the surest mistakes what speaks for its class, as show --why draws it; takes "
         "--model, some seconds"),
    FLAG("map", &map,
         "draw a map of up to 1,000 labelled rows by what a model gives its last layer, coloured by "
         "class; some seconds"),
    {OPTION_TEXT, "heading", 0, "TEXT", &title, 0, 0, NULL, "the page's title"},
    COMMON_OPTIONS,
};

static const struct command command = {
    .name = "report",
    .synopsis = "-o FILE --data NAME=DATA... [--model MODEL]... [--pred NAME=PRED]... [options]",
    .summary =
        "Writes one page about a run: score, warnings, models, mistakes, curves, samples. It "
        "holds all it shows and fetches nothing. --data, --model, --pred, --history and --stage "
        "may be given several times.",
    .options = options,
    .min_operands = 0,
    .max_operands = 0,
    .example = "report -o report.html --data validation=val.st.zst --model a.model.st.zst --pred "
               "validation=val.pred.st.zst",
};

/* Cuts "NAME=FILE" into its two halves. 0, or the exit status. */
static int take_names(struct option_list *list, const char *option, const char ***names)
{
    *names = calloc((size_t)list->count + 1, sizeof **names);
    if (!*names)
        return fail_memory("names");
    for (int i = 0; i < list->count; i++) {
        char *item = (char *)list->items[i]; /* an argument of main's, which may be cut */
        char *equals = strchr(item, '=');

        if (!equals || equals == item || !equals[1])
            return usage_error("--%s takes NAME=FILE, not '%s'", option, item);
        *equals = 0;
        (*names)[i] = item;
        list->items[i] = equals + 1;
    }
    return 0;
}

static int write_page(struct output *out, const struct report_files *files, struct strbuf *html,
                      struct err *err)
{
    struct report report;
    int result = -1;

    if (report_open(&report, files, (int)common.threads, err) == 0 &&
        outputs_refuse_inputs(&report.inputs, err) == 0 && report_write(&report, html, err) == 0 &&
        output_write(out, html->text, html->size, err) == 0)
        result = output_commit(out, &report.inputs, err);
    report_close(&report);
    return result;
}

static int run(const struct report_files *files)
{
    const double begin = now();
    struct output *out = NULL;
    struct strbuf html = {0};
    struct err err;
    int status;

    if (output_open(&out, output, &err) || write_page(out, files, &html, &err))
        status = fail(&err);
    else {
        json_t *summary = json_pack("{s:s, s:I, s:f}", "report", output, "bytes",
                                    (json_int_t)html.size, "seconds", now() - begin);

        say("%s: %.0f kB, %d data set%s, %d model%s", output, (double)html.size / 1e3, data.count,
            plural(data.count), models.count, plural(models.count));
        status = write_summary(summary, NULL);
    }
    strbuf_free(&html);
    output_close(out);
    return status;
}

int main(int argc, char **argv)
{
    const char **data_names = NULL, **pred_names = NULL;
    char **operands;
    int count, status = options_parse(&command, argc, argv, &operands, &count);

    if (status)
        return status;
    if (!output)
        return usage_error("-o FILE is missing");
    if (data.count == 0)
        return usage_error("--data NAME=DATA is missing: there is nothing to show");
    status = choose_kernels();
    if (status)
        return status;
    status = take_names(&data, "data", &data_names);
    if (status == 0)
        status = take_names(&preds, "pred", &pred_names);
    if (status == 0)
        status = run(&(struct report_files){
            .title = title,
            .data = data.items,
            .data_names = data_names,
            .data_count = data.count,
            .pred = preds.items,
            .pred_names = pred_names,
            .pred_count = preds.count,
            .models = models.items,
            .model_count = models.count,
            .histories = histories.items,
            .history_count = histories.count,
            .stages = stages.items,
            .stage_count = stages.count,
            .runs = runs,
            .audit = audit,
            .weights = weights,
            .tuned = tuned.items,
            .tuned_count = tuned.count,
            .map = map,
            .why = why,
        });
    free(data_names);
    free(pred_names);
    return end_of_run(status);
}
