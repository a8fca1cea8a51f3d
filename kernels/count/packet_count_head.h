/* The bodies of every sq_count_* variant; the includer includes a words_<isa>.h first (words.h). */
#ifndef SQ_PACKET_COUNT_HEAD_H
#define SQ_PACKET_COUNT_HEAD_H

#include "kernels/count/packet_count.h"

/* The OR of all planes at a vector of words, and at one word. */
SQ_ALWAYS_INLINE words any_words(const uint64_t *bits, uint32_t n_planes, size_t n_words)
{
    words any = load(bits);
    for (uint32_t p = 1; p < n_planes; p++)
        any |= load(bits += n_words);
    return any;
}

SQ_ALWAYS_INLINE uint64_t any_word(const uint64_t *bits, uint32_t n_planes, size_t n_words)
{
    uint64_t any = *bits;
    for (uint32_t p = 1; p < n_planes; p++)
        any |= *(bits += n_words);
    return any;
}

SQ_ALWAYS_INLINE uint64_t common_of_planes(const uint64_t *a, uint32_t n_a, const uint64_t *b,
                                           uint32_t n_b, size_t n_words)
{
    words ones = {0};
    size_t w = 0;
    for (; w + COUNT_LANES <= n_words; w += COUNT_LANES)
        ones += ones_of(any_words(a + w, n_a, n_words) & any_words(b + w, n_b, n_words));
    uint64_t sum = sum_of(ones);
    for (; w < n_words; w++)
        sum += sq_ones(any_word(a + w, n_a, n_words) & any_word(b + w, n_b, n_words));
    return sum;
}

/* With a copy of the body for packets of one plane, as most are. */
SQ_ALWAYS_INLINE uint64_t count_common(const uint64_t *a, uint32_t n_a, const uint64_t *b,
                                       uint32_t n_b, size_t n_words)
{
    if (n_a == 1 && n_b == 1)
        return common_of_planes(a, 1, b, 1, n_words);
    return common_of_planes(a, n_a, b, n_b, n_words);
}

/* Along an axis an odd place has two windows, but one where it is the last. */
SQ_ALWAYS_INLINE unsigned has_two(size_t at, size_t size)
{
    return at % 2 == 1 && at + 1 < size;
}

/* Pixels of one word, in vectors of them: as if every odd one had two windows along the line, less
 * the second of the last. */
SQ_ALWAYS_INLINE uint64_t windows_of_words(const uint64_t *bits, uint32_t height, uint32_t width)
{
    const words odd = lane_numbers() & 1;
    words windows = {0};
    uint64_t sum = 0;
    for (size_t y = 0; y < height; y++, bits += width) {
        const unsigned across = has_two(y, height);
        size_t x = 0;
        for (; x + COUNT_LANES <= width; x += COUNT_LANES)
            windows += ones_of(load(bits + x)) << (odd + across);
        for (; x < width; x++)
            sum += sq_ones(bits[x]) << ((x & 1) + across);
        sum -= width % 2 == 0 ? sq_ones(bits[width - 1]) << across : 0;
    }
    return sum + sum_of(windows);
}

SQ_ALWAYS_INLINE uint64_t windows_of_line(const uint64_t *bits, uint32_t width, uint32_t n_words)
{
    uint64_t sum = 0;
    for (size_t w = 0; w < (size_t)width * n_words; w++)
        sum += sq_ones(bits[w]);
    for (size_t x = 1; has_two(x, width); x += 2)
        sum += sq_popcount(bits + x * n_words, n_words);
    return sum;
}

SQ_ALWAYS_INLINE uint64_t count_windows(const uint64_t *bits, uint32_t height, uint32_t width,
                                        uint32_t n_words)
{
    uint64_t sum = 0;
    if (n_words == 1)
        return windows_of_words(bits, height, width);
    for (uint32_t y = 0; y < height; y++, bits += (size_t)width * n_words)
        sum += windows_of_line(bits, width, n_words) << has_two(y, height);
    return sum;
}

/* Vectors of floats, and of what a comparison of them gives: -1 where it holds. */
typedef float floats __attribute__((vector_size(COUNT_LANES * 8)));
typedef int32_t holds __attribute__((vector_size(COUNT_LANES * 8)));

SQ_ALWAYS_INLINE holds is_nonzero(const float *y)
{
    floats x;
    memcpy(&x, y, sizeof x);
    return x != 0;
}

/* Two sums, as each waits for its last addition. */
SQ_ALWAYS_INLINE uint64_t count_nonzeros_f32(const float *y, size_t n)
{
    const size_t width = 2 * COUNT_LANES;
    holds less[2] = {{0}};
    uint32_t nonzeros = 0;
    size_t i = 0;
    for (; i + 2 * width <= n; i += 2 * width) {
        less[0] += is_nonzero(y + i);
        less[1] += is_nonzero(y + i + width);
    }
    less[0] += less[1];
    for (size_t lane = 0; lane < width; lane++)
        nonzeros -= (uint32_t)less[0][lane];
    for (; i < n; i++)
        nonzeros += y[i] != 0;
    return nonzeros;
}

#endif
