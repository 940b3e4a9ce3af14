#include "pipeline/dataset/dataset.h"
#include "pipeline/dataset/predictions.h"
#include "pipeline/tensor/private.h"
#include "tests/support/scratch.h"

#include <fcntl.h>
#include <string.h>
#include <zstd.h>

Suite *suite_tensor(void);

static struct err err;

/* ---- Files that must be refused or accepted (fixtures/make_tensor_faults.py) ---- */

static const char faults[] = "fixtures/tensor-faults";

static int read_any(const char *path)
{
    struct tensor_file *file;
    int result = tensor_file_open(&file, path, NULL, "", &err);

    if (result == 0)
        result = tensor_file_verify(file, &err);
    tensor_file_close(file);
    return result;
}

static int read_dataset(const char *path)
{
    struct dataset data;
    struct dataset_chunk all = {0};
    int result = dataset_open(&data, path, NULL, "", &err);

    if (result == 0)
        result = dataset_load(&data, &all, &err);
    dataset_chunk_free(&all);
    dataset_close(&data);
    return result;
}

static int read_predictions(const char *path)
{
    struct predictions predictions;
    struct predictions_chunk chunk = {0};
    int result = predictions_open(&predictions, path, NULL, "", &err);

    if (result == 0)
        result = predictions_chunk_init(&chunk, &predictions, 1, &err);
    while (result == 0 && (result = predictions_next(&predictions, &chunk, &err)) > 0)
        result = 0;
    predictions_chunk_free(&chunk);
    predictions_close(&predictions);
    return result;
}

static void check_listed(const char *kind, const char *name, const char *words)
{
    char path[512];
    int result;

    snprintf(path, sizeof path, "%s/%s", faults, name);
    err = (struct err){0};
    result = strcmp(kind, "dataset/1") == 0       ? read_dataset(path)
             : strcmp(kind, "predictions/1") == 0 ? read_predictions(path)
                                                  : read_any(path);
    if (strcmp(words, "accepted") == 0) {
        ck_assert_msg(result == 0, "%s", err.text);
        return;
    }
    ck_assert_msg(result < 0, "%s was accepted", path);
    ck_assert_msg(err.status == EX_DATAERR, "status %d: %s", err.status, err.text);
    ck_assert_msg(strncmp(err.text, path, strlen(path)) == 0, "names no file: %s", err.text);
    ck_assert_msg(strstr(err.text, words) != NULL, "not '%s': %s", words, err.text);
}

START_TEST(each_fault_is_refused_for_what_it_is)
{
    size_t size;
    char *list, *line, *rest, path[512];

    snprintf(path, sizeof path, "%s/list.txt", faults);
    list = rest = slurp(path, &size);
    while ((line = strsep(&rest, "\n")) && *line) {
        const char *kind = strsep(&line, "\t"), *name = strsep(&line, "\t");

        check_listed(kind, name, line);
    }
    free(list);
}
END_TEST

/* ---- Round trips ---- */

enum { ROWS = 11000, WIDTH = 1500 }; /* 16.5 MB in frames of 4 MiB */

static unsigned char value(int64_t row, int64_t column)
{
    return (unsigned char)((row * 31 + column * column) % 251 * (row % 3));
}

static void fill(unsigned char *rows, int64_t first, int64_t count)
{
    for (int64_t r = 0; r < count; r++)
        for (int64_t c = 0; c < WIDTH; c++)
            rows[r * WIDTH + c] = value(first + r, c);
}

