#include "kernels/base/neon.h"

#define NEURON_LANES       4
#define NEURON_BITS(mask)  sq_bits_of((uint32x4_t)(mask))
#define NEURON_NAME(start) start##_neon
#define WIDEN(acc)         vmovl_s16(vld1_s16(acc))
#include "kernels/neuron/neuron_fixed_vec.h"
