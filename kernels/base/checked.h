/* Arithmetic on sizes that come from files: the result is right, or the function says false. */
#ifndef SQ_BASE_CHECKED_H
#define SQ_BASE_CHECKED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* *out = a * b, or false (and *out undefined) where that exceeds size_t. */
static inline bool sq_mul_size(size_t a, size_t b, size_t *out)
{
    return !__builtin_mul_overflow(a, b, out);
}

/* *out = a + b, or false (and *out undefined) where that exceeds size_t. */
static inline bool sq_add_size(size_t a, size_t b, size_t *out)
{
    return !__builtin_add_overflow(a, b, out);
}

/* Product of `n` dimensions, 1 for n = 0; false on overflow. */
static inline bool sq_mul_dims(const uint64_t *dim, size_t n, size_t *out)
{
    size_t product = 1;
    for (size_t i = 0; i < n; i++)
        if (dim[i] > SIZE_MAX || !sq_mul_size(product, (size_t)dim[i], &product))
            return false;
    *out = product;
    return true;
}

#endif
