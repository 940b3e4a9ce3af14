/* The end of an ingest: classes sorted, labels expanded to one-hot, metadata. */
#include "private.h"

#include "pipeline/base/strbuf.h"
#include "pipeline/base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Known only after the last row: the classes and their order, and so the labels. */

/* Returns the name by which a class is shown: as the file of names says, else as in the data set to
 * match, else as it is spelt. NULL with *err filled. */
static char *display_name(const struct ingest *in, int number, struct err *err)
{
    const char *text = in->classes.list[number].text;
    const char *name = in->like_path ? in->like.class_names[number] : text;
    char *copy;

    if (in->names_path) {
        name = names_of(&in->names, text);
        if (!name) {
            err_set(err, EX_DATAERR, "%s: no name for class '%.40s'", in->names_path, text);
            return NULL;
        }
    }
    copy = strdup(name);
    if (!copy)
        err_memory(err, "the classes' names", 0);
    return copy;
}

/* Fills info with the classes in their order, and place[] with where each one went; order NULL: in
 * that in which they were first seen. */
static int list_classes(struct ingest *in, const int *order, int32_t *place, struct err *err)
{
    struct dataset_info *info = &in->info;
    size_t count = (size_t)in->classes.count;

    info->classes = calloc(count, sizeof *info->classes);
    info->class_names = calloc(count, sizeof *info->class_names);
    if (!info->classes || !info->class_names)
        return err_memory(err, "the classes", 0);
    info->class_count = (int)count;
    for (int i = 0; i < info->class_count; i++) {
        int from = order ? order[i] : i;

        place[from] = i;
        info->classes[i] = strdup(in->classes.list[from].text);
        if (!info->classes[i])
            return err_memory(err, "the classes", 0);
        info->class_names[i] = display_name(in, from, err);
        if (!info->class_names[i])
            return -1;
    }
    return 0;
}

static int refuse_one_class(const struct ingest *in, struct err *err)
{
    char other[60] = "";

    if (in->columns.rival >= 0 && in->rival.varies)
        snprintf(other, sizeof other, "; are they in column %d? --label %d", in->columns.rival + 1,
                 in->columns.rival + 1);
    return err_set(err, EX_DATAERR,
                   "%s: all labels are '%.40s'; at least two classes are needed (test data: "
                   "--like)%s",
                   in->name, in->classes.list[0].text, other);
}

/* Refuses a label that was taken for it because the other column had always been the same: not so.
 */
static int refuse_rival(const struct ingest *in, struct err *err)
{
    int label = in->columns.label + 1, rival = in->columns.rival + 1;

    return err_set(err, EX_DATAERR,
                   "%s: no column is named, and columns %d and %d may both be the labels: say "
                   "--label %d or --label %d",
                   in->name, label < rival ? label : rival, label < rival ? rival : label,
                   label < rival ? label : rival, label < rival ? rival : label);
}

/* Finds the classes' places in the file of names, which has to have all; *place for free(). */
static int place_by_names(const struct ingest *in, int **place, struct err *err)
{
    *place = calloc((size_t)in->classes.count, sizeof **place);
    if (!*place)
        return err_memory(err, "sorting the classes", 0);
    for (int i = 0; i < in->classes.count; i++) {
        (*place)[i] = names_place(&in->names, in->classes.list[i].text);
        if ((*place)[i] < 0) { /* refused with the class's own words when it is shown */
            free(*place);
            *place = NULL;
            return 0;
        }
    }
    return 0;
}

/* Sorts the classes into info; those of a data set to match keep their order. */
static int settle_classes(struct ingest *in, int32_t *place, struct err *err)
{
    int *order, *named = NULL, result;

    if (in->like_path)
        return list_classes(in, NULL, place, err);
    if (in->classes.count < 2 && !in->part.path)
        return refuse_one_class(in, err);
    if (in->names_path && place_by_names(in, &named, err))
        return -1;
    order = classes_sorted(&in->classes, named, in->name, err);
    result = order ? list_classes(in, order, place, err) : -1;
    free(named);
    free(order);
    return result;
}

