#include "traces/format/frame.h"

#include "kernels/base/bits.h"
#include "traces/format/gaps.h"

#include <string.h>

size_t sq_frame_bits_bytes(const struct sq_frame_shape *shape)
{
    return ((size_t)shape->n_rows * shape->n_channels + 7) >> 3;
}

/* Words as bytes, low byte first, whatever the machine: with n = 8 one move on a machine that
 * keeps them so. */
static inline void store_word(unsigned char *out, uint64_t word, size_t n)
{
    for (size_t i = 0; i < n; i++)
        out[i] = (unsigned char)(word >> (8 * i));
}

static inline uint64_t load_word(const unsigned char *from, size_t n)
{
    uint64_t word = 0;
    for (size_t i = 0; i < n; i++)
        word |= (uint64_t)from[i] << (8 * i);
    return word;
}

/* Rows that start at whole bytes: each row's bytes follow one another. */
static void join_bytes(const struct sq_frame_shape *shape, const uint64_t *bits, unsigned char *out)
{
    for (uint32_t r = 0; r < shape->n_rows; r++) {
        size_t left = shape->n_channels / 8;
        for (; left >= 8; left -= 8, out += 8)
            store_word(out, *bits++, 8);
        if (left > 0)
            store_word(out, *bits++, left);
        out += left;
    }
}

/* Rows that start anywhere: an accumulator of bits that is emptied byte by byte. */
static void join_bits(const struct sq_frame_shape *shape, const uint64_t *bits, unsigned char *out)
{
    unsigned held = 0; /* bits in hand, fewer than 8 between bytes */
    unsigned hand = 0;
    for (uint32_t r = 0; r < shape->n_rows; r++)
        for (uint32_t left = shape->n_channels; left > 0; bits++) {
            uint64_t word = *bits;
            uint32_t n = left < 64 ? left : 64;
            left -= n;
            for (; n > 0; word >>= 8) {
                const uint32_t take = n < 8 ? n : 8;
                hand |= (unsigned)(word & 0xff) << held;
                held += take;
                n -= take;
                if (held >= 8) {
                    *out++ = (unsigned char)hand;
                    hand >>= 8;
                    held -= 8;
                }
            }
        }
    if (held > 0)
        *out = (unsigned char)hand;
}

size_t sq_frame_encode(const struct sq_frame_shape *shape, const uint64_t *bits, uint64_t spikes,
                       uint8_t *encoding, unsigned char *out)
{
    const size_t plain = sq_frame_bits_bytes(shape);
    size_t size = 0;
    if (spikes < plain && sq_gaps_write(shape, bits, plain - 1, out, &size)) {
        *encoding = SQ_FRAME_GAPS;
        return size;
    }
    *encoding = SQ_FRAME_BITS;
    if (shape->n_channels % 8 == 0)
        join_bytes(shape, bits, out);
    else
        join_bits(shape, bits, out);
    return plain;
}

static void split_bytes(const struct sq_frame_shape *shape, const unsigned char *data,
                        uint64_t *bits)
{
    for (uint32_t r = 0; r < shape->n_rows; r++) {
        size_t left = shape->n_channels / 8;
        for (; left >= 8; left -= 8, data += 8)
            *bits++ = load_word(data, 8);
        if (left > 0)
            *bits++ = load_word(data, left);
        data += left;
    }
}

static void split_bits(const struct sq_frame_shape *shape, const unsigned char *data,
                       uint64_t *bits)
{
    size_t at = 0;
    for (uint32_t r = 0; r < shape->n_rows; r++)
        for (uint32_t left = shape->n_channels; left > 0; bits++) {
            const uint32_t n = left < 64 ? left : 64;
            left -= n;
            *bits = 0;
            for (uint32_t i = 0; i < n; i++, at++)
                *bits |= (uint64_t)(data[at >> 3] >> (at & 7) & 1) << i;
        }
}

static const char *decode_bits(const struct sq_frame_shape *shape, const unsigned char *data,
                               size_t size, uint64_t *bits)
{
    const size_t n = (size_t)shape->n_rows * shape->n_channels;
    if (size != sq_frame_bits_bytes(shape))
        return "has not one bit for each neuron";
    if (n % 8 != 0 && data[size - 1] >> n % 8 != 0)
        return "has spikes of neurons that do not exist";
    if (shape->n_channels % 8 == 0)
        split_bytes(shape, data, bits);
    else
        split_bits(shape, data, bits);
    return NULL;
}

const char *sq_frame_decode(const struct sq_frame_shape *shape, uint8_t encoding,
                            const unsigned char *data, size_t size, uint64_t spikes, uint64_t *bits)
{
    const size_t n_words = shape->n_rows * sq_words_for(shape->n_channels);
    const char *wrong;
    if (encoding == SQ_FRAME_BITS)
        wrong = decode_bits(shape, data, size, bits);
    else if (encoding == SQ_FRAME_GAPS)
        wrong = sq_gaps_read(shape, data, size, bits);
    else
        wrong = "has an encoding that holds no spikes";
    if (wrong == NULL && sq_popcount(bits, n_words) != spikes)
        wrong = "has not as many spikes as its count says";
    return wrong;
}
