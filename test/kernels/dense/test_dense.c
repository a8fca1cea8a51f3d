/* Theorem: for every variant, acc[r][j] is the chain of rounded products and rounded sums that the
 * runs of row r spell, in their order; product and sum are never fused. */
#include "kernels/dense/dense.h"

#include "test/kernels/kernel_test.h"

enum { N_IN = 90, N_CASES = 300, MAX_ROWS = 5, MAX_RUNS = 4 };

static const struct variant variant[] = {
#define SQ_VARIANT(isa, needs) VARIANT_ROW(sq_dense_f32, isa, needs)
#include "kernels/dense/dense.inc"
#undef SQ_VARIANT
};
enum { N_VARIANTS = sizeof variant / sizeof variant[0] };

struct drawn {
    size_t width, n_rows, n_spans, acc_bytes;
    float *acc, *w, *x;
    struct sq_dense_span *span;
};

static struct drawn draw(struct sq_rng *rng)
{
    struct drawn d = {.width = draw_width(rng),
                      .n_rows = sq_rng_below(rng, MAX_ROWS + 1),
                      .n_spans = sq_rng_below(rng, MAX_RUNS + 1)};
    const size_t n_spans = d.n_rows * d.n_spans;
    d.acc_bytes = d.n_rows * d.width * sizeof(float);
    d.acc = draw_floats(rng, d.n_rows * d.width);
    d.w = draw_floats(rng, N_IN * d.width);
    d.x = draw_floats(rng, N_IN);
    d.span = guarded_new(n_spans * sizeof *d.span);
    for (size_t k = 0; k < n_spans; k++) {
        const uint32_t first = (uint32_t)sq_rng_below(rng, N_IN);
        const uint32_t n_in = (uint32_t)sq_rng_below(rng, N_IN - first + 1);
        d.span[k] = (struct sq_dense_span){
            .x = d.x + sq_rng_below(rng, N_IN - n_in + 1), .n_in = n_in, .first = first};
    }
    return d;
}

static bool discard(struct drawn *d)
{
    return guarded_free(d->acc, d->acc_bytes) &
           guarded_free(d->w, N_IN * d->width * sizeof(float)) &
           guarded_free(d->x, N_IN * sizeof(float)) &
           guarded_free(d->span, d->n_rows * d->n_spans * sizeof *d->span);
}

/* The definition. The product of two floats is exact in double, so the cast is its one rounding,
 * and no compiler can fuse it with the sum. */
static float chain(const struct drawn *d, size_t r, size_t j)
{
    float sum = d->acc[r * d->width + j];
    for (size_t k = 0; k < d->n_spans; k++) {
        const struct sq_dense_span *span = &d->span[r * d->n_spans + k];
        for (size_t i = 0; i < span->n_in; i++) {
            const double product =
                (double)((const float *)span->x)[i] * d->w[(span->first + i) * d->width + j];
            sum = sum + (float)product;
        }
    }
    return sum;
}

static bool agrees(any_kernel_fn *any, uint64_t seed)
{
    sq_dense_f32_fn *const fn = (sq_dense_f32_fn *)any;
    struct sq_rng rng = {seed};
    struct drawn d = draw(&rng);
    float *want = guarded_new(d.acc_bytes), *scalar = guarded_new(d.acc_bytes);
    for (size_t r = 0; r < d.n_rows; r++)
        for (size_t j = 0; j < d.width; j++)
            want[r * d.width + j] = chain(&d, r, j);
    memcpy(scalar, d.acc, d.acc_bytes);
    sq_dense_f32_scalar(scalar, d.w, d.width, d.span, d.n_rows, d.n_spans);
    fn(d.acc, d.w, d.width, d.span, d.n_rows, d.n_spans);
    bool agree = same_bits(d.acc, want, d.acc_bytes) && same_bits(d.acc, scalar, d.acc_bytes);
    agree &= guarded_free(want, d.acc_bytes);
    agree &= guarded_free(scalar, d.acc_bytes);
    return discard(&d) && agree;
}

START_TEST(every_variant_is_the_chain)
{
    require_agreement(&variant[_i], agrees, N_CASES);
}
END_TEST

/* A planted fault: one rounding where two are due. */
static void fused(float *acc, const float *w, size_t width, const struct sq_dense_span *span,
                  size_t n_rows, size_t n_spans)
{
    for (size_t k = 0; k < n_rows * n_spans; k++)
        for (size_t i = 0; i < span[k].n_in; i++)
            for (size_t j = 0; j < width; j++) {
                float *a = &acc[k / n_spans * width + j];
                *a = fmaf(((const float *)span[k].x)[i], w[(span[k].first + i) * width + j], *a);
            }
}

START_TEST(planted_fault_is_found)
{
    ck_assert_uint_gt(count_noticed((any_kernel_fn *)fused, agrees, N_CASES), N_CASES / 4);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("dense");
    TCase *t = tcase_create("dense");
    tcase_set_timeout(t, 120);
    tcase_add_loop_test(t, every_variant_is_the_chain, 0, N_VARIANTS);
    tcase_add_test(t, planted_fault_is_found);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
