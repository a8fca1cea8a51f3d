/* Runs: interpreted one by one, the spans of a plan add, to every output row, each input's weight
 * row exactly as often as its value says, in the order that docs/numerics.md fixes. */
#include "sim/nodes/spans.h"

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
    p.spikes.event = calloc(n * n_planes + 1, sizeof *p.spikes.event);
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

static struct sq_span *new_runs(size_t capacity)
{
    struct sq_span *span = malloc((capacity + CANARY) * sizeof *span);
    memset(span, 0x5a, (capacity + CANARY) * sizeof *span);
    return span;
}

static void require_canary(const struct sq_span *span, size_t capacity)
{
    const unsigned char *byte = (const unsigned char *)(span + capacity);
    for (size_t i = 0; i < CANARY * sizeof *span; i++)
        if (byte[i] != 0x5a)
            ck_abort_msg("the plan is longer than its capacity %zu", capacity);
}

/* Add up one row as the kernel does; weight row i counts into total[i]. Within a plane the rows
 * met must ascend. */
static void interpret_linear(const struct sq_span_plan *plan, uint32_t row, uint32_t *total,
                             uint32_t n_channels, uint32_t n_tiles)
{
    int64_t last = -1;
    memset(total, 0, n_channels * sizeof *total);
    for (uint32_t step = 0; step < plan->n_steps; step++) {
        const struct sq_span *span = &plan->span[(size_t)step * plan->n_rows + row];
        const int is_new_plane = step % n_tiles == 0;
        if (!!span->twice != (is_new_plane && step > 0))
            ck_abort_msg("step %u of row %u: twice is %u", step, row, span->twice);
        for (uint32_t i = 0; span->twice && i < n_channels; i++)
            total[i] *= 2;
        last = is_new_plane ? -1 : last;
        for (uint32_t i = 0; i < span->n_events; i++) {
            const uint32_t at = span->first + (uint16_t)(span->event[i] - span->base);
            if (at >= n_channels || (int64_t)at <= last)
                ck_abort_msg("step %u of row %u meets weight row %u", step, row, at);
            last = at;
            total[at]++;
        }
    }
}

/* Steps are tiles: all events of a step share `tile` weight rows. */
static void require_tiles(const struct sq_span_plan *plan, uint32_t n_tiles, size_t tile)
{
    for (uint32_t step = 0; step < plan->n_steps; step++)
        for (uint32_t row = 0; row < plan->n_rows; row++) {
            const struct sq_span *span = &plan->span[(size_t)step * plan->n_rows + row];
            for (uint32_t i = 0; i < span->n_events; i++)
                if (span->event[i] / tile != step % n_tiles)
                    ck_abort_msg("event %u in tile %u of %zu rows", span->event[i], step % n_tiles,
                                 tile);
        }
}

/* Two strips of two timesteps, of any rows. */
static void check_linear(struct sq_rng *rng, uint32_t n_rows, uint32_t channels, uint32_t planes,
                         size_t tile, double rate)
{
    struct packet p[2] = {draw_packet(rng, n_rows, channels, planes, 1, rate),
                          draw_packet(rng, n_rows, channels, planes, 1, rate / 2)};
    const uint32_t from = (uint32_t)sq_rng_below(rng, n_rows);
    const struct sq_strip strip[2] = {{&p[0].spikes, 0, from, n_rows - from},
                                      {&p[1].spikes, 1, 0, n_rows}};
    const size_t capacity = sq_span_capacity(2 * (size_t)n_rows, channels, planes);
    struct sq_span_plan plan = {.span = new_runs(capacity)};
    sq_spans_linear(&plan, strip, 2, &p[0].shape, tile);
    const size_t rows_a_tile = tile < 64 ? 64 : tile;
    const uint32_t n_tiles = (uint32_t)((channels + rows_a_tile - 1) / rows_a_tile);
    ck_assert_uint_eq(plan.n_spans, 1);
    ck_assert_uint_eq(plan.n_rows, 2 * n_rows - from);
    ck_assert_uint_eq(plan.n_steps % n_tiles, 0);
    require_tiles(&plan, n_tiles, rows_a_tile);
    uint32_t *total = calloc(channels, sizeof *total);
    for (uint32_t row = 0; row < plan.n_rows; row++) {
        const int second = row >= n_rows - from;
        const uint32_t *want =
            p[second].value + (size_t)(second ? row - (n_rows - from) : row + from) * channels;
        interpret_linear(&plan, row, total, channels, n_tiles);
        ck_assert_mem_eq(total, want, channels * sizeof *total);
    }
    require_canary(plan.span, capacity);
    free(total);
    free(plan.span);
    free_packet(&p[0]);
    free_packet(&p[1]);
}

START_TEST(linear_plans_add_every_value)
{
    static const uint32_t channels[] = {1, 63, 64, 65, 100, 200, 384};
    static const size_t tile[] = {1, 64, 100, 128, 192, 100000};
    struct sq_rng rng = {(uint64_t)_i};
    for (size_t i = 0; i < sizeof channels / sizeof channels[0]; i++)
        for (size_t k = 0; k < sizeof tile / sizeof tile[0]; k++)
            check_linear(&rng, 1 + (uint32_t)sq_rng_below(&rng, 9), channels[i],
                         1 + (uint32_t)sq_rng_below(&rng, 3), tile[k], _i * 0.25);
}
END_TEST

/* How a kernel's events are listed: by lines of the grid, or, where it is one tap wide, by rows. */
struct kernel_plan {
    struct kernel_case of;
    struct sq_span_plan plan;
    uint32_t channels;
};

