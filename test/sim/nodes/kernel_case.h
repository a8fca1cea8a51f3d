/* Kernels over grids, drawn at random: what tests of spans, fan-outs and windows are tried on. */
#ifndef SQ_TEST_KERNEL_CASE_H
#define SQ_TEST_KERNEL_CASE_H

#include "test/unit.h"

#include <stddef.h>

enum { KERNEL_CASE_SIDE = 40, N_KERNEL_CASES = 60 };

struct kernel_case {
    uint32_t height, width; /* of the input */
    uint32_t kernel, stride, padding;
};

static inline uint32_t kernel_case_out(const struct kernel_case *of, uint32_t n)
{
    return (n + 2 * of->padding - of->kernel) / of->stride + 1;
}

/* A grid, one pixel wide or high in a third of all cases, that holds at least one kernel. */
static inline struct kernel_case draw_kernel_case(struct sq_rng *rng)
{
    static const uint32_t kernel[] = {1, 3, 5, 7}, stride[] = {1, 2, 4};
    struct kernel_case of = {.kernel = kernel[sq_rng_below(rng, 4)],
                             .stride = stride[sq_rng_below(rng, 3)]};
    of.padding =
        (uint32_t)sq_rng_below(rng, 2) ? of.kernel / 2 : (uint32_t)sq_rng_below(rng, of.kernel);
    do {
        const uint32_t shape = (uint32_t)sq_rng_below(rng, 6);
        of.height = shape == 0 ? 1 : 1 + (uint32_t)sq_rng_below(rng, 15);
        of.width = shape == 1 ? 1 : 1 + (uint32_t)sq_rng_below(rng, 15);
        if ((shape == 0 || shape == 1) && of.kernel > 2 * of.padding + 1)
            of.padding = of.kernel / 2;
    } while (of.height + 2 * of.padding < of.kernel || of.width + 2 * of.padding < of.kernel);
    return of;
}

/* Of pixel `at` of n along an axis, the taps that meet it: every tap of every output, one by one. */
static inline uint32_t count_taps(const struct kernel_case *of, uint32_t at, uint32_t n)
{
    uint32_t taps = 0;
    for (uint32_t out = 0; out < kernel_case_out(of, n); out++)
        for (uint32_t tap = 0; tap < of->kernel; tap++)
            taps += out * of->stride + tap == at + of->padding;
    return taps;
}

/* "7x7 stride 2 padding 3 of 5x1"; static text. */
static inline const char *describe_kernel_case(const struct kernel_case *of)
{
    static char text[80];
    snprintf(text, sizeof text, "%ux%u stride %u padding %u of %ux%u", of->kernel, of->kernel,
             of->stride, of->padding, of->height, of->width);
    return text;
}

#endif
