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

SQ_ALWAYS_INLINE words join(words x, uint64_t bits, uint64_t set)
{
    const words lane = {1, 2};
    return x | ((words)((bits & lane) != 0) & set);
}

#include "kernels/count/words.h"

#endif
