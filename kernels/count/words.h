/* Words: vectors of 64-bit words, for the bodies that count ones.
 *
 * A words_<isa>.h defines COUNT_LANES, the words of one vector (at most 8), the type `words`, and
 *   ones_of(x)             the number of ones of each word
 *   join(x, bits, set)     x | set in the lanes whose bit is set, x in the others
 * and includes this, what all have in common. */
#ifndef SQ_COUNT_WORDS_H
#define SQ_COUNT_WORDS_H

#include <string.h>

SQ_ALWAYS_INLINE words load(const uint64_t *word)
{
    words x;
    memcpy(&x, word, sizeof x);
    return x;
}

SQ_ALWAYS_INLINE uint64_t sum_of(words x)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < COUNT_LANES; i++)
        sum += x[i];
    return sum;
}

/* All ones in the first n lanes. */
SQ_ALWAYS_INLINE words first_lanes(size_t n)
{
    static const uint64_t lane[8] = {0, 1, 2, 3, 4, 5, 6, 7};
    return (words)(load(lane) < (uint64_t)n);
}

#endif
