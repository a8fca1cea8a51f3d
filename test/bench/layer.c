#include "test/bench/layer.h"

#include "sim/engine/fire.h"
#include "sim/engine/observer.h"
#include "test/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void require(int status, const struct sq_error *err)
{
    if (status == SQ_OK)
        return;
    fprintf(stderr, "bench: %s\n", err->text);
    exit(EXIT_FAILURE);
}

static size_t node_named(const struct sq_network *network, const char *name)
{
    for (size_t i = 0; i < network->n_nodes; i++)
        if (strcmp(network->node[i].name, name) == 0)
            return i;
    fprintf(stderr, "bench: no node is called %s\n", name);
    exit(EXIT_FAILURE);
}

static size_t packet_words(const struct layer *layer)
{
    return sq_plane_words(&layer->network->node[layer->source].shape);
}

static int inject(struct sq_error *err, void *data, unsigned worker, uint32_t lane, uint32_t t,
                  size_t node, uint64_t *bits)
{
    const struct layer *layer = data;
    const size_t n_words = packet_words(layer);
    (void)err, (void)worker, (void)lane, (void)node;
    memcpy(bits, layer->bits + t * n_words, n_words * sizeof *bits);
    return SQ_OK;
}

void layer_load(struct layer *layer, const char *model, const char *config, uint32_t weight_bits)
{
    struct sq_error err = {0};
    const struct sq_network_request request = {
        .config_dirs = "configs", .model = model, .config = config};
    const struct sq_fixed_settings fixed = {.weight_bits = weight_bits};
    *layer = (struct layer){.cpu = sq_cpu_detect()};
    require(sq_network_load_request(&err, &request, &layer->network), &err);
    if (weight_bits > 0)
        require(sq_fixed_make(&err, layer->network, &fixed, NULL), &err);
    struct sq_network *network = layer->network;
    const uint32_t timesteps = network->config.timesteps;
    layer->source = node_named(network, "source");
    layer->target = node_named(network, "target");
    require(sq_lane_alloc(&err, &layer->arena, network, timesteps, 0, &layer->lane), &err);
    require(sq_scratch_alloc(&err, &layer->arena, network, 0, &layer->scratch), &err);
    unsigned char *role = sq_arena_alloc(&layer->arena, network->n_nodes, 1);
    layer->no_observers = sq_arena_alloc(&layer->arena, 1, sizeof *layer->no_observers);
    layer->bits = sq_arena_alloc(&layer->arena, timesteps * packet_words(layer), sizeof(uint64_t));
    if (role == NULL || layer->no_observers == NULL || layer->bits == NULL)
        exit(EXIT_FAILURE);
    memset(role, SQ_COMPUTE, network->n_nodes);
    role[layer->source] = SQ_INJECT;
    layer->feed = (struct sq_feed){.inject = inject, .role = role, .data = layer};
}

void layer_free(struct layer *layer)
{
    sq_network_free(layer->network);
    sq_arena_free(&layer->arena);
}

static void fire(struct layer *layer, const struct sq_kernels *kernels, size_t node)
{
    struct sq_error err = {0};
    const uint32_t timesteps = layer->network->config.timesteps;
    const struct sq_shared shared = {.network = layer->network,
                                     .kernels = kernels,
                                     .cpu = &layer->cpu,
                                     .depth = timesteps,
                                     .role = layer->feed.role,
                                     .feed = &layer->feed,
                                     .observers = layer->no_observers};
    const struct sq_firing firing = {.node = (uint16_t)node, .n_steps = timesteps};
    require(sq_fire(&err, &shared, &firing, &layer->lane, &layer->scratch, 0), &err);
}

void layer_send(struct layer *layer, double rate)
{
    const struct sq_spike_shape *shape = &layer->network->node[layer->source].shape;
    const size_t n_rows = (size_t)layer->network->config.timesteps * shape->n_rows;
    struct sq_rng rng = {1};
    struct sq_kernels kernels;
    memset(layer->bits, 0, n_rows * shape->n_words * sizeof *layer->bits);
    for (size_t r = 0; r < n_rows; r++)
        for (uint32_t c = 0; c < shape->n_channels; c++)
            if (sq_rng_unit(&rng) < rate)
                layer->bits[r * shape->n_words + c / 64] |= (uint64_t)1 << c % 64;
    sq_kernels_choose(&kernels, layer->cpu.features);
    fire(layer, &kernels, layer->source);
}

void layer_fire(struct layer *layer, const struct sq_kernels *kernels)
{
    fire(layer, kernels, layer->target);
}

uint64_t layer_additions(const struct layer *layer)
{
    const uint32_t timesteps = layer->network->config.timesteps;
    uint64_t sum = 0;
    for (uint32_t t = 0; t < timesteps; t++)
        sum += layer->lane.outcome.tally[layer->target * timesteps + t].additions;
    return sum;
}

uint64_t layer_dense(const struct layer *layer)
{
    return layer->network->node[layer->target].synapse->dense * layer->network->config.timesteps;
}

const char *layer_arithmetic(const struct layer *layer)
{
    const struct sq_fixed *fixed = layer->network->node[layer->target].fixed;
    if (fixed == NULL)
        return "f32";
    if (fixed->weight_bytes == 2)
        return "i16 into i32";
    return fixed->sum_bytes == 2 ? "i8 into i16" : "i8 in tiles into i32";
}
