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

/* Some taps of one kernel line, and where the spans of a strip's rows go: of row r at span[r * stride]. */
struct line {
    struct sq_span *span;
    size_t stride;
    uint32_t ky, kx, taps;
    uint32_t first; /* as the spans have it; their base counts from the step's first weight row */
    uint16_t shift, twice;
};

/* Of a linear layer's rows: all events of a row of the input. */
static void span_rows(const struct line *line, const struct sq_strip *strip, const uint32_t *begin)
{
    const uint16_t *event = strip->in->event;
    struct sq_span *span = line->span;
    begin += strip->row;
    for (uint32_t r = 0; r < strip->n_rows; r++, span += line->stride)
        *span = (struct sq_span){event + begin[r], begin[r + 1] - begin[r], 0, 0, line->twice};
}

/* The events that taps [kx, kx + taps) of kernel line ky meet, from one output pixel after the other. */
static void span_line(const struct line *line, const struct group *group,
                      const struct sq_strip *strip, const uint32_t *begin)
{
    const struct sq_kernel_grid *const grid = group->grid;
    const uint32_t channels = group->in->n_channels, width = grid->width, height = grid->height;
    const uint32_t padding = grid->padding;
    /* Channels of a pixel in an event's number: none where events are listed by rows. */
    const uint32_t of_pixel = grid->kernel > 1 || group->in->line_rows > 1 ? channels : 0;
    const uint16_t *const event = strip->in->event;
    const uint32_t first_y = strip->row / grid->out_width, first_x = strip->row % grid->out_width;
    uint32_t y = first_y * grid->stride + line->ky - padding; /* wraps where it is above the grid */
    uint32_t x = first_x * grid->stride + line->kx - padding;
    uint16_t base = (uint16_t)((first_x * grid->stride - padding) * of_pixel + line->shift);
    uint32_t left = grid->out_width - first_x; /* pixels of the line, this one included */
    const uint32_t *row = begin + (size_t)y * width;
    struct sq_span *span = line->span;
    for (uint32_t r = 0; r < strip->n_rows; r++, span += line->stride) {
        const int32_t end = (int32_t)(x + line->taps);
        const uint32_t from = (int32_t)x > 0 ? x : 0,
                       to = end < (int32_t)width ? (uint32_t)end : width;
        *span = (struct sq_span){NULL, 0, line->first, base, line->twice};
        if (y < height && end > 0 && from < to) {
            span->event = event + row[from];
            span->n_events = row[to] - row[from];
        }
        x += grid->stride;
        base = (uint16_t)(base + grid->stride * of_pixel);
        if (--left > 0)
            continue;
        left = grid->out_width;
        x = line->kx - padding;
        base = (uint16_t)(line->shift - padding * of_pixel);
        y += grid->stride;
        row = begin + (size_t)y * width;
    }
}

static void plan_line(const struct line *line, const struct group *group,
                      const struct sq_strip *strip, const uint32_t *begin)
{
    if (group->grid->kernel == 1 && group->grid->stride == 1 && group->in->line_rows == 1)
        span_rows(line, strip, begin);
    else
        span_line(line, group, strip, begin);
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
        *at = (struct sq_span){tap.event + begin, i - begin, 0, (uint16_t)(tap.base + first),
                               k == 0 ? tap.twice : 0};
        first = limit;
    }
}

/* Where the spans of one plane go: of row r and step k at span[r * row_stride + k * step_stride]. */
struct place {
    struct sq_span *span;
    size_t row_stride, step_stride;
};

/* A plane of one step, beside the planes that share it: the kernel lines of a row are neighbours. */
static void plan_whole(const struct place *place, const struct group *group, uint32_t plane,
                       uint16_t twice)
{
    const uint32_t kernel = group->grid->kernel;
    struct sq_span *span = place->span;
    for (size_t s = 0; s < group->n_strips; s++) {
        const struct sq_strip *strip = &group->strip[s];
        for (uint32_t ky = 0; ky < kernel; ky++) {
            const struct line line = {.span = span + ky,
                                      .stride = place->row_stride,
                                      .ky = ky,
                                      .taps = kernel,
                                      .first = kernel * ky * group->in->n_channels,
                                      .twice = ky == 0 ? twice : 0};
            plan_line(&line, group, strip, plane_of(strip, group->in, plane));
        }
        span += strip->n_rows * place->row_stride;
    }
}

