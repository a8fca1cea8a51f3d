/* The body of every vector variant of sq_neuron_f32. The includer defines what neuron_vec.h asks for
 * and calls neuron_rows[model]. Lanes are neurons, so the bits cannot depend on it. */
#ifndef SQ_NEURON_ROWS_H
#define SQ_NEURON_ROWS_H

#include "kernels/neuron/neuron_vec.h"

SQ_ALWAYS_INLINE vec load_v(const float *v)
{
    return *(const loose_vec *)v;
}

SQ_ALWAYS_INLINE uint64_t reset(float *v, vec h, lanes fired)
{
    *(loose_vec *)v = (vec)((lanes)h & ~fired);
    return (uint64_t)NEURON_BITS(fired);
}

#include "kernels/neuron/neuron_models.h"

#endif
