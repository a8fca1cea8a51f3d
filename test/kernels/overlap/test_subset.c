/* Theorem: in every variant, most[i] is the size of the largest proper subset among the sets, found
 * by looking at every pair; nothing else is written. */
#include "kernels/overlap/subset.h"

#include "test/kernels/kernel_test.h"

enum { N_CASES = 200, MAX_SETS = 260 };

static const struct variant variant[] = {
#define SQ_VARIANT(isa, needs) VARIANT_ROW(sq_subset, isa, needs)
#include "kernels/overlap/overlap.inc"
#undef SQ_VARIANT
};
enum { N_VARIANTS = sizeof variant / sizeof variant[0] };

static uint16_t largest_within(const uint16_t *set, size_t n, uint16_t whole)
{
    int most = 0;
    for (size_t j = 0; j < n; j++) {
        const int size = __builtin_popcount(set[j]);
        if ((set[j] & ~whole) == 0 && set[j] != whole && size > most)
            most = size;
    }
    return (uint16_t)most;
}

static void check_case(sq_subset_fn *fn, uint64_t seed)
{
    struct sq_rng rng = {seed};
    const size_t n = 1 + sq_rng_below(&rng, MAX_SETS);
    const size_t room = (n + SQ_SUBSET_LANES - 1) / SQ_SUBSET_LANES * SQ_SUBSET_LANES;
    uint16_t *set = guarded_new(room * 2), *ones = guarded_new(n * 2);
    uint16_t *most = guarded_new(room * 2);
    const double rate = draw_rate(&rng);
    memset(set, 0, room * 2);
    for (size_t i = 0; i < n; i++) {
        for (int bit = 0; bit < 16; bit++)
            set[i] = (uint16_t)(set[i] | (sq_rng_unit(&rng) < rate) << bit);
        ones[i] = (uint16_t)__builtin_popcount(set[i]);
    }
    fn(most, set, ones, n);
    for (size_t i = 0; i < n; i++)
        ck_assert_msg(most[i] == largest_within(set, n, set[i]), "seed %llu, set %zu",
                      (unsigned long long)seed, i);
    ck_assert(guarded_free(most, room * 2) & guarded_free(set, room * 2) &
              guarded_free(ones, n * 2));
}

START_TEST(every_variant_finds_the_largest_subset)
{
    if (!runs_here(&variant[_i]))
        return;
    for (uint64_t seed = 0; seed < N_CASES; seed++)
        check_case((sq_subset_fn *)variant[_i].fn, seed);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("kernels/overlap");
    TCase *subset = tcase_create("subset");
    tcase_add_loop_test(subset, every_variant_finds_the_largest_subset, 0, N_VARIANTS);
    suite_add_tcase(s, subset);
    return s;
}

SQ_TEST_MAIN(suite())
