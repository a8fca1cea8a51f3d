#include "traces/format/frame.h"

#include "kernels/base/bits.h"
#include "kernels/base/little.h"
#include "traces/format/gaps.h"
#include "traces/format/join.h"

#include <string.h>

size_t sq_frame_bits_bytes(const struct sq_frame_shape *shape)
{
    return ((size_t)shape->n_rows * shape->n_channels + 7) >> 3;
}

/* BITS under way. */
struct bits_out {
    unsigned char *out;
    size_t size;
};

static int emit_bits(void *data, const uint64_t *word, size_t n_words, uint64_t base)
{
    const struct bits_out *to = data;
    const size_t first = (size_t)(base / 8), left = to->size - first;
    const size_t n_whole = n_words < left / 8 ? n_words : left / 8;
    unsigned char *out = to->out + first;
    for (size_t w = 0; w < n_whole; w++)
        sq_put_le(out + 8 * w, word[w], 8);
    if (n_whole < n_words)
        sq_put_le(out + 8 * n_whole, word[n_whole], left % 8);
    return 1;
}

/* GAPS under way. */
struct gaps_out {
    struct sq_gaps gaps;
    sq_gaps_add_fn *add;
    int fits;
};

static int emit_gaps(void *data, const uint64_t *word, size_t n_words, uint64_t base)
{
    struct gaps_out *to = data;
    return to->fits = to->add(&to->gaps, word, n_words, base);
}

size_t sq_frame_encode_by(sq_gaps_add_fn *add, const struct sq_frame_shape *shape,
                          const uint64_t *bits, uint64_t spikes, uint8_t *encoding,
                          unsigned char *out)
{
    const size_t plain = sq_frame_bits_bytes(shape);
    if (spikes < plain) {
        struct gaps_out to = {{out, out + plain - 1, 0}, add, 1};
        sq_join_rows(shape, bits, emit_gaps, &to);
        *encoding = SQ_FRAME_GAPS;
        if (to.fits)
            return (size_t)(to.gaps.out - out);
    }
    struct bits_out to = {out, plain};
    *encoding = SQ_FRAME_BITS;
    sq_join_rows(shape, bits, emit_bits, &to);
    return plain;
}

size_t sq_frame_encode(const struct sq_frame_shape *shape, const uint64_t *bits, uint64_t spikes,
                       uint8_t *encoding, unsigned char *out)
{
    return sq_frame_encode_by(sq_gaps_add_scalar, shape, bits, spikes, encoding, out);
}

static void split_bytes(const struct sq_frame_shape *shape, const unsigned char *data,
                        uint64_t *bits)
{
    for (uint32_t r = 0; r < shape->n_rows; r++) {
        size_t left = shape->n_channels / 8;
        for (; left >= 8; left -= 8, data += 8)
            *bits++ = sq_get_le(data, 8);
        if (left > 0)
            *bits++ = sq_get_le(data, left);
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
        return "does not have one bit for each neuron";
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
        wrong = "does not have as many spikes as its count says";
    return wrong;
}
