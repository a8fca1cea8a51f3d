/* The body of every sq_subset variant: plain C that the including file's flags vectorise. */
#ifndef SQ_SUBSET_SETS_H
#define SQ_SUBSET_SETS_H

#include "kernels/overlap/subset.h"

#include <string.h>

/* 16 sets at once; the compiler splits it where registers are narrower. */
typedef int16_t subset_lanes __attribute__((vector_size(2 * SQ_SUBSET_LANES)));

/* The largest size among the sets within `whole`: lane by lane, then over the lanes. */
static inline uint16_t subset_within(const uint16_t *set, const uint16_t *ones, size_t n,
                                     int16_t whole)
{
    subset_lanes largest = {0};
    int16_t most = 0;
    for (size_t j = 0; j < n; j += SQ_SUBSET_LANES) {
        subset_lanes other, size;
        memcpy(&other, set + j, sizeof other);
        memcpy(&size, ones + j, sizeof size);
        size &= ((other | whole) == whole) & (other != whole);
        const subset_lanes is_larger = size > largest;
        largest = (size & is_larger) | (largest & ~is_larger);
    }
    for (size_t k = 0; k < SQ_SUBSET_LANES; k++)
        most = largest[k] > most ? largest[k] : most;
    return (uint16_t)most;
}

static inline void subset_sets(uint16_t *most, const uint16_t *set, const uint16_t *ones, size_t n)
{
    for (size_t i = 0; i < n; i++)
        most[i] = ones[i] > 1 ? subset_within(set, ones, n, (int16_t)set[i]) : 0;
}

#endif
