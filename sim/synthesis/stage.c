#include "sim/synthesis/stage.h"

#include "kernels/accumulate/accumulate.h"
#include "sim/engine/run.h"

#include <string.h>

static const size_t STAGE_BYTES = (size_t)1 << 30;

static uint32_t depth_of(const struct sq_network *network)
{
    const struct sq_queue_plan plan = {.timesteps = network->config.timesteps,
                                       .schedule = SQ_SCHEDULE_LAYER};
    return sq_queue_depth(&plan);
}

uint32_t sq_stage_room(const struct sq_network *network, uint32_t most)
{
    const size_t fit = STAGE_BYTES / (sq_lane_bytes(network, depth_of(network), 0) + 1);
    return (uint32_t)(fit < 1 ? 1 : fit < most ? fit : most);
}

/* Numbers of the largest population that has a synapse of its own. */
static size_t largest_current(const struct sq_network *network)
{
    size_t most = 0;
    for (size_t i = 0; i < network->n_nodes; i++) {
        const struct sq_node *node = &network->node[i];
        const size_t n = node->shape.n_rows * sq_packed_columns(node->shape.n_channels);
        if (sq_node_is_population(node) && node->synapse != NULL && n > most)
            most = n;
    }
    return most;
}

static int alloc(struct sq_error *err, struct sq_stage *stage)
{
    const struct sq_network *network = stage->network;
    struct sq_arena *arena = &stage->arena;
    stage->lane = sq_arena_alloc(arena, stage->n_lanes, sizeof *stage->lane);
    stage->current_stride = largest_current(network);
    stage->current = sq_arena_alloc(arena, stage->current_stride * network->config.timesteps,
                                    sizeof *stage->current);
    stage->depends = sq_arena_alloc(arena, network->n_nodes, 1);
    if (stage->lane == NULL || stage->current == NULL || stage->depends == NULL)
        return sq_fail(err, SQ_ENOMEM, "out of memory for the calibration");
    int status = sq_scratch_alloc(err, arena, network, 0, &stage->scratch);
    for (uint32_t i = 0; status == SQ_OK && i < stage->n_lanes; i++) {
        status = sq_lane_alloc(err, arena, network, stage->shared.depth, 0, &stage->lane[i]);
        stage->lane[i].outcome.sample = i;
        stage->lane[i].outcome.pixels_are_counts = 1;
    }
    return status;
}

int sq_stage_open(struct sq_error *err, const struct sq_network *network, const char *isa,
                  uint32_t n_lanes, struct sq_stage *stage)
{
    *stage = (struct sq_stage){.network = network, .n_lanes = n_lanes};
    stage->feed.end = n_lanes;
    stage->shared = (struct sq_shared){.network = network,
                                       .kernels = &stage->kernels,
                                       .cpu = &stage->cpu,
                                       .depth = depth_of(network),
                                       .feed = &stage->feed,
                                       .observers = &stage->observers};
    const int status = sq_fire_kernels(err, isa, &stage->cpu, &stage->kernels);
    return status == SQ_OK ? alloc(err, stage) : status;
}

void sq_stage_close(struct sq_stage *stage)
{
    sq_arena_free(&stage->arena);
}

static struct sq_tally *tallies(const struct sq_stage *stage, uint32_t lane, size_t node)
{
    return stage->lane[lane].outcome.tally + node * stage->network->config.timesteps;
}

static int fire_lane(struct sq_error *err, struct sq_stage *stage, size_t node, uint32_t lane)
{
    const uint32_t timesteps = stage->network->config.timesteps;
    const struct sq_firing firing = {
        .lane = lane, .node = (uint16_t)node, .t = 0, .n_steps = timesteps};
    memset(tallies(stage, lane, node), 0, timesteps * sizeof(struct sq_tally));
    return sq_fire(err, &stage->shared, &firing, &stage->lane[lane], &stage->scratch, 0);
}

int sq_stage_fire(struct sq_error *err, struct sq_stage *stage, size_t node)
{
    int status = SQ_OK;
    for (uint32_t lane = 0; status == SQ_OK && lane < stage->n_lanes; lane++)
        status = fire_lane(err, stage, node, lane);
    return status;
}

/* Mark what depends on the n nodes, up to `last`: 1, and 2 these nodes themselves. */
static void mark(struct sq_stage *stage, const size_t *from, size_t n, size_t last)
{
    unsigned char *depends = stage->depends;
    memset(depends, 0, stage->network->n_nodes);
    for (size_t i = 0; i < n; i++)
        depends[from[i]] = 2;
    for (size_t i = 0; i <= last; i++) {
        const struct sq_node *node = &stage->network->node[i];
        for (uint16_t k = 0; k < node->n_sources && !depends[i]; k++)
            depends[i] = depends[node->source[k]] != 0;
    }
}

