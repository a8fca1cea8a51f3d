/* What a sample costs where an addition is priced by its width. */
#ifndef SQ_BIT_ENERGY_H
#define SQ_BIT_ENERGY_H

#include "sim/quantise/side.h"

/* Energy per sample in microjoules: the operations of convention `exact`, each at the price of its
 * width (docs/fixed-point.md, "Energy").
 *   float32         profile fp32_45nm
 *   fixed point     additions of b bits on the line through the prices of int8_45nm and int32_45nm;
 *                   products of the first convolution by the bits of both factors; head as float32
 * SQ_EIO and others where a profile cannot be read. */
int sq_bit_energy(struct sq_error *err, const char *config_dirs, const struct sq_side *side,
                  double *energy_uj);

#endif
