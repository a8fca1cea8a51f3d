/* What every variant of sq_list_events shares: the walk over rows, lines and words. */
#ifndef SQ_PACK_LIST_ROWS_H
#define SQ_PACK_LIST_ROWS_H

#include "kernels/pack/list.h"

/* Writes the events of one word, bit b as number + b modulo 65536, in ascending order, and
 * returns the position behind the last. May overwrite up to 63 entries beyond it. */
typedef uint16_t *sq_list_word_fn(uint16_t *event, uint64_t word, uint16_t number);

/* Inlined with a constant `list_word`: no call is made. */
static inline __attribute__((always_inline)) uint32_t list_rows(uint16_t *event, uint32_t *begin,
                                                                uint32_t first,
                                                                const uint64_t *bits,
                                                                const struct sq_spike_shape *shape,
                                                                sq_list_word_fn *list_word)
{
    const uint32_t n_words = shape->n_words;
    uint16_t *end = event + first;
    uint16_t line_number = 0; /* event number of the row's channel 0 */
    for (uint32_t r = 0, in_line = 0; r < shape->n_rows; r++) {
        begin[r] = (uint32_t)(end - event);
        uint16_t number = line_number;
        for (uint32_t w = 0; w < n_words; w++, number += 64)
            end = list_word(end, *bits++, number);
        line_number += (uint16_t)shape->n_channels;
        if (++in_line == shape->line_rows)
            in_line = line_number = 0;
    }
    return begin[shape->n_rows] = (uint32_t)(end - event);
}

#endif
