/* Theorem: for every variant of the integer first convolution, acc[r][j] is the sum of products
 * that the spans of row r spell. */
#include "kernels/dense/dense.h"

#include "test/kernels/fixed_test.h"

enum { N_IN = 90, N_CASES = 200, MAX_ROWS = 5, MAX_RUNS = 4 };

static const struct variant variant[] = {
#define SQ_VARIANT(isa, needs) VARIANT_ROW(sq_dense_i16, isa, needs)
#include "kernels/dense/dense.inc"
#undef SQ_VARIANT
};
enum { N_VARIANTS = sizeof variant / sizeof variant[0] };

struct drawn {
    size_t width, n_rows, n_spans, acc_bytes;
    int32_t *acc;
    int16_t *w, *x;
    struct sq_dense_span *span;
};

/* Magnitudes whose sums of 4 * 90 products stay below 2^31: 15 bits meet 7, and the reverse. */
static struct drawn draw(struct sq_rng *rng)
{
    struct drawn d = {.width = draw_width(rng),
                      .n_rows = sq_rng_below(rng, MAX_ROWS + 1),
                      .n_spans = sq_rng_below(rng, MAX_RUNS + 1)};
    const bool wide = sq_rng_below(rng, 2);
    d.acc_bytes = d.n_rows * d.width * sizeof *d.acc;
    d.acc = draw_integers(rng, d.n_rows * d.width, sizeof *d.acc, 1 << 20);
    d.w = draw_integers(rng, N_IN * d.width, sizeof *d.w, wide ? 32767 : 127);
    d.x = draw_integers(rng, N_IN, sizeof *d.x, wide ? 127 : 32767);
    d.span = guarded_new(d.n_rows * d.n_spans * sizeof *d.span);
    for (size_t k = 0; k < d.n_rows * d.n_spans; k++) {
        const uint32_t first = (uint32_t)sq_rng_below(rng, N_IN);
        const uint32_t n_in = (uint32_t)sq_rng_below(rng, N_IN - first + 1);
        d.span[k] = (struct sq_dense_span){
            .x = d.x + sq_rng_below(rng, N_IN - n_in + 1), .n_in = n_in, .first = first};
    }
    return d;
}

static bool discard(struct drawn *d)
{
    return guarded_free(d->acc, d->acc_bytes) & guarded_free(d->w, N_IN * d->width * sizeof *d->w) &
           guarded_free(d->x, N_IN * sizeof *d->x) &
           guarded_free(d->span, d->n_rows * d->n_spans * sizeof *d->span);
}

static int32_t sum_of(const struct drawn *d, size_t r, size_t j)
{
    int64_t sum = d->acc[r * d->width + j];
    for (size_t k = 0; k < d->n_spans; k++) {
        const struct sq_dense_span *span = &d->span[r * d->n_spans + k];
        const int16_t *x = span->x;
        for (size_t i = 0; i < span->n_in; i++)
            sum += (int64_t)x[i] * d->w[(span->first + i) * d->width + j];
    }
    return (int32_t)sum;
}

static bool agrees(any_kernel_fn *any, uint64_t seed)
{
    sq_dense_i16_fn *const fn = (sq_dense_i16_fn *)any;
    struct sq_rng rng = {seed};
    struct drawn d = draw(&rng);
    int32_t *want = guarded_new(d.acc_bytes);
    for (size_t r = 0; r < d.n_rows; r++)
        for (size_t j = 0; j < d.width; j++)
            want[r * d.width + j] = sum_of(&d, r, j);
    fn(d.acc, d.w, d.width, d.span, d.n_rows, d.n_spans);
    const bool agree = same_bits(d.acc, want, d.acc_bytes);
    return guarded_free(want, d.acc_bytes) & discard(&d) & agree;
}

START_TEST(every_variant_is_the_sum_of_products)
{
    require_agreement(&variant[_i], agrees, N_CASES);
}
END_TEST

/* A planted fault: products cut to 16 bits. */
static void narrow(int32_t *acc, const int16_t *w, size_t width, const struct sq_dense_span *span,
                   size_t n_rows, size_t n_spans)
{
    sq_dense_i16_scalar(acc, w, width, span, n_rows, n_spans);
    for (size_t i = 0; i < n_rows * width; i++)
        acc[i] = (int16_t)acc[i];
}

START_TEST(planted_fault_is_found)
{
    ck_assert_uint_gt(count_noticed((any_kernel_fn *)narrow, agrees, N_CASES), N_CASES / 2);
}
END_TEST

/* The convolution of a stream: inputs of 31 bits, sums of 64; the currents made of these. */
START_TEST(streams_multiply_into_64_bits)
{
    enum { WIDTH = 16 };
    struct sq_rng rng = {(uint64_t)_i};
    const size_t n = 1 + sq_rng_below(&rng, N_IN);
    int32_t *x = draw_integers(&rng, n, 4, (1 << 30) - 1);
    int16_t *w = draw_integers(&rng, n * WIDTH, 2, 32767);
    int64_t acc[WIDTH] = {0};
    const struct sq_dense_span span[2] = {{x, (uint32_t)(n / 2), 0},
                                          {x + n / 2, (uint32_t)(n - n / 2), (uint32_t)(n / 2)}};
    sq_dense_i32(acc, w, WIDTH, span, 1, 2);
    for (size_t j = 0; j < WIDTH; j++) {
        int64_t want = 0;
        for (size_t i = 0; i < n; i++)
            want += (int64_t)x[i] * w[i * WIDTH + j];
        ck_assert_int_eq(acc[j], want);
    }
    guarded_free(x, n * 4);
    guarded_free(w, n * WIDTH * 2);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("dense");
    TCase *t = tcase_create("fixed point");
    tcase_set_timeout(t, 120);
    tcase_add_loop_test(t, every_variant_is_the_sum_of_products, 0, N_VARIANTS);
    tcase_add_loop_test(t, streams_multiply_into_64_bits, 0, 20);
    tcase_add_test(t, planted_fault_is_found);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
