#include "sim/ops/rows.h"

const struct sq_operation_row sq_operation_row[SQ_OPERATIONS] = {
#define SQ_OPERATION(NAME, name, least, most, parameters) {sq_type_##name, sq_describe_##name},
#include "sim/graph/operations.inc"
};
