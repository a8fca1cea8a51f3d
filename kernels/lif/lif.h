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

#define SQ_VARIANT(isa, needs) sq_lif_f32_fn sq_lif_f32_##isa;
#include "kernels/lif/lif.inc"
#undef SQ_VARIANT

#endif
