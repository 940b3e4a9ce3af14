#include "pipeline/files/folder.h"

#include "tests/support/scratch.h"

#include <fcntl.h>
#include <string.h>

Suite *suite_folder(void);

static struct err err;
static struct folder folder;

static void make(const char *name)
{
    spill(scratch(name), name, strlen(name));
}

/* A folder of pictures and other things. */
static void make_folder(void)
{
    scratch_make();
    ck_assert_int_eq(mkdir(scratch("b"), 0700), 0);
    ck_assert_int_eq(mkdir(scratch("b/c"), 0700), 0);
    make("10.png");
    make("9.png");
    make("2.JPG");
    make("b/9.jpg");
    make("b/c/x.y.png");
    make("b/only.png");
    make("same.png");
    make("same.jpg");
    make(".hidden.png");
    make("z.txt");
    make("notes.txt");
    MUST(folder_open(&folder, scratch_folder, &err));
}

static void remove_folder(void)
{
    folder_close(&folder);
    scratch_remove();
}

static const char *found(const char *name)
{
    int two[2], number = folder_find(&folder, name, strlen(name), two);

    return number == -1 ? "none" : number == -2 ? "several" : folder.files[number].path;
}

START_TEST(files_come_in_the_order_of_their_bytes)
{
    static const char *const paths[] = {"10.png",      "2.JPG",      "9.png",    "b/9.jpg",
                                        "b/c/x.y.png", "b/only.png", "same.jpg", "same.png"};

    ck_assert_int_eq(folder.count, 8);
    for (int i = 0; i < 8; i++)
        ck_assert_str_eq(folder.files[i].path, paths[i]);
    ck_assert_int_eq(folder.others, 2);
    ck_assert_str_eq(folder.first_other, "notes.txt");
}
END_TEST

START_TEST(names_are_found_with_and_without_ending_and_folder)
{
    ck_assert_str_eq(found("10"), "10.png");
    ck_assert_str_eq(found("10.png"), "10.png");
    ck_assert_str_eq(found("2"), "2.JPG");
    ck_assert_str_eq(found("only"), "b/only.png");
    ck_assert_str_eq(found("only.png"), "b/only.png");
    ck_assert_str_eq(found("b/only"), "b/only.png");
    ck_assert_str_eq(found("b/9"), "b/9.jpg");
    ck_assert_str_eq(found("x.y"), "b/c/x.y.png");
    ck_assert_str_eq(found("9.png"), "9.png");
    ck_assert_str_eq(found("9.jpg"), "b/9.jpg");
}
END_TEST

START_TEST(the_case_of_an_ending_matters_only_between_files)
{
    ck_assert_str_eq(found("2.jpg"), "2.JPG");
    ck_assert_str_eq(found("10.Png"), "10.png");
    ck_assert_str_eq(found("b/ONLY.png"), "none");
    ck_assert_str_eq(found("x.y.PNG"), "b/c/x.y.png");
    folder_close(&folder);
    make("b/2.jpg");
    make("same.PNG");
    MUST(folder_open(&folder, scratch_folder, &err));
    ck_assert_str_eq(found("2.JPG"), "2.JPG");
    ck_assert_str_eq(found("2.jpg"), "b/2.jpg");
    ck_assert_str_eq(found("2.Jpg"), "several");
    ck_assert_str_eq(found("same.PNG"), "same.PNG");
    ck_assert_str_eq(found("same.Png"), "several");
}
END_TEST

START_TEST(what_means_none_or_several_is_not_found)
{
    ck_assert_str_eq(found("9"), "several");
    ck_assert_str_eq(found("same"), "several");
    ck_assert_str_eq(found("same.png"), "same.png");
    ck_assert_str_eq(found("1"), "none");
    ck_assert_str_eq(found("x"), "none");
    ck_assert_str_eq(found("c/x.y.png"), "none");
    ck_assert_str_eq(found("10.jpg"), "none");
    ck_assert_str_eq(found("9.pn"), "none");
    ck_assert_str_eq(found("c/9"), "none");
    ck_assert_str_eq(found("b/10"), "none");
    ck_assert_str_eq(found("b/9.png"), "none");
    ck_assert_str_eq(found("d/9.jpg"), "none");
    ck_assert_str_eq(found("png"), "none");
    ck_assert_str_eq(found(""), "none");
    ck_assert_str_eq(found(".hidden"), "none");
    ck_assert_str_eq(found("notes.txt"), "none");
}
END_TEST

