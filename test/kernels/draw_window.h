/* What the tests of pooling share: maps, windows over them, and the maps that come out. */
#ifndef SQ_TEST_DRAW_WINDOW_H
#define SQ_TEST_DRAW_WINDOW_H

#include "test/kernels/kernel_test.h"

struct drawn {
    uint32_t height, width, kernel, stride, padding, out_height, out_width;
    size_t row, in_bytes, out_bytes;
    float *in, *out;
};

/* At least one window fits. */
static inline struct drawn draw_window(struct sq_rng *rng, bool has_padding)
{
    struct drawn d = {.height = 1 + (uint32_t)sq_rng_below(rng, 9),
                      .width = 1 + (uint32_t)sq_rng_below(rng, 9),
                      .kernel = 1 + (uint32_t)sq_rng_below(rng, 4),
                      .stride = 1 + (uint32_t)sq_rng_below(rng, 3),
                      .row = 16 * (1 + sq_rng_below(rng, 6))};
    d.padding = has_padding ? (uint32_t)sq_rng_below(rng, d.kernel) : 0;
    while (d.kernel > d.height + 2 * d.padding || d.kernel > d.width + 2 * d.padding) {
        d.kernel--;
        d.padding = has_padding ? d.kernel / 2 : 0;
    }
    d.out_height = (d.height + 2 * d.padding - d.kernel) / d.stride + 1;
    d.out_width = (d.width + 2 * d.padding - d.kernel) / d.stride + 1;
    d.in_bytes = d.height * d.width * d.row * sizeof(float);
    d.out_bytes = d.out_height * d.out_width * d.row * sizeof(float);
    d.in = draw_floats(rng, d.height * d.width * d.row);
    d.out = guarded_new(d.out_bytes);
    return d;
}

static inline bool discard(struct drawn *d)
{
    return guarded_free(d->in, d->in_bytes) & guarded_free(d->out, d->out_bytes);
}

#endif
