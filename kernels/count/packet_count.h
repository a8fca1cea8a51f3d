/* Count: what the packets of one timestep hold, bit rows and currents.
 *
 * For accounting only: sums over all words of a packet, one pass each. They cannot fail and
 * allocate nothing. */
#ifndef SQ_PACKET_COUNT_H
#define SQ_PACKET_COUNT_H

#include <stddef.h>
#include <stdint.h>

/* Elements that are not 0 in both of two packets: ones of (OR of a's planes) & (OR of b's planes).
 *   a [n_a][n_words], b [n_b][n_words] bit planes; n_a, n_b > 0. With b = a: those of one packet.
 */
typedef uint64_t sq_count_common_fn(const uint64_t *a, uint32_t n_a, const uint64_t *b,
                                    uint32_t n_b, size_t n_words);

/* Sum over the ones of one plane of the 3x3 stride 2 padding 1 pooling windows that hold their
 * pixel: one along an axis for a pixel at an even place, on which a window is centred, two between
 * two centres.
 *   bits [height][width][n_words] */
typedef uint64_t sq_count_windows_fn(const uint64_t *bits, uint32_t height, uint32_t width,
                                     uint32_t n_words);

/* Values that are not 0; y [n], n < 2^32. */
typedef uint64_t sq_count_nonzeros_f32_fn(const float *y, size_t n);

#define SQ_VARIANT(isa, needs)                  \
    sq_count_common_fn sq_count_common_##isa;   \
    sq_count_windows_fn sq_count_windows_##isa; \
    sq_count_nonzeros_f32_fn sq_count_nonzeros_f32_##isa;
#include "kernels/count/packet_count.inc"
#undef SQ_VARIANT

#endif
