/* The compiler uses what every processor of the kind has: SSE2 on x86-64. */
#define LIMIT_TYPE   uint32_t
#define LIMIT_VECTOR 16
#define LIMIT_NAME   sq_limit_i32_scalar
#include "kernels/limit/limit_rows.h"
