#include "sim/engine/fanout.h"

#include <math.h>
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

struct sq_fanout sq_fanout_pixels(const float *pixels, uint32_t height, uint32_t width,
                                  uint32_t channels)
{
    struct sq_fanout sum = {.is_counts = 1};
    for (uint32_t y = 0; y < height; y++)
        for (uint32_t x = 0; x < width; x++)
            for (uint32_t c = 0; c < channels; c++) {
                const float pixel = *pixels++;
                const uint64_t fanout = (uint64_t)taps(y, height) * taps(x, width);
                if (pixel == 0)
                    continue;
                sum.nonzeros++;
                sum.fanout += fanout;
                if (pixel < 0 || pixel > 0x1p24f || pixel != floorf(pixel))
                    sum.is_counts = 0;
                else
                    sum.unit_fanout += (uint64_t)pixel * fanout;
            }
    if (!sum.is_counts)
        sum.unit_fanout = 0;
    return sum;
}
