#include "kernels/pack/levels.h"

#include <string.h>

/* Elements whose count is above v: from the highest plane down, the first bit that differs decides.
 *   plane   a word of the plane behind the highest */
static inline uint64_t above(const uint64_t *plane, uint32_t n_planes, size_t n_words, uint32_t v)
{
    uint64_t more = 0, equal = ~(uint64_t)0;
    for (uint32_t p = n_planes; p-- > 0;) {
        plane -= n_words;
        if (v >> p & 1) {
            equal &= *plane;
        } else {
            more |= equal & *plane;
            equal &= ~*plane;
        }
    }
    return more;
}

void sq_levels_from_planes(uint64_t *level, uint32_t n_levels, const uint64_t *plane,
                           uint32_t n_planes, size_t n_words)
{
    for (uint32_t p = 0; p < n_planes; p++)
        plane += n_words;
    for (uint32_t v = 0; v < n_levels; v++)
        for (size_t w = 0; w < n_words; w++)
            *level++ = above(plane + w, n_planes, n_words, v);
}

void sq_levels_to_planes(uint64_t *plane, uint32_t n_planes, const uint64_t *level,
                         uint32_t n_levels, size_t n_words)
{
    uint64_t *end = plane;
    for (uint32_t p = 0; p < n_planes; p++, end += n_words)
        memset(end, 0, n_words * sizeof *end);
    for (uint32_t v = 0; v < n_levels; v++)
        for (size_t w = 0; w < n_words; w++) {
            uint64_t carry = *level++, *word = plane + w;
            for (uint32_t p = 0; p < n_planes; p++, word += n_words) {
                const uint64_t next = *word & carry;
                *word ^= carry;
                carry = next;
            }
        }
}
