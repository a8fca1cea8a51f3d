/* Theorem: in every variant and both orders y_i = sum over j of (q_i . k_j) v_j, counted one bit
 * at a time, for heads of any size, also where a head straddles two words. */
#include "kernels/attend/attend.h"

#include "kernels/base/bits.h"
#include "test/kernels/kernel_test.h"

enum { N_CASES = 120, MAX_TOKENS = 40, MAX_CHANNELS = 400 };

static const struct variant variant[] = {
#define SQ_VARIANT(isa, needs) VARIANT_ROW(sq_attend, isa, needs)
#include "kernels/attend/attend.inc"
#undef SQ_VARIANT
};
enum { N_VARIANTS = sizeof variant / sizeof variant[0] };

static sq_attend_i32_fn *const in_integers[] = {
#define SQ_VARIANT(isa, needs) sq_attend_i32_##isa,
#include "kernels/attend/attend.inc"
#undef SQ_VARIANT
};

struct drawn {
    struct sq_attend_shape shape;
    size_t n_channels, y_stride, y_bytes, bits_bytes;
    uint64_t *q, *k, *v;
};

static struct drawn draw(struct sq_rng *rng)
{
    static const uint32_t head_dim[] = {1,  5,  12, 16, 17, 24, 31,  32, 33,
                                        40, 48, 63, 64, 65, 96, 128, 130};
    struct drawn d = {0};
    struct sq_attend_shape *shape = &d.shape;
    shape->n_tokens = 1 + (uint32_t)sq_rng_below(rng, MAX_TOKENS);
    shape->head_dim = head_dim[sq_rng_below(rng, sizeof head_dim / sizeof head_dim[0])];
    shape->n_heads = 1 + (uint32_t)sq_rng_below(rng, 6);
    while (shape->n_heads * shape->head_dim > MAX_CHANNELS)
        shape->n_heads--;
    d.n_channels = shape->n_heads * shape->head_dim;
    shape->n_words = (uint32_t)sq_words_for(d.n_channels);
    d.y_stride = (d.n_channels + 15) / 16 * 16 + 16 * sq_rng_below(rng, 3);
    d.y_bytes = shape->n_tokens * d.y_stride * sizeof(float);
    d.bits_bytes = (size_t)shape->n_tokens * shape->n_words * 8;
    d.q = draw_bits(rng, shape->n_tokens, d.n_channels, draw_rate(rng));
    d.k = draw_bits(rng, shape->n_tokens, d.n_channels, draw_rate(rng));
    d.v = draw_bits(rng, shape->n_tokens, d.n_channels, draw_rate(rng));
    return d;
}

/* q_i . k_j in the head whose first channel is `from`, one bit at a time. */
static uint32_t dot(const struct drawn *d, size_t i, size_t j, size_t from)
{
    const uint64_t *q = d->q + i * d->shape.n_words, *k = d->k + j * d->shape.n_words;
    uint32_t sum = 0;
    for (size_t c = from; c < from + d->shape.head_dim; c++)
        sum += (uint32_t)(sq_bit_get(q, c) & sq_bit_get(k, c));
    return sum;
}

/* The definition: y [n_tokens][y_stride]. */
static void define(const struct drawn *d, float *y)
{
    memset(y, 0, d->y_bytes);
    for (size_t from = 0; from < d->n_channels; from += d->shape.head_dim)
        for (size_t i = 0; i < d->shape.n_tokens; i++)
            for (size_t j = 0; j < d->shape.n_tokens; j++) {
                const uint32_t a = dot(d, i, j, from);
                for (size_t c = from; c < from + d->shape.head_dim; c++)
                    if (sq_bit_get(d->v + j * d->shape.n_words, c))
                        y[i * d->y_stride + c] += (float)a;
            }
}

static bool attend_equals(sq_attend_fn *fn, const struct drawn *d, enum sq_attend_order order,
                          const float *want)
{
    const size_t scratch_bytes = sq_attend_scratch_bytes(&d->shape);
    float *y = guarded_new(d->y_bytes);
    void *scratch = guarded_new(scratch_bytes);
    fn(y, d->y_stride, d->q, d->k, d->v, &d->shape, order, scratch);
    const bool equal = same_bits(y, want, d->y_bytes);
    return guarded_free(y, d->y_bytes) & guarded_free(scratch, scratch_bytes) & equal;
}