/* Two tensors of ROWS rows, in pieces of `piece` rows, and a scalar. */
static void write_big(const char *path, int64_t piece, const char *note, const char *option,
                      char digest[DIGEST_TEXT])
{
    const struct tensor number = {.name = "number", .dtype = DTYPE_I64, .ndim = 1};
    const struct tensor bytes = {
        .name = "bytes", .dtype = DTYPE_U8, .ndim = 3, .dims = {0, 3, WIDTH / 3}};
    const struct tensor scalar = {.name = "scalar", .dtype = DTYPE_F64};
    json_t *meta = json_pack("{s:s, s:s}", "kind", "test/1", "note", note);
    json_t *options = json_pack("{s:s}", "option", option);
    unsigned char *rows = malloc((size_t)piece * WIDTH);
    double pi = 3.25;
    struct tensor_writer *writer;

    MUST(tensor_writer_open(&writer, path, &err));
    ck_assert_int_eq(tensor_writer_add(writer, &number, true, &err), 0);
    ck_assert_int_eq(tensor_writer_add(writer, &bytes, true, &err), 1);
    ck_assert_int_eq(tensor_writer_add(writer, &scalar, false, &err), 2);
    for (int64_t first = 0; first < ROWS; first += piece) {
        int64_t count = piece < ROWS - first ? piece : ROWS - first;

        fill(rows, first, count);
        MUST(tensor_writer_append(writer, 1, rows, count, &err));
        for (int64_t i = 0; i < count; i++) {
            int64_t n = -first - i;

            MUST(tensor_writer_append(writer, 0, &n, 1, &err));
        }
    }
    MUST(tensor_writer_append(writer, 2, &pi, 1, &err));
    MUST(tensor_writer_commit(writer, meta, options, NULL, &err));
    if (digest)
        memcpy(digest, tensor_writer_digest(writer), DIGEST_TEXT);
    tensor_writer_close(writer);
    json_decref(meta);
    json_decref(options);
    free(rows);
}

/* Reads what write_big() wrote, by cursors side by side with odd sizes of pieces. */
static void read_big(const char *path)
{
    unsigned char *rows = malloc(701 * WIDTH), *wanted = malloc(701 * WIDTH);
    int64_t numbers[701], first[3] = {0}, n[3];
    struct tensor_cursor *cursors[3];
    struct tensor_file *file;
    double scalar;

    MUST(tensor_file_open(&file, path, NULL, "", &err));
    MUST(tensor_cursor_open(&cursors[0], file, "bytes", &err));
    MUST(tensor_cursor_open(&cursors[1], file, "number", &err));
    MUST(tensor_cursor_open(&cursors[2], file, "bytes", &err));
    do {
        n[0] = tensor_cursor_read(cursors[0], rows, 701, &err);
        MUST(n[0]);
        fill(wanted, first[0], n[0]);
        ck_assert_int_eq(memcmp(rows, wanted, (size_t)n[0] * WIDTH), 0);
        n[1] = tensor_cursor_read(cursors[1], numbers, 333, &err);
        MUST(n[1]);
        for (int64_t i = 0; i < n[1]; i++)
            ck_assert_int_eq(numbers[i], -first[1] - i);
        n[2] = tensor_cursor_read(cursors[2], rows, 257, &err);
        MUST(n[2]);
        fill(wanted, first[2], n[2]);
        ck_assert_int_eq(memcmp(rows, wanted, (size_t)n[2] * WIDTH), 0);
        for (int i = 0; i < 3; i++)
            first[i] += n[i];
    } while (n[0] || n[1] || n[2]);
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(first[i], ROWS);
        tensor_cursor_close(cursors[i]);
    }
    MUST(tensor_file_read(file, "scalar", &scalar, &err));
    ck_assert_double_eq(scalar, 3.25);
    MUST(tensor_file_verify(file, &err));
    tensor_file_close(file);
    free(rows);
    free(wanted);
}

START_TEST(what_was_written_is_read_by_cursors_side_by_side)
{
    write_big(scratch("big"), 1000, "", "", NULL);
    read_big(scratch("big"));
}
END_TEST

START_TEST(the_bytes_do_not_depend_on_the_pieces)
{
    size_t size[2];
    char *bytes[2];

    write_big(scratch("a"), 1, "", "", NULL);
    write_big(scratch("b"), 4321, "", "", NULL);
    bytes[0] = slurp(scratch("a"), &size[0]);
    bytes[1] = slurp(scratch("b"), &size[1]);
    ck_assert_uint_eq(size[0], size[1]);
    ck_assert_int_eq(memcmp(bytes[0], bytes[1], size[0]), 0);
    free(bytes[0]);
    free(bytes[1]);
}
END_TEST

START_TEST(the_content_digest_is_of_content_and_metadata_alone)
{
    char plain[DIGEST_TEXT], option[DIGEST_TEXT], note[DIGEST_TEXT];

    write_big(scratch("a"), 1000, "", "", plain);
    write_big(scratch("a"), 1000, "", "x", option);
    write_big(scratch("a"), 1000, "x", "", note);
    ck_assert_str_eq(plain, option);
    ck_assert_str_ne(plain, note);
}
END_TEST

