/* Mean over the timesteps: of a mean over tokens, or of neurons behind one. */
#include "sim/ops/rows.h"

int sq_type_mean_time(const struct sq_typing *typing, struct sq_graph_node *node)
{
    const struct sq_graph_node *from = sq_input_of(typing->graph, node, 0);
    if (from->operation == SQ_OPERATION_INPUT)
        return sq_type_refuse(typing, node, SQ_EUNSUPPORTED, "reads the input");
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
