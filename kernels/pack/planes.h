/* Residual streams: sums of spike sets as bit planes, added by carries, never by a multiply. */
#ifndef SQ_PACK_PLANES_H
#define SQ_PACK_PLANES_H

#include <stddef.h>
#include <stdint.h>

/* out = a + b, element by element, on bit planes (plane 0 holds the units).
 *   out   [n_out][n_words]; a [n_a][n_words]; b [n_b][n_words]; 1 <= n_b <= n_a <= n_out <= 8,
 *         out overlaps neither a nor b
 * The caller's bound on the values guarantees that every sum fits in n_out planes; a carry out of
 * the last plane is an error of the caller (asserted in debug builds). Cost: about 5 word
 * operations a word and plane. */
void sq_planes_add(uint64_t *out, unsigned n_out, const uint64_t *a, unsigned n_a,
                   const uint64_t *b, unsigned n_b, size_t n_words);

/* sum[c] += the values of channel c over all rows: sum over rows r and planes p of
 * bit(p, r, c) * 2^p, by shifts and additions.
 *   sum   [n_channels]; bits [n_planes][n_rows][n_words]; values stay below 2^32 */
void sq_planes_sum(uint32_t *sum, const uint64_t *bits, unsigned n_planes, uint32_t n_rows,
                   uint32_t n_words);

#endif