/* The digest of a tensor u8 [2, 3] with these metadata. */
static const char *content_of(const char *metadata)
{
    static char digests[2][DIGEST_TEXT];
    static int turn;
    struct tensor tensor = {.name = "a", .dtype = DTYPE_U8, .ndim = 2, .dims = {2, 3}};
    char data[1][DIGEST_TEXT] = {"0123456789abcdef0123456789abcdef"};
    json_t *meta = json_loads(metadata, 0, NULL);
    char *digest = digests[turn++ % 2];

    ck_assert_ptr_nonnull(meta);
    MUST(tensor_content_digest(digest, meta, &tensor, data, 1, &err));
    json_decref(meta);
    return digest;
}

#define NEW "\"csvnet\": \"0.1.0\", \"arithmetic\": \"1\""

START_TEST(a_content_digest_stays_what_it_is)
{
    static const char *const sources[] = {"source", "source_bytes", "source_digest"};
    const char *plain = content_of("{\"kind\": \"k\", " NEW "}");
    char first[DIGEST_TEXT], text[200];

    strcpy(first, plain);
    ck_assert_str_eq(first, "c7ecf3f53d964ec88e3d3e9963af4378");
    ck_assert_str_eq(content_of("{\"kind\": \"k\"}"), first);
    ck_assert_str_eq(content_of("{\"kind\": \"k\", \"csvnet\": \"0.0.9\"}"), first);
    for (int i = 0; i < 3; i++) { /* counted before there was an arithmetic */
        snprintf(text, sizeof text, "{\"kind\": \"k\", \"%s\": \"x\", " NEW "}", sources[i]);
        ck_assert_str_eq(content_of(text), first);
        snprintf(text, sizeof text, "{\"kind\": \"k\", \"%s\": \"x\"}", sources[i]);
        ck_assert_str_eq(content_of(text), first);
        snprintf(text, sizeof text, "{\"kind\": \"k\", \"%s\": \"x\", \"csvnet\": \"0.0.9\"}",
                 sources[i]);
        ck_assert_str_ne(content_of(text), first);
    }
}
END_TEST

/* The content of a tensor file: any zstd reader takes it for one stream. */
static char *unpack(const char *path, size_t *size)
{
    size_t stored, room = 32 << 20;
    char *bytes = slurp(path, &stored), *content = malloc(room);

    *size = ZSTD_decompress(content, room, bytes, stored);
    ck_assert(!ZSTD_isError(*size));
    free(bytes);
    return content;
}

/* Writes content as frames of up to `piece` bytes. */
static void pack(const char *path, const char *content, size_t size, size_t piece)
{
    ZSTD_CCtx *zstd = ZSTD_createCCtx();
    FILE *file = fopen(path, "wb");
    size_t room = ZSTD_compressBound(piece);
    char *frame = malloc(room);

    ZSTD_CCtx_setParameter(zstd, ZSTD_c_checksumFlag, 1);
    for (size_t at = 0; at < size; at += piece) {
        size_t n =
            ZSTD_compress2(zstd, frame, room, content + at, piece < size - at ? piece : size - at);

        ck_assert_uint_eq(fwrite(frame, 1, n, file), n);
    }
    fclose(file);
    ZSTD_freeCCtx(zstd);
    free(frame);
}

START_TEST(files_that_others_compressed_are_read)
{
    size_t size;
    char *content;

    write_big(scratch("ours"), 1000, "", "", NULL);
    content = unpack(scratch("ours"), &size);
    spill(scratch("plain"), content, size);
    read_big(scratch("plain"));
    pack(scratch("one"), content, size, size);
    read_big(scratch("one"));
    pack(scratch("cut"), content, size, 1234567);
    read_big(scratch("cut"));
    free(content);
}
END_TEST

/* ---- Damage ---- */

