/* Elements of tensors, of every type, as float32 and float64. */
#ifndef SQ_CHECKPOINT_ELEMENTS_H
#define SQ_CHECKPOINT_ELEMENTS_H

#include "sim/checkpoint/checkpoint.h"

#include <stdbool.h>

/* `n` elements of a type, `step` bytes apart from `at` on (which is not aligned), rounded to nearest.
 *   out   [n] */
void sq_dtype_f32(enum sq_dtype dtype, bool big_endian, const unsigned char *at, size_t n,
                  int64_t step, float *out);

/* One element, to float64: integers up to 2^53 are exact. */
double sq_dtype_f64(enum sq_dtype dtype, bool big_endian, const unsigned char *at);

/* Number of the first of n values that is NaN or infinite; n: all are finite. */
size_t sq_not_finite_at(const float *value, size_t n);

#endif
