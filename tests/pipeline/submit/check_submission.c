#include "pipeline/base/strbuf.h"
#include "pipeline/submit/check.h"
#include "pipeline/submit/label_style.h"
#include "pipeline/submit/score.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

Suite *suite_submission(void);

/* ---- A folder of its own for each test ---- */

static char folder[] = "/tmp/csvnet-submission-XXXXXX";

static void enter(void)
{
    strcpy(folder + sizeof folder - 7, "XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    ck_assert_int_eq(chdir(folder), 0);
}

static void leave(void)
{
    static const char *const names[] = {"a.csv", "b.csv", "p.st.zst", "out.csv"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unlink(names[i]);
    ck_assert_int_eq(chdir("/"), 0);
    ck_assert_int_eq(rmdir(folder), 0);
}

static void write_text(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");

    ck_assert_ptr_nonnull(file);
    fputs(text, file);
    ck_assert_int_eq(fclose(file), 0);
}

static const char *read_text(const char *path)
{
    static char text[4096];
    FILE *file = fopen(path, "r");

    ck_assert_ptr_nonnull(file);
    text[fread(text, 1, sizeof text - 1, file)] = 0;
    fclose(file);
    return text;
}

/* ---- Predictions: three rows, three classes ---- */

static char *classes[] = {"0", "say \"hi\"", "a,b"};
static const float probabilities[3][3] = {{0.5f, 0.25f, 0.25f}, {0, 1, 0}, {0.1f, 0.1f, 0.8f}};
static const float of_two[3][2] = {{0.75f, 0.25f}, {0, 1}, {0.875f, 0.125f}};

struct kind {
    char *id_column;
    bool labels;
    char **classes; /* two others; NULL: the three above */
};

static void write_predictions(struct kind kind)
{
    const int class_count = kind.classes ? 2 : 3;
    char **spelt = kind.classes ? kind.classes : classes;
    const float *shares = kind.classes ? of_two[0] : probabilities[0];
    const struct dataset_info info = {.c = 1,
                                      .h = 1,
                                      .w = 1,
                                      .has_ids = kind.id_column != NULL,
                                      .has_labels = kind.labels,
                                      .class_count = class_count,
                                      .classes = spelt,
                                      .class_names = spelt,
                                      .column_count = 1,
                                      .id_column = kind.id_column};
    int64_t rows[3] = {1, 2, 3}, ids[3] = {7, 5, -2};
    uint8_t labels[3][3] = {{1, 0, 0}, {0, 1, 0}, {0, 1, 0}};
    const struct dataset_chunk chunk = {.count = 3,
                                        .room = 3,
                                        .rows = rows,
                                        .ids = kind.id_column ? ids : NULL,
                                        .labels = kind.labels ? labels : NULL};
    struct tensor_writer *file;
    struct predictions_writer writer;
    struct inputs inputs = {0};
    json_t *none = json_array(), *options = json_object();
    struct err err;

    ck_assert_int_eq(tensor_writer_open(&file, "p.st.zst", &err), 0);
    ck_assert_int_eq(predictions_writer_init(&writer, file, &info, class_count, &err), 0);
    ck_assert_int_eq(predictions_writer_append(&writer, &chunk, shares, &err), 0);
    ck_assert_int_eq(predictions_writer_prepare(&writer, &info, class_count, spelt, spelt, none,
                                                "00000000000000000000000000000000", options,
                                                &inputs, &err),
                     0);
    ck_assert_int_eq(tensor_writers_place(&writer.file, 1, &inputs, &err), 0);
    predictions_writer_close(&writer);
    json_decref(none);
    json_decref(options);
}

/* Writes out.csv from p.st.zst; returns its text, or the error's. */
static char doubt[256]; /* of the last one */

static const char *submit(const struct submission_format *format, const char *sample,
                          struct metrics *score)
{
    static struct err err;
    struct output *out;
    struct predictions predictions;
    struct inputs inputs = {0};
    struct submission_summary summary;
    int status;

    ck_assert_int_eq(output_open(&out, "out.csv", &err), 0);
    ck_assert_int_eq(predictions_open(&predictions, "p.st.zst", &inputs, "predictions", &err), 0);
    status = submission_write(out, &predictions, format, sample, &inputs, score, &summary, &err);
    if (status == 0)
        ck_assert_int_eq(output_commit(out, NULL, &err), 0);
    strcpy(doubt, summary.doubt);
    submission_summary_free(&summary);
    predictions_close(&predictions);
    inputs_free(&inputs);
    output_close(out);
    return status == 0 ? read_text("out.csv") : err.text;
}

static const struct submission_format plain = {.id_start = 1};

START_TEST(ids_are_counted_and_labels_spelt_as_the_csv_spelt_them)
{
    write_predictions((struct kind){0});
    ck_assert_str_eq(submit(&plain, NULL, NULL),
                     "ImageId,Label\n1,0\n2,\"say \"\"hi\"\"\"\n3,\"a,b\"\n");
    ck_assert_str_eq(
        submit(&(struct submission_format){.id_start = 0, .header = "k,v"}, NULL, NULL),
        "k,v\n0,0\n1,\"say \"\"hi\"\"\"\n2,\"a,b\"\n");
}
END_TEST

START_TEST(the_datas_own_ids_and_their_columns_name_are_used)
{
    write_predictions((struct kind){.id_column = "id"});
    ck_assert_str_eq(submit(&plain, NULL, NULL),
                     "id,label\n7,0\n5,\"say \"\"hi\"\"\"\n-2,\"a,b\"\n");
    ck_assert_str_eq(submit(&(struct submission_format){.id_start = 0}, NULL, NULL),
                     "p.st.zst has the data's own ids: leave out --id-start");
}
END_TEST

START_TEST(probabilities_survive_as_floats)
{
    const struct submission_format format = {.id_start = 1, .probabilities = true};

    write_predictions((struct kind){0});
    ck_assert_str_eq(submit(&format, NULL, NULL),
                     "ImageId,0,\"say \"\"hi\"\"\",\"a,b\"\n1,0.5,0.25,0.25\n2,0,1,0\n"
                     "3,0.100000001,0.100000001,0.800000012\n");
    ck_assert_float_eq(strtof("0.800000012", NULL), 0.8f);
}
END_TEST

START_TEST(a_header_has_a_name_for_each_column)
{
    write_predictions((struct kind){0});
    ck_assert_str_eq(submit(&(struct submission_format){.header = "a,b,c"}, NULL, NULL),
                     "the header 'a,b,c' names 3 columns where the submission has 2");
    ck_assert_str_eq(submit(&(struct submission_format){.header = "a,"}, NULL, NULL),
                     "the header 'a,' leaves a column without a name");
}
END_TEST

START_TEST(a_sample_gives_header_and_ids)
{
    write_predictions((struct kind){0});
    write_text("a.csv", "name,kind\r\nx.png,9\r\n\"y,z\",9\r\n03,9\r\n");
    ck_assert_str_eq(submit(&plain, "a.csv", NULL),
                     "name,kind\nx.png,0\n\"y,z\",\"say \"\"hi\"\"\"\n03,\"a,b\"\n");
}
END_TEST

START_TEST(the_first_difference_from_a_sample_is_named)
{
    write_predictions((struct kind){.id_column = "id"});
    write_text("a.csv", "id,label\n7,0\n05,0\n-2,0\n");
    ck_assert_str_eq(submit(&plain, "a.csv", NULL),
                     "id,label\n7,0\n05,\"say \"\"hi\"\"\"\n-2,\"a,b\"\n");
    write_text("a.csv", "id,label\n7,0\n6,0\n-2,0\n");
    ck_assert_str_eq(submit(&plain, "a.csv", NULL),
                     "a.csv: line 3, row 2, column 1 (id): id '6' is none of the 3 of the "
                     "predictions, p.st.zst");
    write_text("a.csv", "id,label\n7,0\n5x,0\n-2,0\n");
    ck_assert_str_eq(submit(&plain, "a.csv", NULL),
                     "a.csv: line 3, row 2, column 1 (id): id '5x' is none of the 3 of the "
                     "predictions, p.st.zst");
    write_text("a.csv", "id,label\n7,0\n5,0\n");
    ck_assert_str_eq(submit(&plain, "a.csv", NULL),
                     "a.csv: no row for id '-2', which is row 3 of p.st.zst (1 such)");
    write_text("a.csv", "id,label\n7,0\n5,0\n-2,0\n8,0\n");
    ck_assert_str_eq(submit(&plain, "a.csv", NULL),
                     "a.csv: line 5, row 4, column 1 (id): id '8' is none of the 3 of the "
                     "predictions, p.st.zst");
    write_text("a.csv", "id,label,x\n");
    ck_assert_str_eq(submit(&plain, "a.csv", NULL),
                     "a.csv: line 1: 3 columns where the submission has 2");
    write_text("a.csv", "id,label\n");
    ck_assert_str_eq(
        submit(&(struct submission_format){.id_start = 1, .header = "id,y"}, "a.csv", NULL),
        "a.csv: line 1, column 2: named 'label' where the submission has 'y'");
    write_text("a.csv", "");
    ck_assert_str_eq(submit(&plain, "a.csv", NULL), "a.csv: empty");
}
END_TEST

START_TEST(rows_without_ids_have_to_be_as_many_as_the_samples)
{
    write_predictions((struct kind){0});
    write_text("a.csv", "id,label\n7,0\n5,0\n");
    ck_assert_str_eq(submit(&plain, "a.csv", NULL), "a.csv: 2 rows where the predictions have 3");
    write_text("a.csv", "id,label\n7,0\n5,0\n-2,0\n8,0\n");
    ck_assert_str_eq(submit(&plain, "a.csv", NULL),
                     "a.csv: line 5, row 4: one row more than the predictions, which have 3");
}
END_TEST

START_TEST(rows_and_columns_stand_in_the_samples_order)
{
    const struct submission_format format = {.id_start = 1, .probabilities = true};

    write_predictions((struct kind){.id_column = "id"});
    write_text("a.csv", "id,label\n-2,0\n7,0\n5,0\n");
    ck_assert_str_eq(submit(&plain, "a.csv", NULL),
                     "id,label\n-2,\"a,b\"\n7,0\n5,\"say \"\"hi\"\"\"\n");
    write_text("a.csv", "k,\"a,b\",0,\"say \"\"hi\"\"\"\n5,0,0,0\n-2,0,0,0\n7,0,0,0\n");
    ck_assert_str_eq(submit(&format, "a.csv", NULL),
                     "k,\"a,b\",0,\"say \"\"hi\"\"\"\n5,0,0,1\n-2,0.800000012,0.100000001,"
                     "0.100000001\n7,0.25,0.5,0.25\n");
}
END_TEST

START_TEST(whole_numbers_are_spelt_as_the_sample_spells_them)
{
    static const char *const whole[][3] = {{"5", "5.0", "5.00"}, {"-12", "-12.0", "-12.00"}};
    static const char *const others[] = {"05", "5.", "5.1", "5.0x", "cat", "", "-0", "-", "1e1"};

    for (int i = 0; i < 2; i++)
        for (int zeros = 0; zeros < 3; zeros++) {
            char *spelt = label_spelt(whole[i][0], zeros), *back = label_spelt(whole[i][zeros], 0);

            ck_assert_int_eq(label_zeros(whole[i][zeros], strlen(whole[i][zeros])), zeros);
            ck_assert_str_eq(spelt, whole[i][zeros]);
            ck_assert_str_eq(back, whole[i][0]);
            free(spelt);
            free(back);
        }
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        ck_assert_int_eq(label_zeros(others[i], strlen(others[i])), -1);
        if (i < 6) {
            char *spelt = label_spelt(others[i], 1);

            ck_assert_str_eq(spelt, others[i]);
            free(spelt);
        }
    }
}
END_TEST

START_TEST(an_id_that_stands_twice_is_refused)
{
    write_predictions((struct kind){0});
    write_text("a.csv", "id,label\n7,0\n5,0\n7,0\n");
    ck_assert_str_eq(submit(&plain, "a.csv", NULL),
                     "a.csv: line 4, row 3, column 1 (id): duplicate id '7'");
    write_predictions((struct kind){.id_column = "id"});
    write_text("a.csv", "id,label\n7,0\n5,0\n-2,0\n07,0\n");
    ck_assert_str_eq(submit(&plain, "a.csv", NULL),
                     "a.csv: line 5, row 4, column 1 (id): id '07' is row 1 of p.st.zst, which an "
                     "earlier row has spelt otherwise");
}
END_TEST

START_TEST(a_sample_of_fractions_has_the_second_classs_probability)
{
    const struct submission_format format = {.id_start = 1, .probabilities = true};

    write_predictions((struct kind){.classes = (char *[]){"cat", "dog"}});
    write_text("a.csv", "id,p\na,0.5\nb,0\nc,0.5\n");
    ck_assert_str_eq(submit(&plain, "a.csv", NULL), "id,p\na,0.25\nb,1\nc,0.125\n");
    ck_assert_str_eq(doubt, "");
    write_text("a.csv", "id,p\na,0\nb,0\nc,0\n");
    ck_assert_str_eq(submit(&format, "a.csv", NULL), "id,p\na,0.25\nb,1\nc,0.125\n");
    write_text("a.csv", "id,p\na,0\nb,.5\nc,0\n");
    ck_assert_str_eq(submit(&plain, "a.csv", NULL),
                     "a.csv: line 3, row 2, column 2 (p): '.5' is a probability where the rows "
                     "before have labels; --probabilities writes that of 'dog' into all");
    /* 1 is the second one of 0 and 1, in whatever order; and fractions may be classes */
    write_predictions((struct kind){.classes = (char *[]){"1", "0"}});
    write_text("a.csv", "id,p\na,0.5\nb,0.5\nc,0.5\n");
    ck_assert_str_eq(submit(&plain, "a.csv", NULL), "id,p\na,0.75\nb,0\nc,0.875\n");
    write_predictions((struct kind){.classes = (char *[]){"0.5", "1.5"}});
    ck_assert_str_eq(submit(&plain, "a.csv", NULL), "id,p\na,0.5\nb,1.5\nc,0.5\n");
    write_predictions((struct kind){0});
    ck_assert_str_eq(submit(&plain, "a.csv", NULL),
                     "a.csv: line 2, row 1, column 2 (p): '0.5' is a probability, which one column "
                     "can have for two classes; the predictions, p.st.zst, have 3");
    ck_assert_str_eq(submit(&format, "a.csv", NULL),
                     "a.csv: line 1: 2 columns where the submission has 4");
}
END_TEST

START_TEST(a_samples_label_that_is_no_class_is_doubted)
{
    static const char *const known[] = {"0", "0.0", "", "\"a,b\""};

    write_predictions((struct kind){0});
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        char text[64];

        snprintf(text, sizeof text, "id,label\na,%s\nb,x\nc,x\n", known[i]);
        write_text("a.csv", text);
        submit(&plain, "a.csv", NULL);
        ck_assert_str_eq(doubt, "");
    }
    write_text("a.csv", "id,label\na,c0\nb,0\nc,0\n");
    submit(&plain, "a.csv", NULL);
    ck_assert_str_eq(doubt, "its first label, 'c0', is none of the 3 classes: are labels expected "
                            "to be spelt as '0' is?");
}
END_TEST

