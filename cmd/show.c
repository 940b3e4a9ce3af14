/* show: what is in a tensor file or a history, on one screen. */
#include "cmd/show/show.h"

#include "cmd/cli/choose_kernels.h"
#include "cmd/cli/say.h"
#include "cmd/show/csv_as_data.h"
#include "pipeline/files/output.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct show show = {.epochs = 1, .seed = 1};

static const struct option_spec options[] = {
    {OPTION_TEXT, "rows", 0, "ROWS", &show.rows, 0, 0, NULL,
     "rows to show, in this order, by their number in the CSV: 1-10, or 17,3,20-25, or "
     "random:10[:SEED], at "
     "most 10,000 (default the first ten)"},
    {OPTION_INPUT, "pred", 0, "FILE", &show.pred, 0, 0, NULL,
     "predictions of the data set shown: titles are predicted (truth), and mistakes are marked"},
    {OPTION_LIST, "model", 0, "FILE", &show.models, 0, 0, NULL,
     "the same for predictions by this model, or by the mean of several"},
    {OPTION_INT, "mistakes", 0, "N", &show.mistakes, 1, 1e15, NULL,
     "the N surest mistakes in place of --rows, up to 500"},
    {OPTION_INT, "unsure", 0, "N", &show.unsure, 1, RANKING_MOST, NULL,
     "the N rows predicted least surely in place of --rows"},
    {OPTION_FLAG, "why", 0, NULL, &show.why, 0, 0, NULL,
     "with --model: under each picture what speaks for the predicted class, by covering parts of "
     "the picture, and by the network's own map where it ends in global pooling"},
    {OPTION_FLAG, "filters", 0, NULL, &show.filters, 0, 0, NULL,
     "of a model: the first layer's weights as pictures"},
    {OPTION_FLAG, "values", 0, NULL, &show.values, 0, 0, NULL,
     "the pixels' numbers in place of pictures"},
    {OPTION_TEXT, "normalize", 0, "SPEC", &show.normalize, 0, 0, NULL,
     "the pictures as fit with this --normalize shows them to the network"},
    {OPTION_TEXT, "augment", 0, "SPEC", &show.changes, 0, 0, NULL,
     "the pictures as fit with this --augment shows them to the network, on the whole data "
     "set"},
    {OPTION_INT, "epochs", 0, "N", &show.epochs, 1, 1000, NULL,
     "with --augment: each picture as in each of the first N epochs"},
    {OPTION_INT, "seed", 0, "N", &show.seed, 0, 9007199254740991.0, NULL,
     "with --augment: the seed of fit"},
    {OPTION_OUTPUT, "wrong", 0, "FILE", &show.wrong, 0, 0, NULL,
     "write all wrong rows of predictions as CSV: row, id, truth, predicted, and the probabilities "
     "of both"},
    {OPTION_OUTPUT, "png", 0, "FILE", &show.png, 0, 0, NULL,
     "write the pictures as a contact sheet too, names in any script"},
    COLOR_OPTION,
    COMMON_OPTIONS_QUIET("no progress on standard error; what is shown is printed all the same"),
};

static const struct command command = {
    .name = "show",
    .synopsis = "FILE [options]",
    .summary =
        "Shows what is in a data set, a model, predictions, a checkpoint, or a history of "
        "fit (also runs.jsonl): figures, pictures, curves. Of a CSV: what ingest makes of it.",
    .options = options,
    .min_operands = 1,
    .max_operands = 1,
    .example = "show part-val.st.zst --model a.model.st.zst --mistakes 10",
};

static int check_options(void)
{
    if (show.pred && show.models.count > 0)
        return usage_error("--pred and --model are two sources of predictions: give one");
    if (show.mistakes > RANKING_MOST)
        return usage_error("--mistakes shows %d at most; --wrong FILE writes all wrong rows of "
                           "predictions",
                           RANKING_MOST);
    if (!!show.rows + !!show.mistakes + !!show.unsure > 1)
        return usage_error("--rows, --mistakes and --unsure each choose the rows: give one");
    if ((show.epochs > 1 || show.seed != 1) && !show.changes)
        return usage_error("--epochs and --seed are options of --augment");
    if (show.why && (show.values || show.models.count == 0))
        return usage_error(show.values ? "--why draws under pictures, which --values replaces"
                                       : "--why asks a model: --model FILE");
    if ((show.changes || show.normalize) && (show.pred || show.models.count > 0))
        return usage_error("--augment and --normalize show what a network is trained on: they go "
                           "without --pred and --model");
    return 0;
}

