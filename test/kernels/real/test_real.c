/* Theorem: every variant of the kernels of real.h is its equation, element by element and bit for
 * bit, in float32 and in integers, and touches nothing beside its output. */
#include "kernels/real/real.h"

#include "test/kernels/fixed_test.h"

enum { N_CASES = 300, MAX_ROWS = 7, MAX_VECTORS = 20 };

/* The kernels of one instruction set. */
static const struct {
    const char *name;
    unsigned needs;
    sq_real_current_f32_fn *current_f32;
    sq_real_add_f32_fn *add_f32;
    sq_real_max_f32_fn *max_f32;
    sq_real_sum_f32_fn *sum_f32;
    sq_real_current_i16_fn *current_i16;
    sq_real_current_i32_fn *current_i32;
    sq_real_add_i32_fn *add_i32;
    sq_real_max_i32_fn *max_i32;
    sq_real_sum_i32_fn *sum_i32;
} variant[] = {
#define SQ_VARIANT(isa, needs)                                                        \
    {"sq_real_" #isa,           (unsigned)(needs),         sq_real_current_f32_##isa, \
     sq_real_add_f32_##isa,     sq_real_max_f32_##isa,     sq_real_sum_f32_##isa,     \
     sq_real_current_i16_##isa, sq_real_current_i32_##isa, sq_real_add_i32_##isa,     \
     sq_real_max_i32_##isa,     sq_real_sum_i32_##isa},
#include "kernels/real/real.inc"
#undef SQ_VARIANT
};
enum { N_VARIANTS = sizeof variant / sizeof variant[0] };

/* Every case of one kernel of variant i. */
static void require(int i, any_kernel_fn *fn, agrees_fn *agrees)
{
    require_agreement(&(struct variant){variant[i].name, variant[i].needs, fn}, agrees, N_CASES);
}

/* A block of rows, and the rows of an accumulator that lie further apart. */
struct rows {
    size_t width, n_rows, acc_stride, n, n_acc;
};

static struct rows draw_rows(struct sq_rng *rng)
{
    struct rows rows = {.width = draw_width(rng), .n_rows = sq_rng_below(rng, MAX_ROWS + 1)};
    rows.acc_stride = rows.width + 16 * sq_rng_below(rng, 3);
    rows.n = rows.n_rows * rows.width;
    rows.n_acc = rows.n_rows ? (rows.n_rows - 1) * rows.acc_stride + rows.width : 0;
    return rows;
}

static bool current_f32_agrees(any_kernel_fn *fn, uint64_t seed)
{
    struct sq_rng rng = {seed};
    const struct rows rows = draw_rows(&rng);
    float *acc = draw_floats(&rng, rows.n_acc), *bias = draw_floats(&rng, rows.width);
    float *out = guarded_new(rows.n * sizeof *out);
    bool agree = true;
    ((sq_real_current_f32_fn *)fn)(out, acc, rows.acc_stride, bias, rows.width, rows.n_rows);
    for (size_t i = 0; i < rows.n; i++) {
        const size_t j = i % rows.width;
        const float want = acc[i / rows.width * rows.acc_stride + j] + bias[j];
        agree &= same_bits(&out[i], &want, sizeof want);
    }
    return guarded_free(acc, rows.n_acc * sizeof *acc) &
           guarded_free(bias, rows.width * sizeof *bias) & guarded_free(out, rows.n * sizeof *out) &
           agree;
}

/* Tables of a block; every fourth channel is shifted right, some to the nearest. */
struct tables {
    int32_t *bias, *left, *right, *half, *odd;
};

static struct tables draw_tables(struct sq_rng *rng, size_t width)
{
    const size_t bytes = width * sizeof(int32_t);
    struct tables t = {draw_integers(rng, width, 4, 1 << 29), guarded_new(bytes),
                       guarded_new(bytes), guarded_new(bytes), guarded_new(bytes)};
    for (size_t j = 0; j < width; j++) {
        const int is_right = sq_rng_below(rng, 4) == 0, is_nearest = sq_rng_below(rng, 2) == 0;
        t.left[j] = is_right ? 0 : (int32_t)sq_rng_below(rng, 14);
        t.right[j] = is_right ? 1 + (int32_t)sq_rng_below(rng, 31) : 0;
        t.half[j] = is_right && is_nearest ? (int32_t)((1u << (t.right[j] - 1)) - 1) : 0;
        t.odd[j] = is_right && is_nearest;
    }
    return t;
}

/* The nearest whole number, of two the even one, found by comparing; or the lower one. */
static int64_t divided(int64_t x, int32_t right, int is_nearest)
{
    const int64_t unit = (int64_t)1 << right;
    const int64_t rest = (x % unit + unit) % unit, low = (x - rest) / unit;
    if (!is_nearest || 2 * rest < unit)
        return low;
    return 2 * rest > unit || low % 2 != 0 ? low + 1 : low;
}

/* Accumulators of 2 or 4 bytes; what fits after the shift. */
static bool current_agrees(any_kernel_fn *fn, uint64_t seed, size_t bytes)
{
    struct sq_rng rng = {seed};
    const struct rows rows = draw_rows(&rng);
    const struct tables t = draw_tables(&rng, rows.width);
    const struct sq_real_align align = {t.bias, t.left, t.right, t.half, t.odd};
    void *acc = draw_integers(&rng, rows.n_acc, bytes, bytes == 2 ? 32767 : (1 << 30) - 1);
    int32_t *out = guarded_new(rows.n * 4);
    bool agree = true;
    for (size_t i = 0; bytes == 4 && i < rows.n_acc; i++)
        ((int32_t *)acc)[i] >>= t.left[i % rows.acc_stride % rows.width];
    if (bytes == 2)
        ((sq_real_current_i16_fn *)fn)(out, acc, rows.acc_stride, &align, rows.width, rows.n_rows);
    else
        ((sq_real_current_i32_fn *)fn)(out, acc, rows.acc_stride, &align, rows.width, rows.n_rows);
    for (size_t i = 0; i < rows.n; i++) {
        const size_t j = i % rows.width;
        const int64_t x = fixed_get(acc, bytes, i / rows.width * rows.acc_stride + j);
        agree &= out[i] == divided(x * ((int64_t)1 << t.left[j]), t.right[j], t.odd[j]) + t.bias[j];
    }
    const size_t n = rows.width * sizeof(int32_t);
    return guarded_free(acc, rows.n_acc * bytes) & guarded_free(t.bias, n) &
           guarded_free(t.left, n) & guarded_free(t.right, n) & guarded_free(t.half, n) &
           guarded_free(t.odd, n) & guarded_free(out, rows.n * 4) & agree;
}

static bool current_i16_agrees(any_kernel_fn *fn, uint64_t seed)
{
    return current_agrees(fn, seed, 2);
}

static bool current_i32_agrees(any_kernel_fn *fn, uint64_t seed)
{
    return current_agrees(fn, seed, 4);
}

/* Two arrays of n values, a multiple of 16; every fourth pair is equal, or zeros of any sign. */
struct pair {
    size_t n;
    float *a, *b;
};

static struct pair draw_pair(struct sq_rng *rng)
{
    struct pair pair = {.n = 16 * sq_rng_below(rng, MAX_VECTORS + 1)};
    pair.a = draw_floats(rng, pair.n);
    pair.b = draw_floats(rng, pair.n);
    for (size_t i = 0; i < pair.n; i++)
        if (sq_rng_below(rng, 4) == 0) {
            pair.a[i] = sq_rng_below(rng, 2) ? pair.b[i] : sq_rng_below(rng, 2) ? -0.0f : 0.0f;
            pair.b[i] = pair.a[i] == 0 ? -pair.a[i] : pair.b[i];
        }
    return pair;
}

/* `aliased` 1: out is a; 2: out is b; 3: all are one. */
static bool add_f32_agrees(any_kernel_fn *fn, uint64_t seed)
{
    struct sq_rng rng = {seed};
    const struct pair pair = draw_pair(&rng);
    const size_t bytes = pair.n * sizeof(float);
    const unsigned aliased = (unsigned)sq_rng_below(&rng, 4);
    float *want = guarded_new(bytes), *other = guarded_new(bytes);
    float *out = aliased == 0 ? other : aliased == 2 ? pair.b : pair.a;
    const float *b = aliased == 3 ? pair.a : pair.b;
    for (size_t i = 0; i < pair.n; i++)
        want[i] = pair.a[i] + b[i];
    ((sq_real_add_f32_fn *)fn)(out, pair.a, b, pair.n);
    const bool agree = same_bits(out, want, bytes);
    return guarded_free(pair.a, bytes) & guarded_free(pair.b, bytes) & guarded_free(want, bytes) &
           guarded_free(other, bytes) & agree;
}

static bool max_f32_agrees(any_kernel_fn *fn, uint64_t seed)
{
    struct sq_rng rng = {seed};
    const struct pair pair = draw_pair(&rng);
    const size_t bytes = pair.n * sizeof(float);
    float *want = guarded_new(bytes);
    for (size_t i = 0; i < pair.n; i++)
        want[i] = pair.b[i] < pair.a[i] ? pair.a[i] : pair.b[i];
    ((sq_real_max_f32_fn *)fn)(pair.b, pair.a, pair.n);
    const bool agree = same_bits(pair.b, want, bytes);
    return guarded_free(pair.a, bytes) & guarded_free(pair.b, bytes) & guarded_free(want, bytes) &
           agree;
}

static bool i32_agrees(any_kernel_fn *fn, uint64_t seed, bool is_max)
{
    struct sq_rng rng = {seed};
    const size_t n = 16 * sq_rng_below(&rng, MAX_VECTORS + 1);
    const int64_t limit = sq_rng_below(&rng, 2) ? 3 : (1 << 30) - 1;
    int32_t *a = draw_integers(&rng, n, 4, limit), *b = draw_integers(&rng, n, 4, limit);
    int32_t *want = guarded_new(n * 4);
    for (size_t i = 0; i < n; i++)
        want[i] = !is_max ? a[i] + b[i] : a[i] > b[i] ? a[i] : b[i];
    if (is_max)
        ((sq_real_max_i32_fn *)fn)(b, a, n);
    else
        ((sq_real_add_i32_fn *)fn)(b, a, b, n);
    const bool agree = same_bits(b, want, n * 4);
    return guarded_free(a, n * 4) & guarded_free(b, n * 4) & guarded_free(want, n * 4) & agree;
}

static bool add_i32_agrees(any_kernel_fn *fn, uint64_t seed)
{
    return i32_agrees(fn, seed, false);
}

static bool max_i32_agrees(any_kernel_fn *fn, uint64_t seed)
{
    return i32_agrees(fn, seed, true);
}

/* Sums start from what is there, and depend on the order of the rows. */
static bool sum_i32_agrees(any_kernel_fn *fn, uint64_t seed)
{
    struct sq_rng rng = {seed};
    const struct rows rows = draw_rows(&rng);
    const size_t bytes = rows.width * sizeof(int64_t);
    int32_t *in = draw_integers(&rng, rows.n, 4, INT32_MAX);
    int64_t *sum = guarded_new(bytes), *want = guarded_new(bytes);
    for (size_t j = 0; j < rows.width; j++)
        want[j] = sum[j] = (int64_t)sq_rng_next(&rng) >> 8;
    for (size_t i = 0; i < rows.n; i++)
        want[i % rows.width] += in[i];
    ((sq_real_sum_i32_fn *)fn)(sum, in, rows.width, rows.n_rows);
    const bool agree = same_bits(sum, want, bytes);
    return guarded_free(in, rows.n * 4) & guarded_free(sum, bytes) & guarded_free(want, bytes) &
           agree;
}

static bool sum_f32_agrees(any_kernel_fn *fn, uint64_t seed)
{
    struct sq_rng rng = {seed};
    const struct rows rows = draw_rows(&rng);
    float *in = draw_floats(&rng, rows.n);
    double *sum = guarded_new(rows.width * sizeof *sum), want[64];
    for (size_t j = 0; j < rows.width; j++)
        want[j] = sum[j] = ldexp((double)draw_float(&rng), 40);
    for (size_t j = 0; j < rows.width; j++)
        for (size_t r = 0; r < rows.n_rows; r++)
            want[j] = want[j] + (double)in[r * rows.width + j];
    ((sq_real_sum_f32_fn *)fn)(sum, in, rows.width, rows.n_rows);
    const bool agree = same_bits(sum, want, rows.width * sizeof *sum);
    return guarded_free(in, rows.n * sizeof *in) & guarded_free(sum, rows.width * sizeof *sum) &
           agree;
}

START_TEST(currents_add_the_bias)
{
    require(_i, (any_kernel_fn *)variant[_i].current_f32, current_f32_agrees);
}
END_TEST

START_TEST(currents_of_16_bits_are_shifted_and_add_the_bias)
{
    require(_i, (any_kernel_fn *)variant[_i].current_i16, current_i16_agrees);
}
END_TEST

START_TEST(currents_of_32_bits_are_shifted_and_add_the_bias)
{
    require(_i, (any_kernel_fn *)variant[_i].current_i32, current_i32_agrees);
}
END_TEST

START_TEST(streams_add)
{
    require(_i, (any_kernel_fn *)variant[_i].add_f32, add_f32_agrees);
}
END_TEST

START_TEST(maximum_keeps_out_where_equal)
{
    require(_i, (any_kernel_fn *)variant[_i].max_f32, max_f32_agrees);
}
END_TEST

START_TEST(streams_of_integers_add)
{
    require(_i, (any_kernel_fn *)variant[_i].add_i32, add_i32_agrees);
}
END_TEST

START_TEST(maximum_of_integers)
{
    require(_i, (any_kernel_fn *)variant[_i].max_i32, max_i32_agrees);
}
END_TEST

START_TEST(columns_sum_in_double_precision)
{
    require(_i, (any_kernel_fn *)variant[_i].sum_f32, sum_f32_agrees);
}
END_TEST

START_TEST(columns_of_integers_sum)
{
    require(_i, (any_kernel_fn *)variant[_i].sum_i32, sum_i32_agrees);
}
END_TEST

/* Accumulators of 64 bits, shifted by up to 62 places. */
START_TEST(currents_of_64_bits_are_shifted_and_add_the_bias)
{
    enum { WIDTH = 16 };
    struct sq_rng rng = {(uint64_t)_i};
    const struct tables t = draw_tables(&rng, WIDTH);
    const struct sq_real_align align = {t.bias, t.left, t.right, t.half, t.odd};
    int64_t acc[WIDTH];
    int32_t out[WIDTH];
    for (size_t j = 0; j < WIDTH; j++) {
        t.right[j] = t.right[j] > 0 ? 32 + t.right[j] % 31 : 0;
        acc[j] = (int64_t)sq_rng_next(&rng) >> (t.right[j] > 0 ? 3 : 36 + t.left[j]);
    }
    sq_real_current_i64(out, acc, WIDTH, &align, WIDTH, 1);
    for (size_t j = 0; j < WIDTH; j++)
        ck_assert_int_eq(out[j], divided(acc[j] * ((int64_t)1 << t.left[j]), t.right[j], t.odd[j]) +
                                     t.bias[j]);
    guarded_free(t.bias, WIDTH * 4);
    guarded_free(t.left, WIDTH * 4);
    guarded_free(t.right, WIDTH * 4);
    guarded_free(t.half, WIDTH * 4);
    guarded_free(t.odd, WIDTH * 4);
}
END_TEST

/* A planted fault: of two zeros a's is taken. */
static void not_greater(float *out, const float *a, size_t n)
{
    for (size_t i = 0; i < n; i++)
        out[i] = a[i] >= out[i] ? a[i] : out[i];
}

/* A planted fault: the rows descend. */
static void descending(double *sum, const float *in, size_t width, size_t n_rows)
{
    for (size_t r = n_rows; r > 0; r--)
        sq_real_sum_f32_scalar(sum, in + (r - 1) * width, width, 1);
}

START_TEST(planted_faults_are_found)
{
    ck_assert_uint_gt(count_noticed((any_kernel_fn *)not_greater, max_f32_agrees, N_CASES),
                      N_CASES / 2);
    ck_assert_uint_gt(count_noticed((any_kernel_fn *)descending, sum_f32_agrees, N_CASES),
                      N_CASES / 4);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("real");
    TCase *t = tcase_create("real");
    tcase_set_timeout(t, 120);
    tcase_add_loop_test(t, currents_add_the_bias, 0, N_VARIANTS);
    tcase_add_loop_test(t, currents_of_16_bits_are_shifted_and_add_the_bias, 0, N_VARIANTS);
    tcase_add_loop_test(t, currents_of_32_bits_are_shifted_and_add_the_bias, 0, N_VARIANTS);
    tcase_add_loop_test(t, streams_add, 0, N_VARIANTS);
    tcase_add_loop_test(t, maximum_keeps_out_where_equal, 0, N_VARIANTS);
    tcase_add_loop_test(t, streams_of_integers_add, 0, N_VARIANTS);
    tcase_add_loop_test(t, maximum_of_integers, 0, N_VARIANTS);
    tcase_add_loop_test(t, columns_sum_in_double_precision, 0, N_VARIANTS);
    tcase_add_loop_test(t, currents_of_64_bits_are_shifted_and_add_the_bias, 0, 40);
    tcase_add_loop_test(t, columns_of_integers_sum, 0, N_VARIANTS);
    tcase_add_test(t, planted_faults_are_found);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
