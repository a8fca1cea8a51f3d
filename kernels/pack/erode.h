/* The maximum of a 3x3 neighbourhood of bits, stride 1: a bit is set where itself or a neighbour is.
 * What erodes is the silence between spikes. Cells and tokens beside the border do not exist. */
#ifndef SQ_PACK_ERODE_H
#define SQ_PACK_ERODE_H

#include <stddef.h>
#include <stdint.h>

/* Over rows and columns of a grid of bit rows.
 *   in, out   [height][width][n_words], which must not overlap
 * Cost: at most 10 steps a word. Cannot fail. */
void sq_erode_grid(uint64_t *out, const uint64_t *in, uint32_t height, uint32_t width,
                   uint32_t n_words);

/* Over tokens and the channels of a head, heads apart: bit j of head h of token n is the OR of bits
 * j + b of head h of tokens n + a, for a and b of -1, 0 and 1 within the tokens and the head.
 *   in, out    [n_rows][ceil(n_channels / 64)], which must not overlap; bits past the last channel
 *              are zero
 *   head_dim   channels of a head, at least 1, a divisor of n_channels
 * Cost: about 20 operations a word, and one step a head. Cannot fail. */
void sq_erode_heads(uint64_t *out, const uint64_t *in, size_t n_rows, size_t n_channels,
                    size_t head_dim);

#endif
