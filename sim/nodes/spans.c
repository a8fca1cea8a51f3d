#include "sim/nodes/spans.h"

size_t sq_span_capacity(size_t n_rows, uint32_t kernel, uint32_t channels, uint32_t n_planes)
{
    return n_rows * n_planes * sq_tiling_max_steps(kernel, channels);
}

size_t sq_step_capacity(uint32_t kernel, uint32_t channels, uint32_t n_planes)
{
    return (size_t)n_planes * sq_tiling_max_steps(kernel, channels);
}

size_t sq_span_events(size_t n_rows, uint32_t kernel, uint32_t channels, uint32_t n_planes)
{
    return sq_quad_events(n_rows, (size_t)n_planes * kernel * kernel * channels);
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
    uint16_t shift; /* of the spans' base, which counts from the step's first weight row */
};

/* Of a linear layer's rows: all events of a row of the input. */
static void span_rows(const struct line *line, const struct sq_strip *strip, const uint32_t *begin)
{
    const uint16_t *event = strip->in->event;
    struct sq_span *span = line->span;
    begin += strip->row;
    for (uint32_t r = 0; r < strip->n_rows; r++, span += line->stride)
        *span = (struct sq_span){event + begin[r], begin[r + 1] - begin[r], 0};
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
        *span = (struct sq_span){NULL, 0, base};
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
        *at = (struct sq_span){tap.event + begin, i - begin, (uint16_t)(tap.base + first)};
        first = limit;
    }
}

/* Where the spans of one plane go: those of step k from span[k * step_stride] on. */
struct place {
    struct sq_span *span;
    size_t step_stride;
};

/* A plane of one step: the kernel lines of a row are neighbours. */
static void plan_whole(const struct place *place, const struct group *group, uint32_t plane)
{
    const uint32_t kernel = group->grid->kernel;
    struct sq_span *span = place->span;
    for (size_t s = 0; s < group->n_strips; s++) {
        const struct sq_strip *strip = &group->strip[s];
        for (uint32_t ky = 0; ky < kernel; ky++) {
            const uint16_t lines_above = (uint16_t)(kernel * ky * group->in->n_channels);
            const struct line line = {.span = span + ky,
                                      .stride = kernel,
                                      .ky = ky,
                                      .taps = kernel,
                                      .shift = (uint16_t)-lines_above};
            plan_line(&line, group, strip, plane_of(strip, group->in, plane));
        }
        span += (size_t)strip->n_rows * kernel;
    }
}

/* A plane of several steps, of which each row has one span a step. */
static void plan_tiles(const struct place *place, const struct group *group, uint32_t plane,
                       const struct sq_tiling *tiling)
{
    const uint32_t kernel = group->grid->kernel;
    struct sq_span *span = place->span;
    for (size_t s = 0; s < group->n_strips; s++) {
        const struct sq_strip *strip = &group->strip[s];
        struct line line = {.span = span, .stride = 1};
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
            }
        span += strip->n_rows;
    }
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

/* A plane, of whose ones a row of the group meets so many; behind the spans that there are.
 *   is_first   no plane stands above it */
static struct sq_span *plan_plane(struct sq_span_plan *plan, const struct group *group,
                                  struct sq_span *span, uint32_t plane,
                                  const struct sq_tiling *tiling, double events, int is_first)
{
    const uint32_t n_steps = sq_tiling_steps(tiling, group->grid->kernel);
    const uint32_t n_spans = n_steps == 1 ? group->grid->kernel : 1;
    const struct place place = {span, plan->n_rows};
    struct sq_span_step *step = &plan->step[plan->n_steps];
    if (n_steps == 1)
        plan_whole(&place, group, plane);
    else
        plan_tiles(&place, group, plane, tiling);
    for (uint32_t k = 0; k < n_steps; k++, span += (size_t)plan->n_rows * n_spans) {
        step[k] = (struct sq_span_step){.span = span, .n_spans = n_spans, .from = SQ_FROM_SUMS};
        set_rows(&step[k], group, tiling, k);
        step[k].events = events * plan->n_rows / n_steps;
    }
    step->from = is_first ? SQ_FROM_ZERO : SQ_FROM_TWICE;
    plan->n_steps += n_steps;
    return span;
}

static void lay_step(struct sq_quad_room *room, struct sq_span_step *step, uint32_t n_rows,
                     uint32_t n_in, int names_every_row)
{
    const uint32_t behind = n_in - step->first_row; /* a strip's last row */
    step->is_far = behind > UINT16_MAX;
    step->pad = (uint16_t)(step->is_far ? step->n_weight_rows : behind);
    const struct sq_quad_rows rows = {step->span, n_rows, step->n_spans, step->n_weight_rows,
                                      step->pad};
    step->quads = sq_quads_lay(room, &rows, names_every_row ? SQ_FROM_ZERO : step->from);
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
    struct sq_quad_room room = plan->room;
    struct sq_span *span = plan->span;
    plan->n_steps = plan->n_rows = 0;
    for (size_t s = 0; s < n_strips; s++)
        plan->n_rows += strip[s].n_rows;
    for (uint32_t plane = n_planes; plane-- > 0;) {
        const double events = events_a_row(&group, plane);
        const struct sq_tiling tiling = tiling_of(&group, choice, events);
        span = plan_plane(plan, &group, span, plane, &tiling, events, plane + 1 == n_planes);
    }
    for (uint32_t k = 0; k < plan->n_steps; k++)
        lay_step(&room, &plan->step[k], plan->n_rows, grid->kernel * grid->kernel * in->n_channels,
                 choice->sums_apart);
}
