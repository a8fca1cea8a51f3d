/* sim/checkpoint/tensor.c: element types, byte orders, strides. */
#include "test/sim/checkpoint/expect.h"

#include <float.h>
#include <math.h>

/* One element of a type, from its bits. */
static int read_one(enum sq_dtype dtype, uint64_t bits, int big_endian, float *out,
                    struct sq_error *err)
{
    unsigned char bytes[8];
    const size_t n = sq_dtype_bytes(dtype);
    for (size_t i = 0; i < n; i++)
        bytes[i] = (unsigned char)(bits >> 8 * (big_endian ? n - 1 - i : i));
    const struct sq_tensor tensor = {
        .name = "t", .dtype = dtype, .n_elements = 1, .data = bytes, .big_endian = big_endian};
    return sq_tensor_read_f32(err, &tensor, out);
}

static void expect_value(enum sq_dtype dtype, uint64_t bits, float want)
{
    for (int big_endian = 0; big_endian < 2; big_endian++) {
        struct sq_error err = {0};
        float got = -1;
        ck_assert_int_eq(read_one(dtype, bits, big_endian, &got, &err), SQ_OK);
        ck_assert_msg(memcmp(&got, &want, sizeof got) == 0, "%s 0x%llx: %a, not %a",
                      sq_dtype_name(dtype), (unsigned long long)bits, got, want);
    }
}

START_TEST(every_type_has_its_name_and_size)
{
    static const struct {
        enum sq_dtype dtype;
        const char *name;
        size_t bytes;
    } want[] = {
        {SQ_DTYPE_F32, "float32", 4}, {SQ_DTYPE_F16, "float16", 2}, {SQ_DTYPE_BF16, "bfloat16", 2},
        {SQ_DTYPE_F64, "float64", 8}, {SQ_DTYPE_I64, "int64", 8},   {SQ_DTYPE_I32, "int32", 4},
        {SQ_DTYPE_I16, "int16", 2},   {SQ_DTYPE_I8, "int8", 1},     {SQ_DTYPE_U64, "uint64", 8},
        {SQ_DTYPE_U32, "uint32", 4},  {SQ_DTYPE_U16, "uint16", 2},  {SQ_DTYPE_U8, "uint8", 1},
        {SQ_DTYPE_BOOL, "bool", 1},
    };
    for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
        ck_assert_str_eq(sq_dtype_name(want[i].dtype), want[i].name);
        ck_assert_uint_eq(sq_dtype_bytes(want[i].dtype), want[i].bytes);
    }
}
END_TEST

START_TEST(known_values_of_every_type)
{
    expect_value(SQ_DTYPE_F32, 0x3f800001, 0x1.000002p0f);
    expect_value(SQ_DTYPE_F32, 0x80000001, -0x1p-149f);
    expect_value(SQ_DTYPE_BF16, 0x3fc0, 1.5f);
    expect_value(SQ_DTYPE_BF16, 0x8001, -0x1p-133f); /* subnormal */
    expect_value(SQ_DTYPE_BF16, 0x7f7f, 0x1.fep127f);
    expect_value(SQ_DTYPE_F64, 0x3ff0000000000000, 1.0f);
    expect_value(SQ_DTYPE_F64, 0x3ff0000010000000, 1.0f);          /* halfway: to even */
    expect_value(SQ_DTYPE_F64, 0x3ff0000010000001, 0x1.000002p0f); /* just above */
    expect_value(SQ_DTYPE_F64, 0x36a0000000000000, 0x1p-149f);     /* subnormal */
    expect_value(SQ_DTYPE_F64, 0x3690000000000000, 0.0f);          /* half of it: to even */
    expect_value(SQ_DTYPE_F64, 0x47efffffe0000000, FLT_MAX);
    expect_value(SQ_DTYPE_F64, 0x8000000000000000, -0.0f);
    expect_value(SQ_DTYPE_I64, 16777217, 16777216.0f);            /* halfway: to even */
    expect_value(SQ_DTYPE_I64, 0x20000020000001, 0x1.000002p53f); /* wrong if by way of double */
    expect_value(SQ_DTYPE_I64, (uint64_t)INT64_MIN, -0x1p63f);
    expect_value(SQ_DTYPE_U64, UINT64_MAX, 0x1p64f);
    expect_value(SQ_DTYPE_I32, 0xffffffff, -1.0f);
    expect_value(SQ_DTYPE_U32, 0xffffffff, 0x1p32f);
    expect_value(SQ_DTYPE_I16, 0x8000, -32768.0f);
    expect_value(SQ_DTYPE_U16, 0x8000, 32768.0f);
    expect_value(SQ_DTYPE_I8, 0x80, -128.0f);
    expect_value(SQ_DTYPE_U8, 0x80, 128.0f);
    expect_value(SQ_DTYPE_BOOL, 0, 0.0f);
    expect_value(SQ_DTYPE_BOOL, 1, 1.0f);
    expect_value(SQ_DTYPE_BOOL, 0x80, 1.0f);
}
END_TEST

