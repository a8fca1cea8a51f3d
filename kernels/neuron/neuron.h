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

#define SQ_VARIANT(isa, needs)            \
    sq_neuron_f32_fn sq_neuron_f32_##isa; \
    sq_multispike_f32_fn sq_multispike_f32_##isa;
#include "kernels/neuron/neuron.inc"
#undef SQ_VARIANT

#endif
