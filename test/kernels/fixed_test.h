/* What the tests of the integer kernels share: arrays whose element size is a number. */
#ifndef SQ_TEST_FIXED_TEST_H
#define SQ_TEST_FIXED_TEST_H

#include "test/kernels/kernel_test.h"

static inline int64_t fixed_get(const void *array, size_t bytes, size_t i)
{
    switch (bytes) {
    case 1:
        return ((const int8_t *)array)[i];
    case 2:
        return ((const int16_t *)array)[i];
    default:
        return ((const int32_t *)array)[i];
    }
}

static inline void fixed_put(void *array, size_t bytes, size_t i, int64_t value)
{
    switch (bytes) {
    case 1:
        ((int8_t *)array)[i] = (int8_t)value;
        break;
    case 2:
        ((int16_t *)array)[i] = (int16_t)value;
        break;
    default:
        ((int32_t *)array)[i] = (int32_t)value;
    }
}

/* n integers from -limit to limit; both ends come often. */
static inline void *draw_integers(struct sq_rng *rng, size_t n, size_t bytes, int64_t limit)
{
    void *array = guarded_new(n * bytes);
    for (size_t i = 0; i < n; i++) {
        const uint64_t kind = sq_rng_below(rng, 16);
        const int64_t inside = (int64_t)sq_rng_below(rng, 2 * (uint64_t)limit + 1) - limit;
        fixed_put(array, bytes, i, kind == 0 ? limit : kind == 1 ? -limit : inside);
    }
    return array;
}

#endif
