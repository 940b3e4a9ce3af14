#include "pipeline/ingest/ingest.h"

#include "tests/support/expect.h"
#include "tests/support/scratch.h"

#include <stdarg.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

Suite *suite_fast_chunks(void);

/* The fast lane in pieces and libcsv alone give the same bytes or the same faults, however many
 * threads and however the file is cut. */

static struct err err;

enum { ROWS = 60, ROOM = 1 << 16 };

static struct text {
    char bytes[ROOM];
    size_t size;
} csv;

__attribute__((format(printf, 1, 2))) static void add(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    csv.size += (size_t)vsnprintf(csv.bytes + csv.size, ROOM - csv.size, format, args);
    va_end(args);
}

/* Row `row` (from 0) of a small data set; lines of unequal length. */
static void add_row(int row, const char *end)
{
    static const char *const labels[] = {"ant", "bee", "12", " 7", "x y"};

    add("%s,%d,%d,0,0,%d%s", labels[row % 5 * (row % 5) % 5], row * 100, row % 256,
        row % 97 * 37 % 256, end);
}

/* ---- Running ---- */

static void save(const char *path)
{
    spill(path, csv.bytes, csv.size);
}

static struct inputs inputs;

static void finish(struct ingest *in)
{
    ingest_close(in);
    inputs_free(&inputs);
}

static int run(struct ingest *in, const char *path, const char *out,
               const struct ingest_options *options)
{
    struct tensor_writer *writer = NULL;
    json_t *settings = json_object();
    int got = -1;

    ck_assert_int_eq(tensor_writer_open(&writer, out, &err), 0);
    if (ingest_open(in, path, options, &inputs, &err))
        tensor_writer_close(writer);
    else if (ingest_begin(in, writer, &err) == 0) {
        while ((got = ingest_next(in, &err)) == 1)
            ;
        if (got == 0)
            got = ingest_finish(in, settings, &inputs, &err);
    }
    json_decref(settings);
    return got;
}

/* scratch() keeps few paths valid. */
static const char *kept(char path[256], const char *name)
{
    return strcpy(path, scratch(name));
}

/* Everything that came of it as one text: the output's bytes or all faults. The caller frees. */
static char *outcome(const char *path, const struct ingest_options *options, size_t *size)
{
    struct ingest in = {0};
    json_t *faults;
    char *text, out[256];

    kept(out, "out.st.zst");
    if (run(&in, path, out, options) == 0) {
        finish(&in);
        return slurp(out, size);
    }
    if (err.status == EX_DATAERR && (!in.faults.count || strcmp(err.text, in.faults.list[0].text)))
        ck_assert_int_eq(ingest_add_error(&in, &err, &err), 0);
    faults = faults_json(&in.faults, path);
    text = json_dumps(faults, 0);
    json_decref(faults);
    finish(&in);
    *size = strlen(text);
    return text;
}

static void compare(const char *name, struct ingest_options options)
{
    static const size_t pieces[3] = {20, 100, 0};
    static const int threads[4] = {1, 2, 3, 8};
    size_t wanted_size, size;
    char *wanted, *text, path[256];

    kept(path, name);
    options.columns.label = "1";
    options.columns.id = "2";
    options.columns.c = options.columns.h = 1;
    options.columns.w = 4;
    options.plain = true;
    wanted = outcome(path, &options, &wanted_size);
    options.plain = false;
    for (int i = 0; i < 12; i++) {
        options.threads = threads[i % 4];
        options.piece = pieces[i / 4];
        text = outcome(path, &options, &size);
        EXPECT(size == wanted_size && memcmp(text, wanted, size) == 0,
               "%d threads, pieces of %zu bytes: %.300s\nwanted: %.300s", options.threads,
               options.piece, text, wanted);
        free(text);
    }
    free(wanted);
}

static void compare_text(void)
{
    save(scratch("x.csv"));
    compare("x.csv", (struct ingest_options){.pixel = DTYPE_U8});
}

