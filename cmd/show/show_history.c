/* Shows the history of a fit. */
#include "cmd/terminal/rates.h"
#include "pipeline/base/json.h"
#include "pipeline/fit/history.h"
#include "show.h"
#include "show_training.h"

#include <stdio.h>

static void print_head(const struct show *show, const struct history *h)
{
    const char *architecture = json_string_value(json_object_get(h->start, "architecture"));

    print_clean(show->name);
    printf(": history of a fit on %.0f rows\n", json_number(h->start, "rows"));
    print_wrapped(&show->terminal, architecture ? architecture : "");
    putchar('\n');
}

static void print_end(const struct history *h)
{
    if (!h->end) {
        printf("\nthe run has not ended\n");
        return;
    }
    printf("\nended after %.1f s with the model ", json_number(h->end, "seconds"));
    print_clean(history_model(h));
    putchar('\n');
}

static int print_found(const struct show *show, const struct history *h, struct err *err)
{
    const struct rate_test rates = rate_test_read(h->rates);

    if (rates.count > 0)
        putchar('\n');
    return print_rates(&show->terminal, &rates, err);
}

static int show_read(struct show *show, const struct history *h, struct err *err)
{
    const json_t *settings = json_object_get(h->start, "settings");
    const struct training_record record = history_record(h);
    const int best = curve_best_epoch(h->epochs, settings);
    int64_t kept = 0;

    if (json_is_true(json_object_get(settings, "keep_best")) && best >= 0)
        kept =
            json_integer_value(json_object_get(json_array_get(h->epochs, (size_t)best), "epoch"));
    print_head(show, h);
    if (json_is_object(settings) && print_settings(&show->terminal, settings, err))
        return -1;
    putchar('\n');
    print_epochs(h->epochs, kept);
    if (print_curves(&show->terminal, &record, err) || print_found(show, h, err))
        return -1;
    print_end(h);
    show->summary = json_pack("{s:s, s:O, s:O, s:O, s:O, s:O?, s:O?}", "kind", "history", "start",
                              h->start, "epochs", h->epochs, "steps", h->steps, "evals", h->evals,
                              "rates", h->rates, "end", h->end);
    return show->summary ? 0 : err_memory(err, "the summary", 0);
}

int show_history(struct show *show, struct err *err)
{
    struct history history;
    int result = -1;

    if (history_read(&history, show->path, &show->inputs, err) == 0) {
        result = show_read(show, &history, err);
        history_free(&history);
    }
    return result;
}