START_TEST(a_file_that_changes_after_it_was_read_is_named)
{
    struct folder_bytes bytes = {0};

    MUST(folder_read(&folder, 0, &bytes, &err));
    ck_assert(bytes.size == 6 && memcmp(bytes.bytes, "10.png", 6) == 0);
    MUST(folder_read(&folder, 3, &bytes, &err));
    ck_assert(bytes.size == 7 && memcmp(bytes.bytes, "b/9.jpg", 7) == 0);
    make("9.png"); /* was not read */
    ck_assert_ptr_null(folder_changed(&folder));
    spill(scratch("b/9.jpg"), "longer than before", 18);
    ck_assert_str_eq(folder_changed(&folder), "b/9.jpg");
    MUST(folder_read(&folder, 3, &bytes, &err));
    ck_assert_ptr_null(folder_changed(&folder));
    ck_assert_int_eq(remove(scratch("10.png")), 0);
    ck_assert_str_eq(folder_changed(&folder), "10.png");
    FAILS(EX_NOINPUT, folder_read(&folder, 0, &bytes, &err));
    free(bytes.bytes);
}
END_TEST

START_TEST(a_file_is_recognised_by_any_name)
{
    struct stat status;

    ck_assert_int_eq(link(scratch("b/only.png"), scratch("other")), 0);
    ck_assert_int_eq(stat(scratch("other"), &status), 0);
    ck_assert(folder_has(&folder, &status));
    ck_assert_int_eq(stat(scratch("10.png"), &status), 0); /* the first */
    ck_assert(folder_has(&folder, &status));
    ck_assert_int_eq(stat(scratch("z.txt"), &status), 0);
    ck_assert(!folder_has(&folder, &status));
}
END_TEST

START_TEST(bad_names_and_endless_folders_are_refused)
{
    struct folder other;

    FAILS(EX_NOINPUT, folder_open(&other, scratch("none"), &err));
    ck_assert_ptr_null(strstr(err.text, "archive"));
    FAILS(EX_NOINPUT, folder_open(&other, scratch("z.txt"), &err));
    SAYS("(an archive of pictures has to be unpacked first)");
    make("b/c/\xff.png");
    FAILS(EX_DATAERR, folder_open(&other, scratch_folder, &err));
    SAYS("'b/c/\\xff.png'");
    ck_assert_int_eq(remove(scratch("b/c/\xff.png")), 0);
    ck_assert_int_eq(symlink("..", scratch("b/c/up")), 0);
    FAILS(EX_DATAERR, folder_open(&other, scratch_folder, &err));
}
END_TEST

START_TEST(the_first_of_other_files_is_named_whatever_their_order)
{
    char name[20];

    folder_close(&folder);
    for (int i = 0; i < 30; i++) {
        snprintf(name, sizeof name, "m%02d", (i + 15) % 30);
        make(name);
    }
    MUST(folder_open(&folder, scratch_folder, &err));
    ck_assert_int_eq(folder.others, 32);
    ck_assert_str_eq(folder.first_other, "m00");
}
END_TEST

START_TEST(a_folder_within_that_cannot_be_opened_is_named)
{
    struct folder other;
    int result;

    ck_assert_int_eq(chmod(scratch_folder, 0755) | chmod(scratch("b"), 0755), 0);
    ck_assert_int_eq(chmod(scratch("b/c"), 0), 0);
    if (geteuid() == 0)
        ck_assert_int_eq(seteuid(65534), 0);
    result = folder_open(&other, scratch_folder, &err);
    (void)!seteuid(0);
    ck_assert_int_eq(chmod(scratch("b/c"), 0700), 0);
    ck_assert(result == -1 && err.status == EX_NOINPUT);
    SAYS("/b/c: cannot open the folder: Permission denied");
}
END_TEST

START_TEST(closing_what_was_never_opened_closes_nothing)
{
    struct folder none = {0};

    folder_close(&none);
    ck_assert_int_ge(fcntl(STDIN_FILENO, F_GETFD), 0);
    ck_assert_int_eq(none.fd, -1);
    folder_close(&none);
}
END_TEST

