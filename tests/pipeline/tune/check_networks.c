/* Networks made by the shape of pictures. */
#include "pipeline/tune/networks.h"

#include <check.h>
#include <string.h>

Suite *suite_networks(void);

START_TEST(pictures_of_any_shape_have_networks_of_growing_size)
{
    static const struct nn_shape shapes[] = {
        {1, 1, 1},    {1, 1, 50},  {3, 1, 7},   {1, 2, 2},   {1, 3, 300},  {1, 4, 4},
        {1, 5, 5},    {1, 7, 31},  {1, 8, 8},   {3, 8, 8},   {1, 9, 12},   {1, 12, 12},
        {1, 16, 16},  {1, 20, 20}, {1, 28, 28}, {3, 32, 32}, {1, 48, 48},  {3, 64, 64},
        {1, 65, 200}, {1, 96, 96}, {3, 96, 96}, {4, 10, 90}, {3, 224, 224}};
    static const int classes[] = {2, 10, 26, 1000};

    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++)
        for (size_t c = 0; c < sizeof classes / sizeof *classes; c++) {
            int64_t before = 0;

            for (int size = 0; size < NETWORK_SIZES; size++) {
                struct pool pool = {NULL, false};
                const char *description = network_for(shapes[s], size, &pool);
                struct nn_network *net;
                struct nn_error fault;

                ck_assert_msg(nn_network_new(&net, description, shapes[s], classes[c], &fault) == 0,
                              "%dx%dx%d: %s: %s", shapes[s].c, shapes[s].h, shapes[s].w,
                              description, fault.text);
                if (classes[c] < 100) /* with more the last layer is most of it, and may shrink */
                    ck_assert_int_gt(nn_network_multiply_adds(net), before);
                before = nn_network_multiply_adds(net);
                nn_network_free(net);
                pool_free(&pool);
            }
        }
}
END_TEST

START_TEST(digits_get_three_stages)
{
    struct pool pool = {NULL, false};

    ck_assert_str_eq(network_for((struct nn_shape){1, 28, 28}, 2, &pool),
                     "conv 16 5x5 pad 2, batchnorm, relu, maxpool 2, conv 32 3x3 pad 1, batchnorm, "
                     "relu, conv 32 3x3 pad 1, batchnorm, relu, maxpool 2, conv 64 3x3 pad 1, "
                     "batchnorm, relu, conv 64 3x3 pad 1, batchnorm, relu, flatten, linear");
    ck_assert(strstr(network_for((struct nn_shape){1, 96, 96}, 3, &pool), "stride 2"));
    ck_assert(!strstr(network_for((struct nn_shape){1, 7, 7}, 3, &pool), "maxpool"));
    pool_free(&pool);
}
END_TEST

START_TEST(changes_are_small_and_none_for_small_pictures)
{
    struct pool pool = {NULL, false};
    struct nn_augment augment;
    struct nn_error fault;

    ck_assert_str_eq(augment_for((struct nn_shape){1, 8, 28}, &pool), "");
    ck_assert_str_eq(augment_for((struct nn_shape){1, 28, 28}, &pool),
                     "shift 2, rotate 10, scale 0.1");
    for (int side = 12; side < 300; side++)
        ck_assert_int_eq(nn_augment_parse(&augment,
                                          augment_for((struct nn_shape){1, side, side}, &pool),
                                          &fault),
                         0);
    pool_free(&pool);
}
END_TEST

START_TEST(few_rows_get_many_epochs)
{
    ck_assert_int_eq(epochs_least(60000), 8);
    ck_assert_int_eq(epochs_most(60000), 64);
    ck_assert_int_eq(epochs_least(4000), 48);
    ck_assert_int_eq(epochs_least(200), 100);
    ck_assert_int_eq(epochs_most(200), 300);
    ck_assert_int_eq(epochs_least(0), 100);
}
END_TEST

Suite *suite_networks(void)
{
    Suite *suite = suite_create("networks");
    TCase *tcase = tcase_create("networks");

    tcase_add_test(tcase, pictures_of_any_shape_have_networks_of_growing_size);
    tcase_add_test(tcase, digits_get_three_stages);
    tcase_add_test(tcase, changes_are_small_and_none_for_small_pictures);
    tcase_add_test(tcase, few_rows_get_many_epochs);
    suite_add_tcase(suite, tcase);
    return suite;
}
