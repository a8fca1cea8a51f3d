#include "sim/nodes/spans.h"

enum { MIN_TILE = 64 };

size_t sq_span_capacity(size_t n_rows, uint32_t n_in, uint32_t n_planes)
{
    const size_t n_tiles = (n_in + MIN_TILE - 1) / MIN_TILE;
    return n_rows * n_planes * n_tiles;
}

size_t sq_span_capacity_kernel(size_t n_rows, uint32_t kernel, uint32_t n_planes)
{
    return n_rows * n_planes * kernel;
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

/* The events of a plane that the taps of kernel line ky meet from the output pixel (y, x). */
static struct sq_span kernel_line(const struct sq_spikes *in, const uint32_t *begin,
                                  const struct sq_spike_shape *shape,
                                  const struct sq_kernel_grid *grid, uint32_t y, uint32_t x,
                                  uint32_t ky)
{
    const uint32_t row = y * grid->stride + ky, column = x * grid->stride; /* behind the padding */
    const uint32_t end = column + grid->kernel;
    struct sq_span span = {.first = grid->kernel * ky * shape->n_channels};
    if (grid->kernel > 1 || shape->line_rows > 1)
        span.base = (uint16_t)((column - grid->padding) * shape->n_channels);
    if (row < grid->padding || row - grid->padding >= grid->height || end <= grid->padding)
        return span;
    const uint32_t from = column > grid->padding ? column - grid->padding : 0;
    const uint32_t to = end - grid->padding < grid->width ? end - grid->padding : grid->width;
    if (from >= to)
        return span;
    begin += (size_t)(row - grid->padding) * grid->width;
    span.event = in->event + begin[from];
    span.n_events = begin[to] - begin[from];
    return span;
}

/* Planes of a set that hold an event, from the lowest on; at least one. */
static uint32_t planes_of(const struct sq_spikes *in, const struct sq_spike_shape *shape)
{
    uint32_t n_planes = shape->n_planes;
    for (; n_planes > 1; n_planes--) {
        const uint32_t *begin = in->begin + (size_t)(n_planes - 1) * (shape->n_rows + 1);
        if (begin[shape->n_rows] != begin[0])
            break;
    }
    return n_planes;
}

/* The rows of one strip on one plane. */
static struct sq_span *kernel_strip(struct sq_span *span, const struct sq_strip *strip,
                                    const struct sq_spike_shape *in,
                                    const struct sq_kernel_grid *grid, uint32_t plane, int twice)
{
    const uint32_t *begin = strip->in->begin + (size_t)plane * (in->n_rows + 1);
    uint32_t y = strip->row / grid->out_width, x = strip->row % grid->out_width;
    for (uint32_t r = 0; r < strip->n_rows; r++) {
        for (uint32_t ky = 0; ky < grid->kernel; ky++)
            span[ky] = kernel_line(strip->in, begin, in, grid, y, x, ky);
        span->twice = (uint16_t)twice;
        span += grid->kernel;
        if (++x == grid->out_width) {
            x = 0;
            y++;
        }
    }
    return span;
}

void sq_spans_kernel(struct sq_span_plan *plan, const struct sq_strip *strip, size_t n_strips,
                     const struct sq_spike_shape *in, const struct sq_kernel_grid *grid)
{
    struct sq_span *span = plan->span;
    plan->n_spans = grid->kernel;
    plan->n_steps = 1;
    plan->n_rows = 0;
    for (size_t s = 0; s < n_strips; s++) {
        const uint32_t n_planes = planes_of(strip[s].in, in);
        plan->n_rows += strip[s].n_rows;
        plan->n_steps = n_planes > plan->n_steps ? n_planes : plan->n_steps;
    }
    for (uint32_t step = 0; step < plan->n_steps; step++)
        for (size_t s = 0; s < n_strips; s++)
            span = kernel_strip(span, &strip[s], in, grid, plan->n_steps - 1 - step, step > 0);
}
