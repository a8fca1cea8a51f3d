/* Theorem: every variant is h = v + (x - v) / 2 in float32 steps, the quotient rounded to nearest
 * even where it is subnormal, although no variant divides or multiplies. */
#include "kernels/lif/lif.h"

#include "test/kernels/kernel_test.h"

#include <float.h>

enum { N_CASES = 500, MAX_ROWS = 7 };

static const struct variant variant[] = {
#define SQ_VARIANT(isa, needs) VARIANT_ROW(sq_lif_f32, isa, needs)
#include "kernels/lif/lif.inc"
#undef SQ_VARIANT
};
enum { N_VARIANTS = sizeof variant / sizeof variant[0] };

struct drawn {
    size_t width, n_rows, word_stride, acc_stride;
    size_t n_words, n_acc; /* of the whole buffers, up to the last entry in use */
    float *acc, *bias, *v, threshold;
};

/* As drawn, or so small that the halving is subnormal, or such that h hits the threshold. */
static float draw_current(struct sq_rng *rng, float v, float bias, float threshold)
{
    switch (sq_rng_below(rng, 4)) {
    case 0:
        return (float)ldexp((double)sq_rng_below(rng, 1 << 25) - (1 << 24), -149);
    case 1:
        return 2 * threshold - v - bias;
    default:
        return 2 * draw_float(rng);
    }
}

static struct drawn draw(struct sq_rng *rng)
{
    struct drawn d = {.width = draw_width(rng), .n_rows = sq_rng_below(rng, MAX_ROWS + 1)};
    d.word_stride = 1 + sq_rng_below(rng, 3);
    d.acc_stride = d.width + 16 * sq_rng_below(rng, 3);
    d.n_words = d.n_rows ? (d.n_rows - 1) * d.word_stride + 1 : 0;
    d.n_acc = d.n_rows ? (d.n_rows - 1) * d.acc_stride + d.width : 0;
    d.threshold = (float)ldexp(1.0, (int)sq_rng_below(rng, 5) - 3);
    d.v = draw_floats(rng, d.n_rows * d.width);
    d.acc = draw_floats(rng, d.n_acc);
    d.bias = draw_floats(rng, d.width);
    for (size_t i = 0; i < d.n_rows * d.width; i++) {
        float *acc = &d.acc[i / d.width * d.acc_stride + i % d.width];
        d.v[i] = sq_rng_below(rng, 3) ? d.v[i] : 0.0f;
        *acc = draw_current(rng, d.v[i], d.bias[i % d.width], d.threshold);
    }
    return d;
}

static bool discard(struct drawn *d)
{
    return guarded_free(d->v, d->n_rows * d->width * sizeof(float)) &
           guarded_free(d->acc, d->n_acc * sizeof(float)) &
           guarded_free(d->bias, d->width * sizeof(float));
}

/* The definition: here the halving is a division. */
static void step(uint64_t *word, const struct drawn *d, float *v)
{
    for (size_t r = 0; r < d->n_rows; r++) {
        word[r * d->word_stride] = 0;
        for (size_t j = 0; j < d->width; j++, v++) {
            const float x = d->acc[r * d->acc_stride + j] + d->bias[j];
            const float h = *v + (x - *v) / 2;
            if (h >= d->threshold)
                word[r * d->word_stride] |= (uint64_t)1 << j;
            *v = h >= d->threshold ? 0.0f : h;
        }
    }
}

static void run(sq_lif_f32_fn *fn, uint64_t *word, const struct drawn *d, float *v)
{
    fn(word, d->word_stride, v, d->acc, d->acc_stride, d->bias, d->threshold, d->width, d->n_rows);
}

/* Words between the rows' own must stay as they were: 0xff bytes, in all three buffers. */
static bool agrees(any_kernel_fn *any, uint64_t seed)
{
    sq_lif_f32_fn *const fn = (sq_lif_f32_fn *)any;
    struct sq_rng rng = {seed};
    struct drawn d = draw(&rng);
    const size_t word_bytes = d.n_words * 8, v_bytes = d.n_rows * d.width * sizeof(float);
    uint64_t *word[3];
    float *v[3];
    for (int i = 0; i < 3; i++) {
        word[i] = guarded_new(word_bytes);
        v[i] = guarded_new(v_bytes);
        memcpy(v[i], d.v, v_bytes);
    }
    step(word[0], &d, v[0]);
    run(sq_lif_f32_scalar, word[1], &d, v[1]);
    run(fn, word[2], &d, v[2]);
    bool agree = true;
    for (int i = 2; i >= 0; i--) {
        agree &= same_bits(word[i], word[0], word_bytes) && same_bits(v[i], v[0], v_bytes);
        agree &= guarded_free(word[i], word_bytes) & guarded_free(v[i], v_bytes);
    }
    return discard(&d) && agree;
}

