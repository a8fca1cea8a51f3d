#include "kernels/pack/gate.h"

#include "kernels/base/bits.h"

void sq_gate_and(uint64_t *out, const uint64_t *a, const uint64_t *b, size_t n_words)
{
    for (size_t w = 0; w < n_words; w++)
        out[w] = a[w] & b[w];
}

void sq_gate_and_not(uint64_t *out, const uint64_t *a, const uint64_t *b, size_t n_words)
{
    for (size_t w = 0; w < n_words; w++)
        out[w] = a[w] & ~b[w];
}

void sq_gate_tokens(uint64_t *out, const uint64_t *a, const uint64_t *gate, size_t n_rows,
                    size_t n_words)
{
    for (; n_rows > 0; n_rows--, out += n_words, a += n_words)
        sq_gate_and(out, a, gate, n_words);
}

/* The bits of word `w` of a row that are channels from `begin` up to, but without, `end`; one of them
 * at least is. */
static inline uint64_t channels_of(size_t w, size_t begin, size_t end)
{
    const size_t first = w << 6;
    uint64_t bits = ~(uint64_t)0;
    if (begin > first)
        bits &= ~(uint64_t)0 << (begin - first);
    if (end < first + 64)
        bits &= ~(~(uint64_t)0 << (end - first));
    return bits;
}

static void clear_channels(uint64_t *row, size_t begin, size_t end)
{
    for (size_t w = begin >> 6; w << 6 < end; w++)
        row[w] &= ~channels_of(w, begin, end);
}

static uint32_t count_channels(const uint64_t *row, size_t begin, size_t end)
{
    uint64_t ones = 0;
    for (size_t w = begin >> 6; w << 6 < end; w++)
        ones += sq_ones(row[w] & channels_of(w, begin, end));
    return (uint32_t)ones;
}

void sq_gate_heads(uint64_t *out, const uint64_t *a, const uint64_t *gate, size_t n_rows,
                   size_t n_channels, size_t n_heads)
{
    const size_t head_dim = n_channels / n_heads;
    const size_t n_words = sq_words_for(n_channels), gate_words = sq_words_for(n_heads);
    for (; n_rows > 0; n_rows--, out += n_words, a += n_words, gate += gate_words) {
        size_t begin = 0;
        for (size_t w = 0; w < n_words; w++)
            out[w] = a[w];
        for (size_t h = 0; h < n_heads; h++, begin += head_dim)
            if (!sq_bit_get(gate, h))
                clear_channels(out, begin, begin + head_dim);
    }
}

void sq_head_counts(uint32_t *sum, const uint64_t *bits, size_t n_rows, size_t n_channels,
                    size_t n_heads)
{
    const size_t head_dim = n_channels / n_heads, n_words = sq_words_for(n_channels);
    for (; n_rows > 0; n_rows--, bits += n_words) {
        size_t begin = 0;
        for (size_t h = 0; h < n_heads; h++, begin += head_dim)
            *sum++ = count_channels(bits, begin, begin + head_dim);
    }
}
