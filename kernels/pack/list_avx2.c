#include "kernels/pack/list_rows.h"

#include <immintrin.h>

/* Four events a step, written whether they exist or not: the number of steps is guessed far
 * better by the processor than the number of events. The trailing zeros of 0 are 64: harmless. */
static inline uint16_t *list_word(uint16_t *event, uint64_t word, uint16_t number)
{
    uint16_t *const end = event + __builtin_popcountll(word);
    for (; event < end; event += 4)
        for (int i = 0; i < 4; i++, word = _blsr_u64(word))
            event[i] = (uint16_t)(number + _tzcnt_u64(word));
    return end;
}

uint32_t sq_list_events_avx2(uint16_t *event, uint32_t *begin, uint32_t first, const uint64_t *bits,
                             const struct sq_spike_shape *shape)
{
    return list_rows(event, begin, first, bits, shape, list_word);
}
