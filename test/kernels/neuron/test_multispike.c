/* Theorem: every variant of sq_multispike_f32 writes the bits of the rounded, clamped current, on
 * three planes, and no word beside them. */
#include "kernels/neuron/neuron.h"

#include "test/kernels/kernel_test.h"

enum { N_CASES = 400, MAX_ROWS = 7 };

static const struct variant variant[] = {
#define SQ_VARIANT(isa, needs) VARIANT_ROW(sq_multispike_f32, isa, needs)
#include "kernels/neuron/neuron.inc"
#undef SQ_VARIANT
};
enum { N_VARIANTS = sizeof variant / sizeof variant[0] };

struct drawn {
    enum sq_multispike_rounding rounding;
    float most, *acc, *bias;
    size_t width, n_rows, word_stride, plane_stride, acc_stride;
    size_t n_words, n_acc; /* of the whole buffers, up to the last entry in use */
};

/* As drawn, or a half and its neighbours, from -1.5 to 8.5. */
static float draw_current(struct sq_rng *rng)
{
    const float half = (float)sq_rng_below(rng, 11) - 1.5f;
    switch (sq_rng_below(rng, 5)) {
    case 0:
        return half;
    case 1:
        return nextafterf(half, 9.0f);
    case 2:
        return nextafterf(half, -9.0f);
    default:
        return draw_float(rng);
    }
}

static struct drawn draw(struct sq_rng *rng)
{
    struct drawn d = {.rounding = sq_rng_below(rng, 2) ? SQ_HALF_UP : SQ_HALF_TO_EVEN,
                      .most = 1.0f + (float)sq_rng_below(rng, 7),
                      .width = draw_width(rng),
                      .n_rows = sq_rng_below(rng, MAX_ROWS + 1)};
    d.word_stride = 1 + sq_rng_below(rng, 3);
    d.plane_stride = d.n_rows * d.word_stride + sq_rng_below(rng, 3);
    d.acc_stride = d.width + 16 * sq_rng_below(rng, 3);
    d.n_words = d.n_rows ? 2 * d.plane_stride + (d.n_rows - 1) * d.word_stride + 1 : 0;
    d.n_acc = d.n_rows ? (d.n_rows - 1) * d.acc_stride + d.width : 0;
    d.acc = draw_floats(rng, d.n_acc);
    d.bias = draw_floats(rng, d.width);
    for (size_t j = 0; j < d.width; j++)
        d.bias[j] = sq_rng_below(rng, 3) == 0 ? d.bias[j] : 0.0f;
    for (size_t i = 0; i < d.n_acc; i++)
        d.acc[i] = draw_current(rng);
    return d;
}

/* The definition: whole numbers are tried one after the other. `half_up` takes the sum in float32. */
static unsigned number(const struct drawn *d, float current)
{
    const double x = current < 0 ? 0.0 : current > d->most ? (double)d->most : (double)current;
    unsigned k = 0;
    if (d->rounding == SQ_HALF_UP)
        while ((float)x + 0.5f >= (float)(k + 1))
            k++;
    else
        while (x - k > 0.5 || (x - k == 0.5 && k % 2 == 1))
            k++;
    return k;
}

static void write_numbers(uint64_t *word, const struct drawn *d)
{
    for (size_t r = 0; r < d->n_rows; r++)
        for (size_t p = 0; p < 3; p++) {
            uint64_t *at = &word[p * d->plane_stride + r * d->word_stride];
            *at = 0;
            for (size_t j = 0; j < d->width; j++)
                if (number(d, d->acc[r * d->acc_stride + j] + d->bias[j]) >> p & 1)
                    *at |= (uint64_t)1 << j;
        }
}

static bool agrees(any_kernel_fn *fn, uint64_t seed)
{
    struct sq_rng rng = {seed};
    struct drawn d = draw(&rng);
    uint64_t *want = guarded_new(d.n_words * 8), *got = guarded_new(d.n_words * 8);
    write_numbers(want, &d);
    ((sq_multispike_f32_fn *)fn)(got, d.word_stride, d.plane_stride, d.acc, d.acc_stride, d.bias,
                                 d.most, d.rounding, d.width, d.n_rows);
    const bool agree = same_bits(got, want, d.n_words * 8);
    return guarded_free(want, d.n_words * 8) & guarded_free(got, d.n_words * 8) &
           guarded_free(d.acc, d.n_acc * sizeof(float)) &
           guarded_free(d.bias, d.width * sizeof(float)) & agree;
}

START_TEST(every_variant_writes_the_number)
{
    require_agreement(&variant[_i], agrees, N_CASES);
}
END_TEST

START_TEST(halves_are_rounded_as_said)
{
    static const unsigned even[] = {0, 0, 2, 2, 4, 4, 4}, up[] = {0, 1, 2, 3, 4, 4, 4};
    float acc[16] __attribute__((aligned(64))) = {-0.5f, 0.5f, 1.5f, 2.5f, 3.5f, 4.5f, 1e30f};
    static float bias[16] __attribute__((aligned(64)));
    if (!runs_here(&variant[_i]))
        return;
    for (int half_up = 0; half_up < 2; half_up++) {
        uint64_t word[3];
        ((sq_multispike_f32_fn *)variant[_i].fn)(word, 1, 1, acc, 16, bias, 4.0f,
                                                 half_up ? SQ_HALF_UP : SQ_HALF_TO_EVEN, 16, 1);
        for (int j = 0; j < 7; j++)
            ck_assert_uint_eq((word[0] >> j & 1) + 2 * (word[1] >> j & 1) + 4 * (word[2] >> j & 1),
                              half_up ? up[j] : even[j]);
    }
}
END_TEST

/* A planted fault: the roundings are exchanged. */
static void exchanged(uint64_t *word, size_t word_stride, size_t plane_stride, const float *acc,
                      size_t acc_stride, const float *bias, float most,
                      enum sq_multispike_rounding rounding, size_t width, size_t n_rows)
{
    sq_multispike_f32_scalar(word, word_stride, plane_stride, acc, acc_stride, bias, most,
                             rounding == SQ_HALF_UP ? SQ_HALF_TO_EVEN : SQ_HALF_UP, width, n_rows);
}

START_TEST(planted_fault_is_found)
{
    ck_assert_uint_gt(count_noticed((any_kernel_fn *)exchanged, agrees, N_CASES), N_CASES / 2);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("neuron");
    TCase *t = tcase_create("multispike");
    tcase_set_timeout(t, 120);
    tcase_add_loop_test(t, every_variant_writes_the_number, 0, N_VARIANTS);
    tcase_add_loop_test(t, halves_are_rounded_as_said, 0, N_VARIANTS);
    tcase_add_test(t, planted_fault_is_found);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