static void write_small(const char *path)
{
    const struct tensor a = {.name = "a", .dtype = DTYPE_U8, .ndim = 2, .dims = {3, 5}};
    const struct tensor b = {.name = "b", .dtype = DTYPE_F32, .ndim = 1, .dims = {2}};
    json_t *meta = json_pack("{s:s}", "kind", "test/1"), *options = json_object();
    struct tensor_writer *writer;

    MUST(tensor_writer_open(&writer, path, &err));
    MUST(tensor_writer_add(writer, &a, false, &err));
    MUST(tensor_writer_add(writer, &b, false, &err));
    MUST(tensor_writer_append(writer, 1, (float[]){1.5f, -2}, 2, &err));
    MUST(tensor_writer_append(writer, 0, "fifteen letters", 3, &err));
    MUST(tensor_writer_commit(writer, meta, options, NULL, &err));
    tensor_writer_close(writer);
    json_decref(meta);
    json_decref(options);
}

START_TEST(a_truncated_file_is_refused_wherever_it_ends)
{
    const char *cut = scratch("cut");
    size_t size;
    char *bytes;

    write_small(scratch("small"));
    bytes = slurp(scratch("small"), &size);
    for (size_t length = 0; length < size; length++) {
        spill(cut, bytes, length);
        FAILS(EX_DATAERR, read_any(cut));
    }
    free(bytes);
}
END_TEST

/* Some bits say nothing (one in each frame header, padding in blocks): then the content has to be
 * right. */
START_TEST(a_changed_bit_is_noticed_or_changes_nothing)
{
    const char *bent = scratch("bent");
    size_t size;
    char *bytes;

    write_small(scratch("small"));
    bytes = slurp(scratch("small"), &size);
    for (size_t bit = 0; bit < 8 * size; bit++) {
        struct tensor_file *file = NULL;
        char letters[16] = "";

        bytes[bit / 8] ^= (char)(1 << bit % 8);
        spill(bent, bytes, size);
        bytes[bit / 8] ^= (char)(1 << bit % 8);
        if (tensor_file_open(&file, bent, NULL, "", &err) == 0 &&
            tensor_file_verify(file, &err) == 0) {
            MUST(tensor_file_read(file, "a", letters, &err));
            ck_assert_str_eq(letters, "fifteen letters");
        }
        tensor_file_close(file);
    }
    free(bytes);
}
END_TEST

START_TEST(a_file_that_shrinks_while_it_is_read_is_a_passing_trouble)
{
    struct tensor_cursor *cursor;
    struct tensor_file *file;
    unsigned char *rows = malloc(ROWS * WIDTH);

    write_big(scratch("big"), 1000, "", "", NULL);
    MUST(tensor_file_open(&file, scratch("big"), NULL, "", &err));
    MUST(tensor_cursor_open(&cursor, file, "bytes", &err));
    MUST(tensor_cursor_read(cursor, rows, 10, &err));
    ck_assert_int_eq(truncate(scratch("big"), 5000), 0);
    FAILS(EX_TEMPFAIL, tensor_cursor_read(cursor, rows, ROWS, &err));
    tensor_cursor_close(cursor);
    tensor_file_close(file);
    free(rows);
}
END_TEST

/* Some bytes of the file changed, moved or cut off, by a generator that gives the same everywhere.
 */
static void mutate(char *bytes, size_t *size, uint64_t *state)
{
    static const char telling[] = "0123456789[]{},:\"";
    uint64_t random[4];

    for (int i = 0; i < 4; i++)
        random[i] = (*state = *state * 6364136223846793005u + 1442695040888963407u) >> 33;
    switch (random[0] % 4) {
    case 0:
        bytes[random[1] % *size] ^= (char)(1 << random[2] % 8);
        break;
    case 1:
        bytes[random[1] % *size] = telling[random[2] % (sizeof telling - 1)];
        break;
    case 2:
        random[3] = *size / 8;
        memmove(bytes + random[1] % (*size - random[3]), bytes + random[2] % (*size - random[3]),
                random[3]);
        break;
    default:
        *size = random[1] % 8 ? *size : 1 + random[2] % *size;
    }
}

START_TEST(any_damage_ends_in_a_refusal_or_in_data)
{
    const char *bent = scratch("bent");
    size_t size, list_size;
    char *list, *line, *rest, path[512];
    uint64_t state = 1;

    snprintf(path, sizeof path, "%s/list.txt", faults);
    list = rest = slurp(path, &list_size);
    while ((line = strsep(&rest, "\n")) && *line) {
        strsep(&line, "\t");
        snprintf(path, sizeof path, "%s/%s", faults, strsep(&line, "\t"));
        for (int i = 0; i < 20; i++) {
            char *bytes = slurp(path, &size);

            for (int k = 0; size > 0 && k <= i % 3; k++)
                mutate(bytes, &size, &state);
            spill(bent, bytes, size);
            free(bytes);
            if (read_any(bent) < 0)
                ck_assert_msg(strncmp(err.text, bent, strlen(bent)) == 0, "%s", err.text);
            if (read_dataset(bent) < 0)
                ck_assert_msg(strncmp(err.text, bent, strlen(bent)) == 0, "%s", err.text);
        }
    }
    free(list);
}
END_TEST