/* All 65536: sign * 2^(e - 15) * (1 + f / 1024), 2^-14 * f / 1024 where e = 0, in long double. */
START_TEST(every_float16_has_the_value_of_its_formula)
{
    for (unsigned bits = 0; bits < 0x10000; bits++) {
        const int exponent = bits >> 10 & 31;
        const int fraction = bits & 1023;
        struct sq_error err = {0};
        float got;
        const int rc = read_one(SQ_DTYPE_F16, bits, 0, &got, &err);
        if (exponent == 31) {
            ck_assert_int_eq(rc, SQ_EVALUE);
            ck_assert_ptr_nonnull(strstr(err.text, fraction != 0 ? "not a number" : "infinite"));
            continue;
        }
        const double magnitude =
            exponent == 0 ? ldexp(fraction, -24) : ldexp(1024 + fraction, exponent - 25);
        const float want = (float)(bits & 0x8000 ? -magnitude : magnitude);
        ck_assert_int_eq(rc, SQ_OK);
        ck_assert_mem_eq(&got, &want, sizeof got);
    }
}
END_TEST

/* bfloat16 is the upper half of a float32. */
START_TEST(every_bfloat16_is_half_a_float32)
{
    for (unsigned bits = 0; bits < 0x10000; bits++) {
        struct sq_error err = {0};
        const uint32_t want = bits << 16;
        float got;
        const int rc = read_one(SQ_DTYPE_BF16, bits, 0, &got, &err);
        ck_assert_int_eq(rc, (bits >> 7 & 255) == 255 ? SQ_EVALUE : SQ_OK);
        if (rc == SQ_OK)
            ck_assert_mem_eq(&got, &want, sizeof got);
    }
}
END_TEST

START_TEST(what_is_not_finite_is_refused)
{
    static const struct {
        enum sq_dtype dtype;
        uint64_t bits;
        const char *says;
    } bad[] = {
        {SQ_DTYPE_F32, 0x7f800000, "infinite"},
        {SQ_DTYPE_F32, 0xff800000, "infinite"},
        {SQ_DTYPE_F32, 0x7fc00000, "not a number"},
        {SQ_DTYPE_F32, 0x7f800001, "not a number"},
        {SQ_DTYPE_F64, 0x7ff0000000000000, "infinite"},
        {SQ_DTYPE_F64, 0x7ff8000000000000, "not a number"},
        {SQ_DTYPE_F64, 0x47f0000000000000, "infinite"}, /* 2^128 overflows float32 */
        {SQ_DTYPE_F64, 0x47effffff0000000, "infinite"}, /* halfway to it: rounds up */
        {SQ_DTYPE_F64, 0x7fefffffffffffff, "infinite"}, /* DBL_MAX */
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct sq_error err = {0};
        float got;
        ck_assert_int_eq(read_one(bad[i].dtype, bad[i].bits, 0, &got, &err), SQ_EVALUE);
        ck_assert_msg(strstr(err.text, bad[i].says) != NULL, "%s", err.text);
        ck_assert_ptr_nonnull(strstr(err.text, "tensor t: element []"));
        ck_assert_int_eq(read_one(bad[i].dtype, bad[i].bits, 0, &got, NULL), SQ_EVALUE);
    }
}
END_TEST

