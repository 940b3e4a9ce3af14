/* Files of text that are no data sets: recipes, histories, submissions, names of classes. */
#include "fuzz.h"
#include "pipeline/fit/history.h"
#include "pipeline/ingest/class_names.h"
#include "pipeline/model/recipe.h"
#include "pipeline/submit/check.h"

#include <string.h>

static void check_status(int result, const struct err *err)
{
    HOLDS(result == 0 || ((err->status == EX_DATAERR || err->status == EX_USAGE) && *err->text),
          "status %d: %s", err->status, err->text);
}

static void read_recipe(const char *path, struct err *err)
{
    struct recipe recipe;
    const int result = recipe_find(&recipe, path, err);

    check_status(result, err);
    if (result == 0)
        recipe_free(&recipe);
}

static void read_history(const char *path, struct inputs *inputs, struct err *err)
{
    struct history history;
    const int result = history_read(&history, path, inputs, err);

    check_status(result, err);
    if (result)
        return;
    HOLDS(history.start && history_model(&history), "a history without a start");
    (void)history_record(&history);
    history_free(&history);
}

static void read_submission(const char *path, struct inputs *inputs, struct err *err)
{
    const struct submission_expected expected = {
        .header = "ImageId,Label", .rows = 3, .id_start = 1};
    struct submission_check check;

    check_status(submission_check(path, &expected, inputs, &check, err), err);
}

static void read_names(const char *path, struct inputs *inputs, struct err *err)
{
    struct names names = {0};
    const int result = names_read(&names, path, inputs, err);

    check_status(result, err);
    for (int i = 0; result == 0 && i < names.count; i++)
        HOLDS(names_of(&names, names.classes[i]), "class %d has no name", i);
    names_free(&names);
}

void fuzz_tables(const uint8_t *data, size_t size)
{
    static struct memory_file file;
    struct inputs inputs = {0};
    struct err err = {0};

    if (size < 1)
        return;
    if (!*file.path)
        memory_file_open(&file);
    memory_file_fill(&file, data + 1, size - 1);
    switch (data[0] % 4) {
    case 0:
        read_recipe(file.path, &err);
        break;
    case 1:
        read_history(file.path, &inputs, &err);
        break;
    case 2:
        read_submission(file.path, &inputs, &err);
        break;
    default:
        read_names(file.path, &inputs, &err);
    }
    inputs_free(&inputs);
}
