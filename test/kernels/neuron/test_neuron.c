/* Theorem: every variant of sq_neuron_f32 is the equation of its model, each step of it rounded to
 * float32, and touches neither words nor membranes beside its own. */
#include "kernels/neuron/neuron.h"

#include "test/kernels/kernel_test.h"

enum { N_CASES = 600, MAX_ROWS = 7, N_MODELS = SQ_MODEL_MS + 1 };

static const struct variant variant[] = {
#define SQ_VARIANT(isa, needs) VARIANT_ROW(sq_neuron_f32, isa, needs)
#include "kernels/neuron/neuron.inc"
#undef SQ_VARIANT
};
enum { N_VARIANTS = sizeof variant / sizeof variant[0] };

struct drawn {
    struct sq_neuron neuron;
    size_t width, n_rows, word_stride, acc_stride;
    size_t n_words, n_acc; /* of the whole buffers, up to the last entry in use */
    float *acc, *bias, *v;
};

/* The membrane before the reset. What is volatile is rounded to float32. */
static float charged(const struct sq_neuron *neuron, float v, float x)
{
    volatile float d = x - v;
    if (neuron->model == SQ_MODEL_IF)
        return v + x;
    if (neuron->model == SQ_MODEL_MS) {
        d = neuron->decay * v;
        return d + x;
    }
    d = neuron->model == SQ_MODEL_LIF ? d / neuron->tau : d * neuron->decay;
    return v + d;
}

/* About the current, without bias, that takes v to the threshold itself; exactly if v and bias are
 * zero and the leak is a power of two. */
static float decisive(const struct sq_neuron *neuron, float v, float bias)
{
    switch (neuron->model) {
    case SQ_MODEL_LIF:
        return v + (neuron->threshold - v) * neuron->tau - bias;
    case SQ_MODEL_PLIF:
        return v + (neuron->threshold - v) / neuron->decay - bias;
    case SQ_MODEL_IF:
        return neuron->threshold - v - bias;
    default:
        return neuron->threshold - neuron->decay * v - bias;
    }
}

static struct sq_neuron draw_neuron(struct sq_rng *rng)
{
    static const float tau[] = {2.0f, 1.5f, 4.0f / 3.0f, 1.0f, 3.0f, 7.25f};
    const float t = tau[sq_rng_below(rng, sizeof tau / sizeof tau[0])];
    return (struct sq_neuron){(enum sq_neuron_model)sq_rng_below(rng, N_MODELS),
                              (float)ldexp(1.0, (int)sq_rng_below(rng, 5) - 3), t,
                              sq_rng_below(rng, 2) ? 0.25f : 1 / t};
}

/* Half of the biases and a third of the membranes are zero, so that some h hit the threshold. */
static struct drawn draw(struct sq_rng *rng)
{
    struct drawn d = {.neuron = draw_neuron(rng),
                      .width = draw_width(rng),
                      .n_rows = sq_rng_below(rng, MAX_ROWS + 1)};
    d.word_stride = 1 + sq_rng_below(rng, 3);
    d.acc_stride = d.width + 16 * sq_rng_below(rng, 3);
    d.n_words = d.n_rows ? (d.n_rows - 1) * d.word_stride + 1 : 0;
    d.n_acc = d.n_rows ? (d.n_rows - 1) * d.acc_stride + d.width : 0;
    d.v = draw_floats(rng, d.n_rows * d.width);
    d.acc = draw_floats(rng, d.n_acc);
    d.bias = draw_floats(rng, d.width);
    for (size_t j = 0; j < d.width; j++)
        d.bias[j] = sq_rng_below(rng, 2) ? d.bias[j] : 0.0f;
    for (size_t i = 0; i < d.n_rows * d.width; i++) {
        d.v[i] = sq_rng_below(rng, 3) ? d.v[i] : 0.0f;
        if (sq_rng_below(rng, 3) == 0)
            d.acc[i / d.width * d.acc_stride + i % d.width] =
                decisive(&d.neuron, d.v[i], d.bias[i % d.width]);
    }
    return d;
}

static bool discard(struct drawn *d)
{
    return guarded_free(d->v, d->n_rows * d->width * sizeof(float)) &
           guarded_free(d->acc, d->n_acc * sizeof(float)) &
           guarded_free(d->bias, d->width * sizeof(float));
}

/* The definition. */
static void step(uint64_t *word, const struct drawn *d, float *v)
{
    for (size_t r = 0; r < d->n_rows; r++) {
        word[r * d->word_stride] = 0;
        for (size_t j = 0; j < d->width; j++, v++) {
            const float h = charged(&d->neuron, *v, d->acc[r * d->acc_stride + j] + d->bias[j]);
            const bool strict = d->neuron.model == SQ_MODEL_MS;
            const bool fires = h > d->neuron.threshold || (!strict && h == d->neuron.threshold);
            word[r * d->word_stride] |= (uint64_t)fires << j;
            *v = fires ? 0.0f : h;
        }
    }
}

