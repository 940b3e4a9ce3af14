#include "pipeline/dataset/dataset.h"

#include "tests/support/scratch.h"

#include <string.h>

Suite *suite_dataset(void);

static struct err err;

enum { ROWS = 5000, PIXELS = 12, CLASSES = 3 };

static char *classes[] = {"cat", "dog", "eel"};
static char *class_names[] = {"Cat", "Dog", "Eel"};
static char *columns[] = {"p0", "p1", "p2", "p3", "p4", "p5", "p6", "p7", "p8", "p9", "p10", "p11"};

static struct dataset_info labelled(void)
{
    return (struct dataset_info){.c = 1,
                                 .h = 3,
                                 .w = 4,
                                 .pixel = DTYPE_U8,
                                 .has_ids = true,
                                 .has_labels = true,
                                 .class_count = CLASSES,
                                 .classes = classes,
                                 .class_names = class_names,
                                 .column_count = PIXELS,
                                 .columns = columns,
                                 .label_column = "animal",
                                 .id_column = "id",
                                 .source = "train.csv",
                                 .source_bytes = 123456,
                                 .source_digest = "0123456789abcdef0123456789abcdef"};
}

static int64_t row_number(int64_t i)
{
    return 3 * i + 1;
}

static int class_of(int64_t i)
{
    return (int)(i * i % CLASSES);
}

/* Rows [first, first+count) of the made-up data. */
static void fill(struct dataset_chunk *chunk, int64_t first, int64_t count)
{
    static int64_t rows[ROWS], ids[ROWS];
    static uint8_t labels[ROWS][CLASSES], images[ROWS][PIXELS];

    memset(labels, 0, sizeof labels);
    for (int64_t i = 0; i < count; i++) {
        rows[i] = row_number(first + i);
        ids[i] = -7 * (first + i);
        labels[i][class_of(first + i)] = 1;
        for (int p = 0; p < PIXELS; p++)
            images[i][p] = (uint8_t)((first + i) * 13 + p);
    }
    *chunk = (struct dataset_chunk){count, count, rows, ids, NULL, labels, images};
}

static void write_rows(const char *path, const struct dataset_info *info, int64_t piece)
{
    json_t *options = json_object();
    struct tensor_writer *file;
    struct dataset_writer writer;
    struct dataset_chunk chunk;

    MUST(tensor_writer_open(&file, path, &err));
    MUST(dataset_writer_init(&writer, file, info, &err));
    for (int64_t first = 0; first < ROWS; first += piece) {
        fill(&chunk, first, piece < ROWS - first ? piece : ROWS - first);
        MUST(dataset_writer_append(&writer, &chunk, &err));
    }
    MUST(dataset_writer_commit(&writer, info, options, NULL, &err));
    dataset_writer_close(&writer);
    json_decref(options);
}

static void expect_rows(const struct dataset_chunk *is, int64_t first)
{
    struct dataset_chunk wanted;
    size_t n = (size_t)is->count;

    fill(&wanted, first, is->count);
    ck_assert_int_eq(memcmp(is->rows, wanted.rows, n * sizeof *is->rows), 0);
    ck_assert_int_eq(memcmp(is->ids, wanted.ids, n * sizeof *is->ids), 0);
    ck_assert_int_eq(memcmp(is->labels, wanted.labels, n * CLASSES), 0);
    ck_assert_int_eq(memcmp(is->images, wanted.images, n * PIXELS), 0);
}

static void expect_info(const struct dataset_info *is)
{
    ck_assert(is->c == 1 && is->h == 3 && is->w == 4 && is->pixel == DTYPE_U8);
    ck_assert(is->has_ids && is->has_labels && !is->soft_labels);
    ck_assert_int_eq(is->class_count, CLASSES);
    ck_assert_str_eq(is->classes[2], "eel");
    ck_assert_str_eq(is->class_names[2], "Eel");
    ck_assert_int_eq(is->column_count, PIXELS);
    ck_assert_str_eq(is->columns[11], "p11");
    ck_assert_str_eq(is->label_column, "animal");
    ck_assert_str_eq(is->id_column, "id");
    ck_assert_str_eq(is->source, "train.csv");
    ck_assert_int_eq(is->source_bytes, 123456);
    ck_assert_str_eq(is->source_digest, "0123456789abcdef0123456789abcdef");
}

