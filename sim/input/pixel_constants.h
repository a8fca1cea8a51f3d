/* By which mean and std were float pixels normalised? Pixels that were bytes lie on a lattice: (x
 * std + mean) 255 is a whole number for the right constants, and for others only by chance. */
#ifndef SQ_PIXEL_CONSTANTS_H
#define SQ_PIXEL_CONSTANTS_H

#include "sim/config/config.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SQ_N_PIXEL_CONSTANTS = 7 };

/* How many of the pixels seen so far lie on each lattice: the configuration's, and those of
 * constants that are in use. */
struct sq_pixel_lattice {
    uint64_t n, n_own, n_other[SQ_N_PIXEL_CONSTANTS];
};

/* Count pixel x of channel c of `channels`; config has mean and std. */
void sq_pixel_lattice_add(struct sq_pixel_lattice *lattice, const struct sq_config *config,
                          uint32_t channels, uint32_t c, float x);

/* Are the pixels those of clearly other constants than the configuration's? Which, as in "those of
 * MNIST, mean 0.1307, std 0.3081", or NULL. */
const char *sq_pixel_lattice_other(const struct sq_pixel_lattice *lattice,
                                   const struct sq_config *config);

#endif
