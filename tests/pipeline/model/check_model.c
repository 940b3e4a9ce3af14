#include "pipeline/model/model.h"

#include "tests/support/scratch.h"

#include <math.h>
#include <string.h>

Suite *suite_model(void);

static struct err err;

static char *classes[] = {"0", "1", "2"};
static const char description[] = "conv 4 3x3 pad 1, batchnorm, relu, maxpool 2, flatten, linear";

static struct model make_model(void)
{
    struct model model = {.input = {255, 0.1f, 0.3f},
                          .data_digest = "0123456789abcdef0123456789abcdef"};
    struct nn_error fault;

    ck_assert_msg(nn_network_new(&model.net, description, (struct nn_shape){1, 4, 4}, 3, &fault) ==
                      0,
                  "%s", fault.text);
    model.weights = nn_weights_new(model.net);
    ck_assert_ptr_nonnull(model.weights);
    nn_weights_init(model.weights, 5);
    model.data = (struct dataset_info){
        .c = 1, .h = 4, .w = 4, .class_count = 3, .classes = classes, .class_names = classes};
    model.settings = json_pack("{s:f, s:s}", "lr", 1e-3, "optimizer", "adam");
    model.epochs = json_pack("[{s:f}]", "loss", 0.1);
    return model;
}

/* The info of a model that was made here is not its own. */
static void free_made(struct model *model)
{
    model->data = (struct dataset_info){0};
    model_free(model);
}

static void save(const char *path, struct model *model)
{
    json_t *options = json_object();
    struct tensor_writer *writer;

    MUST(tensor_writer_open(&writer, path, &err));
    MUST(model_save(model, writer, options, NULL, &err));
    tensor_writer_close(writer);
    json_decref(options);
}

static void expect_same_weights(const struct model *a, const struct model *b)
{
    ck_assert_int_eq(nn_network_tensors(a->net), nn_network_tensors(b->net));
    for (int i = 0; i < nn_network_tensors(a->net); i++) {
        size_t size = (size_t)nn_network_tensor(a->net, i).size;
        nn_real *x = calloc(size, sizeof *x), *y = calloc(size, sizeof *y);

        nn_weights_export(a->weights, i, x);
        nn_weights_export(b->weights, i, y);
        ck_assert_int_eq(memcmp(x, y, size * sizeof *x), 0);
        free(x);
        free(y);
    }
}

START_TEST(a_saved_model_loads_as_it_was)
{
    struct model made = make_model(), loaded;
    struct inputs inputs = {0};

    save(scratch("model"), &made);
    MUST(model_load(&loaded, scratch("model"), &inputs, &err));
    expect_same_weights(&made, &loaded);
    ck_assert_str_eq(nn_network_description(loaded.net), nn_network_description(made.net));
    ck_assert_int_eq(memcmp(&loaded.input, &made.input, sizeof made.input), 0);
    ck_assert(json_equal(loaded.settings, made.settings));
    ck_assert(json_equal(loaded.epochs, made.epochs));
    ck_assert_str_eq(loaded.data_digest, made.data_digest);
    ck_assert_str_eq(loaded.digest, made.digest);
    ck_assert_str_eq(inputs_digest(&inputs, 0), made.digest);
    ck_assert_int_eq(loaded.data.column_count, 16);
    ck_assert_str_eq(loaded.data.classes[2], "2");
    MUST(dataset_compatible("a", &made.data, "b", &loaded.data, &err));
    inputs_free(&inputs);
    model_free(&loaded);
    free_made(&made);
}
END_TEST

/* Writes the model again with one thing changed: a metadata text, or a tensor. */
struct change {
    const char *key, *text; /* text NULL: left out */
    const char *tensor;     /* changed as follows */
    enum { LEAVE_OUT, TRANSPOSE, NOT_FINITE } how;
    struct tensor extra; /* added if it has a name */
};

static void copy_meta(json_t *meta, const struct tensor_file *file, const struct change *change)
{
    static const char *const keys[] = {"kind",     "architecture", "input",
                                       "shape",    "classes",      "class_names",
                                       "settings", "epochs",       "data_digest"};

    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        bool changed = change->key && strcmp(keys[i], change->key) == 0;
        const char *text = changed ? change->text : tensor_file_meta(file, keys[i]);

        if (text)
            json_object_set_new(meta, keys[i], json_string(text));
    }
}

static void copy_tensor(struct tensor_writer *writer, struct tensor_file *file, int number,
                        const struct change *change)
{
    struct tensor tensor = *tensor_file_at(file, number);
    bool changed = change->tensor && strcmp(tensor.name, change->tensor) == 0;
    float *values = calloc(tensor_row_bytes(&tensor), (size_t)tensor_rows(&tensor));
    int added;

    MUST(tensor_file_read(file, tensor.name, values, &err));
    if (changed && change->how == NOT_FINITE)
        values[1] = NAN;
    if (changed && change->how == TRANSPOSE) {
        tensor.dims[0] = tensor_file_at(file, number)->dims[1];
        tensor.dims[1] = tensor_file_at(file, number)->dims[0];
    }
    if (!changed || change->how != LEAVE_OUT) {
        added = tensor_writer_add(writer, &tensor, false, &err);
        MUST(added);
        MUST(tensor_writer_append(writer, added, values, tensor_rows(&tensor), &err));
    }
    free(values);
}

