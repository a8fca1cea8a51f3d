/* Lanes: every buffer has the size that its reader assumes and overlaps no other, and the bytes
 * that a lane says it takes are those it takes. */
#include "sim/nodes/lane.h"

#include "sim/engine/run.h"
#include "sim/network/make_graph.h"
#include "sim/network/plan.h"
#include "test/unit.h"

#include <string.h>

enum { MAX_REGIONS = 1024 };

static struct sq_network network;
static struct sq_arena arena;
static struct sq_lane lane;
static struct sq_error err;

struct region {
    unsigned char *begin;
    size_t size;
};

static struct region region[MAX_REGIONS];
static size_t n_regions;

static void tear_down(void)
{
    sq_graph_free(&network.graph);
    sq_arena_free(&network.arena);
    sq_arena_free(&arena);
}

static void build_for(struct sq_config config, uint32_t depth, int keeps_currents)
{
    config.v_threshold = 1;
    config.attn_v_threshold = 0.5f;
    config.attn_scale = 0.125f;
    config.tau = 2;
    memset(&network, 0, sizeof network);
    memset(&lane, 0, sizeof lane);
    network.config = config;
    int status = sq_graph_from_config(&err, &network.config, &network.graph);
    ck_assert_msg(status == SQ_OK, "%s", err.text);
    status = sq_plan_make(&err, &network);
    ck_assert_msg(status == SQ_OK, "%s", err.text);
    ck_assert_int_eq(sq_lane_alloc(&err, &arena, &network, depth, keeps_currents, &lane), SQ_OK);
}

static void build(struct sq_config config, uint32_t depth)
{
    build_for(config, depth, 0);
}

static const struct sq_config small = {.architecture = "spikformer-cifar10",
                                       .depth = 2,
                                       .dim = 90,
                                       .heads = 3,
                                       .mlp_hidden = 65,
                                       .timesteps = 4,
                                       .in_channels = 3,
                                       .image_height = 12,
                                       .image_width = 8,
                                       .classes = 10};

static void add_region(void *begin, size_t size)
{
    ck_assert_ptr_nonnull(begin);
    ck_assert_uint_eq((uintptr_t)begin % 64, 0);
    ck_assert_uint_lt(n_regions, MAX_REGIONS);
    region[n_regions++] = (struct region){begin, size};
}

/* Columns of a population in whole lanes of 16. */
static size_t columns(uint32_t n_channels)
{
    return (n_channels + 15) / 16 * 16;
}

static void add_packets(size_t index, uint32_t depth)
{
    const struct sq_node *node = &network.node[index];
    const size_t rows = (size_t)node->shape.n_planes * node->shape.n_rows;
    for (uint32_t slot = 0; slot < depth; slot++) {
        struct sq_spikes *packet = &lane.packet[index * depth + slot];
        add_region(packet->bits, rows * node->shape.n_words * sizeof(uint64_t));
        ck_assert_int_eq(packet->event != NULL, node->read_as_lists);
        ck_assert_int_eq(packet->begin != NULL, node->read_as_lists);
        if (!node->read_as_lists)
            continue;
        add_region(packet->event, rows * node->shape.n_channels * sizeof(uint16_t));
        add_region(packet->begin,
                   node->shape.n_planes * (node->shape.n_rows + 1) * sizeof(uint32_t));
    }
}

/* The reals that a node sends, or whose currents an observer wants: as membranes lie. */
static void add_reals(size_t index, uint32_t depth, int keeps_currents)
{
    const struct sq_node *node = &network.node[index];
    const int has_reals = node->sends_reals || (keeps_currents && sq_node_is_population(node));
    for (uint32_t slot = 0; slot < depth; slot++) {
        void *reals = lane.reals[index * depth + slot];
        ck_assert_int_eq(reals != NULL, has_reals);
        if (has_reals)
            add_region(reals, node->shape.n_rows * columns(node->shape.n_channels) * sizeof(float));
    }
}

/* All that the engine writes, by the shapes in lane.h. */
static void add_all(uint32_t depth, int keeps_currents)
{
    const struct sq_config *c = &network.config;
    const size_t frames = sq_network_takes_frames(&network) ? c->timesteps : 1;
    const size_t pixels = frames * c->in_channels * c->image_height * c->image_width;
    const struct sq_node *first = &network.node[1];
    n_regions = 0;
    add_region(lane.raw, pixels * sizeof(float));
    add_region(lane.pixels, pixels * sizeof(float));
    add_region(lane.current,
               first->shape.n_rows * columns(first->shape.n_channels) * sizeof(float));
    add_region(lane.outcome.mean, (size_t)c->timesteps * c->dim * sizeof(float));
    add_region(lane.outcome.logits, c->classes * sizeof(float));
    add_region(lane.outcome.tally, network.n_nodes * c->timesteps * sizeof(struct sq_tally));
    for (size_t i = 0; i < network.n_nodes; i++) {
        const struct sq_node *node = &network.node[i];
        ck_assert_int_eq(lane.membrane[i] != NULL, sq_node_is_population(node));
        if (sq_node_is_population(node))
            add_region(lane.membrane[i],
                       node->shape.n_rows * columns(node->shape.n_channels) * sizeof(float));
        if (node->kind != SQ_NODE_INPUT && node->kind != SQ_NODE_HEAD && !node->sends_reals)
            add_packets(i, depth);
        add_reals(i, depth, keeps_currents);
    }
}

