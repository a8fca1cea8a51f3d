/* What the kernel tests share: buffers with canaries, comparison bit for bit, skipping of variants
 * that this processor cannot span, random numbers that make rounding visible. */
#ifndef SQ_TEST_KERNEL_TEST_H
#define SQ_TEST_KERNEL_TEST_H

#include "kernels/base/cpu.h"
#include "test/unit.h"

#include <math.h>
#include <sanitizer/asan_interface.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { CANARY_BYTES = 256, CANARY = 0xff /* read as a float, it is not a number */ };

/* A 64-byte aligned buffer of exactly `bytes` bytes, every one 0xff, between two canaries; under
 * AddressSanitizer touching a canary is an error at once. */
static inline void *guarded_new(size_t bytes)
{
    const size_t inside = (bytes + 63) & ~(size_t)63;
    char *block = NULL;
    ck_assert_int_eq(posix_memalign((void **)&block, 64, inside + 2 * CANARY_BYTES), 0);
    memset(block, CANARY, inside + 2 * CANARY_BYTES);
    ASAN_POISON_MEMORY_REGION(block, CANARY_BYTES);
    ASAN_POISON_MEMORY_REGION(block + CANARY_BYTES + bytes, CANARY_BYTES);
    return block + CANARY_BYTES;
}

/* Free the buffer; 0 if a canary was overwritten, else 1 (an int, to be joined by &). */
static inline int guarded_free(void *buffer, size_t bytes)
{
    unsigned char *block = (unsigned char *)buffer - CANARY_BYTES;
    bool intact = true;
    ASAN_UNPOISON_MEMORY_REGION(block, bytes + 2 * CANARY_BYTES);
    for (size_t i = 0; i < CANARY_BYTES; i++)
        intact &= block[i] == CANARY && block[CANARY_BYTES + bytes + i] == CANARY;
    free(block);
    return intact;
}

/* Bit for bit: -0 is not 0, and a canary read as NaN equals itself. */
static inline bool same_bits(const void *a, const void *b, size_t bytes)
{
    return bytes == 0 || memcmp(a, b, bytes) == 0;
}

/* A kernel of any type; the test casts it back. */
typedef void any_kernel_fn(void);

/* Draw a case from a seed, let the kernel compute it, and compare. */
typedef bool agrees_fn(any_kernel_fn *fn, uint64_t seed);

/* One row of an .inc list. */
struct variant {
    const char *name;
    unsigned needs;
    any_kernel_fn *fn;
};

/* The row of a kernel's variant, for a list that includes its .inc. */
#define VARIANT_ROW(kernel, isa, needs) \
    {#kernel "_" #isa, (unsigned)(needs), (any_kernel_fn *)kernel##_##isa},

/* Whether the test can run this variant here; if not, it is skipped (once a test, see sq_skip()).
 */
static inline bool runs_here(const struct variant *variant)
{
    const unsigned features = sq_cpu_detect().features;
    const bool runs = (features & variant->needs) == variant->needs;
    if (!runs)
        sq_skip("%s: this processor cannot run it", variant->name);
    return runs;
}

/* Every case of a variant. */
static inline void require_agreement(const struct variant *variant, agrees_fn *agrees,
                                     uint64_t n_cases)
{
    if (!runs_here(variant))
        return;
    for (uint64_t seed = 0; seed < n_cases; seed++)
        ck_assert_msg(agrees(variant->fn, seed), "%s, seed %ju", variant->name, (uintmax_t)seed);
}

/* How many of the cases notice a planted fault. */
static inline unsigned count_noticed(any_kernel_fn *fault, agrees_fn *agrees, uint64_t n_cases)
{
    unsigned n = 0;
    for (uint64_t seed = 0; seed < n_cases; seed++)
        n += !agrees(fault, seed);
    return n;
}

/* From 2^-20 to 2^4, either sign, and now and then a zero of either sign or a subnormal: sums
 * depend on the order of the additions. */
static inline float draw_float(struct sq_rng *rng)
{
    const double sign = sq_rng_below(rng, 2) ? -1.0 : 1.0;
    switch (sq_rng_below(rng, 16)) {
    case 0:
        return (float)copysign(0.0, sign);
    case 1:
        return (float)ldexp(sign * (1.0 + (double)sq_rng_below(rng, 4000)), -149);
    default:
        return (float)ldexp(sign * (1.0 + sq_rng_unit(rng)), (int)sq_rng_below(rng, 24) - 20);
    }
}

static inline float *draw_floats(struct sq_rng *rng, size_t n)
{
    float *x = guarded_new(n * sizeof *x);
    for (size_t i = 0; i < n; i++)
        x[i] = draw_float(rng);
    return x;
}

/* Rates of firing from never to always, both ends included. */
static inline double draw_rate(struct sq_rng *rng)
{
    static const double rate[] = {0.0, 0.02, 0.1, 0.3, 0.7, 1.0};
    return rate[sq_rng_below(rng, sizeof rate / sizeof rate[0])];
}

/* Bit rows with n_bits channels each, bits past them zero. */
static inline uint64_t *draw_bits(struct sq_rng *rng, size_t n_rows, size_t n_bits, double rate)
{
    const size_t n_words = (n_bits + 63) / 64;
    uint64_t *bits = guarded_new(n_rows * n_words * sizeof *bits);
    memset(bits, 0, n_rows * n_words * sizeof *bits);
    for (size_t r = 0; r < n_rows; r++)
        for (size_t c = 0; c < n_bits; c++)
            if (sq_rng_unit(rng) < rate)
                bits[r * n_words + c / 64] |= (uint64_t)1 << c % 64;
    return bits;
}

static inline size_t draw_width(struct sq_rng *rng)
{
    return 16 * (1 + sq_rng_below(rng, 4));
}

#endif