/* A plane of several steps, of which each row has one span a step. */
static void plan_tiles(const struct place *place, const struct group *group, uint32_t plane,
                       const struct sq_tiling *tiling, uint16_t twice)
{
    const uint32_t kernel = group->grid->kernel;
    struct sq_span *span = place->span;
    for (size_t s = 0; s < group->n_strips; s++) {
        const struct sq_strip *strip = &group->strip[s];
        struct line line = {.span = span, .stride = 1, .twice = twice};
        for (uint32_t ky = 0; ky < kernel; ky++)
            for (uint32_t kx = 0; kx < kernel; kx += tiling->taps) {
                line.ky = ky;
                line.kx = kx;
                line.taps = kx + tiling->taps < kernel ? tiling->taps : kernel - kx;
                line.shift = (uint16_t)(kx * group->in->n_channels);
                plan_line(&line, group, strip, plane_of(strip, group->in, plane));
                for (uint32_t r = 0; tiling->parts > 1 && r < strip->n_rows; r++)
                    split_tap(line.span + r, place->step_stride, tiling);
                line.span += tiling->parts * place->step_stride;
                line.twice = 0;
            }
        span += strip->n_rows;
    }
}

static void plan_plane(const struct place *place, const struct group *group, uint32_t plane,
                       const struct sq_tiling *tiling, int twice)
{
    if (sq_tiling_steps(tiling, group->grid->kernel) == 1)
        plan_whole(place, group, plane, (uint16_t)twice);
    else
        plan_tiles(place, group, plane, tiling, (uint16_t)twice);
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

/* Planes from the highest in use down, each with its own tiling; at most most_planes in a step.
 *   events   [n_planes] that a row of the group meets */
static void plan_planes(struct sq_span_plan *plan, const struct group *group, uint32_t n_planes,
                        const struct sq_tiling *tiling, const double *events, uint32_t most_planes)
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
            step[k].events = events[plane] * plan->n_rows / n_steps;
        }
        for (uint32_t i = 0; i < (whole > 0 ? whole : 1); i++, place.span += kernel)
            plan_plane(&place, group, plane - i, &tiling[plane - i], plane - i + 1 < n_planes);
        plan->n_steps += n_steps;
        left -= whole > 0 ? whole : 1;
    }
}

/* How a plane is tiled of whose ones a row of the group meets so many. */
static struct sq_tiling tiling_of(const struct group *group, const struct sq_tiling_choice *choice,
                                  double events)
{
    const uint32_t kernel = group->grid->kernel, channels = group->in->n_channels;
    const struct sq_tiling_case of = {kernel, channels,          choice->row_bytes,
                                      events, choice->step_cost, choice->most_rows};
    if (choice->forced != NULL && choice->forced->n > 0)
        return *sq_tiling_forced(choice->forced, events / ((double)kernel * kernel * channels));
    return sq_tiling_choose(choice->cpu, &of);
}

void sq_spans_plan(struct sq_span_plan *plan, const struct sq_strip *strip, size_t n_strips,
                   const struct sq_spike_shape *in, const struct sq_kernel_grid *grid,
                   const struct sq_tiling_choice *choice)
{
    const struct group group = {strip, n_strips, in, grid};
    const uint32_t n_planes = planes_in_use(&group);
    struct sq_tiling tiling[SQ_MAX_PLANES];
    double events[SQ_MAX_PLANES];
    for (uint32_t plane = 0; plane < n_planes; plane++) {
        events[plane] = events_a_row(&group, plane);
        tiling[plane] = tiling_of(&group, choice, events[plane]);
    }
    plan->n_rows = 0;
    for (size_t s = 0; s < n_strips; s++)
        plan->n_rows += strip[s].n_rows;
    plan_planes(plan, &group, n_planes, tiling, events, choice->most_rows > 0 ? 1 : SQ_MAX_PLANES);
}
