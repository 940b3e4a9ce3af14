/* Pictures that a training sees, and how the rows that it scores relate to them. */
#include "seen_rows.h"

/* Returns the pixels of a picture, of all data alike; its type may be another in each. */
static size_t pixels_of(const struct training *t)
{
    return dataset_image_bytes(&t->train.info) / dtype_size(t->train.info.pixel);
}

static int add(struct picture_set *set, const struct training *t, const struct nn_data *data,
               struct err *err)
{
    return data->u8
               ? picture_set_add(set, data->u8, DTYPE_U8, pixels_of(t), data->index, data->n, err)
               : picture_set_add(set, data->f32, DTYPE_F32, pixels_of(t), data->index, data->n,
                                 err);
}

/* Refuses validation data that has all pictures of the training data and no others. */
static int refuse_training_rows(const struct training *t, const struct picture_set *trained,
                                const char *path, struct err *err)
{
    struct picture_set val = {0};
    bool same = true;

    if (add(&val, t, &t->scored[0].data, err)) {
        picture_set_free(&val);
        return -1;
    }
    picture_set_seal(&val);
    same = val.count == trained->count;
    for (int64_t i = 0; i < val.count && same; i++)
        same = val.prints[i] == trained->prints[i];
    picture_set_free(&val);
    if (!same)
        return 0;
    return err_set(err, EX_DATAERR,
                   "--val %s: these are the pictures that are trained on, which tell nothing about "
                   "new ones; split and --fold 1/5 hold rows back, --eval train=%s scores these",
                   path, path);
}

static void relate(struct training *t, struct scored *scored)
{
    const size_t pixels = pixels_of(t);
    const struct nn_data *data = &scored->data;
    const struct seen *seen = &t->model.seen;

    scored->relation = (struct relation){.held_back = t->settings.folds && scored == t->scored,
                                         .unknown = seen->partial};
    for (int64_t i = 0; i < data->n; i++) {
        const size_t row = (size_t)(data->index ? data->index[i] : i);
        const uint64_t print = data->u8
                                   ? picture_print(data->u8 + row * pixels, DTYPE_U8, pixels)
                                   : picture_print(data->f32 + row * pixels, DTYPE_F32, pixels);

        relation_count(&scored->relation,
                       picture_set_has(&seen->trained, print) ? SEEN_TRAINED : SEEN_NOT,
                       picture_set_chance(&seen->trained));
    }
    relation_settle(&scored->relation);
}

int training_note_seen(struct training *t, const struct training_files *files, struct err *err)
{
    const struct training_settings *s = &t->settings;
    struct seen *seen = &t->model.seen;
    struct picture_set own = {0};
    int result;

    seen->recorded = true;
    result = add(&own, t, &t->data, err);
    picture_set_seal(&own);
    if (result == 0 && files->val)
        result = refuse_training_rows(t, &own, files->val, err);
    /* no epoch trains on nothing, but PyTorch's weights may well be of these rows */
    if (result == 0 && (s->nn.epochs > 0 || seen->partial))
        result = picture_set_join(&seen->trained, &own, err);
    picture_set_free(&own);
    if (result == 0 && t->has_validation && (s->keep_best || s->patience))
        result = add(&seen->chose, t, &t->scored[0].data, err);
    picture_set_seal(&seen->trained);
    picture_set_seal(&seen->chose);
    for (int i = 0; i < t->scored_count && result == 0; i++)
        relate(t, &t->scored[i]);
    return result;
}
