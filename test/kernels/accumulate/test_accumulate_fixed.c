/* Theorem: for every integer variant, acc[r][j] is the sum that the spans of row r spell, as long
 * as the bound that their caller proves holds; and every bit of it. */
#include "kernels/accumulate/accumulate.h"

#include "test/kernels/accumulate/draw_run.h"
#include "test/kernels/fixed_test.h"

enum { N_CASES = 300, MAX_ROWS = 6, MAX_RUNS = 5 };

/* The kernels of one instruction set. */
static const struct variant variant_i8[] = {
#define SQ_VARIANT(isa, needs) VARIANT_ROW(sq_accumulate_i8, isa, needs)
#include "kernels/accumulate/accumulate.inc"
#undef SQ_VARIANT
};
static const struct variant variant_i16[] = {
#define SQ_VARIANT(isa, needs) VARIANT_ROW(sq_accumulate_i16, isa, needs)
#include "kernels/accumulate/accumulate.inc"
#undef SQ_VARIANT
};
static const struct variant variant_tile[] = {
#define SQ_VARIANT(isa, needs) VARIANT_ROW(sq_accumulate_tile, isa, needs)
#include "kernels/accumulate/accumulate.inc"
#undef SQ_VARIANT
};
static const struct variant variant_widen[] = {
#define SQ_VARIANT(isa, needs) VARIANT_ROW(sq_widen_i8, isa, needs)
#include "kernels/accumulate/accumulate.inc"
#undef SQ_VARIANT
};
static const struct variant variant_add[] = {
#define SQ_VARIANT(isa, needs) VARIANT_ROW(sq_add_tile, isa, needs)
#include "kernels/accumulate/accumulate.inc"
#undef SQ_VARIANT
};
enum { N_VARIANTS = sizeof variant_i8 / sizeof variant_i8[0] };

struct drawn {
    size_t width, n_rows, n_spans, acc_bytes, w_bytes;
    size_t bytes, sum_bytes; /* of a weight, and of an accumulator */
    int from_zero;
    void *acc, *w;
    struct sq_span *span;
    uint16_t *event;
};

/* Weights of the whole range in one run of sums that fit, or small ones in runs that double: 220
 * events a span, so that (((100 + 660) * 2 + 660) * 2 ...) stays below 32768. */
static struct drawn draw(struct sq_rng *rng, size_t bytes, size_t sum_bytes)
{
    const bool whole_range = sq_rng_below(rng, 2);
    struct drawn d = {.width = draw_width(rng),
                      .n_rows = sq_rng_below(rng, MAX_ROWS + 1),
                      .n_spans = sq_rng_below(rng, whole_range ? 2 : MAX_RUNS + 1),
                      .bytes = bytes,
                      .sum_bytes = sum_bytes,
                      .from_zero = (int)sq_rng_below(rng, 2)};
    const size_t n_spans = d.n_rows * d.n_spans;
    const int64_t limit =
        whole_range ? (sum_bytes == 2 ? 127 : 32767) : (sum_bytes == 2 ? 3 : 1000);
    d.acc_bytes = d.n_rows * d.width * sum_bytes;
    d.w_bytes = N_IN * d.width * bytes;
    d.acc = draw_integers(rng, d.n_rows * d.width, sum_bytes, 100);
    d.w = draw_integers(rng, N_IN * d.width, bytes, limit);
    d.span = guarded_new(n_spans * sizeof *d.span);
    d.event = guarded_new(n_spans * N_IN * sizeof *d.event);
    for (size_t k = 0; k < n_spans; k++)
        d.span[k] = draw_run(rng, d.event + k * N_IN, !whole_range);
    return d;
}

static bool discard(struct drawn *d)
{
    const size_t n_spans = d->n_rows * d->n_spans;
    return guarded_free(d->acc, d->acc_bytes) & guarded_free(d->w, d->w_bytes) &
           guarded_free(d->span, n_spans * sizeof *d->span) &
           guarded_free(d->event, n_spans * N_IN * sizeof *d->event);
}

/* The definition, one output at a time, in 64 bits. */
static int64_t sum_of(const struct drawn *d, size_t r, size_t j)
{
    int64_t sum = d->from_zero ? 0 : fixed_get(d->acc, d->sum_bytes, r * d->width + j);
    for (size_t k = 0; k < d->n_spans; k++) {
        const struct sq_span *span = &d->span[r * d->n_spans + k];
        sum += span->twice ? sum : 0;
        for (uint32_t e = 0; e < span->n_events; e++) {
            const size_t row = span->first + (size_t)((span->event[e] - span->base) & 0xffff);
            sum += fixed_get(d->w, d->bytes, row * d->width + j);
        }
    }
    return sum;
}

static void call(any_kernel_fn *fn, const struct drawn *d)
{
    if (d->bytes == d->sum_bytes)
        ((sq_accumulate_tile_fn *)fn)(d->acc, d->w, d->width, d->span, d->n_rows, d->n_spans,
                                      d->from_zero);
    else if (d->bytes == 1)
        ((sq_accumulate_i8_fn *)fn)(d->acc, d->w, d->width, d->span, d->n_rows, d->n_spans,
                                    d->from_zero);
    else
        ((sq_accumulate_i16_fn *)fn)(d->acc, d->w, d->width, d->span, d->n_rows, d->n_spans,
                                     d->from_zero);
}