START_TEST(labels_are_compared_as_whole_numbers_or_as_texts)
{
    static const char *const same[][2] = {
        {"7", "7.0"}, {"7", " 7"}, {"7.000", "7\t"}, {"-12", "-12.0"}, {"0", "0.0"}};
    static const char *const others[][2] = {{"7", "07"},     {"100", "1E2"}, {"7", "7.5"},
                                            {"cat", " cat"}, {"1", "-1"},    {"7", "7."}};

    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        ck_assert_uint_eq(label_key(same[i][0], strlen(same[i][0])),
                          label_key(same[i][1], strlen(same[i][1])));
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        ck_assert_uint_ne(label_key(others[i][0], strlen(others[i][0])),
                          label_key(others[i][1], strlen(others[i][1])));
}
END_TEST

START_TEST(labelled_predictions_are_scored)
{
    struct metrics score;
    struct err err;

    write_predictions((struct kind){.labels = true});
    ck_assert_int_eq(metrics_init(&score, 3, &err), 0);
    submit(&plain, NULL, &score);
    ck_assert_int_eq(score.rows, 3);
    ck_assert_int_eq(score.correct, 2);
    ck_assert_double_eq_tol(score.loss_sum, -log(0.5) - log((double)0.1f), 1e-12);
    metrics_free(&score);
}
END_TEST

