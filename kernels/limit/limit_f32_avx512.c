#define LIMIT_LANES       16
#define LIMIT_NAME(start) start##_avx512
#include "kernels/limit/limit_rows.h"
