/* Theorem: for every variant, acc[r][j] is the one chain of float additions that the events of row r
 * spell, in their order, whatever the width, the strip and the cutting into tiles; and rows that no quad names stay
 * as they were. */
#include "kernels/accumulate/accumulate.h"

#include "test/kernels/accumulate/draw_quads.h"

enum { N_CASES = 300 };

static const struct variant variant[] = {
#define SQ_VARIANT(isa, needs) VARIANT_ROW(sq_accumulate_f32, isa, needs)
#include "kernels/accumulate/accumulate.inc"
#undef SQ_VARIANT
};
enum { N_VARIANTS = sizeof variant / sizeof variant[0] };

struct drawn {
    struct drawn_quads rows;
    size_t width, column, acc_bytes; /* of acc; where the strip begins */
    enum sq_sums_from from;
    float *acc, *w;
};

static struct drawn draw(struct sq_rng *rng)
{
    struct drawn d = {.rows = draw_quads(rng), .width = draw_width(rng)};
    d.column = SQ_LANES * sq_rng_below(rng, d.width / SQ_LANES);
    d.from = (enum sq_sums_from)sq_rng_below(rng, 3);
    d.acc_bytes = d.rows.n_rows * d.width * sizeof(float);
    d.acc = draw_floats(rng, d.rows.n_rows * d.width);
    d.w = draw_floats(rng, (size_t)(N_IN + 1) * SQ_LANES);
    for (size_t j = 0; j < SQ_LANES; j++)
        d.w[(size_t)N_IN * SQ_LANES + j] = -0.0f;
    return d;
}

static bool discard(struct drawn *d)
{
    bool intact = guarded_free(d->acc, d->acc_bytes);
    intact &= guarded_free(d->w, (size_t)(N_IN + 1) * SQ_LANES * sizeof(float));
    return intact & discard_quads(&d->rows);
}

/* The definition, one output at a time. */
static float chain(const struct drawn *d, size_t r, size_t j)
{
    float sum = d->acc[r * d->width + j];
    size_t first, n;
    if (j < d->column || j >= d->column + SQ_LANES || !find_row(&d->rows, r, &first, &n))
        return sum;
    sum = d->from == SQ_FROM_ZERO ? 0.0f : d->from == SQ_FROM_TWICE ? sum + sum : sum;
    for (size_t e = 0; e < n; e++)
        sum += d->w[weight_row_of(&d->rows, first + e * SQ_QUAD) * SQ_LANES + j - d->column];
    return sum;
}

/* All rows but the last, whose sums nobody reads. */
static bool agrees(any_kernel_fn *any, uint64_t seed)
{
    sq_accumulate_f32_fn *const fn = (sq_accumulate_f32_fn *)any;
    struct sq_rng rng = {seed};
    struct drawn d = draw(&rng);
    float *want = guarded_new(d.acc_bytes);
    for (size_t r = 0; r < d.rows.n_rows; r++)
        for (size_t j = 0; j < d.width; j++)
            want[r * d.width + j] = chain(&d, r, j);
    const struct sq_ahead ahead = {(const char *)d.w, 5, 2};
    fn(d.acc + d.column, d.width, d.w, &d.rows.quads, d.from, &ahead);
    bool agree = same_bits(d.acc, want, (d.rows.n_rows - 1) * d.width * sizeof(float));
    agree &= guarded_free(want, d.acc_bytes);
    return discard(&d) && agree;
}

START_TEST(every_variant_is_the_chain)
{
    require_agreement(&variant[_i], agrees, N_CASES);
}
END_TEST

/* Four rows in one call and tile by tile. */
static bool tiling_agrees(sq_accumulate_f32_fn *fn, uint64_t seed, uint32_t tile)
{
    struct sq_rng rng = {seed};
    const size_t width = draw_width(&rng), n_acc = width * SQ_QUAD;
    float *w = draw_floats(&rng, (size_t)N_IN * SQ_LANES), *whole = draw_floats(&rng, n_acc);
    float *tiled = guarded_new(n_acc * sizeof *tiled);
    uint16_t event[N_IN * SQ_QUAD];
    const uint32_t n_events = (uint32_t)sq_rng_below(&rng, N_IN);
    const enum sq_sums_from from = (enum sq_sums_from)sq_rng_below(&rng, 3);
    for (size_t e = 0; e < n_events * SQ_QUAD; e++)
        event[e] = (uint16_t)sq_rng_below(&rng, N_IN);
    struct sq_quad quad = {n_events, {2, 0, 3, 1}};
    const struct sq_quads all = {&quad, 1, event, 0};
    memcpy(tiled, whole, n_acc * sizeof *tiled);
    fn(whole, width, w, &all, from, &SQ_NOTHING_AHEAD);
    for (uint32_t at = 0; at <= n_events; at += tile) {
        const struct sq_quads part = {&quad, 1, event + (size_t)at * SQ_QUAD, 0};
        quad.n_events = n_events - at < tile ? n_events - at : tile;
        fn(tiled, width, w, &part, at == 0 ? from : SQ_FROM_SUMS, &SQ_NOTHING_AHEAD);
    }
    const bool agree = same_bits(whole, tiled, n_acc * sizeof *tiled);
    return guarded_free(w, (size_t)N_IN * SQ_LANES * sizeof *w) &
           guarded_free(whole, n_acc * sizeof *w) & guarded_free(tiled, n_acc * sizeof *w) & agree;
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

/* A planted fault: the events of each quad in the wrong order. Same sums, other bits. */
static void reversed(float *acc, size_t width, const float *w, const struct sq_quads *quads,
                     enum sq_sums_from from, const struct sq_ahead *ahead)
{
    const uint16_t *event = quads->event;
    for (size_t q = 0; q < quads->n; q++) {
        struct sq_quad one = quads->quad[q];
        const uint32_t n = one.n_events;
        one.n_events = 0;
        sq_accumulate_f32_scalar(acc, width, w, &(struct sq_quads){&one, 1, event, 0}, from, ahead);
        one.n_events = 1;
        for (uint32_t e = n; e-- > 0;)
            sq_accumulate_f32_scalar(
                acc, width, w,
                &(struct sq_quads){&one, 1, event + (size_t)e * SQ_QUAD, quads->is_scaled},
                SQ_FROM_SUMS, ahead);
        event += (size_t)n * SQ_QUAD;
    }
}

/* A planted fault: one lane too many is written. */
static void overrunning(float *acc, size_t width, const float *w, const struct sq_quads *quads,
                        enum sq_sums_from from, const struct sq_ahead *ahead)
{
    sq_accumulate_f32_scalar(acc, width, w, quads, from, ahead);
    if (quads->n > 0 && width > SQ_LANES)
        acc[quads->quad[0].row[0] * width + SQ_LANES] += 1;
}

START_TEST(planted_faults_are_found)
{
    ck_assert_uint_gt(count_noticed((any_kernel_fn *)reversed, agrees, N_CASES), N_CASES / 4);
    ck_assert(agrees((any_kernel_fn *)sq_accumulate_f32_scalar, 1));
    ck_assert_uint_gt(count_noticed((any_kernel_fn *)overrunning, agrees, N_CASES), N_CASES / 8);
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
