#include "sim/synthesis/knob.h"

#include "sim/synthesis/draw.h"

#include <stdio.h>

int sq_knobs_open(struct sq_error *err, struct sq_arena *arena, const struct sq_network *network,
                  struct sq_knobs *knobs)
{
    *knobs = (struct sq_knobs){.network = network};
    knobs->taken = sq_arena_alloc(arena, network->n_nodes, 1);
    knobs->base = sq_arena_alloc(arena, network->n_nodes, sizeof *knobs->base);
    knobs->fixed = sq_arena_alloc(arena, network->n_nodes, sizeof *knobs->fixed);
    return knobs->taken != NULL && knobs->base != NULL && knobs->fixed != NULL
               ? SQ_OK
               : sq_fail(err, SQ_ENOMEM, "out of memory for the calibration");
}

const struct sq_graph_node *sq_knob_norm(const struct sq_node *node)
{
    const struct sq_synapse *synapse = node->synapse;
    if (synapse == NULL || synapse->n_folded == 0)
        return synapse != NULL ? synapse->norm : NULL;
    const struct sq_graph_node *last = synapse->folded[synapse->n_folded - 1];
    return last->operation == SQ_OPERATION_BN ? last : NULL;
}

int sq_knob_is_at(const struct sq_node *node)
{
    if (node->synapse == NULL)
        return 0;
    return sq_knob_norm(node) != NULL ||
           (node->synapse->n_folded == 0 && node->synapse->layer->has_bias);
}

/* A walk from a current back to the layers that add to it. */
struct walk {
    struct sq_knobs *knobs;
    unsigned char parts; /* that the reader depends on */
    size_t found;
};

static void visit(struct walk *walk, size_t index)
{
    struct sq_knobs *knobs = walk->knobs;
    const struct sq_node *node = &knobs->network->node[index];
    if (node->synapse != NULL) {
        const int is_free = (knobs->taken[index] & walk->parts) == 0 && sq_knob_is_at(node);
        if (is_free && (walk->found == SQ_NO_KNOB || index > walk->found))
            walk->found = index;
    }
    for (uint16_t i = 0; i < node->n_sources; i++)
        if (knobs->network->node[node->source[i]].sends_reals)
            visit(walk, node->source[i]);
}

/* Whatever the walk met is taken from now on. */
static void take(struct sq_knobs *knobs, size_t index, unsigned char parts)
{
    const struct sq_node *node = &knobs->network->node[index];
    if (node->synapse != NULL)
        knobs->taken[index] |= parts;
    for (uint16_t i = 0; i < node->n_sources; i++)
        if (knobs->network->node[node->source[i]].sends_reals)
            take(knobs, node->source[i], parts);
}

struct sq_knob sq_knobs_take(struct sq_knobs *knobs, size_t index)
{
    const struct sq_node *node = &knobs->network->node[index];
    const int is_product = node->kind == SQ_NODE_SCORE || node->kind == SQ_NODE_MIX;
    struct sq_knob knob = {.node = SQ_NO_KNOB, .part = node->kind == SQ_NODE_MIX};
    const struct sq_node *from =
        node->n_sources > 0 ? &knobs->network->node[node->source[0]] : NULL;
    if (is_product)
        knob.per = from->shape.n_channels / (2 * node->n_heads);
    struct walk walk = {.knobs = knobs,
                        .parts = (unsigned char)(is_product ? 1u << knob.part : 3u),
                        .found = SQ_NO_KNOB};
    if (node->synapse != NULL || (from != NULL && from->sends_reals)) {
        visit(&walk, index);
        take(knobs, index, walk.parts);
    }
    /* A product reads halves of one layer: of a sum of layers it has no half to itself. */
    if (walk.found == SQ_NO_KNOB || (is_product && walk.found != node->source[0]))
        return knob;
    const struct sq_node *at = &knobs->network->node[walk.found];
    const struct sq_graph_node *norm = sq_knob_norm(at);
    knob.node = walk.found;
    knob.stem = norm != NULL ? norm->weight : at->synapse->name;
    return knob;
}

void sq_knob_set(const struct sq_knobs *knobs, const struct sq_drawn_tensors *drawn,
                 const struct sq_knob *knob, double level, double spread)
{
    const struct sq_node *node = &knobs->network->node[knob->node];
    const double *base = knobs->base[knob->node], *fixed = knobs->fixed[knob->node];
    float *bias = sq_drawn_find(drawn, knob->stem, "bias");
    char name[SQ_GRAPH_TEXT + 16];
    snprintf(name, sizeof name, "%s channels", knob->stem);
    struct sq_draw draw = sq_draw_of(drawn->seed, name);
    for (uint32_t c = 0; bias != NULL && c < node->shape.n_channels; c++) {
        const double own = 0.5 * (double)sq_draw_uniform(&draw) + (c % 4 ? -spread : spread);
        if (knob->per > 0 && c / knob->per % 2 != knob->part)
            continue;
        bias[c] = (float)((base != NULL ? base[c] : 0) + level + own);
        node->synapse->bias[c] = (float)((fixed != NULL ? fixed[c] : 0) + (double)bias[c]);
    }
}
