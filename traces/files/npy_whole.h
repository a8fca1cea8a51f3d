/* Whole numbers of a NumPy array, whatever their type. */
#ifndef SQ_NPY_WHOLE_H
#define SQ_NPY_WHOLE_H

#include "traces/files/npy.h"

/* The n numbers that are stored `stride` bytes apart, from `item` on; false: one of them is not
 * whole, or exceeds 62 bits. Floats may hold whole numbers. */
bool sq_npy_whole(const struct sq_array *type, const unsigned char *item, size_t stride, size_t n,
                  int64_t *number);

#endif