/* ---- Checking ---- */

static struct submission_check found;

static int64_t faults(const char *text, struct submission_expected expected)
{
    struct inputs inputs = {0};
    struct err err;

    write_text("b.csv", text);
    ck_assert_int_eq(submission_check("b.csv", &expected, &inputs, &found, &err), 0);
    inputs_free(&inputs);
    return found.faults;
}

static const struct submission_expected nothing = {.id_start = 1};
static const struct submission_expected three = {.rows = 3, .id_start = 1};

START_TEST(what_is_right_has_no_faults)
{
    ck_assert_int_eq(faults("ImageId,Label\n1,0\n2,7\n3,9\n", nothing), 0);
    ck_assert_int_eq(found.rows, 3);
    ck_assert_int_eq(found.expected_rows, 0);
    ck_assert_int_eq(faults("ImageId,Label\r\n3,0\r\n1,7\r\n2,9", three), 0);
    ck_assert_int_eq(found.expected_rows, 3);
    ck_assert_int_eq(faults("id,0,1\n1,0.5,1e-3\n2,.25,1\n3,0,1\n", three), 0);
}
END_TEST

START_TEST(ids_are_missing_unknown_twice_there_or_empty)
{
    ck_assert_int_eq(faults("ImageId,Label\n1,0\n1,7\n4,7\n,9\n", three), 5);
    ck_assert_str_eq(found.first[0].text,
                     "b.csv: line 3, row 2, column 1 (ImageId): duplicate id '1'");
    ck_assert_str_eq(found.first[1].text, "b.csv: line 4, row 3, column 1 (ImageId): id '4' is not "
                                          "one of the 3 expected");
    ck_assert_str_eq(found.first[2].text, "b.csv: line 5, row 4, column 1 (ImageId): an empty id");
    ck_assert_str_eq(found.first[3].text, "b.csv: no row for id '2'");
    ck_assert_str_eq(found.first[4].text, "b.csv: no row for id '3'");
}
END_TEST

