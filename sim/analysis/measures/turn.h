/* Columns: the transpose of a spike matrix: each channel is a bit row over the rows. */
#ifndef SQ_TURN_H
#define SQ_TURN_H

#include <stddef.h>
#include <stdint.h>

/* columns[c] bit r = rows[r] bit c.
 *   columns  [n_channels] of ceil(n_rows / 64) words, each `stride` words behind the one before
 *   rows     [n_rows][ceil(n_channels / 64)], bits past the last channel are 0
 * Hacker's Delight, section 7-3: a square of 64 x 64 bits in six rounds of swaps. */
void sq_turn_columns(uint64_t *columns, size_t stride, const uint64_t *rows, uint32_t n_rows,
                     uint32_t n_channels);

#endif
