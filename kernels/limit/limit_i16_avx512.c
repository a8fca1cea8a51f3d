#define LIMIT_TYPE   uint16_t
#define LIMIT_VECTOR 64
#define LIMIT_NAME   sq_limit_i16_avx512
#include "kernels/limit/limit_rows.h"
