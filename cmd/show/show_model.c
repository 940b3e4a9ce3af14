/* Shows a model: its layers, settings and epochs. */
#include "cmd/terminal/network_text.h"
#include "show.h"
#include "show_filters.h"
#include "show_training.h"

#include <stdio.h>

static void print_head(const struct show *show, const struct model *model)
{
    const struct dataset_info *data = &model->data;

    print_clean(show->name);
    printf(": model/1 of pictures of %dx%dx%d pixels, %d classes\n", data->c, data->h, data->w,
           data->class_count);
    if (view_any(&model->view))
        printf("pictures normalized: %s\n", model->view.text);
    printf("pixels / %g, mean %g, standard deviation %g\ntrained on data %s\n",
           (double)model->input.divisor, (double)model->input.mean, (double)model->input.std,
           model->data_digest);
    if (model->seen.recorded)
        printf("saw %lld pictures in training, %lld to choose the epoch%s\n",
               (long long)model->seen.trained.count, (long long)model->seen.chose.count,
               model->seen.partial ? ", and those of weights that record none" : "");
    if (*model->trouble) {
        print_clean(model->trouble);
        putchar('\n');
    }
    putchar('\n');
}

static json_t *summary_of(const struct model *model)
{
    const struct nn_input *in = &model->input;
    json_t *classes = json_array();

    for (int k = 0; k < model->data.class_count; k++)
        json_array_append_new(classes, json_string(model->data.classes[k]));
    return json_pack(
        "{s:s, s:s, s:s, s:o, s:o, s:{s:f, s:f, s:f}, s:s, s:O, s:O, s:{s:b, s:b, "
        "s:I, s:I}, s:s?}",
        "kind", "model/1", "digest", model->digest, "architecture",
        nn_network_description(model->net), "network", network_json(model->net), "classes", classes,
        "pixels", "divisor", (double)in->divisor, "mean", (double)in->mean, "std", (double)in->std,
        "data_digest", model->data_digest, "settings", model->settings, "epochs", model->epochs,
        "seen", "recorded", model->seen.recorded, "partial", model->seen.partial, "trained",
        (json_int_t)model->seen.trained.count, "chose", (json_int_t)model->seen.chose.count,
        "trouble", *model->trouble ? model->trouble : NULL);
}

int show_model(struct show *show, struct err *err)
{
    struct model model;
    int result = -1;

    if (model_load(&model, show->path, &show->inputs, err))
        return -1;
    print_head(show, &model);
    if (show->filters) {
        if (outputs_refuse_inputs(&show->inputs, err) == 0)
            result = show_filters(show, &model, err);
        show->summary = result ? NULL : summary_of(&model);
        goto out;
    }
    print_network(model.net);
    putchar('\n');
    if (print_settings(&show->terminal, model.settings, err))
        goto out;
    putchar('\n');
    print_epochs(model.epochs, json_integer_value(json_object_get(model.settings, "kept_epoch")));
    if (print_curves(&show->terminal, &(struct training_record){.epochs = model.epochs}, err))
        goto out;
    show->summary = summary_of(&model);
    result = show->summary ? 0 : err_memory(err, "the summary", 0);
out:
    model_free(&model);
    return result;
}
