/* The header of a NumPy array file, format 1.0 (numpy.lib.format). */
#ifndef SQ_NPY_HEADER_H
#define SQ_NPY_HEADER_H

#include "traces/files/npy_dump.h"

enum { SQ_NPY_MAX_HEADER = 384 };

/* Bytes of one element. */
size_t sq_npy_item_bytes(enum sq_npy_type type);

/* Write a header of `size` bytes in all, or, for size 0, of as many as it needs: 128, or the next
 * multiple of 64. Returns its size. A smaller B never needs more. */
size_t sq_npy_header(const struct sq_npy_plan *plan, size_t size, char out[SQ_NPY_MAX_HEADER]);

#endif
