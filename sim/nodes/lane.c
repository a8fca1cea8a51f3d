#include "sim/nodes/lane.h"

#include "kernels/accumulate/accumulate.h"
#include "kernels/pack/list.h"

uint32_t sq_network_frames(const struct sq_network *network)
{
    return sq_network_takes_frames(network) ? network->config.timesteps : 1;
}

/* Elements of a population or of a stream of reals, padding included. */
static size_t element_count(const struct sq_node *node)
{
    return node->shape.n_rows * sq_packed_columns(node->shape.n_channels);
}

size_t sq_membrane_count(const struct sq_node *node)
{
    return sq_node_is_population(node) ? element_count(node) : 0;
}

static int carries_spikes(const struct sq_node *node)
{
    return node->kind != SQ_NODE_INPUT && node->kind != SQ_NODE_HEAD && !node->sends_reals;
}

/* The current of a static image, kept from its first timestep on. */
static size_t current_count(const struct sq_network *network)
{
    size_t most = 0;
    for (size_t i = 0; i < network->n_nodes; i++)
        if (network->node[i].kind == SQ_NODE_ANALOG_CONV)
            most = element_count(&network->node[i]);
    return most;
}

static size_t plane_rows(const struct sq_node *node)
{
    return (size_t)node->shape.n_planes * node->shape.n_rows;
}

static int alloc_packet(struct sq_arena *arena, const struct sq_node *node,
                        struct sq_spikes *packet)
{
    const size_t rows = plane_rows(node);
    packet->bits = sq_arena_alloc(arena, rows * node->shape.n_words, sizeof *packet->bits);
    if (packet->bits == NULL)
        return 0;
    if (!node->read_as_lists)
        return 1;
    packet->event = sq_arena_alloc(arena, rows * node->shape.n_channels + SQ_LIST_PADDING,
                                   sizeof *packet->event);
    packet->begin = sq_arena_alloc(arena, rows + node->shape.n_planes, sizeof *packet->begin);
    return packet->event != NULL && packet->begin != NULL;
}

static size_t pixel_count(const struct sq_network *network)
{
    const struct sq_spike_shape *frame = &network->node[0].shape;
    return (size_t)sq_network_frames(network) * frame->n_rows * frame->n_channels;
}

static int has_reals(const struct sq_node *node, int keeps_currents)
{
    return node->sends_reals || (keeps_currents && sq_node_is_population(node));
}

/* Membranes and packets of one node. */
static int alloc_node(struct sq_arena *arena, const struct sq_node *node, size_t index,
                      uint32_t depth, int keeps_currents, struct sq_lane *lane)
{
    int ok = 1;
    if (sq_node_is_population(node))
        ok = (lane->membrane[index] =
                  sq_arena_alloc(arena, sq_membrane_count(node), sizeof(float))) != NULL;
    for (uint32_t slot = 0; ok && slot < depth; slot++) {
        if (carries_spikes(node))
            ok = alloc_packet(arena, node, &lane->packet[index * depth + slot]);
        if (ok && has_reals(node, keeps_currents))
            ok = (lane->reals[index * depth + slot] =
                      sq_arena_alloc(arena, element_count(node), sizeof(float))) != NULL;
    }
    return ok;
}

int sq_lane_alloc(struct sq_error *err, struct sq_arena *arena, const struct sq_network *network,
                  uint32_t depth, int keeps_currents, struct sq_lane *lane)
{
    const uint32_t dim = network->head.n_in;
    lane->raw = sq_arena_alloc(arena, pixel_count(network), sizeof *lane->raw);
    lane->pixels = sq_arena_alloc(arena, pixel_count(network), sizeof *lane->pixels);
    if (network->is_fixed)
        lane->whole = sq_arena_alloc(arena, pixel_count(network), sizeof *lane->whole);
    lane->current = sq_arena_alloc(arena, current_count(network), sizeof(float));
    lane->membrane = sq_arena_alloc(arena, network->n_nodes, sizeof *lane->membrane);
    lane->packet = sq_arena_alloc(arena, network->n_nodes * depth, sizeof *lane->packet);
    lane->reals = sq_arena_alloc(arena, network->n_nodes * depth, sizeof *lane->reals);
    lane->feature_slot =
        sq_arena_alloc(arena, (size_t)1 << sq_feature_log2_slots(dim), sizeof *lane->feature_slot);
    int ok = lane->raw && lane->pixels && (lane->whole || !network->is_fixed) && lane->current &&
             lane->membrane && lane->packet && lane->reals && lane->feature_slot &&
             sq_outcome_alloc(err, arena, network, &lane->outcome) == SQ_OK;
    for (size_t i = 0; ok && i < network->n_nodes; i++)
        ok = alloc_node(arena, &network->node[i], i, depth, keeps_currents, lane);
    return ok ? SQ_OK
              : sq_fail(err, SQ_ENOMEM,
                        "out of memory for the state of one more sample (%zu MiB); use a "
                        "smaller " SQ_OPT "batch, or " SQ_OPT "schedule step",
                        sq_lane_bytes(network, depth, keeps_currents) >> 20);
}

size_t sq_lane_bytes(const struct sq_network *network, uint32_t depth, int keeps_currents)
{
    size_t bytes =
        2 * pixel_count(network) * sizeof(float) + current_count(network) * sizeof(float);
    if (network->is_fixed)
        bytes += pixel_count(network) * sizeof(int16_t);
    for (size_t i = 0; i < network->n_nodes; i++) {
        const struct sq_node *node = &network->node[i];
        bytes += sq_membrane_count(node) * sizeof(float) +
                 network->config.timesteps * sizeof(struct sq_tally);
        if (has_reals(node, keeps_currents))
            bytes += depth * element_count(node) * sizeof(float);
        if (!carries_spikes(node))
            continue;
        bytes += depth * plane_rows(node) * node->shape.n_words * sizeof(uint64_t);
        if (node->read_as_lists)
            bytes += depth * plane_rows(node) *
                     (node->shape.n_channels * sizeof(uint16_t) + sizeof(uint32_t));
    }
    return bytes;
}
