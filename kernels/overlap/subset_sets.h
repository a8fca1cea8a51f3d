/* The body of every sq_subset variant: plain C that the including file's flags vectorise. */
#ifndef SQ_SUBSET_SETS_H
#define SQ_SUBSET_SETS_H

#include "kernels/overlap/subset.h"

#include <string.h>

/* 16 sets at once; the compiler splits it where registers are narrower. */
typedef int16_t subset_lanes __attribute__((vector_size(2 * SQ_SUBSET_LANES)));

/* The largest size within each of 16 sets: every lane keeps its own, so nothing is folded. */
static inline void subset_within(uint16_t *most, const uint16_t *whole, const uint16_t *set,
                                 const uint16_t *ones, size_t n)
{
    subset_lanes wholes, largest = {0};
    memcpy(&wholes, whole, sizeof wholes);
    for (size_t j = 0; j < n; j++) {
        const int16_t other = (int16_t)set[j];
        const subset_lanes is_within = ((wholes | other) == wholes) & (wholes != other);
        const subset_lanes size = is_within & (int16_t)ones[j];
        const subset_lanes is_larger = size > largest;
        largest = (size & is_larger) | (largest & ~is_larger);
    }
    memcpy(most, &largest, sizeof largest);
}

static inline void subset_sets(uint16_t *most, const uint16_t *set, const uint16_t *ones, size_t n)
{
    for (size_t i = 0; i < n; i += SQ_SUBSET_LANES)
        subset_within(most + i, set + i, set, ones, n);
}

#endif
