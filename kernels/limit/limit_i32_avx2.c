#define LIMIT_TYPE   uint32_t
#define LIMIT_VECTOR 32
#define LIMIT_NAME   sq_limit_i32_avx2
#include "kernels/limit/limit_rows.h"
