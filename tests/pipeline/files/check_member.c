/* Members of zip archives, made here: names, ways of packing, damage. */
#include "pipeline/files/member.h"

#include "tests/support/scratch.h"

#include <string.h>
#include <zip.h>

Suite *suite_member(void);

static struct err err;
static char bytes[300000]; /* which no buffer takes at once */

/* Adds a file; level 0 is stored, a password encrypts. */
static void add(zipFile zip, const char *name, const char *content, size_t size, int level,
                const char *password)
{
    const zip_fileinfo info = {.dosDate = 0x21};

    ck_assert_int_eq(zipOpenNewFileInZip3(zip, name, &info, NULL, 0, NULL, 0, NULL,
                                          level ? Z_DEFLATED : 0, level, 0, -MAX_WBITS, 8, 0,
                                          password, 0),
                     ZIP_OK);
    ck_assert_int_eq(zipWriteInFileInZip(zip, content, (unsigned)size), ZIP_OK);
    ck_assert_int_eq(zipCloseFileInZip(zip), ZIP_OK);
}

static void make_archive(void)
{
    zipFile zip;

    scratch_make();
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (char)(i * i >> 7);
    zip = zipOpen64(scratch("a.zip"), APPEND_STATUS_CREATE);
    ck_assert_ptr_nonnull(zip);
    add(zip, "folder/", "", 0, 0, NULL);
    add(zip, "__MACOSX/._a", "x", 1, 0, NULL);
    add(zip, "stored", "as it is", 8, 0, NULL);
    add(zip, "packed", bytes, sizeof bytes, 6, NULL);
    add(zip, "folder/a", "in a folder", 11, 6, NULL);
    add(zip, "twice", "first", 5, 6, NULL);
    add(zip, "twice", "second", 6, 6, NULL);
    add(zip, "none", "", 0, 6, NULL);
    ck_assert_int_eq(zipClose(zip, NULL), ZIP_OK);
}

static void note_name(void *data, const char *name, size_t size)
{
    char *all = data;

    ck_assert_uint_eq(strlen(name), size);
    strcat(strcat(all, name), "|");
}

START_TEST(files_are_visited_without_folders_and_shadows)
{
    char names[200] = "";

    MUST(archive_visit(scratch("a.zip"), note_name, names, &err));
    ck_assert_str_eq(names, "stored|packed|folder/a|twice|twice|none|");
    spill(scratch("no.zip"), "PK\3\4", 4);
    FAILS(EX_DATAERR, archive_visit(scratch("no.zip"), note_name, names, &err));
    SAYS("the zip archive is damaged");
}
END_TEST

/* Reads a member by so many bytes at once: its size, or -1. */
static int64_t read_member(const char *archive, const char *name, char *to, size_t piece)
{
    struct member *member;
    int64_t got, size = 0;

    if (member_open(&member, scratch(archive), name, name, &err))
        return -1;
    while ((got = member_read(member, to + size, piece, &err)) > 0)
        size += got;
    if (got == 0)
        ck_assert_int_eq(member_read(member, to, piece, &err), 0);
    member_close(member);
    return got < 0 ? -1 : size;
}

START_TEST(members_are_read_whole)
{
    static char to[sizeof bytes + 10];

    for (size_t piece = 1; piece < 400000; piece = 7 * piece + 1) {
        ck_assert_int_eq(read_member("a.zip", "stored", to, piece), 8);
        ck_assert(memcmp(to, "as it is", 8) == 0);
        ck_assert_int_eq(read_member("a.zip", "packed", to, piece), sizeof bytes);
        ck_assert(memcmp(to, bytes, sizeof bytes) == 0);
        ck_assert_int_eq(read_member("a.zip", "folder/a", to, piece), 11);
        ck_assert_int_eq(read_member("a.zip", "twice", to, piece), 6); /* the last of a name */
        ck_assert(memcmp(to, "second", 6) == 0);
        ck_assert_int_eq(read_member("a.zip", "none", to, piece), 0);
    }
}
END_TEST

START_TEST(reading_nothing_is_no_end)
{
    struct member *member;
    char to[10] = "";

    MUST(member_open(&member, scratch("a.zip"), "stored", "m", &err));
    ck_assert_int_eq(member_read(member, to, 0, &err), 0);
    ck_assert_int_eq(member_read(member, to, sizeof to, &err), 8);
    ck_assert_str_eq(to, "as it is");
    ck_assert_int_eq(member_read(member, to, sizeof to, &err), 0);
    member_close(member);
}
END_TEST

