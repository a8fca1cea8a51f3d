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

/* No branch for empty words: mispredicted, it costs more than the word. */
bool sq_gaps_add_icelake(struct sq_gaps *gaps, const uint64_t *word, size_t n_words, uint64_t base)
{
    unsigned char *out = gaps->out;
    uint64_t next = gaps->next;
    for (size_t w = 0; w < n_words; w++, base += 64) {
        const uint64_t bits = word[w];
        const uint64_t first = base + _tzcnt_u64(bits); /* of an empty word: behind it */
        if (__builtin_expect(first - next >= SQ_GAP_NONE, 0) || gaps->end - out < WHOLE_STORE) {
            gaps->out = out;
            gaps->next = next;
            if (!sq_gaps_add_word(gaps, bits, base))
                return false;
            out = gaps->out;
            next = gaps->next;
            continue;
        }
        _mm512_storeu_si512(out, steps(bits, base, next));
        out += __builtin_popcountll(bits);
        next = bits != 0 ? base + 64 - _lzcnt_u64(bits) : next;
    }
    gaps->out = out;
    gaps->next = next;
    return true;
}
