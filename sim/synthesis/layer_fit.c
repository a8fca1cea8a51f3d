#include "sim/synthesis/layer_fit.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

int sq_fit_reload(struct sq_error *err, struct sq_synthesis *synthesis, size_t node)
{
    const struct sq_tensor_source source = sq_drawn_source(&synthesis->drawn);
    return sq_weights_reload_node(err, &source, synthesis->network,
                                  &synthesis->network->node[node]);
}

/* What an open norm makes of a current is undone: it divides by sqrt(1 + eps). */
static void fit_norm(const struct sq_synthesis *synthesis, const char *norm, const double *mean,
                     const double *var, uint32_t n)
{
    const float open = 1.0f + synthesis->network->config.bn_eps;
    float *running_mean = sq_drawn_find(&synthesis->drawn, norm, "running_mean");
    float *running_var = sq_drawn_find(&synthesis->drawn, norm, "running_var");
    for (uint32_t c = 0; running_mean != NULL && running_var != NULL && c < n; c++) {
        running_mean[c] = (float)(mean[c] * sqrt((double)open));
        running_var[c] = (float)(var[c] * (double)open);
    }
}

/* A layer without norm takes scale and shift itself. A channel that nothing reaches stays as it is. */
static void fit_plain(const struct sq_synthesis *synthesis, size_t node, const double *mean,
                      const double *var)
{
    const struct sq_synapse *synapse = synthesis->network->node[node].synapse;
    const uint32_t n = synapse->n_out;
    float *weight = sq_drawn_find(&synthesis->drawn, synapse->name, "weight");
    float *bias = sq_drawn_find(&synthesis->drawn, synapse->name, "bias");
    double *base = synthesis->knobs.base[node];
    for (uint32_t c = 0; weight != NULL && bias != NULL && c < n; c++) {
        const double scale = var[c] > 0 ? 1 / sqrt(var[c]) : 1;
        for (uint32_t i = 0; i < synapse->n_in; i++)
            weight[(size_t)c * synapse->n_in + i] =
                (float)((double)weight[(size_t)c * synapse->n_in + i] * scale);
        base[c] = ((double)bias[c] - mean[c]) * scale;
        bias[c] = (float)base[c];
    }
}

/* What the norm leaves in the bias of the synapse, its own being 0. */
static int keep_fixed(struct sq_error *err, struct sq_synthesis *synthesis, size_t node)
{
    const struct sq_synapse *synapse = synthesis->network->node[node].synapse;
    double *fixed = sq_arena_alloc(&synthesis->arena, synapse->n_out, sizeof *fixed);
    if (fixed == NULL)
        return sq_fail(err, SQ_ENOMEM, "out of memory for the calibration of %s", synapse->name);
    for (uint32_t c = 0; c < synapse->n_out; c++)
        fixed[c] = (double)synapse->bias[c];
    synthesis->knobs.fixed[node] = fixed;
    return SQ_OK;
}

int sq_fit_layer(struct sq_error *err, struct sq_synthesis *synthesis, size_t node)
{
    const struct sq_node *at = &synthesis->network->node[node];
    const struct sq_graph_node *norm = sq_knob_norm(at);
    const uint32_t n = at->shape.n_channels;
    double *mean = sq_arena_alloc(&synthesis->arena, n, sizeof *mean);
    double *var = sq_arena_alloc(&synthesis->arena, n, sizeof *var);
    double **base = &synthesis->knobs.base[node];
    if (norm == NULL)
        *base = sq_arena_alloc(&synthesis->arena, n, sizeof **base);
    if (mean == NULL || var == NULL || (norm == NULL && *base == NULL))
        return sq_fail(err, SQ_ENOMEM, "out of memory for the calibration of %s", at->name);
    int status = sq_stage_moments(err, &synthesis->stage, node, mean, var);
    if (status != SQ_OK)
        return status;
    if (norm != NULL)
        fit_norm(synthesis, norm->weight, mean, var, n);
    else
        fit_plain(synthesis, node, mean, var);
    status = sq_fit_reload(err, synthesis, node);
    return status == SQ_OK && norm != NULL ? keep_fixed(err, synthesis, node) : status;
}

int sq_fit_product(struct sq_error *err, struct sq_synthesis *synthesis, size_t node)
{
    const struct sq_network *network = synthesis->network;
    const struct sq_node *at = &network->node[node];
    const char *name = network->graph.node[at->graph->input[0]].rate, *dot = strrchr(name, '.');
    const uint32_t width = network->node[at->source[1]].shape.n_channels / at->n_heads;
    char stem[SQ_GRAPH_TEXT];
    snprintf(stem, sizeof stem, "%.*s", (int)(dot - name), name);
    float *rate = sq_drawn_find(&synthesis->drawn, stem, dot + 1);
    const double whole = sq_stage_whole(&synthesis->stage, at->source[1]) / at->n_heads;
    for (uint32_t h = 0; rate != NULL && h < at->n_heads; h++) {
        const uint64_t spikes =
            sq_stage_spikes_of(&synthesis->stage, at->source[1], h * width, width);
        rate[h] = (float)((double)(spikes > 0 ? spikes : 1) / whole);
    }
    return sq_fit_reload(err, synthesis, node);
}