/* ---- Files that are read ---- */

static void begin(const char *end)
{
    csv.size = 0;
    add("what,id,a,b,c,d%s", end);
}

START_TEST(rows_are_the_same_for_any_pieces_and_threads)
{
    begin(_i & 1 ? "\r\n" : "\n");
    for (int row = 0; row < ROWS; row++)
        add_row(row, _i & 1 ? "\r\n" : "\n");
    if (_i & 2)
        csv.size -= _i & 1 ? 2 : 1; /* no last line end */
    compare_text();
}
END_TEST

START_TEST(blank_lines_at_the_end_are_ignored)
{
    begin("\n");
    for (int row = 0; row < ROWS; row++)
        add_row(row, "\n");
    add("\n\r\n\n");
    compare_text();
}
END_TEST

START_TEST(quotes_hand_the_rest_to_libcsv)
{
    begin("\n");
    for (int row = 0; row < ROWS; row++) {
        if (row == _i)
            add("\"b\"\"e,\n\ne\",%d,\"1\",2,3,4\n", row);
        if (row == _i + 5)
            add("ant,7,8,9,1,\"2\"\n");
        add_row(row, "\n");
    }
    compare_text();
}
END_TEST

START_TEST(the_first_row_may_be_data)
{
    csv.size = 0;
    for (int row = 1; row < ROWS; row++)
        add("%d,%d,%d,1,200,%d\n", row % 3, 100 + row, row, _i && row < 9 ? 300 : 3);
    compare_text();
}
END_TEST

START_TEST(a_class_too_many_is_refused_on_its_line)
{
    FILE *file = fopen(scratch("many.csv"), "w");

    ck_assert_ptr_nonnull(file);
    fputs("what,id,a,b,c,d\n", file);
    for (int i = 0; i < CLASSES_MOST + _i; i++)
        fprintf(file, "c%d,1,0,0,0,0\n", i);
    fclose(file);
    compare("many.csv", (struct ingest_options){.pixel = DTYPE_U8});
}
END_TEST

/* ---- Files that are refused ---- */

static const char *const spoilt[] = {
    "ant,1,2,3,4\n",
    "ant,1,2,3,4,5,6\n",
    "ant,1,256,3,4,5\n",
    "ant,1,2,3,,5\n",
    "ant,1,2,3,x,5\n",
    "ant,01,2,3,4,5\n",
    ",1,2,3,4,5\n",
    "\n",
    "ant,1,2,3\r,4,5\n",
    "ant,1,2,3,4,5\r",
    "ant,1,2,\"3,4,5\n",
    "ant,1,2,3\"3\",4,5\n",
    "ant,1,2,\"3\"3,4,5\n",
    " ant,1,2,3,4,5\n",
    "a\377t,1,2,3,4,5\n",
    "ant,1,.5,,x,5\n",
    "\"new\nline\",1,1,1,1,1\n",
};

START_TEST(faults_are_the_same_for_any_pieces_and_threads)
{
    for (int at = 0; at < ROWS; at += 19) {
        begin("\n");
        for (int row = 0; row < ROWS; row++) {
            add_row(row, "\n");
            if (row == at || (row > at && row % 4 == 0))
                add("%s", spoilt[_i]);
        }
        compare_text();
    }
}
END_TEST

START_TEST(a_nul_is_refused_at_its_place)
{
    begin("\n");
    for (int row = 0; row < ROWS; row++)
        add_row(row, "\n");
    for (size_t at = 20; at < csv.size; at += 289) {
        char byte = csv.bytes[at];

        csv.bytes[at] = 0;
        compare_text();
        csv.bytes[at] = byte;
    }
}
END_TEST

/* ---- Compressed files ---- */

