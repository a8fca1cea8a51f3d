#define LIMIT_LANES       4
#define LIMIT_NAME(start) start##_neon
#include "kernels/limit/limit_rows.h"
