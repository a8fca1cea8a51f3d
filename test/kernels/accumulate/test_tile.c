#include "kernels/accumulate/accumulate.h"

#include "test/kernels/kernel_test.h"

static const struct sq_cpu zen4 = {.l1_bytes = 32 << 10, .l2_bytes = 1 << 20};

START_TEST(a_tile_is_never_empty_nor_larger_than_the_layer)
{
    struct sq_rng rng = {5};
    for (int i = 0; i < 20000; i++) {
        const struct sq_cpu cpu = {.l1_bytes = (size_t)4096 << sq_rng_below(&rng, 6)};
        const size_t n_in = 1 + sq_rng_below(&rng, 5000), width = draw_width(&rng);
        const size_t tile = sq_accumulate_tile(&cpu, n_in, width, draw_rate(&rng));
        ck_assert_uint_ge(tile, 1);
        ck_assert_uint_le(tile, n_in);
        ck_assert(tile == n_in || tile % 64 == 0);
    }
}
END_TEST

START_TEST(blocks_that_fit_are_not_cut)
{
    ck_assert_uint_eq(sq_accumulate_tile(&zen4, 128, 64, 0.4), 128);
    ck_assert_uint_eq(sq_accumulate_tile(&zen4, 192, 64, 1.0), 192);
    ck_assert_uint_eq(sq_accumulate_tile(&zen4, 768, 16, 0.4), 768);
}
END_TEST

START_TEST(large_blocks_are_cut_evenly)
{
    ck_assert_uint_eq(sq_accumulate_tile(&zen4, 256, 64, 0.2), 128);
    ck_assert_uint_eq(sq_accumulate_tile(&zen4, 384, 64, 0.2), 192);
    ck_assert_uint_eq(sq_accumulate_tile(&zen4, 1536, 64, 0.05), 192);
    ck_assert_uint_eq(sq_accumulate_tile(&zen4, 3072, 64, 0.1), 192);
}
END_TEST

START_TEST(few_events_are_not_worth_a_tile)
{
    ck_assert_uint_eq(sq_accumulate_tile(&zen4, 3072, 64, 0.02), 3072);
    ck_assert_uint_eq(sq_accumulate_tile(&zen4, 3072, 64, 0.0), 3072);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("accumulate");
    TCase *t = tcase_create("tile");
    tcase_add_test(t, a_tile_is_never_empty_nor_larger_than_the_layer);
    tcase_add_test(t, blocks_that_fit_are_not_cut);
    tcase_add_test(t, large_blocks_are_cut_evenly);
    tcase_add_test(t, few_events_are_not_worth_a_tile);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
