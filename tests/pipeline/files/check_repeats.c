#include "pipeline/files/repeats.h"

#include "pipeline/base/digest.h"
#include "tests/support/expect.h"
#include "tests/support/scratch.h"

#include <stdbool.h>
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

/* Sorting begins by the first bits of a digest. */
START_TEST(repeats_are_found_by_any_first_bits)
{
    enum { OF_EACH = 5, OTHERS = 100 };
    static const size_t rooms[] = {3, 50, ROWS};

    for (size_t i = 0; i < sizeof rooms / sizeof *rooms; i++) {
        int lowest = 0, highest = 0;
        struct repeats *repeats;
        int64_t row = 0;

        found = 0;
        ck_assert_int_eq(repeats_open(&repeats, scratch("out"), rooms[i], &err), 0);
        for (int64_t value = 0; lowest < OF_EACH || highest < OF_EACH; value++) {
            const uint64_t bits = XXH3_128bits(&value, sizeof value).high64 >> 52;
            const bool low = bits == 0 && lowest < OF_EACH;
            const bool high = bits == 4095 && highest < OF_EACH;

            lowest += low;
            highest += high;
            for (int times = low || high ? 3 : value<OTHERS; times> 0; times--, row++)
                ck_assert_int_eq(repeats_add(repeats, &value, sizeof value, row, 0, &err), 0);
        }
        ck_assert_int_lt(row, ROWS);
        ck_assert_int_eq(repeats_find(repeats, visit, &found, &err), 0);
        ck_assert_int_eq(found, 2 * 2 * OF_EACH);
        repeats_close(repeats);
    }
}
END_TEST

START_TEST(what_cannot_be_set_aside_is_said)
{
    struct repeats *repeats;

    ck_assert_int_eq(repeats_open(&repeats, scratch("none/out"), 1, &err), 0);
    ck_assert_int_eq(repeats_add(repeats, "a", 1, 0, 0, &err), 0);
    FAILS(EX_CANTCREAT, repeats_add(repeats, "b", 1, 1, 0, &err));
    repeats_close(repeats);
    repeats_close(NULL);
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
    tcase_add_test(tests, repeats_are_found_by_any_first_bits);
    tcase_add_test(tests, what_cannot_be_set_aside_is_said);
    tcase_add_test(tests, nothing_has_no_repeats);
    suite_add_tcase(suite, tests);
    return suite;
}
