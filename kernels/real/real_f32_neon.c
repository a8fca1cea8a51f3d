#include <arm_neon.h>

#define REAL_LANES       4
#define REAL_NAME(start) start##_neon
#define WIDEN(in)        vcvt_f64_f32(vld1_f32(in))
#include "kernels/real/real_f32_rows.h"
