/* LIF: leaky integrate-and-fire with hard reset to zero, over one block of a population.
 *
 *   x = acc + bias           current
 *   h = v + (x - v) / 2      leak and integrate, tau = 2, in three rounded float32 steps
 *   s = h >= threshold       fire
 *   v = s ? 0 : h            reset
 *
 * Neuron: spikingjelly.clock_driven.neuron.MultiStepLIFNode(tau=2.0, detach_reset=True), as used
 * by Zhou et al., Spikformer, ICLR 2023. The halving is exact (an exponent decrement, or a shift
 * of the significand with round to nearest even for subnormal numbers): no multiplication. */
#ifndef SQ_LIF_H
#define SQ_LIF_H

#include "kernels/base/rounding.h"

#include <stddef.h>
#include <stdint.h>

/* One timestep of n_rows * width neurons.
 *   word       word[r * word_stride] receives the spikes of row r, neuron j at bit j; bits from
 *              `width` on are zero
 *   v          [n_rows][width] membrane potential, read and written; zero before the first step
 *   acc        acc[r * acc_stride + j]; 64-byte aligned, acc_stride a multiple of 16
 *   bias       [width], 64-byte aligned
 *   threshold  > 0
 *   width      16, 32, 48 or 64
 * All values finite. Cannot fail, allocates nothing. */
typedef void sq_lif_f32_fn(uint64_t *word, size_t word_stride, float *v, const float *acc,
                           size_t acc_stride, const float *bias, float threshold, size_t width,
                           size_t n_rows);

/* One block of a population in integers. A membrane counts units of the current's last place
 * divided by 2^shift: `shift` guard bits, so that halving rounds seldom or never. */
struct sq_lif_fixed {
    const int32_t *bias;      /* [width] in units of the membrane, 64-byte aligned */
    const int32_t *threshold; /* [width] > 0, likewise */
    uint32_t shift;
    enum sq_rounding rounding;
};

/* One timestep, in integers:
 *   x = acc * 2^shift + bias        a left shift
 *   h = v + round((x - v) / 2)      an arithmetic right shift
 *   s = h >= threshold;  v = s ? 0 : h
 * word, v, acc, strides, width and n_rows are as above, with v and acc integers. No sum overflows:
 * |x| and |v| stay below 2^30, as the weights were packed (sim/network/fixed.h). */
typedef void sq_lif_i16_fn(uint64_t *word, size_t word_stride, int32_t *v, const int16_t *acc,
                           size_t acc_stride, const struct sq_lif_fixed *fixed, size_t width,
                           size_t n_rows);
typedef void sq_lif_i32_fn(uint64_t *word, size_t word_stride, int32_t *v, const int32_t *acc,
                           size_t acc_stride, const struct sq_lif_fixed *fixed, size_t width,
                           size_t n_rows);

#define SQ_VARIANT(isa, needs)      \
    sq_lif_f32_fn sq_lif_f32_##isa; \
    sq_lif_i16_fn sq_lif_i16_##isa; \
    sq_lif_i32_fn sq_lif_i32_##isa;
#include "kernels/lif/lif.inc"
#undef SQ_VARIANT

#endif
