#include <arm_neon.h>
#include <stdint.h>

#define MASKED_WEIGHT int16_t
#define MASKED_SUM    int32_t
#define MASKED_LANE   int32_t
#define MASKED_LANES  4
#define WIDEN(row)    vmovl_s16(vld1_s16(row))
#include "kernels/masked/masked_rows.h"

void sq_masked_i16_neon(int32_t *acc, const int16_t *w, size_t width, const uint64_t *word,
                        size_t n_rows, size_t n_taps, int twice)
{
    masked_block(acc, w, width, word, n_rows, n_taps, twice);
}