static int write_onehot(struct ingest *in, const int32_t *place, struct err *err)
{
    enum { BLOCK_BYTES = 1 << 20 };
    const size_t classes = (size_t)in->info.class_count, most = BLOCK_BYTES / classes + 1;
    const int64_t room = (int64_t)most < in->chunk.room ? (int64_t)most : in->chunk.room;
    uint8_t *onehot = malloc((size_t)room * classes);
    int result = onehot ? 0 : err_memory(err, "the labels", (size_t)room * classes);

    if (result == 0)
        result =
            dataset_writer_classes(&in->writer, &in->info, err) || spool_rewind(&in->spool, err);
    for (int64_t done = 0, some; result == 0 && done < in->rows; done += some) {
        some = in->rows - done < room ? in->rows - done : room;
        result = spool_read(&in->spool, in->labels, (size_t)some * sizeof *in->labels, err);
        if (result)
            break;
        memset(onehot, 0, (size_t)some * classes);
        for (int64_t i = 0; i < some; i++)
            onehot[(size_t)i * classes + (size_t)place[in->labels[i]]] = 1;
        result = tensor_writer_append(in->writer.file, in->writer.labels, onehot, some, err);
    }
    free(onehot);
    return result ? -1 : 0;
}

static int write_keys(struct ingest *in, struct err *err)
{
    struct dataset_writer *to = &in->writer;

    in->info.id_width = in->ids ? key_column_width(in->ids) : 0;
    in->info.group_width = in->groups ? key_column_width(in->groups) : 0;
    if (dataset_writer_keys(to, &in->info, err) ||
        (in->ids && key_column_write(in->ids, to->file, to->ids, err)))
        return -1;
    return in->groups ? key_column_write(in->groups, to->file, to->groups, err) : 0;
}

static int refuse_only(const struct ingest *in, struct err *err)
{
    char quoted[QUOTED_TEXT];
    struct strbuf values = {0};

    for (int i = 0; i < in->unwanted.count; i++) {
        const char *text = in->unwanted.list[i].text;

        strbuf_printf(&values, "%s%s", i ? ", " : "", text_quote(quoted, text, strlen(text)));
    }
    err_set(err, EX_DATAERR, "%s: no row has what --only says; column %d has the values %s%s",
            in->name, in->columns.only[0].column + 1, strbuf_shown(&values),
            in->unwanted.count == ONLY_VALUES ? ", ..." : "");
    strbuf_free(&values);
    return -1;
}

int ingest_finish(struct ingest *in, const json_t *options, const struct inputs *inputs,
                  struct err *err)
{
    const struct source *source = in->idx ? in->idx->images.source : in->source;
    int32_t *place;
    int result = -1;

    if (in->faults.count)
        return err_set(err, EX_DATAERR, "%s", in->faults.list[0].text);
    if (in->rows == 0 && in->columns.only_count)
        return refuse_only(in, err);
    if (in->rows == 0 && in->left_out)
        return err_set(err, EX_DATAERR, "%s: --without %s leaves no row", in->name,
                       in->without.path);
    if (in->rows == 0)
        return err_set(err, EX_DATAERR, "%s: a header and no rows", in->name);
    if (in->columns.rival >= 0 && in->rival.varies && in->classes.count > 1)
        return refuse_rival(in, err);
    place = calloc((size_t)in->classes.count + 1, sizeof *place);
    if (!place)
        return err_memory(err, "the classes", 0);
    in->info.source_bytes = source ? source_bytes(source) : in->pictures->bytes;
    memcpy(in->info.source_digest, source ? source_digest(source) : in->pictures->digest,
           DIGEST_TEXT);
    in->info.pixels = dataset_writer_pixels(&in->writer);
    if ((in->classes.count == 0 || settle_classes(in, place, err) == 0) &&
        (!in->info.has_labels || write_onehot(in, place, err) == 0) && write_keys(in, err) == 0)
        result = dataset_writer_commit(&in->writer, &in->info, options, inputs, err);
    free(place);
    return result;
}
