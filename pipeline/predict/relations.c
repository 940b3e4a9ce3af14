/* How the rows of a data set relate to the models of an ensemble. */
#include "relations.h"

#include <stdlib.h>
#include <string.h>

/* Tells whether a model without a record of pictures was trained on all rows of that data. */
static bool trained_on_all(const struct model *model, const char *digest)
{
    return strcmp(model->data_digest, digest) == 0 &&
           json_integer_value(json_object_get(model->settings, "folds")) == 0 &&
           json_integer_value(json_object_get(model->settings, "limit_rows")) == 0;
}

int relations_init(struct relations *r, const struct ensemble *e, const char *digest,
                   struct err *err)
{
    const size_t count = (size_t)e->count;
    struct relation *mean;

    *r = (struct relations){.ensemble = e,
                            .each = calloc(count + 1, sizeof *r->each),
                            .of_all = calloc(count, sizeof *r->of_all),
                            .at = calloc(count, sizeof *r->at)};
    if (!r->each || !r->of_all || !r->at)
        return err_memory(err, "the models' relations", 0);
    mean = &r->each[e->count];
    mean->held_back = e->by_fold;
    for (int m = 0; m < e->count; m++) {
        const struct model *model = &e->models[m];
        const bool told = e->by_fold; /* which rows were trained on */

        r->of_all[m] = !model->seen.recorded && !told && trained_on_all(model, digest);
        r->each[m].held_back = told;
        r->each[m].unknown = model->seen.partial || (!model->seen.recorded && !told);
        mean->unknown |= r->each[m].unknown && e->weights[m] > 0;
    }
    return 0;
}

static enum seen_as seen_by(const struct relations *r, int m, uint64_t print)
{
    return r->of_all[m] ? SEEN_TRAINED : seen_as(&r->ensemble->models[m].seen, print);
}

/* Tells whether the model predicted row `row` of the chunk, which is the next that it can be. */
static bool has_predicted(struct relations *r, int m, int64_t row)
{
    const struct ensemble *e = r->ensemble;

    if (!e->rows[m])
        return true;
    if (r->at[m] == e->rows_count[m] || e->rows[m][r->at[m]] != row)
        return false;
    r->at[m]++;
    return true;
}

void relations_add(struct relations *r, const struct dataset_chunk *chunk)
{
    const struct ensemble *e = r->ensemble;
    const size_t bytes = dataset_image_bytes(e->data);

    memset(r->at, 0, (size_t)e->count * sizeof *r->at);
    for (int64_t i = 0; i < chunk->count; i++) {
        const uint64_t print = picture_print((const char *)chunk->images + (size_t)i * bytes,
                                             e->data->pixel, bytes / dtype_size(e->data->pixel));
        enum seen_as most = SEEN_NOT;
        double sum = 0;

        for (int m = 0; m < e->count; m++)
            if (has_predicted(r, m, i)) {
                const enum seen_as as = seen_by(r, m, print);
                const double chance = picture_set_chance(&e->models[m].seen.trained);

                relation_count(&r->each[m], as, chance);
                if (e->weights[m] > 0) {
                    most = as > most ? as : most;
                    sum += chance;
                }
            }
        relation_count(&r->each[e->count], most, sum);
    }
}

void relations_settle(struct relations *r)
{
    for (int m = 0; m <= r->ensemble->count; m++)
        relation_settle(&r->each[m]);
}

json_t *relations_json(const struct relations *r)
{
    const int count = r->ensemble->count;
    json_t *models = json_array();

    for (int m = 0; m < count; m++)
        json_array_append_new(models, relation_json(&r->each[m]));
    return json_pack("{s:o, s:o}", "mean", relation_json(&r->each[count]), "models", models);
}

void relations_free(struct relations *r)
{
    free(r->each);
    free(r->of_all);
    free(r->at);
    *r = (struct relations){0};
}