/* ---- What kind of file it is ---- */

typedef int show_function(struct show *show, struct err *err);

enum { FIRST_LINE = 4096 };

/* Reads the beginning of a text; "" if the file is none, as tensor files are, or cannot be read. */
static void first_line(const char *path, char line[FIRST_LINE])
{
    FILE *file = fopen(path, "re");
    size_t size;

    *line = 0;
    if (!file)
        return;
    size = fread(line, 1, FIRST_LINE - 1, file);
    fclose(file);
    line[size] = 0;
    if (strlen(line) < size) /* the length of a tensor file's header has zeros */
        *line = 0;
}

/* Kinds of files, each with its function and the options that it takes; the last shows all others.
 */
static const struct kind {
    const char *name;
    show_function *show;
    bool pictures, rows;
} kinds[] = {
    {"dataset/1", show_dataset, true, true}, {"predictions/1", show_predictions, false, true},
    {"model/1", show_model, false, false},   {"checkpoint/1", show_checkpoint, false, false},
    {"history", show_history, false, false}, {"runs", show_runs, false, false},
    {NULL, show_tensors, false, false},
};

static const struct kind *by_name(const char *name)
{
    const struct kind *kind = kinds;

    while (kind->name && strcmp(kind->name, name))
        kind++;
    return kind;
}

/* Refuses what csvnet itself writes or reads as text, and says what it is for. `line`: its
 * beginning. 0: nothing of that. */
static int refuse_own_text(const char *line, struct err *err)
{
    static const struct {
        const char *begins, *has, *what;
    } texts[] = {
        {"{", "\"training\":",
         "these are trainings of make tune, which goes on from them; the best options of "
         "a model are in NAME.recipe beside it"},
        {"{", "\"weight\":",
         "these are weights that compare --weigh found; predict --weights FILE takes them"},
        {"--", "", "this is a recipe; fit --recipe FILE trains by it"},
        {"set,row,kind,", "",
         "this is a list of audit; its --png shows the rows, ingest --relabel FILE and "
         "--without FILE take it"},
    };

    while (*line == '#' && strchr(line, '\n'))
        line = strchr(line, '\n') + 1;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (strncmp(line, texts[i].begins, strlen(texts[i].begins)) == 0 &&
            strstr(line, texts[i].has))
            return err_set(err, EX_DATAERR, "%s: %s", show.path, texts[i].what);
    return 0;
}

/* Finds the kind of a text that begins as one of JSON. */
static int find_text_kind(const struct kind **kind, const char *line, struct err *err)
{
    const char *name = strstr(line, "\"event\"")                                   ? "history"
                       : strstr(line, "\"fit\"") || strstr(line, "\"submission\"") ? "runs"
                                                                                   : NULL;

    if (!name && refuse_own_text(line, err))
        return -1;
    if (!name)
        return err_set(err, EX_DATAERR,
                       "%s: this is text, but no history as fit --history writes it, and no "
                       "runs.jsonl of make's",
                       show.path);
    *kind = by_name(name);
    return 0;
}

static int find_kind(const struct kind **kind, struct err *err)
{
    struct tensor_file *file;
    char line[FIRST_LINE];

    first_line(show.path, line);
    if (*line == '{')
        return find_text_kind(kind, line, err);
    if (tensor_file_open(&file, show.path, NULL, "", err))
        return -1;
    *kind = by_name(tensor_file_kind(file));
    tensor_file_close(file);
    return 0;
}

/* Refuses options that would have no effect. */
static int check_kind(const struct kind *kind)
{
    const char *what = kind->name ? kind->name : "tensors without a kind that is known";

    if (show.filters && kind->show != show_model)
        return usage_error("%s: --filters is for models; this is %s", show.path, what);
    if (!kind->pictures &&
        (show.pred || show.models.count > 0 || show.values || (show.png && !show.filters) ||
         show.changes || show.normalize))
        return usage_error("%s: --pred, --model, --values, --normalize, --augment and --png are "
                           "for data sets; this is %s",
                           show.path, what);
    if (!kind->rows && (show.rows || show.mistakes || show.unsure))
        return usage_error("%s: --rows, --mistakes and --unsure are for data sets and predictions; "
                           "this is %s",
                           show.path, what);
    if (show.wrong && kind->show != show_predictions)
        return usage_error("%s: --wrong is for predictions; this is %s", show.path, what);
    if (kind->pictures && (show.mistakes || show.unsure) && !show.pred && show.models.count == 0)
        return usage_error("--mistakes and --unsure of a data set need --pred or --model");
    return 0;
}