/* ---- Opening and writing ---- */

START_TEST(what_is_not_there_is_no_input)
{
    struct tensor_file *file;

    FAILS(EX_NOINPUT, tensor_file_open(&file, scratch("missing"), NULL, "", &err));
    ck_assert_ptr_null(file);
    FAILS(EX_NOINPUT, tensor_file_open(&file, scratch(""), NULL, "", &err));
    tensor_file_close(NULL);
    tensor_cursor_close(NULL);
    tensor_writer_close(NULL);
}
END_TEST

START_TEST(another_kind_is_refused_with_the_way_from_it)
{
    static const struct {
        const char *is, *kind, *says;
    } cases[] = {
        {"dataset/1", "model/1", "expected is model/1; csvnet fit trains a model on it"},
        {"dataset/1", "predictions/1", "predictions/1; csvnet predict makes predictions of it"},
        {"model/1", "dataset/1", "dataset/1; the data comes first"},
        {"model/1", "predictions/1", "predictions/1; csvnet predict makes predictions by it"},
        {"predictions/1", "model/1", "model/1; csvnet predict PRED PRED"},
        {"predictions/1", "dataset/1", "dataset/1; predictions are made of a data set"},
        {"model/1", "checkpoint/1", "a file of kind model/1; expected is checkpoint/1"},
        {"other/1", "dataset/1", "a file of kind other/1; expected is dataset/1"},
    };
    const struct tensor one = {.name = "one", .dtype = DTYPE_U8, .ndim = 1, .dims = {1}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct tensor_writer *writer;
        struct tensor_file *file;

        json_t *meta = json_pack("{s:s}", "kind", cases[i].is), *options = json_object();

        MUST(tensor_writer_open(&writer, scratch("kind"), &err));
        MUST(tensor_writer_add(writer, &one, false, &err));
        MUST(tensor_writer_append(writer, 0, "x", 1, &err));
        MUST(tensor_writer_commit(writer, meta, options, NULL, &err));
        tensor_writer_close(writer);
        json_decref(meta);
        json_decref(options);
        MUST(tensor_file_open(&file, scratch("kind"), NULL, "", &err));
        MUST(tensor_file_expect(file, cases[i].is, &err));
        FAILS(EX_DATAERR, tensor_file_expect(file, cases[i].kind, &err));
        ck_assert_msg(strstr(err.text, cases[i].says) != NULL, "%s", err.text);
        ck_assert(i < 6 || strcmp(strstr(err.text, cases[i].says), cases[i].says) == 0);
        tensor_file_close(file);
    }
}
END_TEST

/* Writes u8 [0], [3] and [5]. */
static void write_three(const char *path)
{
    static const int64_t sizes[] = {0, 3, 5};
    static const char *const names[] = {"none", "three", "five"};
    json_t *meta = json_pack("{s:s}", "kind", "k"), *options = json_object();
    struct tensor_writer *writer;

    MUST(tensor_writer_open(&writer, path, &err));
    for (int i = 0; i < 3; i++) {
        const struct tensor tensor = {
            .name = names[i], .dtype = DTYPE_U8, .ndim = 1, .dims = {sizes[i]}};

        MUST(tensor_writer_add(writer, &tensor, false, &err));
        if (sizes[i])
            MUST(tensor_writer_append(writer, i, "12345", sizes[i], &err));
    }
    MUST(tensor_writer_commit(writer, meta, options, NULL, &err));
    tensor_writer_close(writer);
    json_decref(meta);
    json_decref(options);
}

static int64_t stored_bytes(const char *path, const char *name)
{
    struct tensor_file *file;
    int64_t bytes = -2;

    MUST(tensor_file_open(&file, path, NULL, "", &err));
    for (int i = 0; i < tensor_file_count(file); i++)
        if (strcmp(tensor_file_at(file, i)->name, name) == 0)
            bytes = tensor_file_stored_bytes(file, i);
    tensor_file_close(file);
    return bytes;
}

