/* Overlap: how many ones a bit row shares with each of many others, by AND and popcount.
 *
 * For analysis only; nothing of a run depends on it. With rows of q and k it gives the scores of
 * spiking self-attention, with the columns of a spike matrix how often channels fire together. */
#ifndef SQ_OVERLAP_H
#define SQ_OVERLAP_H

#include <stddef.h>
#include <stdint.h>

/* ones[j] = popcount(a AND b_j), j = 0 .. n_b - 1.
 *   ones   [n_b]; a [n_words]; b [n_b][n_words]
 * Cost: one popcount a word of b. Cannot fail, allocates nothing. */
typedef void sq_overlap_fn(uint32_t *ones, const uint64_t *a, const uint64_t *b, size_t n_b,
                           size_t n_words);

#define SQ_VARIANT(isa, needs) sq_overlap_fn sq_overlap_##isa;
#include "kernels/overlap/overlap.inc"
#undef SQ_VARIANT

#endif
