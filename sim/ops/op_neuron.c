/* A population of neurons: currents in, spikes out, membrane potentials from timestep to timestep. */
#include "sim/ops/rows.h"

int sq_type_neuron(const struct sq_typing *typing, struct sq_graph_node *node)
{
    const struct sq_graph_node *from = sq_input_of(typing->graph, node, 0);
    if (from->edge != SQ_EDGE_REALS || from->operation == SQ_OPERATION_INPUT)
        return sq_type_refuse(typing, node, SQ_EUNSUPPORTED,
                              "reads %s from \"%s\"; it reads currents, which are reals",
                              sq_edge_name(from->edge), from->id);
    const bool is_by_heads = node->axes == SQ_AXES_H1D || node->axes == SQ_AXES_HMN;
    if (is_by_heads && node->heads > 0 && from->out_channels % node->heads != 0)
        return sq_type_refuse(typing, node, SQ_ESHAPE,
                              "%u channels cannot be divided among %u heads", from->out_channels,
                              node->heads);
    const bool is_of_one_row = node->axes == SQ_AXES_H1D || node->axes == SQ_AXES_C;
    if (is_of_one_row && from->out_height * from->out_width != 1)
        return sq_type_refuse(typing, node, SQ_ESHAPE,
                              "its axes leave no room for the grid %ux%u of \"%s\"",
                              from->out_height, from->out_width, from->id);
    if (node->neuron == SQ_NEURON_KIND_MULTISPIKE)
        sq_type_like(typing->graph, node, SQ_EDGE_COUNTS, node->most);
    else
        sq_type_like(typing->graph, node, SQ_EDGE_SPIKES, 1);
    return SQ_OK;
}

int sq_describe_neuron(const struct sq_describing *describing, struct sq_op *op)
{
    sq_describe_same(describing, SQ_OP_NEURON, op);
    return 1;
}