/* Value of channel c of the input pixel that tap (ky, kx) of output (y, x) meets; 0 beyond the border. */
static uint32_t value_at(const struct kernel_plan *k, const struct packet *p, int64_t y, int64_t x,
                         uint32_t c)
{
    if (y < 0 || y >= k->of.height || x < 0 || x >= k->of.width)
        return 0;
    return p->value[(size_t)(y * k->of.width + x) * k->channels + c];
}

/* On one plane: kernel line ky meets, in order of taps and channels, weight rows (kernel ky + kx) * C + c. */
static void require_kernel_line(const struct kernel_plan *k, const struct packet *p, uint32_t plane,
                                const struct sq_span *span, uint32_t y, uint32_t x, uint32_t ky)
{
    uint32_t at = 0;
    for (uint32_t kx = 0; kx < k->of.kernel; kx++)
        for (uint32_t c = 0; c < k->channels; c++) {
            const uint32_t value = value_at(k, p, (int64_t)y * k->of.stride + ky - k->of.padding,
                                            (int64_t)x * k->of.stride + kx - k->of.padding, c);
            const uint32_t want = (k->of.kernel * ky + kx) * k->channels + c;
            if ((value >> plane & 1) == 0)
                continue;
            if (at >= span->n_events ||
                span->first + (uint16_t)(span->event[at] - span->base) != want)
                ck_abort_msg("%s, plane %u, output %u, %u: tap %u, %u, channel %u is not met",
                             describe_kernel_case(&k->of), plane, y, x, ky, kx, c);
            at++;
        }
    if (at != span->n_events)
        ck_abort_msg("%s, plane %u, output %u, %u meets more than its taps",
                     describe_kernel_case(&k->of), plane, y, x);
}

/* All steps of one row of the plan: planes from high to low, doubled in between. */
static void require_kernel_row(const struct kernel_plan *k, const struct packet *p, uint32_t row,
                               uint32_t output)
{
    const uint32_t out_width = kernel_case_out(&k->of, k->of.width);
    for (uint32_t step = 0; step < k->plan.n_steps; step++) {
        const struct sq_span *span =
            k->plan.span + ((size_t)step * k->plan.n_rows + row) * k->of.kernel;
        for (uint32_t ky = 0; ky < k->of.kernel; ky++) {
            require_kernel_line(k, p, k->plan.n_steps - 1 - step, span + ky, output / out_width,
                                output % out_width, ky);
            if (!!span[ky].twice != (step > 0 && ky == 0))
                ck_abort_msg("step %u, kernel line %u: twice is %u", step, ky, span[ky].twice);
        }
    }
}

/* No value is beyond the planes that the plan adds. */
static void require_planes(const struct packet *p, uint32_t n_steps)
{
    for (size_t i = 0; i < (size_t)p->shape.n_rows * p->shape.n_channels; i++)
        if (p->value[i] >> n_steps != 0)
            ck_abort_msg("a value %u, but %u planes", p->value[i], n_steps);
}

/* Two strips of two timesteps, of any rows. */
static void check_kernel(struct sq_rng *rng, const struct kernel_case *of, uint32_t channels,
                         uint32_t planes, double rate)
{
    struct kernel_plan k = {.of = *of, .channels = channels};
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
    const size_t capacity = sq_span_capacity_kernel(2 * (size_t)n_out - from, of->kernel, planes);
    k.plan.span = new_runs(capacity);
    sq_spans_kernel(&k.plan, strip, 2, &p[0].shape, &grid);
    ck_assert_uint_eq(k.plan.n_spans, of->kernel);
    ck_assert_uint_le(k.plan.n_steps, planes);
    ck_assert_uint_eq(k.plan.n_rows, 2 * n_out - from);
    for (uint32_t row = 0; row < k.plan.n_rows; row++) {
        const int second = row >= n_out - from;
        require_kernel_row(&k, &p[second], row, second ? row - (n_out - from) : row + from);
    }
    require_planes(&p[0], k.plan.n_steps);
    require_planes(&p[1], k.plan.n_steps);
    require_canary(k.plan.span, capacity);
    free(k.plan.span);
    free_packet(&p[0]);
    free_packet(&p[1]);
}

START_TEST(kernel_plans_meet_every_tap)
{
    static const uint32_t channels[] = {1, 3, 16, 65};
    struct sq_rng rng = {(uint64_t)_i};
    for (int i = 0; i < 12; i++) {
        const struct kernel_case of = draw_kernel_case(&rng);
        check_kernel(&rng, &of, channels[i % 4], 1 + (uint32_t)sq_rng_below(&rng, 4),
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
        check_kernel(&rng, &of, 5, 1 + (uint32_t)i % 3, _i * 0.25);
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
    for (size_t i = 0; i < sizeof wide / sizeof wide[0]; i++)
        check_kernel(&rng, &wide[i].of, wide[i].channels, 1 + (uint32_t)i % 2, wide[i].rate);
}
END_TEST

static Suite *runs_suite(void)
{
    Suite *suite = suite_create("runs");
    TCase *tests = tcase_create("interpreted");
    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, linear_plans_add_every_value, 0, 5);
    tcase_add_loop_test(tests, kernel_plans_meet_every_tap, 0, 20);
    tcase_add_loop_test(tests, usual_kernels_on_small_grids, 0, 5);
    tcase_add_test(tests, positions_wrap_around);
    suite_add_tcase(suite, tests);
    return suite;
}

SQ_TEST_MAIN(runs_suite())