static bool agrees(any_kernel_fn *fn, size_t bytes, size_t sum_bytes, uint64_t seed)
{
    struct sq_rng rng = {seed};
    struct drawn d = draw(&rng, bytes, sum_bytes);
    void *want = guarded_new(d.acc_bytes);
    for (size_t r = 0; r < d.n_rows; r++)
        for (size_t j = 0; j < d.width; j++)
            fixed_put(want, sum_bytes, r * d.width + j, sum_of(&d, r, j));
    call(fn, &d);
    const bool agree = same_bits(d.acc, want, d.acc_bytes);
    return guarded_free(want, d.acc_bytes) & discard(&d) & agree;
}

static bool i8_agrees(any_kernel_fn *fn, uint64_t seed)
{
    return agrees(fn, 1, 2, seed);
}

static bool i16_agrees(any_kernel_fn *fn, uint64_t seed)
{
    return agrees(fn, 2, 4, seed);
}

static bool tile_agrees(any_kernel_fn *fn, uint64_t seed)
{
    return agrees(fn, 2, 2, seed);
}

static bool widen_agrees(any_kernel_fn *fn, uint64_t seed)
{
    struct sq_rng rng = {seed};
    const size_t n = sq_rng_below(&rng, 300);
    int8_t *w = draw_integers(&rng, n, 1, 127);
    int16_t *out = guarded_new(n * sizeof *out);
    bool agree = true;
    ((sq_widen_i8_fn *)fn)(out, w, n);
    for (size_t i = 0; i < n; i++)
        agree &= out[i] == w[i];
    return guarded_free(w, n) & guarded_free(out, n * sizeof *out) & agree;
}

static bool add_agrees(any_kernel_fn *fn, uint64_t seed)
{
    struct sq_rng rng = {seed};
    const size_t n = sq_rng_below(&rng, 300);
    const enum sq_tile_place place = (enum sq_tile_place)sq_rng_below(&rng, 3);
    int32_t *acc = draw_integers(&rng, n, 4, 1 << 24), *was = guarded_new(n * sizeof *was);
    int16_t *part = draw_integers(&rng, n, 2, 32767);
    bool agree = true;
    memcpy(was, acc, n * sizeof *was);
    ((sq_add_tile_fn *)fn)(acc, part, n, place);
    for (size_t i = 0; i < n; i++)
        agree &= acc[i] == part[i] + (place == SQ_TILE_FIRST  ? 0
                                      : place == SQ_TILE_NEXT ? was[i]
                                                              : 2 * was[i]);
    return guarded_free(acc, n * sizeof *acc) & guarded_free(was, n * sizeof *was) &
           guarded_free(part, n * sizeof *part) & agree;
}

START_TEST(bytes_are_added_to_16_bits)
{
    require_agreement(&variant_i8[_i], i8_agrees, N_CASES);
}
END_TEST

START_TEST(words_are_added_to_32_bits)
{
    require_agreement(&variant_i16[_i], i16_agrees, N_CASES);
}
END_TEST

START_TEST(words_are_added_to_16_bits)
{
    require_agreement(&variant_tile[_i], tile_agrees, N_CASES);
}
END_TEST

START_TEST(bytes_become_words)
{
    require_agreement(&variant_widen[_i], widen_agrees, N_CASES);
}
END_TEST

START_TEST(sums_of_tiles_are_added)
{
    require_agreement(&variant_add[_i], add_agrees, N_CASES);
}
END_TEST

/* Planted faults: weights read as unsigned; the doubling left out. */
static void unsigned_weights(int16_t *acc, const int8_t *w, size_t width,
                             const struct sq_span *span, size_t n_rows, size_t n_spans,
                             int from_zero)
{
    sq_accumulate_i8_scalar(acc, w, width, span, n_rows, n_spans, from_zero);
    for (size_t j = 0; n_rows > 0 && j < width; j++)
        acc[j] = (int16_t)(acc[j] + (n_spans > 0 && span->n_events > 0 && w[j] < 0 ? 256 : 0));
}

static void never_twice(int16_t *acc, const int8_t *w, size_t width, const struct sq_span *span,
                        size_t n_rows, size_t n_spans, int from_zero)
{
    for (size_t r = 0; r < n_rows; r++)
        for (size_t k = 0; k < n_spans; k++) {
            struct sq_span once = span[r * n_spans + k];
            once.twice = 0;
            sq_accumulate_i8_scalar(acc + r * width, w, width, &once, 1, 1, from_zero && k == 0);
        }
}

START_TEST(planted_faults_are_found)
{
    ck_assert_uint_gt(count_noticed((any_kernel_fn *)unsigned_weights, i8_agrees, N_CASES),
                      N_CASES / 8);
    ck_assert_uint_gt(count_noticed((any_kernel_fn *)never_twice, i8_agrees, N_CASES), N_CASES / 8);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("accumulate");
    TCase *t = tcase_create("fixed point");
    tcase_set_timeout(t, 120);
    tcase_add_loop_test(t, bytes_are_added_to_16_bits, 0, N_VARIANTS);
    tcase_add_loop_test(t, words_are_added_to_32_bits, 0, N_VARIANTS);
    tcase_add_loop_test(t, words_are_added_to_16_bits, 0, N_VARIANTS);
    tcase_add_loop_test(t, bytes_become_words, 0, N_VARIANTS);
    tcase_add_loop_test(t, sums_of_tiles_are_added, 0, N_VARIANTS);
    tcase_add_test(t, planted_faults_are_found);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
