/* Words: vectors of 64-bit words, for the bodies that count ones.
 *
 * A words_<isa>.h defines COUNT_LANES, the words of one vector (at most 8), the type `words`, and
 *   ones_of(x)                the number of ones of each word
 *   swap_lanes(x, step)       lanes i and i ^ step change places; step is a power of two
 *   rotate_left(x, n)         each word rotated by its lane of n, 1 to 63 bits
 *   lanes_with(set, at)       the lanes i whose bit at + i of *set is set; at in whole vectors
 *   lanes_meeting(x, set)     the lanes whose x & set is not 0, as a `lanes`
 *   join_in(x, lanes, set)    x | set in these lanes, x in the others
 *   add_in(x, lanes, n)       x + n in these lanes, x in the others
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

SQ_ALWAYS_INLINE void store(uint64_t *word, words x)
{
    memcpy(word, &x, sizeof x);
}

SQ_ALWAYS_INLINE uint64_t sum_of(words x)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < COUNT_LANES; i++)
        sum += x[i];
    return sum;
}

SQ_ALWAYS_INLINE words lane_numbers(void)
{
    static const uint64_t lane[8] = {0, 1, 2, 3, 4, 5, 6, 7};
    return load(lane);
}

/* All ones in the first n lanes. */
SQ_ALWAYS_INLINE words first_lanes(size_t n)
{
    return (words)(lane_numbers() < (uint64_t)n);
}

#endif
