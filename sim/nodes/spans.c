#include "sim/nodes/spans.h"

enum { MIN_TILE = 64 };

size_t sq_span_capacity(size_t n_rows, uint32_t n_in, uint32_t n_planes, int is_kernel)
{
    const size_t n_tiles = (n_in + MIN_TILE - 1) / MIN_TILE;
    return n_rows * (is_kernel ? 3 : n_planes * n_tiles);
}

/* Cut one row's ascending events at multiples of `tile`: span k of the row is span[k * stride]. */
static void split_row(struct sq_span *span, size_t stride, uint32_t n_tiles, size_t tile,
                      const uint16_t *event, uint32_t n_events, uint16_t twice)
{
    uint32_t at = 0;
    for (uint32_t k = 0; k < n_tiles; k++, span += stride) {
        const uint32_t begin = at;
        const size_t limit = (k + 1) * tile;
        if (k + 1 == n_tiles)
            at = n_events;
        else
            while (at < n_events && event[at] < limit)
                at++;
        *span = (struct sq_span){event + begin, at - begin, 0, 0, k == 0 ? twice : 0};
    }
}

/* The highest plane that holds an event in any strip, plus one; planes above only double zeros. */
static uint32_t planes_in_use(const struct sq_strip *strip, size_t n_strips,
                              const struct sq_spike_shape *in)
{
    uint32_t n_planes = in->n_planes;
    for (; n_planes > 1; n_planes--) {
        const size_t plane = (size_t)(n_planes - 1) * (in->n_rows + 1);
        for (size_t s = 0; s < n_strips; s++) {
            const uint32_t *begin = strip[s].in->begin + plane + strip[s].row;
            if (begin[strip[s].n_rows] != begin[0])
                return n_planes;
        }
    }
    return n_planes;
}

void sq_spans_linear(struct sq_span_plan *plan, const struct sq_strip *strip, size_t n_strips,
                     const struct sq_spike_shape *in, size_t tile)
{
    tile = tile < MIN_TILE ? MIN_TILE : tile;
    const uint32_t n_tiles = (uint32_t)((in->n_channels + tile - 1) / tile);
    const uint32_t n_planes = planes_in_use(strip, n_strips, in);
    plan->n_spans = 1;
    plan->n_steps = n_planes * n_tiles;
    plan->n_rows = 0;
    for (size_t s = 0; s < n_strips; s++)
        plan->n_rows += strip[s].n_rows;
    for (uint32_t step = 0; step < n_planes; step++) {
        const uint32_t plane = n_planes - 1 - step;
        struct sq_span *span = plan->span + (size_t)step * n_tiles * plan->n_rows;
        for (size_t s = 0; s < n_strips; s++) {
            const uint32_t *begin =
                strip[s].in->begin + (size_t)plane * (in->n_rows + 1) + strip[s].row;
            for (uint32_t r = 0; r < strip[s].n_rows; r++, span++)
                split_row(span, plan->n_rows, n_tiles, tile, strip[s].in->event + begin[r],
                          begin[r + 1] - begin[r], step > 0);
        }
    }
}

/* The events that the three taps of kernel line ky of the output pixel (y, x) meet. */
static struct sq_span kernel_line(const struct sq_spikes *in, uint32_t n_channels, uint32_t height,
                                  uint32_t width, uint32_t y, uint32_t x, uint32_t ky)
{
    struct sq_span span = {.base = (uint16_t)((x - 1) * n_channels), .first = 3 * ky * n_channels};
    if (y + ky < 1 || y + ky > height)
        return span;
    const uint32_t *begin = in->begin + (size_t)(y + ky - 1) * width;
    const uint32_t from = begin[x > 0 ? x - 1 : 0], to = begin[x + 2 < width ? x + 2 : width];
    span.event = in->event + from;
    span.n_events = to - from;
    return span;
}

void sq_spans_kernel(struct sq_span_plan *plan, const struct sq_strip *strip, size_t n_strips,
                     const struct sq_spike_shape *in, uint32_t height, uint32_t width)
{
    struct sq_span *span = plan->span;
    plan->n_spans = 3;
    plan->n_steps = 1;
    plan->n_rows = 0;
    for (size_t s = 0; s < n_strips; s++) {
        plan->n_rows += strip[s].n_rows;
        uint32_t y = strip[s].row / width, x = strip[s].row % width;
        for (uint32_t r = 0; r < strip[s].n_rows; r++) {
            for (uint32_t ky = 0; ky < 3; ky++)
                *span++ = kernel_line(strip[s].in, in->n_channels, height, width, y, x, ky);
            if (++x == width) {
                x = 0;
                y++;
            }
        }
    }
}
