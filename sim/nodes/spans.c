#include "sim/nodes/spans.h"

size_t sq_span_capacity(size_t n_rows, uint32_t kernel, uint32_t channels, uint32_t n_planes)
{
    return n_rows * n_planes * sq_tiling_max_steps(kernel, channels);
}

size_t sq_step_capacity(uint32_t kernel, uint32_t channels, uint32_t n_planes)
{
    return (size_t)n_planes * sq_tiling_max_steps(kernel, channels);
}

/* A group being planned. */
struct group {
    const struct sq_strip *strip;
    size_t n_strips;
    const struct sq_spike_shape *in;
    const struct sq_kernel_grid *grid;
};

/* First and last event of a plane, of the packet that a strip reads. */
static const uint32_t *plane_of(const struct sq_strip *strip, const struct sq_spike_shape *in,
                                uint32_t plane)
{
    return strip->in->begin + (size_t)plane * (in->n_rows + 1);
}

/* Events of a plane that a row of the group meets, on average and but for the border. */
static double events_a_row(const struct group *group, uint32_t plane)
{
    const uint64_t taps = (uint64_t)group->grid->kernel * group->grid->kernel;
    uint64_t events = 0, n_rows = 0;
    for (size_t s = 0; s < group->n_strips; s++) {
        const uint32_t *begin = plane_of(&group->strip[s], group->in, plane);
        events += (uint64_t)(begin[group->in->n_rows] - begin[0]) * group->strip[s].n_rows;
        n_rows += group->strip[s].n_rows;
    }
    return n_rows > 0 ? (double)(events * taps) / ((double)n_rows * group->in->n_rows) : 0;
}

/* The highest plane that holds an event in any packet, plus one; planes above only double zeros. */
static uint32_t planes_in_use(const struct group *group)
{
    uint32_t n_planes = group->in->n_planes;
    for (; n_planes > 1; n_planes--)
        for (size_t s = 0; s < group->n_strips; s++) {
            const uint32_t *begin = plane_of(&group->strip[s], group->in, n_planes - 1);
            if (begin[group->in->n_rows] != begin[0])
                return n_planes;
        }
    return n_planes;
}

/* The events of a plane that taps [kx, kx + taps) of kernel line ky meet from the output pixel (y, x). */
static struct sq_span kernel_part(const struct group *group, const struct sq_strip *strip,
                                  const uint32_t *begin, uint32_t y, uint32_t x, uint32_t ky,
                                  uint32_t kx, uint32_t taps)
{
    const struct sq_kernel_grid *grid = group->grid;
    const uint32_t channels = group->in->n_channels;
    const uint32_t row = y * grid->stride + ky, column = x * grid->stride; /* behind the padding */
    const uint32_t start = column + kx;
    const uint32_t end = column + (kx + taps < grid->kernel ? kx + taps : grid->kernel);
    struct sq_span span = {.first = grid->kernel * ky * channels};
    if (grid->kernel > 1 || group->in->line_rows > 1)
        span.base = (uint16_t)((column - grid->padding) * channels);
    if (row < grid->padding || row - grid->padding >= grid->height || end <= grid->padding)
        return span;
    const uint32_t from = start > grid->padding ? start - grid->padding : 0;
    const uint32_t to = end - grid->padding < grid->width ? end - grid->padding : grid->width;
    if (from >= to)
        return span;
    begin += (size_t)(row - grid->padding) * grid->width;
    span.event = strip->in->event + begin[from];
    span.n_events = begin[to] - begin[from];
    return span;
}

/* Cut the ascending events of one tap at multiples of the tiling's rows: part k is at[k * stride]. */
static void split_tap(struct sq_span *at, size_t stride, const struct sq_tiling *tiling)
{
    const struct sq_span tap = *at;
    uint32_t i = 0, first = 0;
    for (uint32_t k = 0; k < tiling->parts; k++, at += stride) {
        const uint32_t begin = i, limit = first + tiling->part_rows;
        if (k + 1 == tiling->parts)
            i = tap.n_events;
        else
            while (i < tap.n_events && (uint16_t)(tap.event[i] - tap.base) < limit)
                i++;
        *at = (struct sq_span){tap.event + begin, i - begin, 0, (uint16_t)(tap.base + first), 0};
        first = limit;
    }
}

/* A row of a plane of several steps: step k of the plane at span[k * stride]. */
static void tile_row(struct sq_span *span, size_t stride, const struct group *group,
                     const struct sq_strip *strip, const uint32_t *begin, uint32_t y, uint32_t x,
                     const struct sq_tiling *tiling)
{
    for (uint32_t ky = 0; ky < group->grid->kernel; ky++)
        for (uint32_t kx = 0; kx < group->grid->kernel; kx += tiling->taps) {
            *span = kernel_part(group, strip, begin, y, x, ky, kx, tiling->taps);
            span->first = 0;
            span->base = (uint16_t)(span->base + kx * group->in->n_channels);
            if (tiling->parts > 1)
                split_tap(span, stride, tiling);
            span += tiling->parts * stride;
        }
}

/* The same of a plane in one step, beside the planes that share the step. */
static void whole_row(struct sq_span *span, const struct group *group, const struct sq_strip *strip,
                      const uint32_t *begin, uint32_t y, uint32_t x)
{
    for (uint32_t ky = 0; ky < group->grid->kernel; ky++)
        span[ky] = kernel_part(group, strip, begin, y, x, ky, 0, group->grid->kernel);
}