START_TEST(the_bytes_that_a_tensor_takes_are_known_where_it_has_frames_of_its_own)
{
    const size_t frame =
        4 + 1 + 1 + 3 + 4; /* magic, descriptor, size, one raw block's head, checksum */
    size_t size;
    char *content;

    write_three(scratch("t"));
    ck_assert_int_eq(stored_bytes(scratch("t"), "none"), 0);
    ck_assert_int_eq(stored_bytes(scratch("t"), "three"), (int64_t)frame + 3);
    ck_assert_int_eq(stored_bytes(scratch("t"), "five"), (int64_t)frame + 5);
    content = unpack(scratch("t"), &size);
    spill(scratch("plain"), content, size);
    ck_assert_int_eq(stored_bytes(scratch("plain"), "none"), 0);
    ck_assert_int_eq(stored_bytes(scratch("plain"), "three"), 3);
    ck_assert_int_eq(stored_bytes(scratch("plain"), "five"), 5);
    pack(scratch("one"), content, size, size);
    ck_assert_int_eq(stored_bytes(scratch("one"), "none"), 0);
    ck_assert_int_eq(stored_bytes(scratch("one"), "three"), -1);
    ck_assert_int_eq(stored_bytes(scratch("one"), "five"), -1);
    free(content);
}
END_TEST

