/* Descriptions of augmentation: read, written, refused. */
#include "nn/augment/augment.h"

#include <check.h>

Suite *suite_augment_parse(void);

START_TEST(descriptions_are_read_and_written)
{
    static const char *const pairs[][2] = {
        {"shift 2", "shift 2"},
        {" flip v h ,rotate  10.5", NULL},
        {"rotate 10.5,shift 1, flip h", "shift 1, rotate 10.5, flip h"},
        {"erase 4, elastic 3, shear 0.1, scale 0.25, flip h v",
         "scale 0.25, shear 0.1, elastic 3, erase 4, flip h v"},
        {"flip v", "flip v"},
        {"flip h alternate", "flip h alternate"},
        {"shift 1, flip h v alternate", "shift 1, flip h v alternate"},
        {"flip alternate", NULL},
        {"shift 0", ""},
        {"crop 2, thickness 0.5", "thickness 0.5, crop 2"},
        {"erase area 0.4", "erase area 0.4 chance 0.5"},
        {"erase area 0.4 chance 1", "erase area 0.4 chance 1"},
    };

    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        struct nn_augment augment;
        struct nn_error error = {.text = ""};
        char text[NN_AUGMENT_TEXT];
        const int got = nn_augment_parse(&augment, pairs[i][0], &error);

        ck_assert_int_eq(got, pairs[i][1] ? 0 : -1);
        if (!pairs[i][1])
            continue;
        nn_augment_text(&augment, text);
        ck_assert_str_eq(text, pairs[i][1]);
        ck_assert_int_eq(nn_augment_any(&augment), *text != 0);
    }
}
END_TEST

START_TEST(mistakes_are_told)
{
    static const char *const pairs[][2] = {
        {"", "change 1, '': a change is missing between two commas or at an end"},
        {"shift 2,", "change 2, '': a change is missing between two commas or at an end"},
        {"shift", "change 1, 'shift': a number is needed: shift PIXELS"},
        {"shift 2 3", "change 1, 'shift 2 3': '3' is not understood; it is: shift PIXELS"},
        {"shift -1", "change 1, 'shift -1': a number is needed: shift PIXELS"},
        {"rotate 200", "change 1, 'rotate 200': 200 is not within 0 to 180"},
        {"scale 1", "change 1, 'scale 1': 1 is not within 0 to 0.9"},
        {"erase 2.5", "change 1, 'erase 2.5': a number is needed: erase PIXELS, a whole number"},
        {"shift 1, shift 2", "change 2, 'shift 2': duplicate 'shift'"},
        {"erase 1, erase 2", "change 2, 'erase 2': duplicate 'erase'"},
        {"erase area 0.2, erase 2", "change 2, 'erase 2': duplicate 'erase'"},
        {"erase area 0.01", "change 1, 'erase area 0.01': 0.01 is not within 0.02 to 1"},
        {"erase area 0.1 chance",
         "change 1, 'erase area 0.1 chance': a number is needed: erase area SHARE [chance P]"},
        {"thickness 2", "change 1, 'thickness 2': 2 is not within 0 to 1"},
        {"crop 1.5", "change 1, 'crop 1.5': a number is needed: crop PIXELS, a whole number"},
        {"flip",
         "change 1, 'flip': it is: flip h (left to right), flip v (upside down), or flip h v, and "
         "perhaps alternate (every other epoch)"},
        {"flip h, flip v", "change 2, 'flip v': duplicate 'flip'"},
        {"zoom 2",
         "change 1, 'zoom 2': no such change; there are: shift PIXELS, rotate DEGREES, scale "
         "SHARE, shear SHARE, elastic PIXELS, thickness SHARE, crop PIXELS, erase PIXELS, erase "
         "area SHARE [chance P], flip h|v|h v [alternate]"},
    };

    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        struct nn_augment augment;
        struct nn_error error = {.text = ""};

        ck_assert_int_eq(nn_augment_parse(&augment, pairs[i][0], &error), -1);
        ck_assert_str_eq(error.text, pairs[i][1]);
    }
}
END_TEST

Suite *suite_augment_parse(void)
{
    Suite *suite = suite_create("augment_parse");
    TCase *tests = tcase_create("words");

    tcase_add_test(tests, descriptions_are_read_and_written);
    tcase_add_test(tests, mistakes_are_told);
    suite_add_tcase(suite, tests);
    return suite;
}
