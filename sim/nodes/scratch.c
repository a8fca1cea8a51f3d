#include "sim/nodes/scratch.h"

#include "kernels/count/graded_count.h"
#include "kernels/count/ssa_count.h"
#include "sim/nodes/nodes.h"

#include "sim/nodes/lane.h"

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

/* The largest span plan of any node. */
struct plan_size {
    size_t n_spans, n_steps, n_rows;
    size_t n_quads, n_events, n_weight_rows; /* of them laid out; of the longest row */
};

static struct plan_size size_plan(const struct sq_network *network)
{
    struct plan_size most = {.n_spans = 0};
    for (size_t i = 0; i < network->n_nodes; i++) {
        const struct sq_node *node = &network->node[i];
        if (!sq_is_tiled(node))
            continue;
        const struct sq_spike_shape *in = &network->node[node->source[0]].shape;
        const uint32_t kernel = node->synapse->kernel, channels = in->n_channels;
        const size_t all_rows = (size_t)network->config.timesteps * node->shape.n_rows;
        const size_t n_rows = all_rows < SQ_GROUP_ROWS ? all_rows : SQ_GROUP_ROWS;
        const size_t n_steps = sq_step_capacity(kernel, channels, in->n_planes);
        most.n_spans =
            larger(most.n_spans, sq_span_capacity(n_rows, kernel, channels, in->n_planes));
        most.n_steps = larger(most.n_steps, n_steps);
        most.n_rows = larger(most.n_rows, n_rows);
        most.n_quads = larger(most.n_quads, n_steps * sq_quad_count(n_rows));
        most.n_events =
            larger(most.n_events, sq_span_events(n_rows, kernel, channels, in->n_planes));
        most.n_weight_rows = larger(most.n_weight_rows, node->synapse->n_in);
    }
    return most;
}

/* Returns 0 when out of memory. */
static int alloc_quads(struct sq_arena *arena, const struct plan_size *most,
                       struct sq_quad_room *room)
{
    int is_there = 1;
    room->quad = sq_arena_alloc(arena, most->n_quads, sizeof *room->quad);
    room->event = sq_arena_alloc(arena, most->n_events, sizeof *room->event);
    room->begin = sq_arena_alloc(arena, most->n_weight_rows + 2, sizeof *room->begin);
    room->order = sq_arena_alloc(arena, most->n_rows + SQ_QUAD, sizeof *room->order);
    for (size_t r = 0; r < SQ_QUAD; r++) {
        room->list[r] = sq_arena_alloc(arena, most->n_weight_rows + 8, sizeof *room->list[r]);
        is_there &= room->list[r] != NULL;
    }
    return is_there && room->quad && room->event && room->begin && room->order;
}

/* One byte a neuron; a bit a neuron and virtual timestep; two an element of the input, whose counts may be larger. */
static size_t slab_bytes(const struct sq_network *network)
{
    size_t most = 0;
    for (size_t i = 0; i < network->n_nodes; i++) {
        const struct sq_node *node = &network->node[i];
        const size_t elements = (size_t)node->shape.n_rows * node->shape.n_channels;
        most = larger(most, node->kind == SQ_NODE_INPUT ? 2 * elements : elements);
        if (sq_node_levels(node) > 1)
            most = larger(most,
                          sq_plane_words(&node->shape) * sq_node_levels(node) * sizeof(uint64_t));
    }
    return most;
}

/* Currents of the largest attention, and what its kernels need. */
static void size_attention(const struct sq_network *network, size_t *columns, size_t *bytes)
{
    *columns = *bytes = 0;
    for (size_t i = 0; i < network->n_nodes; i++) {
        const struct sq_node *node = &network->node[i];
        const struct sq_attend_shape *attend = &node->attend;
        if (node->kind != SQ_NODE_ATTEND)
            continue;
        *columns =
            larger(*columns, (size_t)attend->n_tokens * node->shape.n_words * SQ_BLOCK_WIDTH);
        *bytes = larger(*bytes, node->graded.n_planes[0] > 0
                                    ? larger(sq_graded_scratch_bytes(&node->graded),
                                             sq_graded_count_scratch_bytes(&node->graded))
                                    : larger(sq_attend_scratch_bytes(attend),
                                             sq_ssa_count_scratch_bytes(attend)));
    }
}

/* Spans of analog inputs that lie ready at a time. */
static size_t dense_spans(const struct sq_network *network)
{
    size_t most = 1;
    for (size_t i = 0; i < network->n_nodes; i++) {
        const struct sq_node *node = &network->node[i];
        if (node->kind == SQ_NODE_ANALOG_CONV)
            most = larger(most, (size_t)SQ_KERNEL_ROWS * node->synapse->kernel);
        if (node->kind == SQ_NODE_REAL_CONV)
            most = larger(most, (size_t)node->synapse->kernel * node->synapse->kernel *
                                    network->node[node->source[0]].shape.n_words);
    }
    return most;
}

