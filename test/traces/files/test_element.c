/* Elements of every type: the value, or the word that float32 cannot hold it. */
#include "test/unit.h"
#include "traces/files/npy.h"

#include <math.h>
#include <string.h>

static struct sq_array type_of(char kind, unsigned bytes, bool big_endian)
{
    return (struct sq_array){.kind = kind, .item_bytes = bytes, .big_endian = big_endian};
}

static void store(unsigned char *out, uint64_t bits, unsigned n, bool big_endian)
{
    for (unsigned i = 0; i < n; i++)
        out[big_endian ? n - 1 - i : i] = (unsigned char)(bits >> 8 * i);
}

static void expect_f32(char kind, unsigned n, uint64_t bits, bool exact, float value)
{
    for (int big = 0; big < 2; big++) {
        const struct sq_array a = type_of(kind, n, big);
        unsigned char item[8];
        float got;
        store(item, bits, n, big);
        ck_assert_int_eq(sq_element_f32(&a, item, &got), exact);
        if (exact)
            ck_assert_msg(memcmp(&got, &value, 4) == 0, "%a instead of %a", got, value);
    }
}

static uint64_t double_bits(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

START_TEST(values)
{
    expect_f32('u', 1, 255, true, 255);
    expect_f32('i', 1, 0x80, true, -128);
    expect_f32('b', 1, 1, true, 1);
    expect_f32('b', 1, 2, false, 0);
    expect_f32('u', 2, 65535, true, 65535);
    expect_f32('i', 2, 0xffff, true, -1);
    expect_f32('u', 4, 1u << 31, true, 0x1p31f);
    expect_f32('u', 4, (1u << 24) + 1, false, 0);
    expect_f32('i', 4, (uint32_t)-16777216, true, -16777216);
    expect_f32('i', 4, (uint32_t)-16777217, false, 0);
    expect_f32('u', 8, UINT64_MAX, false, 0);
    expect_f32('i', 8, (uint64_t)1 << 63, true, -0x1p63f);
    expect_f32('i', 8, INT64_MAX, false, 0);
    expect_f32('f', 4, 0x3f800001, true, 0x1.000002p0f);
    expect_f32('f', 8, double_bits(0.5), true, 0.5f);
    expect_f32('f', 8, double_bits(0.1), false, 0);
    expect_f32('f', 8, double_bits(1e39), false, 0);
    expect_f32('f', 8, double_bits(0x1.ffffffp127), false, 0);
    expect_f32('f', 8, double_bits(-0.0), true, -0.0f);
    expect_f32('f', 8, double_bits(0x1p-149), true, 0x1p-149f);
    expect_f32('f', 8, double_bits(0x1p-150), false, 0);
    expect_f32('f', 8, double_bits(INFINITY), true, INFINITY);
}
END_TEST

START_TEST(halves)
{
    expect_f32('f', 2, 0x3c00, true, 1);
    expect_f32('f', 2, 0xc000, true, -2);
    expect_f32('f', 2, 0x7bff, true, 65504);
    expect_f32('f', 2, 0x0001, true, 0x1p-24f);
    expect_f32('f', 2, 0x03ff, true, 0x1.ff8p-15f);
    expect_f32('f', 2, 0x8000, true, -0.0f);
    expect_f32('f', 2, 0x7c00, true, INFINITY);
    expect_f32('f', 2, 0xfc00, true, -INFINITY);
}
END_TEST

START_TEST(not_a_number_stays_one)
{
    static const struct {
        unsigned bytes;
        uint64_t bits;
    } nan[] = {{2, 0x7e01}, {4, 0x7fc00000}, {8, 0x7ff8000000000000}};
    for (size_t i = 0; i < 3; i++) {
        const struct sq_array a = type_of('f', nan[i].bytes, false);
        unsigned char item[8];
        float got;
        store(item, nan[i].bits, nan[i].bytes, false);
        ck_assert(sq_element_f32(&a, item, &got));
        ck_assert(isnan(got));
    }
}
END_TEST

/* Integers of any size: exact if and only if the way to float32 and back changes nothing. */
START_TEST(integers_are_exact_or_refused)
{
    struct sq_rng rng = {1};
    const struct sq_array a = type_of('i', 8, false);
    for (int i = 0; i < 20000; i++) {
        const int64_t value = (int64_t)(sq_rng_next(&rng) >> sq_rng_below(&rng, 64)) >> 1;
        unsigned char item[8];
        float got;
        store(item, (uint64_t)value, 8, false);
        const bool exact = sq_element_f32(&a, item, &got);
        ck_assert_msg(exact == ((long double)(float)value == (long double)value), "%lld",
                      (long long)value);
        ck_assert(!exact || got == (float)value);
    }
}
END_TEST

START_TEST(labels_are_integers)
{
    unsigned char item[8];
    int64_t got;
    store(item, UINT64_MAX, 8, false);
    struct sq_array a = type_of('u', 8, false);
    ck_assert(!sq_element_i64(&a, item, &got));
    a = type_of('i', 8, false);
    ck_assert(sq_element_i64(&a, item, &got));
    ck_assert_int_eq(got, -1);
    a = type_of('u', 1, true);
    ck_assert(sq_element_i64(&a, item, &got));
    ck_assert_int_eq(got, 255);
    a = type_of('f', 4, false);
    ck_assert(!sq_element_i64(&a, item, &got));
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("traces/files/element");
    TCase *t = tcase_create("element");
    tcase_set_timeout(t, 60); /* loaded machines, sanitizers */
    tcase_add_test(t, values);
    tcase_add_test(t, halves);
    tcase_add_test(t, not_a_number_stays_one);
    tcase_add_test(t, integers_are_exact_or_refused);
    tcase_add_test(t, labels_are_integers);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