static int load_changed(const struct change *change)
{
    const int64_t zeros[8] = {0};
    json_t *meta = json_object(), *options = json_object();
    struct model loaded;
    struct tensor_file *file;
    struct tensor_writer *writer;
    int result, extra;

    MUST(tensor_file_open(&file, scratch("model"), NULL, "", &err));
    MUST(tensor_writer_open(&writer, scratch("changed"), &err));
    for (int i = 0; i < tensor_file_count(file); i++)
        copy_tensor(writer, file, i, change);
    if (change->extra.name) {
        extra = tensor_writer_add(writer, &change->extra, false, &err);
        MUST(extra);
        MUST(tensor_writer_append(writer, extra, zeros, 1, &err));
    }
    copy_meta(meta, file, change);
    MUST(tensor_writer_commit(writer, meta, options, NULL, &err));
    tensor_writer_close(writer);
    tensor_file_close(file);
    json_decref(meta);
    json_decref(options);
    result = model_load(&loaded, scratch("changed"), NULL, &err);
    model_free(&loaded);
    return result;
}

START_TEST(a_model_that_does_not_fit_together_is_refused)
{
    static const struct {
        struct change change;
        const char *words;
    } cases[] = {
        {{.key = "kind", .text = "model/2"}, "kind model/2"},
        {{.key = "architecture"}, "'architecture' is missing"},
        {{.key = "architecture", .text = "flatten, recurrent 5"}, "architecture: "},
        {{.key = "architecture", .text = "flatten, linear 3"},
         "tensor '1.weight' has shape [4], expected is [3,16]"},
        {{.key = "architecture", .text = "flatten, linear 2000000000, linear 3"}, ""},
        {{.key = "input"}, "'input' is missing"},
        {{.key = "input", .text = "{\"divisor\":0,\"mean\":0,\"std\":1}"}, "'input' is not"},
        {{.key = "input", .text = "{\"divisor\":1e300,\"mean\":0,\"std\":1}"}, "'input' is not"},
        {{.key = "input", .text = "{\"divisor\":1,\"mean\":0}"}, "'input' is not"},
        {{.key = "shape"}, "'shape' is missing"},
        {{.key = "shape", .text = "[1,4]"}, "'shape' is not"},
        {{.key = "shape", .text = "[1,-4,4]"}, "'shape' is not"},
        {{.key = "shape", .text = "[2000000,2000000,4]"}, "'shape' is not"},
        {{.key = "shape", .text = "[1,6,6]"}, "expected is"},
        {{.key = "classes"}, "0 classes but 3 class_names"},
        {{.key = "classes", .text = "[\"0\",\"1\",\"1\"]"}, "same name"},
        {{.key = "settings", .text = "[]"}, "'settings' is not an object"},
        {{.key = "epochs", .text = "{}"}, "'epochs' not a list"},
        {{.key = "epochs"}, "'epochs' is missing"},
        {{.key = "data_digest"}, "'data_digest' is not 32 hex digits"},
        {{.tensor = "0.bias", .how = LEAVE_OUT}, "tensor '0.bias' of the architecture is missing"},
        {{.tensor = "5.weight", .how = TRANSPOSE}, "has shape [16,3], expected is [3,16]"},
        {{.tensor = "0.weight", .how = NOT_FINITE}, "number 2 of tensor '0.weight' is not finite"},
        {{.extra = {.name = "9.weight", .dtype = DTYPE_F32}}, "'9.weight' is not part"},
        {{.extra = {.name = "num_batches_tracked", .dtype = DTYPE_I64}}, "is not part"},
    };
    struct model made = make_model();

    save(scratch("model"), &made);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        FAILS(EX_DATAERR, load_changed(&cases[i].change));
        ck_assert_msg(strstr(err.text, cases[i].words) != NULL, "case %zu: not '%s': %s", i,
                      cases[i].words, err.text);
    }
    free_made(&made);
}
END_TEST

START_TEST(the_batch_count_that_pytorch_keeps_is_passed_over)
{
    const struct change change = {.extra = {.name = "1.num_batches_tracked", .dtype = DTYPE_I64}};
    struct model made = make_model();

    save(scratch("model"), &made);
    MUST(load_changed(&change));
    free_made(&made);
}
END_TEST

START_TEST(the_names_are_those_of_pytorch)
{
    static const char *const names[] = {"0.weight",       "0.bias",        "1.weight", "1.bias",
                                        "1.running_mean", "1.running_var", "5.weight", "5.bias"};
    struct model made = make_model();
    struct tensor_file *file;

    save(scratch("model"), &made);
    MUST(tensor_file_open(&file, scratch("model"), NULL, "", &err));
    ck_assert_int_eq(tensor_file_count(file), 8);
    for (int i = 0; i < 8; i++)
        ck_assert_str_eq(tensor_file_at(file, i)->name, names[i]);
    tensor_file_close(file);
    free_made(&made);
}
END_TEST

Suite *suite_model(void)
{
    Suite *suite = suite_create("model");
    TCase *tests = tcase_create("files");

    tcase_add_checked_fixture(tests, scratch_make, scratch_remove);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, a_saved_model_loads_as_it_was);
    tcase_add_test(tests, a_model_that_does_not_fit_together_is_refused);
    tcase_add_test(tests, the_batch_count_that_pytorch_keeps_is_passed_over);
    tcase_add_test(tests, the_names_are_those_of_pytorch);
    suite_add_tcase(suite, tests);
    return suite;
}
