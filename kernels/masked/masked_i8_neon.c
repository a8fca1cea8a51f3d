#include <arm_neon.h>
#include <stdint.h>

#define MASKED_WEIGHT int8_t
#define MASKED_SUM    int16_t
#define MASKED_LANE   int16_t
#define MASKED_LANES  8
#define WIDEN(row)    vmovl_s8(vld1_s8(row))
#include "kernels/masked/masked_rows.h"

void sq_masked_i8_neon(int16_t *acc, const int8_t *w, size_t width, const uint64_t *word,
                       size_t n_rows, size_t n_taps, int twice)
{
    masked_block(acc, w, width, word, n_rows, n_taps, twice);
}
