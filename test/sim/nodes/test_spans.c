/* Spans: read one by one, the quads of a plan meet, for every output row, the weight row of each input once
 * on each bit plane of its value, in the order that docs/numerics.md fixes, however the planes are tiled. */
#include "sim/nodes/spans.h"

#include "kernels/pack/list.h"

#include "test/sim/nodes/kernel_case.h"

#include <string.h>

enum { CANARY = 4 };

/* A random packet, its event lists made by hand from the invariants of spikes.h. */
struct packet {
    struct sq_spike_shape shape;
    struct sq_spikes spikes;
    uint32_t *value; /* [rows][channels] */
};

static void list_plane(struct packet *p, uint32_t plane, uint32_t *at)
{
    uint32_t *begin = p->spikes.begin + (size_t)plane * (p->shape.n_rows + 1);
    for (uint32_t row = 0; row < p->shape.n_rows; row++) {
        begin[row] = *at;
        for (uint32_t c = 0; c < p->shape.n_channels; c++)
            if (p->value[(size_t)row * p->shape.n_channels + c] >> plane & 1)
                p->spikes.event[(*at)++] =
                    (uint16_t)(row % p->shape.line_rows * p->shape.n_channels + c);
    }
    begin[p->shape.n_rows] = *at;
}

static struct packet draw_packet(struct sq_rng *rng, uint32_t n_rows, uint32_t n_channels,
                                 uint32_t n_planes, uint32_t line_rows, double rate)
{
    struct packet p = {.shape = {n_rows, n_channels, 0, n_planes, line_rows}};
    const size_t n = (size_t)n_rows * n_channels;
    uint32_t at = 0;
    p.value = calloc(n, sizeof *p.value);
    p.spikes.event = calloc(n * n_planes + SQ_LIST_PADDING, sizeof *p.spikes.event);
    p.spikes.begin = calloc((size_t)n_planes * (n_rows + 1), sizeof *p.spikes.begin);
    for (size_t i = 0; i < n; i++)
        if (sq_rng_unit(rng) < rate)
            p.value[i] = 1 + (uint32_t)sq_rng_below(rng, (1u << n_planes) - 1);
    for (uint32_t plane = 0; plane < n_planes; plane++)
        list_plane(&p, plane, &at);
    return p;
}

static void free_packet(struct packet *p)
{
    free(p->value);
    free(p->spikes.event);
    free(p->spikes.begin);
}

static void *new_entries(size_t capacity, size_t bytes)
{
    void *entry = malloc((capacity + CANARY) * bytes);
    memset(entry, 0x5a, (capacity + CANARY) * bytes);
    return entry;
}

static void require_canary(const void *entry, size_t capacity, size_t bytes)
{
    const unsigned char *byte = (const unsigned char *)entry + capacity * bytes;
    for (size_t i = 0; i < CANARY * bytes; i++)
        if (byte[i] != 0x5a)
            ck_abort_msg("the plan is longer than its capacity %zu", capacity);
}

/* A plan and what it is of. */
struct planned {
    struct kernel_case of;
    struct sq_span_plan plan;
    struct sq_tiling tiling; /* of all planes; taps 0: each plane its own */
    uint32_t channels;
};

/* One row, step by step, as its quads have it: where the next event is looked for. */
struct reader {
    const struct planned *k;
    uint32_t row, step, event;
    uint32_t doubled; /* the step whose doubling was met */
};

/* The entries of a row in a step's quads; NULL if it is left out. */
static const uint16_t *entries_of(const struct sq_quads *quads, uint32_t row, uint32_t *n)
{
    const uint16_t *event = quads->event;
    for (size_t q = 0; q < quads->n; q++) {
        *n = quads->quad[q].n_events;
        for (size_t i = 0; i < SQ_QUAD; i++)
            if (quads->quad[q].row[i] == row)
                return event + i;
        event += (size_t)*n * SQ_QUAD;
    }
    return NULL;
}

/* Weight row of the next event, or UINT32_MAX behind the last one of this plane: the next step doubles. */
static uint32_t next_event(struct reader *at)
{
    for (; at->step < at->k->plan.n_steps; at->step++, at->event = 0) {
        const struct sq_span_step *step = &at->k->plan.step[at->step];
        const unsigned shift = step->quads.is_scaled ? SQ_EVENT_SHIFT : 0;
        uint32_t n = 0;
        if (step->from == SQ_FROM_TWICE && at->doubled != at->step)
            return UINT32_MAX;
        const uint16_t *const entry = entries_of(&step->quads, at->row, &n);
        if (entry == NULL && step->from != SQ_FROM_SUMS)
            ck_abort_msg("row %u is left out where its sums begin", at->row);
        if (entry == NULL || at->event == n)
            continue;
        const uint32_t met = entry[(size_t)at->event++ * SQ_QUAD] >> shift;
        if (met == step->pad)
            continue; /* and so are all behind it */
        ck_assert_uint_lt(met, step->n_weight_rows);
        return step->first_row + met;
    }
    return UINT32_MAX;
}