START_TEST(folders_lie_16_deep_at_most)
{
    char path[200];
    struct folder other;

    strcpy(path, "d");
    ck_assert_int_eq(mkdir(scratch(path), 0700), 0);
    for (int depth = 2; depth <= FOLDER_DEPTH + 1; depth++) {
        if (depth == FOLDER_DEPTH + 1) {
            MUST(folder_open(&other, scratch_folder, &err));
            folder_close(&other);
        }
        strcat(path, "/d");
        ck_assert_int_eq(mkdir(scratch(path), 0700), 0);
    }
    FAILS(EX_DATAERR, folder_open(&other, scratch_folder, &err));
    SAYS("/d/d: folders lie more than 16 deep");
    for (char *end; (end = strrchr(path, '/')) || *path; *(end ? end : path) = 0)
        ck_assert_int_eq(rmdir(scratch(path)), 0);
}
END_TEST

START_TEST(the_path_itself_comes_first)
{
    folder_close(&folder);
    make("b/10.png");
    MUST(folder_open(&folder, scratch_folder, &err));
    ck_assert_str_eq(found("10.png"), "10.png");
    ck_assert_str_eq(found("b/10.png"), "b/10.png");
    ck_assert_str_eq(found("10"), "several");
}
END_TEST

START_TEST(slashes_at_its_end_do_not_matter)
{
    char path[sizeof scratch_folder + 4];
    struct folder other;

    snprintf(path, sizeof path, "%s///", scratch_folder);
    MUST(folder_open(&other, path, &err));
    ck_assert_str_eq(other.path, scratch_folder);
    ck_assert_int_eq(other.count, 8);
    folder_close(&other);
}
END_TEST

static void set_time(const char *name, time_t seconds, long nanoseconds)
{
    const struct timespec times[] = {{seconds, nanoseconds}, {seconds, nanoseconds}};

    ck_assert_int_eq(utimensat(AT_FDCWD, scratch(name), times, 0), 0);
}

static uint64_t state_now(int64_t wanted)
{
    struct folder other;
    uint64_t state;
    int64_t bytes = -1;

    MUST(folder_open(&other, scratch_folder, &err));
    state = folder_state(&other, &bytes);
    ck_assert_int_eq(bytes, wanted);
    folder_close(&other);
    return state;
}

START_TEST(its_state_is_of_names_sizes_and_times)
{
    static const char *const names[] = {"10.png", "b/only.png", "same.png"};
    const int64_t all = 6 + 5 + 5 + 7 + 11 + 10 + 8 + 8;
    uint64_t before, others[3];

    for (int i = 0; i < 3; i++) { /* the first, one between, the last */
        set_time(names[i], 1000, 500);
        before = state_now(all);
        ck_assert(before && before == state_now(all));
        set_time(names[i], 1001, 500);
        others[0] = state_now(all);
        set_time(names[i], 1000, 501);
        others[1] = state_now(all);
        set_time(names[i], 1000, 500);
        ck_assert(state_now(all) == before);
        spill(scratch(names[i]), "longer than it was", 18);
        set_time(names[i], 1000, 500);
        others[2] = state_now(all + 18 - (int64_t)strlen(names[i]));
        ck_assert(others[0] != before && others[1] != before && others[2] != before);
        make(names[i]);
        set_time(names[i], 1000, 500);
        ck_assert(state_now(all) == before);
    }
    ck_assert_int_eq(rename(scratch("10.png"), scratch("11.png")), 0);
    ck_assert(state_now(all) != before);
    {
        struct folder other; /* of which a file goes away */
        int64_t bytes;
        uint64_t without;

        MUST(folder_open(&other, scratch_folder, &err));
        ck_assert_int_eq(remove(scratch("11.png")), 0);
        without = state_now(all - 6);
        ck_assert(without != before);
        ck_assert(folder_state(&other, &bytes) == without && bytes == all - 6);
        folder_close(&other);
    }
}
END_TEST

