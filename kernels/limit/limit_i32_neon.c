#define LIMIT_TYPE   uint32_t
#define LIMIT_VECTOR 16
#define LIMIT_NAME   sq_limit_i32_neon
#include "kernels/limit/limit_rows.h"
