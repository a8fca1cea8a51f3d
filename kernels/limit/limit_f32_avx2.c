#define LIMIT_TYPE   float
#define LIMIT_VECTOR 32
#define LIMIT_NAME   sq_limit_f32_avx2
#include "kernels/limit/limit_rows.h"
