/* Neurons in integers: which leaks are shifts, how far membranes reach, thresholds. */
#include "kernels/accumulate/accumulate.h"
#include "sim/network/fixed_draft.h"

#include <math.h>
#include <stdio.h>

enum { MAX_LEAK = 16 };

static int is_multispike(const struct sq_node *node)
{
    return node->graph->neuron == SQ_NEURON_KIND_MULTISPIKE;
}

/* 1 / tau, or the decay; 1 of what has none. */
static double leak_factor(const struct sq_node *node)
{
    switch (node->neuron.model) {
    case SQ_MODEL_LIF:
        return 1 / (double)node->neuron.tau;
    case SQ_MODEL_IF:
        return 1;
    default:
        return (double)node->neuron.decay;
    }
}

uint32_t sq_fixed_leak(const struct sq_node *node)
{
    return is_multispike(node) ? 0 : (uint32_t)-ilogb(leak_factor(node));
}

/* Is the factor of a leak 2^-k, k from 0 on? Of LIF by tau, as 1 / tau is rounded. */
static int is_shift(const struct sq_node *node)
{
    int exponent;
    const int is_lif = node->neuron.model == SQ_MODEL_LIF;
    const double x = is_lif ? (double)node->neuron.tau : leak_factor(node);
    if (frexp(x, &exponent) != 0.5)
        return 0;
    exponent = is_lif ? exponent - 1 : 1 - exponent;
    return exponent >= 0 && exponent <= MAX_LEAK;
}

int sq_fixed_refuses(const struct sq_network *network, const struct sq_node *node, char *why,
                     size_t size)
{
    const struct sq_node *from = &network->node[node->source[0]];
    if (node->kind == SQ_NODE_MEAN && !from->sends_reals && from->unit != 1)
        return snprintf(why, size, "its mean is of counts of %.9g each", from->unit), 1;
    if (node->sends_reals && node->synapse == NULL && node->kind != SQ_NODE_REAL_ADD &&
        node->kind != SQ_NODE_REAL_POOL)
        return snprintf(why, size, "it sends reals that no layer computes"), 1;
    if (node->kind == SQ_NODE_REAL_POOL && node->graph->operation == SQ_OPERATION_AVGPOOL &&
        (node->graph->kernel & (node->graph->kernel - 1)) != 0)
        return snprintf(why, size, "its mean over %ux%u is no shift", node->graph->kernel,
                        node->graph->kernel),
               1;
    if (!sq_node_is_population(node) || is_multispike(node) || is_shift(node))
        return 0;
    if (node->neuron.model == SQ_MODEL_LIF)
        snprintf(why, size, "its tau %.9g is no power of two, so its leak is no shift",
                 (double)node->neuron.tau);
    else
        snprintf(why, size, "its leak multiplies by %.9g, no power of two, and is no shift",
                 (double)node->neuron.decay);
    return 1;
}

/* LIF stays between its membrane and its current. IF adds up all timesteps. What MS keeps of a membrane of at
 * most 4/3 current + 1, rounded, and a current more is no larger than that: 2^-k (4/3 c + 1) + 1 + c, k >= 2;
 * in general c and 1 times 1 / (1 - 2^-k). */
double sq_fixed_reach(const struct sq_network *network, const struct sq_node *node, double current)
{
    if (!sq_node_is_population(node) || is_multispike(node))
        return current;
    if (node->neuron.model == SQ_MODEL_IF ||
        (node->neuron.model == SQ_MODEL_MS && sq_fixed_leak(node) == 0))
        return current * network->config.timesteps;
    if (node->neuron.model == SQ_MODEL_MS)
        return ceil((current + 1) / (1 - (double)node->neuron.decay));
    return current;
}

uint64_t sq_fixed_terms(const struct sq_network *network, const struct sq_node *node)
{
    return node->kind == SQ_NODE_SCORE || node->kind == SQ_NODE_MIX
               ? network->node[node->source[1]].shape.n_channels / node->n_heads
               : 1;
}

/* The threshold of channel o in units of what the node sums: of multispike that of a number of spikes. */
static double theta_of(const struct sq_fixed_draft *draft, size_t o, uint32_t spikes)
{
    const struct sq_node *node = draft->node;
    const double theta = is_multispike(node) ? spikes - 0.5 : (double)node->threshold;
    if (node->kind == SQ_NODE_MEAN)
        return theta * draft->network->node[node->source[0]].shape.n_rows;
    if (node->kind == SQ_NODE_ATTEND && node->graded.n_planes[0] > 0)
        return theta / (double)node->graded_factor;
    if (node->kind == SQ_NODE_SCORE || node->kind == SQ_NODE_MIX)
        return theta / (double)node->head_scale[o / (draft->n_out / node->n_heads)];
    return theta;
}

/* The threshold itself does not fire: of MS, and of an odd number of spikes, which a half is rounded away
 * from. */
static int is_strict(const struct sq_node *node, uint32_t spikes)
{
    if (is_multispike(node))
        return node->graph->rounding != SQ_COUNT_HALF_UP && spikes % 2 != 0;
    return node->neuron.model == SQ_MODEL_MS;
}

/* The least integer that fires; what no membrane reaches is the largest integer. */
static int32_t threshold_of(const struct sq_fixed_draft *draft, size_t o, uint32_t spikes)
{
    const int exponent = draft->fixed->exponent[o] + (int)draft->fixed->guard_bits;
    const double theta = ldexp(theta_of(draft, o, spikes), exponent);
    const double threshold = is_strict(draft->node, spikes) ? floor(theta) + 1 : ceil(theta);
    return threshold < INT32_MAX ? (int32_t)threshold : INT32_MAX;
}

/* Neurons that read a stream know values by its unit. */
static int check_unit(const struct sq_fixed_draft *draft)
{
    const struct sq_fixed_stream *stream = draft->network->node[draft->node->source[0]].stream;
    const int exponent = draft->fixed->exponent[0] + (int)draft->fixed->guard_bits;
    if (stream == NULL || ldexp(theta_of(draft, 0, 1), exponent) >= 1)
        return SQ_OK;
    return sq_fail(
        draft->err, SQ_EVALUE,
        "%s: %s: a unit of the stream %s is 2^%d, more than the threshold; use more " SQ_OPT
        "membrane-bits",
        draft->network->model_path, draft->node->name, stream->name, -stream->exponent);
}

int sq_fixed_set_thresholds(struct sq_fixed_draft *draft)
{
    struct sq_fixed *fixed = draft->fixed;
    const size_t n = (size_t)draft->node->shape.n_words * SQ_BLOCK_WIDTH;
    const uint32_t most = sq_node_levels(draft->node);
    for (size_t i = 0; i < most * n; i++)
        fixed->threshold[i] = INT32_MAX;
    for (size_t o = 0; o < draft->n_out; o++) {
        const int exponent = fixed->exponent[o] + (int)fixed->guard_bits;
        if (draft->synapse != NULL)
            fixed->bias[o] = (int32_t)rint(ldexp((double)draft->synapse->bias[o], exponent));
        for (uint32_t k = 1; k <= most; k++)
            fixed->threshold[(k - 1) * n + o] = threshold_of(draft, o, k);
    }
    return check_unit(draft);
}
