#define LIMIT_TYPE   float
#define LIMIT_VECTOR 16
#define LIMIT_NAME   sq_limit_f32_neon
#include "kernels/limit/limit_rows.h"
