/* The vectors of the variants of sq_neuron_f32 and sq_multispike_f32.
 *
 * The includer defines
 *   NEURON_LANES        neurons of one vector: 4, 8 or 16
 *   NEURON_BITS(mask)   the lanes of a vector of 0 and -1 as bits, lane j at bit j */
#ifndef SQ_NEURON_VEC_H
#define SQ_NEURON_VEC_H

#include "kernels/base/block.h"

#include <stdint.h>

typedef float vec __attribute__((vector_size(NEURON_LANES * sizeof(float)), may_alias));
typedef float loose_vec
    __attribute__((vector_size(NEURON_LANES * sizeof(float)), may_alias, aligned(4)));
typedef int32_t lanes __attribute__((vector_size(NEURON_LANES * sizeof(int32_t)), may_alias));

SQ_ALWAYS_INLINE vec add_currents(const float *acc, const float *bias)
{
    return *(const vec *)acc + *(const vec *)bias;
}

#endif
