/* Runs: interpreted one by one, the spans of a plan add, to every output row, each input's weight
 * row exactly as often as its value says, in the order that docs/numerics.md fixes. */
#include "sim/nodes/spans.h"

#include "test/unit.h"

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
    const struct sq_strip strip[2] = {{&p[0].spikes, NULL, 0, from, n_rows - from},
                                      {&p[1].spikes, NULL, 1, 0, n_rows}};
    const size_t capacity = sq_span_capacity(2 * (size_t)n_rows, channels, planes, 0);
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

/* Tap (ky, kx) of output (y, x) meets the events of pixel (y + ky - 1, x + kx - 1), in ascending
 * order of channel, at weight row (3 ky + kx) * C + c. */
static void require_kernel_row(const struct packet *p, const struct sq_span *span, int64_t height,
                               int64_t width, int64_t y, int64_t x)
{
    const uint32_t channels = p->shape.n_channels;
    for (int64_t ky = 0; ky < 3; ky++) {
        uint32_t at = 0;
        for (int64_t kx = 0; kx < 3; kx++) {
            const int64_t from_y = y + ky - 1, from_x = x + kx - 1;
            if (from_y < 0 || from_y >= height || from_x < 0 || from_x >= width)
                continue;
            const uint32_t *value = p->value + (size_t)(from_y * width + from_x) * channels;
            for (uint32_t c = 0; c < channels; c++) {
                if (value[c] == 0)
                    continue;
                const uint32_t want = (uint32_t)(3 * ky + kx) * channels + c;
                if (at >= span[ky].n_events ||
                    span[ky].first + (uint16_t)(span[ky].event[at] - span[ky].base) != want)
                    ck_abort_msg("output %lld, %lld: tap %lld, %lld, channel %u is not met",
                                 (long long)y, (long long)x, (long long)ky, (long long)kx, c);
                at++;
            }
        }
        if (at != span[ky].n_events || span[ky].twice)
            ck_abort_msg("output %lld, %lld meets more than its taps", (long long)y, (long long)x);
    }
}

static void check_kernel(struct sq_rng *rng, uint32_t height, uint32_t width, uint32_t channels,
                         double rate)
{
    struct packet p = draw_packet(rng, height * width, channels, 1, width, rate);
    const uint32_t from = (uint32_t)sq_rng_below(rng, height * width);
    const uint32_t n_rows = height * width - from;
    const struct sq_strip strip = {&p.spikes, NULL, 0, from, n_rows};
    const size_t capacity = sq_span_capacity(n_rows, 9 * channels, 1, 1);
    struct sq_span_plan plan = {.span = new_runs(capacity)};
    sq_spans_kernel(&plan, &strip, 1, &p.shape, height, width);
    ck_assert_uint_eq(plan.n_spans, 3);
    ck_assert_uint_eq(plan.n_steps, 1);
    ck_assert_uint_eq(plan.n_rows, n_rows);
    for (uint32_t row = 0; row < n_rows; row++)
        require_kernel_row(&p, plan.span + 3 * (size_t)row, height, width, (from + row) / width,
                           (from + row) % width);
    require_canary(plan.span, capacity);
    free(plan.span);
    free_packet(&p);
}

START_TEST(kernel_plans_meet_every_tap)
{
    static const uint32_t size[][2] = {{1, 1}, {1, 5}, {5, 1}, {2, 2}, {3, 4}, {7, 6}};
    static const uint32_t channels[] = {1, 3, 16, 65};
    struct sq_rng rng = {(uint64_t)_i};
    for (size_t i = 0; i < sizeof size / sizeof size[0]; i++)
        for (size_t k = 0; k < sizeof channels / sizeof channels[0]; k++)
            check_kernel(&rng, size[i][0], size[i][1], channels[k], _i * 0.25);
}
END_TEST

/* Positions are taken modulo 65536: lines of more elements than that, kernels as wide as allowed.
 */
START_TEST(positions_wrap_around)
{
    struct sq_rng rng = {5};
    check_kernel(&rng, 3, 300, 384, 0.05);
    check_kernel(&rng, 2, 5, 65535 / 3, 0.01);
}
END_TEST

static Suite *runs_suite(void)
{
    Suite *suite = suite_create("runs");
    TCase *tests = tcase_create("interpreted");
    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, linear_plans_add_every_value, 0, 5);
    tcase_add_loop_test(tests, kernel_plans_meet_every_tap, 0, 5);
    tcase_add_test(tests, positions_wrap_around);
    suite_add_tcase(suite, tests);
    return suite;
}

SQ_TEST_MAIN(runs_suite())
