/* Theorem: a checked operation says true with the exact result, or false; 128 bits decide. */
#include "kernels/base/checked.h"

#include "test/unit.h"

__extension__ typedef unsigned __int128 wide;

/* Small, near a power of two, or near the largest. */
static size_t draw_size(struct sq_rng *rng)
{
    const size_t power = (size_t)1 << sq_rng_below(rng, 64);
    switch (sq_rng_below(rng, 4)) {
    case 0:
        return sq_rng_below(rng, 10);
    case 1:
        return SIZE_MAX - sq_rng_below(rng, 10);
    case 2:
        return power + sq_rng_below(rng, 3) - 1;
    default:
        return sq_rng_next(rng) >> sq_rng_below(rng, 64);
    }
}

START_TEST(products_and_sums_are_exact_or_refused)
{
    struct sq_rng rng = {7};
    for (int i = 0; i < 20000; i++) {
        const size_t a = draw_size(&rng), b = draw_size(&rng);
        size_t out;
        ck_assert_int_eq(sq_mul_size(a, b, &out), (wide)a * b <= SIZE_MAX);
        if ((wide)a * b <= SIZE_MAX)
            ck_assert_uint_eq(out, a * b);
        ck_assert_int_eq(sq_add_size(a, b, &out), (wide)a + b <= SIZE_MAX);
        if ((wide)a + b <= SIZE_MAX)
            ck_assert_uint_eq(out, a + b);
    }
}
END_TEST

START_TEST(dimensions_multiply_or_are_refused)
{
    const uint64_t shape[] = {3, 4, 5}, huge[] = {(uint64_t)1 << 32, (uint64_t)1 << 31, 2};
    const uint64_t nothing[] = {0, 7};
    size_t n;
    ck_assert(sq_mul_dims(shape, 3, &n) && n == 60);
    ck_assert(sq_mul_dims(NULL, 0, &n) && n == 1);
    ck_assert(sq_mul_dims(nothing, 2, &n) && n == 0);
    ck_assert(sq_mul_dims(huge, 2, &n) && n == (size_t)1 << 63);
    ck_assert(!sq_mul_dims(huge, 3, &n));
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("base");
    TCase *t = tcase_create("checked");
    tcase_add_test(t, products_and_sums_are_exact_or_refused);
    tcase_add_test(t, dimensions_multiply_or_are_refused);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