/* Write a number of its own into every region; then all must still be there. */
static void require_no_overlap(void)
{
    for (size_t i = 0; i < n_regions; i++)
        memset(region[i].begin, (int)(i % 251) + 1, region[i].size);
    for (size_t i = 0; i < n_regions; i++)
        for (size_t at = 0; at < region[i].size; at++)
            if (region[i].begin[at] != i % 251 + 1)
                ck_abort_msg("region %zu of %zu is written by another", i, n_regions);
}

START_TEST(buffers_do_not_overlap)
{
    for (uint32_t depth = 1; depth <= 4; depth++) {
        build(small, depth);
        add_all(depth, 0);
        require_no_overlap();
        tear_down();
    }
}
END_TEST

/* A network with a stream of reals; with the currents of its populations, and without. */
START_TEST(reals_have_packets_of_their_own)
{
    struct sq_config config = small;
    size_t n_streams = 0;
    snprintf(config.architecture, sizeof config.architecture, "spikingformer-cifar");
    for (uint32_t depth = 1; depth <= 3; depth++) {
        build_for(config, depth, _i);
        add_all(depth, _i);
        require_no_overlap();
        for (size_t i = 0; i < network.n_nodes; i++)
            n_streams += (size_t)network.node[i].sends_reals;
        tear_down();
    }
    ck_assert_uint_gt(n_streams, 0);
}
END_TEST

START_TEST(frames_need_room_for_each)
{
    struct sq_config config = small;
    snprintf(config.architecture, sizeof config.architecture, "spikformer-cifar10dvs");
    config.in_channels = 2;
    config.image_height = config.image_width = 32;
    build(config, 2);
    ck_assert_uint_eq(sq_network_frames(&network), 4);
    add_all(2, 0);
    require_no_overlap();
    network.graph.node[0].input_kind = SQ_INPUT_IMAGE;
    ck_assert_uint_eq(sq_network_frames(&network), 1);
}
END_TEST

static struct sq_config published(uint32_t dim, uint32_t side, const char *architecture)
{
    struct sq_config config = small;
    snprintf(config.architecture, sizeof config.architecture, "%s", architecture);
    config.dim = dim;
    config.heads = 8;
    config.mlp_hidden = 4 * dim;
    config.image_height = config.image_width = side;
    return config;
}

/* Between what is handed out and what is promised lies only rounding to cache lines. */
START_TEST(bytes_are_those_taken)
{
    static const uint32_t depth[] = {2, 4, 2, 2, 4};
    static const int keeps[] = {0, 0, 0, 1, 1};
    static const char *const architecture[] = {"spikformer-cifar10", "spikformer-cifar10",
                                               "spikingformer-cifar", "spikformer-cifar10",
                                               "spikingformer-cifar"};
    for (int i = 0; i < 5; i++) {
        build_for(published(384, 32, architecture[i]), depth[i], keeps[i]);
        const double used = (double)arena.used_bytes;
        const double said = (double)sq_lane_bytes(&network, depth[i], keeps[i]);
        ck_assert_msg(said <= used && said > 0.97 * used, "%.0f said, %.0f taken", said, used);
        tear_down();
    }
}
END_TEST

START_TEST(the_default_batch_fits_its_budget)
{
    static const enum sq_schedule schedule[] = {SQ_SCHEDULE_STEP, SQ_SCHEDULE_LAYER};
    for (unsigned threads = 1; threads <= 64; threads *= 4)
        for (int i = 0; i < 2; i++) {
            build(published(384, 32, "spikformer-cifar10"), 2);
            const struct sq_queue_plan plan = {.timesteps = 4, .schedule = schedule[i]};
            const size_t bytes = sq_lane_bytes(&network, sq_queue_depth(&plan), 0);
            const unsigned batch = sq_run_default_batch(&network, threads, schedule[i], 0);
            ck_assert_uint_ge(batch, 1);
            ck_assert_uint_le(batch, 8 * threads);
            ck_assert(batch == 1 || batch * bytes <= (size_t)48 << 20);
            ck_assert(batch == 8 * threads || (batch + 1) * bytes > (size_t)48 << 20);
            tear_down();
        }
    build(published(512, 512, "spikformer-imagenet"), 2); /* one lane is larger than the budget */
    ck_assert_uint_eq(sq_run_default_batch(&network, 4, SQ_SCHEDULE_LAYER, 0), 1);
}
END_TEST

static Suite *lane_suite(void)
{
    Suite *suite = suite_create("lane");
    TCase *tests = tcase_create("memory of a sample");
    tcase_add_checked_fixture(tests, NULL, tear_down);
    tcase_add_test(tests, buffers_do_not_overlap);
    tcase_add_loop_test(tests, reals_have_packets_of_their_own, 0, 2);
    tcase_add_test(tests, frames_need_room_for_each);
    tcase_add_test(tests, bytes_are_those_taken);
    tcase_add_test(tests, the_default_batch_fits_its_budget);
    suite_add_tcase(suite, tests);
    return suite;
}

SQ_TEST_MAIN(lane_suite())
