/* Frames: a set of spikes, or an array of small whole numbers, as bytes.
 *
 * An element's index is row * n_channels + channel. Which encoding a frame gets is a function of
 * its content alone (the smaller; bits on a tie), so that equal content is equal bytes.
 *
 *   encoding        bytes
 *   COUNT       0   none: only the number of nonzero elements is kept
 *   BITS        1   element i is bit i % 8 (of value 1 << i % 8) of byte i / 8; unused bits are 0
 *   GAPS        2   a list of steps: a byte b < 255 moves on by b + 1 and names the element there,
 *                   255 moves on by 255 and names none; from -1 on. No 255 at the end
 *   VALUES8     3   GAPS of the nonzero elements, then one byte for each: its value
 *   VALUES16    4   GAPS of the nonzero elements, then two bytes for each, low byte first */
#ifndef SQ_FRAME_H
#define SQ_FRAME_H

#include "kernels/base/status.h"

#include <stddef.h>
#include <stdint.h>

enum sq_frame_encoding {
    SQ_FRAME_COUNT,
    SQ_FRAME_BITS,
    SQ_FRAME_GAPS,
    SQ_FRAME_VALUES8,
    SQ_FRAME_VALUES16,
    SQ_FRAME_ENCODINGS
};

/* Bit rows of n_channels bits in n_words = ceil(n_channels / 64) words each; bits past the last
 * channel are 0 (kernels/base/bits.h). */
struct sq_frame_shape {
    uint32_t n_rows, n_channels;
};

/* Bytes of BITS: ceil(n_rows * n_channels / 8). Spikes never need more in any encoding. */
size_t sq_frame_bits_bytes(const struct sq_frame_shape *shape);

/* Encode spikes: *encoding becomes BITS or GAPS; returns the bytes written.
 *   bits     [n_rows][n_words]
 *   spikes   number of ones in bits
 *   out      room for sq_frame_bits_bytes()
 * Cost: one step a spike, or one a word. Allocates nothing, cannot fail. */
size_t sq_frame_encode(const struct sq_frame_shape *shape, const uint64_t *bits, uint64_t spikes,
                       uint8_t *encoding, unsigned char *out);

/* Decode BITS or GAPS into bit rows, all of which are written; `data` is untrusted.
 * Returns NULL, or what is wrong with it ("names element 70 of 64"), a static string: then `bits`
 * is undefined. The number of ones must be `spikes`. */
const char *sq_frame_decode(const struct sq_frame_shape *shape, uint8_t encoding,
                            const unsigned char *data, size_t size, uint64_t spikes,
                            uint64_t *bits);

/* Most bytes that VALUES8 or VALUES16 can need for n elements. */
size_t sq_frame_values_bytes(size_t n);

/* Encode whole numbers 0 .. 65535: *encoding becomes VALUES8 or VALUES16, *spikes the number of
 * nonzeros; returns the bytes written.
 *   value   [n], in index order */
size_t sq_frame_encode_values(const uint16_t *value, size_t n, uint8_t *encoding, uint64_t *spikes,
                              unsigned char *out);

/* Decode VALUES8 or VALUES16 into value [n]; as sq_frame_decode(). */
const char *sq_frame_decode_values(uint8_t encoding, const unsigned char *data, size_t size,
                                   uint64_t spikes, size_t n, uint16_t *value);

#endif
