/* Speed of the kernels of Spikformer's relatives, on blocks of 64 outputs: of each variant, and as a
 * ratio against the scalar one.
 *
 *   neuron   10^9 neurons a second, of each model and of multispike
 *   masked   10^9 additions a second, and their dense-equivalent rate (10^9 multiply-accumulates a
 *            second that a dense kernel would have to do), of a depthwise 3x3 convolution at several
 *            rates of firing
 *
 * Buffers stay in the caches. Time is the thread's processor time, median of N_SAMPLES. Never passes
 * or fails. */
#include "kernels/base/bits.h"
#include "kernels/base/cpu.h"
#include "kernels/masked/masked.h"
#include "kernels/neuron/neuron.h"
#include "test/bench/measure.h"
#include "test/unit.h"

#include <stdio.h>

enum { N_ROWS = 64, WIDTH = 64, N_TAPS = 9, N_SAMPLES = 7, N_SUMS = N_ROWS * WIDTH };

static const struct {
    const char *name;
    unsigned needs;
    sq_neuron_f32_fn *neuron;
    sq_multispike_f32_fn *multispike;
    sq_masked_f32_fn *masked_f32;
    sq_masked_i8_fn *masked_i8;
    sq_masked_i16_fn *masked_i16;
} variant[] = {
#define SQ_VARIANT(isa, needs) \
    {#isa,                     \
     (unsigned)(needs),        \
     sq_neuron_f32_##isa,      \
     sq_multispike_f32_##isa,  \
     sq_masked_f32_##isa,      \
     sq_masked_i8_##isa,       \
     sq_masked_i16_##isa},
#include "kernels/neuron/neuron.inc"
#undef SQ_VARIANT
};
#define FOR_EACH(i, array) for (size_t i = 0; i < sizeof(array) / sizeof(array)[0]; i++)

static struct {
    _Alignas(64) float acc[N_SUMS], v[N_SUMS], w[N_TAPS * WIDTH], bias[WIDTH];
    _Alignas(64) int8_t w8[N_TAPS * WIDTH];
    _Alignas(64) int16_t w16[N_TAPS * WIDTH], acc16[N_SUMS];
    _Alignas(64) int32_t acc32[N_SUMS];
    uint64_t word[N_ROWS * N_TAPS], spikes[SQ_MULTISPIKE_PLANES][N_ROWS];
} b; /* weights are zeros: sums stay finite for any number of passes */

/* What one pass does, by variant v; `which` is a model. */
typedef void pass_fn(size_t v, int which);

static void step_neurons(size_t v, int which)
{
    const struct sq_neuron neuron = {(enum sq_neuron_model)which, 1.0f, 1.5f, 0.25f};
    variant[v].neuron(b.spikes[0], 1, b.v, b.acc, WIDTH, b.bias, &neuron, WIDTH, N_ROWS);
}

static void step_multispike(size_t v, int which)
{
    variant[v].multispike(b.spikes[0], 1, N_ROWS, b.acc, WIDTH, b.bias, 4.0f,
                          (enum sq_multispike_rounding)which, WIDTH, N_ROWS);
}

static void add_f32(size_t v, int which)
{
    variant[v].masked_f32(b.acc, b.w, WIDTH, b.word, N_ROWS, N_TAPS, which);
}

static void add_i8(size_t v, int which)
{
    variant[v].masked_i8(b.acc16, b.w8, WIDTH, b.word, N_ROWS, N_TAPS, which);
}

static void add_i16(size_t v, int which)
{
    variant[v].masked_i16(b.acc32, b.w16, WIDTH, b.word, N_ROWS, N_TAPS, which);
}

static double seconds_of(pass_fn *pass, size_t v, int which, size_t n_passes)
{
    const double start = clock_seconds(CLOCK_THREAD_CPUTIME_ID);
    for (size_t i = 0; i < n_passes; i++)
        pass(v, which);
    return clock_seconds(CLOCK_THREAD_CPUTIME_ID) - start;
}

/* Median seconds of a pass; as many passes a sample as take a millisecond. */
static double measure(pass_fn *pass, size_t v, int which)
{
    double sample[N_SAMPLES];
    size_t n_passes = 1;
    while (seconds_of(pass, v, which, n_passes) < 1e-3)
        n_passes *= 2;
    for (int i = 0; i < N_SAMPLES; i++)
        sample[i] = seconds_of(pass, v, which, n_passes) / (double)n_passes;
    return median(sample, N_SAMPLES);
}

/* Variants side by side: 10^9 a second of what a pass does `n` of, and times the scalar one. */
static void bench_line(const char *name, pass_fn *pass, int which, double n)
{
    const unsigned features = sq_cpu_detect().features;
    const double scalar = measure(pass, 0, which);
    printf("  %-24s", name);
    FOR_EACH(v, variant)
    {
        if ((features & variant[v].needs) != variant[v].needs)
            continue;
        const double seconds = v == 0 ? scalar : measure(pass, v, which);
        printf("  %s %7.3f (x%.2f)", variant[v].name, n / seconds * 1e-9, scalar / seconds);
    }
    printf("\n");
    fflush(stdout);
}

static void draw_currents(void)
{
    struct sq_rng rng = {1};
    for (size_t i = 0; i < N_SUMS; i++)
        b.acc[i] = (float)(2 * sq_rng_unit(&rng));
}

/* Every output has each tap's spike with probability `rate`. Returns the additions of a pass. */
static double draw_words(double rate)
{
    struct sq_rng rng = {2};
    for (size_t i = 0; i < N_ROWS * N_TAPS; i++) {
        b.word[i] = 0;
        for (size_t j = 0; j < WIDTH; j++)
            b.word[i] |= (uint64_t)(sq_rng_unit(&rng) < rate) << j;
    }
    return (double)sq_popcount(b.word, N_ROWS * N_TAPS);
}

static void bench_masked(double rate)
{
    const double n = draw_words(rate);
    printf("masked, depthwise 3x3, %.0f%% (dense-equivalent: times %.1f)\n", rate * 100,
           N_SUMS * N_TAPS / n);
    bench_line("float32", add_f32, 0, n);
    bench_line("int8 into int16", add_i8, 0, n);
    bench_line("int16 into int32", add_i16, 0, n);
}

int main(void)
{
    static const char *const model[] = {[SQ_MODEL_LIF] = "LIF, tau 1.5",
                                        [SQ_MODEL_PLIF] = "PLIF",
                                        [SQ_MODEL_IF] = "IF",
                                        [SQ_MODEL_MS] = "MS"};
    static const double rates[] = {0.02, 0.10, 0.20, 0.40};
    printf("10^9 a second (times the scalar variant)\nneuron\n");
    draw_currents();
    FOR_EACH(m, model)
    bench_line(model[m], step_neurons, (int)m, N_SUMS);
    bench_line("multispike, to even", step_multispike, SQ_HALF_TO_EVEN, N_SUMS);
    bench_line("multispike, half up", step_multispike, SQ_HALF_UP, N_SUMS);
    FOR_EACH(r, rates)
    bench_masked(rates[r]);
    return EXIT_SUCCESS;
}
