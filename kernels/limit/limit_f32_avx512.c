#define LIMIT_TYPE   float
#define LIMIT_VECTOR 64
#define LIMIT_NAME   sq_limit_f32_avx512
#include "kernels/limit/limit_rows.h"
