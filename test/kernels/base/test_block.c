#include "kernels/base/block.h"

#include "test/unit.h"

/* Shifts and an addition are the product that they stand for. */
START_TEST(block_bytes_is_the_product)
{
    for (size_t lanes16 = 1; lanes16 <= 4; lanes16++)
        for (size_t rows = 0; rows < 70000; rows += 7)
            ck_assert_uint_eq(sq_block_bytes(rows, lanes16), rows * lanes16 * 16 * sizeof(float));
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("base");
    TCase *t = tcase_create("block");
    tcase_add_test(t, block_bytes_is_the_product);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