static size_t pack(bool gzip, unsigned char *to, size_t room)
{
    z_stream stream = {.next_in = (unsigned char *)csv.bytes,
                       .avail_in = (unsigned)csv.size,
                       .next_out = to,
                       .avail_out = (unsigned)room};

    if (!gzip)
        return ZSTD_compress(to, room, csv.bytes, csv.size, 3);
    ck_assert_int_eq(deflateInit2(&stream, 6, Z_DEFLATED, MAX_WBITS + 16, 8, 0), Z_OK);
    ck_assert_int_eq(deflate(&stream, Z_FINISH), Z_STREAM_END);
    deflateEnd(&stream);
    return stream.total_out;
}

START_TEST(damaged_files_read_alike_up_to_the_damage)
{
    static unsigned char packed[ROOM];
    size_t size;

    begin("\n");
    for (int row = 0; row < 10 * ROWS; row++)
        add_row(row * 7919, "\n");
    size = pack(_i & 1, packed, ROOM);
    for (size_t at = size / 5; at < size; at += size / 5) {
        packed[at] ^= 0x55;
        spill(scratch("x.csv.packed"), packed, size);
        compare("x.csv.packed", (struct ingest_options){.pixel = DTYPE_U8});
        packed[at] ^= 0x55;
    }
}
END_TEST

START_TEST(compressed_files_read_alike_whole_or_cut)
{
    static unsigned char packed[ROOM];
    size_t size;

    begin("\n");
    for (int row = 0; row < ROWS; row++)
        add_row(row, "\n");
    if (_i & 2)
        add("ant,x,y,z\n"); /* the fault comes before the cut */
    size = pack(_i & 1, packed, ROOM);
    for (int part = 4; part <= 8; part++) {
        spill(scratch("x.csv.packed"), packed, size * (size_t)part / 8);
        compare("x.csv.packed", (struct ingest_options){.pixel = DTYPE_F32});
    }
}
END_TEST

/* ---- Another data set to match ---- */

START_TEST(labels_of_another_data_set_are_the_same)
{
    struct ingest_options options = {.pixel = DTYPE_U8};
    char like[256];

    kept(like, "like.st.zst");
    begin("\n");
    for (int row = 0; row < 10; row++)
        add_row(row, "\n");
    compare_text();
    ck_assert_int_eq(rename(scratch("out.st.zst"), like), 0);
    for (int row = 0; row < ROWS; row++)
        add_row(row, "\n");
    options.like = like;
    for (int strange = 0; strange < 2; strange++) {
        save(scratch("y.csv"));
        compare("y.csv", options);
        add("nobody,1,2,3,4,5\n");
    }
}
END_TEST

Suite *suite_fast_chunks(void)
{
    Suite *suite = suite_create("fast_chunks");
    TCase *tests = tcase_create("both lanes");

    tcase_add_checked_fixture(tests, scratch_make, scratch_remove);
    tcase_set_timeout(tests, 300);
    tcase_add_loop_test(tests, rows_are_the_same_for_any_pieces_and_threads, 0, 4);
    tcase_add_test(tests, blank_lines_at_the_end_are_ignored);
    tcase_add_loop_test(tests, quotes_hand_the_rest_to_libcsv, 0, 4);
    tcase_add_loop_test(tests, the_first_row_may_be_data, 0, 2);
    tcase_add_loop_test(tests, a_class_too_many_is_refused_on_its_line, 0, 2);
    tcase_add_loop_test(tests, faults_are_the_same_for_any_pieces_and_threads, 0,
                        sizeof spoilt / sizeof *spoilt);
    tcase_add_test(tests, a_nul_is_refused_at_its_place);
    tcase_add_loop_test(tests, damaged_files_read_alike_up_to_the_damage, 0, 2);
    tcase_add_loop_test(tests, compressed_files_read_alike_whole_or_cut, 0, 4);
    tcase_add_test(tests, labels_of_another_data_set_are_the_same);
    suite_add_tcase(suite, tests);
    return suite;
}
