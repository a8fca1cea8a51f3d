#include "sim/nodes/fanout.h"

#include "sim/nodes/row_planes.h"

#include <stddef.h>

uint64_t sq_fanout_events(const uint32_t *begin, const struct sq_taps *taps)
{
    uint64_t sum = 0;
    for (uint32_t y = 0; y < taps->height; y++, begin += taps->width) {
        uint64_t in_line = 0;
        for (uint32_t x = 0; x < taps->width; x++)
            in_line += (uint64_t)(begin[x + 1] - begin[x]) * taps->across[x];
        sum += in_line * taps->down[y];
    }
    return sum;
}

/* A row's channels whose count is not 0, and the sum of their counts. */
static uint32_t count_row(const struct sq_spikes *in, const struct sq_spike_shape *shape,
                          size_t row, uint64_t *units)
{
    uint32_t n = 0;
    for (uint32_t w = 0; w < shape->n_words; w++)
        n += (uint32_t)__builtin_popcountll(sq_row_nonzeros(in, shape, row, w, units));
    return n;
}

struct sq_fanout sq_fanout_counts(const struct sq_spikes *in, const struct sq_spike_shape *shape,
                                  const struct sq_taps *taps)
{
    struct sq_fanout sum = {.is_counts = 1};
    size_t row = 0;
    for (uint32_t y = 0; y < taps->height; y++)
        for (uint32_t x = 0; x < taps->width; x++, row++) {
            uint64_t units = 0;
            const uint64_t n = count_row(in, shape, row, &units);
            sum.nonzeros += n;
            sum.fanout += n * taps->down[y] * taps->across[x];
            sum.unit_fanout += units * taps->down[y] * taps->across[x];
        }
    return sum;
}

static uint64_t count_nonzeros(const float *value, size_t n)
{
    uint32_t nonzeros = 0;
    for (size_t i = 0; i < n; i++)
        nonzeros += value[i] != 0;
    return nonzeros;
}

/* Sum of counts; 0 at the first value that is not a count. */
static int add_units(uint64_t *sum, const float *value, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (!sq_is_count(value[i]))
            return 0;
        *sum += (uint64_t)(int32_t)value[i];
    }
    return 1;
}

struct sq_fanout sq_fanout_pixels(const float *pixels, const struct sq_taps *taps,
                                  uint32_t channels)
{
    struct sq_fanout sum = {.is_counts = 1};
    for (uint32_t y = 0; y < taps->height; y++)
        for (uint32_t x = 0; x < taps->width; x++, pixels += channels) {
            const uint64_t n_taps = (uint64_t)taps->down[y] * taps->across[x];
            const uint64_t nonzeros = count_nonzeros(pixels, channels);
            uint64_t units = 0;
            sum.nonzeros += nonzeros;
            sum.fanout += nonzeros * n_taps;
            sum.is_counts = sum.is_counts && add_units(&units, pixels, channels);
            sum.unit_fanout += units * n_taps;
        }
    if (!sum.is_counts)
        sum.unit_fanout = 0;
    return sum;
}
