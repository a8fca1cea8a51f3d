#include <arm_neon.h>
#include <stdint.h>

#define REAL_LANES       4
#define REAL_NAME(start) start##_neon
#define WIDEN(acc)       vmovl_s16(vld1_s16(acc))
#include "kernels/real/real_i32_rows.h"