static void call(any_kernel_fn *fn, uint64_t *word, const struct drawn *d, float *v)
{
    ((sq_neuron_f32_fn *)fn)(word, d->word_stride, v, d->acc, d->acc_stride, d->bias, &d->neuron,
                             d->width, d->n_rows);
}

/* Words between the rows' own must stay as they were: 0xff bytes, in both buffers. */
static bool agrees(any_kernel_fn *fn, uint64_t seed)
{
    struct sq_rng rng = {seed};
    struct drawn d = draw(&rng);
    const size_t word_bytes = d.n_words * 8, v_bytes = d.n_rows * d.width * sizeof(float);
    uint64_t *want = guarded_new(word_bytes), *got = guarded_new(word_bytes);
    float *want_v = guarded_new(v_bytes);
    memcpy(want_v, d.v, v_bytes);
    step(want, &d, want_v);
    call(fn, got, &d, d.v);
    const bool agree = same_bits(got, want, word_bytes) && same_bits(d.v, want_v, v_bytes);
    return guarded_free(want, word_bytes) & guarded_free(got, word_bytes) &
           guarded_free(want_v, v_bytes) & discard(&d) & agree;
}

START_TEST(every_variant_is_the_equation)
{
    require_agreement(&variant[_i], agrees, N_CASES);
}
END_TEST

/* Neurons 0, 1 and 2 come to just below, to and just above the threshold. */
static void check_threshold(const struct variant *kernel, enum sq_neuron_model model)
{
    static float bias[16] __attribute__((aligned(64)));
    float acc[16] __attribute__((aligned(64))) = {0}, v[16] = {0};
    const struct sq_neuron neuron = {model, 0.5f, 2.0f, 0.5f};
    uint64_t word = 0;
    acc[1] = decisive(&neuron, 0.0f, 0.0f);
    acc[0] = nextafterf(acc[1], 0.0f);
    acc[2] = nextafterf(acc[1], 2 * acc[1]);
    ((sq_neuron_f32_fn *)kernel->fn)(&word, 1, v, acc, 16, bias, &neuron, 16, 1);
    ck_assert_uint_eq(word, model == SQ_MODEL_MS ? 4 : 6);
    ck_assert(v[0] == nextafterf(0.5f, 0.0f) && v[2] == 0.0f);
    ck_assert(v[1] == (model == SQ_MODEL_MS ? 0.5f : 0.0f));
}

START_TEST(threshold_itself_fires_but_not_that_of_ms)
{
    if (!runs_here(&variant[_i]))
        return;
    for (int model = 0; model < N_MODELS; model++)
        check_threshold(&variant[_i], (enum sq_neuron_model)model);
}
END_TEST

/* A planted fault: the reciprocal of tau instead of the division. */
static void reciprocal(uint64_t *word, size_t word_stride, float *v, const float *acc,
                       size_t acc_stride, const float *bias, const struct sq_neuron *neuron,
                       size_t width, size_t n_rows)
{
    struct sq_neuron other = *neuron;
    if (neuron->model == SQ_MODEL_LIF)
        other = (struct sq_neuron){SQ_MODEL_PLIF, neuron->threshold, 0.0f, 1 / neuron->tau};
    sq_neuron_f32_scalar(word, word_stride, v, acc, acc_stride, bias, &other, width, n_rows);
}

/* A planted fault: all models fire at the threshold. */
static void not_strict(uint64_t *word, size_t word_stride, float *v, const float *acc,
                       size_t acc_stride, const float *bias, const struct sq_neuron *neuron,
                       size_t width, size_t n_rows)
{
    struct sq_neuron other = *neuron;
    if (neuron->model == SQ_MODEL_MS)
        other.threshold = nextafterf(neuron->threshold, 0.0f);
    sq_neuron_f32_scalar(word, word_stride, v, acc, acc_stride, bias, &other, width, n_rows);
}

START_TEST(planted_faults_are_found)
{
    ck_assert_uint_gt(count_noticed((any_kernel_fn *)reciprocal, agrees, N_CASES), N_CASES / 16);
    ck_assert_uint_gt(count_noticed((any_kernel_fn *)not_strict, agrees, N_CASES), N_CASES / 16);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("neuron");
    TCase *t = tcase_create("neuron");
    tcase_set_timeout(t, 120);
    tcase_add_loop_test(t, every_variant_is_the_equation, 0, N_VARIANTS);
    tcase_add_loop_test(t, threshold_itself_fires_but_not_that_of_ms, 0, N_VARIANTS);
    tcase_add_test(t, planted_faults_are_found);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