START_TEST(what_was_written_is_read_in_any_pieces)
{
    const struct dataset_info info = labelled();
    int64_t first = 0, piece;
    struct dataset data;
    struct dataset_chunk chunk;
    int got;

    write_rows(scratch("data"), &info, 999);
    for (piece = 1; piece < 2 * ROWS; piece = piece * 7 + 3, first = 0) {
        MUST(dataset_open(&data, scratch("data"), NULL, "", &err));
        expect_info(&data.info);
        ck_assert_int_eq(data.n, ROWS);
        MUST(dataset_chunk_init(&chunk, &data, piece, &err));
        while ((got = dataset_next(&data, &chunk, &err)) > 0) {
            expect_rows(&chunk, first);
            for (int64_t i = 0; i < chunk.count; i++)
                ck_assert_int_eq(dataset_class(&data.info, &chunk, i), class_of(first + i));
            first += chunk.count;
        }
        MUST(got);
        ck_assert_int_eq(first, ROWS);
        dataset_chunk_free(&chunk);
        dataset_close(&data);
    }
}
END_TEST

START_TEST(all_rows_load_at_once)
{
    const struct dataset_info info = labelled();
    struct dataset data;
    struct dataset_chunk all;

    write_rows(scratch("data"), &info, ROWS);
    MUST(dataset_open(&data, scratch("data"), NULL, "", &err));
    MUST(dataset_load(&data, &all, &err));
    ck_assert_int_eq(all.count, ROWS);
    expect_rows(&all, 0);
    dataset_chunk_free(&all);
    dataset_close(&data);
}
END_TEST

/* As ingest does, which learns the classes from the last row. */
START_TEST(classes_and_labels_may_come_last)
{
    struct dataset_info info = labelled();
    json_t *options = json_object();
    struct tensor_writer *file;
    struct dataset_writer writer;
    struct dataset_chunk chunk;
    size_t size[2];
    char *bytes[2];

    write_rows(scratch("first"), &info, ROWS);
    info.class_count = 0;
    MUST(tensor_writer_open(&file, scratch("last"), &err));
    MUST(dataset_writer_init(&writer, file, &info, &err));
    fill(&chunk, 0, ROWS);
    chunk.labels = NULL;
    MUST(dataset_writer_append(&writer, &chunk, &err));
    FAILS(EX_SOFTWARE, dataset_writer_commit(&writer, &info, options, NULL, &err));
    info.class_count = CLASSES;
    MUST(dataset_writer_classes(&writer, &info, &err));
    fill(&chunk, 0, ROWS);
    chunk = (struct dataset_chunk){.count = ROWS, .labels = chunk.labels};
    MUST(dataset_writer_append(&writer, &chunk, &err));
    FAILS(EX_SOFTWARE, dataset_writer_classes(&writer, &info, &err));
    MUST(dataset_writer_commit(&writer, &info, options, NULL, &err));
    dataset_writer_close(&writer);
    json_decref(options);
    bytes[0] = slurp(scratch("first"), &size[0]);
    bytes[1] = slurp(scratch("last"), &size[1]);
    ck_assert_uint_eq(size[0], size[1]);
    ck_assert_int_eq(memcmp(bytes[0], bytes[1], size[0]), 0);
    free(bytes[0]);
    free(bytes[1]);
}
END_TEST