START_TEST(every_variant_is_the_equation)
{
    require_agreement(&variant[_i], agrees, N_CASES);
}
END_TEST

/* With v = bias = 0 the new v is acc / 2: sixteen magnitudes from `bits` on, both signs. */
static void check_halving(const struct variant *lif, uint32_t bits)
{
    static float acc[32] __attribute__((aligned(64))), bias[32] __attribute__((aligned(64)));
    float v[32] = {0};
    uint64_t word;
    for (uint32_t i = 0; i < 32; i++) {
        const uint32_t x = (bits + i / 2) | (i % 2) << 31;
        memcpy(&acc[i], &x, sizeof x);
    }
    ((sq_lif_f32_fn *)lif->fn)(&word, 1, v, acc, 32, bias, FLT_MAX, 32, 1);
    for (uint32_t i = 0; i < 32; i++) {
        const float want = acc[i] / 2 + 0.0f; /* v + half: a negative zero becomes zero */
        ck_assert_msg(same_bits(&v[i], &want, sizeof want), "%s halves %a to %a", lif->name,
                      (double)acc[i], (double)v[i]);
    }
}

START_TEST(halving_is_exact_near_every_change_of_rule)
{
    static const uint32_t edge[] = {0, 0x00400000, 0x00800000, 0x00c00000, 0x01000000, 0x7f7fe000};
    if (!runs_here(&variant[_i]))
        return;
    for (size_t e = 0; e < sizeof edge / sizeof edge[0]; e++)
        for (uint32_t bits = edge[e] < 4096 ? 0 : edge[e] - 4096; bits < edge[e] + 4096; bits += 16)
            check_halving(&variant[_i], bits);
    for (uint32_t bits = 0; bits < 0x02000000; bits += 16 * 611 + 3)
        check_halving(&variant[_i], bits);
}
END_TEST

START_TEST(threshold_itself_fires)
{
    if (!runs_here(&variant[_i]))
        return;
    float acc[16] __attribute__((aligned(64))) = {0}, bias[16] __attribute__((aligned(64))) = {0};
    float v[16] = {0};
    uint64_t word = 0;
    acc[3] = 2.0f;
    acc[4] = nextafterf(2.0f, 0.0f);
    acc[5] = -2.0f;
    v[15] = 3.0f; /* falls to 1.5: enough */
    ((sq_lif_f32_fn *)variant[_i].fn)(&word, 1, v, acc, 16, bias, 1.0f, 16, 1);
    ck_assert_uint_eq(word, (uint64_t)1 << 3 | (uint64_t)1 << 15);
    ck_assert(same_bits(&v[3], &(float){0.0f}, 4) && same_bits(&v[15], &(float){0.0f}, 4));
    ck_assert(v[4] == nextafterf(1.0f, 0.0f) && v[5] == -1.0f);
}
END_TEST

/* A planted fault: the spike needs more than the threshold. */
static void greater(uint64_t *word, size_t word_stride, float *v, const float *acc,
                    size_t acc_stride, const float *bias, float threshold, size_t width,
                    size_t n_rows)
{
    sq_lif_f32_scalar(word, word_stride, v, acc, acc_stride, bias,
                      nextafterf(threshold, 2 * threshold), width, n_rows);
}

START_TEST(planted_fault_is_found)
{
    ck_assert_uint_gt(count_noticed((any_kernel_fn *)greater, agrees, N_CASES), N_CASES / 2);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("lif");
    TCase *t = tcase_create("lif");
    tcase_set_timeout(t, 120);
    tcase_add_loop_test(t, every_variant_is_the_equation, 0, N_VARIANTS);
    tcase_add_loop_test(t, halving_is_exact_near_every_change_of_rule, 0, N_VARIANTS);
    tcase_add_loop_test(t, threshold_itself_fires, 0, N_VARIANTS);
    tcase_add_test(t, planted_fault_is_found);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
