/* Theorem: for every variant, acc[r][j] is the one chain of float additions that the spans of row r
 * spell, in their order, whatever the width, the rates, the bases and the cutting into tiles. */
#include "kernels/accumulate/accumulate.h"

#include "test/kernels/accumulate/draw_run.h"

enum { N_CASES = 200, MAX_ROWS = 6, MAX_RUNS = 5 };

static const struct variant variant[] = {
#define SQ_VARIANT(isa, needs) VARIANT_ROW(sq_accumulate_f32, isa, needs)
#include "kernels/accumulate/accumulate.inc"
#undef SQ_VARIANT
};
enum { N_VARIANTS = sizeof variant / sizeof variant[0] };

struct drawn {
    size_t width, n_rows, n_spans, acc_bytes;
    int from_zero;
    float *acc, *w;
    struct sq_span *span;
    uint16_t *event;
};

static struct drawn draw(struct sq_rng *rng)
{
    struct drawn d = {.width = draw_width(rng),
                      .n_rows = sq_rng_below(rng, MAX_ROWS + 1),
                      .n_spans = sq_rng_below(rng, MAX_RUNS + 1),
                      .from_zero = (int)sq_rng_below(rng, 2)};
    const size_t n_spans = d.n_rows * d.n_spans;
    d.acc_bytes = d.n_rows * d.width * sizeof(float);
    d.acc = draw_floats(rng, d.n_rows * d.width);
    d.w = draw_floats(rng, N_IN * d.width);
    d.span = guarded_new(n_spans * sizeof *d.span);
    d.event = guarded_new(n_spans * N_IN * sizeof *d.event);
    for (size_t k = 0; k < n_spans; k++)
        d.span[k] = draw_run(rng, d.event + k * N_IN, true);
    return d;
}

static bool discard(struct drawn *d)
{
    const size_t n_spans = d->n_rows * d->n_spans;
    bool intact = guarded_free(d->acc, d->acc_bytes);
    intact &= guarded_free(d->w, N_IN * d->width * sizeof(float));
    intact &= guarded_free(d->span, n_spans * sizeof *d->span);
    return intact & guarded_free(d->event, n_spans * N_IN * sizeof *d->event);
}

/* The definition, one output at a time. */
static float chain(const struct drawn *d, size_t r, size_t j)
{
    float sum = d->from_zero ? 0.0f : d->acc[r * d->width + j];
    for (const struct sq_span *span = d->span + r * d->n_spans;
         span < d->span + (r + 1) * d->n_spans; span++) {
        sum = span->twice ? sum + sum : sum;
        for (uint32_t e = 0; e < span->n_events; e++) {
            const size_t row = span->first + (size_t)((span->event[e] - span->base) & 0xffff);
            sum = sum + d->w[row * d->width + j];
        }
    }
    return sum;
}

