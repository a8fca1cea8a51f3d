/* Subset: for each of a few sets, the largest other one that lies within it. Sets of up to 16
 * channels, as product sparsity (Wei et al., Prosperity, HPCA 2025) looks at them. */
#ifndef SQ_SUBSET_H
#define SQ_SUBSET_H

#include <stddef.h>
#include <stdint.h>

enum { SQ_SUBSET_LANES = 16 };

/* most[i] = largest ones[j] over all j with set[j] within set[i] and not equal to it; 0: none.
 *   most   [n], with room up to the next multiple of SQ_SUBSET_LANES
 *   set    [n], and any value up to that multiple: sets as bits
 *   ones   [n] their sizes
 * Cost: n^2 steps of a few instructions, in vectors. Cannot fail, allocates nothing. */
typedef void sq_subset_fn(uint16_t *most, const uint16_t *set, const uint16_t *ones, size_t n);

#define SQ_VARIANT(isa, needs) sq_subset_fn sq_subset_##isa;
#include "kernels/overlap/overlap.inc"
#undef SQ_VARIANT

#endif