START_TEST(a_sample_tells_header_and_ids_in_any_order)
{
    const struct submission_expected expected = {.sample = "a.csv"};

    write_text("a.csv", "id,label\na.png,0\nb.png,0\nc.png,0\n");
    ck_assert_int_eq(faults("id,label\nc.png,1\na.png,1\nb.png,1\n", expected), 0);
    ck_assert_int_eq(faults("Id,label\na.png,1\n01,1\nb.png,\n", expected), 4);
    ck_assert_str_eq(found.first[0].text,
                     "b.csv: line 1, column 1: named 'Id' where 'id' is expected");
    ck_assert_str_eq(found.first[1].text, "b.csv: line 3, row 2, column 1 (Id): id '01' is not one "
                                          "of the 3 expected");
    ck_assert_str_eq(found.first[2].text, "b.csv: line 4, row 3, column 2 (label): an empty label");
    ck_assert_str_eq(found.first[3].text,
                     "b.csv: no row for id 'c.png', which a.csv has on line 4");
}
END_TEST

START_TEST(predictions_tell_header_ids_and_classes)
{
    const struct submission_expected expected = {.predictions = "p.st.zst", .id_start = 1};

    write_predictions((struct kind){.id_column = "id"});
    ck_assert_int_eq(faults("id,label\n-2,0\n7,\"a,b\"\n5,\"say \"\"hi\"\"\"\n", expected), 0);
    ck_assert_int_eq(faults("id,label\n-2,0.0\n7,00\n5,0\n", expected), 1);
    ck_assert_str_eq(found.first[0].text, "b.csv: line 3, row 2, column 2 (label): label '00' is "
                                          "none of the 3 classes");
    ck_assert_int_eq(
        faults("id,0,\"say \"\"hi\"\"\",\"a,b\"\n-2,1,0,0\n5,1,0,0\n7,1,0,0\n", expected), 0);
    ck_assert_int_eq(faults("id,0,x,\"a,b\"\n-2,1,nan,0\n5,1,,0\n7,1,0x1,0\n", expected), 4);
    ck_assert_str_eq(found.first[1].text, "b.csv: line 2, row 1, column 3 (x): 'nan' is not a "
                                          "number");
}
END_TEST

