/* Tilings: every choice is a tiling of all weight rows, and follows caches and rates as it should. */
#include "sim/nodes/tiling.h"

#include "test/unit.h"

static const struct sq_cpu zen4 = {.l1_bytes = 32 << 10, .l2_bytes = 1 << 20};

enum { ROW_BYTES = 256 };

static struct sq_tiling choose(uint32_t kernel, uint32_t channels, double rate)
{
    const struct sq_tiling_case of = {
        kernel, channels, ROW_BYTES, rate * kernel * kernel * channels, 3, 0};
    return sq_tiling_choose(&zen4, &of);
}

START_TEST(a_choice_tiles_all_weight_rows)
{
    struct sq_rng rng = {5};
    for (int i = 0; i < 20000; i++) {
        const struct sq_cpu cpu = {.l1_bytes = (size_t)4096 << sq_rng_below(&rng, 6),
                                   .l2_bytes = (size_t)65536 << sq_rng_below(&rng, 6)};
        const uint32_t kernel = 1 + (uint32_t)sq_rng_below(&rng, 7);
        const uint32_t channels = 1 + (uint32_t)sq_rng_below(&rng, 5000);
        const struct sq_tiling_case of = {kernel,
                                          channels,
                                          (size_t)64 << sq_rng_below(&rng, 3),
                                          sq_rng_unit(&rng) * kernel * kernel * channels,
                                          (double)sq_rng_below(&rng, 10),
                                          sq_rng_below(&rng, 2) ? SQ_LARGE_PART : 0};
        const struct sq_tiling got = sq_tiling_choose(&cpu, &of);
        ck_assert(got.lines == 1 || got.lines == kernel);
        ck_assert(got.taps >= 1 && got.taps <= kernel);
        ck_assert(got.lines == 1 || got.taps == kernel);
        ck_assert(got.parts == 1 || (got.lines == 1 && got.taps == 1));
        ck_assert_uint_ge((uint64_t)got.parts * got.part_rows, channels);
        ck_assert_uint_lt((uint64_t)(got.parts - 1) * got.part_rows, channels);
        ck_assert_uint_le(sq_tiling_steps(&got, kernel), sq_tiling_max_steps(kernel, channels));
        if (of.most_rows > 0)
            ck_assert_uint_le(got.parts > 1 ? got.part_rows : got.lines * got.taps * channels,
                              of.most_rows);
    }
}
END_TEST

START_TEST(blocks_that_fit_are_one_step)
{
    ck_assert_uint_eq(sq_tiling_steps(&(struct sq_tiling){3, 3, 1, 8}, 3), 1);
    const struct sq_tiling linear = choose(1, 128, 0.4), kernel = choose(3, 14, 0.4);
    ck_assert_uint_eq(sq_tiling_steps(&linear, 1), 1);
    ck_assert_uint_eq(sq_tiling_steps(&kernel, 3), 1);
}
END_TEST

START_TEST(large_blocks_are_tiled)
{
    const struct sq_tiling linear = choose(1, 1536, 0.2), taps = choose(3, 128, 0.2),
                           parts = choose(3, 384, 0.2);
    ck_assert_uint_gt(linear.parts, 6);
    ck_assert_uint_eq(linear.part_rows % SQ_MIN_PART, 0);
    ck_assert(taps.lines == 1 && taps.taps == 1 && taps.parts == 1);
    ck_assert(parts.lines == 1 && parts.taps == 1 && parts.parts > 1);
}
END_TEST

START_TEST(few_events_are_not_worth_a_tile)
{
    const struct sq_tiling none = choose(1, 3072, 0), few = choose(1, 3072, 0.0005),
                           kernel = choose(3, 384, 0.0005);
    ck_assert_uint_eq(none.parts, 1);
    ck_assert_uint_eq(few.parts, 1);
    ck_assert_uint_eq(sq_tiling_steps(&kernel, 3), 1);
}
END_TEST

/* The highest rate that is not above the plane's; the first below all of them. */
START_TEST(forced_tilings_go_by_rate)
{
    const struct sq_forced_tiling by_rate[] = {{0.05, {3, 3, 1, 8}}, {0.2, {1, 1, 1, 8}}};
    const struct sq_forced_tilings forced = {by_rate, 2};
    ck_assert_ptr_eq(sq_tiling_forced(&forced, 0), &by_rate[0].tiling);
    ck_assert_ptr_eq(sq_tiling_forced(&forced, 0.05), &by_rate[0].tiling);
    ck_assert_ptr_eq(sq_tiling_forced(&forced, 0.19), &by_rate[0].tiling);
    ck_assert_ptr_eq(sq_tiling_forced(&forced, 0.2), &by_rate[1].tiling);
    ck_assert_ptr_eq(sq_tiling_forced(&forced, 1), &by_rate[1].tiling);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("tiling");
    TCase *t = tcase_create("choice");
    tcase_add_test(t, a_choice_tiles_all_weight_rows);
    tcase_add_test(t, blocks_that_fit_are_one_step);
    tcase_add_test(t, large_blocks_are_tiled);
    tcase_add_test(t, few_events_are_not_worth_a_tile);
    tcase_add_test(t, forced_tilings_go_by_rate);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