int sq_stage_fire_on(struct sq_error *err, struct sq_stage *stage, const size_t *from, size_t n,
                     size_t last)
{
    int status = SQ_OK;
    mark(stage, from, n, last);
    for (size_t i = 0; status == SQ_OK && i <= last; i++)
        if (stage->depends[i] == 1)
            status = sq_stage_fire(err, stage, i);
    return status;
}

int sq_stage_reaches_other(struct sq_stage *stage, const size_t *from, size_t n, size_t last)
{
    mark(stage, from, n, last);
    for (size_t i = 0; i < last; i++)
        if (stage->depends[i] == 1 && sq_node_is_population(&stage->network->node[i]))
            return 1;
    return 0;
}

/* The currents of one population go into the stage's own memory; at NULL nowhere. */
static void keep_currents(const struct sq_stage *stage, uint32_t lane, size_t node, float *at)
{
    const uint32_t depth = stage->shared.depth;
    for (uint32_t t = 0; t < stage->network->config.timesteps; t++)
        stage->lane[lane].reals[node * depth + t % depth] =
            at != NULL ? at + t * stage->current_stride : NULL;
}

/* Add up one timestep of one sample, block by block as membranes lie. */
static void add_currents(const struct sq_spike_shape *shape, const float *x, double *sum,
                         double *square)
{
    for (size_t block = 0; block < shape->n_words; block++) {
        const size_t width = sq_block_width(shape->n_channels, block);
        const size_t first = block * SQ_BLOCK_WIDTH;
        const float *at = x + first * shape->n_rows;
        for (size_t r = 0; r < shape->n_rows; r++, at += width)
            for (size_t j = 0; j < width && first + j < shape->n_channels; j++) {
                sum[first + j] += (double)at[j];
                square[first + j] += (double)at[j] * (double)at[j];
            }
    }
}

int sq_stage_moments(struct sq_error *err, struct sq_stage *stage, size_t node, double *mean,
                     double *var)
{
    const struct sq_node *of = &stage->network->node[node];
    const uint32_t timesteps = stage->network->config.timesteps, depth = stage->shared.depth;
    const double n = (double)of->shape.n_rows * timesteps * stage->n_lanes;
    int status = SQ_OK;
    for (uint32_t c = 0; c < of->shape.n_channels; c++)
        mean[c] = var[c] = 0;
    for (uint32_t lane = 0; status == SQ_OK && lane < stage->n_lanes; lane++) {
        if (!of->sends_reals)
            keep_currents(stage, lane, node, stage->current);
        status = fire_lane(err, stage, node, lane);
        for (uint32_t t = 0; status == SQ_OK && t < timesteps; t++)
            add_currents(&of->shape, stage->lane[lane].reals[node * depth + t % depth], mean, var);
        if (!of->sends_reals)
            keep_currents(stage, lane, node, NULL);
    }
    for (uint32_t c = 0; c < of->shape.n_channels; c++) {
        mean[c] /= n;
        var[c] = var[c] / n - mean[c] * mean[c];
        if (!(var[c] > 0))
            var[c] = 0;
    }
    return status;
}

double sq_stage_whole(const struct sq_stage *stage, size_t node)
{
    const struct sq_node *of = &stage->network->node[node];
    return (double)of->shape.n_rows * of->shape.n_channels * sq_node_levels(of) *
           stage->network->config.timesteps * stage->n_lanes;
}

double sq_stage_rate(const struct sq_stage *stage, size_t node)
{
    uint64_t spikes = 0;
    for (uint32_t lane = 0; lane < stage->n_lanes; lane++)
        for (uint32_t t = 0; t < stage->network->config.timesteps; t++)
            spikes += tallies(stage, lane, node)[t].spikes;
    return (double)spikes / sq_stage_whole(stage, node);
}

uint64_t sq_stage_spikes_of(const struct sq_stage *stage, size_t node, uint32_t first, uint32_t n)
{
    const struct sq_spike_shape *shape = &stage->network->node[node].shape;
    const uint32_t depth = stage->shared.depth;
    uint64_t spikes = 0;
    for (uint32_t lane = 0; lane < stage->n_lanes; lane++)
        for (uint32_t t = 0; t < stage->network->config.timesteps; t++) {
            const uint64_t *bits = stage->lane[lane].packet[node * depth + t % depth].bits;
            for (size_t r = 0; r < shape->n_rows; r++, bits += shape->n_words)
                for (uint32_t c = first; c < first + n; c++)
                    spikes += bits[c / 64] >> c % 64 & 1;
        }
    return spikes;
}