START_TEST(a_sample_tells_ids_and_predictions_besides_it_classes)
{
    const struct submission_expected both = {.sample = "a.csv", .predictions = "p.st.zst"};

    write_predictions((struct kind){.id_column = "id"});
    write_text("a.csv", "k,v\n1,0.0\n2,0.0\n");
    ck_assert_int_eq(faults("k,v\n2,0.0\n1,0.0\n", both), 0);
    ck_assert_int_eq(found.expected_rows, 2);
    ck_assert_int_eq(faults("k,v\n2,3.0\n1,0.0\n", both), 1);
    ck_assert_str_eq(found.first[0].text,
                     "b.csv: line 2, row 1, column 2 (v): label '3.0' is none of the 3 classes");
}
END_TEST

START_TEST(probabilities_are_expected_where_the_sample_has_fractions)
{
    const struct submission_expected sample = {.sample = "a.csv"};
    const struct submission_expected predicted = {.predictions = "p.st.zst", .id_start = 1};

    write_text("a.csv", "k,v\n1,0.5\n2,0\n");
    ck_assert_int_eq(faults("k,v\n1,0\n2,1e-7\n", sample), 0);
    ck_assert_str_eq(found.doubt, "");
    ck_assert_int_eq(faults("k,v\n1,0.5\n2,cat\n", sample), 1);
    ck_assert_str_eq(found.first[0].text, "b.csv: line 3, row 2, column 2 (v): 'cat' is no number "
                                          "as all of the sample's are, such as '0.5'");
    ck_assert_int_eq(faults("k,v\n1,0\n2,1\n", sample), 0);
    ck_assert_str_eq(found.doubt, "b.csv: whole numbers alone where a.csv has '0.5'");
    write_predictions((struct kind){.classes = (char *[]){"cat", "dog"}});
    ck_assert_int_eq(faults("ImageId,Label\n1,0.5\n2,1\n3,2\n", predicted), 1);
    ck_assert_str_eq(found.first[0].text,
                     "b.csv: line 4, row 3, column 2 (Label): label '2' is none of the 2 classes");
    ck_assert_int_eq(faults("ImageId,Label\n1,0.5\n2,1\n3,0\n", predicted), 0);
    ck_assert_int_eq(faults("ImageId,Label\n1,cat\n2,dog\n3,dog\n", predicted), 0);
    ck_assert_int_eq(faults("ImageId,Label\n1,0\n2,1\n3,0\n", predicted), 1);
    ck_assert_str_eq(found.first[0].text, "b.csv: labels 0 and 1 are none of the 2 classes, and "
                                          "probabilities only with others between");
    ck_assert_int_eq(faults("ImageId,Label\n1,cat\n2,.5\n3,0\n", predicted), 1);
    ck_assert_str_eq(found.first[0].text, "b.csv: labels and probabilities in one column");
}
END_TEST