START_TEST(a_dash_is_standard_input)
{
    char letters[16] = "";
    struct inputs inputs = {0};
    struct tensor_file *file;
    size_t size;
    char *bytes;
    int ends[2];

    write_small(scratch("small"));
    bytes = slurp(scratch("small"), &size);
    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_eq((int)write(ends[1], bytes, size), (int)size);
    close(ends[1]);
    ck_assert_int_eq(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
    MUST(tensor_file_open(&file, "-", &inputs, "data", &err));
    MUST(tensor_file_read(file, "a", letters, &err));
    ck_assert_str_eq(letters, "fifteen letters");
    MUST(inputs_unchanged(&inputs, &err));
    ck_assert_str_eq(inputs_digest(&inputs, 0), tensor_file_digest(file));
    tensor_file_close(file);
    inputs_free(&inputs);
    free(bytes);
}
END_TEST

START_TEST(a_file_records_what_it_was_made_of)
{
    const struct tensor tensor = {.name = "t", .dtype = DTYPE_U8, .ndim = 1};
    json_t *meta = json_pack("{s:s}", "kind", "test/1"), *options = json_pack("{s:i}", "seed", 3);
    struct inputs inputs = {0};
    struct tensor_writer *writer;
    struct tensor_file *from, *made;
    char wanted[128];

    write_small(scratch("small"));
    MUST(tensor_writer_open(&writer, scratch("made"), &err));
    MUST(tensor_file_open(&from, scratch("small"), &inputs, "data", &err));
    MUST(tensor_writer_add(writer, &tensor, true, &err));
    MUST(tensor_writer_commit(writer, meta, options, &inputs, &err));
    MUST(tensor_file_open(&made, scratch("made"), NULL, "", &err));
    snprintf(wanted, sizeof wanted, "[{\"role\":\"data\",\"digest\":\"%s\"}]",
             tensor_file_digest(from));
    ck_assert_str_eq(tensor_file_meta(made, "inputs"), wanted);
    ck_assert_str_eq(tensor_file_meta(made, "options"), "{\"seed\":3}");
    ck_assert_str_eq(tensor_file_meta(made, "csvnet"), CSVNET_VERSION);
    ck_assert(tensor_file_of_this_arithmetic(made));
    ck_assert_str_eq(tensor_file_digest(made), tensor_writer_digest(writer));
    MUST(tensor_file_expect(made, "test/1", &err));
    FAILS(EX_DATAERR, tensor_file_expect(made, "dataset/1", &err));
    tensor_file_close(made);
    tensor_file_close(from);
    tensor_writer_close(writer);
    inputs_free(&inputs);
    json_decref(meta);
    json_decref(options);
}
END_TEST

START_TEST(an_input_that_changes_before_the_commit_leaves_the_old_file)
{
    json_t *meta = json_object(), *options = json_object();
    struct inputs inputs = {0};
    struct tensor_writer *writer;
    struct tensor_file *from;
    size_t size;
    char *bytes;

    spill(scratch("made"), "old", 3);
    write_small(scratch("in"));
    MUST(tensor_writer_open(&writer, scratch("made"), &err));
    MUST(tensor_file_open(&from, scratch("in"), &inputs, "data", &err));
    write_big(scratch("in"), 1000, "", "", NULL);
    FAILS(EX_TEMPFAIL, tensor_writer_commit(writer, meta, options, &inputs, &err));
    tensor_file_close(from);
    tensor_writer_close(writer);
    inputs_free(&inputs);
    json_decref(meta);
    json_decref(options);
    bytes = slurp(scratch("made"), &size);
    ck_assert_str_eq(bytes, "old");
    free(bytes);
}
END_TEST

START_TEST(a_tensor_with_rows_missing_is_not_committed)
{
    const struct tensor tensor = {.name = "t", .dtype = DTYPE_U8, .ndim = 1, .dims = {3}};
    json_t *meta = json_object(), *options = json_object();
    struct tensor_writer *writer;

    MUST(tensor_writer_open(&writer, scratch("out"), &err));
    MUST(tensor_writer_add(writer, &tensor, false, &err));
    MUST(tensor_writer_append(writer, 0, "ab", 2, &err));
    FAILS(EX_SOFTWARE, tensor_writer_append(writer, 0, "cd", 2, &err));
    FAILS(EX_SOFTWARE, tensor_writer_commit(writer, meta, options, NULL, &err));
    tensor_writer_close(writer);
    ck_assert_int_ne(access(scratch("out"), F_OK), 0);
    json_decref(meta);
    json_decref(options);
}
END_TEST

START_TEST(a_full_device_is_an_io_error)
{
    const struct tensor tensor = {.name = "t", .dtype = DTYPE_U8, .ndim = 1};
    json_t *meta = json_object(), *options = json_object();
    struct tensor_writer *writer;

    MUST(tensor_writer_open(&writer, "/dev/full", &err));
    MUST(tensor_writer_add(writer, &tensor, true, &err));
    MUST(tensor_writer_append(writer, 0, "abc", 3, &err));
    FAILS(EX_IOERR, tensor_writer_commit(writer, meta, options, NULL, &err));
    tensor_writer_close(writer);
    json_decref(meta);
    json_decref(options);
}
END_TEST

Suite *suite_tensor(void)
{
    Suite *suite = suite_create("tensor");
    TCase *tests = tcase_create("files");

    tcase_add_checked_fixture(tests, scratch_make, scratch_remove);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, each_fault_is_refused_for_what_it_is);
    tcase_add_test(tests, what_was_written_is_read_by_cursors_side_by_side);
    tcase_add_test(tests, the_bytes_do_not_depend_on_the_pieces);
    tcase_add_test(tests, the_content_digest_is_of_content_and_metadata_alone);
    tcase_add_test(tests, a_content_digest_stays_what_it_is);
    tcase_add_test(tests, a_truncated_file_is_refused_wherever_it_ends);
    tcase_add_test(tests, a_file_that_shrinks_while_it_is_read_is_a_passing_trouble);
    tcase_add_test(tests, what_is_not_there_is_no_input);
    tcase_add_test(tests, another_kind_is_refused_with_the_way_from_it);
    tcase_add_test(tests, the_bytes_that_a_tensor_takes_are_known_where_it_has_frames_of_its_own);
    tcase_add_test(tests, a_dash_is_standard_input);
    tcase_add_test(tests, a_file_records_what_it_was_made_of);
    tcase_add_test(tests, an_input_that_changes_before_the_commit_leaves_the_old_file);
    tcase_add_test(tests, a_tensor_with_rows_missing_is_not_committed);
    tcase_add_test(tests, a_full_device_is_an_io_error);
    suite_add_tcase(suite, tests);
    tests = tcase_create("damage"); /* which take longer */
    tcase_add_checked_fixture(tests, scratch_make, scratch_remove);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, a_changed_bit_is_noticed_or_changes_nothing);
    tcase_add_test(tests, any_damage_ends_in_a_refusal_or_in_data);
    tcase_add_test(tests, files_that_others_compressed_are_read);
    suite_add_tcase(suite, tests);
    return suite;
}