START_TEST(soft_labels_and_real_pixels_keep_their_bits)
{
    struct dataset_info info = labelled();
    int64_t rows[] = {1, 2};
    float labels[] = {0.25f, 0.5f, 0.25f, 0.3f, 0.3f, 0.4f}, images[2 * PIXELS] = {0.1f, -3e-30f};
    struct dataset_chunk chunk = {.count = 2, .rows = rows, .labels = labels, .images = images};
    json_t *options = json_object();
    struct tensor_writer *file;
    struct dataset_writer writer;
    struct dataset data;
    struct dataset_chunk all;

    info.has_ids = false;
    info.soft_labels = true;
    info.pixel = DTYPE_F32;
    info.columns = NULL;
    info.label_column = info.id_column = NULL;
    MUST(tensor_writer_open(&file, scratch("data"), &err));
    MUST(dataset_writer_init(&writer, file, &info, &err));
    MUST(dataset_writer_append(&writer, &chunk, &err));
    MUST(dataset_writer_commit(&writer, &info, options, NULL, &err));
    dataset_writer_close(&writer);
    json_decref(options);
    MUST(dataset_open(&data, scratch("data"), NULL, "", &err));
    ck_assert(data.info.soft_labels && data.info.pixel == DTYPE_F32 && !data.info.has_ids);
    ck_assert_ptr_null(data.info.columns);
    ck_assert_ptr_null(data.info.label_column);
    MUST(dataset_load(&data, &all, &err));
    ck_assert_ptr_null(all.ids);
    ck_assert_int_eq(memcmp(all.labels, labels, sizeof labels), 0);
    ck_assert_int_eq(memcmp(all.images, images, sizeof images), 0);
    ck_assert_int_eq(dataset_class(&data.info, &all, 0), 1);
    ck_assert_int_eq(dataset_class(&data.info, &all, 1), 2);
    dataset_chunk_free(&all);
    dataset_close(&data);
}
END_TEST

START_TEST(a_name_that_is_not_utf8_cannot_be_recorded)
{
    struct dataset_info info = labelled();
    json_t *options = json_object();
    struct tensor_writer *file;
    struct dataset_writer writer;

    info.label_column = "gr\xf6\xdf"
                        "e";
    MUST(tensor_writer_open(&file, scratch("data"), &err));
    MUST(dataset_writer_init(&writer, file, &info, &err));
    FAILS(EX_DATAERR, dataset_writer_commit(&writer, &info, options, NULL, &err));
    SAYS("is not valid UTF-8");
    dataset_writer_close(&writer);
    json_decref(options);
}
END_TEST

START_TEST(differences_between_two_files_are_named)
{
    char *birds[] = {"cat", "dog", "emu"}, *moved[PIXELS];
    struct dataset_info a = labelled(), b = labelled();

    MUST(dataset_compatible("a", &a, "b", &b, &err));
    b.classes = birds;
    FAILS(EX_DATAERR, dataset_compatible("a", &a, "b", &b, &err));
    ck_assert_str_eq(err.text, "class 'eel' of a is none of the 3 classes of b");
    b.class_count = 2;
    FAILS(EX_DATAERR, dataset_compatible("a", &a, "b", &b, &err));
    ck_assert_str_eq(err.text, "class 'eel' of a is none of the 2 classes of b");
    b.classes = (char *[]){"dog", "cat", "eel"};
    b.class_count = 3;
    FAILS(EX_DATAERR, dataset_compatible("a", &a, "b", &b, &err));
    ck_assert_str_eq(err.text, "a: class 1 is 'cat', that of b is 'dog'");
    ck_assert_ptr_null(dataset_class_missing(&a, &b));
    b.class_count = 0;
    b.classes = NULL;
    MUST(dataset_compatible("a", &a, "b", &b, &err));
    memcpy(moved, columns, sizeof moved);
    moved[4] = "p5";
    b.columns = moved;
    FAILS(EX_DATAERR, dataset_compatible("a", &a, "b", &b, &err));
    ck_assert_str_eq(err.text, "a: pixel column 5 is 'p4', that of b is 'p5'");
    b.w = 3;
    b.h = 4;
    FAILS(EX_DATAERR, dataset_compatible("a", &a, "b", &b, &err));
    ck_assert_str_eq(err.text, "a: the images are 1x3x4, those of b are 1x4x3");
}
END_TEST

Suite *suite_dataset(void)
{
    Suite *suite = suite_create("dataset");
    TCase *tests = tcase_create("files");

    tcase_add_checked_fixture(tests, scratch_make, scratch_remove);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, what_was_written_is_read_in_any_pieces);
    tcase_add_test(tests, all_rows_load_at_once);
    tcase_add_test(tests, classes_and_labels_may_come_last);
    tcase_add_test(tests, soft_labels_and_real_pixels_keep_their_bits);
    tcase_add_test(tests, a_name_that_is_not_utf8_cannot_be_recorded);
    tcase_add_test(tests, differences_between_two_files_are_named);
    suite_add_tcase(suite, tests);
    return suite;
}