START_TEST(numbers_are_doubted_where_the_sample_has_words)
{
    const struct submission_expected sample = {.sample = "a.csv"};

    write_text("a.csv", "k,v\n1,cat\n2,cat\n");
    ck_assert_int_eq(faults("k,v\n1,0\n2,1\n", sample), 0);
    ck_assert_str_eq(found.doubt, "b.csv: numbers alone where a.csv has 'cat'");
    ck_assert_int_eq(faults("k,v\n1,0\n2,dog\n", sample), 0);
    ck_assert_str_eq(found.doubt, "");
    write_text("a.csv", "k,v\n1,\n2,\n");
    ck_assert_int_eq(faults("k,v\n1,0\n2,1\n", sample), 0);
    ck_assert_str_eq(found.doubt, "");
}
END_TEST

START_TEST(what_is_no_submission_is_told)
{
    ck_assert_int_eq(faults("", nothing), 1);
    ck_assert_str_eq(found.first[0].text, "b.csv: empty");
    ck_assert_int_eq(faults("ImageId,Label\n", nothing), 1);
    ck_assert_str_eq(found.first[0].text, "b.csv: a header and no rows");
    ck_assert_int_eq(faults("1,7\n2,7\n3,7\n", three), 1);
    ck_assert_str_eq(found.first[0].text, "b.csv: line 1: data where the header is expected");
    ck_assert_int_eq(faults("ImageId;Label\n1;7\n", nothing), 1);
    ck_assert_int_eq(faults("ImageId,Label\n1,7\n2\n3,7\n", three), 1);
    ck_assert_str_eq(found.first[0].text, "b.csv: line 3, row 2: 1 field where the header has 2");
    ck_assert_int_eq(faults("ImageId,Label\n1,caf\xe9\n", nothing), 1);
    ck_assert_str_eq(found.first[0].text,
                     "b.csv: line 2, row 1, column 2 (Label): label 'caf\\xe9' "
                     "is not plain UTF-8 text");
}
END_TEST

START_TEST(all_faults_are_counted_and_the_first_ones_kept)
{
    const struct submission_expected many = {.rows = 5000, .id_start = 0};

    ck_assert_int_eq(faults("ImageId,Label\n0,1\n", many), 4999);
    ck_assert_str_eq(found.first[SUBMISSION_FAULTS - 1].text, "b.csv: no row for id '10'");
}
END_TEST

static const char *score_against(const char *truth, const char *text, struct score *score)
{
    static struct err err;
    struct inputs inputs = {0};
    int status;

    write_text("a.csv", truth);
    write_text("b.csv", text);
    status = submission_score("b.csv", "a.csv", NULL, &inputs, score, &err);
    inputs_free(&inputs);
    return status ? err.text : "";
}

START_TEST(the_truth_is_compared_id_by_id)
{
    struct score score;

    ck_assert_str_eq(score_against("i,y\n1,7\n2,cat\n3,0\n4,1\n",
                                   "ImageId,Label\n4,1\n2,cat\n1,0\n3,7\n", &score),
                     "");
    ck_assert_int_eq(score.rows, 4);
    ck_assert_int_eq(score.correct, 2);
    ck_assert_double_nan(score.loss);
    ck_assert_double_nan(score.auc);
    ck_assert_double_eq_tol(score.macro_f1, 2.0 / 4, 1e-15); /* cat and 1 have 1, 7 and 0 have 0 */
    ck_assert_double_eq_tol(score.balanced_accuracy, 2.0 / 4, 1e-15);
    /* a label that the truth lacks counts for F1: 2/3 of 7, 0 of "07" and 1 of 8 */
    ck_assert_str_eq(score_against("i,y\n1,7\n2,7\n3,8\n", "i,y\n1,7\n2,07\n3,8\n", &score), "");
    ck_assert_double_eq_tol(score.macro_f1, (2.0 / 3 + 0 + 1) / 3, 1e-15);
    ck_assert_double_eq_tol(score.balanced_accuracy, (0.5 + 1) / 2, 1e-15);
    ck_assert_str_eq(
        score_against("i,y\n1,0\n2,1\n3,1\n4,7\n", "i,y\n1,\"0\"\n2, 1\n3,1 \n4,7.0\n", &score),
        "");
    ck_assert_int_eq(score.correct, 4);
    ck_assert_str_eq(score_against("i,y\n1,7\n2,7\n", "i,y\n1,7\n3,7\n", &score),
                     "b.csv: line 3, row 2, column 1 (id): the truth has no id '3'");
    ck_assert_str_eq(score_against("i,y\n1,7\n2,7\n", "i,y\n1,7\n", &score),
                     "b.csv: 1 row where the truth, a.csv, has 2");
    ck_assert_str_eq(score_against("i,y\n1,7\n1,7\n", "i,y\n1,7\n", &score),
                     "a.csv: line 3, row 2, column 1 (id): duplicate id '1'");
    ck_assert_str_eq(score_against("label,pixel0,pixel1\n1,7,8\n", "i,y\n1,7\n", &score),
                     "a.csv: line 1: 3 columns where two are expected, ids and labels");
}
END_TEST

