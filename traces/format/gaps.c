#include "traces/format/gaps.h"

#include "kernels/base/bits.h"
#include "kernels/base/cpu.h"

#include <string.h>

bool sq_gaps_add_scalar(struct sq_gaps *gaps, const uint64_t *word, size_t n_words, uint64_t base)
{
    for (size_t w = 0; w < n_words; w++, base += 64)
        if (!sq_gaps_add_word(gaps, word[w], base))
            return false;
    return true;
}

sq_gaps_add_fn *sq_gaps_choose(unsigned features)
{
    sq_gaps_add_fn *best = sq_gaps_add_scalar;
#define SQ_VARIANT(isa, needs)           \
    if ((features & (needs)) == (needs)) \
        best = sq_gaps_add_##isa;
#include "traces/format/gaps.inc"
#undef SQ_VARIANT
    return best;
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