START_TEST(what_is_not_there_or_encrypted_is_refused)
{
    static const char *const none[] = {"store", "stored2", "STORED", "twic", "a", "*", ""};
    struct member *member;
    zipFile zip;

    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        FAILS(EX_NOINPUT, member_open(&member, scratch("a.zip"), none[i], "m", &err));
        ck_assert_str_eq(err.text, "m: the archive has no file of this name");
        ck_assert_ptr_null(member);
    }
    FAILS(EX_DATAERR, member_open(&member, scratch("none.zip"), "stored", "m", &err));
    zip = zipOpen64(scratch("locked.zip"), APPEND_STATUS_CREATE);
    add(zip, "a", "secret", 6, 6, "password");
    ck_assert_int_eq(zipClose(zip, NULL), ZIP_OK);
    FAILS(EX_DATAERR, member_open(&member, scratch("locked.zip"), "a", "m", &err));
    SAYS("m: is encrypted;");
}
END_TEST

/* Changes a byte of the archive at `at` after the last place of `mark`, or the first. */
static void damage_at(const char *mark, size_t length, bool first, size_t at, char byte)
{
    size_t size, found = 0;
    char *archive = slurp(scratch("a.zip"), &size);

    for (size_t i = 0; i + length <= size && (!first || !found); i++)
        if (memcmp(archive + i, mark, length) == 0)
            found = i;
    ck_assert(found > 0 && archive[found + at] != byte);
    archive[found + at] = byte;
    spill(scratch("bad.zip"), archive, size);
    free(archive);
}

static void damage(const char *mark, size_t length, size_t at, char byte)
{
    damage_at(mark, length, false, at, byte);
}

START_TEST(a_damaged_directory_is_said)
{
    char names[200] = "";
    struct member *member;

    damage("packed", 6, (size_t)-46, 'X'); /* the second entry's mark */
    FAILS(EX_DATAERR, archive_visit(scratch("bad.zip"), note_name, names, &err));
    SAYS("/bad.zip: the zip archive is damaged");
    ck_assert_str_eq(names, "stored|");
    FAILS(EX_DATAERR, member_open(&member, scratch("bad.zip"), "stored", "m", &err));
    ck_assert_str_eq(err.text, "m: the zip archive is damaged");
    damage("stored", 6, (size_t)-46, 'X'); /* the first one's */
    FAILS(EX_DATAERR, archive_visit(scratch("bad.zip"), note_name, names, &err));
    damage_at("stored", 6, true, (size_t)-30, 'X'); /* that of the file itself */
    MUST(archive_visit(scratch("bad.zip"), note_name, names, &err));
    FAILS(EX_DATAERR, member_open(&member, scratch("bad.zip"), "stored", "m", &err));
    ck_assert_str_eq(err.text, "m: the zip archive is damaged");
}
END_TEST

START_TEST(damage_is_noticed)
{
    char to[100];
    struct member *member;

    damage("as it is", 8, 3, 'X'); /* its CRC is another's then */
    ck_assert_int_eq(read_member("bad.zip", "stored", to, 100), -1);
    SAYS("the zip archive is damaged");
    damage_at("packed", 6, true, 6, 7); /* a block of no type that there is */
    ck_assert_int_eq(read_member("bad.zip", "packed", to, 100), -1);
    SAYS("packed: the zip archive is damaged");
    damage("stored", 6, -46 + 10, 12); /* the method in the directory: bzip2 */
    FAILS(EX_DATAERR, member_open(&member, scratch("bad.zip"), "stored", "m", &err));
    SAYS("m: is packed by zip's method 12, and only deflated and stored files are read");
    damage("stored", 6, -46 + 24, 9); /* the size in the directory: one more */
    ck_assert_int_eq(read_member("bad.zip", "stored", to, 100), -1);
    damage("stored", 6, -46 + 24, 7); /* one less */
    ck_assert_int_eq(read_member("bad.zip", "stored", to, 100), -1);
}
END_TEST

START_TEST(names_of_members_follow_the_archive)
{
    size_t length = 0;

    ck_assert(member_is_named("a.zip:b", &length) && length == 5);
    ck_assert(member_is_named("f/a.zip:b:c", &length) && length == 7);
    ck_assert(!member_is_named("a.zip:", &length) && !member_is_named("a.zip", &length));
    ck_assert(!member_is_named(".zip:b", &length) && !member_is_named("a:b", &length));
    spill(scratch("x.zip:y"), "", 0); /* a file of that name */
    ck_assert(!member_is_named(scratch("x.zip:y"), &length));
    ck_assert(member_is_named(scratch("x.zip:z"), &length));
}
END_TEST

Suite *suite_member(void)
{
    Suite *suite = suite_create("member");
    TCase *tests = tcase_create("member");

    tcase_add_checked_fixture(tests, make_archive, scratch_remove);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, files_are_visited_without_folders_and_shadows);
    tcase_add_test(tests, members_are_read_whole);
    tcase_add_test(tests, reading_nothing_is_no_end);
    tcase_add_test(tests, what_is_not_there_or_encrypted_is_refused);
    tcase_add_test(tests, a_damaged_directory_is_said);
    tcase_add_test(tests, damage_is_noticed);
    tcase_add_test(tests, names_of_members_follow_the_archive);
    suite_add_tcase(suite, tests);
    return suite;
}
