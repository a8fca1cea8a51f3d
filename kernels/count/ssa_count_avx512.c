#include <immintrin.h>
#include <stdint.h>

enum { COUNT_LANES = 8 };

typedef uint64_t words __attribute__((vector_size(COUNT_LANES * 8)));

static inline words ones_of(words x)
{
    return (words)_mm512_popcnt_epi64((__m512i)x);
}

static inline words join(words x, uint64_t bits, uint64_t set)
{
    return (words)_mm512_mask_or_epi64((__m512i)x, (__mmask8)bits, (__m512i)x,
                                       _mm512_set1_epi64((long long)set));
}

#include "kernels/count/ssa_count_head.h"

void sq_ssa_count_avx512(struct sq_ssa_count *count, const uint64_t *q, const uint64_t *k,
                         const uint64_t *v, const struct sq_attend_shape *shape,
                         unsigned unit_shift, void *scratch)
{
    count_ssa(count, q, k, v, shape, unit_shift, scratch);
}
