#include "traces/format/gaps.h"

#include "kernels/base/bits.h"

#include <string.h>

bool sq_gaps_write(const struct sq_frame_shape *shape, const uint64_t *bits, size_t room,
                   unsigned char *out, size_t *size)
{
    const size_t n_words = sq_words_for(shape->n_channels);
    const unsigned char *const start = out, *const end = out + room;
    size_t next = 0; /* the element behind the last one named */
    for (size_t r = 0, row = 0; r < shape->n_rows; r++, row += shape->n_channels)
        for (size_t w = 0; w < n_words; w++)
            for (uint64_t left = *bits++, base = row + 64 * w; left != 0; left &= left - 1) {
                const size_t element = base + (size_t)__builtin_ctzll(left);
                const size_t gap = element - next;
                if (gap < SQ_GAP_NONE && out < end) {
                    *out++ = (unsigned char)gap;
                } else {
                    if (sq_gap_bytes(gap) > (size_t)(end - out))
                        return false;
                    out = sq_gap_put(out, gap);
                }
                next = element + 1;
            }
    *size = (size_t)(out - start);
    return true;
}

const char *sq_gaps_read(const struct sq_frame_shape *shape, const unsigned char *data, size_t size,
                         uint64_t *bits)
{
    const size_t n_words = sq_words_for(shape->n_channels);
    const uint64_t n_channels = shape->n_channels;
    uint64_t row = 0;     /* of the element, */
    uint64_t channel = 0; /* may be past the row's end until a spike is placed */
    memset(bits, 0, shape->n_rows * n_words * sizeof *bits);
    if (size > 0 && data[size - 1] == SQ_GAP_NONE)
        return "ends without naming a neuron";
    for (size_t i = 0; i < size; i++) {
        channel += data[i];
        if (data[i] == SQ_GAP_NONE)
            continue;
        while (channel >= n_channels) {
            channel -= n_channels;
            row++;
        }
        if (row >= shape->n_rows)
            return "names a neuron that does not exist";
        sq_bit_set(bits + row * n_words, channel);
        channel++;
    }
    return NULL;
}
