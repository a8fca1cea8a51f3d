/* Attention in the report: the two products of each block, in the network's own order; or the sum of
 * spikes that gates one of q-k and of spike-driven attention; or a product of DSSA. */
#include "sim/report/report.h"

#include "sim/account/price/bill.h"

static int is_attention(const struct sq_op *op)
{
    return op->kind == SQ_OP_SSA || op->kind == SQ_OP_SUM || op->kind == SQ_OP_DSSA;
}

/* The operation of attention number `index`; the graph and the list of operations have them in one
 * order. */
static const struct sq_op *op_at(const struct spikeq_report *report, size_t index)
{
    const struct sq_counters *counters = sq_record_counters(report->record);
    const struct sq_op *op = counters->op;
    for (; !is_attention(op) || index > 0; op++)
        index -= is_attention(op);
    return op;
}

static const char *order_of(const struct sq_node *node)
{
    switch (node->kind) {
    case SQ_NODE_SUM:
        return node->gate == SQ_GATE_TOKENS ? "sum of tokens" : "sum of heads";
    case SQ_NODE_SCORE:
        return "y s";
    case SQ_NODE_MIX:
        return "y a";
    default:
        return node->order == SQ_ATTEND_QK_FIRST ? "(q k^T) v" : "q (k^T v)";
    }
}

/* What a node did in a timestep. */
static void add_timestep(struct spikeq_attention *attention, const struct sq_node *node,
                         const struct sq_tally *own)
{
    const enum sq_attend_order order = node->order;
    if (node->kind != SQ_NODE_ATTEND) {
        attention->first_additions += own->additions;
        attention->unit_additions += own->unit_additions;
        return;
    }
    attention->first_additions += own->coincidences[order];
    attention->second_additions += own->events2[order];
    attention->unit_additions += own->coincidences[order] + own->unary2;
}

void sq_report_attention(const struct spikeq_report *report, size_t index,
                         struct spikeq_attention *attention)
{
    const struct sq_network *network = report->network;
    const struct sq_node *node = report->attention[index];
    const struct sq_op *op = op_at(report, index);
    const uint32_t timesteps = network->config.timesteps;
    const struct sq_tally *own = report->totals.tally + (size_t)(node - network->node) * timesteps;
    const uint64_t passes = report->totals.n_samples * timesteps;
    *attention = (struct spikeq_attention){
        .name = op->name,
        .order = order_of(node),
        .target = node->name,
        .dense_additions = (uint64_t)sq_op_dense(op) * passes,
    };
    for (uint32_t t = 0; t < timesteps; t++) {
        for (size_t s = 0; s < node->n_sources; s++)
            attention->events += report->totals.tally[node->source[s] * timesteps + t].spikes;
        add_timestep(attention, node, &own[t]);
    }
    attention->additions = attention->first_additions + attention->second_additions;
}
