#include "kernels/base/bits.h"

#include "test/unit.h"

#include <stdbool.h>

enum { N_BITS = 500 };

/* Bits set one by one agree with an array of flags, and so does their count. */
START_TEST(bits_are_flags)
{
    struct sq_rng rng = {11};
    bool flag[N_BITS] = {false};
    uint64_t word[(N_BITS + 63) / 64] = {0}, n_set = 0;
    for (int round = 0; round < 400; round++) {
        const size_t i = sq_rng_below(&rng, N_BITS);
        n_set += !flag[i];
        flag[i] = true;
        sq_bit_set(word, i);
        ck_assert_uint_eq(sq_popcount(word, sq_words_for(N_BITS)), n_set);
    }
    for (size_t i = 0; i < N_BITS; i++)
        ck_assert_int_eq(sq_bit_get(word, i), flag[i]);
}
END_TEST

START_TEST(words_are_rounded_up)
{
    ck_assert_uint_eq(sq_words_for(0), 0);
    ck_assert_uint_eq(sq_words_for(1), 1);
    ck_assert_uint_eq(sq_words_for(64), 1);
    ck_assert_uint_eq(sq_words_for(65), 2);
    ck_assert_uint_eq(sq_popcount(NULL, 0), 0);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("base");
    TCase *t = tcase_create("bits");
    tcase_add_test(t, bits_are_flags);
    tcase_add_test(t, words_are_rounded_up);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
