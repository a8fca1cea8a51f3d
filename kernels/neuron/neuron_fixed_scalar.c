#include <stdint.h>

/* C leaves left shifts of negative numbers undefined: through unsigned. */
#define NEURON_LANES       1
#define NEURON_NAME(start) start##_scalar
#define NEURON_BITS(mask)  (unsigned)(-(mask))
#define IS(mask)           (-(int32_t)(mask))
#define SHIFT_LEFT(x, n)   ((int32_t)((uint32_t)(x) << (n)))
#define WIDEN(acc)         (*(acc))

typedef int32_t vec, loose_vec;

#include "kernels/neuron/neuron_fixed_rows.h"
