/* The functions of sim/graph/operations.inc, one pair an operation. */
#ifndef SQ_ROWS_H
#define SQ_ROWS_H

#include "sim/ops/operation.h"

#define SQ_OPERATION(NAME, name, least, most, parameters)                           \
    int sq_type_##name(const struct sq_typing *typing, struct sq_graph_node *node); \
    int sq_describe_##name(const struct sq_describing *describing, struct sq_op *op);
#include "sim/graph/operations.inc"

#endif
