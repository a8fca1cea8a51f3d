/* Neurons in float32 beside the one of kernels/lif: any time constant, a trained leak, none, and
 * MS-ResNet's; and the multispike neuron, which sends small whole numbers.
 *
 *   x = acc + bias            current
 *   h = charge(v, x)          by model, every step of it rounded to float32:
 *     LIF   d = x - v;  d = d / tau;  h = v + d       a true division
 *     PLIF  d = x - v;  d = d * decay;  h = v + d     decay = 1 / tau, trained
 *     IF    h = v + x
 *     MS    d = decay * v;  h = d + x                 decay 0.25
 *   s = h >= threshold        fire; MS: h > threshold, strictly
 *   v = s ? 0 : h             hard reset to zero
 *
 * | member    | of             | unit                                    |
 * |-----------|----------------|-----------------------------------------|
 * | threshold | every model    | of the membrane, > 0                    |
 * | tau       | LIF            | timesteps, >= 1                         |
 * | decay     | PLIF, MS       | share of a difference, of the membrane  |
 *
 * Sources
 *   LIF   spikingjelly.clock_driven.neuron.LIFNode
 *   PLIF  ParametricLIFNode there; Fang et al., Incorporating learnable membrane time constant to
 *         enhance learning of spiking neural networks, ICCV 2021
 *   IF    IFNode there; Fang et al., Deep residual learning in spiking neural networks (SEW-ResNet),
 *         NeurIPS 2021
 *   MS    mem_update of Hu et al., Advancing spiking neural networks towards deep residual learning
 *         (MS-ResNet), arXiv 2112.08954, 2021
 *
 * LIF divides and PLIF and MS multiply, by the leak: once a neuron and timestep, never once a
 * synapse. IF adds only, and so does multispike. LIF with tau = 2 has a kernel without: kernels/lif.
 */
#ifndef SQ_NEURON_H
#define SQ_NEURON_H

#include "kernels/base/rounding.h"

#include <stddef.h>
#include <stdint.h>

enum sq_neuron_model { SQ_MODEL_LIF, SQ_MODEL_PLIF, SQ_MODEL_IF, SQ_MODEL_MS };

struct sq_neuron {
    enum sq_neuron_model model;
    float threshold, tau, decay; /* those that the model does not use may be anything */
};

/* One timestep of n_rows * width neurons.
 *   word   word[r * word_stride] receives the spikes of row r, neuron j at bit j; bits from `width`
 *          on are zero
 *   v      [n_rows][width] membrane potential, read and written; zero before the first step
 *   acc    acc[r * acc_stride + j]; 64-byte aligned, acc_stride a multiple of 16
 *   bias   [width], 64-byte aligned
 *   width  16, 32, 48 or 64
 * All values finite. Cannot fail, allocates nothing. Cost: 2 to 4 operations a neuron. */
typedef void sq_neuron_f32_fn(uint64_t *word, size_t word_stride, float *v, const float *acc,
                              size_t acc_stride, const float *bias, const struct sq_neuron *neuron,
                              size_t width, size_t n_rows);

/* The whole number that a number is rounded to. */
enum sq_multispike_rounding {
    SQ_HALF_TO_EVEN, /* the nearest, of two the even one: as torch.round() */
    SQ_HALF_UP,      /* floor(x + 0.5), the sum rounded to float32 */
};

enum { SQ_MULTISPIKE_PLANES = 3 };

/* Multispike: a neuron without membrane sends a whole number of spikes at once, as bit planes.
 *   k = round(min(max(acc + bias, 0), most))
 *   word   word[p * plane_stride + r * word_stride] receives bit p of the numbers of row r, neuron j
 *          at bit j, for p < SQ_MULTISPIKE_PLANES; bits from `width` on are zero
 *   most   the largest number, whole, at most 7
 *   acc, bias, width, n_rows as above; no value is NaN
 * Yao et al., Scaling spike-driven transformer with efficient spike firing approximation training
 * (Spike-driven Transformer V3), 2024. Cannot fail, allocates nothing. */
typedef void sq_multispike_f32_fn(uint64_t *word, size_t word_stride, size_t plane_stride,
                                  const float *acc, size_t acc_stride, const float *bias,
                                  float most, enum sq_multispike_rounding rounding, size_t width,
                                  size_t n_rows);

/* Fixed point: one block of a population in integers. A membrane counts units of the current's last
 * place divided by 2^shift. */
struct sq_neuron_fixed {
    const int32_t *bias; /* [width] in units of the membrane, 64-byte aligned */
    const int32_t
        *threshold; /* [width], likewise: the least that fires; of multispike of one spike, */
    size_t next_threshold; /* and so many integers further, a multiple of 16, of one spike more */
    uint32_t shift;
    enum sq_neuron_model model; /* LIF, IF or MS */
    uint32_t leak;              /* of LIF tau = 2^leak, of MS decay = 2^-leak; 0 to 30 */
    enum sq_rounding rounding;  /* of what the leak shifts right */
};

/* One timestep, in integers:
 *   x = acc * 2^shift + bias
 *   h = v + round((x - v) / 2^leak)       LIF
 *       v + x                             IF
 *       round(v / 2^leak) + x             MS
 *   s = h >= threshold;  v = s ? 0 : h
 * word, v, acc, strides, width and n_rows are as above, with v and acc integers. No sum overflows: |x| and |v|
 * stay below 2^30, as the weights were packed (sim/network/fixed.h). */
typedef void sq_neuron_i16_fn(uint64_t *word, size_t word_stride, int32_t *v, const int16_t *acc,
                              size_t acc_stride, const struct sq_neuron_fixed *fixed, size_t width,
                              size_t n_rows);
typedef void sq_neuron_i32_fn(uint64_t *word, size_t word_stride, int32_t *v, const int32_t *acc,
                              size_t acc_stride, const struct sq_neuron_fixed *fixed, size_t width,
                              size_t n_rows);

/* Multispike in integers: k is how many of the `most` thresholds x reaches; they ascend. */
typedef void sq_multispike_i16_fn(uint64_t *word, size_t word_stride, size_t plane_stride,
                                  const int16_t *acc, size_t acc_stride,
                                  const struct sq_neuron_fixed *fixed, uint32_t most, size_t width,
                                  size_t n_rows);
typedef void sq_multispike_i32_fn(uint64_t *word, size_t word_stride, size_t plane_stride,
                                  const int32_t *acc, size_t acc_stride,
                                  const struct sq_neuron_fixed *fixed, uint32_t most, size_t width,
                                  size_t n_rows);

#define SQ_VARIANT(isa, needs)                    \
    sq_neuron_f32_fn sq_neuron_f32_##isa;         \
    sq_multispike_f32_fn sq_multispike_f32_##isa; \
    sq_neuron_i16_fn sq_neuron_i16_##isa;         \
    sq_neuron_i32_fn sq_neuron_i32_##isa;         \
    sq_multispike_i16_fn sq_multispike_i16_##isa; \
    sq_multispike_i32_fn sq_multispike_i32_##isa;
#include "kernels/neuron/neuron.inc"
#undef SQ_VARIANT

#endif