/* Masks of grouped convolutions. */
static size_t mask_words(const struct sq_network *network)
{
    size_t most = 0;
    for (size_t i = 0; i < network->n_nodes; i++)
        if (network->node[i].kind == SQ_NODE_MASKED)
            most = larger(most, (size_t)sq_masked_rows(network->node[i].synapse) *
                                    network->node[i].synapse->n_in);
    return most;
}

/* Columns of the widest node whose sums over tokens somebody takes; sums of heads. */
static size_t sum_columns(const struct sq_network *network)
{
    size_t most = 0;
    for (size_t i = 0; i < network->n_nodes; i++) {
        const struct sq_node *node = &network->node[i];
        const size_t columns = (size_t)node->shape.n_words * SQ_BLOCK_WIDTH;
        most = larger(most, columns);
        if (node->kind == SQ_NODE_SUM && node->gate == SQ_GATE_HEADS)
            most = larger(most, (size_t)SQ_SUM_ROWS * node->shape.n_channels);
    }
    return most;
}

/* Rows, sums and currents of the largest product of DSSA. */
static size_t dssa_floats(const struct sq_network *network)
{
    size_t most = 0;
    for (size_t i = 0; i < network->n_nodes; i++)
        most = larger(most, sq_dssa_floats(network, &network->node[i]));
    return most;
}

static size_t most_membranes(const struct sq_network *network)
{
    size_t most = 0;
    for (size_t i = 0; i < network->n_nodes; i++)
        most = larger(most, sq_membrane_count(&network->node[i]));
    return most;
}

int sq_scratch_alloc(struct sq_error *err, struct sq_arena *arena, const struct sq_network *network,
                     int keeps_currents, struct sq_scratch *scratch)
{
    const size_t dim_columns = (size_t)sq_network_last(network)->shape.n_words * SQ_BLOCK_WIDTH;
    const size_t n_sums = sum_columns(network);
    const struct plan_size plan = size_plan(network);
    size_t columns, attend_bytes;
    size_attention(network, &columns, &attend_bytes);
    scratch->acc = sq_arena_alloc(
        arena, larger((size_t)(SQ_GROUP_ROWS + 1) * SQ_BLOCK_WIDTH, columns), sizeof(float));
    scratch->membrane = sq_arena_alloc(arena, most_membranes(network), sizeof(float));
    scratch->span = sq_arena_alloc(arena, plan.n_spans, sizeof *scratch->span);
    scratch->step = sq_arena_alloc(arena, plan.n_steps, sizeof *scratch->step);
    const size_t tile_rows = network->is_fixed                 ? plan.n_weight_rows + 1
                             : plan.n_weight_rows > UINT16_MAX ? (size_t)SQ_FAR_ROWS + 1
                                                               : 0;
    const size_t part_rows = network->is_fixed ? SQ_GROUP_ROWS + 1 : 0;
    const int has_quads = alloc_quads(arena, &plan, &scratch->quads);
    scratch->tile = sq_arena_alloc(arena, tile_rows, SQ_TILE_BYTES);
    scratch->part = sq_arena_alloc(arena, part_rows * SQ_BLOCK_WIDTH, sizeof *scratch->part);
    scratch->dense = sq_arena_alloc(arena, dense_spans(network), sizeof *scratch->dense);
    scratch->mask = sq_arena_alloc(arena, mask_words(network), sizeof *scratch->mask);
    scratch->strip = sq_arena_alloc(arena, SQ_GROUP_ROWS, sizeof *scratch->strip);
    scratch->attend = sq_arena_alloc(arena, attend_bytes, 1);
    scratch->dssa = sq_arena_alloc(arena, dssa_floats(network), sizeof *scratch->dssa);
    scratch->feature = sq_arena_alloc(arena, dim_columns, sizeof *scratch->feature);
    scratch->mean = sq_arena_alloc(arena, n_sums, sizeof *scratch->mean);
    scratch->whole = sq_arena_alloc(arena, n_sums, sizeof *scratch->whole);
    scratch->zero_bias = sq_arena_alloc(arena, SQ_BLOCK_WIDTH, sizeof *scratch->zero_bias);
    scratch->slab = sq_arena_alloc(arena, slab_bytes(network), keeps_currents ? sizeof(float) : 1);
    const int has_frame = sq_pixel_events_alloc(arena, network, &scratch->frame);
    if (!has_frame || !has_quads || !scratch->acc || !scratch->membrane || !scratch->span ||
        !scratch->step || !scratch->tile || !scratch->part || !scratch->dense || !scratch->mask ||
        !scratch->strip || !scratch->attend || !scratch->dssa || !scratch->feature ||
        !scratch->mean || !scratch->whole || !scratch->zero_bias || !scratch->slab)
        return sq_fail(err, SQ_ENOMEM,
                       "out of memory for the scratch of one more thread; use "
                       "fewer " SQ_OPT "threads");
    return SQ_OK;
}
