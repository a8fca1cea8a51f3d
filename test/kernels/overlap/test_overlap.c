/* Theorem: in every variant, ones[j] is the number of bits that a and b_j share, counted one by
 * one, and nothing else is written. */
#include "kernels/overlap/overlap.h"

#include "kernels/base/bits.h"
#include "test/kernels/kernel_test.h"

enum { N_CASES = 200, MAX_ROWS = 70, MAX_BITS = 400 };

static const struct variant variant[] = {
#define SQ_VARIANT(isa, needs) VARIANT_ROW(sq_overlap, isa, needs)
#include "kernels/overlap/overlap.inc"
#undef SQ_VARIANT
};
enum { N_VARIANTS = sizeof variant / sizeof variant[0] };

static uint32_t shared_bits(const uint64_t *a, const uint64_t *b, size_t n_bits)
{
    uint32_t n = 0;
    for (size_t i = 0; i < n_bits; i++)
        n += sq_bit_get(a, i) && sq_bit_get(b, i);
    return n;
}

static void check_case(sq_overlap_fn *fn, uint64_t seed)
{
    struct sq_rng rng = {seed};
    const size_t n = 1 + sq_rng_below(&rng, MAX_ROWS), n_bits = 1 + sq_rng_below(&rng, MAX_BITS);
    const size_t n_words = sq_words_for(n_bits), bytes = n * sizeof(uint32_t);
    uint64_t *a = draw_bits(&rng, 1, n_bits, draw_rate(&rng));
    uint64_t *b = draw_bits(&rng, n, n_bits, draw_rate(&rng));
    uint32_t *ones = guarded_new(bytes);
    fn(ones, a, b, n, n_words);
    for (size_t j = 0; j < n; j++)
        ck_assert_msg(ones[j] == shared_bits(a, b + j * n_words, n_bits), "seed %llu, row %zu",
                      (unsigned long long)seed, j);
    ck_assert(guarded_free(ones, bytes) & guarded_free(a, n_words * 8) &
              guarded_free(b, n * n_words * 8));
}

START_TEST(every_variant_counts_shared_bits)
{
    if (!runs_here(&variant[_i]))
        return;
    for (uint64_t seed = 0; seed < N_CASES; seed++)
        check_case((sq_overlap_fn *)variant[_i].fn, seed);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("kernels/overlap");
    TCase *overlap = tcase_create("overlap");
    tcase_add_loop_test(overlap, every_variant_counts_shared_bits, 0, N_VARIANTS);
    suite_add_tcase(s, overlap);
    return s;
}

SQ_TEST_MAIN(suite())
