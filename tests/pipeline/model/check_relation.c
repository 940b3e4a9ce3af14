#include "pipeline/model/relation.h"

#include <check.h>
#include <string.h>

Suite *suite_relation(void);

static const struct {
    struct relation relation;
    const char *word, *mark, *text;
} cases[] = {
    {{.rows = 600}, "fair", "", ""},
    {{.rows = 0}, "fair", "", ""},
    {{.rows = 600, .trained = 600},
     "trained",
     "!",
     "600 of these 600 rows were trained on: this says nothing about new rows"},
    {{.rows = 600, .trained = 600, .unknown = true},
     "trained",
     "!",
     "600 of these 600 rows were trained on: this says nothing about new rows"},
    {{.rows = 600, .trained = 6, .chose = 594},
     "part",
     "!",
     "6 of these 600 rows have pictures that were trained on: new rows will fare worse"},
    {{.rows = 600, .trained = 6, .held_back = true},
     "repeated",
     "!",
     "6 of these 600 rows repeat pictures that were trained on: new rows will fare worse"},
    {{.rows = 600, .trained = 5},
     "repeats",
     "",
     "5 of these 600 rows have pictures that were trained on: too few to matter"},
    {{.rows = 600, .trained = 5, .chose = 300},
     "chose",
     "~",
     "300 of these 600 rows chose the epoch: new rows may fare worse"},
    {{.rows = 600, .trained = 5, .unknown = true},
     "unknown",
     "?",
     "whether these rows were trained on is not recorded"},
    {{.rows = 100, .trained = 40, .at_least = true},
     "part",
     "!",
     "at least 40 of these 100 rows have pictures that were trained on: new rows will fare worse"},
    {{.rows = INT64_MAX, .trained = INT64_MAX},
     "trained",
     "!",
     "9223372036854775807 of these 9223372036854775807 rows were trained on: this says nothing "
     "about new rows"},
};

START_TEST(each_relation_has_its_word_mark_and_text)
{
    const struct relation *r = &cases[_i].relation;
    char text[RELATION_TEXT];

    ck_assert_str_eq(relation_word(relation_kind(r)), cases[_i].word);
    ck_assert_str_eq(relation_mark(relation_kind(r)), cases[_i].mark);
    ck_assert_str_eq(relation_text(r, text), cases[_i].text);
    ck_assert(!*relation_mark(relation_kind(r)) == !*relation_legend(relation_kind(r)));
}
END_TEST

START_TEST(json_gives_the_relation_again)
{
    json_t *json = relation_json(&cases[_i].relation);
    const struct relation again = relation_read_json(json);
    char text[RELATION_TEXT];

    ck_assert_str_eq(relation_text(&again, text), cases[_i].text);
    json_decref(json);
}
END_TEST

START_TEST(other_json_is_an_unknown_relation)
{
    json_t *odd =
        json_pack("{s:s, s:i, s:i, s:i}", "kind", "fair", "rows", 3, "trained", 4, "chose", 0);
    const struct relation none = relation_read_json(NULL), more = relation_read_json(odd);

    ck_assert_int_eq(relation_kind(&none), RELATION_UNKNOWN);
    ck_assert_int_eq(relation_kind(&more), RELATION_UNKNOWN);
    json_decref(odd);
}
END_TEST

/* Returns how many of `found` rows of all are left where each would be found by that chance. */
static int64_t settled(int64_t rows, int64_t found, double chance)
{
    struct relation r = {0};

    for (int64_t i = 0; i < rows; i++)
        relation_count(&r, i < found ? SEEN_TRAINED : SEEN_NOT, chance);
    relation_settle(&r);
    return r.trained;
}

START_TEST(what_chance_gives_is_no_finding)
{
    const double chance = 6e-7; /* of 42,000 pictures */

    ck_assert_int_eq(settled(1, 1, chance), 1);
    ck_assert_int_eq(settled(28000, 1, chance), 0);
    ck_assert_int_eq(settled(28000, 3, chance), 3);
    ck_assert_int_eq(settled(28000, 28000, chance), 28000);
    ck_assert_int_eq(settled(1000, 1, 0), 1);
    ck_assert_int_eq(settled(1000, 5, 0.01), 0);
    ck_assert_int_eq(settled(1000, 100, 0.01), 100);
}
END_TEST

START_TEST(what_was_trained_on_counts_before_what_chose)
{
    const int both = 1, choosing = 2;
    struct seen seen = {.recorded = true};
    struct err err;

    ck_assert_int_eq(picture_set_add(&seen.trained, &both, DTYPE_U8, sizeof both, NULL, 1, &err),
                     0);
    ck_assert_int_eq(picture_set_add(&seen.chose, &both, DTYPE_U8, sizeof both, NULL, 1, &err), 0);
    ck_assert_int_eq(picture_set_add(&seen.chose, &choosing, DTYPE_U8, sizeof both, NULL, 1, &err),
                     0);
    picture_set_seal(&seen.chose);
    ck_assert_int_eq(seen_as(&seen, picture_print(&both, DTYPE_U8, sizeof both)), SEEN_TRAINED);
    ck_assert_int_eq(seen_as(&seen, picture_print(&choosing, DTYPE_U8, sizeof both)), SEEN_CHOSE);
    ck_assert_int_eq(seen_as(&seen, 0), SEEN_NOT);
    seen_free(&seen);
}
END_TEST

Suite *suite_relation(void)
{
    const int count = sizeof cases / sizeof *cases;
    Suite *suite = suite_create("relation");
    TCase *tests = tcase_create("relation");

    tcase_add_loop_test(tests, each_relation_has_its_word_mark_and_text, 0, count);
    tcase_add_loop_test(tests, json_gives_the_relation_again, 0, count);
    tcase_add_test(tests, other_json_is_an_unknown_relation);
    tcase_add_test(tests, what_chance_gives_is_no_finding);
    tcase_add_test(tests, what_was_trained_on_counts_before_what_chose);
    suite_add_tcase(suite, tests);
    return suite;
}
