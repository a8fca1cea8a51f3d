#include "sim/account/price/neurobench.h"

#include "sim/account/price/pricing.h"

#include <math.h>

static int is_layer(const struct sq_op *op)
{
    return op->kind == SQ_OP_CONV || op->kind == SQ_OP_LINEAR;
}

struct sq_neurobench sq_neurobench_count(const struct sq_op *op)
{
    struct sq_neurobench c = {0};
    if (!is_layer(op))
        return c;
    for (size_t g = 0; g < op->n_groups; g++) {
        const struct sq_op_group *group = &op->group[g];
        const struct sq_op_count sum = sq_group_sum(group);
        uint64_t effective = group->is & SQ_HAS_LIVE ? sum.fanout_live : sum.fanout;
        if (op->is_head && !(group->is & SQ_HAS_LIVE))
            effective = sum.nonzeros * op->fan;
        c.dense += op->dense_in * sum.frames;
        if (group->is & SQ_IS_TERNARY)
            c.effective_acs += effective;
        else
            c.effective_macs += effective;
    }
    return c;
}

uint64_t sq_neurobench_footprint(const struct sq_counters *counters)
{
    return counters->parameters * 4 + counters->buffers_bytes;
}

double sq_neurobench_connection_sparsity(const struct sq_counters *counters)
{
    uint64_t zeros = 0, weights = 0;
    for (size_t i = 0; i < counters->n_ops; i++)
        if (is_layer(&counters->op[i])) {
            zeros += counters->op[i].weight_zeros;
            weights += counters->op[i].weights;
        }
    return weights > 0 ? nearbyint((double)zeros / (double)weights * 1e4) / 1e4 : 0;
}

double sq_neurobench_activation_sparsity(const struct sq_counters *counters)
{
    uint64_t spikes = 0, elements = 0;
    for (size_t i = 0; i < counters->n_ops; i++)
        if (counters->op[i].kind == SQ_OP_NEURON) {
            const struct sq_op_count sum = sq_op_sum(&counters->op[i]);
            spikes += sum.out_nonzeros;
            elements += counters->op[i].n_out * sum.frames;
        }
    return elements > 0 ? (double)(elements - spikes) / (double)elements : 0;
}

void sq_neurobench_cost(const struct sq_pricing *pricing, const struct sq_op *op,
                        struct sq_cost *cost)
{
    const struct sq_neurobench c = sq_neurobench_count(op);
    sq_cost_set_counts(cost, c.effective_acs, c.effective_macs, pricing->samples);
}
