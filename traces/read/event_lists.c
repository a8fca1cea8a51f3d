#include "traces/read/event_lists.h"

#include "kernels/base/bits.h"

#include <string.h>

/* Bit rows as one row in the order of the module's array. Returns its words. */
static size_t flatten(const struct sq_trace_population *p, const uint64_t *bits, uint64_t *flat)
{
    const size_t n_words = sq_words_for(p->n_channels);
    const size_t row_step = p->channels_first ? 1 : p->n_channels;
    const size_t channel_step = p->channels_first ? p->n_rows : 1;
    const size_t n_flat = sq_words_for(sq_trace_neurons(p));
    memset(flat, 0, n_flat * sizeof *flat);
    for (size_t r = 0; r < p->n_rows; r++)
        for (size_t w = 0; w < n_words; w++)
            for (uint64_t left = bits[r * n_words + w]; left != 0; left &= left - 1) {
                const size_t channel = w * 64 + (size_t)__builtin_ctzll(left);
                sq_bit_set(flat, r * row_step + channel * channel_step);
            }
    return n_flat;
}

size_t sq_list_spikes(const struct sq_trace_population *p, const uint64_t *bits, uint64_t *flat,
                      uint32_t *index)
{
    const size_t n_words = flatten(p, bits, flat);
    size_t n = 0;
    for (size_t w = 0; w < n_words; w++)
        for (uint64_t left = flat[w]; left != 0; left &= left - 1)
            index[n++] = (uint32_t)(w * 64 + (size_t)__builtin_ctzll(left));
    return n;
}

size_t sq_list_values(const struct sq_trace_population *p, const uint16_t *stored, uint32_t *index,
                      uint16_t *value)
{
    const size_t inner = p->channels_first ? p->n_rows : p->n_channels;
    const size_t outer_step = p->channels_first ? 1 : p->n_channels;
    const size_t inner_step = p->channels_first ? p->n_channels : 1;
    const size_t n_all = sq_trace_neurons(p);
    size_t n = 0;
    for (size_t i = 0; i < n_all; i++) {
        const uint16_t found = stored[i / inner * outer_step + i % inner * inner_step];
        if (found == 0)
            continue;
        index[n] = (uint32_t)i;
        value[n++] = found;
    }
    return n;
}
