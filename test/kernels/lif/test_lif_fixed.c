/* Theorem: every integer variant is h = v + round((x - v) / 2) with x = acc * 2^shift + bias, in
 * either rounding, for currents of 16 and 32 bits. */
#include "kernels/lif/lif.h"

#include "test/kernels/fixed_test.h"

enum { N_CASES = 400, MAX_ROWS = 7, LIMIT = (1 << 30) - 1 };

static const struct variant variant_i16[] = {
#define SQ_VARIANT(isa, needs) VARIANT_ROW(sq_lif_i16, isa, needs)
#include "kernels/lif/lif.inc"
#undef SQ_VARIANT
};
static const struct variant variant_i32[] = {
#define SQ_VARIANT(isa, needs) VARIANT_ROW(sq_lif_i32, isa, needs)
#include "kernels/lif/lif.inc"
#undef SQ_VARIANT
};
enum { N_VARIANTS = sizeof variant_i16 / sizeof variant_i16[0] };

struct drawn {
    size_t width, n_rows, word_stride, acc_stride;
    size_t n_words, n_acc, bytes; /* of a current: 2 or 4 */
    void *acc;
    int32_t *bias, *threshold, *v;
    struct sq_lif_fixed fixed;
};

/* Currents and biases of half the range each, so that their sum stays below 2^30; small numbers
 * half of the time, where rounding decides. */
static struct drawn draw(struct sq_rng *rng, size_t bytes)
{
    struct drawn d = {
        .width = draw_width(rng), .n_rows = sq_rng_below(rng, MAX_ROWS + 1), .bytes = bytes};
    const uint32_t shift = (uint32_t)sq_rng_below(rng, 14);
    const bool small = sq_rng_below(rng, 2);
    const int64_t most = (LIMIT / 2) >> shift, limit = bytes == 2 && most > 32767 ? 32767 : most;
    d.word_stride = 1 + sq_rng_below(rng, 3);
    d.acc_stride = d.width + 16 * sq_rng_below(rng, 3);
    d.n_words = d.n_rows ? (d.n_rows - 1) * d.word_stride + 1 : 0;
    d.n_acc = d.n_rows ? (d.n_rows - 1) * d.acc_stride + d.width : 0;
    d.acc = draw_integers(rng, d.n_acc, bytes, small ? 9 : limit);
    d.bias = draw_integers(rng, d.width, 4, small ? 9 : LIMIT / 2);
    d.v = draw_integers(rng, d.n_rows * d.width, 4, small ? 9 : LIMIT);
    d.threshold = draw_integers(rng, d.width, 4, small ? 9 : LIMIT);
    for (size_t j = 0; j < d.width; j++)
        d.threshold[j] = d.threshold[j] > 0 ? d.threshold[j] : 1 - d.threshold[j];
    d.fixed = (struct sq_lif_fixed){d.bias, d.threshold, small ? 0 : shift,
                                    sq_rng_below(rng, 2) ? SQ_ROUND_NEAREST : SQ_ROUND_DOWN};
    return d;
}

static bool discard(struct drawn *d)
{
    return guarded_free(d->v, d->n_rows * d->width * 4) &
           guarded_free(d->acc, d->n_acc * d->bytes) & guarded_free(d->bias, d->width * 4) &
           guarded_free(d->threshold, d->width * 4);
}

/* The definition, in 64 bits: floor by division, to even by looking at both neighbours. */
static int64_t halve(int64_t x, enum sq_rounding rounding)
{
    const int64_t low = (x - (x % 2 != 0 && x < 0)) / 2;
    return rounding == SQ_ROUND_NEAREST && x % 2 != 0 && low % 2 != 0 ? low + 1 : low;
}

static void step(uint64_t *word, const struct drawn *d, int32_t *v)
{
    for (size_t r = 0; r < d->n_rows; r++) {
        word[r * d->word_stride] = 0;
        for (size_t j = 0; j < d->width; j++, v++) {
            const int64_t acc = fixed_get(d->acc, d->bytes, r * d->acc_stride + j);
            const int64_t x = acc * ((int64_t)1 << d->fixed.shift) + d->bias[j];
            const int64_t h = *v + halve(x - *v, d->fixed.rounding);
            if (h >= d->threshold[j])
                word[r * d->word_stride] |= (uint64_t)1 << j;
            *v = h >= d->threshold[j] ? 0 : (int32_t)h;
        }
    }
}

