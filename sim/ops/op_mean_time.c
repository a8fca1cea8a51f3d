/* Mean over the timesteps. */
#include "sim/ops/rows.h"

int sq_type_mean_time(const struct sq_typing *typing, struct sq_graph_node *node)
{
    const struct sq_graph_node *from = sq_input_of(typing->graph, node, 0);
    if (from->edge != SQ_EDGE_REALS || from->operation == SQ_OPERATION_INPUT)
        return sq_type_refuse(typing, node, SQ_EUNSUPPORTED,
                              "reads %s from \"%s\"; it reads reals, such as a mean over tokens",
                              sq_edge_name(from->edge), from->id);
    sq_type_like(typing->graph, node, SQ_EDGE_REALS, 0);
    return SQ_OK;
}

/* It is counted with the mean over tokens. */
int sq_describe_mean_time(const struct sq_describing *describing, struct sq_op *op)
{
    (void)describing;
    (void)op;
    return 0;
}