/* Value of channel c of the input pixel that tap (ky, kx) of output (y, x) meets; 0 beyond the border. */
static uint32_t value_at(const struct planned *k, const struct packet *p, int64_t y, int64_t x,
                         uint32_t c)
{
    if (y < 0 || y >= k->of.height || x < 0 || x >= k->of.width)
        return 0;
    return p->value[(size_t)(y * k->of.width + x) * k->channels + c];
}

/* On one plane: taps in order, channels ascending, weight rows (kernel ky + kx) * C + c. */
static void require_plane(struct reader *at, const struct packet *p, uint32_t plane, uint32_t y,
                          uint32_t x)
{
    const struct planned *k = at->k;
    for (uint32_t tap = 0; tap < k->of.kernel * k->of.kernel; tap++)
        for (uint32_t c = 0; c < k->channels; c++) {
            const int64_t line = (int64_t)y * k->of.stride + tap / k->of.kernel - k->of.padding;
            const int64_t column = (int64_t)x * k->of.stride + tap % k->of.kernel - k->of.padding;
            if ((value_at(k, p, line, column, c) >> plane & 1) == 0)
                continue;
            const uint32_t met = next_event(at);
            if (met != tap * k->channels + c)
                ck_abort_msg("%s, plane %u, output %u, %u: weight row %u where tap %u, channel %u",
                             describe_kernel_case(&k->of), plane, y, x, met, tap, c);
        }
    if (next_event(at) != UINT32_MAX)
        ck_abort_msg("%s, plane %u, output %u, %u meets more than its taps",
                     describe_kernel_case(&k->of), plane, y, x);
}

/* Planes from the highest that the plan adds: as many as its steps double, and one. */
static void require_row(const struct planned *k, const struct packet *p, uint32_t row,
                        uint32_t output)
{
    const uint32_t out_width = kernel_case_out(&k->of, k->of.width);
    struct reader at = {.k = k, .row = row};
    uint32_t plane = 1;
    ck_assert_int_eq(k->plan.step[0].from, SQ_FROM_ZERO);
    for (uint32_t s = 1; s < k->plan.n_steps; s++) {
        ck_assert_int_ne(k->plan.step[s].from, SQ_FROM_ZERO);
        plane += k->plan.step[s].from == SQ_FROM_TWICE;
    }
    for (size_t i = 0; i < (size_t)p->shape.n_rows * p->shape.n_channels; i++)
        if (p->value[i] >> (plane - 1) >> 1 != 0)
            ck_abort_msg("a value %u, but %u planes", p->value[i], plane);
    for (; plane > 0; plane--) {
        require_plane(&at, p, plane - 1, output / out_width, output % out_width);
        ck_assert(plane == 1 ? at.step == k->plan.n_steps
                             : k->plan.step[at.step].from == SQ_FROM_TWICE);
        at.doubled = at.step;
    }
}

/* All events of a step lie in the weight rows of one tile. */
static void require_tiles(const struct planned *k)
{
    const struct sq_tiling *tiling = &k->tiling;
    const uint32_t n_steps = sq_tiling_steps(tiling, k->of.kernel);
    const uint32_t line = k->of.kernel * k->channels;
    const uint32_t pieces = (k->of.kernel + tiling->taps - 1) / tiling->taps;
    for (uint32_t s = 0; n_steps > 1 && s < k->plan.n_steps; s++) {
        const uint32_t tile = s % n_steps, part = tile % tiling->parts;
        const uint32_t piece = tile / tiling->parts;
        const uint32_t from = piece / pieces * line + piece % pieces * tiling->taps * k->channels +
                              part * tiling->part_rows;
        const uint32_t rows = tiling->parts > 1 ? tiling->part_rows : tiling->taps * k->channels;
        const struct sq_span_step *step = &k->plan.step[s];
        ck_assert_uint_eq(step->first_row, from);
        ck_assert_uint_le(step->n_weight_rows, rows); /* no event lies behind: next_event() */
    }
}

