/* Theorem: the lists of all planes, read back, are the counts: element i stands on plane p exactly
 * if bit p of its count is set, row by row in ascending order, as a position in its line modulo
 * 65536; nothing beside event lists and begins is touched. */
#include "kernels/pack/counts.h"

#include "test/kernels/kernel_test.h"

enum { N_CASES = 200 };

struct counts_case {
    struct sq_spike_shape shape;
    size_t n, plane_room;
    uint32_t *count;
    uint16_t *event;
    uint32_t *begin;
    size_t event_bytes, begin_bytes;
};

/* One case in five has lines longer than 65536 positions. */
static struct counts_case draw_case(uint64_t seed)
{
    struct sq_rng rng = {seed};
    const bool wraps = sq_rng_below(&rng, 5) == 0;
    struct counts_case c = {.shape = {.n_rows = (uint32_t)sq_rng_below(&rng, 60),
                                      .n_channels = 1 + (uint32_t)sq_rng_below(&rng, 3),
                                      .n_planes = 1 + (uint32_t)sq_rng_below(&rng, 25),
                                      .line_rows = 1 + (uint32_t)sq_rng_below(&rng, 12)}};
    if (wraps)
        c.shape = (struct sq_spike_shape){
            .n_rows = 150, .n_channels = 500, .n_planes = 3, .line_rows = 140};
    const double rate = draw_rate(&rng);
    c.n = (size_t)c.shape.n_rows * c.shape.n_channels;
    c.plane_room = c.n + sq_rng_below(&rng, 4);
    c.count = calloc(c.n + 1, sizeof *c.count);
    for (size_t i = 0; i < c.n; i++)
        if (sq_rng_unit(&rng) < rate)
            c.count[i] = (uint32_t)sq_rng_below(&rng, (uint64_t)1 << c.shape.n_planes);
    c.event_bytes = c.shape.n_planes * c.plane_room * sizeof *c.event;
    c.begin_bytes = c.shape.n_planes * ((size_t)c.shape.n_rows + 1) * sizeof *c.begin;
    c.event = guarded_new(c.event_bytes);
    c.begin = guarded_new(c.begin_bytes);
    return c;
}

static bool free_case(struct counts_case *c)
{
    free(c->count);
    return guarded_free(c->event, c->event_bytes) & guarded_free(c->begin, c->begin_bytes);
}

/* One plane's lists are those of the definition. */
static bool plane_is_right(const struct counts_case *c, uint32_t plane)
{
    const struct sq_spike_shape *shape = &c->shape;
    const uint32_t *begin = c->begin + plane * ((size_t)shape->n_rows + 1);
    uint32_t at = (uint32_t)(plane * c->plane_room);
    for (uint32_t r = 0; r < shape->n_rows; r++) {
        if (begin[r] != at)
            return false;
        for (uint32_t ch = 0; ch < shape->n_channels; ch++)
            if (c->count[(size_t)r * shape->n_channels + ch] >> plane & 1)
                if (c->event[at++] != (uint16_t)(r % shape->line_rows * shape->n_channels + ch))
                    return false;
    }
    return begin[shape->n_rows] == at;
}

static bool lists_are_right(const struct counts_case *c)
{
    for (uint32_t p = 0; p < c->shape.n_planes; p++)
        if (!plane_is_right(c, p))
            return false;
    return true;
}

START_TEST(every_bit_of_every_count_is_listed)
{
    for (uint64_t seed = 0; seed < N_CASES; seed++) {
        struct counts_case c = draw_case(seed);
        sq_list_counts(c.event, c.plane_room, c.begin, c.count, &c.shape);
        const bool right = lists_are_right(&c);
        ck_assert_msg(free_case(&c) && right, "seed %ju", (uintmax_t)seed);
    }
}
END_TEST

/* A planted fault: the counts are taken for spikes. */
START_TEST(planted_fault_is_found)
{
    unsigned n_found = 0;
    for (uint64_t seed = 0; seed < N_CASES; seed++) {
        struct counts_case c = draw_case(seed);
        uint32_t *spike = calloc(c.n + 1, sizeof *spike);
        for (size_t i = 0; i < c.n; i++)
            spike[i] = c.count[i] != 0;
        sq_list_counts(c.event, c.plane_room, c.begin, spike, &c.shape);
        n_found += !lists_are_right(&c);
        free(spike);
        ck_assert(free_case(&c));
    }
    ck_assert_uint_gt(n_found, N_CASES / 4);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("pack");
    TCase *t = tcase_create("counts");
    tcase_add_test(t, every_bit_of_every_count_is_listed);
    tcase_add_test(t, planted_fault_is_found);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
