/* The vectors of the vector variants of the integer kernels of neuron.h. The includer defines NEURON_LANES,
 * NEURON_NAME(), NEURON_BITS() and WIDEN(), as neuron_fixed_rows.h says. */
#ifndef SQ_NEURON_FIXED_VEC_H
#define SQ_NEURON_FIXED_VEC_H

#include <stdint.h>

typedef int32_t vec __attribute__((vector_size(NEURON_LANES * sizeof(int32_t)), may_alias));
typedef int32_t loose_vec
    __attribute__((vector_size(NEURON_LANES * sizeof(int32_t)), may_alias, aligned(4)));

#define IS(mask)         (mask)
#define SHIFT_LEFT(x, n) ((x) << (n))
#include "kernels/neuron/neuron_fixed_rows.h"

#endif
