#include "pipeline/files/repeats.h"

#include "tests/support/expect.h"
#include "tests/support/scratch.h"

#include <string.h>

Suite *suite_repeats(void);

static struct err err;

/* Repeats found, by the row that repeats another. */
enum { ROWS = 1000 };
static int64_t first_of[ROWS], note_of[ROWS];
static int64_t found;

static void visit(void *data, const struct repeat *first, const struct repeat *again)
{
    ck_assert_ptr_eq(data, &found);
    found++;
    first_of[again->row] = first->row;
    note_of[again->row] = first->note;
}

/* Row i has the value i % distinct, and the note -i. */
static void find(int distinct, size_t room)
{
    struct repeats *repeats;

    found = 0;
    memset(first_of, -1, sizeof first_of);
    ck_assert_int_eq(repeats_open(&repeats, scratch("out"), room, &err), 0);
    for (int64_t i = 0; i < ROWS; i++) {
        const int64_t value = i % distinct;

        ck_assert_int_eq(repeats_add(repeats, &value, sizeof value, i, -i, &err), 0);
    }
    ck_assert_int_eq(repeats_find(repeats, visit, &found, &err), 0);
    repeats_close(repeats);
    ck_assert_int_eq(found, ROWS - distinct);
    for (int64_t i = 0; i < ROWS; i++) {
        EXPECT(first_of[i] == (i < distinct ? -1 : i % distinct), "row %d", (int)i);
        EXPECT(i < distinct || note_of[i] == -(i % distinct), "row %d", (int)i);
    }
}

START_TEST(repeats_are_found_whatever_the_room_in_memory)
{
    static const size_t rooms[] = {1, 2, 7, 100, ROWS - 1, ROWS, 2 * ROWS};

    for (size_t i = 0; i < sizeof rooms / sizeof *rooms; i++) {
        find(1, rooms[i]);
        find(637, rooms[i]);
        find(ROWS, rooms[i]);
    }
}
END_TEST

START_TEST(nothing_has_no_repeats)
{
    struct repeats *repeats;

    ck_assert_int_eq(repeats_open(&repeats, scratch("out"), 3, &err), 0);
    found = 0;
    ck_assert_int_eq(repeats_find(repeats, visit, &found, &err), 0);
    ck_assert_int_eq(found, 0);
    repeats_close(repeats);
}
END_TEST

Suite *suite_repeats(void)
{
    Suite *suite = suite_create("repeats");
    TCase *tests = tcase_create("repeats");

    tcase_add_unchecked_fixture(tests, scratch_make, scratch_remove);
    tcase_add_test(tests, repeats_are_found_whatever_the_room_in_memory);
    tcase_add_test(tests, nothing_has_no_repeats);
    suite_add_tcase(suite, tests);
    return suite;
}