static struct sq_tiling draw_tiling(struct sq_rng *rng, uint32_t kernel, uint32_t channels)
{
    const uint32_t most = channels < SQ_MAX_PARTS ? channels : SQ_MAX_PARTS;
    switch (sq_rng_below(rng, 4)) {
    case 0:
        return (struct sq_tiling){kernel, kernel, 1, channels};
    case 1:
        return (struct sq_tiling){1, 1 + (uint32_t)sq_rng_below(rng, kernel), 1, channels};
    default: {
        const uint32_t rows = (channels + most - 1) / (1 + (uint32_t)sq_rng_below(rng, most));
        const uint32_t at_least = (channels + SQ_MAX_PARTS - 1) / SQ_MAX_PARTS;
        const uint32_t part = rows > at_least ? rows : at_least;
        return (struct sq_tiling){1, 1, (channels + part - 1) / part, part};
    }
    }
}

/* Two strips of two timesteps, of any rows; tiled as drawn, and as chosen for some cache. */
static void check_plan(struct sq_rng *rng, const struct kernel_case *of, uint32_t channels,
                       uint32_t planes, double rate)
{
    struct planned k = {.of = *of, .channels = channels};
    const uint32_t out_width = kernel_case_out(of, of->width);
    const uint32_t n_out = kernel_case_out(of, of->height) * out_width;
    const uint32_t n_in = of->height * of->width;
    const uint32_t line_rows = of->kernel == 1 && sq_rng_below(rng, 2) ? 1 : of->width;
    struct packet p[2] = {draw_packet(rng, n_in, channels, planes, line_rows, rate),
                          draw_packet(rng, n_in, channels, planes, line_rows, rate / 8)};
    const uint32_t from = (uint32_t)sq_rng_below(rng, n_out);
    const struct sq_strip strip[2] = {{&p[0].spikes, 0, from, n_out - from},
                                      {&p[1].spikes, 1, 0, n_out}};
    const struct sq_kernel_grid grid = {of->height, of->width,  out_width,
                                        of->kernel, of->stride, of->padding};
    const struct sq_cpu cpu = {.l1_bytes = (size_t)1024 << sq_rng_below(rng, 7),
                               .l2_bytes = (size_t)1 << 20};
    k.tiling = draw_tiling(rng, of->kernel, channels);
    const int is_far = of->kernel * of->kernel * channels > UINT16_MAX;
    const int is_chosen =
        is_far && k.tiling.lines > 1 ? 1 : sq_rng_below(rng, 2) && channels <= 512;
    const uint32_t most_rows = sq_rng_below(rng, 2) ? SQ_LARGE_PART : 0;
    const struct sq_forced_tiling drawn_tiling = {0, k.tiling};
    const struct sq_forced_tilings forced = {&drawn_tiling, is_chosen ? 0 : 1};
    const uint32_t n_in_rows = of->kernel * of->kernel * channels;
    const struct sq_tiling_choice choice = {&forced,
                                            &cpu,
                                            64,
                                            3,
                                            (int)sq_rng_below(rng, 2),
                                            is_far && most_rows == 0 ? SQ_FAR_ROWS : most_rows};
    const uint32_t most = sq_tiling_max_steps(of->kernel, channels);
    const uint32_t drawn = sq_tiling_steps(&k.tiling, of->kernel);
    const size_t n_rows = 2 * (size_t)n_out - from;
    const size_t n_steps = (size_t)planes * (most > drawn ? most : drawn);
    const size_t n_spans = n_rows * (n_steps > planes * of->kernel ? n_steps : planes * of->kernel);
    k.plan.span = new_entries(n_spans, sizeof *k.plan.span);
    k.plan.step = new_entries(n_steps, sizeof *k.plan.step);
    const size_t n_quads = n_steps * sq_quad_count(n_rows);
    const size_t n_events = sq_span_events(n_rows, of->kernel, channels, planes);
    struct sq_quad_room *room = &k.plan.room;
    room->quad = new_entries(n_quads, sizeof *room->quad);
    room->event = new_entries(n_events, sizeof *room->event);
    room->begin = new_entries(n_in_rows + 2, sizeof *room->begin);
    room->order = new_entries(n_rows + SQ_QUAD, sizeof *room->order);
    for (size_t r = 0; r < SQ_QUAD; r++)
        room->list[r] = new_entries(n_in_rows + 8, sizeof *room->list[r]);
    sq_spans_plan(&k.plan, strip, 2, &p[0].shape, &grid, &choice);
    ck_assert_uint_eq(k.plan.n_rows, n_rows);
    if (!is_chosen)
        require_tiles(&k);
    for (uint32_t s = 0; is_chosen && most_rows > 0 && s < k.plan.n_steps; s++) {
        ck_assert_uint_le(k.plan.step[s].n_weight_rows, most_rows);
        ck_assert_uint_le(k.plan.step[s].n_spans, of->kernel);
    }
    for (uint32_t s = 0; s < k.plan.n_steps;
         s++) { /* the row that adds nothing is a strip's last, or behind the tile */
        const struct sq_span_step *step = &k.plan.step[s];
        const uint32_t behind = n_in_rows - step->first_row;
        uint32_t n = 0;
        for (uint32_t row = 0; choice.sums_apart && row < k.plan.n_rows; row++)
            ck_assert_ptr_nonnull(entries_of(&step->quads, row, &n));
        ck_assert_int_eq(step->is_far, behind > UINT16_MAX);
        ck_assert_uint_eq(step->pad, (step->is_far ? step->n_weight_rows : behind));
    }
    for (uint32_t row = 0; row < k.plan.n_rows; row++) {
        const int second = row >= n_out - from;
        require_row(&k, &p[second], row, second ? row - (n_out - from) : row + from);
    }
    require_canary(k.plan.span, n_spans, sizeof *k.plan.span);
    require_canary(k.plan.step, n_steps, sizeof *k.plan.step);
    require_canary(room->quad, n_quads, sizeof *room->quad);
    require_canary(room->event, n_events, sizeof *room->event);
    require_canary(room->begin, n_in_rows + 2, sizeof *room->begin);
    require_canary(room->order, n_rows + SQ_QUAD, sizeof *room->order);
    free(room->quad);
    free(room->event);
    free(room->begin);
    free(room->order);
    for (size_t r = 0; r < SQ_QUAD; r++) {
        require_canary(room->list[r], n_in_rows + 8, sizeof *room->list[r]);
        free(room->list[r]);
    }
    free(k.plan.span);
    free(k.plan.step);
    free_packet(&p[0]);
    free_packet(&p[1]);
}

