#include "ingest_file.h"

#include "pipeline/dataset/keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Ingests file after file, for tests that have thousands:
 *
 *     ingest-many [plain] [threads N] [piece BYTES] OUT <LIST
 *
 * A line of LIST is TYPE PATH, with the pixels' type u8 or f32. Each goes to the data set OUT, and
 * what that holds is printed as a line of JSON; or what is wrong with the file. */

static json_t *integers(const int64_t *values, int64_t count)
{
    json_t *list = json_array();

    for (int64_t i = 0; i < count; i++)
        json_array_append_new(list, json_integer(values[i]));
    return list;
}

static json_t *labels(const struct dataset_info *info, const struct dataset_chunk *all)
{
    json_t *list = json_array();

    for (int64_t i = 0; i < all->count; i++)
        json_array_append_new(list, json_integer(dataset_class(info, all, i)));
    return list;
}

static json_t *pictures(const struct dataset_info *info, const struct dataset_chunk *all)
{
    json_t *list = json_array();
    int64_t pixels = (int64_t)info->c * info->h * info->w;

    for (int64_t i = 0; i < all->count; i++) {
        json_t *picture = json_array();

        for (int64_t k = i * pixels; k < (i + 1) * pixels; k++)
            json_array_append_new(picture,
                                  info->pixel == DTYPE_U8
                                      ? json_integer(((const uint8_t *)all->images)[k])
                                      : json_real((double)((const float *)all->images)[k]));
        json_array_append_new(list, picture);
    }
    return list;
}

static json_t *describe(struct dataset *dataset, const struct dataset_chunk *all)
{
    const struct dataset_info *info = &dataset->info;
    json_t *said = json_object();

    json_object_set_new(said, "images", pictures(info, all));
    json_object_set_new(said, "rows", integers(all->rows, all->count));
    if (info->has_ids) {
        json_t *ids = json_array();

        for (int64_t i = 0; i < all->count; i++)
            json_array_append_new(ids, key_json(all->ids, info->id_width, i));
        json_object_set_new(said, "ids", ids);
    }
    if (info->has_labels) {
        json_t *classes = json_array();

        for (int i = 0; i < info->class_count; i++)
            json_array_append_new(classes, json_string(info->classes[i]));
        json_object_set_new(said, "classes", classes);
        json_object_set_new(said, "labels", labels(info, all));
    }
    return said;
}

static json_t *read_back(const char *path)
{
    struct dataset dataset;
    struct dataset_chunk all = {0};
    struct err err;
    json_t *said;

    if (dataset_open(&dataset, path, NULL, "", &err) || dataset_load(&dataset, &all, &err)) {
        fprintf(stderr, "ingest-many: %s\n", err.text);
        exit(1);
    }
    said = describe(&dataset, &all);
    dataset_chunk_free(&all);
    dataset_close(&dataset);
    return said;
}

static void take(const char *path, const char *out, const struct ingest_options *options)
{
    char digest[DIGEST_TEXT];
    json_t *faults, *said;
    struct err err;
    int result = ingest_file(path, out, options, digest, &faults, &err);

    if (result < 0) {
        fprintf(stderr, "ingest-many: status %d: %s\n", err.status, err.text);
        exit(1);
    }
    said = result ? json_pack("{s:o}", "refused", faults) : read_back(out);
    if (json_dumpf(said, stdout, JSON_COMPACT | JSON_REAL_PRECISION(17))) {
        fprintf(stderr, "ingest-many: %s: what is wrong cannot be said in JSON\n", path);
        exit(1);
    }
    putchar('\n');
    json_decref(said);
}

int main(int argc, char **argv)
{
    struct ingest_options options = {.threads = 1};
    char line[4096];

    for (int i = 1; i < argc - 1; i++) {
        if (strcmp(argv[i], "plain") == 0)
            options.plain = true;
        else if (strcmp(argv[i], "threads") == 0)
            options.threads = atoi(argv[++i]);
        else if (strcmp(argv[i], "piece") == 0)
            options.piece = (size_t)atol(argv[++i]);
    }
    while (argc > 1 && fgets(line, sizeof line, stdin)) {
        char *path = strchr(line, ' ');

        if (!path)
            return 1;
        *path++ = 0;
        path[strcspn(path, "\n")] = 0;
        options.pixel = strcmp(line, "f32") == 0 ? DTYPE_F32 : DTYPE_U8;
        take(path, argv[argc - 1], &options);
    }
    return ferror(stdin) || fclose(stdout) ? 1 : 0;
}