static bool agrees(any_kernel_fn *any, uint64_t seed)
{
    sq_accumulate_f32_fn *const fn = (sq_accumulate_f32_fn *)any;
    struct sq_rng rng = {seed};
    struct drawn d = draw(&rng);
    float *want = guarded_new(d.acc_bytes), *scalar = guarded_new(d.acc_bytes);
    for (size_t r = 0; r < d.n_rows; r++)
        for (size_t j = 0; j < d.width; j++)
            want[r * d.width + j] = chain(&d, r, j);
    const struct sq_ahead ahead = {(const char *)d.w, 5, 2};
    memcpy(scalar, d.acc, d.acc_bytes);
    sq_accumulate_f32_scalar(scalar, d.w, d.width, d.span, d.n_rows, d.n_spans, d.from_zero,
                             &SQ_NOTHING_AHEAD);
    fn(d.acc, d.w, d.width, d.span, d.n_rows, d.n_spans, d.from_zero, &ahead);
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

/* One linear row set, in one call and tile by tile. */
static bool tiling_agrees(sq_accumulate_f32_fn *fn, uint64_t seed, uint32_t tile)
{
    struct sq_rng rng = {seed};
    const size_t width = draw_width(&rng);
    float *w = draw_floats(&rng, N_IN * width), *whole = draw_floats(&rng, width);
    float *tiled = guarded_new(width * sizeof *tiled);
    uint16_t event[N_IN];
    struct sq_span all = {.event = event};
    for (uint16_t i = 0; i < N_IN; i++)
        if (sq_rng_unit(&rng) < 0.3)
            event[all.n_events++] = i;
    const int from_zero = (int)sq_rng_below(&rng, 2);
    memcpy(tiled, whole, width * sizeof *tiled);
    fn(whole, w, width, &all, 1, 1, from_zero, &SQ_NOTHING_AHEAD);
    for (uint32_t from = 0, at = 0; from < N_IN; from += tile) {
        struct sq_span part = {.event = event + at};
        for (; at < all.n_events && event[at] < from + tile; at++)
            part.n_events++;
        fn(tiled, w, width, &part, 1, 1, from_zero && from == 0, &SQ_NOTHING_AHEAD);
    }
    const bool agree = same_bits(whole, tiled, width * sizeof *tiled);
    return guarded_free(w, N_IN * width * sizeof *w) & guarded_free(whole, width * sizeof *w) &
           guarded_free(tiled, width * sizeof *w) & agree;
}

START_TEST(tiles_do_not_change_a_bit)
{
    if (!runs_here(&variant[_i]))
        return;
    for (uint64_t seed = 0; seed < N_CASES; seed++) {
        const uint32_t tile = 1 + (uint32_t)(seed % N_IN);
        ck_assert_msg(tiling_agrees((sq_accumulate_f32_fn *)variant[_i].fn, seed, tile),
                      "%s, seed %ju", variant[_i].name, (uintmax_t)seed);
    }
}
END_TEST

/* A planted fault: the spans of each row in the wrong order. Same sums, other bits. */
static void reversed(float *acc, const float *w, size_t width, const struct sq_span *span,
                     size_t n_rows, size_t n_spans, int from_zero, const struct sq_ahead *ahead)
{
    for (size_t r = 0; r < n_rows; r++)
        for (size_t k = n_spans; k > 0; k--)
            sq_accumulate_f32_scalar(acc + r * width, w, width, span + r * n_spans + k - 1, 1, 1,
                                     from_zero && k == n_spans, ahead);
}

/* A planted fault: one lane too many is written. */
static void overrunning(float *acc, const float *w, size_t width, const struct sq_span *span,
                        size_t n_rows, size_t n_spans, int from_zero, const struct sq_ahead *ahead)
{
    sq_accumulate_f32_scalar(acc, w, width, span, n_rows, n_spans, from_zero, ahead);
    ASAN_UNPOISON_MEMORY_REGION(acc + n_rows * width, sizeof *acc);
    acc[n_rows * width] = 0.0f;
}

START_TEST(planted_faults_are_found)
{
    ck_assert_uint_gt(count_noticed((any_kernel_fn *)reversed, agrees, N_CASES), N_CASES / 4);
    ck_assert(agrees((any_kernel_fn *)sq_accumulate_f32_scalar, 1));
    ck_assert(!agrees((any_kernel_fn *)overrunning, 1));
}
END_TEST

START_TEST(block_width_is_whole_lanes)
{
    ck_assert_uint_eq(sq_block_width(64, 0), 64);
    ck_assert_uint_eq(sq_block_width(65, 0), 64);
    ck_assert_uint_eq(sq_block_width(65, 1), 16);
    ck_assert_uint_eq(sq_block_width(96, 1), 32);
    ck_assert_uint_eq(sq_block_width(97, 1), 48);
    ck_assert_uint_eq(sq_block_width(10, 0), 16);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("accumulate");
    TCase *t = tcase_create("accumulate");
    tcase_set_timeout(t, 120);
    tcase_add_loop_test(t, every_variant_is_the_chain, 0, N_VARIANTS);
    tcase_add_loop_test(t, tiles_do_not_change_a_bit, 0, N_VARIANTS);
    tcase_add_test(t, planted_faults_are_found);
    tcase_add_test(t, block_width_is_whole_lanes);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
