#include "sim/nodes/fanout.h"

#include <stddef.h>

/* Taps along one axis: 3, less one at each end (a line of one pixel has one). */
static uint32_t taps(uint32_t at, uint32_t size)
{
    return 3u - (at == 0) - (at + 1 == size);
}

uint64_t sq_fanout_events(const uint32_t *begin, uint32_t height, uint32_t width)
{
    uint64_t sum = 0;
    for (uint32_t y = 0; y < height; y++) {
        const uint32_t *line = begin + (size_t)y * width;
        const uint32_t last = width - 1;
        uint64_t in_line = 3 * (uint64_t)(line[width] - line[0]);
        in_line -= line[1] - line[0];
        in_line -= line[last + 1] - line[last];
        sum += in_line * taps(y, height);
    }
    return sum;
}

/* Sum over one line of value * taps along it: 3 for every pixel, less one at each end. */
static uint64_t along_line(uint64_t all, uint64_t first, uint64_t last)
{
    return 3 * all - first - last;
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

static int add_line_units(struct sq_fanout *sum, const float *line, size_t n, uint32_t channels,
                          uint32_t taps_across)
{
    uint64_t all = 0, first = 0, last = 0;
    const int is_counts = add_units(&all, line, n) && add_units(&first, line, channels) &&
                          add_units(&last, line + n - channels, channels);
    sum->unit_fanout += along_line(all, first, last) * taps_across;
    return is_counts;
}

struct sq_fanout sq_fanout_pixels(const float *pixels, uint32_t height, uint32_t width,
                                  uint32_t channels)
{
    struct sq_fanout sum = {.is_counts = 1};
    const size_t n = (size_t)width * channels;
    for (uint32_t y = 0; y < height; y++, pixels += n) {
        const uint64_t nonzeros = count_nonzeros(pixels, n);
        sum.nonzeros += nonzeros;
        sum.fanout += taps(y, height) * along_line(nonzeros, count_nonzeros(pixels, channels),
                                                   count_nonzeros(pixels + n - channels, channels));
        if (sum.is_counts)
            sum.is_counts = add_line_units(&sum, pixels, n, channels, taps(y, height));
    }
    if (!sum.is_counts)
        sum.unit_fanout = 0;
    return sum;
}
