/* Whole numbers of every NumPy type (sq_npy_whole()), many at a time and at any stride, against
 * sq_element_i64() and sq_element_f64() one by one. */
#include "traces/files/npy.h"

#include "test/unit.h"

#include <math.h>
#include <string.h>

enum { N = 37, STRIDE = 11 };

static const struct {
    char kind;
    unsigned bytes;
} type[] = {{'i', 1}, {'i', 2}, {'i', 4}, {'i', 8}, {'u', 1}, {'u', 2},
            {'u', 4}, {'u', 8}, {'b', 1}, {'f', 2}, {'f', 4}, {'f', 8}};

enum { TYPES = sizeof type / sizeof type[0] };

/* What the header says: a whole number that does not exceed 62 bits. */
static bool whole(const struct sq_array *a, const unsigned char *item, int64_t *number)
{
    const double value = sq_element_f64(a, item);
    if (a->kind != 'f')
        return sq_element_i64(a, item, number) && *number < INT64_MAX >> 1 &&
               *number > -(INT64_MAX >> 1) && (a->kind != 'b' || *number <= 1);
    *number = fabs(value) < 0x1p62 ? (int64_t)value : 0;
    return fabs(value) < 0x1p62 && value == floor(value);
}

/* Bits of a number that is often whole, small or near a limit. */
static uint64_t draw_bits(struct sq_rng *rng, const struct sq_array *a)
{
    static const double edge[] = {0x1p62, -0x1p62, 0x1.fffffffffffffp61, 0.5, -0.0, NAN, INFINITY};
    const uint64_t small = sq_rng_below(rng, 300), kind = sq_rng_below(rng, 40);
    double wide = kind < 7 ? edge[kind] : (double)small - 100;
    const float narrow = (float)wide;
    uint64_t bits = small % (a->kind == 'b' ? 2 : 300);
    uint32_t word;
    memcpy(&word, &narrow, sizeof word);
    if (a->kind == 'f' && a->item_bytes == sizeof wide)
        memcpy(&bits, &wide, sizeof bits);
    else if (a->kind == 'f')
        bits = a->item_bytes == sizeof narrow ? word : 0x3c00 + (small & 15) * 0x400;
    else if (kind < 3)
        bits = ((uint64_t)INT64_MAX >> 1) - 2 + sq_rng_below(rng, 4);
    else if (kind < 6)
        bits = 0 - bits;
    else if (kind < 8)
        bits = sq_rng_next(rng);
    return bits;
}

static void put(const struct sq_array *a, unsigned char *item, uint64_t bits)
{
    for (unsigned i = 0; i < a->item_bytes; i++)
        item[a->big_endian ? a->item_bytes - 1 - i : i] = (unsigned char)(bits >> (8 * i));
}

START_TEST(columns_are_read_as_one_by_one)
{
    const struct sq_array a = {.kind = type[_i % TYPES].kind,
                               .item_bytes = type[_i % TYPES].bytes,
                               .big_endian = _i >= TYPES && type[_i % TYPES].bytes > 1};
    unsigned char bytes[N * STRIDE];
    int64_t got[N], want[N];
    int n_good = 0;
    for (uint64_t seed = 0; seed < 500; seed++) {
        struct sq_rng rng = {seed};
        bool good = true;
        for (unsigned i = 0; i < N; i++) {
            uint64_t bits = draw_bits(&rng, &a);
            put(&a, bytes + i * STRIDE, bits);
            while (seed % 2 == 0 && !whole(&a, bytes + i * STRIDE, &want[i]))
                put(&a, bytes + i * STRIDE, bits = draw_bits(&rng, &a));
            good &= whole(&a, bytes + i * STRIDE, &want[i]);
        }
        ck_assert_msg(sq_npy_whole(&a, bytes, STRIDE, N, got) == good, "seed %d", (int)seed);
        if (good)
            ck_assert_mem_eq(got, want, sizeof want);
        n_good += good;
    }
    ck_assert_int_ge(n_good, 250);
}
END_TEST

static Suite *suite(void)
{
    Suite *suite = suite_create("events");
    TCase *tcase = tcase_create("npy_whole");
    tcase_add_loop_test(tcase, columns_are_read_as_one_by_one, 0, 2 * TYPES);
    suite_add_tcase(suite, tcase);
    return suite;
}

SQ_TEST_MAIN(suite())
