/* Theorem: in every variant the counts of SSA are those of the two matrix products written out
 * entry by entry, in both orders. */
#include "kernels/count/ssa_count.h"

#include "kernels/base/bits.h"
#include "test/kernels/kernel_test.h"

enum { N_CASES = 80, MAX_TOKENS = 150, MAX_HEAD = 70 };

static const struct variant variant[] = {
#define SQ_VARIANT(isa, needs) VARIANT_ROW(sq_ssa_count, isa, needs)
#include "kernels/count/ssa_count.inc"
#undef SQ_VARIANT
};
enum { N_VARIANTS = sizeof variant / sizeof variant[0] };

struct drawn {
    struct sq_attend_shape shape;
    size_t n_channels, bits_bytes;
    unsigned unit_shift;
    uint64_t *q, *k, *v;
};

static struct drawn draw(struct sq_rng *rng)
{
    struct drawn d = {.unit_shift = (unsigned)sq_rng_below(rng, 4)};
    struct sq_attend_shape *shape = &d.shape;
    shape->n_tokens = 1 + (uint32_t)sq_rng_below(rng, MAX_TOKENS);
    shape->head_dim = 1 + (uint32_t)sq_rng_below(rng, MAX_HEAD);
    shape->n_heads = 1 + (uint32_t)sq_rng_below(rng, 4);
    d.n_channels = (size_t)shape->n_heads * shape->head_dim;
    shape->n_words = (uint32_t)sq_words_for(d.n_channels);
    d.bits_bytes = (size_t)shape->n_tokens * shape->n_words * 8;
    d.q = draw_bits(rng, shape->n_tokens, d.n_channels, draw_rate(rng));
    d.k = draw_bits(rng, shape->n_tokens, d.n_channels, draw_rate(rng));
    d.v = draw_bits(rng, shape->n_tokens, d.n_channels, draw_rate(rng));
    return d;
}

static uint32_t bit(const struct drawn *d, const uint64_t *rows, size_t token, size_t c)
{
    return (uint32_t)sq_bit_get(rows + token * d->shape.n_words, c);
}

/* A = q k^T entry by entry, then every addition of A v. */
static void define_scores(const struct drawn *d, size_t from, struct sq_ssa_count *count)
{
    for (size_t i = 0; i < d->shape.n_tokens; i++)
        for (size_t j = 0; j < d->shape.n_tokens; j++) {
            uint64_t a = 0, z_v = 0;
            for (size_t c = from; c < from + d->shape.head_dim; c++) {
                a += bit(d, d->q, i, c) & bit(d, d->k, j, c);
                z_v += bit(d, d->v, j, c);
            }
            count->coincidences[SQ_ATTEND_QK_FIRST] += a;
            count->nonzeros[SQ_ATTEND_QK_FIRST] += a != 0;
            count->events2[SQ_ATTEND_QK_FIRST] += a != 0 ? z_v : 0;
            count->unary2 += a * z_v;
            if (a != 0 && a != (uint64_t)1 << d->unit_shift)
                count->not_unit = 1;
        }
}

/* M = k^T v entry by entry, then every addition of q M. */
static void define_counts(const struct drawn *d, size_t from, struct sq_ssa_count *count)
{
    for (size_t c = from; c < from + d->shape.head_dim; c++)
        for (size_t e = from; e < from + d->shape.head_dim; e++) {
            uint64_t m = 0, q_sum = 0;
            for (size_t j = 0; j < d->shape.n_tokens; j++) {
                m += bit(d, d->k, j, c) & bit(d, d->v, j, e);
                q_sum += bit(d, d->q, j, c);
            }
            count->coincidences[SQ_ATTEND_KV_FIRST] += m;
            count->nonzeros[SQ_ATTEND_KV_FIRST] += m != 0;
            count->events2[SQ_ATTEND_KV_FIRST] += m != 0 ? q_sum : 0;
        }
}

static bool agrees(any_kernel_fn *any, uint64_t seed)
{
    sq_ssa_count_fn *const fn = (sq_ssa_count_fn *)any;
    struct sq_rng rng = {seed};
    struct drawn d = draw(&rng);
    struct sq_ssa_count want = {.unary2 = 0}, got;
    for (size_t from = 0; from < d.n_channels; from += d.shape.head_dim) {
        define_scores(&d, from, &want);
        define_counts(&d, from, &want);
    }
    const size_t scratch_bytes = sq_ssa_count_scratch_bytes(&d.shape);
    void *scratch = guarded_new(scratch_bytes);
    fn(&got, d.q, d.k, d.v, &d.shape, d.unit_shift, scratch);
    bool agree = memcmp(&got, &want, sizeof got) == 0;
    agree &= guarded_free(scratch, scratch_bytes);
    agree &= guarded_free(d.q, d.bits_bytes) & guarded_free(d.k, d.bits_bytes);
    return guarded_free(d.v, d.bits_bytes) & agree;
}

START_TEST(every_variant_counts_what_the_products_do)
{
    require_agreement(&variant[_i], agrees, N_CASES);
}
END_TEST

/* A planted fault: k and v change places. */
static void exchanged(struct sq_ssa_count *count, const uint64_t *q, const uint64_t *k,
                      const uint64_t *v, const struct sq_attend_shape *shape, unsigned unit_shift,
                      void *scratch)
{
    sq_ssa_count_scalar(count, q, v, k, shape, unit_shift, scratch);
}

START_TEST(a_planted_fault_is_found)
{
    ck_assert_uint_gt(count_noticed((any_kernel_fn *)exchanged, agrees, N_CASES), N_CASES / 4);
}
END_TEST

static Suite *ssa_count_suite(void)
{
    Suite *suite = suite_create("kernels/count");
    TCase *tests = tcase_create("ssa_count");
    tcase_set_timeout(tests, 120);
    tcase_add_loop_test(tests, every_variant_counts_what_the_products_do, 0, N_VARIANTS);
    tcase_add_test(tests, a_planted_fault_is_found);
    suite_add_tcase(suite, tests);
    return suite;
}

SQ_TEST_MAIN(ssa_count_suite())
