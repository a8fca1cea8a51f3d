#include "traces/compare/compare_frame.h"

#include "kernels/base/bits.h"

uint64_t sq_compare_bits(const struct sq_trace_population *population, const uint64_t *a,
                         const uint64_t *b, uint64_t *first)
{
    const size_t n_words = sq_words_for(population->n_channels);
    uint64_t n = 0;
    for (size_t r = 0; r < population->n_rows; r++, a += n_words, b += n_words)
        for (size_t w = 0; w < n_words; w++) {
            const uint64_t other = a[w] ^ b[w];
            if (other != 0 && n == 0)
                *first = r * population->n_channels + 64 * w + (uint64_t)__builtin_ctzll(other);
            n += sq_ones(other);
        }
    return n;
}

uint64_t sq_spike_at(const struct sq_trace_population *population, const uint64_t *bits,
                     uint64_t element)
{
    const uint64_t *row =
        bits + element / population->n_channels * sq_words_for(population->n_channels);
    return (uint64_t)sq_bit_get(row, element % population->n_channels);
}

uint64_t sq_compare_values(size_t n, const uint16_t *a, const uint16_t *b, uint64_t *first)
{
    uint64_t n_other = 0;
    for (size_t i = 0; i < n; i++) {
        if (a[i] == b[i])
            continue;
        if (n_other++ == 0)
            *first = i;
    }
    return n_other;
}