static void call(any_kernel_fn *fn, uint64_t *word, const struct drawn *d, int32_t *v)
{
    if (d->bytes == 2)
        ((sq_lif_i16_fn *)fn)(word, d->word_stride, v, d->acc, d->acc_stride, &d->fixed, d->width,
                              d->n_rows);
    else
        ((sq_lif_i32_fn *)fn)(word, d->word_stride, v, d->acc, d->acc_stride, &d->fixed, d->width,
                              d->n_rows);
}

static bool agrees(any_kernel_fn *fn, size_t bytes, uint64_t seed)
{
    struct sq_rng rng = {seed};
    struct drawn d = draw(&rng, bytes);
    const size_t word_bytes = d.n_words * 8, v_bytes = d.n_rows * d.width * 4;
    uint64_t *want = guarded_new(word_bytes), *got = guarded_new(word_bytes);
    int32_t *want_v = guarded_new(v_bytes);
    memcpy(want_v, d.v, v_bytes);
    step(want, &d, want_v);
    call(fn, got, &d, d.v);
    const bool agree = same_bits(got, want, word_bytes) && same_bits(d.v, want_v, v_bytes);
    return guarded_free(want, word_bytes) & guarded_free(got, word_bytes) &
           guarded_free(want_v, v_bytes) & discard(&d) & agree;
}

static bool i16_agrees(any_kernel_fn *fn, uint64_t seed)
{
    return agrees(fn, 2, seed);
}

static bool i32_agrees(any_kernel_fn *fn, uint64_t seed)
{
    return agrees(fn, 4, seed);
}

START_TEST(every_variant_is_the_equation)
{
    require_agreement(&variant_i16[_i], i16_agrees, N_CASES);
    require_agreement(&variant_i32[_i], i32_agrees, N_CASES);
}
END_TEST

/* Every difference from -8 to 8 with v = 0, both roundings, as the header promises. */
START_TEST(halves_are_rounded_as_said)
{
    int32_t acc[32] __attribute__((aligned(64))) = {0}, zero[32] __attribute__((aligned(64))) = {0};
    int32_t never[32] __attribute__((aligned(64)));
    static const int down[] = {-4, -4, -3, -3, -2, -2, -1, -1, 0, 0, 1, 1, 2, 2, 3, 3, 4};
    static const int even[] = {-4, -4, -3, -2, -2, -2, -1, 0, 0, 0, 1, 2, 2, 2, 3, 4, 4};
    if (!runs_here(&variant_i32[_i]))
        return;
    for (int i = 0; i < 32; i++) {
        acc[i] = i < 17 ? i - 8 : 0;
        never[i] = INT32_MAX;
    }
    for (int nearest = 0; nearest < 2; nearest++) {
        int32_t v[32] = {0};
        uint64_t word;
        ((sq_lif_i32_fn *)variant_i32[_i].fn)(
            &word, 1, v, acc, 32,
            &(struct sq_lif_fixed){zero, never, 0, nearest ? SQ_ROUND_NEAREST : SQ_ROUND_DOWN}, 32,
            1);
        for (int i = 0; i < 17; i++)
            ck_assert_int_eq(v[i], nearest ? even[i] : down[i]);
        ck_assert_uint_eq(word, 0);
    }
}
END_TEST

/* Planted fault: the roundings are exchanged. */
static void exchanged(uint64_t *word, size_t word_stride, int32_t *v, const int16_t *acc,
                      size_t acc_stride, const struct sq_lif_fixed *fixed, size_t width,
                      size_t n_rows)
{
    struct sq_lif_fixed other = *fixed;
    other.rounding = fixed->rounding == SQ_ROUND_DOWN ? SQ_ROUND_NEAREST : SQ_ROUND_DOWN;
    sq_lif_i16_scalar(word, word_stride, v, acc, acc_stride, &other, width, n_rows);
}

START_TEST(planted_fault_is_found)
{
    ck_assert_uint_gt(count_noticed((any_kernel_fn *)exchanged, i16_agrees, N_CASES), N_CASES / 2);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("lif");
    TCase *t = tcase_create("fixed point");
    tcase_set_timeout(t, 120);
    tcase_add_loop_test(t, every_variant_is_the_equation, 0, N_VARIANTS);
    tcase_add_loop_test(t, halves_are_rounded_as_said, 0, N_VARIANTS);
    tcase_add_test(t, planted_fault_is_found);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
