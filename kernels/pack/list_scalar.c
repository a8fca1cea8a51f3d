#include "kernels/pack/list_rows.h"

static inline uint16_t *list_word(uint16_t *event, uint64_t word, uint16_t number)
{
    for (; word != 0; word &= word - 1)
        *event++ = (uint16_t)(number + __builtin_ctzll(word));
    return event;
}

uint32_t sq_list_events_scalar(uint16_t *event, uint32_t *begin, uint32_t first,
                               const uint64_t *bits, const struct sq_spike_shape *shape)
{
    return list_rows(event, begin, first, bits, shape, list_word);
}
