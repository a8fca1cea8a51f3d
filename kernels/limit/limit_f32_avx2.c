#define LIMIT_LANES       8
#define LIMIT_NAME(start) start##_avx2
#include "kernels/limit/limit_rows.h"
