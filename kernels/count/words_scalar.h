/* Words of every processor: two to a vector. See words.h. */
#ifndef SQ_COUNT_WORDS_SCALAR_H
#define SQ_COUNT_WORDS_SCALAR_H

#include "kernels/base/bits.h"
#include "kernels/base/block.h"
#include <stdint.h>

enum { COUNT_LANES = 2 };

typedef uint64_t words __attribute__((vector_size(COUNT_LANES * 8)));

SQ_ALWAYS_INLINE words ones_of(words x)
{
    for (size_t i = 0; i < COUNT_LANES; i++)
        x[i] = sq_ones(x[i]);
    return x;
}

SQ_ALWAYS_INLINE words swap_lanes(words x, unsigned step)
{
    (void)step; /* there are but two */
    return (words){x[1], x[0]};
}

SQ_ALWAYS_INLINE words rotate_left(words x, words n)
{
    return (words){x[0] << n[0] | x[0] >> (64 - n[0]), x[1] << n[1] | x[1] >> (64 - n[1])};
}

/* All ones in every other lane: what a comparison with 0 gives, and an AND NOT takes. */
typedef words lanes;

SQ_ALWAYS_INLINE lanes lanes_with(const uint64_t *set, size_t at)
{
    const words bit = {1, 2};
    return (words)((bit << at & *set) == 0);
}

SQ_ALWAYS_INLINE lanes lanes_meeting(words x, uint64_t set)
{
    return (words)((x & set) == 0);
}

SQ_ALWAYS_INLINE words join_in(words x, lanes in, uint64_t set)
{
    return x | (~in & set);
}

SQ_ALWAYS_INLINE words add_in(words x, lanes in, uint64_t n)
{
    return x + (~in & n);
}

#include "kernels/count/words.h"

#endif