START_TEST(a_digest_is_of_paths_and_contents)
{
    XXH3_state_t *all = XXH3_createState(), *by_hand = XXH3_createState();
    const XXH128_hash_t content = XXH3_128bits("x", 1);
    XXH128_canonical_t bytes;

    XXH3_128bits_reset(all);
    XXH3_128bits_reset(by_hand);
    folder_add_digest(&folder, 3, content, all);
    XXH128_canonicalFromHash(&bytes, content);
    XXH3_128bits_update(by_hand, "b/9.jpg", 8);
    XXH3_128bits_update(by_hand, bytes.digest, sizeof bytes.digest);
    ck_assert(XXH128_isEqual(XXH3_128bits_digest(all), XXH3_128bits_digest(by_hand)));
    XXH3_freeState(all);
    XXH3_freeState(by_hand);
}
END_TEST

START_TEST(what_cannot_be_read_whole_is_refused)
{
    struct folder_bytes bytes = {0};
    struct stat status;
    int fd;

    spill(scratch("empty"), "", 0);
    MUST(folder_read_at(folder.fd, "empty", &bytes, &status, &err));
    ck_assert(bytes.size == 0 && bytes.bytes);
    MUST(folder_read_at(folder.fd, "10.png", &bytes, &status, &err));
    ck_assert(bytes.size == 6 && status.st_size == 6);
    MUST(folder_read_at(folder.fd, "9.png", &bytes, &status, &err));
    ck_assert(bytes.size == 5 && memcmp(bytes.bytes, "9.png", 5) == 0);
    FAILS(EX_NOINPUT, folder_read_at(folder.fd, "b", &bytes, &status, &err));
    ck_assert_str_eq(err.text, "no regular file");
    ck_assert_int_eq(mkfifo(scratch("fifo"), 0600), 0);
    FAILS(EX_NOINPUT, folder_read_at(folder.fd, "fifo", &bytes, &status, &err));
    ck_assert_str_eq(err.text, "no regular file");
    FAILS(EX_NOINPUT, folder_read_at(folder.fd, "none", &bytes, &status, &err));
    SAYS("cannot open: No such");
    spill(scratch("one"), "1", 1);
    MUST(folder_read_at(folder.fd, "one", &bytes, &status, &err));
    ck_assert(bytes.size == 1 && bytes.bytes[0] == '1');
    /* whose size says more than there is */
    if (folder_read_at(AT_FDCWD, "/sys/kernel/mm/transparent_hugepage/enabled", &bytes, &status,
                       &err) == 0)
        ck_assert((int64_t)bytes.size < status.st_size);
    fd = open(scratch("large"), O_WRONLY | O_CREAT, 0600);
    ck_assert_int_eq(ftruncate(fd, FOLDER_FILE_BYTES + 1), 0);
    close(fd);
    FAILS(EX_DATAERR, folder_read_at(folder.fd, "large", &bytes, &status, &err));
    ck_assert_str_eq(err.text, "more than 256 MiB");
    free(bytes.bytes);
}
END_TEST

Suite *suite_folder(void)
{
    Suite *suite = suite_create("folder");
    TCase *tcase = tcase_create("folder");

    tcase_add_checked_fixture(tcase, make_folder, remove_folder);
    tcase_add_test(tcase, files_come_in_the_order_of_their_bytes);
    tcase_add_test(tcase, names_are_found_with_and_without_ending_and_folder);
    tcase_add_test(tcase, the_case_of_an_ending_matters_only_between_files);
    tcase_add_test(tcase, what_means_none_or_several_is_not_found);
    tcase_add_test(tcase, a_file_that_changes_after_it_was_read_is_named);
    tcase_add_test(tcase, a_file_is_recognised_by_any_name);
    tcase_add_test(tcase, the_first_of_other_files_is_named_whatever_their_order);
    tcase_add_test(tcase, a_folder_within_that_cannot_be_opened_is_named);
    tcase_add_test(tcase, closing_what_was_never_opened_closes_nothing);
    tcase_add_test(tcase, folders_lie_16_deep_at_most);
    tcase_add_test(tcase, the_path_itself_comes_first);
    tcase_add_test(tcase, slashes_at_its_end_do_not_matter);
    tcase_add_test(tcase, its_state_is_of_names_sizes_and_times);
    tcase_add_test(tcase, a_digest_is_of_paths_and_contents);
    tcase_add_test(tcase, what_cannot_be_read_whole_is_refused);
    tcase_add_test(tcase, bad_names_and_endless_folders_are_refused);
    suite_add_tcase(suite, tcase);
    return suite;
}