static bool agrees(any_kernel_fn *any, uint64_t seed)
{
    sq_attend_fn *const fn = (sq_attend_fn *)any;
    struct sq_rng rng = {seed};
    struct drawn d = draw(&rng);
    float *want = guarded_new(d.y_bytes);
    define(&d, want);
    bool agree = attend_equals(fn, &d, SQ_ATTEND_QK_FIRST, want) &&
                 attend_equals(fn, &d, SQ_ATTEND_KV_FIRST, want) &&
                 attend_equals(sq_attend_scalar, &d, sq_attend_choose(&d.shape), want);
    agree &= guarded_free(want, d.y_bytes);
    agree &= guarded_free(d.q, d.bits_bytes) & guarded_free(d.k, d.bits_bytes);
    return guarded_free(d.v, d.bits_bytes) & agree;
}

START_TEST(every_variant_counts_right_in_both_orders)
{
    require_agreement(&variant[_i], agrees, N_CASES);
}
END_TEST

/* The kernel that keeps integers writes what the other one writes as float32. */
static bool integers_agree(size_t which, uint64_t seed)
{
    struct sq_rng rng = {seed};
    struct drawn d = draw(&rng);
    const size_t scratch_bytes = sq_attend_scratch_bytes(&d.shape);
    float *want = guarded_new(d.y_bytes);
    int32_t *got = guarded_new(d.y_bytes);
    void *scratch = guarded_new(scratch_bytes);
    const enum sq_attend_order order = seed % 2 ? SQ_ATTEND_QK_FIRST : SQ_ATTEND_KV_FIRST;
    define(&d, want);
    in_integers[which](got, d.y_stride, d.q, d.k, d.v, &d.shape, order, scratch);
    bool agree = true;
    for (size_t i = 0; i < d.shape.n_tokens * d.y_stride; i++)
        agree &= (float)got[i] == want[i];
    agree &= guarded_free(want, d.y_bytes) & guarded_free(got, d.y_bytes);
    agree &= guarded_free(scratch, scratch_bytes) & guarded_free(d.q, d.bits_bytes);
    return guarded_free(d.k, d.bits_bytes) & guarded_free(d.v, d.bits_bytes) & agree;
}

START_TEST(integers_are_kept)
{
    if (!runs_here(&variant[_i]))
        return;
    for (uint64_t seed = 0; seed < N_CASES; seed++)
        ck_assert_msg(integers_agree((size_t)_i, seed), "%s, seed %ju", variant[_i].name,
                      (uintmax_t)seed);
}
END_TEST

/* Planted faults: the two orders disagree, and k and v change places. */
static void off_by_one(float *y, size_t y_stride, const uint64_t *q, const uint64_t *k,
                       const uint64_t *v, const struct sq_attend_shape *shape,
                       enum sq_attend_order order, void *scratch)
{
    sq_attend_scalar(y, y_stride, q, k, v, shape, order, scratch);
    y[(shape->n_tokens - 1) * y_stride] += order == SQ_ATTEND_KV_FIRST;
}

static void exchanged(float *y, size_t y_stride, const uint64_t *q, const uint64_t *k,
                      const uint64_t *v, const struct sq_attend_shape *shape,
                      enum sq_attend_order order, void *scratch)
{
    sq_attend_scalar(y, y_stride, q, v, k, shape, order, scratch);
}

START_TEST(planted_faults_are_found)
{
    ck_assert_uint_eq(count_noticed((any_kernel_fn *)off_by_one, agrees, N_CASES), N_CASES);
    ck_assert_uint_gt(count_noticed((any_kernel_fn *)exchanged, agrees, N_CASES), N_CASES / 4);
}
END_TEST

START_TEST(few_tokens_of_large_heads_take_qk_first)
{
    const struct sq_attend_shape many = {.n_tokens = 64, .head_dim = 64};
    const struct sq_attend_shape edge = {.n_tokens = 16, .head_dim = 64};
    const struct sq_attend_shape few = {.n_tokens = 15, .head_dim = 64};
    ck_assert_int_eq(sq_attend_choose(&many), SQ_ATTEND_KV_FIRST);
    ck_assert_int_eq(sq_attend_choose(&edge), SQ_ATTEND_KV_FIRST);
    ck_assert_int_eq(sq_attend_choose(&few), SQ_ATTEND_QK_FIRST);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("attend");
    TCase *t = tcase_create("attend");
    tcase_set_timeout(t, 300);
    tcase_add_loop_test(t, every_variant_counts_right_in_both_orders, 0, N_VARIANTS);
    tcase_add_loop_test(t, integers_are_kept, 0, N_VARIANTS);
    tcase_add_test(t, planted_faults_are_found);
    tcase_add_test(t, few_tokens_of_large_heads_take_qk_first);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
