/* Gates: spikes that let other spikes pass. What attention without products of matrices is made of:
 * AND, AND NOT, and the number of ones of a head.
 *
 * A head is a run of head_dim = n_channels / n_heads channels, of any size; it may straddle words. Bit
 * rows hold n_channels bits in ceil(n_channels / 64) words; bits past the last channel are zero, in
 * what is read and in what is written. Nothing here multiplies, and nothing can fail. */
#ifndef SQ_PACK_GATE_H
#define SQ_PACK_GATE_H

#include <stddef.h>
#include <stdint.h>

/* out = a AND b, and a AND NOT b, [n_words] each; out may be a or b. */
void sq_gate_and(uint64_t *out, const uint64_t *a, const uint64_t *b, size_t n_words);
void sq_gate_and_not(uint64_t *out, const uint64_t *a, const uint64_t *b, size_t n_words);

/* out[r] = a[r] AND gate: one row for all tokens.
 *   out, a   [n_rows][n_words], out may be a; gate [n_words], not part of out */
void sq_gate_tokens(uint64_t *out, const uint64_t *a, const uint64_t *gate, size_t n_rows,
                    size_t n_words);

/* Channels of row r pass whose head's bit is set in row r of gate.
 *   out, a   [n_rows][ceil(n_channels / 64)], out may be a
 *   gate     [n_rows][ceil(n_heads / 64)], not part of out
 * n_heads divides n_channels. Cost: two steps a word and one or two a head that is closed. */
void sq_gate_heads(uint64_t *out, const uint64_t *a, const uint64_t *gate, size_t n_rows,
                   size_t n_channels, size_t n_heads);

/* sum[r * n_heads + h] = ones of head h in row r of bits.
 *   sum    [n_rows][n_heads], written
 *   bits   [n_rows][ceil(n_channels / 64)]
 * n_heads divides n_channels. */
void sq_head_counts(uint32_t *sum, const uint64_t *bits, size_t n_rows, size_t n_channels,
                    size_t n_heads);

#endif
