/* Theorem: the lists of all planes, read back, are the counts: element (y, x, c) stands on plane p
 * exactly if bit p of its count is set, lines one after the other, in a line ascending by pixel,
 * then channel; nothing beside event lists and begins is touched. */
#include "kernels/pack/counts.h"

#include "test/kernels/kernel_test.h"

enum { N_CASES = 200 };

struct counts_case {
    struct sq_count_shape shape;
    size_t n, plane_room;
    uint32_t *count;
    struct sq_pixel_event *event;
    uint32_t *begin;
    size_t event_bytes, begin_bytes;
};

static struct counts_case draw_case(uint64_t seed)
{
    struct sq_rng rng = {seed};
    struct counts_case c = {.shape = {.height = (uint32_t)sq_rng_below(&rng, 12),
                                      .width = 1 + (uint32_t)sq_rng_below(&rng, 40),
                                      .n_channels = 1 + (uint32_t)sq_rng_below(&rng, 3),
                                      .n_planes = 1 + (uint32_t)sq_rng_below(&rng, 25)}};
    const double rate = draw_rate(&rng);
    c.n = (size_t)c.shape.height * c.shape.width * c.shape.n_channels;
    c.plane_room = c.n + sq_rng_below(&rng, 4);
    c.count = calloc(c.n + 1, sizeof *c.count);
    for (size_t i = 0; i < c.n; i++)
        if (sq_rng_unit(&rng) < rate)
            c.count[i] = (uint32_t)sq_rng_below(&rng, (uint64_t)1 << c.shape.n_planes);
    c.event_bytes = c.shape.n_planes * c.plane_room * sizeof *c.event;
    c.begin_bytes = c.shape.n_planes * ((size_t)c.shape.height + 1) * sizeof *c.begin;
    c.event = guarded_new(c.event_bytes);
    c.begin = guarded_new(c.begin_bytes);
    return c;
}

static bool free_case(struct counts_case *c)
{
    free(c->count);
    return guarded_free(c->event, c->event_bytes) & guarded_free(c->begin, c->begin_bytes);
}

/* Line y of a plane, its events from *at on. */
static bool line_is_right(const struct counts_case *c, uint32_t plane, uint32_t y, uint32_t *at)
{
    const struct sq_count_shape *shape = &c->shape;
    const size_t per_line = (size_t)shape->width * shape->n_channels;
    const uint32_t *count = c->count + y * per_line;
    for (size_t i = 0; i < per_line; i++) {
        if ((count[i] >> plane & 1) == 0)
            continue;
        const struct sq_pixel_event event = c->event[(*at)++];
        if (event.x != i / shape->n_channels || event.channel != i % shape->n_channels)
            return false;
    }
    return true;
}

/* One plane's lists are those of the definition. */
static bool plane_is_right(const struct counts_case *c, uint32_t plane)
{
    const uint32_t *begin = c->begin + plane * ((size_t)c->shape.height + 1);
    uint32_t at = (uint32_t)(plane * c->plane_room);
    for (uint32_t y = 0; y < c->shape.height; y++)
        if (begin[y] != at || !line_is_right(c, plane, y, &at))
            return false;
    return begin[c->shape.height] == at;
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
