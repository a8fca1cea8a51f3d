#include "sim/nodes/arithmetic.h"

const struct sq_arithmetic_row *const sq_arithmetic_row[SQ_ARITHMETICS] = {
    [SQ_IN_F32] = &sq_f32_row, [SQ_IN_I8] = &sq_i8_row,   [SQ_IN_I8_TILES] = &sq_i8_tiles_row,
    [SQ_IN_I16] = &sq_i16_row, [SQ_IN_I64] = &sq_i64_row,
};
