#define LIMIT_TYPE   uint16_t
#define LIMIT_VECTOR 16
#define LIMIT_NAME   sq_limit_i16_neon
#include "kernels/limit/limit_rows.h"
