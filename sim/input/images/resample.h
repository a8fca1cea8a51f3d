/* Resizing of 8-bit images as Pillow's Image.resize() does it, to the byte.
 *
 * An output byte is a weighted mean of the input bytes that a filter covers; where the image
 * shrinks the filter is stretched with it, which is the antialiasing. With scale = from / to,
 * stretch = max(scale, 1) and centre = (i + 0.5) scale, output i reads the inputs k whose middles
 * lie within support * stretch of the centre, with the weights
 *
 *     f((k + 0.5 - centre) / stretch) / their sum
 *
 *     bilinear   f(x) = 1 - |x|                            |x| < 1            support 1
 *     bicubic    f(x) = 1.5 |x|^3 - 2.5 |x|^2 + 1          |x| < 1            support 2
 *                     = -0.5 |x|^3 + 2.5 |x|^2 - 4 |x| + 2   1 <= |x| < 2
 *
 * (Keys 1981, a = -0.5). Weights are rounded to multiples of 2^-22, sums are exact in 32 bits,
 * rounded to whole bytes and cut off at 0 and 255. Lines go first, columns second, on the rounded
 * bytes of the first pass. */
#ifndef SQ_RESAMPLE_H
#define SQ_RESAMPLE_H

#include "kernels/base/arena.h"
#include "sim/config/config.h"

#include <stdint.h>

/* One direction: `n` outputs, from the one with number `begin` on, of `to` that `from` inputs
 * become. */
struct sq_resample_axis {
    uint32_t from, to, begin, n;
    uint32_t taps;   /* room for the weights of one output */
    uint32_t *first; /* [n]: the first input of an output */
    uint32_t *count; /* [n]: inputs of an output */
    int32_t *weight; /* [n][taps] */
};

/* Fill an axis whose sizes are set. SQ_ENOMEM; memory is the arena's. */
int sq_resample_prepare(struct sq_resample_axis *axis, enum sq_interpolation interpolation,
                        struct sq_arena *arena);

/* in [rows->from][columns->from] -> out [rows->n][columns->n]; lines [rows->from][columns->n] is
 * overwritten. */
void sq_resample_apply(const struct sq_resample_axis *rows, const struct sq_resample_axis *columns,
                       const unsigned char *in, unsigned char *lines, unsigned char *out);

#endif
