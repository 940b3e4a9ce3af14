/* ingest SHARD... -o LIST.shards: data sets that are one. */
#include "ingest_list.h"

#include "cmd/cli/if_changed.h"
#include "cmd/cli/options.h"
#include "cmd/cli/progress.h"
#include "cmd/cli/say.h"
#include "pipeline/ingest/shards.h"
#include "say_found.h"
#include "say_rows.h"

#include <string.h>

static bool ends_in(const char *text, const char *end)
{
    const size_t size = strlen(text), length = strlen(end);

    return size > length && strcmp(text + size - length, end) == 0;
}

bool is_list_name(const char *path)
{
    return ends_in(path, ".shards");
}

/* Names the way from CSVs, which are ingested first. */
static void add_way(char **paths, int count, struct err *err)
{
    static const char *const ends[] = {".csv", ".csv.gz", ".csv.zst", ".tsv", ".txt"};

    for (int i = 0; i < count; i++)
        for (size_t e = 0; e < sizeof ends / sizeof *ends; e++)
            if (err->status == EX_DATAERR && ends_in(paths[i], ends[e]))
                err->advice =
                    "    a list is made of tensor files, each CSV ingested for itself:\n"
                    "    for f in part-*.csv; do csvnet ingest $f --part-of part-1.csv -o "
                    "${f%.csv}.st.zst; done\n"
                    "    csvnet ingest part-*.st.zst -o train.shards";
}

static json_t *summary(const struct shards *s, const struct tensor_writer *writer, double seconds)
{
    json_t *classes = json_object();

    for (int k = 0; k < s->info.class_count && s->info.has_labels; k++)
        json_object_set_new(classes, s->info.classes[k], json_integer(s->class_rows[k]));
    return json_pack("{s:s, s:i, s:I, s:o, s:[i,i,i], s:I, s:s, s:f}", "source", s->info.source,
                     "shards", s->count, "rows", (json_int_t)s->rows, "classes", classes, "shape",
                     s->info.c, s->info.h, s->info.w, "bytes", (json_int_t)s->info.source_bytes,
                     "digest", tensor_writer_digest(writer), "seconds", seconds);
}

static int report(const struct shards *s, const struct tensor_writer *writer, double seconds)
{
    json_t *values = summary(s, writer, seconds), *hints = json_array();

    say_rows(s->rows, s->info.has_labels ? s->info.classes : NULL, s->class_rows,
             s->info.class_count, seconds);
    say_repeated(hints, &s->repeated);
    json_object_set_new(values, "hints", hints);
    return write_summary(values, NULL);
}

static int go_through(struct shards *s, struct err *err)
{
    int got;

    progress_begin("checking", "rows", s->rows);
    while ((got = shards_next(s, err)) == 1)
        progress_update(s->done);
    progress_end();
    return got;
}

/* Records the paths, which are in the list: shards of the same content may have others. */
static json_t *record(char *const *paths, int count)
{
    json_t *list = json_array();

    for (int i = 0; i < count; i++)
        json_array_append_new(list, json_string(paths[i]));
    return json_pack("{s:o}", "shards", list);
}

int ingest_list(const char *out, char **paths, int count, const char *names)
{
    struct tensor_writer *writer = NULL;
    struct inputs inputs = {0};
    struct shards shards = {0};
    json_t *settings = record(paths, count);
    const double begin = now();
    struct err err;
    int status = 0, current;

    if (tensor_writer_open(&writer, out, &err) ||
        shards_open(&shards, out, paths, count, names, &inputs, &err) ||
        outputs_refuse_inputs(&inputs, &err))
        goto failed;
    current = already_made(&writer, &settings, 1, &inputs, NULL, &err);
    if (current < 0)
        goto failed;
    if (current)
        goto out;
    say("%s: %d shard%s, %dx%dx%d", out, count, plural(count), shards.info.c, shards.info.h,
        shards.info.w);
    if (go_through(&shards, &err) || shards_finish(&shards, writer, settings, &inputs, &err))
        goto failed;
    status = report(&shards, writer, now() - begin);
    goto out;
failed:
    add_way(paths, count, &err);
    status = fail(&err);
out:
    shards_close(&shards);
    tensor_writer_close(writer);
    inputs_free(&inputs);
    json_decref(settings);
    return status;
}
