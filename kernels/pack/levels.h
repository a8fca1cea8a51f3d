/* Counts and their virtual timesteps: a count k is a spike at each of the first k of `n_levels`. */
#ifndef SQ_PACK_LEVELS_H
#define SQ_PACK_LEVELS_H

#include <stddef.h>
#include <stdint.h>

/* From bit planes of counts to spikes of virtual timesteps.
 *   level   [n_levels][n_words], n_levels <= 7; bit j of level v: the count of element j is above v
 *   plane   [n_planes][n_words], plane p holds bit p of every count; n_planes <= 3 */
void sq_levels_from_planes(uint64_t *level, uint32_t n_levels, const uint64_t *plane,
                           uint32_t n_planes, size_t n_words);

/* And back: how many of its levels are set, in whichever order. Counts fit in n_planes. */
void sq_levels_to_planes(uint64_t *plane, uint32_t n_planes, const uint64_t *level,
                         uint32_t n_levels, size_t n_words);

#endif