/* A linear layer: rows of tokens, a kernel of one tap. */
START_TEST(linear_plans_meet_every_event)
{
    static const uint32_t channels[] = {1, 63, 64, 65, 100, 200, 384};
    struct sq_rng rng = {(uint64_t)_i};
    for (size_t i = 0; i < sizeof channels / sizeof channels[0]; i++)
        for (int k = 0; k < 6; k++) {
            const struct kernel_case of = {1 + (uint32_t)sq_rng_below(&rng, 9), 1, 1, 1, 0};
            check_plan(&rng, &of, channels[i], 1 + (uint32_t)sq_rng_below(&rng, 3), _i * 0.25);
        }
}
END_TEST

START_TEST(kernel_plans_meet_every_tap)
{
    static const uint32_t channels[] = {1, 3, 16, 65, 130};
    struct sq_rng rng = {(uint64_t)_i};
    for (int i = 0; i < 15; i++) {
        const struct kernel_case of = draw_kernel_case(&rng);
        check_plan(&rng, &of, channels[i % 5], 1 + (uint32_t)sq_rng_below(&rng, 4),
                   0.25 * (double)sq_rng_below(&rng, 5));
    }
}
END_TEST

/* Those that every network has, on grids of all small sizes. */
START_TEST(usual_kernels_on_small_grids)
{
    static const uint32_t size[][2] = {{1, 1}, {1, 5}, {5, 1}, {2, 2}, {3, 4}, {7, 6}};
    struct sq_rng rng = {(uint64_t)_i};
    for (size_t i = 0; i < sizeof size / sizeof size[0]; i++) {
        const struct kernel_case of = {size[i][0], size[i][1], 3, 1, 1};
        check_plan(&rng, &of, 5, 1 + (uint32_t)i % 3, _i * 0.25);
    }
}
END_TEST

/* Positions are taken modulo 65536: lines of more elements than that, kernels as wide as allowed. */
START_TEST(positions_wrap_around)
{
    static const struct {
        struct kernel_case of;
        uint32_t channels;
        double rate;
    } wide[] = {{{3, 300, 3, 1, 1}, 384, 0.05},
                {{2, 5, 3, 1, 1}, 65535 / 3, 0.01},
                {{3, 200, 1, 4, 0}, 384, 0.05},
                {{4, 90, 7, 2, 3}, 65535 / 7, 0.001}};
    struct sq_rng rng = {5};
    for (size_t i = 0; i < 3 * sizeof wide / sizeof wide[0]; i++)
        check_plan(&rng, &wide[i / 3].of, wide[i / 3].channels, 1 + (uint32_t)i % 2,
                   wide[i / 3].rate);
}
END_TEST

static Suite *spans_suite(void)
{
    Suite *suite = suite_create("spans");
    TCase *tests = tcase_create("interpreted");
    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, linear_plans_meet_every_event, 0, 5);
    tcase_add_loop_test(tests, kernel_plans_meet_every_tap, 0, 20);
    tcase_add_loop_test(tests, usual_kernels_on_small_grids, 0, 5);
    tcase_add_test(tests, positions_wrap_around);
    suite_add_tcase(suite, tests);
    return suite;
}

SQ_TEST_MAIN(spans_suite())
