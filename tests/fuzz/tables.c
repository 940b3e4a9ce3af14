/* Files of text that are no data sets: recipes, histories, submissions, names of classes, rows to
 * relabel or to leave out. */
#include "fuzz.h"
#include "pipeline/fit/history.h"
#include "pipeline/ingest/class_names.h"
#include "pipeline/ingest/corrections.h"
#include "pipeline/model/recipe.h"
#include "pipeline/submit/check.h"

#include <stdbool.h>
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

/* What is taken has each row once, upwards, and gives them all when it is asked for them. */
static void read_corrections(const char *path, bool relabel, struct inputs *inputs, struct err *err)
{
    struct corrections list;
    int64_t before = 0;
    const int result = corrections_read(&list, path, relabel, inputs, err);

    check_status(result, err);
    for (int64_t i = 0; result == 0 && i < list.count; i++) {
        const struct correction *one = &list.list[i];

        HOLDS(one->row > before && one->line >= 2, "row %lld of line %lld after row %lld",
              (long long)one->row, (long long)one->line, (long long)before);
        HOLDS(relabel ? one->label && *one->label : !one->label, "a label of row %lld",
              (long long)one->row);
        HOLDS(one->row - 1 == before || !corrections_next(&list, one->row - 1), "row %lld is none",
              (long long)one->row - 1);
        HOLDS(corrections_next(&list, one->row) == one, "row %lld is not found",
              (long long)one->row);
        before = one->row;
    }
    corrections_free(&list);
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
    switch (data[0] % 6) {
    case 0:
        read_recipe(file.path, &err);
        break;
    case 1:
        read_history(file.path, &inputs, &err);
        break;
    case 2:
        read_submission(file.path, &inputs, &err);
        break;
    case 3:
        read_names(file.path, &inputs, &err);
        break;
    default:
        read_corrections(file.path, data[0] % 6 == 4, &inputs, &err);
    }
    inputs_free(&inputs);
}
