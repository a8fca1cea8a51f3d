/* Readout: the classification head, one block of outputs.
 *
 * Sums run in double precision, inputs ascending, and are rounded to float32 once: a logit is then
 * within half a unit in the last place of the exact sum of its float32 products, whatever the
 * number of features. It runs once a sample, so one plain variant serves every processor. */
#ifndef SQ_READOUT_H
#define SQ_READOUT_H

#include <stddef.h>

/* out[j] = round(bias[j] + sum over i of x[i] * w[i][j]), j = 0 .. width - 1.
 *   out, bias  [width]; w [n_in][width]; x [n_in]; width at most 64
 * Cost: n_in * width multiply-accumulates (MAC). Cannot fail, allocates nothing. */
void sq_readout(float *out, const float *w, size_t width, const float *x, size_t n_in,
                const float *bias);

#endif