START_TEST(probabilities_lose_as_kaggle_has_it)
{
    struct score score;

    /* row 1: 3 / 4 of dog; row 2 is not scaled; row 3 is cut, and wrong */
    ck_assert_str_eq(score_against("id,class\n1,dog\n2,cat\n3,cow\n",
                                   "id,cat,dog,cow\n3,1,0,0\n1,0.5,1.5,0\n2,.5,.25,.25\n", &score),
                     "");
    ck_assert_int_eq(score.rows, 3);
    ck_assert_int_eq(score.correct, 2);
    ck_assert_double_eq_tol(score.loss, -(log(0.75) + log(0.5) + log(1e-15)) / 3, 1e-12);
    ck_assert_double_eq_tol(score.macro_f1, (2.0 / 3 + 1 + 0) / 3, 1e-15);
    ck_assert_double_eq_tol(score.balanced_accuracy, 2.0 / 3, 1e-15);
    /* cat: 0.5 ties with one of the two others; dog is above both; cow below one, equal to one */
    ck_assert_double_eq_tol(score.auc, (0.25 + 1 + 0.25) / 3, 1e-15);
    ck_assert_str_eq(score_against("id,class\n1,a\n2,a\n", "id,a,b\n1,1,0\n2,1,0\n", &score), "");
    ck_assert_double_eq_tol(score.loss, 1e-15, 1e-17); /* no more than 1 - 1e-15 */
    ck_assert_double_nan(score.auc);                   /* of one class alone */
    ck_assert_str_eq(score_against("id,y\n1,a\n2,pig\n", "id,a,b\n1,1,0\n2,1,0\n", &score),
                     "a.csv: line 3, row 2, column 2 (label): no column of the submission is named "
                     "'pig'");
    ck_assert_str_eq(score_against("id,y\n1,a\n", "id,a,b\n1,-1,2\n", &score),
                     "b.csv: line 2, row 1, column 2 (a): '-1' is no probability");
    ck_assert_str_eq(score_against("id,y\n1,a\n", "id,a,b\n1,0,0\n", &score),
                     "b.csv: line 2, row 1: the probabilities add up to 0");
    ck_assert_str_eq(score_against("id,y\n1,a\n", "id,a,a\n1,1,0\n", &score),
                     "b.csv: line 1, column 3: duplicate column 'a'");
}
END_TEST

START_TEST(one_column_has_probabilities_of_label_1)
{
    static const char truth[] = "id,label\n1,1\n2,0\n3,1\n4,0\n";
    struct score score;

    ck_assert_str_eq(score_against(truth, "id,label\n1,.75\n2,0.25\n3,0.5\n4,0.5\n", &score), "");
    ck_assert_int_eq(score.correct, 3); /* 0.5 is 0 */
    ck_assert_double_eq_tol(score.loss, -(2 * log(0.75) + 2 * log(0.5)) / 4, 1e-15);
    ck_assert_double_eq_tol(score.auc, 3.5 / 4, 1e-15);
    ck_assert_str_eq(score_against(truth, "id,label\n1,1\n2,1e-17\n3,1e-17\n4,0\n", &score), "");
    ck_assert_double_eq_tol(score.auc, 3.5 / 4, 1e-15); /* what 1 - p would not tell apart */
    ck_assert_double_eq_tol(score.loss, -log(1e-15) / 4, 1e-12);
    /* no fraction, or none of 0 to 1: labels */
    ck_assert_str_eq(score_against(truth, "id,label\n1,1\n2,1\n3,0\n4,0.0\n", &score), "");
    ck_assert_int_eq(score.correct, 2);
    ck_assert_double_nan(score.loss);
    ck_assert_str_eq(score_against(truth, "id,label\n1,1\n2,0\n3,0.5\n4,2\n", &score), "");
    ck_assert_int_eq(score.correct, 2);
    ck_assert_double_nan(score.auc);
    /* three labels, of which one is 0: no column of shares */
    ck_assert_str_eq(score_against("id,y\n1,0\n2,a\n3,b\n", "id,a\n1,.5\n2,.7\n3,.2\n", &score),
                     "");
    ck_assert_int_eq(score.correct, 0);
    ck_assert_double_nan(score.loss);
}
END_TEST

