/* The energy of a sample, with additions priced by width. */
#ifndef SQ_BIT_ENERGY_H
#define SQ_BIT_ENERGY_H

#include "sim/quantise/trial.h"

/* The profile, and the convention whose operations it prices. */
#define SQ_BIT_HARDWARE   "fixed_45nm"
#define SQ_BIT_CONVENTION "exact"

/* Energy per sample in microjoules: the operations of convention `exact`, each at the price of its
 * width (docs/fixed-point.md, "Energy").
 * width by profile fixed_45nm: float32 unchanged, additions of integers on the line through the
 * prices of 8 and 32 bits, products by the bits of both factors.
 * SQ_EIO and others where the profile cannot be read. */
int sq_bit_energy(struct sq_error *err, const char *config_dirs, const struct sq_trial *trial,
                  double *energy_uj);

#endif
