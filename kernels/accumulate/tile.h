/* How many weight rows of a block to keep in the first-level cache while many rows pass. */
#ifndef SQ_ACCUMULATE_TILE_H
#define SQ_ACCUMULATE_TILE_H

#include "kernels/base/cpu.h"

#include <stddef.h>

/* Inputs per tile of a linear layer: n_in (no tiling) where the whole block fits, or where a tile
 * would hold too few events a row to pay for loading and storing the accumulators again.
 *   rate   mean events per input and row, 0..1, of the rows about to pass
 * The result changes the time, never the bits (see the order of additions in accumulate.h). */
size_t sq_accumulate_tile(const struct sq_cpu *cpu, size_t n_in, size_t width, double rate);

#endif
