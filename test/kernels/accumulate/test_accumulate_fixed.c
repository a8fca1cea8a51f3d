/* Theorem: for every integer variant, acc[r][j] is the sum that the events of row r spell, as long
 * as the bound that their caller proves holds; and every bit of it. */
#include "kernels/accumulate/accumulate.h"

#include "test/kernels/accumulate/draw_quads.h"
#include "test/kernels/fixed_test.h"

enum { N_CASES = 300 };

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
    struct drawn_quads rows;
    size_t width, column,
        columns; /* of acc; where the strip or the tile begins, and how wide it is */
    size_t acc_bytes, w_bytes;
    size_t bytes, sum_bytes; /* of a weight, and of a sum */
    enum sq_sums_from from;
    void *acc, *w;
};

/* Weights of up to 127 or 32767, as many as sum to what a sum holds: 220 events and what it began with. */
static struct drawn draw(struct sq_rng *rng, size_t bytes, size_t sum_bytes)
{
    const bool is_tile = bytes == sum_bytes;
    struct drawn d = {.rows = draw_quads(rng),
                      .width = is_tile ? 32 * (1 + sq_rng_below(rng, 2)) : draw_width(rng),
                      .columns = is_tile ? SQ_TILE_COLUMNS : SQ_LANES,
                      .bytes = bytes,
                      .sum_bytes = sum_bytes,
                      .from = (enum sq_sums_from)sq_rng_below(rng, 3)};
    const size_t n = (size_t)N_IN * d.columns;
    d.column = d.columns * sq_rng_below(rng, d.width / d.columns);
    d.acc_bytes = d.rows.n_rows * d.width * sum_bytes;
    d.w_bytes = (n + d.columns) * bytes;
    d.acc = draw_integers(rng, d.rows.n_rows * d.width, sum_bytes, 100);
    d.w = draw_integers(rng, n + d.columns, bytes, sum_bytes == 2 ? 127 : 32767);
    for (size_t j = 0; j < d.columns; j++)
        fixed_put(d.w, bytes, n + j, 0);
    return d;
}

static bool discard(struct drawn *d)
{
    return guarded_free(d->acc, d->acc_bytes) & guarded_free(d->w, d->w_bytes) &
           discard_quads(&d->rows);
}

/* The definition, one output at a time, in 64 bits. */
static int64_t sum_of(const struct drawn *d, size_t r, size_t j)
{
    int64_t sum = fixed_get(d->acc, d->sum_bytes, r * d->width + j);
    size_t first, n;
    if (j < d->column || j >= d->column + d->columns || !find_row(&d->rows, r, &first, &n))
        return sum;
    sum = d->from == SQ_FROM_ZERO ? 0 : d->from == SQ_FROM_TWICE ? sum + sum : sum;
    for (size_t e = 0; e < n; e++)
        sum += fixed_get(d->w, d->bytes,
                         weight_row_of(&d->rows, first + e * SQ_QUAD) * d->columns + j - d->column);
    return sum;
}

static void call(any_kernel_fn *fn, const struct drawn *d)
{
    char *const acc = (char *)d->acc + d->column * d->sum_bytes;
    if (d->bytes == d->sum_bytes)
        ((sq_accumulate_tile_fn *)fn)((int16_t *)acc, d->width, d->w, &d->rows.quads, d->from);
    else if (d->bytes == 1)
        ((sq_accumulate_i8_fn *)fn)((int16_t *)acc, d->width, d->w, &d->rows.quads, d->from);
    else
        ((sq_accumulate_i16_fn *)fn)((int32_t *)acc, d->width, d->w, &d->rows.quads, d->from);
}

/* All rows but the last, whose sums nobody reads. */
static bool agrees(any_kernel_fn *fn, size_t bytes, size_t sum_bytes, uint64_t seed)
{
    struct sq_rng rng = {seed};
    struct drawn d = draw(&rng, bytes, sum_bytes);
    void *want = guarded_new(d.acc_bytes);
    bool fits = true;
    for (size_t r = 0; r < d.rows.n_rows; r++)
        for (size_t j = 0; j < d.width; j++) {
            const int64_t sum = sum_of(&d, r, j);
            fits &= sum_bytes == 4 || (sum >= INT16_MIN && sum <= INT16_MAX);
            fixed_put(want, sum_bytes, r * d.width + j, sum);
        }
    call(fn, &d);
    const bool agree = same_bits(d.acc, want, (d.rows.n_rows - 1) * d.width * sum_bytes);
    return guarded_free(want, d.acc_bytes) & discard(&d) & (agree || !fits);
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

/* A tile of two strips, or of one and zeros. */
static bool widen_agrees(any_kernel_fn *fn, uint64_t seed)
{
    struct sq_rng rng = {seed};
    const size_t n_rows = sq_rng_below(&rng, 30), n = n_rows * SQ_LANES;
    int8_t *w = draw_integers(&rng, n, 1, 127), *other = draw_integers(&rng, n, 1, 127);
    int16_t *tile = guarded_new(2 * n * sizeof *tile);
    const bool has_other = sq_rng_below(&rng, 2);
    bool agree = true;
    ((sq_widen_i8_fn *)fn)(tile, w, has_other ? other : NULL, n_rows);
    for (size_t i = 0; i < n; i++) {
        const int16_t *row = tile + i / SQ_LANES * SQ_TILE_COLUMNS + i % SQ_LANES;
        agree &= row[0] == w[i] && row[SQ_LANES] == (has_other ? other[i] : 0);
    }
    return guarded_free(w, n) & guarded_free(other, n) & guarded_free(tile, 2 * n * sizeof *tile) &
           agree;
}

static bool add_agrees(any_kernel_fn *fn, uint64_t seed)
{
    struct sq_rng rng = {seed};
    const size_t n = sq_rng_below(&rng, 300);
    const enum sq_sums_from from = (enum sq_sums_from)sq_rng_below(&rng, 3);
    int32_t *acc = draw_integers(&rng, n, 4, 1 << 24), *was = guarded_new(n * sizeof *was);
    int16_t *part = draw_integers(&rng, n, 2, 32767);
    bool agree = true;
    memcpy(was, acc, n * sizeof *was);
    ((sq_add_tile_fn *)fn)(acc, part, n, from);
    for (size_t i = 0; i < n; i++)
        agree &= acc[i] == part[i] + (from == SQ_FROM_ZERO   ? 0
                                      : from == SQ_FROM_SUMS ? was[i]
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
static void unsigned_weights(int16_t *acc, size_t width, const int8_t *w,
                             const struct sq_quads *quads, enum sq_sums_from from)
{
    sq_accumulate_i8_scalar(acc, width, w, quads, from);
    const unsigned shift = quads->is_scaled ? SQ_EVENT_SHIFT : 0;
    for (size_t j = 0; quads->n > 0 && quads->quad->n_events > 0 && j < SQ_LANES; j++) {
        int16_t *const sum = &acc[quads->quad->row[0] * width + j];
        *sum =
            (int16_t)(*sum + (w[(size_t)(quads->event[0] >> shift) * SQ_LANES + j] < 0 ? 256 : 0));
    }
}

static void never_twice(int16_t *acc, size_t width, const int8_t *w, const struct sq_quads *quads,
                        enum sq_sums_from from)
{
    sq_accumulate_i8_scalar(acc, width, w, quads, from == SQ_FROM_TWICE ? SQ_FROM_SUMS : from);
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
