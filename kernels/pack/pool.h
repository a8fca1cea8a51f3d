/* Max-pooling of spikes: the maximum of bits is their OR. */
#ifndef SQ_PACK_POOL_H
#define SQ_PACK_POOL_H

#include <stddef.h>
#include <stdint.h>

/* out[y][x] = OR of the cells of in that a 3x3 window, stride 2, padding 1, at (2y, 2x) covers
 * (cells outside the image do not exist).
 *   in    [height][width][n_words], one plane of bit rows
 *   out   [ceil(height / 2)][ceil(width / 2)][n_words]; must not overlap in
 * Zhou et al., Spikformer, ICLR 2023, section 3.2 (SPS), where the pool follows the neuron.
 * Cost: at most 9 ORs a word of out. Cannot fail. */
void sq_pool_spikes(uint64_t *out, const uint64_t *in, uint32_t height, uint32_t width,
                    uint32_t n_words);

/* The same for any window: out[y][x] = OR of the cells of in that a window of kernel x kernel at
 * (stride * y - padding, stride * x - padding) covers.
 *   in    [height][width][n_words]
 *   out   [(height + 2 * padding - kernel) / stride + 1][likewise of width][n_words]; must not
 *         overlap in
 *   kernel at least 1, at most the padded image; stride at least 1; padding < kernel
 * Cost: at most kernel * kernel ORs a word of out. Cannot fail. */
void sq_pool_any(uint64_t *out, const uint64_t *in, uint32_t height, uint32_t width,
                 uint32_t n_words, uint32_t kernel, uint32_t stride, uint32_t padding);

/* Sums: out[y][x] = sum of the counts of in that a window of kernel x kernel at (stride * y, stride * x)
 * covers.
 *   in    [n_in][height][width][n_words] bit planes; a window lies inside the image
 *   out   [n_out][(height - kernel) / stride + 1][likewise of width][n_words]; every sum fits;
 *         must not overlap in
 * Cost: kernel * kernel * n_in carries a word of out. Cannot fail. */
void sq_pool_sum(uint64_t *out, uint32_t n_out, const uint64_t *in, uint32_t n_in, uint32_t height,
                 uint32_t width, uint32_t n_words, uint32_t kernel, uint32_t stride);

#endif
