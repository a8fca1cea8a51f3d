/* Addition of two or more streams: spikes and counts give counts, reals give reals. */
#include "sim/ops/rows.h"

enum { MOST_COUNT = 1 << 24 }; /* whole numbers that float32 holds exactly */

static int check_input(const struct sq_typing *typing, const struct sq_graph_node *node,
                       const struct sq_graph_node *first, const struct sq_graph_node *other)
{
    if (other->operation == SQ_OPERATION_INPUT)
        return sq_type_refuse(typing, node, SQ_EUNSUPPORTED, "reads the input");
    if ((first->edge == SQ_EDGE_REALS) != (other->edge == SQ_EDGE_REALS))
        return sq_type_refuse(typing, node, SQ_EUNSUPPORTED,
                              "adds %s (\"%s\") and %s (\"%s\"); it adds reals, or whole numbers",
                              sq_edge_name(first->edge), first->id, sq_edge_name(other->edge),
                              other->id);
    if (first->out_channels == other->out_channels && first->out_height == other->out_height &&
        first->out_width == other->out_width)
        return SQ_OK;
    return sq_type_refuse(typing, node, SQ_ESHAPE,
                          "adds %ux%ux%u (\"%s\") and %ux%ux%u (\"%s\"), which do not fit",
                          first->out_channels, first->out_height, first->out_width, first->id,
                          other->out_channels, other->out_height, other->out_width, other->id);
}

int sq_type_add(const struct sq_typing *typing, struct sq_graph_node *node)
{
    const struct sq_graph_node *first = sq_input_of(typing->graph, node, 0);
    const bool is_real = first->edge == SQ_EDGE_REALS;
    uint64_t most = 0;
    for (uint32_t i = 0; i < node->n_inputs; i++) {
        const struct sq_graph_node *other = sq_input_of(typing->graph, node, i);
        const int status = check_input(typing, node, first, other);
        if (status != SQ_OK)
            return status;
        most += other->max_value;
    }
    if (most > MOST_COUNT)
        return sq_type_refuse(typing, node, SQ_EVALUE, "its sums reach %llu, more than 2^24",
                              (unsigned long long)most);
    sq_type_like(typing->graph, node, is_real ? SQ_EDGE_REALS : SQ_EDGE_COUNTS, (uint32_t)most);
    return SQ_OK;
}

int sq_describe_add(const struct sq_describing *describing, struct sq_op *op)
{
    op->kind = SQ_OP_ADD;
    op->n_in = op->n_out = sq_elements_of(describing->node);
    return 1;
}