/* ---- Running ---- */

/* Tells whether it is standard input, or a pipe that a shell gives a name: to be read only once. */
static bool is_stream(const char *path)
{
    struct stat status;

    return strcmp(path, "-") == 0 || (stat(path, &status) == 0 && S_ISFIFO(status.st_mode));
}

/* Refuses a stream that begins neither as text nor as a tensor file. */
static int look(const char *name, const unsigned char *bytes, size_t size, struct err *err)
{
    if (size == 0)
        return err_set(err, EX_DATAERR, "%s: there is nothing in it", name);
    return (isprint(*bytes) || isspace(*bytes)) ? 0 : tensor_look(name, bytes, size, err);
}

/* Copies it; the copy becomes standard input and takes its place. */
static int spool_stream(struct err *err)
{
    const int from = strcmp(show.path, "-") ? open(show.path, O_RDONLY | O_CLOEXEC) : STDIN_FILENO;
    const int copy = output_scratch_copy(from, show.name, look, err);
    int result = 0;

    if (copy < 0)
        return -1;
    if (dup2(copy, STDIN_FILENO) < 0)
        result =
            err_set(err, EX_IOERR, "%s: its copy cannot be opened: %s", show.name, strerror(errno));
    close(copy);
    show.path = "/dev/stdin";
    return result;
}

/* Tells whether a CSV may be a submission: an id first, and too few columns for pictures. */
static bool may_be_submission(const char *line)
{
    enum { COLUMNS = 64 };
    const char *comma = strchr(line, ',');
    int columns = 1;

    for (const char *at = line; *at && *at != '\n'; at++)
        columns += *at == ',';
    return comma && comma - line >= 2 && strncasecmp(comma - 2, "id", 2) == 0 && columns < COLUMNS;
}

/* Has ingest make data of a CSV, in place of standard input, or say why it is none. */
static int take_csv(void)
{
    char line[FIRST_LINE];
    struct err err;
    int status;

    first_line(show.path, line);
    if (refuse_own_text(line, &err))
        return fail(&err);
    status = csv_as_data(show.path, &err);
    if (status < 0)
        return fail(&err);
    if (status == EX_DATAERR && may_be_submission(line))
        complain("%s: if it is a submission: csvnet submit --check FILE looks at it", show.path);
    else if (status == EX_DATAERR)
        complain("%s: with options of ingest: csvnet ingest FILE OPTIONS -o - | csvnet show -",
                 show.path);
    show.path = "/dev/stdin";
    return status;
}

static int run(void)
{
    const struct kind *kind = NULL;
    struct err err;
    int status;

    if (is_stream(show.path) && spool_stream(&err))
        return fail(&err);
    if (is_csv(show.path) && (status = take_csv()))
        return status;
    if (find_kind(&kind, &err))
        return fail(&err);
    status = check_kind(kind);
    if (status)
        return status;
    return kind->show(&show, &err) ? fail(&err) : end_of_printing();
}

int main(int argc, char **argv)
{
    char **operands;
    int count, status = options_parse(&command, argc, argv, &operands, &count);
    struct nn_error wrong;
    struct err err;

    if (status || (status = check_options()))
        return status;
    status = choose_kernels();
    if (status)
        return status;
    if (show.rows && picks_parse(&show.picks, show.rows, &err))
        return usage_error("--rows: %s", err.text);
    if (show.changes && nn_augment_parse(&show.augment, show.changes, &wrong))
        return usage_error("--augment: %s", wrong.text);
    if (show.normalize && nn_normalize_parse(&show.view, show.normalize, &wrong))
        return usage_error("--normalize: %s", wrong.text);
    show.path = operands[0];
    show.name = input_name(operands[0]);
    show.terminal = terminal_find();
    status = run();
    if (status == 0)
        status = write_summary(show.summary, &show.inputs);
    else
        json_decref(show.summary);
    inputs_free(&show.inputs);
    picks_free(&show.picks);
    return end_of_run(status);
}
