/* The commented Makefile that csvnet init writes. */
#include "makefile.h"

#include "pipeline/base/strbuf.h"
#include "pipeline/files/output.h"

static const char head[] =
    "# make               submission.csv from the CSVs\n"
    "# make try           a trial of all of it in seconds, on 2,000 rows, through to try.csv\n"
    "# make why           what would run, and because of what; only what is out of date does\n"
    "# make scores        what each model scored\n"
    "# make report.html   a page: score, what got better, warnings, mistakes, curves\n"
    "# make csvnet-clean  removes what was made\n"
    "\n"
    "# Other makes than GNU's are told so.\n"
    "gnu != case '$(MAKE_VERSION)' in *.*) ;; *) echo 'csvnet: this Makefile needs GNU make: "
    "gmake' >&2 ;; esac\n"
    "\n"
    "all: submission.csv\n"
    "\n";

static const char val[] =
    "# A tenth of the rows is held back from training for the validation score; or say another "
    "share, a\n"
    "# count, a labelled CSV, or none:\n"
    "# VAL = 20%\n"
    "# Or train each model five times, each time without another fifth, which validates it. What "
    "came of\n"
    "# it: make oof scores\n"
    "# FOLDS = 5\n"
    "\n";
static const char folds_of[] =
    "# Each model is trained so many times, each time without another part of the rows, which "
    "validates\n"
    "# it. What came of it: make oof scores\n"
    "FOLDS = %lld\n"
    "\n";
static const char models[] =
    "# The submission is the mean of these models; csvnet fit --help has the options.\n"
    "MODELS = a\n"
    "a.fit  = --arch smallcnn --epochs 5\n"
    "# MODELS += b\n"
    "# b.fit  = --arch lenet5 --epochs 8 --seed 2\n"
    "\n";
static const char models_of[] =
    "# Models and their options by the time that all of it may take; in place of it: MODELS = a b, "
    "and\n"
    "# a.fit, b.fit, options of csvnet fit for each.\n"
    "BUDGET = %s\n"
    "\n";

static void add_data(struct strbuf *text, const struct found *found)
{
    strbuf_printf(text, "TRAIN  = %s\nTEST   = %s\n", *found->train ? found->train : "train.csv",
                  *found->test ? found->test : "test.csv");
    if (*found->train_ingest)
        strbuf_printf(text, "TRAIN.ingest = %s\n", found->train_ingest);
    if (*found->test_ingest)
        strbuf_printf(text, "TEST.ingest  = %s\n", found->test_ingest);
    if (*found->submit)
        strbuf_printf(text,
                      "# Columns, order of the rows and spelling of the labels are those of the "
                      "sample.\n"
                      "SUBMIT = %s\n",
                      found->submit);
}

int makefile_write(const struct found *found, const struct makefile_choices *choices,
                   struct err *err)
{
    struct strbuf text = {0};
    int result;

    strbuf_puts(&text, head);
    add_data(&text, found);
    if (choices->folds)
        strbuf_printf(&text, folds_of, (long long)choices->folds);
    else
        strbuf_puts(&text, val);
    if (choices->budget)
        strbuf_printf(&text, models_of, choices->budget);
    else
        strbuf_puts(&text, models);
    strbuf_printf(&text, "include $(shell %s --inc)\n", choices->csvnet);
    result =
        text.failed ? err_memory(err, "the Makefile", 0) : output_whole("Makefile", text.text, err);
    strbuf_free(&text);
    return result;
}
