#include "traces/format/gaps.h"

#include <immintrin.h>

enum { WHOLE_STORE = 64 };

/* The positions of the ones, compressed to the front, less those of their neighbours before them:
 * the neighbour of the first is the last one named, `next` - 1. In bytes, modulo 256. */
static inline __m512i steps(uint64_t word, uint64_t base, uint64_t next)
{
    static const uint8_t position[64] __attribute__((aligned(64))) = {
        0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21,
        22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43,
        44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63};
    const __m512i ones = _mm512_maskz_compress_epi8(word, _mm512_load_si512(position));
    const __m512i lanes = _mm512_alignr_epi64(ones, _mm512_setzero_si512(), 6);
    const __m512i before =
        _mm512_mask_set1_epi8(_mm512_alignr_epi8(ones, lanes, 15), 1, (char)(next - base - 1));
    return _mm512_sub_epi8(_mm512_sub_epi8(ones, before), _mm512_set1_epi8(1));
}

bool sq_gaps_add_avx512(struct sq_gaps *gaps, const uint64_t *word, size_t n_words, uint64_t base)
{
    for (size_t w = 0; w < n_words; w++, base += 64) {
        if (word[w] == 0)
            continue;
        const uint64_t first = base + (uint64_t)__builtin_ctzll(word[w]);
        if (first - gaps->next >= SQ_GAP_NONE || gaps->end - gaps->out < WHOLE_STORE) {
            if (!sq_gaps_add_word(gaps, word[w], base))
                return false;
            continue;
        }
        _mm512_storeu_si512(gaps->out, steps(word[w], base, gaps->next));
        gaps->out += __builtin_popcountll(word[w]);
        gaps->next = base + 64 - (uint64_t)__builtin_clzll(word[w]);
    }
    return true;
}