/* Where the spans of one plane go: of row r and step k at span[r * row_stride + k * step_stride]. */
struct place {
    struct sq_span *span;
    size_t row_stride, step_stride;
};

static void plan_plane(const struct place *place, const struct group *group, uint32_t plane,
                       const struct sq_tiling *tiling, int twice)
{
    const int is_whole = sq_tiling_steps(tiling, group->grid->kernel) == 1;
    struct sq_span *span = place->span;
    for (size_t s = 0; s < group->n_strips; s++) {
        const struct sq_strip *strip = &group->strip[s];
        const uint32_t *begin = plane_of(strip, group->in, plane);
        uint32_t y = strip->row / group->grid->out_width, x = strip->row % group->grid->out_width;
        for (uint32_t r = 0; r < strip->n_rows; r++, span += place->row_stride) {
            if (is_whole)
                whole_row(span, group, strip, begin, y, x);
            else
                tile_row(span, place->step_stride, group, strip, begin, y, x, tiling);
            span->twice = (uint16_t)twice;
            if (++x == group->grid->out_width) {
                x = 0;
                y++;
            }
        }
    }
}

/* Whole planes from `plane` down that follow one another, at most `most`: they share a step. */
static uint32_t whole_planes(const struct sq_tiling *tiling, uint32_t kernel, uint32_t plane,
                             uint32_t most)
{
    uint32_t n = 0;
    while (n <= plane && n < most && sq_tiling_steps(&tiling[plane - n], kernel) == 1)
        n++;
    return n;
}

/* Weight rows of step k of a plane. */
static void set_rows(struct sq_span_step *step, const struct group *group,
                     const struct sq_tiling *tiling, uint32_t k)
{
    const uint32_t kernel = group->grid->kernel, channels = group->in->n_channels;
    const uint32_t pieces = (kernel + tiling->taps - 1) / tiling->taps;
    const uint32_t part = k % tiling->parts, piece = k / tiling->parts % pieces;
    const uint32_t line = k / tiling->parts / pieces, kx = piece * tiling->taps;
    const uint32_t taps = kernel - kx < tiling->taps ? kernel - kx : tiling->taps;
    const uint32_t from = part * tiling->part_rows, left = channels - from;
    step->first_row = (line * kernel + kx) * channels + from;
    step->n_weight_rows = tiling->lines * taps * channels;
    if (tiling->parts > 1)
        step->n_weight_rows = left < tiling->part_rows ? left : tiling->part_rows;
}

static void count_events(struct sq_span_step *step, uint32_t n_rows)
{
    step->n_events = 0;
    for (size_t i = 0; i < (size_t)n_rows * step->n_spans; i++)
        step->n_events += step->span[i].n_events;
}

/* Planes from the highest in use down, each with its own tiling; at most most_planes in a step. */
static void plan_planes(struct sq_span_plan *plan, const struct group *group, uint32_t n_planes,
                        const struct sq_tiling *tiling, uint32_t most_planes)
{
    const uint32_t kernel = group->grid->kernel;
    struct sq_span *span = plan->span;
    plan->n_steps = 0;
    for (uint32_t left = n_planes; left > 0;) {
        const uint32_t plane = left - 1, whole = whole_planes(tiling, kernel, plane, most_planes);
        const uint32_t n_steps = whole > 0 ? 1 : sq_tiling_steps(&tiling[plane], kernel);
        const uint32_t n_spans = whole > 0 ? whole * kernel : 1;
        struct sq_span_step *step = &plan->step[plan->n_steps];
        struct place place = {span, n_spans, plan->n_rows};
        for (uint32_t k = 0; k < n_steps; k++, span += (size_t)plan->n_rows * n_spans) {
            step[k] = (struct sq_span_step){.span = span, .n_spans = n_spans};
            set_rows(&step[k], group, &tiling[plane], k);
        }
        for (uint32_t i = 0; i < (whole > 0 ? whole : 1); i++, place.span += kernel)
            plan_plane(&place, group, plane - i, &tiling[plane - i], plane - i + 1 < n_planes);
        for (uint32_t k = 0; k < n_steps; k++)
            count_events(&step[k], plan->n_rows);
        plan->n_steps += n_steps;
        left -= whole > 0 ? whole : 1;
    }
}

void sq_spans_plan(struct sq_span_plan *plan, const struct sq_strip *strip, size_t n_strips,
                   const struct sq_spike_shape *in, const struct sq_kernel_grid *grid,
                   const struct sq_tiling_choice *choice)
{
    const struct group group = {strip, n_strips, in, grid};
    const uint32_t n_planes = planes_in_use(&group);
    struct sq_tiling tiling[SQ_MAX_PLANES];
    for (uint32_t plane = 0; plane < n_planes; plane++) {
        const struct sq_tiling_case of = {grid->kernel,      in->n_channels,
                                          choice->row_bytes, events_a_row(&group, plane),
                                          choice->step_cost, choice->most_rows};
        tiling[plane] =
            choice->tiling != NULL ? *choice->tiling : sq_tiling_choose(choice->cpu, &of);
    }
    plan->n_rows = 0;
    for (size_t s = 0; s < n_strips; s++)
        plan->n_rows += strip[s].n_rows;
    plan_planes(plan, &group, n_planes, tiling, choice->most_rows > 0 ? 1 : SQ_MAX_PLANES);
}