START_TEST(one_column_has_probabilities_of_the_word_that_is_meant)
{
    static const char truth[] = "id,y\n1,no\n2,yes\n3,yes\n4,no\n";
    struct score score;

    ck_assert_str_eq(score_against(truth, "id,yes\n1,.25\n2,.75\n3,.5\n4,.5\n", &score), "");
    ck_assert_int_eq(score.correct, 3); /* 0.5 is the other */
    ck_assert_double_eq_tol(score.loss, -(2 * log(0.75) + 2 * log(0.5)) / 4, 1e-15);
    ck_assert_double_eq_tol(score.auc, 3.5 / 4, 1e-15);
    ck_assert_str_eq(score_against(truth, "id,no\n1,.25\n2,.75\n3,.5\n4,.5\n", &score), "");
    ck_assert_int_eq(score.correct, 1);
    ck_assert_double_eq_tol(score.auc, 0.5 / 4, 1e-15);
    ck_assert_ptr_nonnull(strstr(score_against(truth, "id,0\n1,.25\n2,.75\n3,.5\n4,.5\n", &score),
                                 "of which is it?"));
}
END_TEST

START_TEST(a_truth_without_end_of_labels_is_refused)
{
    struct score score;
    struct strbuf truth = {0};

    strbuf_puts(&truth, "id,price\n");
    for (int i = 0; i < 5000; i++)
        strbuf_printf(&truth, "%d,%d\n", i, i);
    ck_assert_str_eq(
        score_against(strbuf_text(&truth), "id,price\n0,0\n", &score),
        "a.csv: line 4098, row 4097, column 2 (label): more than 4096 different labels");
    strbuf_free(&truth);
}
END_TEST

Suite *suite_submission(void)
{
    Suite *suite = suite_create("submission");
    TCase *writing = tcase_create("writing"), *checking = tcase_create("checking");

    tcase_add_checked_fixture(writing, enter, leave);
    tcase_add_test(writing, ids_are_counted_and_labels_spelt_as_the_csv_spelt_them);
    tcase_add_test(writing, the_datas_own_ids_and_their_columns_name_are_used);
    tcase_add_test(writing, probabilities_survive_as_floats);
    tcase_add_test(writing, a_header_has_a_name_for_each_column);
    tcase_add_test(writing, a_sample_gives_header_and_ids);
    tcase_add_test(writing, the_first_difference_from_a_sample_is_named);
    tcase_add_test(writing, rows_without_ids_have_to_be_as_many_as_the_samples);
    tcase_add_test(writing, rows_and_columns_stand_in_the_samples_order);
    tcase_add_test(writing, whole_numbers_are_spelt_as_the_sample_spells_them);
    tcase_add_test(writing, a_sample_of_fractions_has_the_second_classs_probability);
    tcase_add_test(writing, a_samples_label_that_is_no_class_is_doubted);
    tcase_add_test(writing, labels_are_compared_as_whole_numbers_or_as_texts);
    tcase_add_test(writing, an_id_that_stands_twice_is_refused);
    tcase_add_test(writing, labelled_predictions_are_scored);
    suite_add_tcase(suite, writing);
    tcase_add_checked_fixture(checking, enter, leave);
    tcase_add_test(checking, what_is_right_has_no_faults);
    tcase_add_test(checking, ids_are_missing_unknown_twice_there_or_empty);
    tcase_add_test(checking, a_sample_tells_header_and_ids_in_any_order);
    tcase_add_test(checking, a_sample_tells_ids_and_predictions_besides_it_classes);
    tcase_add_test(checking, probabilities_are_expected_where_the_sample_has_fractions);
    tcase_add_test(checking, numbers_are_doubted_where_the_sample_has_words);
    tcase_add_test(checking, predictions_tell_header_ids_and_classes);
    tcase_add_test(checking, what_is_no_submission_is_told);
    tcase_add_test(checking, all_faults_are_counted_and_the_first_ones_kept);
    tcase_add_test(checking, the_truth_is_compared_id_by_id);
    tcase_add_test(checking, probabilities_lose_as_kaggle_has_it);
    tcase_add_test(checking, one_column_has_probabilities_of_label_1);
    tcase_add_test(checking, one_column_has_probabilities_of_the_word_that_is_meant);
    tcase_add_test(checking, a_truth_without_end_of_labels_is_refused);
    suite_add_tcase(suite, checking);
    return suite;
}