START_TEST(coordinates_name_the_bad_element)
{
    float data[24] = {0};
    float out[24];
    struct sq_error err = {0};
    data[1 * 12 + 2 * 4 + 3] = NAN;
    const struct sq_tensor tensor = {.name = "w",
                                     .n_dims = 3,
                                     .dim = {2, 3, 4},
                                     .stride = {12, 4, 1},
                                     .n_elements = 24,
                                     .data = (const unsigned char *)data};
    ck_assert_int_eq(sq_tensor_read_f32(&err, &tensor, out), SQ_EVALUE);
    ck_assert_ptr_nonnull(strstr(err.text, "tensor w: element [1,2,3] is not a number"));
}
END_TEST

/* Any strides: out[i0][i1]... = data[i0 * stride[0] + i1 * stride[1] + ...]. */
START_TEST(strided_views_read_as_indexed)
{
    struct sq_rng rng = {(uint64_t)_i + 1};
    unsigned char data[1 + 1000 * 2]; /* odd address */
    float out[256];
    struct sq_tensor tensor = {.name = "v", .dtype = SQ_DTYPE_I16, .data = data + 1};
    for (size_t i = 0; i < 1000; i++) {
        data[1 + 2 * i] = (unsigned char)i;
        data[2 + 2 * i] = (unsigned char)(i >> 8);
    }
    tensor.n_dims = (uint32_t)sq_rng_below(&rng, 5);
    tensor.n_elements = 1;
    for (uint32_t d = 0; d < tensor.n_dims; d++) {
        tensor.dim[d] = 1 + sq_rng_below(&rng, 4);
        tensor.stride[d] = (int64_t)sq_rng_below(&rng, 60);
        if (tensor.dim[d] == 1)
            tensor.stride[d] = INT64_MAX; /* meaningless, and not to be used */
        tensor.n_elements *= tensor.dim[d];
    }
    ck_assert_int_eq(sq_tensor_read_f32(NULL, &tensor, out), SQ_OK);
    for (uint64_t i = 0; i < tensor.n_elements; i++) {
        uint64_t rest = i;
        int64_t at = 0;
        for (uint32_t d = tensor.n_dims; d-- > 0; rest /= tensor.dim[d])
            if (tensor.dim[d] > 1)
                at += (int64_t)(rest % tensor.dim[d]) * tensor.stride[d];
        ck_assert_msg(out[i] == (float)at, "seed %d: element %llu", _i + 1, (unsigned long long)i);
    }
}
END_TEST

START_TEST(no_elements_read_nothing)
{
    const struct sq_tensor tensor = {
        .name = "e", .n_dims = 2, .dim = {3, 0}, .stride = {1, 1}, .data = NULL};
    ck_assert_int_eq(sq_tensor_read_f32(NULL, &tensor, NULL), SQ_OK);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("sim/checkpoint tensor");
    TCase *t = tcase_create("tensor");
    tcase_add_test(t, every_type_has_its_name_and_size);
    tcase_add_test(t, known_values_of_every_type);
    tcase_add_test(t, every_float16_has_the_value_of_its_formula);
    tcase_add_test(t, every_bfloat16_is_half_a_float32);
    tcase_add_test(t, what_is_not_finite_is_refused);
    tcase_add_test(t, coordinates_name_the_bad_element);
    tcase_add_loop_test(t, strided_views_read_as_indexed, 0, 200);
    tcase_add_test(t, no_elements_read_nothing);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
